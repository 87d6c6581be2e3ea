"""The buttons of the Live page that bring bets in."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.system.clock import utc_now
from pump_desktop.ui.connect.dialog import ConnectDialog
from pump_desktop.ui.imports.dialog import ImportDialog
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.live.page import ConnectActions
from tests.live_samples import sample_bets
from tests.ui.conftest import Stage
from tests.ui.support.bets_in import BetsIn
from tests.ui.support.program import button, click, edit

pytestmark = pytest.mark.usefixtures("look")


def test_connect_opens_one_dialog_that_hears_of_the_listener(
    parts: BetsIn, stage: Stage, qtbot: QtBot
) -> None:
    actions = ConnectActions(parts.asker, utc_now, lambda: None)
    page = stage(actions)
    actions.show_listener(parts.listen())
    click(actions, "Connect")
    click(actions, "Connect")
    (dialog,) = page.findChildren(ConnectDialog)
    assert button(dialog, "Copy script").isEnabled()
    actions.show_listener(ListenerStatus(ListenerState.OFF))
    assert not button(dialog, "Copy script").isEnabled()
    actions.show_listener(parts.status())
    click(dialog, "Send a test bet")
    parts.settle()
    with qtbot.waitSignal(dialog.destroyed), qtbot.waitSignal(actions.stream_asked) as told:
        click(dialog, "Open")
    assert told.args == [parts.streams()[0].id]
    actions.show_listener(parts.status())
    click(actions, "Connect")
    (again,) = page.findChildren(ConnectDialog)
    again.reject()


def test_import_is_offered_with_the_seeds_of_the_open_stream(parts: BetsIn, stage: Stage) -> None:
    parts.backend.live.ingest(sample_bets(1, 1)).result()
    (stream,) = parts.streams()
    actions = ConnectActions(parts.asker, utc_now, lambda: stream)
    page = stage(actions)
    assert not any(found.text() == "Import" and found.isVisible() for found in actions.findChildren(Button))
    actions.offer_imports(parts.imports)
    click(actions, "Import")
    (dialog,) = page.findChildren(ImportDialog)
    assert edit(dialog, "Client seed where a row has none").text() == stream.client_seed
    dialog.reject()

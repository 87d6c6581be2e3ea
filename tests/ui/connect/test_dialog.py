"""Connecting Antebot: the script, the check of the connection and the log file, on real parts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QTabBar
from pytestqt.qtbot import QtBot

from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.services.connect.script import (
    LOG_PREFIX,
    TRIAL_STREAM,
    ScriptOptions,
    script_text,
    usual_log_file,
)
from pump_desktop.services.live.log_follow import FollowState
from pump_desktop.system.clock import utc_now
from pump_desktop.ui.connect.dialog import ConnectDialog
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.segmented import Segmented
from tests.api.samples import TOKEN
from tests.live_samples import heartbeat, sample_bets
from tests.ui.support.bets_in import BetsIn
from tests.ui.support.program import (
    button,
    child,
    choose,
    click,
    column,
    edit,
    lit,
    named,
    table,
    texts,
    tiles,
    type_into,
)

pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def dialog(parts: BetsIn, qtbot: QtBot) -> Iterator[ConnectDialog]:
    dialog = ConnectDialog(parts.asker, utc_now, parts.page)
    with qtbot.waitExposed(dialog):
        dialog.show()
    yield dialog
    parts.settle()


def script(dialog: ConnectDialog) -> str:
    return named(dialog, QPlainTextEdit, "Script").toPlainText()


def tick(dialog: ConnectDialog, words: str) -> None:
    (box,) = [box for box in dialog.findChildren(QCheckBox) if box.text() == words]
    box.click()


class TestScript:
    def test_it_is_copied_with_the_token_and_shown_without(
        self, dialog: ConnectDialog, parts: BetsIn
    ) -> None:
        status = parts.listen()
        dialog.show_listener(status)
        whole = script_text(ScriptOptions.parse(url=status.url, token=TOKEN))
        assert TOKEN not in script(dialog)
        assert f"{status.url}/live/ingest/batch" in script(dialog)
        click(dialog, "Copy script")
        assert QGuiApplication.clipboard().text() == whole
        assert TOKEN not in script(dialog)
        tick(dialog, "Show the token")
        assert script(dialog) == whole

    def test_options_go_into_the_script(self, dialog: ConnectDialog, parts: BetsIn) -> None:
        status = parts.listen()
        dialog.show_listener(status)
        type_into(dialog, "Threshold", "34.68x")
        type_into(dialog, "Messages per request, at most", "7")
        type_into(dialog, "Longest wait, in seconds", "2.5")
        tick(dialog, "Heartbeats for all others")
        assert not edit(dialog, "Log file").isVisible()
        tick(dialog, "Also write a log file")
        type_into(dialog, "Log file", "mine.log")
        click(dialog, "Copy script")
        assert QGuiApplication.clipboard().text() == script_text(
            ScriptOptions.parse(
                url=status.url,
                token=TOKEN,
                threshold=34.68,
                heartbeats=False,
                batch_size=7,
                flush_seconds=2.5,
                also_log=True,
                log_file="mine.log",
            )
        )

    @pytest.mark.parametrize(
        ("name", "text", "sentence"),
        [
            ("Threshold", "much", "Threshold must be a number."),
            ("Messages per request, at most", "1001", "Messages per request must be between 1 and 1000."),
            ("Longest wait, in seconds", "61", "Longest wait must be between 0 and 60."),
        ],
    )
    def test_a_wrong_option_is_said_at_its_field(
        self, dialog: ConnectDialog, parts: BetsIn, name: str, text: str, sentence: str
    ) -> None:
        dialog.show_listener(parts.listen())
        type_into(dialog, name, text)
        assert lit(dialog) == {name: sentence}
        assert script(dialog) == ""
        assert not button(dialog, "Copy script").isEnabled()
        dialog.show_listener(parts.status())
        assert edit(dialog, name).text() == text
        type_into(dialog, name, "5")
        assert lit(dialog) == {}
        assert button(dialog, "Copy script").isEnabled()

    def test_without_a_listener_there_is_no_script(self, dialog: ConnectDialog, parts: BetsIn) -> None:
        dialog.show_listener(ListenerStatus(ListenerState.REFUSED, 17_888, sentence="Port 17888 is in use."))
        assert script(dialog) == ""
        assert not button(dialog, "Copy script").isEnabled()
        assert not button(dialog, "Send a test bet").isEnabled()
        dialog.show_listener(parts.listen())
        assert script(dialog) != ""
        # The second that passes changes nothing, so the place somebody reads stays.
        bar = named(dialog, QPlainTextEdit, "Script").verticalScrollBar()
        bar.setValue(40)
        dialog.show_listener(parts.status())
        assert bar.value() == 40

    def test_address_and_token_can_be_had_alone(self, dialog: ConnectDialog, parts: BetsIn) -> None:
        status = parts.listen()
        dialog.show_listener(status)
        click(dialog, "Copy token")
        assert QGuiApplication.clipboard().text() == TOKEN
        click(dialog, "Copy address")
        assert QGuiApplication.clipboard().text() == f"{status.url}/live/ingest"

    def test_it_is_saved_as_a_file(self, dialog: ConnectDialog, parts: BetsIn, tmp_path: Path) -> None:
        status = parts.listen()
        dialog.show_listener(status)
        wanted = tmp_path / "script.js"
        dialog._script.save_to(str(wanted))
        parts.settle()
        assert wanted.read_text("utf-8") == script_text(ScriptOptions.parse(url=status.url, token=TOKEN))
        assert child(dialog, Banner).text == f"Written to {wanted}"
        dialog._script.save_to(str(tmp_path / "none" / "script.js"))
        parts.settle()
        assert "cannot be written" in child(dialog, Banner).text

    def test_a_test_bet_arrives_and_its_stream_can_be_opened(
        self, dialog: ConnectDialog, parts: BetsIn, qtbot: QtBot
    ) -> None:
        dialog.show_listener(parts.listen())
        click(dialog, "Send a test bet")
        parts.settle()
        assert "The test bet arrived." in child(dialog, Banner).text
        (stream,) = parts.streams()
        assert parts.backend.live.key_of(stream.id) == TRIAL_STREAM
        with qtbot.waitSignal(dialog.accepted), qtbot.waitSignal(dialog.stream_asked) as told:
            click(dialog, "Open")
        assert told.args == [stream.id]

    def test_a_test_bet_that_is_refused_says_why(self, dialog: ConnectDialog, parts: BetsIn) -> None:
        parts.listen()
        dialog.show_listener(parts.status("another"))
        click(dialog, "Send a test bet")
        parts.settle()
        assert child(dialog, Banner).text == "The test bet was refused: Invalid ingest token."
        assert button(dialog, "Send a test bet").isEnabled()
        assert parts.streams() == ()


class TestCheck:
    def test_nothing_yet_says_what_to_do(self, dialog: ConnectDialog, parts: BetsIn) -> None:
        dialog.open_tab("Check")
        dialog.show_listener(ListenerStatus(ListenerState.OFF))
        assert {"Problem", "The listener is off."} <= set(texts(dialog))
        status = parts.listen()
        dialog.show_listener(status)
        parts.settle()
        said = texts(dialog)
        assert f"Nothing has arrived yet on port {status.port}." in said
        assert said.count("None since Pump Desktop was started") == 2
        assert "No message has been stored or refused yet." in said

    def test_a_refused_request_is_told_with_its_cure(self, dialog: ConnectDialog, parts: BetsIn) -> None:
        status = parts.listen()
        dialog.open_tab("Check")
        answer = httpx.post(f"{status.url}/live/ingest", json={}, headers={"X-Ingest-Token": "old"})
        assert answer.status_code == 401
        dialog.show_listener(parts.status())
        said = texts(dialog)
        assert "Requests arrive and are refused: Invalid ingest token." in said
        assert any("another token. Copy it again and start it in place" in text for text in said)
        # It was the last request, too.
        request, refusal = (text for text in said if "Invalid ingest token ·" in text)
        assert request == refusal
        assert refusal.startswith("POST /live/ingest · status 401 · Invalid ingest token · ")

    def test_stored_and_refused_messages_are_listed_newest_first(
        self, dialog: ConnectDialog, parts: BetsIn
    ) -> None:
        live = parts.backend.live
        bets = sample_bets(5663, 2)
        live.ingest(bets[:1]).result()
        live.ingest([heartbeat(5665)]).result()
        live.reject("nonce must be a whole number", '{"id": "x",\n "nonce": "?"}').result()
        dialog.show_listener(parts.listen())
        dialog.open_tab("Check")
        parts.settle()
        view = table(dialog, "Messages")
        assert column(view, 1) == [
            "Refused: nonce must be a whole number",
            "Stored in zXv1upuFns",
            "Stored in zXv1upuFns",
        ]
        assert column(view, 2)[0] == '{"id": "x", "nonce": "?"}'
        assert column(view, 2)[2] == "Bet, nonce 5,663, 11,200.65x"
        assert "A message was refused: nonce must be a whole number." in texts(dialog)
        choose(dialog, "Messages shown", "Refused")
        assert view.model().rowCount() == 1
        choose(dialog, "Messages shown", "Stored")
        view.selectRow(1)
        live.ingest(bets[1:]).result()
        dialog._look()
        parts.settle()
        assert column(view, 2)[0].startswith("Bet, nonce 5,664, ")
        # The row that somebody reads stays chosen when a newer one comes above it.
        assert view.currentIndex().row() == 2
        assert named(dialog, Segmented, "Messages shown").value == "stored"

    @pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be moved")
    def test_messages_that_cannot_be_read_again_stay_under_the_reason(
        self, dialog: ConnectDialog, parts: BetsIn, tmp_path: Path
    ) -> None:
        folder = parts.backend.database_path.parent
        dialog.open_tab("Check")
        parts.settle()

        def look() -> None:
            dialog._look()
            parts.settle()

        gone = f"The folder {folder} is not there any more."
        folder.rename(tmp_path / "away")
        look()
        assert len([text for text in texts(dialog) if text.startswith(gone)]) == 1
        (tmp_path / "away").rename(folder)
        look()
        assert "No message has been stored or refused yet." in texts(dialog)
        parts.backend.live.ingest(sample_bets(1, 1)).result()
        look()
        folder.rename(tmp_path / "away")
        look()
        assert table(dialog, "Messages").model().rowCount() == 1
        (banner,) = [banner for banner in dialog.findChildren(Banner) if banner.isVisible()]
        assert banner.text.startswith(gone)
        (tmp_path / "away").rename(folder)
        look()
        assert not banner.isVisible()

    def test_it_looks_only_while_it_is_looked_at(self, dialog: ConnectDialog, parts: BetsIn) -> None:
        assert dialog._watch.isActive()
        dialog.open_tab("Check")
        parts.settle()
        parts.backend.live.ingest(sample_bets(1, 1)).result()
        parts.wait_for(lambda: table(dialog, "Messages").model().rowCount() == 1)
        dialog.hide()
        assert not dialog._watch.isActive()


class TestLogFile:
    def test_the_usual_file_is_named(self, dialog: ConnectDialog) -> None:
        dialog.open_tab("Log")
        assert edit(dialog, "Log file path").text() == str(usual_log_file())

    def test_a_file_is_followed_and_counted_until_it_is_stopped(
        self, dialog: ConnectDialog, parts: BetsIn, tmp_path: Path
    ) -> None:
        (bet,) = sample_bets(5663, 1)
        body = {
            "id": "a",
            "nonce": 5663,
            "amount": 1,
            "payout": 0,
            "difficulty": "expert",
            "roundTarget": 2.8,
            "roundResult": bet.round_result,
            "clientSeed": bet.stream.client_seed,
            "serverSeedHashed": bet.stream.server_seed_hashed,
        }
        lines = [f"{LOG_PREFIX}{json.dumps(one)}\n" for one in (body, body, body | {"id": "b", "nonce": -1})]
        log = tmp_path / "pump-desktop.log"
        log.write_text("".join(["somebody else\n", *lines]), encoding="utf-8")
        dialog.open_tab("Log")
        parts.settle()
        type_into(dialog, "Log file path", str(log))
        QTest.keyClick(edit(dialog, "Log file path"), Qt.Key.Key_Return)
        assert dialog.isVisible()
        parts.wait_for(lambda: tiles(dialog)["Refused"][0] == "1")
        found = tiles(dialog)
        assert found["Lines read"] == ("4", "1 of others")
        assert (found["New messages"][0], found["Stored before"][0]) == ("1", "1")
        assert "Following the file." in texts(dialog)
        assert any(text.startswith("A message was refused: ") for text in texts(dialog))
        click(dialog, "Stop")
        parts.wait_for(lambda: "Stopped. What was stored stays." in texts(dialog))
        assert parts.backend.log_follower.status.state is FollowState.OFF
        assert parts.streams()[0].total_bets == 1

    def test_a_folder_and_an_empty_name_are_said_at_the_field(
        self, dialog: ConnectDialog, parts: BetsIn, tmp_path: Path
    ) -> None:
        dialog.open_tab("Log")
        parts.settle()
        type_into(dialog, "Log file path", " ")
        click(dialog, "Start following")
        assert lit(dialog) == {"Log file path": "Name the file that the script writes."}
        type_into(dialog, "Log file path", str(tmp_path))
        assert lit(dialog) == {}
        click(dialog, "Start following")
        parts.settle()
        assert "is a folder" in lit(dialog)["Log file path"]
        assert edit(dialog, "Log file path").text() == str(tmp_path)

    def test_following_goes_on_when_the_dialog_is_closed(
        self, dialog: ConnectDialog, parts: BetsIn, tmp_path: Path, qtbot: QtBot
    ) -> None:
        dialog.open_tab("Log")
        parts.settle()
        type_into(dialog, "Log file path", str(tmp_path / "later.log"))
        click(dialog, "Start following")
        parts.wait_for(lambda: "Waiting: the file is not there yet." in texts(dialog))
        with qtbot.waitSignal(dialog.destroyed):
            click(dialog, "Close")
        again = ConnectDialog(parts.asker, utc_now, parts.page)
        again.show()
        again.open_tab("Log")
        parts.settle()
        assert edit(again, "Log file path").text() == str(tmp_path / "later.log")
        assert button(again, "Stop").isEnabled()
        again.reject()


def test_everything_can_be_reached_by_keyboard(dialog: ConnectDialog, parts: BetsIn) -> None:
    dialog.show_listener(parts.listen())
    dialog.activateWindow()
    dialog.findChild(QTabBar).setFocus()  # type: ignore[union-attr]  # there is one
    reached = []
    for _ in range(30):
        focus = dialog.focusWidget()
        assert focus is not None
        reached.append(focus.accessibleName() or getattr(focus, "text", str)())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    wanted = {"Threshold", "Heartbeats for all others", "Messages per request, at most", "Script"}
    wanted |= {"Longest wait, in seconds", "Also write a log file", "Show the token", "Copy script"}
    wanted |= {"Save as file …", "Send a test bet", "Close", "Copy address", "Copy token"}
    assert wanted <= set(reached)
    here = reached.index("Threshold")
    assert reached[here : here + 6] == [
        "Threshold",
        "Heartbeats for all others",
        "Messages per request, at most",
        "Longest wait, in seconds",
        "Also write a log file",
        "Script",
    ]

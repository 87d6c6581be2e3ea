"""The alerts panel of a stream: what was told, where it leads, what each rule does; and the toasts."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.sentences import Sentence
from pump_desktop.ui.alerts.panel import AlertsPanel
from pump_desktop.ui.alerts.rules import AlertRulesDialog
from pump_desktop.ui.kit.sentence_view import SentenceView
from pump_desktop.ui.kit.toast import MOST_AT_ONCE, Toast, ToastArea
from pump_desktop.ui.main.notices import AlertToasts
from tests.ui.conftest import Stage
from tests.ui.support.alert_stage import Alarmed
from tests.ui.support.program import choose, click, named, texts, toasts

pytestmark = pytest.mark.usefixtures("look")


class Shown:
    """A panel on a page, and where it wants to go."""

    def __init__(self, alarmed: Alarmed, stage: Stage) -> None:
        self._alarmed = alarmed
        self.nonces: list[int] = []
        self.streams: list[UUID] = []
        self.panel = AlertsPanel(alarmed.drawer.asker, alarmed.feed)
        self.panel.nonce_asked.connect(self.nonces.append)
        self.panel.stream_asked.connect(self.streams.append)
        alarmed.drawer.hear(self.panel)
        stage(self.panel, width=330)

    def show(self, stream_id: UUID) -> None:
        """Show a stream, as the drawer does."""
        self.panel.show_stream(self._alarmed.drawer.row(stream_id))
        self._alarmed.drawer.settle()

    def refresh(self) -> None:
        """Read the rules again, as the drawer asks for."""
        self.panel.refresh()
        self._alarmed.drawer.settle()

    @property
    def notices(self) -> SentenceView:
        """The list of notices."""
        return named(self.panel, SentenceView, "Notices")

    def rows(self, name: str = "Notices") -> list[Sentence]:
        """Give the rows of one of the lists."""
        model = named(self.panel, SentenceView, name).model()
        return [model.index(row, 0).data(NATIVE_ROLE) for row in range(model.rowCount())]

    def standing(self) -> list[tuple[str, str, str]]:
        """Give name, state and icon of the rules."""
        rows = self.rows("What each rule does on this stream")
        return [(row.text, row.small, row.meaning) for row in rows]

    def click(self, row: int) -> None:
        """Click a notice."""
        spot = self.notices.visualRect(self.notices.model().index(row, 0)).center()
        QTest.mouseClick(
            self.notices.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot
        )


@pytest.fixture
def shown(alarmed: Alarmed, stage: Stage) -> Shown:
    return Shown(alarmed, stage)


def test_without_a_rule_it_offers_to_make_one(alarmed: Alarmed, shown: Shown) -> None:
    shown.show(alarmed.send([1]))
    assert any("No rule watches this stream yet" in text for text in texts(shown.panel))
    click(shown.panel, "New rule …")
    alarmed.drawer.settle()
    (dialog,) = shown.panel.findChildren(AlertRulesDialog)
    assert dialog.writing
    assert dialog.editor.form.name == "High result"
    dialog.close()


@pytest.mark.parametrize("which", ["This stream", "All streams"])
def test_a_new_rule_is_for_what_the_notices_are_of(alarmed: Alarmed, shown: Shown, which: str) -> None:
    alarmed.send([1], serverSeedHashed="ab" * 32)
    here = alarmed.send([1])
    shown.show(here)
    choose(shown.panel, "Notices of", which)
    click(shown.panel, "New rule …")
    alarmed.drawer.settle()
    (dialog,) = shown.panel.findChildren(AlertRulesDialog)
    assert dialog.editor.form.stream_id == (here if which == "This stream" else None)
    assert not dialog.editor.edited
    dialog.close()


def test_with_rules_and_no_notice_it_says_that_nothing_was_told(alarmed: Alarmed, shown: Shown) -> None:
    alarmed.add(at_least=100)
    shown.show(alarmed.send([1]))
    assert "Nothing told of this stream since the program started." in texts(shown.panel)
    choose(shown.panel, "Notices of", "All streams")
    assert "Nothing told of any stream since the program started." in texts(shown.panel)


def test_notices_stand_newest_first_each_with_its_icon_rule_and_time(alarmed: Alarmed, shown: Shown) -> None:
    alarmed.add(name="Big ones", at_least=100)
    alarmed.add("missing", name="Holes", missing=3, nonces=10)
    stream = alarmed.send([1], roundResult=400.02)
    alarmed.hear(1)
    alarmed.send([7])
    alarmed.hear(2)
    shown.show(stream)
    rows = shown.rows()
    assert [(row.text, row.meaning, row.ink) for row in rows] == [
        ("5 of the newest 10 nonces are missing, up to nonce 7.", "nonce", "warn"),
        ("400.02x at nonce 1: 100.00x or more.", "target", "accent"),
    ]
    assert [row.small[8:] for row in rows] == [" · Holes", " · Big ones"]
    assert shown.notices.isVisible()


def test_it_shows_this_stream_or_all(alarmed: Alarmed, shown: Shown) -> None:
    alarmed.add(at_least=100)
    here = alarmed.send([1], roundResult=400.02, clientSeed="here")
    alarmed.hear(1)
    alarmed.send([2], roundResult=400.02, clientSeed="there")
    alarmed.hear(2)
    shown.show(here)
    assert [row.text for row in shown.rows()] == ["400.02x at nonce 1: 100.00x or more."]
    choose(shown.panel, "Notices of", "All streams")
    assert [row.small.rpartition(" ")[2] for row in shown.rows()] == ["there", "here"]
    choose(shown.panel, "Notices of", "This stream")
    alarmed.send([3], roundResult=400.02, clientSeed="here")
    alarmed.hear(3)
    assert [row.text[:19] for row in shown.rows()] == ["400.02x at nonce 3:", "400.02x at nonce 1:"]


def test_a_notice_leads_to_its_nonce_by_click_and_by_return(alarmed: Alarmed, shown: Shown) -> None:
    alarmed.add(at_least=100)
    stream = alarmed.send([1, 5], roundResult=400.02)
    alarmed.hear(2)
    shown.show(stream)
    shown.click(1)
    assert shown.nonces == [1]
    QTest.keyClick(shown.notices, Qt.Key.Key_Up)
    QTest.keyClick(shown.notices, Qt.Key.Key_Return)
    assert shown.nonces == [1, 5]
    assert shown.streams == []


def test_a_notice_of_another_stream_leads_there_and_then_to_its_nonce(
    alarmed: Alarmed, shown: Shown, qtbot: QtBot
) -> None:
    alarmed.add(at_least=100)
    here = alarmed.send([1], clientSeed="here")
    there = alarmed.send([9], roundResult=400.02, clientSeed="there")
    alarmed.hear(1)
    shown.show(here)
    choose(shown.panel, "Notices of", "All streams")
    shown.click(0)
    assert (shown.streams, shown.nonces) == ([there], [])
    with qtbot.waitSignal(shown.panel.nonce_asked) as asked:
        shown.show(there)
    assert asked.args == [9]
    # Once: whoever comes back later is not thrown about.
    shown.show(here)
    with qtbot.assertNotEmitted(shown.panel.nonce_asked, wait=50):
        shown.show(there)


def test_it_says_what_each_rule_does_here_and_why_one_cannot(alarmed: Alarmed, shown: Shown) -> None:
    here = alarmed.send(range(1, 120, 2), clientSeed="here")
    other = alarmed.send([1], clientSeed="other")
    alarmed.add(name="Big ones", at_least=100)
    alarmed.add("gap", name="Long stretch", target=4.95, match="at_least", percentile=99)
    alarmed.add("silent", name="Silence", seconds=60, enabled=False)
    alarmed.add(name="Not for here", stream=other, at_least=100)
    shown.show(here)
    why = (
        "59 of the 119 rounds from nonce 1 to 119 are not stored; "
        "how long a stretch without a hit is needs every round."
    )
    assert shown.standing() == [
        ("Big ones", "Watching.", "alert"),
        ("Long stretch", why, "warn"),
        ("Silence", "Switched off.", "alert-off"),
    ]
    assert "3 rules here: 1 watching, 1 cannot be told, 1 off" in texts(shown.panel)


def test_a_rule_that_was_switched_off_in_the_dialog_says_so_at_once(alarmed: Alarmed, shown: Shown) -> None:
    alarmed.add(name="Big ones", at_least=100)
    shown.show(alarmed.send([1]))
    click(shown.panel, "Rules …")
    alarmed.drawer.settle()
    (dialog,) = shown.panel.findChildren(AlertRulesDialog)
    QTest.keyClick(dialog.rules.table, Qt.Key.Key_Space)
    alarmed.drawer.settle()
    assert shown.standing() == [("Big ones", "Switched off.", "alert-off")]
    dialog.close()


def test_a_click_on_a_rule_opens_it(alarmed: Alarmed, shown: Shown) -> None:
    alarmed.add(name="Big ones", at_least=123.5)
    shown.show(alarmed.send([1]))
    view = named(shown.panel, SentenceView, "What each rule does on this stream")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    alarmed.drawer.settle()
    (dialog,) = shown.panel.findChildren(AlertRulesDialog)
    assert dialog.writing
    assert dialog.editor.form.name == "Big ones"
    dialog.close()


class TestToasts:
    @pytest.fixture
    def area(self, stage: Stage) -> ToastArea:
        return ToastArea(stage(QWidget(), width=800))

    def test_one_toast_a_rule_which_counts(self, alarmed: Alarmed, area: ToastArea) -> None:
        told = AlertToasts(area)
        alarmed.feed.raised.connect(told.tell)
        alarmed.add(name="Big ones", at_least=100)
        alarmed.add("missing", name="Holes", missing=3, nonces=10)
        alarmed.send([1], roundResult=400.02)
        alarmed.hear(1)
        assert area.texts == ("Big ones (client): 400.02x at nonce 1: 100.00x or more.",)
        alarmed.send([7], roundResult=400.02)
        alarmed.hear(3)
        assert sorted(area.texts) == [
            "Big ones, 2 notices (client): 400.02x at nonce 7: 100.00x or more.",
            "Holes (client): 5 of the newest 10 nonces are missing, up to nonce 7.",
        ]
        area.clear()
        alarmed.send([8], roundResult=400.02)
        alarmed.hear(4)
        assert area.texts == ("Big ones (client): 400.02x at nonce 8: 100.00x or more.",)
        area.clear()
        told.deleteLater()

    def test_show_leads_to_what_was_told(self, alarmed: Alarmed, area: ToastArea, qtbot: QtBot) -> None:
        told = AlertToasts(area)
        alarmed.feed.raised.connect(told.tell)
        alarmed.add(at_least=100)
        alarmed.send([1, 5], roundResult=400.02)
        alarmed.hear(2)
        with qtbot.waitSignal(told.opened) as opened:
            click(area, "Show")
        assert opened.args == [alarmed.feed.model.notices[0]]
        assert area.texts == ()
        told.deleteLater()

    def test_a_toast_that_waits_is_replaced_too_and_none_stays_for_ever(
        self, alarmed: Alarmed, area: ToastArea
    ) -> None:
        told = AlertToasts(area)
        alarmed.feed.raised.connect(told.tell)
        for number in range(MOST_AT_ONCE):
            alarmed.add(name=f"shown {number}", at_least=100)
        alarmed.add(name="waits", at_least=2)
        alarmed.send([1], roundResult=400.02)
        alarmed.hear(MOST_AT_ONCE + 1)
        assert [text.partition(" (")[0] for text in area.texts] == ["shown 0", "shown 1", "shown 2"]
        alarmed.send([2], roundResult=4.95)
        alarmed.hear(MOST_AT_ONCE + 2)
        for number in range(MOST_AT_ONCE):
            words = f"shown {number} (client): 400.02x at nonce 1: 100.00x or more."
            next(toast for toast in area.findChildren(Toast) if toast.text == words).close_now()
        assert area.texts == ("waits, 2 notices (client): 4.95x at nonce 2: 2.00x or more.",)
        click(area, "Dismiss")
        assert toasts(area) == []
        told.deleteLater()

"""Streams that begin, are followed, chosen, searched and deleted on the Live page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox

from pump_desktop.ui.connect.dialog import ConnectDialog
from pump_desktop.ui.kit.rail import Rail
from tests.live_samples import sample_bets, sample_key
from tests.ui.support.live_program import LiveProgram
from tests.ui.support.program import button, child, click, texts, toasts


class TestStreams:
    def test_a_new_stream_is_followed(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 3))
        at.wait_for(lambda: at.table.isVisible() and at.nonces == [3, 2, 1])
        at.post(sample_bets(1, 2, key=sample_key("second")))
        at.wait_for(lambda: at.facts()["Client seed"] == "second" and at.nonces == [2, 1])
        assert at.seeds == ["second", "zXv1upuFns"]
        assert toasts(at.running.window) == []
        # Bets in the older stream do not throw the page back.
        at.post(sample_bets(4, 1))
        at.settle()
        assert at.facts()["Client seed"] == "second"

    def test_without_following_a_new_stream_is_told_and_opened_on_demand(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 3))
        at.wait_for(lambda: at.table.isVisible() and at.nonces == [3, 2, 1])
        follow = child(at.page, QCheckBox)
        follow.click()
        at.post(sample_bets(1, 2, key=sample_key("second")))
        at.wait_for(lambda: toasts(at.running.window) == ["New stream: second"])
        assert at.nonces == [3, 2, 1]
        click(at.running.window, "Open")
        at.wait_for(lambda: at.nonces == [2, 1])
        assert not follow.isChecked()
        follow.click()
        at.post(sample_bets(1, 1, key=sample_key("third")))
        at.wait_for(lambda: at.facts()["Client seed"] == "third")

    def test_from_another_page_a_new_stream_is_told_once_and_counted(self, at: LiveProgram) -> None:
        at.running.press("Ctrl+2", at.running.window)
        for number in range(5):
            at.post(sample_bets(1, 1, key=sample_key(f"client {number}")))
            at.settle()
        at.wait_for(lambda: toasts(at.running.window) == ["5 new streams, the latest: client 4"])
        live = child(at.running.window, Rail).button("live")
        assert live.accessibleDescription() == "something new"
        click(at.running.window, "Open")
        at.wait_for(lambda: at.page.isVisible() and at.facts()["Client seed"] == "client 4")
        assert not live.accessibleDescription()
        assert not toasts(at.running.window)

    def test_choosing_another_stream_ends_the_following(self, at: LiveProgram) -> None:
        for seed in ("first", "second", "third"):
            at.post(sample_bets(1, 1, key=sample_key(seed)))
            at.wait_for(lambda: at.facts().get("Client seed") == seed)  # noqa: B023 - waited for in the loop
        spot = at.rows.visualRect(at.rows.model().index(2, 0)).center()
        QTest.mouseClick(at.rows.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert at.facts()["Client seed"] == "first"
        assert not child(at.page, QCheckBox).isChecked()
        at.post(sample_bets(1, 1, key=sample_key("fourth")))
        at.wait_for(lambda: at.seeds[0] == "fourth")
        assert at.facts()["Client seed"] == "first"
        assert at.rows.currentIndex().data() == "first"
        QTest.keyClick(at.rows, Qt.Key.Key_Up)
        assert at.facts()["Client seed"] == "second"

    def test_the_search_hides_streams_and_keeps_the_open_one(self, at: LiveProgram) -> None:
        for seed in ("apple", "pear", "apple tree"):
            at.post(sample_bets(1, 1, key=sample_key(seed)))
        at.wait_for(lambda: len(at.seeds) == 3)
        at.settle()
        at.running.press("Ctrl+F", at.page)
        QTest.keyClicks(at.running.window.focusWidget(), "PEAR")
        assert at.seeds == ["pear"]
        assert "1 of 3 streams" in texts(at.page)
        assert at.facts()["Client seed"] == "apple tree"
        QTest.keyClicks(at.running.window.focusWidget(), "x")
        assert "No stream matches." in texts(at.page)
        QTest.keyClick(at.running.window.focusWidget(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(at.running.window.focusWidget(), Qt.Key.Key_Delete)
        assert len(at.seeds) == 3
        assert at.rows.currentIndex().data() == "apple tree"

    def test_deleting_the_open_stream_while_bets_arrive(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 3, key=sample_key("stays")))
        at.post(sample_bets(1, 30))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 30)
        child(at.page, QCheckBox).click()
        at.live.delete(at.id_of(sample_key())).result()
        at.wait_for(lambda: "This stream was deleted. Choose another one." in texts(at.page))
        assert at.page.stream_id is None
        assert at.seeds == ["stays"]
        # The same seed pair again is a stream of its own, and starts with what came after.
        at.post(sample_bets(31, 2))
        at.wait_for(lambda: len(at.seeds) == 2)
        at.page.open_stream(at.id_of(sample_key()))
        at.wait_for(lambda: at.table.isVisible() and at.nonces == [32, 31])

    def test_following_goes_on_when_the_open_stream_is_deleted(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 3, key=sample_key("stays")))
        at.post(sample_bets(1, 30))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 30)
        at.live.delete(at.id_of(sample_key())).result()
        at.wait_for(lambda: at.facts().get("Client seed") == "stays" and at.nonces == [3, 2, 1])
        assert toasts(at.running.window) == ["The stream that was open has been deleted."]
        assert child(at.page, QCheckBox).isChecked()

    def test_deleting_the_only_stream_leaves_the_empty_page(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 3))
        at.wait_for(at.table.isVisible)
        at.live.delete(at.id_of(sample_key())).result()
        at.wait_for(lambda: "Address" in at.facts())
        at.running.window.open_section("scan")
        at.running.window.open_section("live")
        assert QApplication.focusWidget() is button(at.page, "Connect Antebot")
        at.running.press("Return")
        dialog = child(at.running.window, ConnectDialog)
        assert dialog.isVisible()
        dialog.reject()

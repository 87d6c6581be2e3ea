"""What becomes of a stream: the rotations beside it, deleted, brought back, exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView

from pump_desktop.domain.live import StreamQuery
from tests.live_samples import sample_bets, sample_key
from tests.ui.support.one_stream import OneStream
from tests.ui.support.program import Start, button, child, click, texts, toasts


class TestStreams:
    def chain(self, at: OneStream, count: int) -> None:
        for number in range(count):
            key = sample_key()._replace(server_seed_hashed=str(number) * 64)
            at.post([bet._replace(stream=key) for bet in sample_bets(1, number + 1)])
            at.settle()

    def test_rotations_of_a_client_seed_are_a_chain(self, at: OneStream) -> None:
        self.chain(at, 3)
        at.wait_for(lambda: "Rotation 3 of 3" in texts(at.page) and len(at.nonces) == 3)
        assert not button(at.page, "Next server seed of this client seed").isEnabled()
        click(at.page, "Previous server seed of this client seed")
        at.wait_for(lambda: "Rotation 2 of 3" in texts(at.page) and len(at.nonces) == 2)
        click(at.page, "Previous server seed of this client seed")
        at.wait_for(lambda: "Rotation 1 of 3" in texts(at.page) and len(at.nonces) == 1)
        assert not button(at.page, "Previous server seed of this client seed").isEnabled()

    def test_a_deleted_stream_comes_back_with_undo(self, at: OneStream) -> None:
        at.fill(5)
        child(at.page, QListView).setFocus()
        QTest.keyClick(child(at.page, QListView), Qt.Key.Key_Delete)
        assert at.seeds == []
        assert toasts(at.running.window) == ["Stream deleted"]
        # Bets go on arriving in it meanwhile.
        at.post(sample_bets(6, 2))
        at.settle()
        click(at.running.window, "Undo")
        at.wait_for(lambda: at.table.isVisible() and at.nonces == list(range(7, 0, -1)))
        assert at.seeds == ["zXv1upuFns"]

    def test_a_deletion_is_carried_out_when_its_undo_has_gone(self, at: OneStream) -> None:
        at.post(sample_bets(1, 4, key=sample_key("stays")))
        at.wait_for(lambda: at.seed() == "stays")
        at.fill(5)
        at.view.delete_asked.emit(at.view._row)
        # The latest of the others is opened, as following is on.
        at.wait_for(lambda: at.seed() == "stays" and len(at.nonces) == 4)
        at.running.window.clear_toasts()
        at.wait_for(lambda: not at.page.deletes.hidden)
        at.wait_for(lambda: at.live.streams(StreamQuery()).total == 1)

    def test_a_deletion_whose_undo_is_still_there_is_carried_out_at_the_end(
        self, at: OneStream, start: Start, data: Path
    ) -> None:
        at.fill(5)
        at.view.delete_asked.emit(at.view._row)
        assert at.seeds == []
        at.running.close()
        again = start()
        assert again.data == data
        assert again.backend.live.streams(StreamQuery()).total == 0

    def test_bets_are_exported(self, at: OneStream, tmp_path: Path) -> None:
        at.fill(12)
        file = tmp_path / "bets.csv"
        row = at.view._row
        assert row is not None
        at.running.window.live_side.actions.export_to(row, str(file))
        at.wait_for(lambda: toasts(at.running.window) == [f"Written to {file}"])
        lines: Sequence[str] = file.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 13
        assert lines[0].startswith("nonce,antebot_bet_id")

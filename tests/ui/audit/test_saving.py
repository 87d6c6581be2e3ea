"""What the Audit panel writes to files, and its timeline of hashes, bets and seeds."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QFileDialog

from pump_desktop.domain.live import Message, StreamRow
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.ui.audit.panel import AuditPanel
from pump_desktop.ui.audit.timeline import CommitmentTimeline
from pump_desktop.ui.kit.report_options import ReportOptions
from tests.services.samples import SEED, bet, send, simulated
from tests.ui.conftest import Stage
from tests.ui.support.one_audit import WRONG_ONES, open_panel, revealed
from tests.ui.support.one_panel import Drawer
from tests.ui.support.program import child, click, texts


@pytest.fixture
def row(drawer: Drawer) -> StreamRow:
    send(drawer.live, WRONG_ONES[:1])
    return drawer.stream(*WRONG_ONES)


@pytest.fixture
def panel(drawer: Drawer, row: StreamRow, stage: Stage) -> AuditPanel:
    return open_panel(drawer, row, stage)


class TestSaving:
    def test_what_is_wrong_is_written_as_a_table(
        self, drawer: Drawer, panel: AuditPanel, tmp_path: Path
    ) -> None:
        revealed(drawer, panel)
        click(panel, "Save as CSV")
        file = tmp_path / "wrong.csv"
        child(panel, QFileDialog).fileSelected.emit(str(file))
        child(panel, QFileDialog).reject()
        drawer.settle()
        with file.open(encoding="utf-8", newline="") as lines:
            assert [(one["what"], one["nonce"]) for one in csv.DictReader(lines)] == [
                ("result", "40"),
                ("payout", "41"),
            ]
        assert drawer.said == [f"Written to {file}"]

    @pytest.mark.parametrize("with_seeds", [False, True])
    def test_the_report_holds_the_seeds_when_asked(
        self, drawer: Drawer, panel: AuditPanel, tmp_path: Path, with_seeds: bool
    ) -> None:
        revealed(drawer, panel)
        click(panel, "Save a report")
        options = child(panel, ReportOptions)
        assert not child(options, QCheckBox).isChecked()
        child(options, QCheckBox).setChecked(with_seeds)
        click(options, "Choose a file …")
        file = tmp_path / "audit.html"
        child(panel, QFileDialog).fileSelected.emit(str(file))
        child(panel, QFileDialog).reject()
        drawer.settle()
        text = file.read_text("utf-8")
        assert (SEED in text) is with_seeds
        assert seed_sha256(SEED) in text

    def test_a_file_that_cannot_be_written_is_said(
        self, drawer: Drawer, panel: AuditPanel, tmp_path: Path
    ) -> None:
        revealed(drawer, panel)
        assert panel.audit is not None
        panel._saving.save_csv(str(tmp_path / "none" / "x.csv"), panel.audit)
        panel._saving.save_report(str(tmp_path / "none" / "x.html"), panel.audit, with_seeds=False)
        drawer.settle()
        assert [
            sentence.endswith("cannot be written: No such file or directory.") for sentence in drawer.refused
        ] == [
            True,
            True,
        ]


class TestTimeline:
    def test_a_chain_is_told_in_order(self, drawer: Drawer, panel: AuditPanel, row: StreamRow) -> None:
        other = send(drawer.live, [_under("the next seed", 500)])[0].stream_id
        revealed(drawer, panel)
        panel.refresh()
        drawer.settle()
        timeline = child(panel, CommitmentTimeline)
        assert [one.moments.stream_id for one in timeline.chain] == [row.id, other]
        assert [one.kept for one in timeline.chain] == [True, False]
        shown = texts(timeline)
        assert "Committed · this stream" in shown
        assert any(text.endswith(", by hand") for text in shown)
        assert "33, nonces 1 to 42" in shown
        assert any("every bet but the first" in text for text in shown)

    def test_a_simulation_is_called_one(self, drawer: Drawer, panel: AuditPanel) -> None:
        panel.show_stream(drawer.stream(simulated(1, clientSeed="simulated")))
        drawer.settle()
        shown = texts(child(panel, CommitmentTimeline))
        assert "Not proved · this stream" in shown
        assert any("a simulation proves nothing about commitment" in text for text in shown)
        assert any(text.endswith(", in a bet") for text in shown)

    def test_a_long_chain_shows_its_latest(self, drawer: Drawer, panel: AuditPanel) -> None:
        send(drawer.live, [_under(f"seed {number}", 500) for number in range(40)])
        panel.refresh()
        drawer.settle()
        timeline = child(panel, CommitmentTimeline)
        assert len(timeline.chain) == 41
        assert "11 earlier streams are not shown." in texts(timeline)
        panel.refresh()
        drawer.settle()
        assert len([text for text in texts(timeline) if text == "Hash seen"]) == 30


def _under(seed: str, nonce: int) -> Message:
    message = bet(nonce)
    return message._replace(stream=message.stream._replace(server_seed_hashed=seed_sha256(seed)))

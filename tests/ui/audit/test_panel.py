"""The Audit panel on a real store: the seed, the audit as a job, what it found, and when all of it came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from pump_desktop.domain.audits import AuditProgress, PayoutCheck, StreamAudit
from pump_desktop.domain.game import Difficulty, multiplier
from pump_desktop.domain.live import Audit, Message, Mismatch, StreamRow
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.engine import reference
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.store.live import audit_reads
from pump_desktop.ui.audit.panel import EMPTY, HASH, RIGHT, WRONG, AuditPanel, RevealBox
from pump_desktop.ui.audit.result import payouts_verdict, results_verdict
from pump_desktop.ui.kit.fact import Fact
from pump_desktop.ui.kit.segmented import Segmented
from tests.services.samples import SEED, bet, heartbeat, outcome, send
from tests.ui.conftest import Stage
from tests.ui.support.one_audit import WRONG_ONES, open_panel, revealed, seed_field
from tests.ui.support.one_panel import Drawer
from tests.ui.support.program import button, child, choose, click, column, named, table, texts


@pytest.fixture
def row(drawer: Drawer) -> StreamRow:
    send(drawer.live, WRONG_ONES[:1])
    return drawer.stream(*WRONG_ONES)


@pytest.fixture
def panel(drawer: Drawer, row: StreamRow, stage: Stage) -> AuditPanel:
    return open_panel(drawer, row, stage)


@pytest.fixture
def long_row(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> StreamRow:
    """Give a stream whose audit takes a second: five rows to a page, and each page is a commit."""
    monkeypatch.setattr(audit_reads, "PAGE_ROWS", 5)
    return drawer.stream(*(bet(n, clientSeed="long") for n in range(1, 2_001)))


class TestSeed:
    def test_it_is_checked_while_it_is_typed(self, drawer: Drawer, panel: AuditPanel, row: StreamRow) -> None:
        field = seed_field(panel)
        assert panel.reveal_box.sentence == ""
        for text, sentence in (
            (SEED, RIGHT),
            (SEED + " ", WRONG),
            ("x", WRONG),
            (row.server_seed_hashed, HASH),
            (row.server_seed_hashed.upper(), HASH),
            ("", ""),
        ):
            field.setText(text)
            assert panel.reveal_box.sentence == sentence
        assert (RIGHT in texts(panel)) is False
        assert not drawer.row(row.id).revealed

    def test_what_copying_added_is_taken_off(self, panel: AuditPanel) -> None:
        QGuiApplication.clipboard().setText(f' "{SEED}"\u200b\n')
        field = seed_field(panel)
        field.setFocus()
        QTest.keySequence(field, "Ctrl+V")
        assert field.text() == SEED
        assert RIGHT in texts(panel)

    @pytest.mark.parametrize("text", ["another seed", "x" * 257, "  ", "\x00"])
    def test_a_wrong_seed_goes_nowhere(
        self, drawer: Drawer, panel: AuditPanel, row: StreamRow, text: str
    ) -> None:
        field = seed_field(panel)
        field.setText(text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        click(panel, "Reveal and check")
        drawer.settle()
        assert panel.reveal_box.sentence
        assert field.text() == text
        assert drawer.audits.stream_id is None
        assert not drawer.row(row.id).revealed

    def test_an_empty_field_says_what_to_do(self, panel: AuditPanel) -> None:
        click(panel, "Reveal and check")
        assert panel.reveal_box.sentence == EMPTY

    def test_a_stored_run_offers_its_seed(self, drawer: Drawer, panel: AuditPanel) -> None:
        wanted = ScanRequest(SEED, "another client", 1, 100, Difficulty.EXPERT, (1.63,))
        drawer.backend.runs.create(wanted)
        panel.refresh()
        drawer.settle()
        assert "A stored run has the seed with this hash." in texts(panel)
        assert SEED not in texts(panel)
        click(panel, "Use it")
        assert RIGHT in texts(panel)
        # Nobody asked to see it.
        assert seed_field(panel).seed_hidden
        click(panel, "Reveal and check")
        drawer.settle()
        assert panel.audit is not None

    def test_another_stream_offers_its_seed(self, drawer: Drawer, panel: AuditPanel) -> None:
        other = drawer.stream(bet(1, clientSeed="other"))
        reveal(drawer.live, other.id, SEED)
        panel.refresh()
        drawer.settle()
        assert "Another stream has the seed with this hash." in texts(panel)

    def test_each_stream_begins_with_an_empty_field(self, drawer: Drawer, panel: AuditPanel) -> None:
        seed_field(panel).setText("half a seed")
        panel.show_stream(drawer.stream(bet(1, clientSeed="other")))
        assert (seed_field(panel).text(), panel.reveal_box.sentence) == ("", "")
        drawer.settle()


class TestResult:
    def test_mismatches_and_payouts_are_told_and_listed(
        self, drawer: Drawer, panel: AuditPanel, row: StreamRow
    ) -> None:
        revealed(drawer, panel)
        assert panel.result.sentences == (
            "1 of 33 results is not what the seed gives.",
            "1 of 32 payouts is wrong.",
        )
        assert any("1 bet names no target and was not checked." in text for text in texts(panel))
        view = table(panel, "Mismatches")
        assert [column(view, place) for place in range(3)] == [["40"], ["5.55x"], [f"{outcome(40):.2f}x"]]
        choose(panel, "Wrong bets", "Payouts")
        view = table(panel, "Wrong payouts")
        assert [column(view, place) for place in range(3)] == [["41"], ["3"], ["1"]]
        assert drawer.row(row.id).revealed
        assert not [box for box in panel.findChildren(RevealBox) if box.isVisible()]

    def test_a_row_goes_to_its_bet(self, drawer: Drawer, panel: AuditPanel) -> None:
        asked: list[object] = []
        panel.nonce_asked.connect(asked.append)
        revealed(drawer, panel)
        view = table(panel, "Mismatches")
        view.setFocus()
        view.selectRow(0)
        QTest.keyClick(view, Qt.Key.Key_Return)
        choose(panel, "Wrong bets", "Payouts")
        view = table(panel, "Wrong payouts")
        view.setFocus()
        view.selectRow(0)
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert asked == [40, 41]

    def test_a_fair_stream_has_no_tables(self, drawer: Drawer, panel: AuditPanel) -> None:
        panel.show_stream(drawer.stream(true_bet(1, "fair", roundTarget=1.0, payout=1.0)))
        drawer.settle()
        revealed(drawer, panel)
        assert panel.result.sentences == (
            "The one result is what the seed gives.",
            "The one payout is right.",
        )
        assert not table(panel, "Mismatches").isVisible()
        assert not named(panel, Segmented, "Wrong bets").isVisible()
        assert not panel._csv.isVisible()

    def test_the_seed_is_copied_and_not_shown(self, drawer: Drawer, panel: AuditPanel) -> None:
        revealed(drawer, panel)
        fact = child(panel, Fact)
        assert SEED not in fact.accessibleName()
        assert SEED not in texts(panel)
        fact.copy.click()
        assert QGuiApplication.clipboard().text() == SEED

    def test_the_last_audit_is_still_there_when_the_stream_is_opened_again(
        self, drawer: Drawer, panel: AuditPanel, row: StreamRow
    ) -> None:
        revealed(drawer, panel)
        found = panel.audit
        panel.show_stream(drawer.stream(bet(1, clientSeed="other")))
        drawer.settle()
        assert panel.audit is None
        panel.show_stream(drawer.row(row.id))
        drawer.settle()
        assert panel.audit == found

    def test_without_an_audit_the_stored_verdicts_are_told(self, drawer: Drawer, panel: AuditPanel) -> None:
        first = true_bet(1, "simulated", serverSeed=SEED, serverSeedHashed=None)
        others = (true_bet(n, "simulated", roundResult=5.55) for n in (2, 3))
        panel.show_stream(drawer.stream(first, *others))
        drawer.settle()
        assert panel.result.sentences == (
            "2 of 3 results are not what the seed gives.",
            "Payouts are not checked.",
        )
        assert column(table(panel, "Mismatches"), 0) == ["2", "3"]
        click(panel, "Check again")
        drawer.settle()
        assert panel.result.sentences[1] == "No payout could be checked."

    def test_what_lands_later_is_counted_and_payouts_stay(
        self, drawer: Drawer, panel: AuditPanel, row: StreamRow
    ) -> None:
        revealed(drawer, panel)
        send(drawer.live, [bet(100), bet(101, roundResult=5.55), heartbeat(102)])
        panel.refresh()
        drawer.settle()
        assert panel.audit is not None
        assert panel.audit.payouts is not None
        assert panel.result.sentences[0] == "2 of 36 results are not what the seed gives."
        assert column(table(panel, "Mismatches"), 0) == ["40", "101"]
        assert panel.audit.audit == drawer.live.audit(row.id)

    def test_a_reveal_from_elsewhere_is_noticed(
        self, drawer: Drawer, panel: AuditPanel, row: StreamRow
    ) -> None:
        reveal(drawer.live, row.id, SEED)
        panel.refresh()
        drawer.settle()
        assert panel.result.sentences[0] == "1 of 33 results is not what the seed gives."


class TestRunning:
    def test_an_audit_under_way_is_shown_and_can_be_stopped(
        self, drawer: Drawer, panel: AuditPanel, long_row: StreamRow, qtbot: QtBot
    ) -> None:
        panel.show_stream(long_row)
        drawer.settle()
        seed_field(panel).setText(SEED)
        with qtbot.waitSignal(drawer.audits.progress):
            click(panel, "Reveal and check")
        assert child(panel, QProgressBar).isVisible()
        assert not [box for box in panel.findChildren(RevealBox) if box.isVisible()]
        click(panel, "Cancel")
        assert "Stopping …" in texts(panel)
        assert not button(panel, "Cancel").isEnabled()
        with qtbot.waitSignal(drawer.audits.cancelled):
            pass
        drawer.settle()
        assert panel.notice == "Stopped. What was checked keeps its verdict; check again for the rest."
        assert drawer.row(long_row.id).revealed
        assert panel.audit is not None
        assert panel.audit.audit.checked == drawer.live.stream(long_row.id).audit.checked < 2_000

    def test_another_stream_waits_for_its_turn(
        self, drawer: Drawer, panel: AuditPanel, row: StreamRow, long_row: StreamRow, qtbot: QtBot
    ) -> None:
        with qtbot.waitSignal(drawer.audits.progress):
            drawer.audits.start(long_row.id, SEED)
        assert not [bar for bar in panel.findChildren(QProgressBar) if bar.isVisible()]
        seed_field(panel).setText(SEED)
        click(panel, "Reveal and check")
        assert panel.notice.startswith("Another stream is being audited.")
        assert seed_field(panel).text() == SEED
        panel.show_stream(long_row)
        assert child(panel, QProgressBar).isVisible()
        drawer.audits.cancel()
        drawer.settle()
        assert not drawer.row(row.id).revealed

    def test_the_open_stream_is_deleted_during_its_audit(
        self, drawer: Drawer, panel: AuditPanel, long_row: StreamRow, qtbot: QtBot
    ) -> None:
        panel.show_stream(long_row)
        drawer.settle()
        seed_field(panel).setText(SEED)
        with qtbot.waitSignal(drawer.audits.progress):
            click(panel, "Reveal and check")
        drawer.live.delete(long_row.id).result(10)
        panel.show_stream(None)
        drawer.settle()
        assert drawer.refused == ["The stream was deleted, so its audit has ended."]
        assert drawer.audits.stream_id is None
        assert panel.audit is None

    def test_progress_reads_as_figures(self, drawer: Drawer, panel: AuditPanel) -> None:
        panel._progress.begin()
        panel._progress.show()
        bar = child(panel, QProgressBar)
        assert (bar.minimum(), bar.maximum()) == (0, 0)
        panel._show_progress(AuditProgress(0, 2_000_000, None))
        assert (bar.minimum(), bar.maximum()) == (0, 0)
        panel._show_progress(AuditProgress(500_000, 2_000_000, 12.0))
        assert bar.value() / bar.maximum() == 0.25
        assert any(text.startswith("500,000 of 2,000,000 rows · 12") for text in texts(panel))
        # Once a stop was asked for, it is what is said; the bar goes on until the work ends.
        click(panel, "Cancel")
        panel._show_progress(AuditProgress(1_000_000, 2_000_000, 6.0))
        assert bar.value() / bar.maximum() == 0.5
        assert "Stopping …" in texts(panel)
        assert not button(panel, "Cancel").isEnabled()
        panel._progress.begin("Checking …")
        assert "Checking …" in texts(panel)
        assert button(panel, "Cancel").isEnabled()
        assert not drawer.refused


def true_bet(nonce: int, client: str, **changes: Any) -> Message:
    """Give an honest bet of another client seed."""
    result = multiplier(Difficulty.EXPERT, reference.replay(SEED, client, nonce, Difficulty.EXPERT))
    return bet(nonce, clientSeed=client, **({"roundResult": result} | changes))


_ID = UUID(int=1)


def test_sentences_count_right() -> None:
    named_ones = (Mismatch(1, "a", Difficulty.EXPERT, 1.63, 1.0),)

    def said(checked: int, matches: int) -> str:
        return results_verdict(StreamAudit(_ID, Audit(checked, matches, named_ones)))[1]

    assert said(0, 0) == "Nothing has been checked yet."
    assert said(1_000, 1_000) == "All 1,000 results are what the seed gives."
    assert said(1_000, 998) == "2 of 1,000 results are not what the seed gives."
    assert payouts_verdict(PayoutCheck(5, 0, 2, ()))[1:] == (
        "All 5 payouts are right.",
        "2 bets name no target and were not checked.",
    )
    assert payouts_verdict(PayoutCheck(0, 0, 0, ()))[1:] == (
        "No payout could be checked.",
        "There are no bets.",
    )
    assert payouts_verdict(PayoutCheck(5, 2, 0, ()))[1] == "2 of 5 payouts are wrong."

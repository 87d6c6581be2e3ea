"""What an audit found: the verdict in a sentence, and the bets that are wrong in two short tables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from pump_desktop.domain.audits import PayoutCheck, PayoutFault, StreamAudit
from pump_desktop.domain.live import Mismatch
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Size, Space, row_height
from pump_desktop.qt.tables.rows import Cell, RowsModel
from pump_desktop.qt.text.numbers import amount_text, counted, grouped, multiplier_text
from pump_desktop.qt.text.times import when_text
from pump_desktop.ui.kit.banner import TONE_ICON, Tone
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Glyph, Ink, Label, SectionTitle

_ROWS = 6
_COLUMNS = (
    Column(92, numeric=True, sortable=False),
    Column(100, numeric=True, sortable=False),
    Column(100, numeric=True, stretch=True, sortable=False),
)
_RESULTS, _PAYOUTS = "results", "payouts"
_INK: dict[Tone, Ink] = {"info": "primary", "good": "good", "warn": "warn", "bad": "bad"}


class _Verdict(QWidget):
    """A sentence with its icon, and a line below."""

    def __init__(self) -> None:
        super().__init__()
        self._glyph = Glyph("info", "accent", 18)
        self._sentence = SectionTitle("")
        self._sentence.setWordWrap(True)
        self._below = Label("", size=Type.HINT, ink="secondary", figures=True, wrap=True)
        vbox(
            hbox(self._glyph, stretch(self._sentence), spacing=Space.S),
            self._below,
            into=self,
            spacing=Space.XS,
        )

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def say(self, tone: Tone, sentence: str, below: str) -> None:
        self._glyph.set_glyph(*TONE_ICON[tone])
        self._sentence.setText(sentence)
        self._sentence.set_ink(_INK[tone])
        self._below.setText(below)
        self._below.setVisible(bool(below))
        self.setAccessibleName(sentence)


class AuditResult(QWidget):
    """``nonce_asked`` carries the nonce of a row that was opened, ``said`` what was copied."""

    nonce_asked = Signal(object)
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: StreamAudit | None = None
        self._verdict = _Verdict()
        self._payouts_verdict = _Verdict()
        self._which = Segmented(
            [Segment(_RESULTS, "Mismatches"), Segment(_PAYOUTS, "Payouts")], _RESULTS, "Wrong bets"
        )
        self._mismatches: RowsModel[Mismatch] = RowsModel(
            (
                Cell("Nonce", lambda one: grouped(one.nonce), _mismatch_tip),
                Cell("Reported", lambda one: multiplier_text(one.reported), _mismatch_tip),
                Cell("True", lambda one: multiplier_text(one.actual), _mismatch_tip),
            ),
            self,
        )
        self._faults: RowsModel[PayoutFault] = RowsModel(
            (
                Cell("Nonce", lambda one: grouped(one.nonce), _fault_tip),
                Cell("Paid", lambda one: amount_text(one.payout), _fault_tip),
                Cell("Should be", lambda one: amount_text(one.expected), _fault_tip),
            ),
            self,
        )
        self._tables = QStackedWidget()
        self._result_table = self._table("Mismatches", _COLUMNS, self._mismatches)
        self._payout_table = self._table("Wrong payouts", _COLUMNS, self._faults)
        self._note = Label("", size=Type.HINT, ink="muted", wrap=True)
        vbox(
            self._verdict,
            self._payouts_verdict,
            self._which,
            self._tables,
            self._note,
            into=self,
            spacing=Space.M,
        )
        self._which.changed.connect(self._choose)

    @property
    def sentences(self) -> tuple[str, str]:
        """What is said of results, and of payouts."""
        return self._verdict.sentence, self._payouts_verdict.sentence

    def show_audit(self, audit: StreamAudit) -> None:
        """Show what an audit found, or what stored verdicts say."""
        if audit == self._shown:
            return
        self._shown = audit
        self._verdict.say(*results_verdict(audit))
        self._payouts_verdict.say(*payouts_verdict(audit.payouts))
        self._mismatches.set_rows(audit.audit.mismatches)
        self._faults.set_rows(() if audit.payouts is None else audit.payouts.faults)
        both = bool(self._mismatches.rows and self._faults.rows)
        self._which.setVisible(both)
        if not both:
            self._which.set_value(_PAYOUTS if self._faults.rows else _RESULTS)
        self._choose(self._which.value or _RESULTS)

    def _table(self, name: str, columns: tuple[Column, ...], model: RowsModel[Any]) -> BigTable:
        table = BigTable(name, columns)
        table.setModel(model)
        table.row_opened.connect(self._opened)
        table.copied.connect(self._copied)
        table.row_height_changed.connect(self._fit_again)
        self._tables.addWidget(table)
        return table

    @Slot(str)
    def _choose(self, which: str) -> None:
        payouts = which == _PAYOUTS
        self._tables.setCurrentWidget(self._payout_table if payouts else self._result_table)
        rows = len(self._faults.rows if payouts else self._mismatches.rows)
        self._tables.setVisible(rows > 0)
        self._fit(rows)
        self._note.setText(self._cut(rows, payouts=payouts) if rows else "")
        self._note.setVisible(rows > 0)

    def _fit(self, rows: int) -> None:
        self._tables.setFixedHeight(Size.TABLE_HEADER + min(rows, _ROWS) * row_height() + 2)

    @Slot()
    def _fit_again(self) -> None:
        table = self._tables.currentWidget()
        if isinstance(table, BigTable):
            self._fit(table.model().rowCount())

    def _cut(self, rows: int, *, payouts: bool) -> str:
        jump = "Enter or a double click goes to the bet."
        if self._shown is None:
            return jump
        checked = self._shown.payouts
        total = checked.wrong if payouts and checked is not None else self._shown.mismatches
        return f"The first {grouped(rows)} are listed. {jump}" if total > rows else jump

    @Slot(int)
    def _opened(self, row: int) -> None:
        payouts = self.sender() is self._payout_table
        one = self._faults.rows[row] if payouts else self._mismatches.rows[row]
        self.nonce_asked.emit(one.nonce)

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit(f"{counted(rows, 'row')} copied")


def results_verdict(audit: StreamAudit) -> tuple[Tone, str, str]:
    """Give tone, sentence and small print of the results."""
    checked, wrong = audit.audit.checked, audit.mismatches
    when = "As stored." if audit.made_at is None else f"Checked {when_text(audit.made_at)}."
    if not checked:
        return "info", "Nothing has been checked yet.", ""
    if not wrong:
        only = "The one result is" if checked == 1 else f"All {grouped(checked)} results are"
        return "good", f"{only} what the seed gives.", when
    verb = "is" if wrong == 1 else "are"
    counted = f"{grouped(audit.audit.matches)} match, {grouped(wrong)} {'does' if wrong == 1 else 'do'} not."
    return (
        "bad",
        f"{grouped(wrong)} of {grouped(checked)} results {verb} not what the seed gives.",
        (f"{counted} {when}"),
    )


def payouts_verdict(payouts: PayoutCheck | None) -> tuple[Tone, str, str]:
    """Give tone, sentence and small print of the payouts."""
    if payouts is None:
        return "info", "Payouts are not checked.", "They are checked with all results; check again for both."
    without = payouts.without_target
    open_ = "" if not without else "1 bet names no target and was not checked."
    if without > 1:
        open_ = f"{grouped(without)} bets name no target and were not checked."
    if not payouts.checked:
        return "info", "No payout could be checked.", open_ or "There are no bets."
    if payouts.wrong:
        verb = "is" if payouts.wrong == 1 else "are"
        counted = f"{grouped(payouts.wrong)} of {grouped(payouts.checked)} payouts {verb} wrong."
        return "bad", counted, f"A won bet pays amount × target, a lost one nothing. {open_}".strip()
    only = "The one payout is" if payouts.checked == 1 else f"All {grouped(payouts.checked)} payouts are"
    return "good", f"{only} right.", open_


def _mismatch_tip(one: Mismatch) -> str:
    what = "A round without a bet" if one.antebot_bet_id is None else f"Bet {one.antebot_bet_id}"
    at = "" if one.difficulty is None else f", {one.difficulty.label}"
    return (
        f"{what}{at}: reported {multiplier_text(one.reported)}, the seed gives {multiplier_text(one.actual)}"
    )


def _fault_tip(one: PayoutFault) -> str:
    amount = amount_text(one.amount, one.currency or "")
    target, result = multiplier_text(one.round_target), multiplier_text(one.round_result)
    return f"Bet {one.antebot_bet_id}: {amount} at {target}, and the result was {result}"

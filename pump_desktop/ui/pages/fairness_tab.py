"""The Fairness tab: what seven tests say about one target of a run, in words and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from pump_desktop.domain.game import PAYOUTS
from pump_desktop.domain.requests import usual_target
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import counted, multiplier_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.pages.fairness_card import FairnessCard, FairnessHeadings, verdict_tone
from pump_desktop.ui.pages.fairness_figures import FairnessFigures
from pump_desktop.ui.pages.figures_column import scrolling
from pump_desktop.ui.pages.run_tab import RunTab
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.choices import MatchChoice
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.stats.fairness import Fairness


class FairnessTab(RunTab):
    """Tests of one run; ``report_asked`` says that their report should be saved."""

    report_asked = Signal()

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._match = MatchChoice(Match.EXACT, 200)
        self._target = QComboBox()
        self._target.setAccessibleName("Target")
        self._target.setMinimumWidth(150)
        self._count = Label("", ink="secondary", figures=True)
        self._report = Button("Save report …", meaning="save")
        self._verdict = Banner("info", "", dismissable=False)
        self._verdict.hide()
        self._cards: list[FairnessCard] = []
        self._tests = QVBoxLayout()
        self._figures = FairnessFigures()
        self._lay_out()

        self._match.changed.connect(self._choice_changed)
        self._target.currentIndexChanged.connect(self._choice_changed)
        self._report.clicked.connect(self.report_asked)

    @property
    def target(self) -> float:
        """The multiplier that is tested."""
        return float(self._target.currentData())

    @property
    def match(self) -> Match:
        """How a nonce matches it."""
        return self._match.match

    def _begin(self, run: Run) -> None:
        off_table = [target for target in run.targets if target not in PAYOUTS[run.difficulty]]
        self._target.blockSignals(True)
        self._target.clear()
        for entry in sorted({*PAYOUTS[run.difficulty], *off_table}, reverse=True):
            self._target.addItem(multiplier_text(entry), entry)
        target, match = usual_target(run.difficulty, run.targets)
        self._target.setCurrentIndex(self._target.findData(target))
        self._target.blockSignals(False)
        self._match.show_match(match)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(Space.S)
        tools.addWidget(self._match)
        tools.addWidget(self._target)
        tools.addSpacing(Space.S)
        tools.addWidget(self._count)
        tools.addStretch(1)
        tools.addWidget(self._report)
        inside = QWidget()
        inside.setProperty("ground", "page")
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(Space.XS, Space.S, Space.S, 0)
        rows.setSpacing(Space.S)
        rows.addWidget(FairnessHeadings())
        self._tests.setSpacing(0)
        rows.addLayout(self._tests)
        rows.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(0)
        tests = QScrollArea()
        tests.setWidget(inside)
        tests.setWidgetResizable(True)
        tests.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tests.setAccessibleName("Tests")
        row.addWidget(tests, 1)
        row.addWidget(scrolling(self._figures, "Drought and autocorrelation"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.M, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(tools)
        column.addWidget(self._verdict)
        column.addLayout(row, 1)

    def _ask(self) -> None:
        run, target, match = self._run, self.target, self.match
        if run is None:
            return

        def work(backend: Backend) -> Fairness:
            from pump_desktop.services.runs.figures import run_fairness  # noqa: PLC0415 - in the worker

            return run_fairness(backend.runs, run, target, match)

        self._ask_instead(work, self._answered)

    def _answered(self, fairness: Fairness) -> None:
        hits = counted(fairness.hits, "hit")
        made = "1 test made" if fairness.made == 1 else f"{fairness.made} tests made"
        self._count.setText(f"{hits} · {made}")
        self._verdict.show_sentence(verdict_tone(fairness), fairness.verdict)
        while len(self._cards) > len(fairness.tests):
            card = self._cards.pop()
            self._tests.removeWidget(card)
            card.deleteLater()
        while len(self._cards) < len(fairness.tests):
            self._cards.append(FairnessCard(self))
            self._tests.addWidget(self._cards[-1])
        for card, test in zip(self._cards, fairness.tests, strict=True):
            card.show_test(test)
        self._figures.show_fairness(fairness)

    @Slot()
    def _choice_changed(self, *_what: object) -> None:
        self._ask()

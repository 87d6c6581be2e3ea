"""The Fairness tab: what seven tests say about one target of a run, in words and figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from pump_desktop.domain.game import PAYOUTS
from pump_desktop.domain.requests import usual_target
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Space, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import (
    count_text,
    counted,
    grouped,
    multiplier_text,
    odds_text,
    p_value_text,
    percent_text,
)
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.banner import TONE_ICON, Banner, Tone
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.choices import MatchChoice
from pump_desktop.ui.kit.figure_grid import FigureGrid, Figures
from pump_desktop.ui.kit.figures_column import WIDTH, FiguresColumn, scrolling
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.text import Glyph, Label
from pump_desktop.ui.run.tab import RunTab

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.stats.fairness import Fairness, FairnessTest


_TOP = Qt.AlignmentFlag.AlignTop
_RIGHT = Qt.AlignmentFlag.AlignRight | _TOP
_WORDS: dict[Tone, str] = {"good": "As expected", "warn": "Unusual", "info": "Not tested"}
# As wide as "As expected" in a longer language.
_ALONE, _CORRECTED = 72, 108


def tone_of(test: FairnessTest) -> Tone:
    """Give how a test came out among all that were made."""
    if test.adjusted is None:
        return "info"
    return "warn" if test.unusual else "good"


def verdict_tone(fairness: Fairness) -> Tone:
    """Give how all tests together came out."""
    tones = {tone_of(test) for test in fairness.tests}
    if "warn" in tones:
        return "warn"
    return "good" if "good" in tones else "info"


class _Columns(QHBoxLayout):
    """The columns headings and tests share."""

    def __init__(self, words: QWidget, alone: QWidget, corrected: QWidget) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, Space.S, 0)
        self.setSpacing(Space.M)
        self.addWidget(words, 1, _TOP)
        for figures, width in ((alone, _ALONE), (corrected, _CORRECTED)):
            figures.setFixedWidth(width)
            self.addWidget(figures, 0, _TOP)


class FairnessHeadings(QWidget):
    """What stands in the columns below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words, alone, corrected = (
            Label(text, size=Type.HINT, ink="muted") for text in ("Test", "Alone", "Corrected")
        )
        alone.setToolTip("The p-value as if this were the only test")
        corrected.setToolTip("The p-value corrected for the number of tests (Holm)")
        for label in (alone, corrected):
            label.setAlignment(_RIGHT)
        self.setLayout(_Columns(words, alone, corrected))


class FairnessCard(QWidget):
    """One test under a hairline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glyph = Glyph("info", "accent")
        self._name = Label("", weight=QFont.Weight.DemiBold)
        self._question = Label("", size=Type.HINT, ink="muted", wrap=True)
        self._reading = Label("", ink="secondary", figures=True, wrap=True)
        self._alone = Label("", ink="secondary", figures=True)
        self._corrected = Label("", figures=True, weight=QFont.Weight.DemiBold)
        self._word = Label("", size=Type.HINT, ink="secondary")
        for label in (self._alone, self._corrected, self._word):
            label.setAlignment(_RIGHT)
        rule = QFrame()
        rule.setProperty("ground", "line")
        rule.setFixedHeight(1)
        title = hbox(self._glyph, stretch(self._name), spacing=Space.S)
        words, corrected = (
            _stacked(title, self._question, self._reading),
            _stacked(self._corrected, self._word),
        )
        vbox(
            rule,
            _Columns(words, self._alone, corrected),
            into=self,
            margins=(0, 0, 0, Space.S),
            spacing=Space.S,
        )

    def show_test(self, test: FairnessTest) -> None:
        """Show a test, or why it was not made."""
        tone = tone_of(test)
        sentence = test.reason or f"{test.statistic}. {test.reading}"
        self._glyph.set_glyph(*TONE_ICON[tone])
        self._word.setText(_WORDS[tone])
        self._name.setText(test.name)
        self._question.setText(test.question)
        self._reading.setText(sentence)
        self._alone.setText("–" if test.p_value is None else p_value_text(test.p_value))
        self._corrected.setText("–" if test.adjusted is None else p_value_text(test.adjusted))
        self.setAccessibleName(f"{test.name}: {_WORDS[tone]}, {self._corrected.text()}")
        self.setAccessibleDescription(sentence)


def _stacked(*parts: QWidget | QLayout) -> QWidget:
    inside = QWidget()
    vbox(*parts, into=inside, spacing=2)
    return inside


_HEIGHT = 104
_WORDS_WIDTH = 18
_SHARE = 0.5


class LagBars(QWidget):
    """One bar per lag; the figures are also its tool tip and what a screen reader says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Nonces and lags run from left to right in every language.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._lags: tuple[tuple[int, float], ...] = ()
        self._band = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Autocorrelation")

    def show_lags(self, lags: Sequence[tuple[int, float]], band: float) -> None:
        """Show the autocorrelation of each lag, with dashes at plus and minus ``band``."""
        self._lags, self._band = tuple(lags), band
        words = "\n".join(f"Lag {lag}: {r:+.4f}".replace("-", "−") for lag, r in self._lags)
        self.setToolTip(plain_tip(words))
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """Give room for ten bars and their lags."""
        return QSize(220, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bounds, the bars and their lags."""
        if not self._lags:
            return
        theme = current_theme()
        painter = QPainter(self)
        middle = (self.height() - _WORDS_WIDTH) / 2
        reach = max(self._band, *(abs(r) for _, r in self._lags)) * 1.1
        painter.setPen(QPen(theme.color("expected"), 1, Qt.PenStyle.DashLine))
        for side in (-1, 1):
            y = round(middle - side * self._band / reach * middle) + 0.5
            painter.drawLine(QLineF(0, y, self.width(), y))
        painter.setPen(theme.color("line.strong"))
        painter.drawLine(QLineF(0, middle, self.width(), middle))
        painter.setFont(ui_font(Type.HINT, figures=True))
        step = self.width() / len(self._lags)
        for place, (lag, r) in enumerate(self._lags):
            left = place * step
            bar = QRectF(
                left + step * (1 - _SHARE) / 2, middle, step * _SHARE, -r / reach * middle
            ).normalized()
            painter.fillRect(bar, theme.color("accent"))
            painter.setPen(theme.color("text.muted"))
            words = QRectF(left, self.height() - _WORDS_WIDTH, step, _WORDS_WIDTH)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, str(lag))


class FairnessFigures(FiguresColumn):
    """The column beside the tests."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, parent, top=Space.S)
        self._counts = FigureGrid()
        self._drought = FigureGrid()
        self._stretch = Label("", size=Type.HINT, ink="muted", figures=True, wrap=True)
        self._lags = LagBars()
        self._band = Label("", size=Type.HINT, ink="muted", figures=True, wrap=True)
        self.add_part("Hits", self._counts)
        self.add_part("Longest drought", self._drought, self._stretch)
        self.add_part("Autocorrelation by lag", self._lags, self._band)

    def show_fairness(self, fairness: Fairness) -> None:
        """Show the figures of one target."""
        self._counts.set_lines(
            [
                Figures("Observed", (grouped(fairness.hits),)),
                Figures("Expected", (count_text(fairness.expected),)),
                Figures("Odds", (odds_text(fairness.probability),)),
            ]
        )
        self._show_drought(fairness)
        shown = bool(fairness.autocorrelation)
        self._lags.setVisible(shown)
        if not shown:
            self._band.setText("Autocorrelation needs both hits and misses.")
            return
        self._lags.show_lags(fairness.autocorrelation, fairness.band)
        band = f"{fairness.band:.4f}" if fairness.band >= 0.001 else f"{fairness.band:.1e}"
        self._band.setText(f"Each lag of a fair run lies within ±{band}, the dashes, 95 times in 100.")

    def _show_drought(self, fairness: Fairness) -> None:
        drought = fairness.drought
        self._drought.setVisible(drought is not None)
        if drought is None:
            self._stretch.setText("There is none to speak of: every result matches, or none does.")
            return
        self._drought.set_lines(
            [
                Figures("Nonces without a hit", (grouped(drought.length),)),
                Figures("Chance of one as long", (percent_text(drought.probability),)),
            ]
        )
        where = (
            ""
            if drought.first is None or drought.last is None
            else f"Nonces {grouped(drought.first)} to {grouped(drought.last)}. "
        )
        self._stretch.setText(f"{where}Rounds are independent: it says nothing about the next.")


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
        self._tests = vbox(spacing=0)
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
        inside = QWidget()
        inside.setProperty("ground", "page")
        vbox(
            FairnessHeadings(),
            self._tests,
            STRETCH,
            into=inside,
            margins=(Space.XS, Space.S, Space.S, 0),
            spacing=Space.S,
        )
        tests = QScrollArea()
        tests.setWidget(inside)
        tests.setWidgetResizable(True)
        tests.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tests.setAccessibleName("Tests")
        vbox(
            hbox(self._match, self._target, Space.S, self._count, STRETCH, self._report, spacing=Space.S),
            self._verdict,
            stretch(hbox(stretch(tests), scrolling(self._figures, "Drought and autocorrelation"), spacing=0)),
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.S,
        )

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

"""One stored run: who it is, four figures, and its tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabWidget, QVBoxLayout, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.qt.appearance import Appearance
from pump_desktop.qt.asking import Asker, Question
from pump_desktop.qt.icons import icon
from pump_desktop.qt.numbers import grouped, multiplier_text, p_value_text
from pump_desktop.qt.theme import Space
from pump_desktop.ui.pages.distribution_tab import DistributionTab
from pump_desktop.ui.pages.hits_tab import HitsTab
from pump_desktop.ui.pages.run_header import RunHeader
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.buttons import Button, IconButton
from pump_desktop.ui.widgets.card import Card, Tile
from pump_desktop.ui.widgets.header import PageHeader

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution

ACTIONS = ("rename", "notes", "duplicate", "rescan", "export", "delete")
_WORDS = {
    "rename": "Rename …",
    "notes": "Notes …",
    "duplicate": "Duplicate",
    "rescan": "Use as a new scan",
    "export": "Export all nonces as CSV …",
    "delete": "Delete",
}
_LOW = 760
_KEYS = {"rename": "F2", "delete": "Del"}


class RunPage(QWidget):
    """``back_asked`` returns to the list; ``action_asked`` carries one of ACTIONS and the run."""

    back_asked = Signal()
    action_asked = Signal(str, object)
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._run: Run | None = None
        self._question: Question | None = None
        self._low = False
        self._header = PageHeader("Run")
        self._back = IconButton("back", "Back to the runs (Alt+Left)")
        self._header.add_leading(self._back)
        self._more = Button("Actions", meaning="more")
        self._more.setMenu(self._menu())
        self._header.add_action(self._more)
        self._banner = Banner("bad", "")
        self._banner.hide()
        self._facts = RunHeader()
        self._tiles = {
            "count": Tile("Nonces"),
            "highest": Tile("Highest"),
            "median": Tile("Median"),
            "test": Tile("Against the odds"),
        }
        self._distribution = DistributionTab(appearance)
        self._hits = HitsTab(asker)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._distribution, "Distribution")
        self._tabs.addTab(self._hits, "Hits")
        self._lay_out()

        self._back.clicked.connect(self.back_asked)
        self._hits.said.connect(self.said)
        self._hits.refused.connect(self.refused)
        QShortcut(QKeySequence("Alt+Left"), self, self.back_asked.emit)

    @property
    def run(self) -> Run | None:
        """The run that is shown."""
        return self._run

    def show_run(self, run: Run) -> None:
        """Show a run; its figures follow as soon as they are worked out."""
        same = self._run is not None and self._run.id == run.id
        self._run = run
        self._header.set_title(run.name or f"{run.client_seed} · {run.difficulty.label}")
        self._facts.show_run(run)
        self._show_tiles(run)
        self._banner.hide()
        if same:
            return
        self._tabs.setCurrentIndex(0)
        self._tiles["test"].set_figure("…", "")
        if self._question is not None:
            self._question.forget()
        self._question = self._asker.ask(
            self, lambda backend: backend.runs.distribution(run), self._distribution_came, self._failed
        )
        self._hits.show_run(run)

    def focus_tabs(self) -> None:
        """Put the keyboard on the tabs: arrows change between them, Tab goes into the figures."""
        self._tabs.tabBar().setFocus()

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by its title."""
        for index in range(self._tabs.count()):
            if self._tabs.tabText(index) == name:
                self._tabs.setCurrentIndex(index)

    def show_linear_with(self, safe_pumps: int) -> None:
        """Show the distribution on a linear scale with one result selected."""
        self._tabs.setCurrentWidget(self._distribution)
        self._distribution.show_linear_with(safe_pumps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window leave the height to the figures."""
        super().resizeEvent(event)
        low = event.size().height() < _LOW
        if low != self._low:
            self._low = low
            self._facts.set_folded(low)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for name in ACTIONS:
            if name == "delete":
                menu.addSeparator()
            action = QAction(icon(name), _WORDS[name], menu)  # type: ignore[arg-type]  # all are meanings
            if name in _KEYS:
                action.setShortcut(QKeySequence(_KEYS[name]))
            action.setData(name)
            menu.addAction(action)
        menu.triggered.connect(self._action_chosen)
        return menu

    def _lay_out(self) -> None:
        tiles = QHBoxLayout()
        tiles.setSpacing(Space.L)
        for tile in self._tiles.values():
            tiles.addWidget(tile, 1)
        card = Card()
        card.add(self._tabs, 1)
        body = QVBoxLayout()
        body.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        body.setSpacing(Space.L)
        body.addWidget(self._banner)
        body.addWidget(self._facts)
        body.addLayout(tiles)
        body.addWidget(card, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(body, 1)

    def _show_tiles(self, run: Run) -> None:
        summary = run.summary
        first = summary.top_max[0] if summary.top_max else run.nonce_start
        times = summary.counts_by_multiplier.get(str(summary.max_multiplier), 1)
        where = (
            f"at nonce {grouped(first)}"
            if times == 1
            else f"{grouped(times)} times, first at {grouped(first)}"
        )
        self._tiles["count"].set_figure(grouped(run.count), f"{run.difficulty.pops} of 25 positions pop")
        self._tiles["highest"].set_figure(multiplier_text(summary.max_multiplier), where)
        self._tiles["median"].set_figure(
            multiplier_text(summary.median_multiplier), f"mean {multiplier_text(summary.mean_multiplier)}"
        )

    def _distribution_came(self, distribution: Distribution) -> None:
        from pump_desktop.stats.distribution import chi_square_reading  # noqa: PLC0415 - imported by the worker

        test = distribution.chi_square
        reading = chi_square_reading(test)
        if test is None:
            self._tiles["test"].set_figure("No test", reading)
        else:
            self._tiles["test"].set_figure(p_value_text(test.p_value), reading)
        self._tiles["test"].setToolTip(_test_tip(distribution))
        self._distribution.show_distribution(distribution)

    def _failed(self, error: Exception) -> None:
        self._banner.show_sentence("bad", str(error))

    @Slot(QAction)
    def _action_chosen(self, action: QAction) -> None:
        if self._run is not None:
            self.action_asked.emit(str(action.data()), self._run)


def _test_tip(distribution: Distribution) -> str:
    test = distribution.chi_square
    if test is None:
        return "A chi-square test needs at least two groups of results that expect 5 or more."
    return (
        f"Chi-square test of all results: {test.statistic:.2f} with {test.degrees} degrees of freedom, "
        f"{p_value_text(test.p_value)}. Results that expect fewer than 5 are pooled."
    )

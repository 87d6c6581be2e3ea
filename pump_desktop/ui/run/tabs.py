"""The tabs of a run: each is made when it is first looked at, and asks for its figures then."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.layout import vbox
from pump_desktop.ui.run.density import DensityTab
from pump_desktop.ui.run.distribution import DistributionTab
from pump_desktop.ui.run.fairness import FairnessTab
from pump_desktop.ui.run.gaps import GapsTab
from pump_desktop.ui.run.hits import HitsTab
from pump_desktop.ui.run.tab import RunTab

if TYPE_CHECKING:
    from pump_desktop.stats.hits import HitFilter

_NEXT = ("Ctrl+Tab", "Ctrl+PgDown")
_PREVIOUS = ("Ctrl+Shift+Tab", "Ctrl+PgUp")


Asking = TypeVar("Asking", bound=RunTab)
Tab = TypeVar("Tab", bound="RunTab | DistributionTab")


class RunTabs(QTabWidget):
    """Five tabs; ``said`` and ``refused`` carry their sentences, ``report_asked`` asks for the report.

    ``tab_made`` carries each tab made later: all at once would hold the window for 0.2 s.
    """

    said = Signal(str)
    refused = Signal(str)
    report_asked = Signal()
    tab_made = Signal(QWidget)

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self._asker = asker
        self._appearance = appearance
        self._run: Run | None = None
        self._hits: HitsTab | None = None
        self._gaps: GapsTab | None = None
        self._density: DensityTab | None = None
        self._fairness: FairnessTab | None = None
        self._distribution: DistributionTab | None = None
        self._places: dict[str, QVBoxLayout] = {}
        for title in ("Distribution", *_ASKING):
            place = QWidget()
            self._places[title] = vbox(into=place)
            self.addTab(place, title)
        for index in range(self.count()):
            self.setTabToolTip(index, f"{self.tabText(index)} (Alt+{index + 1})")
            # From the head of the page and the rail too; a page that is not seen takes no key.
            QShortcut(QKeySequence(f"Alt+{index + 1}"), self, self._choose)
        for keys in _NEXT:
            self._key(keys, self._next)
        for keys in _PREVIOUS:
            self._key(keys, self._previous)

        self.currentChanged.connect(self._tab_changed)

    @property
    def distribution(self) -> DistributionTab:
        """The tab of the results, which shows nothing before its figures are there."""
        if self._distribution is None:
            self._distribution = self._put("Distribution", DistributionTab(self._asker, self._appearance))
        return self._distribution

    @property
    def hits(self) -> HitsTab:
        """The tab of the hits."""
        if self._hits is None:
            self._hits = self._ask("Hits", HitsTab(self._asker))
        return self._hits

    @property
    def gaps(self) -> GapsTab:
        """The tab of the gaps."""
        if self._gaps is None:
            self._gaps = self._ask("Gaps", GapsTab(self._asker, self._appearance))
        return self._gaps

    @property
    def density(self) -> DensityTab:
        """The tab of the density."""
        if self._density is None:
            self._density = self._ask("Density", DensityTab(self._asker, self._appearance))
            self._density.hits_asked.connect(self._show_hits)
        return self._density

    @property
    def fairness(self) -> FairnessTab:
        """The tab of the tests."""
        if self._fairness is None:
            self._fairness = self._ask("Fairness", FairnessTab(self._asker))
            self._fairness.report_asked.connect(self.report_asked)
        return self._fairness

    def show_run(self, run: Run) -> None:
        """Begin with the distribution of a run; the other tabs ask when they are opened."""
        self._run = run
        # First out of sight: a tab that is seen would ask at once.
        self.setCurrentIndex(0)
        for tab in (self._hits, self._gaps, self._density, self._fairness):
            if tab is not None:
                tab.show_run(run)

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by its title."""
        titles = [self.tabText(index) for index in range(self.count())]
        self.setCurrentIndex(titles.index(name))

    def _ask(self, title: str, tab: Asking) -> Asking:
        if self._run is not None:
            tab.show_run(self._run)
        return self._put(title, tab)

    def _put(self, title: str, tab: Tab) -> Tab:
        tab.said.connect(self.said)
        tab.refused.connect(self.refused)
        self._places[title].addWidget(tab)
        # Before it is seen: splitters stand once more as they did when they are first shown.
        self.tab_made.emit(tab)
        # A layout shows what it is given a turn later, and a tab that is not seen takes no keyboard.
        tab.show()
        return tab

    def _key(self, keys: str, slot: object) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(slot)

    def _go_to(self, index: int) -> None:
        self.setCurrentIndex(index)
        # The tab that had the keyboard is gone from sight.
        self.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _choose(self) -> None:
        shortcut = self.sender()
        if isinstance(shortcut, QShortcut):
            self._go_to(int(shortcut.key().toString()[-1]) - 1)

    @Slot()
    def _next(self) -> None:
        self._go_to((self.currentIndex() + 1) % self.count())

    @Slot()
    def _previous(self) -> None:
        self._go_to((self.currentIndex() - 1) % self.count())

    @Slot(object)
    def _show_hits(self, wanted: HitFilter) -> None:
        self.hits.show_filter(wanted)
        self.open_tab("Hits")

    @Slot(int)
    def _tab_changed(self, index: int) -> None:
        tab = _ASKING.get(self.tabText(index))
        if tab is not None:
            tab(self).activate()


_ASKING: dict[str, Callable[[RunTabs], RunTab]] = {
    "Hits": lambda tabs: tabs.hits,
    "Gaps": lambda tabs: tabs.gaps,
    "Density": lambda tabs: tabs.density,
    "Fairness": lambda tabs: tabs.fairness,
}

"""The tabs of a run: only the one that is looked at asks for its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.qt.appearance import Appearance
from pump_desktop.qt.asking import Asker
from pump_desktop.ui.pages.density_tab import DensityTab
from pump_desktop.ui.pages.distribution_tab import DistributionTab
from pump_desktop.ui.pages.fairness_tab import FairnessTab
from pump_desktop.ui.pages.gaps_tab import GapsTab
from pump_desktop.ui.pages.hits_tab import HitsTab

if TYPE_CHECKING:
    from pump_desktop.stats.hits import HitFilter

_NEXT = ("Ctrl+Tab", "Ctrl+PgDown")
_PREVIOUS = ("Ctrl+Shift+Tab", "Ctrl+PgUp")


class RunTabs(QTabWidget):
    """Five tabs; ``said`` and ``refused`` carry their sentences, ``report_asked`` asks for the report."""

    said = Signal(str)
    refused = Signal(str)
    report_asked = Signal()

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.distribution = DistributionTab(appearance)
        self.hits = HitsTab(asker)
        self.gaps = GapsTab(asker, appearance)
        self.density = DensityTab(asker, appearance)
        self.fairness = FairnessTab(asker)
        self._asking = (self.hits, self.gaps, self.density, self.fairness)
        self.addTab(self.distribution, "Distribution")
        self.addTab(self.hits, "Hits")
        self.addTab(self.gaps, "Gaps")
        self.addTab(self.density, "Density")
        self.addTab(self.fairness, "Fairness")
        for index in range(self.count()):
            self.setTabToolTip(index, f"{self.tabText(index)} (Alt+{index + 1})")
            self._key(f"Alt+{index + 1}", self._choose)
        for keys in _NEXT:
            self._key(keys, self._next)
        for keys in _PREVIOUS:
            self._key(keys, self._previous)

        for tab in (self.distribution, *self._asking):
            tab.said.connect(self.said)
            tab.refused.connect(self.refused)
        self.fairness.report_asked.connect(self.report_asked)
        self.density.hits_asked.connect(self._show_hits)
        self.currentChanged.connect(self._tab_changed)

    def show_run(self, run: Run) -> None:
        """Begin with the distribution of a run; the other tabs ask when they are opened."""
        # First out of sight: a tab that is seen would ask at once.
        self.setCurrentIndex(0)
        for tab in self._asking:
            tab.show_run(run)

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by its title."""
        for index in range(self.count()):
            if self.tabText(index) == name:
                self.setCurrentIndex(index)

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
        self.setCurrentWidget(self.hits)

    @Slot(int)
    def _tab_changed(self, _index: int) -> None:
        current = self.currentWidget()
        for tab in self._asking:
            if tab is current:
                tab.activate()

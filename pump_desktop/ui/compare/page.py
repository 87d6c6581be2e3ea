"""The Compare page: two to six runs, streams and snapshots side by side, as charts, figures, tests and hits.

A stream that is still fed is read again at most twice a second, and only while the page is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetsLanded, StreamChanged
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.text.numbers import p_value_text
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.qt.work.undo import PendingDeletes
from pump_desktop.ui.charts.overlay_chart import RatioChart, TailChart
from pump_desktop.ui.compare.hits import CompareHits
from pump_desktop.ui.compare.picker import SidePicker
from pump_desktop.ui.compare.sides import SideCards
from pump_desktop.ui.compare.tabs import CompareChart, DifferencesTab, TestsTab
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.layout import stretch, vbox
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.compare.compare import Comparison


_NONE_RATED = (
    "None of these has every round, so there is nothing to hold against the odds. “Differences” counts them."
)


class CompareWork(QWidget):
    """The tabs of one comparison; ``gone`` says that a side is no longer there.

    ``said`` and ``refused`` carry sentences for the window.
    """

    said = Signal(str)
    refused = Signal(str)
    gone = Signal()

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict = Label("", ink="secondary", figures=True, wrap=True, selectable=True)
        self._ratio = CompareChart(RatioChart(), asker, appearance)
        self._tail = CompareChart(TailChart(), asker, appearance)
        self._differences = DifferencesTab()
        self._tests = TestsTab()
        self._hits = CompareHits(asker)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._lay_out()

        self._tabs.currentChanged.connect(self._tab_changed)
        self._hits.gone.connect(self.gone)
        for part in (self._ratio, self._tail, self._hits):
            part.refused.connect(self.refused)
        for speaker in (self._ratio, self._tail, self._hits, self._differences, self._tests):
            speaker.said.connect(self.said)

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by its title."""
        titles = [self._tabs.tabText(index) for index in range(self._tabs.count())]
        self._tabs.setCurrentIndex(titles.index(name))

    def show_comparison(self, comparison: Comparison) -> None:
        """Show other sides, or the same further on."""
        self._verdict.setText(_verdict(comparison))
        nothing = "" if comparison.rated else _NONE_RATED
        self._ratio.show_comparison(comparison, _no_ratio(comparison) or nothing)
        self._tail.show_comparison(comparison, nothing)
        self._differences.show_comparison(comparison)
        self._tests.show_comparison(comparison)
        self._hits.show_comparison(comparison)

    def _lay_out(self) -> None:
        self._tabs.addTab(self._ratio, "Ratio to the odds")
        self._tabs.addTab(self._tail, "Share at least")
        self._tabs.addTab(self._differences, "Differences")
        self._tabs.addTab(self._tests, "Tests")
        self._tabs.addTab(self._hits, "Hits")
        card = Card()
        card.add(self._tabs, 1)
        vbox(self._verdict, stretch(card), into=self, spacing=Space.M)

    @Slot(int)
    def _tab_changed(self, _index: int) -> None:
        if self._tabs.currentWidget() is self._hits:
            self._hits.ask_once()


def _no_ratio(comparison: Comparison) -> str:
    """Give why results cannot stand side by side; empty when they can."""
    if comparison.difficulty is not None:
        return ""
    named = {side.source.difficulty.label: None for side in comparison.sides}
    return (
        f"{' and '.join(named)} have tables of their own, so results cannot stand side by side. "
        "“Share at least” shows them together."
    )


def _verdict(comparison: Comparison) -> str:
    test = comparison.together
    if test.p_value is None:
        return test.reason
    words = f"{p_value_text(test.p_value)}: {test.reading}"
    return f"All together, {words}" if comparison.pairs else words


_NOTHING = (
    "Put two to six runs side by side, or live streams and their snapshots: "
    "where do they differ, and more than chance lets them?"
)
_ONE = "One alone has nothing to differ from. Choose another beside it."
_PACE_MS = 500


class ComparePage(QWidget):
    """``said`` and ``refused`` carry sentences for the window, ``part_made`` what is made later."""

    said = Signal(str)
    refused = Signal(str)
    part_made = Signal(QWidget)

    def __init__(
        self,
        asker: Asker,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        deletes: PendingDeletes | None = None,
        bridge: EventBridge | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._appearance = appearance
        self._tabs: CompareWork | None = None
        # Without the window's own, nothing waits to be deleted.
        self._deletes = deletes if deletes is not None else PendingDeletes(asker, self)
        self._keys: tuple[SideKey, ...] = ()
        self._landed_in: set[UUID] = set()
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(_PACE_MS)
        self._comparison: Comparison | None = None
        self._question = LatestQuery(asker, self)
        self._header = PageHeader("Compare")
        self._choose = Button("Choose …", meaning="compare")
        self._header.add_action(self._choose)
        self._banner = Banner("info", "")
        self._banner.hide()
        self._cards = SideCards()
        self._cards.hide()
        self._empty = EmptyState("compare", _NOTHING, "Choose …", meaning="compare")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect(bridge)

    def _connect(self, bridge: EventBridge | None) -> None:
        self._choose.clicked.connect(self.choose_sides)
        self._empty.acted.connect(self.choose_sides)
        self._pace.timeout.connect(self._follow)
        if bridge is not None:
            bridge.landed.connect(self._landed)
            bridge.stream_changed.connect(self._stream_changed)
        self._banner.acted.connect(self.refresh)
        self._cards.remove_asked.connect(self.remove_side)
        self._cards.difficulty_asked.connect(self.show_at)
        QShortcut(QKeySequence("F5"), self, self.refresh)

    @property
    def keys(self) -> tuple[SideKey, ...]:
        """What is compared, in its order."""
        return self._keys

    @property
    def run_ids(self) -> tuple[UUID, ...]:
        """The runs that are compared, in their order."""
        return tuple(key.id for key in self._keys if key.kind is SideKind.RUN)

    @property
    def comparison(self) -> Comparison | None:
        """What is shown."""
        return self._comparison

    @Slot(object)
    def show_runs(self, run_ids: Sequence[UUID]) -> None:
        """Compare these runs instead, up to six."""
        self.show_sides([SideKey(SideKind.RUN, run_id) for run_id in run_ids])

    @Slot(object)
    def show_sides(self, keys: Sequence[SideKey]) -> None:
        """Compare these instead, up to six."""
        self._keys = tuple(dict.fromkeys(keys))
        self._banner.hide()
        self._ask()

    @Slot()
    def refresh(self) -> None:
        """Read everything again."""
        if self._keys:
            self._ask()

    @Slot(object)
    def remove_side(self, key: SideKey) -> None:
        """Compare the others."""
        self.show_sides([one for one in self._keys if one != key])

    @Slot(object, object)
    def show_at(self, key: SideKey, difficulty: Difficulty) -> None:
        """Compare the rounds of a stream at another difficulty."""
        other = SideKey(key.kind, key.id, difficulty)
        self.show_sides([other if one == key else one for one in self._keys])

    @Slot(object)
    def hide_runs(self, run_ids: Sequence[UUID]) -> None:
        """Leave out runs that will be deleted, and say so."""
        hidden = set(run_ids)
        left = tuple(key for key in self._keys if key.kind is not SideKind.RUN or key.id not in hidden)
        if left != self._keys:
            words = self._gone_sentence([key.id for key in self._keys if key not in left])
            self.show_sides(left)
            self._banner.show_sentence("info", words)

    @Slot()
    def choose_sides(self) -> None:
        """Open the lists to choose from."""
        picker = SidePicker(self._asker, self._deletes, self._keys, self)
        picker.chosen.connect(self.show_sides)
        picker.open()

    @property
    def _work(self) -> CompareWork:
        """The tabs; without a comparison the page does without them, as making them takes 0.1 s."""
        if self._tabs is None:
            self._tabs = CompareWork(self._asker, self._appearance)
            self._tabs.said.connect(self.said)
            self._tabs.refused.connect(self.refused)
            self._tabs.gone.connect(self.refresh)
            self._stack.addWidget(self._tabs)
            self.part_made.emit(self._tabs)
        return self._tabs

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by its title."""
        self._work.open_tab(name)

    def showEvent(self, event: QShowEvent) -> None:
        """Look again: a run may have been renamed, extended or deleted meanwhile."""
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()

    def _lay_out(self) -> None:
        self._stack.addWidget(self._empty)
        vbox(
            self._header,
            stretch(
                vbox(
                    self._banner,
                    self._cards,
                    stretch(self._stack),
                    margins=(Space.XL, Space.L, Space.XL, Space.L),
                    spacing=Space.M,
                )
            ),
            into=self,
            spacing=0,
        )

    @Slot(object)
    def _landed(self, event: BetsLanded) -> None:
        if event.stream_id in self._streams():
            self._landed_in.add(event.stream_id)
            self._follow()

    @Slot(object)
    def _stream_changed(self, event: StreamChanged) -> None:
        if event.deleted and event.stream_id in self._streams() and self.isVisible():
            self.refresh()

    def _streams(self) -> set[UUID | None]:
        sides = () if self._comparison is None else self._comparison.sides
        return {side.stream_id for side in sides if side.key.kind is not SideKind.RUN}

    @Slot()
    def _follow(self) -> None:
        """Read the streams that grew; one question at a time, and twice a second at most."""
        if self._landed_in and self.isVisible() and not self._question.pending and not self._pace.isActive():
            self._pace.start()
            self._ask(self._comparison)

    def _ask(self, before: Comparison | None = None) -> None:
        wanted, changed = self._keys, frozenset(self._landed_in)
        self._landed_in.clear()

        def work(backend: Backend) -> Comparison:
            from pump_desktop.services.compare.compare import compare_sides  # noqa: PLC0415 - in the worker

            return compare_sides(backend.runs, backend.live, wanted, before, changed)

        self._question.ask(work, self._came, self._failed)

    def _came(self, comparison: Comparison) -> None:
        before = self._comparison
        if comparison.gone:
            self._banner.show_sentence("info", self._gone_sentence(comparison.gone))
            self._keys = tuple(key for key in self._keys if key.id not in comparison.gone)
        if before is None or before != comparison or comparison.gone:
            self._take(comparison)
        self._follow()

    def _take(self, comparison: Comparison) -> None:
        self._comparison = comparison
        sides = comparison.sides
        self._cards.show_sides(sides)
        self._cards.setVisible(bool(sides))
        self._empty.set_sentence(_ONE if len(sides) == 1 else _NOTHING)
        if len(sides) > 1:
            self._work.show_comparison(comparison)
            self._stack.setCurrentWidget(self._work)
        else:
            self._stack.setCurrentWidget(self._empty)

    def _failed(self, error: KnownError) -> None:
        if isinstance(error, FieldError):
            # What cannot be compared was refused; what stands here stays.
            sides = () if self._comparison is None else self._comparison.sides
            self._keys = tuple(side.key for side in sides)
            self._banner.show_sentence("bad", f"{error}.")
            return
        self._banner.show_sentence("bad", str(error), "Try again")

    def _gone_sentence(self, gone: Sequence[UUID]) -> str:
        sides = self._comparison.sides if self._comparison is not None else ()
        names = [f"“{side.name}”" for side in sides if side.source.id in gone]
        many = len(gone) > 1
        unnamed = f"{len(gone)} of these" if many else "One of these"
        what = " and ".join(names) if len(names) == len(gone) else unnamed
        return f"{what} {'were' if many else 'was'} deleted and {'are' if many else 'is'} no longer compared."

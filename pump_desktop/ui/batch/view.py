"""Several seed pairs: the list to scan, the queue at work, and what the batch says as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from pump_desktop.domain.batch import ScannedPair
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.tables.queue import QueueModel
from pump_desktop.qt.text.numbers import counted, grouped
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.ui.batch.entry import QueueEntry
from pump_desktop.ui.batch.jobs import QueueJobs
from pump_desktop.ui.batch.summary import QueueSummary, QueueTarget
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.layout import vbox
from pump_desktop.ui.kit.saving import save_dialog, write_file

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.runs.batch import BatchFigures, PairFigures
    from pump_desktop.stats.hits import HitFilter

# Figures follow the queue this often at most.
_FOLLOW_MS = 250


class QueueView(QWidget):
    """``run_asked`` carries the id of a run to open; ``said`` and ``refused`` carry sentences."""

    run_asked = Signal(object)
    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        asker: Asker,
        queue: ScanQueue,
        appearance: Appearance,
        max_nonces: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._queue = queue
        self._figures: Mapping[int, PairFigures] = {}
        # What the figures shown, or asked for, are about.
        self._about: tuple[tuple[ScannedPair, ...], HitFilter | None] = ((), None)
        self._asking = False
        # What the summary shows once it is in front.
        self._batch: tuple[BatchFigures | None, str] | None = None
        self._entry = QueueEntry(asker, max_nonces)
        self._model = QueueModel(queue, self)
        self._jobs = QueueJobs(queue, self._model)
        self._summary = QueueSummary(asker, appearance)
        self._target = QueueTarget()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._entry, "Seed pairs")
        self._tabs.addTab(self._jobs, "Queue")
        self._tabs.addTab(self._summary, "Summary")
        self._tabs.setCornerWidget(self._target, Qt.Corner.TopRightCorner)
        card = Card()
        card.add(self._tabs, 1)
        vbox(card, into=self, margins=(0, 0, 0, Space.L))
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(_FOLLOW_MS)

        self._entry.asked.connect(self._add)
        self._jobs.run_asked.connect(self.run_asked)
        self._jobs.export_asked.connect(self._ask_where)
        self._jobs.pairs_asked.connect(self.focus_first)
        self._summary.pair_picked.connect(self._open_pair)
        for part in (self._entry, self._summary):
            part.said.connect(self.said)
            part.refused.connect(self.refused)
        self._jobs.said.connect(self.said)
        self._tabs.currentChanged.connect(self._tab_changed)
        self._target.changed.connect(self._work_out)
        self._follow.timeout.connect(self._work_out)
        queue.added.connect(self._pairs_added)
        queue.turned.connect(self._queue_turned)
        self._tab_changed()
        self._pairs_added()
        self._queue_turned()

    def set_max_nonces(self, most: int) -> None:
        """Take ranges up to another length."""
        self._entry.set_max_nonces(most)

    @property
    def entry(self) -> QueueEntry:
        """The tab where pairs are typed."""
        return self._entry

    def submit(self) -> None:
        """Put the pairs that are typed into the queue, when their tab is shown."""
        if self._tabs.currentWidget() is self._entry:
            self._entry.submit()

    @Slot()
    def focus_first(self) -> None:
        """Bring the list to the front, with the keyboard in it."""
        self._tabs.setCurrentWidget(self._entry)
        self._entry.focus_first()

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by the word its title begins with."""
        for index in range(self._tabs.count()):
            if self._tabs.tabText(index).startswith(name):
                self._tabs.setCurrentIndex(index)

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the queue with its figures to a CSV file, without server seeds."""
        pairs, figures = self._queue.pairs, self._figures

        def pieces(_backend: Backend) -> Iterable[str]:
            from pump_desktop.services.runs.batch import batch_csv  # noqa: PLC0415 - in the worker

            return batch_csv(pairs, figures)

        write_file(self._asker, self, path, pieces, self.said.emit, self.refused.emit)

    @Slot(object)
    def _add(self, requests: tuple[ScanRequest, ...]) -> None:
        self._queue.add(requests)
        count = counted(len(requests), "pair")
        if self._entry.text:
            self.said.emit(f"{count} queued. What could not be read is left here to be mended.")
        else:
            self._tabs.setCurrentWidget(self._jobs)
            self._jobs.focus_list()

    @Slot()
    def _queue_turned(self) -> None:
        count = len(self._queue)
        title = f"Queue ({grouped(count)})" if count else "Queue"
        if title != self._tabs.tabText(1):
            self._tabs.setTabText(1, title)
        if not self._follow.isActive():
            self._follow.start()

    @Slot()
    def _pairs_added(self) -> None:
        self._target.offer(pair.request for pair in self._queue.pairs)

    @Slot()
    def _tab_changed(self, *_what: object) -> None:
        self._target.setVisible(self._tabs.currentWidget() is not self._entry)
        self._show_batch()

    @Slot()
    def _work_out(self) -> None:
        """Ask for the figures, unless they are shown or being worked out already."""
        about = (self._queue.scanned, self._target.wanted())
        if self._asking or about == self._about:
            return
        self._about = about
        pairs, wanted = about
        target = self._target.words
        if wanted is None or not pairs:
            self._answered(None, target)
            return

        def work(_backend: Backend) -> BatchFigures:
            from pump_desktop.services.runs.batch import batch_figures  # noqa: PLC0415 - in the worker

            return batch_figures(pairs, wanted)

        self._asking = True
        self._asker.ask(self, work, lambda batch: self._answered(batch, target), self._failed)

    def _answered(self, batch: BatchFigures | None, target: str) -> None:
        self._asking = False
        self._figures = {} if batch is None else batch.pairs
        self._model.set_figures(self._figures)
        self._batch = (batch, target)
        self._show_batch()
        # The queue may have gone on meanwhile.
        self._follow.start()

    def _show_batch(self) -> None:
        if self._batch is not None and self._tabs.currentWidget() is self._summary:
            self._summary.show_batch(*self._batch)
            self._batch = None

    def _failed(self, error: KnownError) -> None:
        self._asking = False
        self.refused.emit(str(error))

    @Slot(int)
    def _open_pair(self, number: int) -> None:
        row = self._queue.row_of(number)
        scanned = None if row is None else self._queue.pair_at(row).scanned
        if scanned is not None:
            self.run_asked.emit(scanned.run_id)

    @Slot()
    def _ask_where(self) -> None:
        dialog = save_dialog(self, "Export the queue as CSV", "queue.csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

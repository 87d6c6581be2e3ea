"""The queue's table: what waits, what runs, what came of the rest, and what may be done with it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from pump_desktop.domain.batch import PairState
from pump_desktop.qt.look.icons import Meaning, icon
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.tables.queue import QueueColumn, QueueModel
from pump_desktop.qt.text.numbers import counted, grouped
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.ui.batch.cells import StateDelegate
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import STRETCH, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import ElidedLabel

_COLUMNS = (
    Column(50, numeric=True, sortable=False),
    Column(138, sortable=False),
    Column(90, stretch=True, sortable=False),
    Column(138, numeric=True, sortable=False),
    Column(84, sortable=False),
    Column(140, sortable=False),
    Column(120, numeric=True, sortable=False),
    Column(72, numeric=True, sortable=False),
    Column(82, numeric=True, sortable=False),
    Column(64, numeric=True, sortable=False),
)
_WIDE = 960
_PAUSE = "Pause after this pair"
_LEFT_OUT = (int(QueueColumn.SERVER), int(QueueColumn.HIGHEST), int(QueueColumn.EXPECTED))
_MENU: tuple[tuple[str, Meaning, str, str], ...] = (
    ("open", "open", "Open the run", "Return"),
    ("remove", "remove", "Remove from the queue", "Del"),
    ("", "more", "", ""),
    ("retry", "rescan", "Scan failed and cancelled pairs again", ""),
    ("cancel_all", "cancel", "Cancel all that wait", ""),
    ("", "more", "", ""),
    ("export", "export", "Export as CSV …", ""),
)


class QueueJobs(QWidget):
    """``run_asked`` carries the id of a run, ``export_asked`` and ``pairs_asked`` what the view does."""

    run_asked = Signal(object)
    export_asked = Signal()
    pairs_asked = Signal()
    said = Signal(str)

    def __init__(self, queue: ScanQueue, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._model = model
        self._narrow: bool | None = None
        self._paused: bool | None = None
        self._pause = Button(_PAUSE, meaning="pause")
        self._cancel = Button("Cancel this pair", meaning="cancel")
        self._cancel.setToolTip("Stop the pair under way; the next one follows")
        self._words = ElidedLabel("", ink="secondary", figures=True)
        self._more = Button("Actions", meaning="more")
        self._table = BigTable("Queue", _COLUMNS)
        self._table.setObjectName("kept.queue")
        self._table.setModel(model)
        self._table.set_columns(_COLUMNS)
        self._table.setItemDelegateForColumn(int(QueueColumn.STATE), StateDelegate(self._table))
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._empty = EmptyState("queue", "Nothing is queued yet.", "Add seed pairs", meaning="add")
        self._stack = pages(self._table, self._empty)
        self._lay_out()

        self._pause.clicked.connect(self._pause_clicked)
        self._cancel.clicked.connect(queue.cancel_current)
        self._more.clicked.connect(self._show_actions)
        self._empty.acted.connect(self.pairs_asked)
        self._table.row_opened.connect(self._open_row)
        self._table.customContextMenuRequested.connect(self._show_menu)
        removing = QShortcut(QKeySequence("Del"), self._table, self.remove_selected)
        removing.setContext(Qt.ShortcutContext.WidgetShortcut)
        queue.turned.connect(self._show)
        queue.added.connect(self._show)
        self._table.copied.connect(self._copied)
        self._show()

    def focus_list(self) -> None:
        """Put the keyboard on the table."""
        self._table.setFocus()

    @Slot()
    def remove_selected(self) -> None:
        """Take the selected pairs out of the queue; their runs stay stored."""
        gone = self._queue.remove(self._table.selected_rows())
        if gone:
            self.said.emit(f"{counted(gone, 'pair')} removed")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what a person looks for last when all would be too narrow."""
        super().resizeEvent(event)
        narrow = event.size().width() < _WIDE
        if narrow != self._narrow:
            self._narrow = narrow
            self._table.leave_out(_LEFT_OUT if narrow else ())
        self._fit_words()

    def _fit_words(self) -> None:
        # Fixed: with any other size each finished pair would lay out, and paint, the whole view anew.
        buttons = sum(button.sizeHint().width() for button in (self._pause, self._cancel, self._more))
        self._words.setFixedWidth(max(self.width() - buttons - 4 * Space.S, 0))

    def _lay_out(self) -> None:
        self._words.setFixedHeight(Size.CONTROL)
        vbox(
            hbox(self._pause, self._cancel, self._words, STRETCH, self._more, spacing=Space.S),
            stretch(self._stack),
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.M,
        )

    @Slot()
    def _show(self, *_what: object) -> None:
        queue = self._queue
        paused, waiting = queue.paused, queue.total(PairState.WAITING)
        if paused != self._paused:
            self._paused = paused
            self._pause.setText("Go on" if paused else _PAUSE)
            self._pause.set_meaning("play" if paused else "pause")
            self._fit_words()
        self._pause.setEnabled(bool(waiting) or paused)
        self._cancel.setEnabled(queue.running is not None)
        self._more.setEnabled(len(queue) > 0)
        self._words.setText(_progress(queue))
        self._stack.setCurrentWidget(self._table if len(queue) else self._empty)

    @Slot()
    def _pause_clicked(self) -> None:
        if self._queue.paused:
            self._queue.resume()
        else:
            self._queue.pause()

    @Slot(int)
    def _open_row(self, row: int) -> None:
        scanned = self._queue.pair_at(row).scanned
        if scanned is not None:
            self.run_asked.emit(scanned.run_id)

    @Slot()
    def _show_actions(self) -> None:
        self._popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        self._popup(self._table.viewport().mapToGlobal(position))

    def _popup(self, where: QPoint) -> None:
        queue, selected = self._queue, self._table.selected_rows()
        one = len(selected) == 1 and selected[0][0] == selected[0][1]
        enabled = {
            "open": one and queue.pair_at(selected[0][0]).scanned is not None,
            "remove": bool(selected),
            "retry": bool(queue.total(PairState.FAILED) + queue.total(PairState.CANCELLED)),
            "cancel_all": bool(queue.total(PairState.WAITING)),
            "export": len(queue) > 0,
        }
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, meaning, words, keys in _MENU:
            if not name:
                menu.addSeparator()
                continue
            action = QAction(icon(meaning), words, menu)
            if keys:
                action.setShortcut(QKeySequence(keys))
            action.setData(name)
            action.setEnabled(enabled[name])
            menu.addAction(action)
        menu.triggered.connect(self._menu_chosen)
        menu.popup(where)

    @Slot(QAction)
    def _menu_chosen(self, action: QAction) -> None:
        self.act(str(action.data()))

    def act(self, name: str) -> None:
        """Do what an entry of the menu says."""
        if name == "open":
            self._open_row(self._table.selected_rows()[0][0])
        elif name == "remove":
            self.remove_selected()
        elif name == "retry":
            self._queue.retry()
        elif name == "cancel_all":
            self._queue.cancel_all()
        elif name == "export":
            self.export_asked.emit()

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit(f"{counted(rows, 'row')} copied")


def _progress(queue: ScanQueue) -> str:
    """Say how far the queue is."""
    if not len(queue):
        return ""
    said = [f"{grouped(queue.total(PairState.DONE))} of {grouped(len(queue))} scanned"]
    for state, words in ((PairState.FAILED, "failed"), (PairState.CANCELLED, "cancelled")):
        if count := queue.total(state):
            said.append(f"{grouped(count)} {words}")
    if queue.paused and queue.total(PairState.WAITING):
        said.append("paused" if queue.running is None else "pauses after this pair")
    return " · ".join(said)

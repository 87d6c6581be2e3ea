"""The bookmarks of a stream: bets somebody wants to find again, each with a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from pump_desktop.domain.live import Bookmark, BookmarkedBet
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.rows import Cell, RowsModel
from pump_desktop.qt.text.numbers import counted, grouped, multiplier_text
from pump_desktop.qt.text.times import when_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.mark_dialogs import NoteDialog
from pump_desktop.ui.pages.stream_panel import StreamPanel
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.buttons import IconButton
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

_MEASURE = 240
_COLUMNS = (
    Column(88, numeric=True, sortable=False),
    Column(120, numeric=True, sortable=False),
    Column(76, stretch=True, sortable=False),
)


class BookmarksPanel(StreamPanel):
    """List, note, delete with undo, jump; ``changed`` tells that stars in the table may be others now."""

    title = "Bookmarks"

    changed = Signal()

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._deleted: Bookmark | None = None
        self._count = Label("", ink="secondary", figures=True)
        self._jump = IconButton("jump", "Go to this bet (Enter)")
        self._note = IconButton("notes", "Change the note (F2)")
        self._delete = IconButton("delete", "Delete the bookmark (Delete)")
        self._head = QWidget()
        self._undo = Banner("info", "", "Undo")
        self._undo.hide()
        self._model: RowsModel[BookmarkedBet] = RowsModel(
            (
                Cell("Nonce", lambda mark: grouped(mark.nonce)),
                Cell("Multiplier", lambda mark: multiplier_text(mark.round_result)),
                Cell("Note", _one_line, _whole_note),
            ),
            self,
        )
        self._table = BigTable("Bookmarks", _COLUMNS)
        self._table.setModel(self._model)
        self._table.setSelectionMode(BigTable.SelectionMode.SingleSelection)
        self._nothing = EmptyState(
            "quiet", "No bookmarks yet. Choose a bet in the table and press B.", measure=_MEASURE
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self._table)
        self._lay_out()
        self._jump.clicked.connect(self._jump_to)
        self._note.clicked.connect(self._edit_note)
        self._delete.clicked.connect(self._delete_chosen)
        self._undo.acted.connect(self._put_back)
        self._undo.dismissed.connect(self._forget_deleted)
        self._table.row_opened.connect(self._jump_to)
        self._table.selectionModel().currentRowChanged.connect(self._show_actions)
        for keys, act in (("F2", self._edit_note), ("Del", self._delete_chosen)):
            shortcut = QShortcut(QKeySequence(keys), self._table, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    @property
    def bookmarks(self) -> tuple[BookmarkedBet, ...]:
        """What is listed."""
        return self._model.rows

    def refresh(self) -> None:
        """Read the bookmarks again."""
        self._read(_bookmarks, self._came)

    def _changed(self) -> None:
        self._forget_deleted()
        self._came(())

    def _lay_out(self) -> None:
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(Space.XS)
        head.addWidget(self._count)
        head.addStretch(1)
        for button in (self._jump, self._note, self._delete):
            head.addWidget(button)
        self._column.addWidget(self._head)
        self._column.addWidget(self._undo)
        self._column.addWidget(self._stack, 1)

    def _came(self, marks: tuple[BookmarkedBet, ...]) -> None:
        row, chosen = self._table.currentIndex().row(), self._chosen()
        if self._model.set_rows(marks) and marks and row >= 0:
            same = [place for place, mark in enumerate(marks) if chosen and mark.nonce == chosen.nonce]
            self._table.selectRow(same[0] if same else min(row, len(marks) - 1))
        count = len(marks)
        self._count.setText(counted(count, "bookmark"))
        self._head.setVisible(count > 0)
        self._stack.setCurrentWidget(self._table if count else self._nothing)
        self._show_actions()

    def _chosen(self) -> BookmarkedBet | None:
        row = self._table.currentIndex().row()
        return self._model.rows[row] if 0 <= row < len(self._model.rows) else None

    @Slot()
    def _show_actions(self, *_rows: Any) -> None:
        for button in (self._jump, self._note, self._delete):
            button.setEnabled(self._chosen() is not None)

    @Slot()
    def _jump_to(self, _row: int = 0) -> None:
        if mark := self._chosen():
            self.bet_asked.emit(mark.bookmark.bet_id)

    @Slot()
    def _edit_note(self) -> None:
        mark, stream_id = self._chosen(), self.stream_id
        if mark is None or stream_id is None:
            return
        where = f"Nonce {grouped(mark.nonce)}, {multiplier_text(mark.round_result)}"
        self._write_from(
            NoteDialog(mark.bookmark.note, where, self),
            lambda live, note: live.set_bookmark_note(stream_id, mark.bookmark.id, note),
            lambda _bookmark: self.refresh(),
        )

    @Slot()
    def _delete_chosen(self) -> None:
        mark, stream_id = self._chosen(), self.stream_id
        if mark is None or stream_id is None:
            return

        def gone(_none: None) -> None:
            if self.stream_id == stream_id:
                self._deleted = mark.bookmark
                self._undo.show_sentence("info", f"Bookmark at nonce {grouped(mark.nonce)} deleted.", "Undo")
                self.refresh()
            self.changed.emit()

        self._write(lambda live: live.delete_bookmark(stream_id, mark.bookmark.id), gone)

    @Slot()
    def _put_back(self) -> None:
        bookmark, stream_id = self._deleted, self.stream_id
        if bookmark is None or stream_id is None:
            return
        self._forget_deleted()
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)

        def back(_none: None) -> None:
            self.refresh()
            self.changed.emit()

        self._write(lambda live: live.restore_bookmark(stream_id, bookmark), back)

    @Slot()
    def _forget_deleted(self) -> None:
        self._deleted = None
        self._undo.hide()


def _bookmarks(backend: Backend, stream_id: UUID) -> tuple[BookmarkedBet, ...]:
    return backend.live.bookmarked_bets(stream_id)


def _one_line(mark: BookmarkedBet) -> str:
    return " ".join(mark.bookmark.note.split())


def _whole_note(mark: BookmarkedBet) -> str:
    made = f"Bookmarked {when_text(mark.bookmark.created_at)}"
    return f"{mark.bookmark.note}\n\n{made}" if mark.bookmark.note else made

"""The bookmarks of the open stream: which bets have a star, and the key that gives and takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import Bookmark, BookmarkedBet
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.bets import BetsModel
from pump_desktop.qt.tables.rows import Cell, RowsModel
from pump_desktop.qt.text.numbers import counted, grouped, multiplier_text
from pump_desktop.qt.text.times import when_text
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.dialogs import NoteDialog
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import STRETCH, hbox, pages
from pump_desktop.ui.kit.stream_panel import StreamPanel
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label

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
        self._stack = pages(self._nothing, self._table)
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
        hbox(self._count, STRETCH, self._jump, self._note, self._delete, into=self._head, spacing=Space.XS)
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


class StreamMarks(QObject):
    """Keeps the model's stars; ``done`` carries what was done, ``refused`` why it was not."""

    done = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, model: BetsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._model = model
        self._stream: UUID | None = None
        self._marks: dict[int, Bookmark] = {}
        self._question = LatestQuery(asker, self)

    def open(self, stream_id: UUID | None) -> None:
        """Show the stars of a stream."""
        self._stream = stream_id
        self._take(())
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the bookmarks again."""
        stream_id = self._stream
        self._question.drop()
        if stream_id is not None:
            self._question.ask(lambda backend: backend.live.bookmarks(stream_id), self._take, self._not_read)

    def toggle(self, bet_id: int) -> None:
        """Give a bet a star, or take it away; a bookmark with a note is left to its panel."""
        stream_id, mark = self._stream, self._marks.get(bet_id)
        if stream_id is None:
            return
        if mark is None:
            self._change(
                lambda backend: backend.live.add_bookmark(stream_id, bet_id, "").result(), "Bet bookmarked"
            )
        elif mark.note:
            self.refused.emit("This bookmark has a note. Delete it in the Bookmarks panel of the drawer.")
        else:
            mark_id = mark.id
            self._change(
                lambda backend: backend.live.delete_bookmark(stream_id, mark_id).result(), "Bookmark removed"
            )

    def _change(self, work: Callable[[Backend], object], words: str) -> None:
        def done(_answer: object) -> None:
            self.done.emit(words)
            self.refresh()

        self._asker.ask(self, work, done, self._refused)

    def _take(self, marks: tuple[Bookmark, ...]) -> None:
        self._marks = {mark.bet_id: mark for mark in marks}
        self._model.set_bookmarks(frozenset(self._marks))

    def _refused(self, error: KnownError) -> None:
        self.refused.emit(str(error))
        # Somebody else may have been quicker; then the stars are not what they were.
        self.refresh()

    def _not_read(self, _error: KnownError) -> None:
        """Leave the stars as they are: the bets of the same stream say what is wrong."""

"""The bookmarks of the open stream: which bets have a star, and the key that gives and takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import Bookmark
from pump_desktop.qt.tables.bets import BetsModel
from pump_desktop.qt.work.query import Asker, Question

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


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
        self._question: Question | None = None

    def open(self, stream_id: UUID | None) -> None:
        """Show the stars of a stream."""
        self._stream = stream_id
        self._take(())
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the bookmarks again."""
        stream_id = self._stream
        if self._question is not None:
            self._question.forget()
        if stream_id is not None:
            self._question = self._asker.ask(
                self, lambda backend: backend.live.bookmarks(stream_id), self._take, self._not_read
            )

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

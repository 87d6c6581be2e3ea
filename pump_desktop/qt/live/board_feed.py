"""The figures of the open stream kept up to date: opened once, then advanced by what has landed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.live import BetsLanded
from pump_desktop.domain.targets_and_pins import PinWish
from pump_desktop.qt.work.query import Asker, LatestQuery

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.live.board import Board

# Figures change four times a second at most: nobody reads faster.
PACE_MS = 250
# Streams whose figures are kept, so that going back to one reads only what is new.
KEPT = 8


class BoardFeed(QObject):
    """``changed`` carries each new Board of the open stream; while held, the last one waits."""

    changed = Signal(object)
    failed = Signal(str)

    def __init__(self, asker: Asker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stream: UUID | None = None
        self._wish = PinWish()
        self._boards: dict[UUID, Board] = {}
        self._question = LatestQuery(asker, self)
        self._behind = self._held = self._adding = self._shown = False
        self._watching = True
        self._waiting: Board | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._follow)

    @property
    def board(self) -> Board | None:
        """The newest figures of the open stream, shown or held back."""
        return None if self._stream is None else self._boards.get(self._stream)

    def open(self, stream_id: UUID, wish: PinWish) -> None:
        """Show a stream's figures as a person wishes them."""
        self.close()
        self._stream, self._wish = stream_id, wish
        self._behind = True
        self._follow()

    def close(self) -> None:
        """Follow nothing; what is on its way is dropped."""
        self._forget()
        self._pace.stop()
        self._stream = None
        self._behind = False

    def set_watching(self, watching: bool) -> None:
        """Rest while nobody looks; afterwards catch up."""
        self._watching = watching
        if not watching:
            self._pace.stop()
        self._follow()

    def set_held(self, held: bool) -> None:
        """Hold the figures still; afterwards show the newest."""
        self._held = held
        waiting, self._waiting = self._waiting, None
        if not held and waiting is not None:
            self.changed.emit(waiting)

    @Slot(object)
    def landed(self, event: BetsLanded) -> None:
        """Take in what landed, if it landed in the open stream."""
        if event.stream_id == self._stream:
            self._behind = True
            self._follow()

    @Slot()
    def refresh(self) -> None:
        """Read what may have changed otherwise, such as verdicts."""
        self._behind = self._stream is not None
        self._follow()

    def _forget(self) -> None:
        self._question.drop()
        self._adding = self._shown = False
        self._waiting = None

    @Slot()
    def _follow(self) -> None:
        stream_id, wish = self._stream, self._wish
        waits = self._question.pending or (self._pace.isActive() and not self._adding)
        if waits or not self._behind or not self._watching or stream_id is None:
            return
        self._behind = False
        before = self._boards.get(stream_id)

        def work(backend: Backend) -> Board:
            from pump_desktop.services.live.board import advance, open_board  # noqa: PLC0415 - in the worker

            if before is None or before.wish != wish:
                return open_board(backend.live, stream_id, wish, before)
            return advance(before, backend.live)

        self._ask(work)

    def _ask(self, work: Callable[[Backend], Board]) -> None:
        self._question.ask(work, self._came, self._not_read)

    def _came(self, board: Board) -> None:
        stream_id = board.detail.row.id
        self._boards.pop(stream_id, None)
        self._boards[stream_id] = board
        while len(self._boards) > KEPT:
            del self._boards[next(iter(self._boards))]
        # Old bets are added up in small steps: other questions go in between, and the window is told seldom.
        self._adding = board.behind
        self._behind = self._behind or board.behind
        if not (board.behind and self._pace.isActive()):
            self._pace.start()
            self._show(board)
        self._follow()

    def _show(self, board: Board) -> None:
        # Whoever opens a stream or changes the pins of a held one wants to see that much.
        if self._held and self._shown:
            self._waiting = board
            return
        self._shown = True
        self.changed.emit(board)

    def _not_read(self, error: KnownError) -> None:
        if isinstance(error, NotFoundError):
            # The feed of the bets tells that it is gone.
            self.close()
        else:
            self._behind = True
            self.failed.emit(str(error))

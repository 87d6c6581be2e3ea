"""The list of live streams kept up to date: all of them when asked, then those that were seen last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import BetsLanded, StreamChanged, StreamRow
from pump_desktop.qt.live.bets_feed import all_streams, last_seen_streams
from pump_desktop.qt.tables.streams import StreamsModel
from pump_desktop.qt.work.query import Asker

# Counts in the list follow within a quarter of a second; bets do so sooner, through the feed of the open one.
PACE_MS = 250
# Streams that may be seen between a question and its answer.
_SPARE = 100


class StreamsFeed(QObject):
    """Fills a StreamsModel; ``quietly`` is held while its rows change.

    ``began`` carries new StreamRows, oldest first, ``filled`` follows each answer and tells whether it held
    all streams, and ``failed`` carries why there is none.
    """

    began = Signal(object)
    filled = Signal(bool)
    failed = Signal(str)

    def __init__(
        self,
        asker: Asker,
        model: StreamsModel,
        quietly: Callable[[], AbstractContextManager[None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._model = model
        self._quietly = quietly
        self._watching = False
        self._unread: set[UUID] = set()
        # Streams that began and were not told of yet: the list does not have them before its next answer.
        self._begun: set[UUID] = set()
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._ask_latest)

    @property
    def resting(self) -> bool:
        """Whether what landed last was asked for, and the next event is answered at once."""
        return not self._pace.isActive()

    @property
    def untold(self) -> frozenset[UUID]:
        """The streams that began and were not told of yet."""
        return frozenset(self._begun)

    def set_watching(self, watching: bool) -> None:
        """Follow every stream, or while nobody looks only those that begin."""
        self._watching = watching

    def reload(self) -> None:
        """Read all streams again."""
        begun, deleted = frozenset(self._begun), self._model.deleted

        def then(streams: list[StreamRow]) -> None:
            with self._quietly():
                self._model.set_streams(streams)
            # Whoever was asked before has answered before, so no list brings these back.
            self._model.let_go(deleted)
            self._tell(begun)
            self.filled.emit(True)

        self._asker.ask(self, all_streams, then, self._not_read)

    def start_over(self) -> None:
        """Forget every stream, and read them anew."""
        self._unread.clear()
        self._begun.clear()
        with self._quietly():
            self._model.start_over()
        self.reload()

    @Slot(object)
    def landed(self, event: BetsLanded) -> None:
        """Read the stream in which something landed."""
        self._unread.add(event.stream_id)
        if event.new_stream:
            self._begun.add(event.stream_id)
        # Behind another page only a new stream is worth a question; all else is read when this one is shown.
        if (self._watching or event.new_stream) and not self._pace.isActive():
            self._ask_latest()

    @Slot(object)
    def stream_changed(self, event: StreamChanged) -> None:
        """Read what changed, or take the stream out that was deleted."""
        if event.deleted:
            self._begun.discard(event.stream_id)
            with self._quietly():
                self._model.forget(event.stream_id)
        self.reload()

    @Slot()
    def _ask_latest(self) -> None:
        if not self._unread:
            return
        limit, begun = _SPARE + len(self._unread), frozenset(self._begun)
        self._unread.clear()
        # The first event is answered at once, what follows it within the time of the timer.
        self._pace.start()

        def then(streams: Sequence[StreamRow]) -> None:
            with self._quietly():
                self._model.merge(streams)
            self._tell(begun)
            self.filled.emit(False)

        self._asker.ask(self, lambda backend: last_seen_streams(backend, limit), then, self._not_read)

    def _tell(self, asked: frozenset[UUID]) -> None:
        """Tell of streams that began; what was asked for and is nowhere is gone again, and never told."""
        known = [row for stream_id in self._begun if (row := self._model.stream(stream_id))]
        self._begun -= asked | {row.id for row in known}
        if known:
            self.began.emit(sorted(known, key=lambda row: row.created_at))

    def _not_read(self, error: KnownError) -> None:
        self.failed.emit(str(error))

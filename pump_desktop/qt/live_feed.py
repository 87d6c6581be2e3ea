"""One open stream kept up to date: its newest bets first, then what lands, then older ones on demand.

Opening reads the newest page by id and remembers its highest id. Whatever commits afterwards has a higher id
and an event; whatever committed before is in the page. So every later question is "after this id", and
nothing is lost or doubled, however much lands meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.live import BetOrder, BetQuery, BetsLanded, StreamQuery, StreamRow
from pump_desktop.qt.asking import Asker, Question
from pump_desktop.qt.models.bet_columns import BetColumns
from pump_desktop.qt.models.bets_model import BetsModel

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

PAGE_BETS = 200
TAIL_BETS = 1_000
# Bets that may have landed between the event and the question.
_SPARE = 50
PAGE_STREAMS = 1_000
# Painting a screen of new bets takes 8 ms in which no other Python runs. Seven times a second leaves the
# listener its share, and a bet is still seen within 200 ms. A few bets are fetched as soon as they land.
PACE_MS = 140
FEW = 20
# Rows read again to see their verdicts; where more are loaded, starting over costs less.
MOST_REFRESHED = 5_000


@dataclass(frozen=True, slots=True)
class _Bets:
    """An answer, made into columns on the worker's thread; ``last_id`` is the highest id there was.

    ``over`` tells that it is the newest page, because there was too much between it and the last answer.
    """

    columns: BetColumns
    last_id: int
    more: bool
    over: bool = False


class LiveFeed(QObject):
    """Fills a BetsModel with one stream; ``grew`` carries how many bets came in above."""

    opened = Signal()
    grew = Signal(int)
    gone = Signal()
    failed = Signal(str)

    def __init__(self, asker: Asker, model: BetsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._model = model
        self._stream: UUID | None = None
        self._since: int | None = None
        self._behind = False
        self._fresh = 0
        self._watching = True
        self._skipping = True
        self._question: Question | None = None
        self._older: Question | None = None
        self._again: Question | None = None
        self._asking = False
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._follow)
        model.more_wanted.connect(self._load_older)

    @property
    def stream_id(self) -> UUID | None:
        """The stream that is open."""
        return self._stream

    def open(self, stream_id: UUID) -> None:
        """Start over with a stream's newest bets; ``opened`` follows, or ``gone`` when it was deleted."""
        self.close()
        self._stream = stream_id
        self._ask(lambda backend: _newest(backend, stream_id), self._newest_came)

    def refresh(self) -> None:
        """Read the bets that are shown again, as after they were verified, and leave the view where it is."""
        stream_id, newest = self._stream, self._model.newest_id
        if stream_id is None or self._since is None or newest is None:
            return
        count = self._model.rowCount()
        if count > MOST_REFRESHED:
            self.open(stream_id)
            return

        def then(bets: _Bets) -> None:
            if not self._model.check_again(bets.columns):
                self.open(stream_id)

        if self._again is not None:
            self._again.forget()
        self._again = self._asker.ask(
            self, lambda backend: _newest(backend, stream_id, newest, count), then, self._not_read
        )

    @Slot()
    def retry(self) -> None:
        """Ask once more what could not be read."""
        self._behind = True
        self._follow()

    def close(self) -> None:
        """Follow nothing; what is on its way is dropped."""
        for question in (self._question, self._older, self._again):
            if question is not None:
                question.forget()
        self._stream = self._since = None
        self._asking = self._behind = False
        self._fresh = 0

    def set_watching(self, watching: bool) -> None:
        """Rest while nobody looks; afterwards catch up."""
        self._watching = watching
        self._follow()

    @Slot(bool)
    def set_skipping(self, skipping: bool) -> None:
        """Start over with the newest bets when too much has landed at once, or fetch all of it in between.

        A person who follows at the top cannot read 10,000 bets a second, and the window need not show them;
        they are there when scrolled to. Somebody who looks at older bets must keep them in view.
        """
        self._skipping = skipping

    @Slot(object)
    def landed(self, event: BetsLanded) -> None:
        """Fetch what landed, if it landed in the open stream."""
        # While the newest page is on its way, nobody knows yet whether it holds this.
        if event.stream_id == self._stream and (self._since is None or event.last_bet_id > self._since):
            self._behind = True
            self._fresh += event.bets
            self._follow()

    def _ask(self, work: Callable[[Backend], _Bets], then: Callable[[_Bets], None]) -> None:
        self._asking = True
        self._question = self._asker.ask(self, work, then, self._not_read)

    @Slot()
    def _follow(self) -> None:
        stream_id, since = self._stream, self._since
        # One question at a time: while its answer is on its way, everything else that lands waits for the
        # next, which takes all of it at once.
        if self._asking or not self._behind or not self._watching or stream_id is None:
            return
        if since is None:
            # The newest page could not be read.
            self.open(stream_id)
            return
        if self._pace.isActive():
            return
        self._behind = False
        expected, self._fresh, skip = self._fresh, 0, self._skipping
        if skip and expected > TAIL_BETS:
            self._ask(lambda backend: _newest(backend, stream_id), self._newest_came)
            return
        self._ask(lambda backend: _since(backend, stream_id, since, expected, skip=skip), self._newer_came)

    def _newest_came(self, bets: _Bets) -> None:
        self._asking = False
        self._since = bets.last_id
        self._model.start(bets.columns, more=bets.more)
        self.opened.emit()
        if len(bets.columns) > FEW:
            self._pace.start()
        self._follow()

    def _newer_came(self, bets: _Bets) -> None:
        if bets.over:
            self._newest_came(bets)
            return
        self._asking = False
        self._since = bets.last_id
        self._behind = self._behind or bets.more
        if bets.columns:
            self._model.add_newer(bets.columns)
            self.grew.emit(len(bets.columns))
        if len(bets.columns) > FEW and not bets.more:
            self._pace.start()
        self._follow()

    def _not_read(self, error: KnownError) -> None:
        self._asking = False
        if isinstance(error, NotFoundError):
            self.close()
            self.gone.emit()
        else:
            # The next bet that lands tries again, or retry().
            self._behind = True
            self.failed.emit(str(error))

    @Slot()
    def _load_older(self) -> None:
        stream_id, before = self._stream, self._model.oldest_id
        if stream_id is None or before is None:
            return

        def then(bets: _Bets) -> None:
            if self._model.oldest_id == before:
                self._model.add_older(bets.columns, more=bets.more)
            else:
                # Rows were taken out at the end meanwhile, so these would not join on.
                self._model.older_failed()

        self._older = self._asker.ask(
            self, lambda backend: _newest(backend, stream_id, before - 1), then, self._older_not_read
        )

    def _older_not_read(self, error: KnownError) -> None:
        self._model.older_failed()
        self.failed.emit(str(error))


def all_streams(backend: Backend) -> list[StreamRow]:
    """Read every stream, last seen first."""
    streams: list[StreamRow] = []
    while True:
        page = backend.live.streams(StreamQuery(limit=PAGE_STREAMS, offset=len(streams)))
        streams += page.items
        if not page.items or len(streams) >= page.total:
            return streams


def last_seen_streams(backend: Backend, limit: int) -> list[StreamRow]:
    """Read the streams that were seen last."""
    return list(backend.live.streams(StreamQuery(limit=limit)).items)


def _newest(backend: Backend, stream_id: UUID, up_to_id: int | None = None, limit: int = PAGE_BETS) -> _Bets:
    """Read the newest bets of a stream, or the newest up to an id, newest first."""
    page = backend.live.bets(stream_id, _query(limit, up_to_id))
    last_id = page.items[0].id if page.items else 0
    return _Bets(BetColumns(page.items), last_id, len(page.items) < page.total)


def _since(backend: Backend, stream_id: UUID, since: int, expected: int, *, skip: bool) -> _Bets:
    """Read what came after an id, oldest first; ``expected`` is how much that seems to be."""
    limit = min(expected + _SPARE, TAIL_BETS)
    page = backend.live.bets(stream_id, _query(limit))
    items = page.items
    if not items or items[-1].id <= since or len(items) == page.total:
        fresh = [bet for bet in reversed(items) if bet.id > since]
        return _Bets(BetColumns(fresh), fresh[-1].id if fresh else since, more=False)
    if skip:
        return _Bets(BetColumns(items), items[0].id, more=True, over=True)
    # From the other end, so that nothing between is left out.
    tail = backend.live.tail(stream_id, since, TAIL_BETS)
    if not tail.bets:
        return _Bets(BetColumns(), tail.last_id, more=False)
    with_distances = backend.live.bets(stream_id, _query(len(tail.bets), tail.last_id)).items
    return _Bets(BetColumns(reversed(with_distances)), tail.last_id, tail.has_more)


def _query(limit: int, up_to_id: int | None = None) -> BetQuery:
    return BetQuery(limit=limit, order=BetOrder.ID_DESC, include_distance=True, up_to_id=up_to_id)

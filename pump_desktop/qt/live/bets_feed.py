"""One open stream kept up to date: its newest bets first, then what lands, then others on demand.

Opening reads the newest page by id and remembers its highest id. Whatever commits afterwards has a higher id
and an event; whatever committed before is in the page. So every later question is "after this id", and
nothing is lost or doubled, however much lands meanwhile.

After a jump to a nonce, and where the oldest bets come first, the table ends before the newest bet: the feed
is then *ahead* and fetches what follows when it is scrolled to. While it is *paused*, what lands is
collected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetOrder, BetQuery, BetsLanded, StreamQuery, StreamRow
from pump_desktop.qt.tables.bet_columns import BetColumns
from pump_desktop.qt.tables.bets import BetsModel
from pump_desktop.qt.work.query import Asker, LatestQuery

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


PAGE_BETS = 200
TAIL_BETS = 1_000
PAGE_STREAMS = 1_000
# Bets above the one that was jumped to.
ABOVE = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """Which bets are shown, and which of them first."""

    least: float | None = None
    difficulty: Difficulty | None = None
    newest_first: bool = True

    @property
    def filtered(self) -> bool:
        """Whether some bets are left out."""
        return self.least is not None or self.difficulty is not None

    def query(self, limit: int, up_to_id: int | None = None) -> BetQuery:
        """Give the question for a page of them, newest first."""
        return BetQuery(
            limit=limit,
            min_multiplier=self.least,
            difficulty=self.difficulty,
            order=BetOrder.ID_DESC,
            include_distance=True,
            up_to_id=up_to_id,
        )


@dataclass(frozen=True, slots=True)
class BetsPage:
    """Some bets as columns; ``last_id`` is the highest id that was looked at.

    ``more`` tells that there are others beyond. ``over`` tells that it is a page to start with, because there
    was too much between it and the last answer; ``ahead`` that newer bets follow it, ``found`` id and nonce
    that were jumped to, and ``total`` how many bets fit in all.
    """

    columns: BetColumns
    last_id: int
    more: bool
    over: bool = False
    ahead: bool = False
    total: int | None = None
    found: tuple[int, int] | None = None


def all_streams(backend: Backend) -> list[StreamRow]:
    """Read every stream, last seen first."""
    streams: list[StreamRow] = []
    seen = 0
    while True:
        page = backend.live.streams(StreamQuery(limit=PAGE_STREAMS, offset=seen))
        streams += page.items
        seen += len(page.items) + page.left_out
        if not (page.items or page.left_out) or seen >= page.total:
            return streams


def last_seen_streams(backend: Backend, limit: int) -> list[StreamRow]:
    """Read the streams that were seen last."""
    return list(backend.live.streams(StreamQuery(limit=limit)).items)


def newest_bets(
    backend: Backend, stream_id: UUID, shown: Shown, up_to_id: int | None = None, limit: int = PAGE_BETS
) -> BetsPage:
    """Read the newest bets that fit, or the newest up to an id, newest first."""
    page = backend.live.bets(stream_id, shown.query(limit, up_to_id))
    last_id = page.items[0].id if page.items else 0
    # A page of which nothing can be read leads no further.
    more = bool(page.items) and len(page.items) + page.left_out < page.total
    return BetsPage(BetColumns(page.items), last_id, more, over=True, total=page.total)


def oldest_bets(backend: Backend, stream_id: UUID, shown: Shown) -> BetsPage:
    """Read the oldest bets that fit."""
    tail = backend.live.following(stream_id, 0, shown.query(PAGE_BETS))
    columns = BetColumns(reversed(tail.bets))
    total = count_bets(backend, stream_id, shown).total
    return BetsPage(columns, tail.last_id, more=False, over=True, ahead=tail.has_more, total=total)


def bets_around(backend: Backend, stream_id: UUID, shown: Shown, nonce: int) -> BetsPage:
    """Read the bets around the first one from a nonce on that fits, or around the last one before."""
    found = backend.live.nearest_bet(stream_id, nonce, shown.query(1))
    if found is None:
        return newest_bets(backend, stream_id, shown)
    return bets_at(backend, stream_id, shown, found[0])


def bets_at(backend: Backend, stream_id: UUID, shown: Shown, bet_id: int) -> BetsPage:
    """Read the bets around one of them."""
    newer = backend.live.following(stream_id, bet_id, shown.query(ABOVE))
    older = backend.live.bets(stream_id, shown.query(PAGE_BETS, bet_id))
    return BetsPage(
        BetColumns([*reversed(newer.bets), *older.items]),
        newer.last_id,
        more=bool(older.items) and len(older.items) + older.left_out < older.total,
        over=True,
        ahead=newer.has_more,
        total=count_bets(backend, stream_id, shown).total,
        found=(older.items[0].id, older.items[0].nonce) if older.items else None,
    )


def count_bets(backend: Backend, stream_id: UUID, shown: Shown) -> BetsPage:
    """Count the bets that fit."""
    page = backend.live.bets(stream_id, shown.query(1))
    return BetsPage(BetColumns(), page.items[0].id if page.items else 0, more=False, total=page.total)


def bets_since(
    backend: Backend,
    stream_id: UUID,
    shown: Shown,
    since: int,
    limit: int = TAIL_BETS,
    *,
    skip: bool = False,
) -> BetsPage:
    """Read what came after an id, oldest first, or the newest page when that is too much."""
    tail = backend.live.following(stream_id, since, shown.query(limit))
    if skip and tail.has_more:
        return newest_bets(backend, stream_id, shown)
    return BetsPage(BetColumns(tail.bets), tail.last_id, tail.has_more)


# Painting a screen of new bets takes 8 ms in which no other Python runs. Seven times a second leaves the
# listener its share, and a bet is still seen within 200 ms. A few bets are fetched as soon as they land.
PACE_MS = 140
FEW = 20
# Rows read again to see their verdicts; where more are loaded, starting over costs less.
MOST_REFRESHED = 5_000
# Bets collected while paused; with more than these, going on starts with the newest page.
MOST_WAITING = 20_000


class LiveFeed(QObject):
    """Fills a BetsModel with one stream.

    ``grew`` carries how many new bets came in, ``waiting`` how many are held back while paused,
    ``counted`` how many bets fit what is shown, and ``found`` id and nonce of the bet a jump led to.
    """

    opened = Signal()
    grew = Signal(int)
    waiting = Signal(int)
    counted = Signal(object)
    found = Signal(object)
    gone = Signal()
    failed = Signal(str)

    def __init__(self, asker: Asker, model: BetsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._stream: UUID | None = None
        self._shown = Shown()
        self._since: int | None = None
        self._total = 0
        self._behind = False
        self._fresh = 0
        self._watching = True
        self._skipping = True
        self._paused = False
        self._waiting = BetColumns()
        self._too_many = False
        self._question = LatestQuery(asker, self)
        self._older = LatestQuery(asker, self)
        self._newer = LatestQuery(asker, self)
        self._again = LatestQuery(asker, self)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._follow)
        model.more_wanted.connect(self._load_older)
        model.newer_wanted.connect(self._load_newer)

    @property
    def stream_id(self) -> UUID | None:
        """The stream that is open."""
        return self._stream

    @property
    def shown(self) -> Shown:
        """Which of its bets are shown, and which first."""
        return self._shown

    @property
    def total(self) -> int:
        """How many bets fit what is shown, loaded or not."""
        return self._total

    def open(
        self,
        stream_id: UUID,
        shown: Shown | None = None,
        *,
        nonce: int | None = None,
        bet_id: int | None = None,
    ) -> None:
        """Start over with a stream: at its first rows, or around a nonce or a bet.

        ``opened`` follows, or ``gone`` when it was deleted.
        """
        self.close()
        self._stream = stream_id
        wanted = self._shown = shown or self._shown
        if nonce is not None:
            place = nonce
            self._ask(lambda backend: bets_around(backend, stream_id, wanted, place), self._page_came)
        elif bet_id is not None:
            place = bet_id
            self._ask(lambda backend: bets_at(backend, stream_id, wanted, place), self._page_came)
        elif wanted.newest_first:
            self._ask(lambda backend: newest_bets(backend, stream_id, wanted), self._page_came)
        else:
            self._ask(lambda backend: oldest_bets(backend, stream_id, wanted), self._page_came)

    def show(self, shown: Shown, *, nonce: int | None = None, bet_id: int | None = None) -> None:
        """Show other bets of the stream, or in the other order, or around a nonce or a bet."""
        if self._stream is not None:
            self.open(self._stream, shown, nonce=nonce, bet_id=bet_id)
        else:
            self._shown = shown

    def refresh(self) -> None:
        """Read the bets that are shown again, as after they were verified, and leave the view where it is."""
        stream_id, newest, shown = self._stream, self._model.newest_id, self._shown
        if stream_id is None or self._since is None or newest is None:
            return
        count = self._model.rowCount()
        if count > MOST_REFRESHED:
            self.open(stream_id)
            return

        def then(bets: BetsPage) -> None:
            if not self._model.check_again(bets.columns):
                self.open(stream_id)

        self._again.ask(
            lambda backend: newest_bets(backend, stream_id, shown, newest, count), then, self._not_read
        )

    @Slot()
    def retry(self) -> None:
        """Ask once more what could not be read."""
        self._behind = True
        self._follow()

    def close(self) -> None:
        """Follow nothing; what is on its way is dropped."""
        for question in (self._question, self._older, self._newer, self._again):
            question.drop()
        self._stream = self._since = None
        self._behind = False
        self._fresh = 0
        self._drop_waiting()

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

    @Slot(bool)
    def set_paused(self, paused: bool) -> None:
        """Collect what lands, or put it in."""
        if paused == self._paused:
            return
        self._paused = paused
        if paused:
            return
        collected, too_many = self._waiting, self._too_many
        self._drop_waiting()
        if too_many and self._stream is not None:
            self.open(self._stream)
        elif collected:
            self._put_in(collected)
        self._follow()

    @Slot(object)
    def landed(self, event: BetsLanded) -> None:
        """Fetch what landed, if it landed in the open stream."""
        # While the newest page is on its way, nobody knows yet whether it holds this.
        if event.stream_id == self._stream and (self._since is None or event.last_bet_id > self._since):
            self._behind = True
            self._fresh += event.bets
            self._follow()

    def _ask(self, work: Callable[[Backend], BetsPage], then: Callable[[BetsPage], None]) -> None:
        self._question.ask(work, then, self._not_read)

    @Slot()
    def _follow(self) -> None:
        stream_id, since, shown = self._stream, self._since, self._shown
        # One question at a time: while its answer is on its way, everything else that lands waits for the
        # next, which takes all of it at once.
        if self._question.pending or not self._behind or not self._watching or stream_id is None:
            return
        if since is None:
            # The first page could not be read.
            self.open(stream_id)
            return
        if self._pace.isActive():
            return
        self._behind = False
        expected, self._fresh = self._fresh, 0
        if self._model.ahead or self._too_many:
            self._ask(lambda backend: count_bets(backend, stream_id, shown), self._count_came)
            return
        skip = self._skipping and shown.newest_first and not self._paused
        if skip and expected > TAIL_BETS:
            self._ask(lambda backend: newest_bets(backend, stream_id, shown), self._page_came)
            return
        self._ask(lambda backend: bets_since(backend, stream_id, shown, since, skip=skip), self._newer_came)

    def _page_came(self, bets: BetsPage) -> None:
        self._since = bets.last_id
        self._count_to(bets.total or 0)
        self._model.start(
            bets.columns, more=bets.more, ahead=bets.ahead, newest_first=self._shown.newest_first
        )
        self.opened.emit()
        if bets.found is not None:
            self.found.emit(bets.found)
        if len(bets.columns) > FEW:
            self._pace.start()
        self._follow()

    def _newer_came(self, bets: BetsPage) -> None:
        if bets.over:
            self._page_came(bets)
            return
        self._since = bets.last_id
        self._behind = self._behind or bets.more
        if bets.columns:
            self._count_to(self._total + len(bets.columns))
            if self._paused:
                self._collect(bets.columns)
            else:
                self._put_in(bets.columns)
        if len(bets.columns) > FEW and not bets.more:
            self._pace.start()
        self._follow()

    def _count_came(self, bets: BetsPage) -> None:
        self._since = bets.last_id if self._too_many else self._since
        grown = (bets.total or 0) - self._total
        self._count_to(bets.total or 0)
        if self._too_many:
            self.waiting.emit(MOST_WAITING)
        elif grown > 0:
            self.grew.emit(grown)
        self._pace.start()
        self._follow()

    def _put_in(self, columns: BetColumns) -> None:
        self._model.add_newer(columns)
        self.grew.emit(len(columns))

    def _collect(self, columns: BetColumns) -> None:
        self._waiting.extend(columns)
        if len(self._waiting) > MOST_WAITING:
            self._drop_waiting()
            self._too_many = True
        self.waiting.emit(MOST_WAITING if self._too_many else len(self._waiting))

    def _drop_waiting(self) -> None:
        self._waiting = BetColumns()
        self._too_many = False

    def _count_to(self, total: int) -> None:
        self._total = total
        self.counted.emit(total)

    def _not_read(self, error: KnownError) -> None:
        if isinstance(error, NotFoundError):
            self.close()
            self.gone.emit()
        else:
            # The next bet that lands tries again, or retry().
            self._behind = True
            self.failed.emit(str(error))

    @Slot()
    def _load_older(self) -> None:
        stream_id, before, shown = self._stream, self._model.oldest_id, self._shown
        if stream_id is None or before is None:
            return

        def then(bets: BetsPage) -> None:
            if self._model.oldest_id == before:
                self._model.add_older(bets.columns, more=bets.more)
            else:
                # Rows were taken out at the end meanwhile, so these would not join on.
                self._model.older_failed()

        def failed(error: KnownError) -> None:
            self._model.older_failed()
            self.failed.emit(str(error))

        self._older.ask(lambda backend: newest_bets(backend, stream_id, shown, before - 1), then, failed)

    @Slot()
    def _load_newer(self) -> None:
        stream_id, newest, shown = self._stream, self._model.newest_id, self._shown
        if stream_id is None or newest is None:
            return

        def then(bets: BetsPage) -> None:
            if self._model.newest_id != newest or not self._model.ahead:
                return
            self._since = bets.last_id
            self._model.add_newer(bets.columns, ahead=bets.more)
            self._follow()

        def failed(error: KnownError) -> None:
            self._model.newer_failed()
            self.failed.emit(str(error))

        self._newer.ask(
            lambda backend: bets_since(backend, stream_id, shown, newest, PAGE_BETS), then, failed
        )

"""The Live page's pictures. All bets are sample data: the sample seed pair replayed by the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import Bet, StreamQuery
from pump_desktop.program import Program
from pump_desktop.qt.app.listening import ListenerState
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.sample import sample_request
from pump_desktop.system.clock import utc_now
from tests.live_samples import off_table, sample_bets, sample_key, tampered
from tools.shots_drawer import drawer_states

FIRST, BETS = 5_300, 400
_SEEN_MS = 700


def live_states(
    program: Program, settle: Callable[[int], None]
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the states of the Live page, each with its picture's name; ``settle(ms)`` runs the event loop."""
    stage = _Stage(program, settle)
    yield "15-live-empty", stage.open
    yield "16-live-three-streams", stage.three_streams
    yield "17-live-stream", stage.many_bets
    yield "18-live-held-with-new", stage.scroll_away
    yield "19-live-new-stream-notice", stage.another_stream
    yield "20-live-mismatch", stage.reveal
    yield from drawer_states(program, settle)
    yield "20-live-after-the-drawer", stage.close_drawer
    yield "21-live-search-without-match", stage.search
    yield "22-live-deleted", stage.delete


class _Stage:
    """The Live page of a program, fed as the listener feeds it."""

    def __init__(self, program: Program, settle: Callable[[int], None]) -> None:
        self._settle = settle
        backend = program._backend.opened()
        if backend is None:
            raise RuntimeError("the store is not open")
        self._live = backend.live
        self._window = program.window
        self._page = program.window.live_page
        self._listening = program.listening
        self._now = utc_now()

    def open(self) -> None:
        """Show the page before any bet."""
        self._window.open_section("live")
        while self._listening.status.state is not ListenerState.LISTENING:
            self._settle(100)
        self._now = utc_now()

    def three_streams(self) -> None:
        """Let two streams have fallen silent, and a third one begin."""
        now = self._now
        for client, difficulty, count, ago in (
            ("morning session", Difficulty.MEDIUM, 62, timedelta(hours=5)),
            ("Q7f2kdPzLs", Difficulty.HARD, 240, timedelta(minutes=12)),
        ):
            key = sample_key(client)
            bets = sample_bets(1, count, key=key, difficulty=difficulty, until=now - ago)
            # Past Live, which knows only the present.
            self._live._store.ingest(bets, now - ago).result()
        self._page.reload()
        self._live.ingest(self._bets(FIRST, 3)).result()
        self._settle(_SEEN_MS)

    def many_bets(self) -> None:
        """Let a few hundred bets come."""
        bets = self._bets(FIRST + 3, BETS)
        bets[-15] = off_table(bets[-15])
        for first in range(0, BETS, 50):
            self._live.ingest(bets[first : first + 50]).result()
        self._settle(_SEEN_MS)

    def scroll_away(self) -> None:
        """Look at older bets while new ones come."""
        table = self._page.view.table
        table.verticalScrollBar().setValue(30)
        table.selectRow(36)
        bets = self._bets(FIRST + 3 + BETS, 12)
        bets[-5] = tampered(bets[-5])
        self._live.ingest(bets).result()
        self._settle(_SEEN_MS)

    def another_stream(self) -> None:
        """Let a stream begin while a person is on another page."""
        self._page.view.table.follow()
        self._window.open_section("runs")
        self._live.ingest(sample_bets(1, 2, key=sample_key("after the rotation"), until=utc_now())).result()
        self._settle(_SEEN_MS)

    def reveal(self) -> None:
        """Reveal the sample's server seed: one bet claimed too much, one is off the table."""
        self._window.clear_toasts()
        self._window.open_section("live")
        rows = self._live.streams(StreamQuery()).items
        sample = next(row.id for row in rows if row.client_seed == sample_request().client_seed)
        self._page.open_stream(sample)
        self._settle(_SEEN_MS)
        reveal(self._live, sample, sample_request().server_seed)
        self._settle(_SEEN_MS)

    def close_drawer(self) -> None:
        """Fold the drawer away."""
        self._window.clear_toasts()
        self._window.open_section("live")
        self._page.view.drawer.closed.emit()

    def search(self) -> None:
        """Search for what is not there."""
        self._page.streams.search("no such seed")

    def delete(self) -> None:
        """Delete the open stream."""
        self._page.streams.search("")
        if self._page.stream_id is not None:
            self._live.delete(self._page.stream_id).result()
        self._settle(_SEEN_MS)

    def _bets(self, first: int, count: int) -> list[Bet]:
        """Give bets two seconds apart, the last of all made as the walk began."""
        left = FIRST + 3 + BETS + 12 - (first + count)
        return sample_bets(first, count, until=self._now - timedelta(seconds=2 * left))

"""What one commit brought to each stream, gathered from the answers and told once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from uuid import UUID

from pump_desktop.domain.live import Accepted, BetsLanded, MessageKind


@dataclass(slots=True)
class _Tally:
    last_bet_id: int | None
    bets: int = 0
    rounds: int = 0
    new_stream: bool = False


class Landed:
    """Adds up accepted messages until ``publish()`` tells them, one event per stream.

    ``last_bet`` is asked for the last bet of a stream that only heartbeats have come to since the start.
    """

    def __init__(self, tell: Callable[[BetsLanded], None], last_bet: Callable[[UUID], int]) -> None:
        self._tell = tell
        self._ask = last_bet
        self._lock = RLock()
        self._tallies: dict[UUID, _Tally] = {}
        # A commit with heartbeats alone still names the stream's last bet.
        self._last_bet: dict[UUID, int] = {}

    @contextmanager
    def attaching(self) -> Iterator[None]:
        """Hold back ``publish()`` while work is submitted and its answer is asked for.

        The writer may commit before the caller has attached its callback; without this the event of that
        commit would wait for the next one.
        """
        with self._lock:
            yield

    def add(self, accepted: Iterable[Accepted]) -> None:
        """Count what was stored; messages that were there before count for nothing."""
        with self._lock:
            for one in accepted:
                if not one.accepted:
                    continue
                tally = self._tallies.get(one.stream_id)
                if tally is None:
                    tally = self._tallies[one.stream_id] = _Tally(self._last_bet.get(one.stream_id))
                tally.rounds += one.new_round
                tally.new_stream |= one.new_stream
                if one.kind is MessageKind.BET:
                    tally.bets += 1
                    tally.last_bet_id = max(tally.last_bet_id or 0, one.bet_id or 0)

    def publish(self) -> None:
        """Tell what was added since the last time."""
        with self._lock:
            tallies, self._tallies = self._tallies, {}
        # Asked without the lock: whoever submits a message needs it.
        last = {stream_id: self._last_of(stream_id, tally) for stream_id, tally in tallies.items()}
        with self._lock:
            self._last_bet |= last
        for stream_id, tally in tallies.items():
            self._tell(
                BetsLanded(
                    stream_id=stream_id,
                    last_bet_id=last[stream_id],
                    bets=tally.bets,
                    rounds=tally.rounds,
                    new_stream=tally.new_stream,
                )
            )

    def _last_of(self, stream_id: UUID, tally: _Tally) -> int:
        if tally.last_bet_id is not None:
            return tally.last_bet_id
        return 0 if tally.new_stream else self._ask(stream_id)

    def forget(self, stream_id: UUID) -> None:
        """Drop what is remembered of a deleted stream."""
        with self._lock:
            self._last_bet.pop(stream_id, None)

    def forget_all(self) -> None:
        """Drop what is remembered of all streams."""
        with self._lock:
            self._last_bet.clear()

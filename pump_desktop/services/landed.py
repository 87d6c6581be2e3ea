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
    last_bet_id: int
    bets: int = 0
    rounds: int = 0
    new_stream: bool = False


class Landed:
    """Adds up accepted messages until ``publish()`` tells them, one event per stream."""

    def __init__(self, tell: Callable[[BetsLanded], None]) -> None:
        self._tell = tell
        self._lock = RLock()
        self._tallies: dict[UUID, _Tally] = {}
        # A commit with heartbeats alone still names the stream's last bet that was seen.
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
                    tally = self._tallies[one.stream_id] = _Tally(self._last_bet.get(one.stream_id, 0))
                tally.rounds += one.new_round
                tally.new_stream |= one.new_stream
                if one.kind is MessageKind.BET:
                    tally.bets += 1
                    tally.last_bet_id = max(tally.last_bet_id, one.bet_id or 0)

    def publish(self) -> None:
        """Tell what was added since the last time."""
        with self._lock:
            tallies, self._tallies = self._tallies, {}
            for stream_id, tally in tallies.items():
                self._last_bet[stream_id] = tally.last_bet_id
        for stream_id, tally in tallies.items():
            self._tell(
                BetsLanded(
                    stream_id=stream_id,
                    last_bet_id=tally.last_bet_id,
                    bets=tally.bets,
                    rounds=tally.rounds,
                    new_stream=tally.new_stream,
                )
            )

    def forget(self, stream_id: UUID) -> None:
        """Drop what is remembered of a deleted stream."""
        with self._lock:
            self._last_bet.pop(stream_id, None)

    def forget_all(self) -> None:
        """Drop what is remembered of all streams."""
        with self._lock:
            self._last_bet.clear()

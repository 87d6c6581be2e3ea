"""Server seeds of revealed streams, kept at hand for the verdicts of arriving bets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import RLock

from pump_desktop.domain.live import Message, StreamKey

# Streams remembered before the table is emptied and read anew; a person has a few at a time.
MAX_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Looked:
    """Seeds of some messages' streams as of ``generation``; ``fresh`` are streams just learnt from them."""

    generation: int
    seeds: Mapping[StreamKey, str | None]
    fresh: frozenset[StreamKey]


class KnownSeeds:
    """Remembers each stream's seed, or that there is none; asks the store once per stream.

    ``generation`` moves whenever a seed is learnt. Who judged messages under an older generation judges
    them again, so that a reveal leaves no bet behind that was on its way.
    """

    def __init__(self, ask: Callable[[StreamKey], str | None]) -> None:
        self._ask = ask
        self._kept: dict[StreamKey, str | None] = {}
        self.lock = RLock()
        self.generation = 0

    def look(self, messages: Iterable[Message]) -> Looked:
        """Give the seed of every stream of the messages, learning those that simulations say."""
        seeds: dict[StreamKey, str | None] = {}
        fresh = set()
        with self.lock:
            for message in messages:
                key = message.stream
                if seeds.get(key) is not None or (key in seeds and message.server_seed is None):
                    continue
                seeds[key] = self._of(key)
                if seeds[key] is None and message.server_seed is not None:
                    self.learn(key, message.server_seed)
                    seeds[key] = message.server_seed
                    fresh.add(key)
            return Looked(self.generation, seeds, frozenset(fresh))

    def learn(self, key: StreamKey, server_seed: str) -> None:
        """Remember the seed of a stream."""
        with self.lock:
            self._kept[key] = server_seed
            self.generation += 1

    def forget(self, key: StreamKey) -> None:
        """Drop a deleted stream: its next message makes one that is not revealed."""
        with self.lock:
            self._kept.pop(key, None)
            self.generation += 1

    def forget_all(self) -> None:
        """Drop everything: the file holds other streams now."""
        with self.lock:
            self._kept.clear()
            self.generation += 1

    def _of(self, key: StreamKey) -> str | None:
        if key not in self._kept:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[key] = self._ask(key)
        return self._kept[key]

"""Server seeds of revealed streams, kept at hand for the verdicts of arriving bets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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

    def __init__(self, ask: Callable[[Collection[StreamKey]], Mapping[StreamKey, str | None]]) -> None:
        self._ask = ask
        self._kept: dict[StreamKey, str | None] = {}
        self.lock = RLock()
        self.generation = 0

    def look(self, messages: Sequence[Message]) -> Looked:
        """Return the seed of every stream of the messages, learning those that simulations say."""
        keys = {message.stream for message in messages}
        while True:
            with self.lock:
                generation = self.generation
                seeds = {key: self._kept[key] for key in keys if key in self._kept}
            unknown = keys - seeds.keys()
            # One question for all, and without the lock: everybody who submits a message needs it.
            found = self._ask(unknown) if unknown else {}
            with self.lock:
                if generation != self.generation:
                    # What was found may be older than what was learnt or forgotten meanwhile.
                    continue
                self._keep(found)
                seeds |= found
                fresh = self._learn_from(messages, seeds)
                return Looked(self.generation, seeds, fresh)

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

    def _keep(self, found: Mapping[StreamKey, str | None]) -> None:
        if len(self._kept) + len(found) > MAX_KEPT:
            self._kept.clear()
        self._kept |= found

    def _learn_from(
        self, messages: Sequence[Message], seeds: dict[StreamKey, str | None]
    ) -> frozenset[StreamKey]:
        """Learn the seeds that messages say and nobody knew; return the streams they are of."""
        fresh = set()
        for message in messages:
            key = message.stream
            if message.server_seed is not None and seeds[key] is None:
                self.learn(key, message.server_seed)
                seeds[key] = message.server_seed
                fresh.add(key)
        return frozenset(fresh)

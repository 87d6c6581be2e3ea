from __future__ import annotations

import threading
from collections.abc import Collection

from pump_desktop.domain.live import StreamKey
from pump_desktop.services.live.seeds import KnownSeeds
from tests.store.live_samples import make_bet

KEYS = [StreamKey(f"{number:064x}", "client") for number in range(1_000)]
BATCH = [make_bet(1, stream=key) for key in KEYS]


def test_the_seeds_of_a_batch_are_asked_for_together_and_once() -> None:
    asked: list[set[StreamKey]] = []

    def ask(keys: Collection[StreamKey]) -> dict[StreamKey, str | None]:
        asked.append(set(keys))
        return {key: "seed" if key == KEYS[3] else None for key in keys}

    seeds = KnownSeeds(ask)
    first, second = seeds.look(BATCH), seeds.look(BATCH)
    assert asked == [set(KEYS)]
    assert first == second
    assert {key for key, seed in first.seeds.items() if seed == "seed"} == {KEYS[3]}


def test_nobody_waits_while_the_store_is_asked() -> None:
    asked: list[set[StreamKey]] = []

    def ask(keys: Collection[StreamKey]) -> dict[StreamKey, str | None]:
        asked.append(set(keys))
        if len(asked) == 1:
            other = threading.Thread(target=seeds.learn, args=(KEYS[0], "learnt meanwhile"))
            other.start()
            other.join(20)
            assert not other.is_alive()
        # As it was before.
        return dict.fromkeys(keys)

    seeds = KnownSeeds(ask)
    looked = seeds.look(BATCH[:2])
    assert asked == [{KEYS[0], KEYS[1]}, {KEYS[1]}]
    assert looked.seeds == {KEYS[0]: "learnt meanwhile", KEYS[1]: None}
    assert looked.generation == seeds.generation


def test_what_was_forgotten_meanwhile_is_asked_for_again() -> None:
    answers = ["of the deleted stream", None]

    def ask(keys: Collection[StreamKey]) -> dict[StreamKey, str | None]:
        answer = answers.pop(0)
        if answers:
            seeds.forget(KEYS[0])
        return dict.fromkeys(keys, answer)

    seeds = KnownSeeds(ask)
    assert seeds.look(BATCH[:1]).seeds == {KEYS[0]: None}
    assert answers == []

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Run, RunGroupPage, RunQuery, SeedPair
from pump_desktop.store.runs import RunsStore
from tests.store.samples import NOON, K, make_chunks, make_run, make_summary, names


def of(pair: str, number: int, **changes: object) -> Run:
    """Give a run of the seed pair of a letter."""
    return make_run(number, server_seed_sha256=pair * 64, client_seed=f"client {pair}", **changes)


def keep(store: RunsStore, *runs: Run) -> None:
    """Store runs, each with as many outcomes as it has nonces."""
    for run in runs:
        k = K.repeat(-(-run.count // len(K)))[: run.count]
        store.add(run, make_chunks(k, run.nonce_start)).result(10)


def letters(page: RunGroupPage) -> str:
    return "".join(group.pair.server_seed_sha256[0] for group in page.items)


def test_groups_stand_by_their_newest_run(store: RunsStore) -> None:
    keep(store, of("a", 0), of("b", 1), of("c", 2), of("a", 3))
    page = store.groups(RunQuery())
    assert letters(page) == "acb"
    assert (page.total, page.runs) == (3, 4)


def test_the_figures_of_a_group(store: RunsStore) -> None:
    keep(
        store,
        of("a", 0, nonce_end=25, summary=make_summary(34.68)),
        of("a", 1, nonce_start=5, nonce_end=9, difficulty=Difficulty.EASY, summary=make_summary(24.5)),
        of("b", 2),
    )
    group = store.groups(RunQuery()).items[1]
    assert group.pair == SeedPair("a" * 64, "client a")
    assert (group.runs, group.count, group.max_multiplier) == (2, 30, 34.68)
    assert group.newest == NOON + timedelta(seconds=1)
    assert group.difficulties == {Difficulty.EASY, Difficulty.EXPERT}


def test_one_server_seed_with_two_client_seeds_is_two_pairs(store: RunsStore) -> None:
    keep(store, make_run(0), make_run(0, id=UUID(int=9), client_seed="another"))
    assert store.groups(RunQuery()).total == 2


def test_groups_come_page_by_page(store: RunsStore) -> None:
    keep(store, *(of(letter, number) for number, letter in enumerate("abcde")))
    assert letters(store.groups(RunQuery(limit=2))) == "ed"
    assert letters(store.groups(RunQuery(limit=2, offset=4))) == "a"
    assert store.groups(RunQuery(limit=2, offset=9)) == RunGroupPage((), 5, 5, 2, 9)


def test_search_and_difficulty_count_the_runs_that_match(store: RunsStore) -> None:
    keep(
        store,
        of("a", 0, name="one"),
        of("a", 1, name="two", difficulty=Difficulty.EASY),
        of("b", 2, name="three", difficulty=Difficulty.EASY),
    )
    found = store.groups(RunQuery(search="T"))
    assert [(group.pair.client_seed, group.runs) for group in found.items] == [
        ("client b", 1), ("client a", 2),
    ]  # fmt: skip
    easy = store.groups(RunQuery(difficulty=Difficulty.EASY, search="two"))
    assert (letters(easy), easy.total, easy.runs) == ("a", 1, 1)


def test_runs_of_one_pair(store: RunsStore) -> None:
    keep(store, of("a", 0), of("b", 1), of("a", 2))
    pair = SeedPair("a" * 64, "client a")
    assert names(store.list(RunQuery(pair=pair))) == ["run 2", "run 0"]
    assert names(store.list(RunQuery(pair=SeedPair("a" * 64, "client b")))) == []


def test_runs_can_be_passed_over_however_many(store: RunsStore) -> None:
    keep(store, of("a", 0), of("a", 1), of("b", 2))
    # More than SQLite takes as values of one statement.
    without = frozenset({UUID(int=1), UUID(int=2)} | {UUID(int=n) for n in range(1_000, 41_000)})
    page = store.groups(RunQuery(without=without))
    assert [(group.runs, group.newest) for group in page.items] == [(1, NOON)]
    assert names(store.list(RunQuery(without=without))) == ["run 0"]

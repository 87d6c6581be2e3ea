from __future__ import annotations

import pytest

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import RunPage, RunQuery, RunSort
from pump_desktop.store.runs import RunsStore
from tests.store.samples import NOON, add, make_chunks, make_outcomes, make_run, make_summary, names


def test_newest_first_page_by_page(store: RunsStore) -> None:
    add(store, *(make_run(number) for number in range(5)))
    assert names(store.list(RunQuery(limit=2))) == ["run 4", "run 3"]
    assert names(store.list(RunQuery(limit=2, offset=4))) == ["run 0"]
    past = store.list(RunQuery(limit=2, offset=9))
    assert past == RunPage(items=(), total=5, limit=2, offset=9)
    row = store.list(RunQuery(limit=1)).items[0]
    whole = store.get(row.id)
    assert row.max_multiplier == whole.summary.max_multiplier
    assert {name: getattr(row, name) for name in row.__slots__ if name != "max_multiplier"} == {
        name: getattr(whole, name) for name in row.__slots__ if name != "max_multiplier"
    }


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (RunSort.CREATED, "ABCD"),
        (RunSort.NAME, "CDBA"),  # Apfel and apfel are one name, so their ids decide
        (RunSort.CLIENT_SEED, "BADC"),
        (RunSort.DIFFICULTY, "CADB"),
        (RunSort.NONCE_START, "DABC"),
        (RunSort.COUNT, "CBAD"),
        (RunSort.HIGHEST, "BCDA"),
        (RunSort.DURATION, "ADCB"),
    ],
)
def test_every_column_sorts_both_ways(store: RunsStore, sort: RunSort, expected: str) -> None:
    # The letter is the server seed, so that each other column can have an order of its own.
    columns = [
        ("A", "ÖL", "b", Difficulty.MEDIUM, 2, 30, 2254.0, 1),
        ("B", "zebra", "A", Difficulty.EXPERT, 3, 20, 9.08, 4),
        ("C", "Apfel", "ÿ", Difficulty.EASY, 4, 10, 24.5, 3),
        ("D", "apfel", "c", Difficulty.HARD, 1, 40, 206.62, 2),
    ]
    for number, (letter, name, client, difficulty, start, count, highest, duration) in enumerate(columns):
        run = make_run(
            number,
            server_seed=letter,
            name=name,
            client_seed=client,
            difficulty=difficulty,
            nonce_start=start,
            nonce_end=start + count - 1,
            summary=make_summary(highest),
            duration_ms=duration,
        )
        store.add(run, make_chunks(make_outcomes(count), start, 100)).result(10)
    for descending, letters in ((False, expected), (True, expected[::-1])):
        page = store.list(RunQuery(sort=sort, descending=descending))
        assert "".join(store.get(item.id).server_seed for item in page.items) == letters


def test_equal_values_are_ordered_by_id(store: RunsStore) -> None:
    add(store, *(make_run(number, created_at=NOON) for number in (2, 0, 3, 1)))
    assert names(store.list(RunQuery())) == ["run 3", "run 2", "run 1", "run 0"]
    assert names(store.list(RunQuery(descending=False))) == ["run 0", "run 1", "run 2", "run 3"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", {"a", "b", "c", "d"}),
        ("ÄRGER", {"a"}),
        ("straße", {"b"}),
        ("STRASSE", {"b"}),
        ("%", {"c"}),
        ("_", {"d"}),
        ("0%_", set()),
        ("SeEd", {"a", "b", "c", "d"}),
        ("'; DROP TABLE runs; --", set()),
        ("\\", set()),
        ("server", set()),
    ],
)
def test_search_is_literal_in_name_and_client_seed(store: RunsStore, search: str, found: set[str]) -> None:
    texts = {"a": "kein ärger", "b": "Hauptstraße", "c": "100%", "d": "my_seed"}
    add(
        store,
        *(make_run(n, name=key, client_seed=f"{text} seed") for n, (key, text) in enumerate(texts.items())),
    )
    page = store.list(RunQuery(search=search))
    assert set(names(page)) == found
    assert page.total == len(found)


def test_difficulty_and_search_both_hold(store: RunsStore) -> None:
    add(store, make_run(0, difficulty=Difficulty.HARD), make_run(1), make_run(2, difficulty=Difficulty.HARD))
    assert names(store.list(RunQuery(difficulty=Difficulty.HARD))) == ["run 2", "run 0"]
    page = store.list(RunQuery(difficulty=Difficulty.HARD, search="RUN 2"))
    assert (names(page), page.total) == (["run 2"], 1)


def test_each_known_hash_is_given_once(store: RunsStore) -> None:
    assert store.known_hashes() == frozenset()
    add(store, make_run(0), make_run(1), make_run(2, server_seed_sha256=make_run(0).server_seed_sha256))
    assert store.known_hashes() == {make_run(0).server_seed_sha256, make_run(1).server_seed_sha256}

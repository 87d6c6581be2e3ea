from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from pump_desktop.domain.errors import NotFoundError
from pump_desktop.domain.game import PAYOUTS, Difficulty, p_exact
from pump_desktop.services.alerts import alerts as alert_preview
from pump_desktop.services.backend import Backend
from pump_desktop.store.db.connections import driver_of
from tests.services.alerts.alert_samples import Stage, draft, staged
from tests.services.samples import bet, outcome, send, simulated

KINDS: dict[str, dict[str, Any]] = {
    "threshold": {"at_least": 17.34},
    "gap": {"target": 4.95, "match": "at_least", "percentile": 90},
    "cluster": {"target": 9.08, "match": "at_least", "count": 3, "nonces": 12},
    "mismatch": {},
    "missing": {"missing": 2, "nonces": 20},
}


@pytest.fixture
def stage(backend: Backend) -> Iterator[Stage]:
    with staged(backend) as stage:
        yield stage


@pytest.mark.parametrize("kind", KINDS)
def test_a_preview_finds_what_was_told_when_the_bets_arrived(stage: Stage, kind: str) -> None:
    stage.without_cooldown()
    left_out = {130, 131, 250, 252, 253} if kind == "missing" else set()
    wrong = {77: 1.63, 200: 9.08}
    rule = stage.add(kind, **KINDS[kind])
    messages = [
        simulated(nonce, roundResult=wrong.get(nonce, outcome(nonce)))
        for nonce in range(1, 400)
        if nonce not in left_out
    ]
    for start in range(0, len(messages), 23):
        stream_id = send(stage.backend.live, messages[start : start + 23])[0].stream_id
    stage.settle()
    told = [notice for notice in stage.ear.heard if notice.stream_id == stream_id]
    preview = stage.alerts.preview(rule.draft, stream_id)
    assert preview.times == len(told) >= 1
    assert (preview.rounds, preview.reason) == (len(messages), None)
    newest = [(notice.nonce, notice.bet_id, notice.sentence) for notice in reversed(told)][:20]
    assert [(found.nonce, found.bet_id, found.sentence) for found in preview.last] == newest


def test_a_preview_says_how_often_and_at_what_length(stage: Stage) -> None:
    stream_id = stage.send(range(1, 13))
    gap = draft("gap", target=4.95, match="at_least", percentile=90)
    assert stage.alerts.preview(gap, stream_id).sentence == (
        "Once in the 12 rounds stored. It speaks at 11 rounds without a hit."
    )
    high = draft("threshold", at_least=2)
    assert stage.alerts.preview(high, stream_id).sentence == "Not once in the 12 rounds stored."
    stage.send([20, 21, 22], roundResult=2.8)
    assert stage.alerts.preview(high, stream_id).sentence == "3 times in the 15 rounds stored."


def test_a_preview_of_what_cannot_be_told_says_why(stage: Stage) -> None:
    stream_id = stage.send([1, 5])
    gap = stage.alerts.preview(draft("gap", target=4.95, match="exact", percentile=90), stream_id)
    assert (gap.times, gap.last) == (0, ())
    assert gap.reason is not None
    assert gap.reason.startswith("3 of the 5 rounds")
    wrong = stage.alerts.preview(draft("mismatch"), stream_id)
    assert wrong.reason == (
        "The server seed of this stream is not revealed yet; until then no result can be checked."
    )
    with pytest.raises(NotFoundError):
        stage.alerts.preview(draft("mismatch"), uuid4())


def test_silences_between_stored_arrivals_are_found(stage: Stage) -> None:
    stream_id = stage.send(range(1, 6))
    seconds = {1: "00.0", 2: "01.5", 3: "08.0", 4: "12.999999", 5: "18.0"}
    with stage.backend._database.connect_for_writing() as connection, connection.begin():
        driver_of(connection).executemany(
            "UPDATE live_rounds SET received_at = ? WHERE nonce = ?",
            [(f"2026-05-09T12:00:{at:0<9}Z", nonce) for nonce, at in seconds.items()],
        )
    preview = stage.alerts.preview(draft("silent", seconds=5), stream_id)
    assert [found.nonce for found in preview.last] == [4, 2]
    hits: dict[str, Any] = {"target": 1.0, "match": "exact"}
    cluster = stage.alerts.preview(draft("cluster", **hits, count=2, seconds=2), stream_id)
    assert [found.sentence for found in cluster.last] == [
        "2 results of exactly 1.00x arrived within 2 seconds, the last one at nonce 2."
    ]


def test_a_preview_looks_at_the_newest_rounds_and_knows_the_stretch_they_begin_in(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_preview, "MAX_PREVIEWED", 10)
    stream_id = stage.send(range(1, 16))
    gap = stage.alerts.preview(draft("gap", target=4.95, match="at_least", percentile=90), stream_id)
    assert [found.nonce for found in gap.last] == [11]
    assert gap.rounds == 10
    assert gap.sentence.startswith("Once in the newest 10 of 15 rounds.")


# Speed, in time of the processor and as the best of some: others use the machine too.


def _best(work: Callable[[], object], times: int = 5) -> float:
    took = []
    for _ in range(times):
        start = time.thread_time()
        work()
        took.append(time.thread_time() - start)
    return min(took)


def _fill(backend: Backend, count: int) -> UUID:
    """Give a stream of so many rounds, of which bets tell the first and the last."""
    send(backend.live, [bet(1)])
    stream_id = send(backend.live, [bet(count)])[0].stream_id
    table = PAYOUTS[Difficulty.EXPERT]
    chances = [float(p_exact(Difficulty.EXPERT, k)) for k in range(len(table))]
    results = Random(5).choices(table, chances, k=count)
    with backend._database.connect_for_writing() as connection, connection.begin():
        driver_of(connection).executemany(
            "INSERT INTO live_rounds VALUES (?, ?, ?, 'expert', ?, NULL, 1, NULL)",
            [
                (str(stream_id), nonce, results[nonce], f"2026-05-09T12:{nonce // 60 % 60:02}:00.000000Z")
                for nonce in range(2, count)
            ],
        )
        driver_of(connection).execute("UPDATE live_streams SET total_rounds = ?", (count,))
    return stream_id


def test_a_preview_of_a_hundred_thousand_rounds_takes_at_most_a_fifth_of_a_second(stage: Stage) -> None:
    stream_id = _fill(stage.backend, 100_000)
    rules = [draft(kind, **values) for kind, values in KINDS.items()]
    rules += [draft("silent", seconds=60), draft("threshold", at_least=1.5)]
    slow = {
        rule.condition.words: took
        for rule in rules
        if (took := _best(lambda rule=rule: stage.alerts.preview(rule, stream_id))) > 0.2  # type: ignore[misc]  # mypy cannot infer a lambda's default
    }
    assert slow == {}


def test_a_start_with_many_rules_and_streams_is_cheap(backend: Backend) -> None:
    made = [backend.alerts.add(draft(kind, **KINDS[kind])) for kind in [*KINDS] * 20]
    assert not wait(made, 30).not_done
    assert len(backend.alerts.rules()) == 100
    backend.alerts.close()
    send(backend.live, [bet(1, clientSeed=f"client {number}") for number in range(1000)])

    def start() -> None:
        with staged(backend):
            pass

    assert _best(start) < 0.1

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from uuid import UUID

import numpy as np
import pytest

from pump_desktop.domain.alerts import MAX_RULES, AlertKind, RuleDraft
from pump_desktop.domain.errors import ConflictError, NotFoundError, UnreadableRowError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import StreamKey, Verdict
from pump_desktop.store.alerts import AlertReader, AlertReads, AlertRulesStore
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live import changes as live_changes
from pump_desktop.store.live.streams import StreamsStore
from tests.store.live_samples import make_bet, make_heartbeat, random_messages, stream_id, take_in
from tests.store.samples import NOON

NOBODY = UUID(int=7)
HIGH = RuleDraft.parse(name="high", kind="threshold", values={"at_least": 100}, sound=True)


@pytest.fixture
def rules(database: Database, writer: Writer) -> AlertRulesStore:
    return AlertRulesStore(database, writer)


@pytest.fixture
def reader(database: Database) -> Iterator[AlertReader]:
    with AlertReads(database).reading() as reader:
        yield reader


@pytest.fixture
def stream(streams: StreamsStore) -> UUID:
    return stream_id(take_in(streams, make_bet(1)))


def draft(kind: str, stream: UUID | None = None, **values: object) -> RuleDraft:
    return RuleDraft.parse(name=f"my {kind}", kind=kind, values=values, stream_id=stream, enabled=False)


def test_rules_come_change_and_go(rules: AlertRulesStore, stream: UUID) -> None:
    drafts = [
        HIGH,
        draft("gap", target=34.68, match="exact", percentile=99.9),
        draft("cluster", stream, target=34.68, match="at_least", count=3, seconds=60),
        draft("mismatch", stream),
        draft("missing", missing=3, nonces=100),
        draft("silent", seconds=60),
    ]
    made = tuple(
        rules.add(one, NOON + timedelta(seconds=place)).result(10) for place, one in enumerate(drafts)
    )
    assert [rule.draft for rule in made] == drafts
    assert made[0].created_at == NOON
    assert rules.rules() == made
    changed = rules.change(made[0].id, drafts[3]).result(10)
    assert (changed.id, changed.created_at, changed.draft) == (made[0].id, NOON, drafts[3])
    rules.delete(made[1].id).result(10)
    assert rules.rules() == (changed, *made[2:])


def test_a_rule_needs_its_stream_and_an_id_that_is_there(rules: AlertRulesStore) -> None:
    kept = rules.add(HIGH, NOON).result(10)
    with pytest.raises(NotFoundError, match="Stream with ID"):
        rules.add(draft("mismatch", NOBODY), NOON).result(10)
    with pytest.raises(NotFoundError, match="Stream with ID"):
        rules.change(kept.id, draft("mismatch", NOBODY)).result(10)
    for work in (rules.change(NOBODY, HIGH), rules.delete(NOBODY)):
        with pytest.raises(NotFoundError, match=f"Alert rule with ID {NOBODY} not found"):
            work.result(10)
    assert rules.rules() == (kept,)


def test_there_are_at_most_a_hundred_rules(rules: AlertRulesStore) -> None:
    made = [rules.add(HIGH, NOON) for _ in range(MAX_RULES)]
    with pytest.raises(ConflictError, match=r"^There are 100 alert rules already; delete one first\.$"):
        rules.add(HIGH, NOON).result(10)
    rules.delete(made[0].result(10).id).result(10)
    rules.add(HIGH, NOON).result(10)
    assert len(rules.rules()) == MAX_RULES


@pytest.mark.parametrize("rows", [1, live_changes.WORTH_SWEEPING])
def test_a_rule_goes_with_its_stream(rules: AlertRulesStore, streams: StreamsStore, rows: int) -> None:
    stream = stream_id(take_in(streams, *(make_bet(number) for number in range(1, rows + 1))))
    everywhere = rules.add(HIGH, NOON).result(10)
    own = rules.add(draft("mismatch", stream), NOON).result(10)
    streams.delete(stream).result(10)
    assert rules.rules() == (everywhere,)
    with pytest.raises(NotFoundError):
        rules.change(own.id, HIGH).result(10)


@pytest.mark.expects_warning
def test_a_rule_that_another_program_spoilt_is_left_out(
    rules: AlertRulesStore, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    made = [rules.add(HIGH, NOON + timedelta(seconds=place)).result(10) for place in range(4)]
    with database.connect_for_writing() as connection, connection.begin():
        for rule, change in zip(
            made,
            ("parameters = '[]'", 'parameters = \'{"name": "x"}\'', "kind = 'hunch'"),
            strict=False,
        ):
            connection.exec_driver_sql(f"UPDATE alert_rules SET {change} WHERE id = ?", (str(rule.id),))  # noqa: S608 - constants
    assert rules.rules() == (made[3],)
    assert [record.getMessage() for record in caplog.records] == [
        f"{UnreadableRowError('alert_rules', made[0].id, 'parameters')} Lists and exports leave it out.",
        f"alert rule {made[1].id} is left out: at_least must be a number",
        f"alert rule {made[2].id} is left out: kind must be one of: {', '.join(AlertKind)}",
    ]


# What rules ask of streams.


def test_rounds_are_read_the_same_way_by_nonce_and_by_result(
    streams: StreamsStore, reader: AlertReader
) -> None:
    stream = stream_id(take_in(streams, *random_messages(200, seed=3)))
    streams.store_verdicts(stream, [], [(5, Verdict.MISMATCH), (6, Verdict.MATCH)]).result(10)
    plain = sorted(
        streams.rounds(stream, None, 10_000, 0).items,
        key=lambda row: row.nonce,
    )
    inner = [row for row in plain if 3 <= row.nonce <= 50]
    by_nonce = reader.rounds(stream, 3, 50, 100, timed=True)
    by_result = reader.many_rounds(stream, 3, 50, timed=True, judged=True)
    for rounds in (by_nonce, by_result):
        assert rounds.nonces.tolist() == [row.nonce for row in inner]
        assert rounds.results.tolist() == [row.round_result for row in inner]
        assert rounds.times.tolist() == pytest.approx(
            [row.received_at.timestamp() for row in inner], abs=1e-6
        )
        assert rounds.nonces[rounds.mismatches].tolist() == [
            row.nonce for row in inner if row.verdict is Verdict.MISMATCH
        ]
    assert by_nonce.difficulties == {"expert", "medium"}
    assert reader.difficulties(stream) == {"expert", "medium"}
    assert reader.rounds(stream, 3, 50, 4).nonces.tolist() == by_nonce.nonces[:4].tolist()
    assert not len(reader.many_rounds(stream, 900, 999, timed=True).times)


def test_news_are_the_rounds_behind_a_nonce_and_where_the_stream_stands(
    streams: StreamsStore, reader: AlertReader
) -> None:
    stream = stream_id(take_in(streams, make_bet(5), make_heartbeat(9), make_bet(7)))
    head, rounds, more = reader.news(stream, 5)
    assert (rounds.nonces.tolist(), more) == ([7, 9], False)
    assert head == reader.head(stream) == reader.heads()[stream]
    assert head[1:] == (5, 9, 3, 1, 0, 0)
    with pytest.raises(NotFoundError):
        reader.news(NOBODY, 0)


@pytest.mark.parametrize("results", [5, 400])
def test_the_last_hit_is_found_among_few_and_among_many_results(
    streams: StreamsStore, reader: AlertReader, results: int
) -> None:
    random = Random(1)
    rounds = {nonce: 1.0 + random.randrange(results) / 8 for nonce in range(1, 1001)}
    messages = (
        make_heartbeat(nonce, round_result=result, safe_pumps=None) for nonce, result in rounds.items()
    )
    stream = stream_id(take_in(streams, *messages))
    for low, high, up_to in [(1.5, 1.5, 990), (1.25, np.inf, 500), (99, np.inf, 999), (1.0, 1.125, 3)]:
        hits = [nonce for nonce, result in rounds.items() if low <= result <= high and nonce <= up_to]
        assert reader.last_hit(stream, low, high, up_to) == max(hits, default=0)


def test_small_questions_are_answered(streams: StreamsStore, reader: AlertReader) -> None:
    other = StreamKey("b" * 64, "other")
    take_in(streams, *(make_bet(nonce, stream=other) for nonce in range(1, 30)))
    answers = take_in(
        streams, make_bet(3), make_bet(4, nonce=3), make_heartbeat(8, difficulty=Difficulty.EASY)
    )
    stream = stream_id(answers)
    assert reader.bet_at(stream, 3) == answers[0].bet_id
    assert reader.bet_at(stream, 8) is None
    assert reader.count(stream, 1, 7) == 1
    assert reader.nonces_up_to(stream, 7, 5).tolist() == [3]
    assert [reader.nonce_back(stream, back) for back in range(3)] == [8, 3, 0]
    assert reader.mismatch(stream) is None
    streams.store_verdicts(stream, [], [(3, Verdict.MISMATCH), (8, Verdict.MATCH)]).result(10)
    assert reader.mismatch(stream) == 3

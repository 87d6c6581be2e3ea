"""What is asked of a stream is found through an index, however many bets and rounds the file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import event

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetOrder, BetQuery, Verdict
from pump_desktop.domain.runs import Match
from pump_desktop.store.alerts import AlertReads
from pump_desktop.store.care import prune
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.compare_reads import Part, SideReader
from pump_desktop.store.live.streams import StreamsStore
from tests.store.live_samples import filled, make_bet, random_messages
from tests.store.samples import NOON


@pytest.fixture
def asked(database: Database) -> Iterator[set[str]]:
    """Collect every statement of the connections that are opened from now on, with its values."""
    statements: set[str] = set()

    def connected(connection: object, _record: object) -> None:
        connection.set_trace_callback(statements.add)  # type: ignore[attr-defined]  # a driver's connection

    event.listen(database._engine, "connect", connected)
    yield statements
    event.remove(database._engine, "connect", connected)


def plan_of(database: Database, sql: str) -> list[str]:
    """Return what SQLite does for a statement, step by step."""
    with database.at_one_moment() as driver:
        # Its own questions are none of those that are looked at.
        driver.set_trace_callback(None)
        return [str(row[3]) for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}")]


def scans(database: Database, asked: set[str]) -> list[str]:
    """Give the statements that go through a whole table of bets or rounds."""
    found = []
    for sql in sorted(asked):
        if not sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")):
            continue
        plan = plan_of(database, sql)
        scanned = {step.split()[1] for step in plan if step.startswith("SCAN ")}
        # A plan calls a table by its name behind AS.
        if scanned & {"live_bets", "live_rounds", "b", "twin", "earlier"}:
            found.append(f"{plan}: {sql}")
    return found


def test_no_question_goes_through_all_bets_or_rounds(
    database: Database, streams: StreamsStore, asked: set[str]
) -> None:
    stream = filled(streams, random_messages(300, seed=7, nonces=90))
    writer = Writer(database)
    mine = StreamsStore(database, writer)
    bet_id = mine.last_bet_id(stream)
    mine.marks.add_bookmark(stream, bet_id, "", NOON).result(10)
    snapshot = mine.marks.add_snapshot(stream, "now", {}, None, NOON).result(10)
    for query in queries():
        mine.bets(stream, query)
        mine.following(stream, 3, query)
        mine.nearest_bet(stream, 5, query)
        mine.marks.snapshot_figures(stream, snapshot, query)
    questions: list[Callable[[], object]] = [
        lambda: mine.tail(stream, 3, 5),
        lambda: mine.rounds(stream, None, 5, 0),
        lambda: mine.rounds(stream, 4, 5, 2),
        lambda: list(mine.iter_bets(stream)),
        lambda: list(mine.audited_bets(stream)),
        lambda: list(mine.audited_rounds(stream)),
        lambda: mine.bets_by_id(stream, [bet_id]),
        lambda: mine.rounds_by_nonce(stream, [4]),
        lambda: mine.mismatched(stream, 5),
        lambda: mine.chain_moments(stream),
        lambda: mine.marks.bookmarks(stream),
        lambda: mine.marks.bookmarked_bets(stream),
        lambda: mine.reveal(stream, "seed", NOON).result(10),
        lambda: mine.store_verdicts(stream, [(bet_id, Verdict.MATCH)], [(4, Verdict.MISMATCH)]).result(10),
        lambda: mine.store_verdicts(stream, [(bet_id, Verdict.MISMATCH)], [(4, Verdict.MATCH)]).result(10),
        lambda: mine.ingest([make_bet(9_000), make_bet(1)], NOON).result(10),
        lambda: mine.chain_moments(stream),
    ]
    for question in questions:
        question()
    board(mine, stream)
    comparison(mine, stream, bet_id)
    alerts(database, stream)
    for line in prune.plan(database, 20).streams:
        writer.submit(lambda connection, line=line: prune.prune_piece(connection, line, 0, 10)).result(10)  # type: ignore[misc]  # mypy cannot infer a lambda's default
    mine.delete(stream).result(10)
    writer.close()
    assert len(asked) > 150
    assert scans(database, asked) == []


def test_bookmarks_are_listed_without_a_look_at_other_bets(
    database: Database, streams: StreamsStore, asked: set[str]
) -> None:
    stream = filled(streams, random_messages(100, seed=7, nonces=90))
    streams.marks.bookmarks(stream)
    streams.marks.bookmarked_bets(stream)
    listing = [sql for sql in asked if "FROM live_bookmarks" in sql]
    assert len(listing) == 2
    for sql in listing:
        looks = [step for step in plan_of(database, sql) if step.split()[1] in {"b", "live_bets"}]
        assert [step.partition(" USING ")[2] for step in looks] == ["INTEGER PRIMARY KEY (rowid=?)"]


def queries() -> list[BetQuery]:
    """Give lists of bets under every order, filter and checkpoint."""
    kinds = product(BetOrder, (None, 2.0), (None, Difficulty.MEDIUM), (None, 50), (0, 20_000))
    return [
        BetQuery(
            limit=5,
            offset=offset,
            order=order,
            min_multiplier=least,
            difficulty=difficulty,
            up_to_id=up_to_id,
            include_distance=True,
        )
        for order, least, difficulty, up_to_id, offset in kinds
    ]


def board(streams: StreamsStore, stream: UUID) -> None:
    with streams.board(stream) as reader:
        reader.detail()
        reader.rounds_from(50)
        reader.last_rounds(5)
        reader.peaks(5)
        reader.last_hits(1.0, 2.0, 5, 5)
        reader.last_hits(1.0, 2.0, 30_000, 5)
        reader.rounds_behind(50)
        reader.hits([1.63, 7.77], Match.EXACT)
        reader.nonces()
        reader.top_rounds(5)
        reader.stakes(0, 5)
        reader.bets_up_to(50)
        reader.doubled_nonces()


def comparison(streams: StreamsStore, stream: UUID, bet_id: int) -> None:
    with streams.side(stream) as reader:
        assert isinstance(reader, SideReader)
        reader.extent(Part(bet_id))
        for part in (Part(), Part(bet_id, 1.5)):
            reader.results(part)
            reader.rounds_between(part, Difficulty.EXPERT, 1, 50)
            reader.hits(part, Difficulty.EXPERT, [1.63, 2.8], 1, 50)


def alerts(database: Database, stream: UUID) -> None:
    with AlertReads(database).reading() as reader:
        reader.news(stream, 3, timed=True)
        reader.many_rounds(stream, 1, 50, timed=True, judged=True)
        reader.difficulties(stream)
        reader.nonce_back(stream, 5)
        reader.nonces_up_to(stream, 50, 5)
        reader.count(stream, 1, 50)
        reader.last_hit(stream, 1.5, 3.0, 50)
        reader.mismatch(stream)
        reader.bet_at(stream, 5)

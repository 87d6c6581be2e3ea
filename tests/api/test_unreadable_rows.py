"""One row that holds what it cannot hold: every list and export goes on without it, and it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from sqlite3 import connect
from threading import Barrier
from uuid import UUID

import httpx
import pytest

from pump_desktop.api.app import create_app
from pump_desktop.domain.alerts import RuleDraft, parse_condition
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import BetQuery, Event, RowsLeftOut, StreamQuery
from pump_desktop.domain.runs import RunQuery, RunSort
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.domain.storage import LeftOut
from pump_desktop.domain.targets_and_pins import PinWish
from pump_desktop.qt.live.bets_feed import Shown, all_streams, bets_at, newest_bets
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.compare.compare import compare_sides
from pump_desktop.services.finder import find_things
from pump_desktop.services.live.board import advance, doubled_nonces, missing_ranges, open_board
from pump_desktop.services.runs.check import check_content
from pump_desktop.services.sample import sample_request
from pump_desktop.store.care import integrity
from pump_desktop.store.live import audit_reads
from pump_desktop.store.live import reads as live_reads
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.api.samples import TOKEN
from tests.services.samples import CLIENT, SEED, bet, heartbeat, send, simulated

BETS = 12

NO_TEXT = "CAST(X'66FF41' AS TEXT)"
DAMAGES = {
    "text": (NO_TEXT,),
    "moment": (NO_TEXT, "'2026-13-09T12:00:00.000000Z'", "'2026-05-09T12:00:00.000000'"),
    "number": (NO_TEXT, "X'41'", "-1", "9e999"),
    "whole": (NO_TEXT, "'x'", "-1", "1.5"),
    "word": (NO_TEXT, "'expdrt'"),
    "json": (NO_TEXT, "'{'", "'17'"),
}
# Every column that a list, an export or a figure shows, what it holds, and what belongs to the row it is in.
COLUMNS: dict[str, dict[str, str]] = {
    "runs": {
        "created_at": "moment", "name": "text", "notes": "text", "server_seed_sha256": "text",
        "client_seed": "text", "nonce_start": "whole", "nonce_end": "whole", "difficulty": "word",
        "targets": "json", "duration_ms": "whole", "engine_version": "text", "outcome_digest": "text",
        "summary": "json", "server_seed": "text",
    },
    "live_streams": {
        "server_seed_hashed": "text", "client_seed": "text", "created_at": "moment", "last_seen_at": "moment",
        "last_nonce": "whole", "notes": "text", "total_bets": "whole", "total_rounds": "whole",
        "highest_multiplier": "number",
    },
    "live_bets": {
        "antebot_bet_id": "text", "received_at": "moment", "date_time": "moment", "nonce": "whole",
        "amount": "number", "payout": "number", "currency": "text", "difficulty": "word",
        "round_target": "number", "round_result": "number", "safe_pumps": "whole", "verdict": "word",
    },
    "live_rounds": {
        "round_result": "number", "difficulty": "word", "received_at": "moment", "safe_pumps": "whole",
        "verdict": "word",
    },
    "live_bookmarks": {"created_at": "moment", "note": "text"},
    "live_snapshots": {"created_at": "moment", "name": "text", "filter": "json", "last_bet_id": "whole"},
    "alert_rules": {"created_at": "moment", "parameters": "json", "kind": "text"},
    "rejected_messages": {"received_at": "moment", "reason": "text", "body": "text"},
    "live_money": {"currency": "text", "wagered": "number", "paid": "number"},
    "live_tallies": {"difficulty": "word", "round_result": "number", "bets": "whole", "rounds": "whole"},
}  # fmt: skip


class Asker:
    """Asks all that a backend can be asked about one run and one stream, over HTTP and beside it."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._app = create_app(backend, settings=Settings(), token=TOKEN)
        self._runner = asyncio.Runner()
        self.run = backend.runs.list(RunQuery()).items[0].id
        self.stream = backend.live.streams(StreamQuery()).items[0].id
        (self.snapshot,) = backend.live.snapshots(self.stream)
        (self.rule,) = backend.alerts.rules()

    def close(self) -> None:
        self._app.state.context.work.close()
        self._runner.close()

    def warm_up(self) -> None:
        """Begin all threads now: one that begins within a test would look like left behind by it."""
        pool = self._app.state.context.work._reads
        together = Barrier(pool._max_workers)
        for future in [pool.submit(together.wait) for _ in range(pool._max_workers)]:
            future.result(5)

    def get(self, paths: Sequence[str]) -> dict[str, httpx.Response]:
        async def ask() -> dict[str, httpx.Response]:
            transport, base = httpx.ASGITransport(self._app), "http://127.0.0.1"
            headers = {"X-Ingest-Token": TOKEN}
            async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
                return {path: await client.get(path) for path in paths}

        return self._runner.run(ask())

    def about_runs(self) -> Sequence[str]:
        parts = ("", "/hits", "/distribution", "/distances?multiplier=34.68", "/export/full.csv")
        return ("/runs", "/runs?search=a", *(f"/runs/{self.run}{part}" for part in parts))

    def about_streams(self) -> Sequence[str]:
        parts = (
            "", "/bets", "/bets?order=nonce_desc&include_distance=true", "/bets?order=id_desc&limit=3",
            "/bets?min_multiplier=1.5", "/bets?difficulty=expert", "/tail", "/tail?since_id=1&limit=2",
            "/rounds", "/rounds?since_nonce=3", "/metrics?multipliers=1.0&match=at_least",
            "/metrics?multipliers=1.0", "/export.csv", "/bookmarks", "/snapshots",
            f"/snapshots/{self.snapshot.id}/bets",
        )  # fmt: skip
        return ("/live/streams", *(f"/live/streams/{self.stream}{part}" for part in parts))

    def beside_runs(self) -> Iterator[Callable[[], object]]:
        """Give what the window asks of runs, and HTTP does not."""
        runs = self.backend.runs
        yield lambda: runs.groups(RunQuery())
        yield lambda: runs.list(RunQuery(sort=RunSort.NAME))
        yield lambda: find_things(self.backend, "client")
        yield runs.known_hashes
        yield lambda: runs.check(runs.get(self.run))

    def beside_streams(self) -> Iterator[Callable[[], object]]:
        """Give what the window asks of streams, and HTTP does not."""
        live, runs, stream = self.backend.live, self.backend.runs, self.stream
        yield live.rejected
        yield self.backend.alerts.rules
        for condition in CONDITIONS:
            yield partial(self.backend.alerts.preview, RuleDraft("one", condition), stream)
        yield lambda: self.backend.storage.pruning(1)
        yield lambda: advance(open_board(live, stream, PinWish()), live)
        yield lambda: missing_ranges(live, stream)
        yield lambda: doubled_nonces(live, stream)
        yield lambda: live.following(stream, 0, BetQuery())
        yield lambda: live.nearest_bet(stream, 5, BetQuery())
        yield lambda: live.bookmarked_bets(stream)
        yield lambda: live.compare_snapshot(stream, self.snapshot)
        yield lambda: live.mismatched(stream, 10)
        yield lambda: live.chain_moments(stream)
        yield lambda: list(live._store.audited_bets(stream))
        yield lambda: list(live._store.audited_rounds(stream))
        yield lambda: live.bets_by_id(stream, list(range(1, 30)))
        yield lambda: live._store.rounds_by_nonce(stream, list(range(1, 30)))
        for kind in (SideKind.STREAM, SideKind.SNAPSHOT):
            key = SideKey(kind, stream if kind is SideKind.STREAM else self.snapshot.id)
            yield partial(compare_sides, runs, live, [key, SideKey(SideKind.RUN, self.run)])

    def ask_all(self, *, of_runs: bool) -> dict[str, httpx.Response]:
        """Ask everything; a sentence is an answer, and a bug is raised."""
        self.backend.runs.start_over()
        answers = self.get(self.about_runs() if of_runs else self.about_streams())
        for path, answer in answers.items():
            assert answer.status_code in {200, 503}, (path, answer.status_code, answer.text)
        for question in self.beside_runs() if of_runs else self.beside_streams():
            with suppress(KnownError):
                question()
        return answers


CONDITIONS = [
    parse_condition("threshold", {"at_least": 2}),
    parse_condition("gap", {"target": 1.63, "match": "at_least", "percentile": 90}),
    parse_condition("cluster", {"target": 1.63, "match": "at_least", "count": 2, "seconds": 60}),
    parse_condition("mismatch", {}),
    parse_condition("missing", {"missing": 2, "nonces": 50}),
]


def stream_of(backend: Backend) -> UUID:
    """Give the stream whose rows are damaged."""
    (stream,) = (row.id for row in backend.live.streams(StreamQuery()).items if row.client_seed == CLIENT)
    return stream


def fill(backend: Backend) -> None:
    """Store some of everything."""
    for name in ("first", "second"):
        backend.runs.create(replace(sample_request(), end=500), name=name)
    send(backend.live, [bet(nonce, currency="usdt", roundTarget=1.5) for nonce in range(1, BETS + 1)])
    send(backend.live, [heartbeat(nonce) for nonce in range(BETS + 1, BETS + 6)])
    send(backend.live, [simulated(nonce, clientSeed="another") for nonce in range(1, 6)])
    stream = stream_of(backend)
    reveal(backend.live, stream, SEED)
    backend.live.add_bookmark(stream, 3, "look").result()
    backend.live.add_snapshot(stream, "then", {}, None).result()
    backend.live.reject("it is no bet", "{}").result()
    backend.alerts.add(RuleDraft("high", CONDITIONS[0])).result()
    # The one whose rows are damaged is seen last, and listed first.
    send(backend.live, [bet(BETS + 6, currency="usdt")])


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    backend = open_backend(Settings(), resolve_paths(tmp_path_factory.mktemp("rows")))
    fill(backend)
    asker = Asker(backend)
    asker.warm_up()
    asker.ask_all(of_runs=True)
    yield asker
    asker.close()
    backend.close()


# The row that is damaged, by table.
ROWS = {
    "runs": "id = :run",
    "live_streams": "id = :stream",
    "live_bets": "id = 3",
    "live_rounds": "nonce = 3 AND stream_id = :stream",
    "live_money": "stream_id = :stream",
    "live_tallies": """
        stream_id = :stream AND axis = 'nonce' AND difficulty = 'expert' AND round_result = 1
    """,
}


def write(path: Path, sql: str, **values: object) -> str:
    """Write what no check of the schema lets in, as a bent bit does it; give what a SELECT finds."""
    with closing(connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        found = connection.execute(sql, values).fetchone()
    return "" if found is None else str(found[0])


def spoil(backend: Backend, table: str, column: str, **row: object) -> None:
    """Have the text of a column be none any more."""
    (key,) = row
    write(backend.database_path, f"UPDATE {table} SET {column} = {NO_TEXT} WHERE {key} = :{key}", **row)  # noqa: S608 - constants


@contextmanager
def damaged(asker: Asker, table: str, column: str, value: str) -> Iterator[None]:
    """Have one value damaged for a while."""
    path, where = asker.backend.database_path, ROWS.get(table, "TRUE")
    ids = {"run": str(asker.run), "stream": str(asker.stream)}
    asker.backend._database.left_out._met.clear()
    right = write(path, f"SELECT quote({column}) FROM {table} WHERE {where}", **ids)  # noqa: S608 - constants
    write(path, f"UPDATE {table} SET {column} = {value} WHERE {where}", **ids)  # noqa: S608 - constants
    try:
        yield
    finally:
        # By what stands there: it may be what the row was found by.
        write(path, f"UPDATE {table} SET {column} = {right} WHERE {column} IS {value}")  # noqa: S608 - constants


@pytest.mark.expects_warning
@pytest.mark.parametrize("table", COLUMNS)
def test_no_damage_of_one_value_ends_a_list_or_an_export(asker: Asker, table: str) -> None:
    of_runs = table == "runs"
    for column, kind in COLUMNS[table].items():
        for value in DAMAGES[kind]:
            with damaged(asker, table, column, value):
                asker.ask_all(of_runs=of_runs)
    # Nothing is left of it.
    asker.backend._database.left_out._met.clear()
    for path, answer in asker.ask_all(of_runs=of_runs).items():
        assert answer.status_code == 200, (path, answer.text)
    assert asker.backend.left_out is None


BAD_BET = [
    ("antebot_bet_id", NO_TEXT), ("received_at", "'yesterday'"), ("date_time", NO_TEXT), ("amount", "'x'"),
    ("payout", "9e999"), ("currency", NO_TEXT), ("difficulty", "'expdrt'"), ("round_target", "-1"),
    ("round_result", "X'41'"), ("safe_pumps", "25"), ("verdict", "'perhaps'"),
]  # fmt: skip


@pytest.mark.expects_warning
@pytest.mark.parametrize(("column", "value"), BAD_BET)
def test_one_bet_is_left_out_everywhere_and_told(
    asker: Asker, column: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    stream = f"/live/streams/{asker.stream}"
    paths = (f"{stream}/bets", f"{stream}/tail", f"{stream}/export.csv", stream)
    whole = asker.get(paths)
    with damaged(asker, "live_bets", column, value):
        left = asker.get(paths)
        problems = check_content(asker.backend.database_path)
        told = asker.backend.left_out
    bets, tail, export, detail = (left[path] for path in paths)
    assert bets.json() == {
        **whole[paths[0]].json(),
        "items": [one for one in whole[paths[0]].json()["items"] if one["id"] != 3],
    }
    assert tail.json() == {
        **whole[paths[1]].json(),
        "bets": [one for one in whole[paths[1]].json()["bets"] if one["id"] != 3],
    }
    assert export.text.splitlines() == [
        line for line in whole[paths[2]].text.splitlines() if not line.startswith("3,")
    ]
    assert detail.status_code == 200
    sentence = f"Row 3 of live_bets cannot be read: its column {column} is damaged."
    assert f"row 3 of live_bets cannot be read: its column {column} is damaged." in problems
    assert told == LeftOut(asker.backend.database_path, {"live_bets": 1})
    assert [one for one in caplog.messages if sentence in one] == [
        f"{sentence} Lists and exports leave it out."
    ]


@pytest.mark.expects_warning
def test_a_run_that_cannot_be_read_is_left_out_and_can_be_deleted(tmp_path: Path) -> None:
    with closing(open_backend(Settings(), resolve_paths(tmp_path))) as backend:
        fill(backend)
        asker = Asker(backend)
        told: list[Event] = []
        backend.hub.subscribe(told.append)
        spoil(backend, "runs", "notes", id=str(asker.run))
        (one,) = asker.get(["/runs"])["/runs"].json()["items"]
        assert one["id"] != str(asker.run)
        answer = asker.get([f"/runs/{asker.run}"])[f"/runs/{asker.run}"]
        assert answer.status_code == 503
        sentence = f"Row {asker.run} of runs cannot be read: its column notes is damaged."
        assert answer.json()["detail"] == sentence
        assert [event for event in told if isinstance(event, RowsLeftOut)] == [
            RowsLeftOut(
                "1 row is damaged and is left out of lists and exports (runs 1). "
                "'pump-desktop data check' names them; a backup may still have them."
            )
        ]
        assert integrity.is_suspect(backend.database_path)
        backend.runs.delete(asker.run)
        assert check_content(backend.database_path) == ()
        asker.close()


@pytest.mark.expects_warning
def test_a_stream_that_cannot_be_read_is_left_out_takes_bets_and_can_be_deleted(tmp_path: Path) -> None:
    with closing(open_backend(Settings(), resolve_paths(tmp_path))) as backend:
        fill(backend)
        asker = Asker(backend)
        spoil(backend, "live_streams", "notes", id=str(asker.stream))
        listed = asker.get(["/live/streams"])["/live/streams"].json()
        assert [one["client_seed"] for one in listed["items"]] == ["another"]
        assert listed["total"] == 2
        assert [stream.client_seed for stream in all_streams(backend)] == ["another"]
        (accepted,) = send(backend.live, [bet(100)])
        assert (accepted.stream_id, accepted.accepted) == (asker.stream, True)
        backend.live.delete(asker.stream).result()
        assert check_content(backend.database_path) == ()
        asker.close()


@pytest.mark.expects_warning
def test_a_tail_of_rows_that_cannot_be_read_goes_on(tmp_path: Path) -> None:
    with closing(open_backend(Settings(), resolve_paths(tmp_path))) as backend:
        fill(backend)
        stream = stream_of(backend)
        for bet_id in range(3, 7):
            spoil(backend, "live_bets", "currency", id=bet_id)
        since, seen = 0, list[int]()
        while True:
            tail = backend.live.tail(stream, since, 1)
            seen += [one.id for one in tail.bets]
            assert tail.last_id > since
            since = tail.last_id
            if not tail.has_more:
                break
        assert seen == [1, 2, *range(7, BETS + 1), since]


@pytest.mark.expects_warning
def test_pages_in_which_no_row_can_be_read_end_no_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_reads, "PAGE_ROWS", 2)
    monkeypatch.setattr(audit_reads, "PAGE_ROWS", 2)
    with closing(open_backend(Settings(), resolve_paths(tmp_path))) as backend:
        fill(backend)
        stream = stream_of(backend)
        for bet_id in range(3, 7):
            spoil(backend, "live_bets", "verdict", id=bet_id)
            spoil(backend, "live_rounds", "verdict", nonce=bet_id)
        pages = [[one.id for one in page] for page in backend.live.iter_bets(stream)]
        rest = [*range(7, BETS + 1), pages[-1][-1]]
        assert [one for page in pages for one in page] == [1, 2, *rest]
        store = backend.live._store
        assert [one for page in store.audited_bets(stream) for one in page.ids.tolist()] == [1, 2, *rest]
        nonces = [one for page in store.audited_rounds(stream) for one in page.nonces.tolist()]
        assert nonces == [1, 2, *range(7, BETS + 7)]


@pytest.mark.expects_warning
def test_many_rows_are_told_in_few_lines(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(open_backend(Settings(), resolve_paths(tmp_path))) as backend:
        send(backend.live, [bet(nonce) for nonce in range(1, 101)])
        (row,) = backend.live.streams(StreamQuery()).items
        write(backend.database_path, f"UPDATE live_bets SET currency = {NO_TEXT}")  # noqa: S608 - constants
        for _ in range(2):
            assert backend.live.bets(row.id, BetQuery()).items == ()
        assert len(caplog.messages) == 20
        assert caplog.messages[-1].endswith("leave it out; further ones are not named here.")
        assert backend.left_out is not None
        assert backend.left_out.sentence.startswith("100 rows are damaged and are left out")


@pytest.mark.expects_warning
def test_a_page_of_the_window_that_cannot_be_read_leads_no_further(tmp_path: Path) -> None:
    with closing(open_backend(Settings(), resolve_paths(tmp_path))) as backend:
        fill(backend)
        stream = stream_of(backend)
        for bet_id in (1, 2):
            spoil(backend, "live_bets", "currency", id=bet_id)
        page = newest_bets(backend, stream, Shown())
        assert (len(page.columns), page.more) == (BETS - 1, False)
        older = newest_bets(backend, stream, Shown(), up_to_id=2)
        assert (len(older.columns), older.more) == (0, False)
        around = bets_at(backend, stream, Shown(), 4)
        assert not around.more

"""Files of bets into streams: real files, a real database."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.imports import (
    MAX_REFUSALS,
    ColumnMap,
    FileKind,
    ImportDefaults,
    ImportProgress,
    ImportReport,
    Refusal,
)
from pump_desktop.domain.live import Bet, BetRow, Heartbeat, StreamKey, StreamQuery
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.services.backend import Backend
from pump_desktop.services.connect.script import LOG_PREFIX
from pump_desktop.services.imports.importer import guess_columns, import_file, preview, read_sample
from tests.services.samples import CLIENT, MESSAGES, SEED, bet, outcome, send

HASH = seed_sha256(SEED)
SEEDS = ImportDefaults(client_seed=CLIENT, server_seed_hashed=HASH)
NAMES = ("nonce", "amount", "payout", "multiplier")
NONE = ImportDefaults()
ALL = replace(SEEDS, difficulty=Difficulty.EXPERT, currency="btc")


def body(nonce: int, /, **changes: Any) -> dict[str, Any]:
    values = {
        "id": f"bet-{nonce}",
        "dateTime": "2025-09-08T20:31:11.123Z",
        "nonce": nonce,
        "amount": 0.5,
        "payout": 0,
        "difficulty": "expert",
        "roundTarget": 1.63,
        "roundResult": outcome(nonce),
        "clientSeed": CLIENT,
        "serverSeedHashed": HASH,
    }
    return values | changes


def raw(nonce: int) -> dict[str, Any]:
    """Give the same bet as Antebot's lastBet has it."""
    flat = body(nonce)
    names = ("difficulty", "roundTarget", "roundResult")
    difficulty, target, result = (flat.pop(name) for name in names)
    state = {"difficulty": difficulty, "roundTarget": 1, "roundTargetMultiplier": target, "roundResult": 7}
    return flat | {"game": "pump", "state": state | {"roundResultMultiplier": result}}


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def table(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]], separator: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def taken(
    backend: Backend,
    path: Path,
    defaults: ImportDefaults = NONE,
    columns: ColumnMap | None = None,
) -> ImportReport:
    columns = columns or guess_columns(read_sample(path).columns)
    return import_file(path, columns, defaults, backend.live)


def stored(backend: Backend) -> list[BetRow]:
    streams = backend.live.streams(StreamQuery()).items
    return [row for one in streams for page in backend.live.iter_bets(one.id) for row in page]


def kept(row: BetRow) -> BetRow:
    """Give what a file can hold of a stored bet."""
    return replace(row, id=0, stream_id=row.stream_id, received_at=row.received_at.min, currency=None)


def test_an_own_export_imports_back_equal(backend: Backend, tmp_path: Path) -> None:
    odd = bet(4, id="=1+1", payout=1.63, roundTarget=1.63, dateTime="2025-01-02T03:04:05.678+01:00")
    off_table = bet(5, roundResult=5.55)
    messages = [bet(1), bet(2, id='a "b",\n c'), bet(3, id=" spaced "), odd, off_table, bet(6, id="x")]
    stream_id = send(backend.live, [*messages, bet(6, id="y")])[0].stream_id
    path = written(tmp_path / "streams.csv", "".join(backend.live.export_csv(stream_id)))
    before = [kept(row) for row in stored(backend)]
    backend.live.delete(stream_id).result(10)
    assert stored(backend) == []

    report = taken(backend, path, replace(SEEDS, currency="btc"))
    assert (report.read, report.accepted, report.refused, report.made_ids) == (7, 7, 0, 0)
    after = stored(backend)
    assert {row.currency for row in after} == {"btc"}
    (again,) = report.streams
    assert [replace(kept(row), stream_id=stream_id) for row in after] == before
    assert backend.live.key_of(again) == StreamKey(HASH, CLIENT)

    report = taken(backend, path, SEEDS)
    assert (report.accepted, report.known) == (0, 7)
    assert report.sentence == "7 rows read, 0 new, 7 stored before, 0 refused."


@pytest.mark.parametrize("shape", [body, raw])
def test_json_of_any_shape_is_taken_as_a_script_would_post_it(
    backend: Backend, tmp_path: Path, shape: Any
) -> None:
    rows = [shape(nonce) for nonce in range(1, 31)]
    files = {
        FileKind.JSON_LINES: "\n".join(map(json.dumps, rows)),
        FileKind.JSON_ARRAY: json.dumps(rows, indent=2),
        FileKind.LOG: "started\n" + "".join(f"20:31 {LOG_PREFIX}{json.dumps(row)}\r\n" for row in rows),
    }
    for number, (kind, text) in enumerate(files.items()):
        path = written(tmp_path / f"file-{number}", text)
        assert read_sample(path).kind is kind
        report = taken(backend, path)
        assert (report.kind, report.read, report.refused) == (kind, 30, 0)
        assert (report.accepted, report.known) == ((30, 0) if number == 0 else (0, 30))
    # Objects behind each other, as a log without line ends has them, and one array in one line.
    for text in ("".join(map(json.dumps, rows)), json.dumps(rows)):
        assert taken(backend, written(tmp_path / "joined", text)).known == 30
    assert [(row.nonce, row.round_result, row.round_target) for row in stored(backend)] == [
        (nonce, outcome(nonce), 1.63) for nonce in range(1, 31)
    ]


def test_every_message_of_the_contract_is_taken_or_refused_as_by_the_listener(
    backend: Backend, tmp_path: Path
) -> None:
    good = MESSAGES["accepted"]
    # A file may lack ids and write numbers as text; a script may not.
    bad = [
        one
        for one in MESSAGES["refused"]
        if isinstance(one.get("body"), dict)
        and not isinstance(one["body"].get("nonce"), str)
        and one["body"].get("id") not in {None, ""}
    ]
    assert len(bad) > 10
    lines = [json.dumps(one["body"]) for one in [*good, *bad]]
    report = taken(backend, written(tmp_path / "messages.jsonl", "\n".join(lines)))
    assert (report.accepted + report.known, report.refused) == (len(good), len(bad))
    assert [one.place for one in report.refusals] == list(range(len(good) + 1, len(lines) + 1))


def test_a_foreign_table_with_its_own_names(backend: Backend, tmp_path: Path) -> None:
    rows = [(1, "0,5", "0,815", "1,63x", "1757363471"), (2, "0,5", "", "1", ""), ("3", "1,5", 0, "9,08", "")]
    path = table(tmp_path / "bets.csv", ("Nonce", "Bet Size", "Win", "Multiplier", "Placed at"), rows, ";")
    sample = read_sample(path)
    assert (sample.kind, sample.separator, sample.header) == (FileKind.CSV, ";", True)
    columns = guess_columns(sample.columns)
    assert columns == ColumnMap(
        nonce="Nonce", amount="Bet Size", round_result="Multiplier", date_time="Placed at"
    )
    columns = replace(columns, payout="Win")
    report = taken(backend, path, ALL, columns)
    assert report.refusals == (Refusal(3, "payout is missing"),)
    assert report.made_ids == 3
    one, three = stored(backend)
    assert (one.antebot_bet_id, one.amount, one.payout, one.round_result) == ("nonce-1", 0.5, 0.815, 1.63)
    assert (three.antebot_bet_id, three.round_result, three.safe_pumps) == ("nonce-3", 9.08, 4)
    assert one.date_time is not None
    assert one.date_time.isoformat() == "2025-09-08T20:31:11+00:00"
    # The same file again: the ids are made the same way.
    assert (taken(backend, path, ALL, columns).known, len(stored(backend))) == (2, 2)


def test_a_table_without_a_header_is_mapped_by_number(backend: Backend, tmp_path: Path) -> None:
    text = "".join(f"{nonce};{outcome(nonce)}\n" for nonce in range(1, 6))
    path = written(tmp_path / "bets.csv", text)
    sample = read_sample(path)
    assert (sample.columns, sample.header, len(sample.rows)) == (("column 1", "column 2"), False, 5)
    columns = ColumnMap(nonce="column 1", round_result="column 2")
    shown = preview(path, columns, ALL)
    assert isinstance(shown.rows[0].message, Heartbeat)
    assert shown.remarks == ("Without amount and payout the rows are taken as rounds, not as bets.",)
    assert taken(backend, path, ALL, columns).accepted == 5
    (stream,) = backend.live.streams(StreamQuery()).items
    assert (stream.total_bets, stream.total_rounds) == (0, 5)


def test_the_preview_shows_bets_and_what_refuses_the_others(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(nonce, "expert", 1, 0, outcome(nonce)) for nonce in range(1, 30)]
    rows[2] = (0, "expert", 1, 0, 1)
    rows[3] = (4, "absurd", 1, 0, 1)
    rows[4] = (5, "expert", "a lot", 0, 1)
    path = table(tmp_path / "a.csv", ("nonce", "difficulty", "amount", "payout", "result"), rows)
    shown = preview(path, guess_columns(read_sample(path).columns), SEEDS)
    assert len(shown.rows) == 20
    assert isinstance(shown.rows[0].message, Bet)
    assert shown.rows[0].message.antebot_bet_id == "nonce-1"
    assert [(row.place, row.sentence) for row in shown.rows if row.message is None] == [
        (4, f"nonce must be between 1 and {2**53 - 1}"),
        (5, "difficulty must be one of: easy, medium, hard, expert"),
        (6, "amount must be a number"),
    ]
    assert shown.remarks == (
        "Bets without an id get one from their nonce within the seed pair, such as nonce-17.",
        "Without a time the bets are dated by the import alone.",
    )


def test_what_the_file_says_is_stronger_than_the_defaults(tmp_path: Path) -> None:
    rows = [body(1), body(2, clientSeed=None, difficulty=None, currency="eth"), raw(3)]
    path = written(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    defaults = ImportDefaults.parse(client_seed="another", difficulty="HARD", currency=" BTC ")
    shown = [row.message for row in preview(path, guess_columns(read_sample(path).columns), defaults).rows]
    assert [(one.stream.client_seed, one.difficulty) for one in shown if isinstance(one, Bet)] == [
        (CLIENT, Difficulty.EXPERT),
        ("another", Difficulty.HARD),
        (CLIENT, Difficulty.EXPERT),
    ]
    assert [one.currency for one in shown if isinstance(one, Bet)] == ["btc", "eth", "btc"]


def test_a_simulated_bet_brings_its_seed(backend: Backend, tmp_path: Path) -> None:
    row = body(1, serverSeed=SEED)
    del row["serverSeedHashed"]
    path = written(tmp_path / "a.jsonl", json.dumps(row))
    report = taken(backend, path, replace(SEEDS, server_seed_hashed="0" * 64))
    assert (report.accepted, stored(backend)[0].verdict) == (1, "match")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "file.csv is empty."),
        (b" \n\n ", "file.csv is empty."),
        (b"\x89PNG\r\n\x00\x00", "file.csv is not a text file. Choose a log, CSV or JSON file of bets."),
        (b"only words here\nand here\n", "file.csv has no columns. Choose a log, CSV or JSON file of bets."),
        (b"[]", "file.csv holds no bets. Choose a log, CSV or JSON file of bets."),
        (b"{broken", "file.csv holds no bets. Choose a log, CSV or JSON file of bets."),
    ],
)
def test_a_file_without_bets_is_one_sentence(tmp_path: Path, text: bytes, sentence: str) -> None:
    path = written(tmp_path / "file.csv", text)
    with pytest.raises(KnownError) as caught:
        read_sample(path)
    assert str(caught.value) == sentence


def test_a_folder_and_a_file_that_is_gone_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="is a folder"):
        read_sample(tmp_path)
    with pytest.raises(KnownError, match="is not there"):
        preview(tmp_path / "gone.csv", ColumnMap(), ImportDefaults())


@pytest.mark.parametrize(
    ("changes", "defaults", "field"),
    [
        ({"nonce": None}, ALL, "nonce"),
        ({"nonce": "Nonces"}, ALL, "nonce"),
        ({"round_result": None}, ALL, "round_result"),
        ({}, replace(ALL, client_seed=None), "client_seed"),
        ({}, replace(ALL, server_seed_hashed=None), "server_seed_hashed"),
        ({}, replace(ALL, difficulty=None), "difficulty"),
    ],
)
def test_a_missing_column_names_its_field(
    backend: Backend, tmp_path: Path, changes: dict[str, Any], defaults: ImportDefaults, field: str
) -> None:
    path = table(tmp_path / "a.csv", NAMES, [(1, 1, 0, 1)])
    columns = replace(guess_columns(NAMES), **changes)
    for use in (lambda: preview(path, columns, defaults), lambda: taken(backend, path, defaults, columns)):
        with pytest.raises(FieldError) as caught:
            use()
        assert caught.value.field == field
    assert backend.live.streams(StreamQuery()).total == 0


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("client_seed", " "), ("client_seed", "x" * 257), ("difficulty", "x"), ("currency", "\n")],
)
def test_a_wrong_default_names_its_field(field: str, wrong: object) -> None:
    with pytest.raises(FieldError) as caught:
        ImportDefaults.parse(**{field: wrong})
    assert caught.value.field == field
    assert ImportDefaults.parse(
        client_seed="", difficulty="", currency="", server_seed_hashed=HASH.upper()
    ) == (ImportDefaults(server_seed_hashed=HASH))


def test_the_first_thousand_refusals_are_kept(backend: Backend, tmp_path: Path) -> None:
    rows = [(0, 1, 0, 1)] * (MAX_REFUSALS + 500)
    path = table(tmp_path / "a.csv", NAMES, rows)
    report = taken(backend, path, ALL)
    assert (report.read, report.refused, len(report.refusals)) == (1500, 1500, MAX_REFUSALS)
    assert report.refusals[-1].place == MAX_REFUSALS + 1
    assert backend.live.streams(StreamQuery()).total == 0
    assert backend.live.rejected() == ()


def test_a_cancelled_import_keeps_what_was_stored(backend: Backend, tmp_path: Path) -> None:
    rows = [(nonce, 1, 0, 1) for nonce in range(1, 20_001)]
    path = table(tmp_path / "a.csv", NAMES, rows)
    columns = guess_columns(NAMES)
    asked: list[int] = []

    def after_five() -> bool:
        asked.append(1)
        return len(asked) > 5

    report = import_file(path, columns, ALL, backend.live, cancelled=after_five)
    assert (report.cancelled, report.read, report.accepted) == (True, 5000, 5000)
    assert report.sentence == "Stopped: 5,000 rows read, 5,000 new, 0 stored before, 0 refused."
    told: list[ImportProgress] = []
    report = import_file(path, columns, ALL, backend.live, told.append)
    assert (report.accepted, report.known) == (15_000, 5_000)
    assert told[-1] == ImportProgress(20_000, 15_000, 5_000, 0, path.stat().st_size, path.stat().st_size)
    assert [one.bytes_done for one in told] == sorted(one.bytes_done for one in told)


def test_a_store_that_closes_says_how_much_was_stored(backend: Backend, tmp_path: Path) -> None:
    rows = [(nonce, 1, 0, 1) for nonce in range(1, 20_001)]
    path = table(tmp_path / "a.csv", NAMES, rows)
    columns = guess_columns(NAMES)
    told: list[ImportProgress] = []

    def close(progress: ImportProgress) -> None:
        told.append(progress)
        if progress.accepted >= 1000:
            backend._writer.close()

    with pytest.raises(KnownError, match=r"closing\. [0-9,]+ rows were stored; importing the file again"):
        import_file(path, columns, ALL, backend.live, close)
    assert len(stored(backend)) >= 1000

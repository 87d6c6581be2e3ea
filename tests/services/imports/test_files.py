"""The rows of a file, before anybody asks what they mean."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from pump_desktop.domain.imports import FileKind
from pump_desktop.services.connect.script import LOG_PREFIX
from pump_desktop.services.imports.files import Row, look, rows_of


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows(path: Path) -> list[Row]:
    with rows_of(path, look(path)) as (found, _):
        return list(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_recognised(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "a.csv", "nonce,Währung\r\n1,é\r\n".encode(encoding))
    layout = look(path)
    assert (layout.encoding, layout.columns, layout.kind) == (encoding, ("nonce", "Währung"), FileKind.CSV)
    assert rows(path) == [Row(2, {"nonce": "1", "Währung": "é"})]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_recognised_and_nameless_columns_named(tmp_path: Path, separator: str) -> None:
    lines = [("nonce", "", "x", "x", "x"), ("1", "2", "3", "4", "5"), ("", "", "", "", ""), ("6", "7")]
    path = written(tmp_path / "a.csv", "\n".join(map(separator.join, lines)))
    names = ("nonce", "column 2", "x", "x (2)", "x (3)")
    assert (look(path).separator, look(path).columns) == (separator, names)
    assert rows(path) == [
        Row(2, dict(zip(names, "12345", strict=True))),
        Row(4, {"nonce": "6", "column 2": "7"}),
    ]


def test_a_quoted_cell_may_go_on_and_a_stray_quote_costs_its_line_alone(tmp_path: Path) -> None:
    for stray in ('"never closed,2', '"' + "d" * 200_000 + '",2'):
        text = f'id,nonce\n"a\n""b""",1\n{stray}\nc,3\nd,4\n'
        assert rows(written(tmp_path / "a.csv", text)) == [
            Row(2, {"id": 'a\n"b"', "nonce": "1"}),
            Row(4, None, "The line has a quote that never closes"),
            Row(5, {"id": "c", "nonce": "3"}),
            Row(6, {"id": "d", "nonce": "4"}),
        ]


def test_a_byte_that_is_no_text_stays_in_its_row(tmp_path: Path) -> None:
    # Behind the beginning of the file, which decides of its encoding.
    many = b"nonce,id\n" + b"".join(b"%d,b\n" % nonce for nonce in range(50_000))
    found = rows(written(tmp_path / "a.csv", many + b"1,\xff\n2,c\n"))
    assert found[-2:] == [
        Row(50_002, {"nonce": "1", "id": "\udcff"}),
        Row(50_003, {"nonce": "2", "id": "c"}),
    ]


def test_broken_lines_of_json_cost_themselves_alone(tmp_path: Path) -> None:
    lines = ['{"nonce": 1}', '{"nonce": 5,', "7", '{"nonce": 2} {"nonce": 3}', "[" * 5000, "", '{"nonce": 4}']
    assert rows(written(tmp_path / "a.jsonl", "\n".join(lines))) == [
        Row(1, {"nonce": 1}),
        Row(2, None, "The line is not valid JSON"),
        Row(3, None, "A message must be a JSON object"),
        Row(4, {"nonce": 2}),
        Row(4, {"nonce": 3}),
        Row(5, None, "The line is not valid JSON"),
        Row(7, {"nonce": 4}),
    ]


def test_a_broken_entry_of_an_array_costs_itself_alone(tmp_path: Path) -> None:
    text = '[\n  {"nonce": 1},\n  {"nonce": oops, "id": "x"},\n  {\n    "nonce": 3\n  }\n]\n'
    assert rows(written(tmp_path / "a.json", text)) == [
        Row(1, {"nonce": 1}),
        Row(2, None, "The entry is not valid JSON"),
        Row(3, {"nonce": 3}),
    ]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "log"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: str) -> None:
    row = json.dumps({"nonce": 1, "amount": 0.5, "note": "x" * 1000})
    begin, line, end = {
        "csv": ("nonce,amount,note\n", f"1,0.5,{'x' * 1040}\n", ""),
        "jsonl": ("", f"{row}\n", ""),
        "json": ("[", f"{row},", f"{row}]"),
        "log": ("", f"{LOG_PREFIX}{row}\n", ""),
    }[kind]
    path = written(tmp_path / "file", begin + line * 16_000 + end)
    assert path.stat().st_size > 16_000_000
    layout = look(path)
    tracemalloc.start()
    with rows_of(path, layout) as (found, _):
        count = sum(row.values is not None for row in found)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 16_000 + (kind == "json")
    assert peak < 4_000_000

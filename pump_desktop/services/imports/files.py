"""The rows of a file of bets, one after the other in constant memory, whatever kind of file it is."""

from __future__ import annotations

import csv
import io
import json
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.imports import FileKind
from pump_desktop.services.connect.script import LOG_PREFIX
from pump_desktop.system.files import open_regular

# A spreadsheet computes a cell that begins with one of = + - @, also in full width or small, and behind what
# it trims: blanks of all kinds, line breaks, and signs without width.
_FORMULA = re.compile(r"[\s\x00-\x1f\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n]")


class _Lines(list[str]):
    """Lines as a csv writer hands them over, one whole line at a time."""

    write = list.append


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Give rows as CSV that ends its lines with a line feed; a cell with a line break is quoted."""
    lines = _Lines()
    # Python before 3.13 quotes no line break but those of its line end: with "\n" a cell's "\r" split a row.
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join([f"{line[:-2]}\n" for line in lines])


def plain_cell(text: str) -> str:
    """Return text that a spreadsheet shows and never computes; a possible formula gets a quote before it."""
    return f"'{text}" if _FORMULA.match(text) else text


# What decides of the kind of file.
HEAD = 1 << 18
# What is longer is cut in a table, and refused elsewhere: no message is as long.
MAX_LINE = 1 << 16
MAX_ENTRY = 1 << 18
# No cell of a bet has more line ends; without a bound one stray quote would cost all rows behind it.
_LINES_OF_A_RECORD = 16

_PREFIX = LOG_PREFIX.strip()
_SEPARATORS = ",;\t|"
_DECODER = json.JSONDecoder()
# What stands between two objects, and where the next one begins after one that is broken.
_BETWEEN = {FileKind.JSON_LINES: re.compile(r"[\s,]*"), FileKind.JSON_ARRAY: re.compile(r"[\s,\[\]]*")}
_NEXT = {FileKind.JSON_LINES: re.compile(r"\n"), FileKind.JSON_ARRAY: re.compile(r"\n[\s,\[]*(?=\{)")}
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[xX]?")


class Row(NamedTuple):
    """One row: where it stands, and its values by column; None with the sentence that refuses it."""

    place: int
    values: Mapping[str, Any] | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read; ``columns`` is empty except for CSV."""

    kind: FileKind
    encoding: str
    separator: str
    columns: tuple[str, ...]
    header: bool
    size: int


def look(path: Path) -> Layout:
    """Tell how a file is to be read; raises KnownError when it holds no bets."""
    with _opened(path) as file:
        head = file.read(HEAD)
        size = path.stat().st_size
    if not head.strip():
        raise KnownError(f"{path.name} is empty.")
    encoding = _encoding(path, head)
    text = getincrementaldecoder(encoding)(_errors(encoding)).decode(head).lstrip("\ufeff")
    if _PREFIX in text:
        return Layout(FileKind.LOG, encoding, "", (), header=False, size=size)
    begin = text.lstrip()[:1]
    if begin in {"[", "{"}:
        kind = FileKind.JSON_ARRAY if begin == "[" else FileKind.JSON_LINES
        return Layout(kind, encoding, "", (), header=False, size=size)
    return _table(path, text, encoding, size)


@contextmanager
def rows_of(path: Path, layout: Layout) -> Iterator[tuple[Iterator[Row], BinaryIO]]:
    """Give the rows of a file, and the file for how far it is read; raises KnownError."""
    with _opened(path) as file:
        errors = _errors(layout.encoding)
        text = io.TextIOWrapper(file, layout.encoding, errors, newline="")
        rows = {
            FileKind.CSV: _table_rows,
            FileKind.LOG: _log_rows,
            FileKind.JSON_LINES: _json_rows,
            FileKind.JSON_ARRAY: _json_rows,
        }[layout.kind]
        yield rows(text, layout), file


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if path.is_dir():
        raise KnownError(f"{path} is a folder. Choose a file of bets.")
    try:
        with open_regular(path) as file:
            yield file
    except FileNotFoundError:
        raise KnownError(f"{path} is not there.") from None
    except OSError as error:
        raise KnownError(f"{path} cannot be read: {error.strerror or error}.") from error


def _encoding(path: Path, head: bytes) -> str:
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        raise KnownError(f"{path.name} is not a text file. Choose a log, CSV or JSON file of bets.")
    if head.startswith(BOM_UTF8):
        return "utf-8-sig"
    try:
        # Not final: the last character may be cut in two.
        getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"  # what spreadsheets write that do not write UTF-8
    return "utf-8"


def _errors(encoding: str) -> str:
    # An escaped byte is no valid text, so the one row that holds it is refused with a sentence.
    return "surrogateescape" if encoding.startswith("utf-8") else "replace"


def _table(path: Path, text: str, encoding: str, size: int) -> Layout:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    cells = next(csv.reader([first[:MAX_LINE]], delimiter=separator))
    if len(cells) < 2:
        raise KnownError(f"{path.name} has no columns. Choose a log, CSV or JSON file of bets.")
    # No column is named by a number: such a line is a row already.
    header = not any(_NUMBER.fullmatch(cell.strip()) for cell in cells)
    columns = _names(cells) if header else tuple(f"column {at}" for at in range(1, len(cells) + 1))
    return Layout(FileKind.CSV, encoding, separator, columns, header, size)


def _names(cells: list[str]) -> tuple[str, ...]:
    """Give every column a name of its own."""
    names: list[str] = []
    for at, cell in enumerate(cells, 1):
        name = own = cell.strip() or f"column {at}"
        again = 2
        while own in names:
            own = f"{name} ({again})"
            again += 1
        names.append(own)
    return tuple(names)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield lines with their ends, each cut to MAX_LINE characters."""
    while line := text.readline(MAX_LINE):
        yield line
        while len(line) == MAX_LINE and not line.endswith(("\n", "\r")):
            line = text.readline(MAX_LINE)


def _table_rows(text: io.TextIOWrapper, layout: Layout) -> Iterator[Row]:
    seen_header = not layout.header
    for place, record in _records(_lines(text)):
        cells = _cells(record, layout.separator)
        if cells is None:
            yield Row(place, None, "The line has a quote that never closes")
        elif any(cell.strip() for cell in cells):
            if seen_header:
                yield Row(place, dict(zip(layout.columns, cells, strict=False)))
            seen_header = True


def _records(lines: Iterator[str]) -> Iterator[tuple[int, str | None]]:
    """Yield the lines of a table, several as one where a quoted cell goes on; None for a stray quote."""
    ahead: deque[str] = deque()
    place = 0
    rest = (ahead.popleft() if ahead else next(lines, "") for _ in count())
    while line := next(rest):
        place += 1
        parts = [line]
        odd = line.count('"') % 2
        while odd and len(parts) < _LINES_OF_A_RECORD and (more := next(rest)):
            parts.append(more)
            odd ^= more.count('"') % 2
        if odd:
            ahead.extendleft(reversed(parts[1:]))
            yield place, None
        else:
            yield place, "".join(parts)
            place += len(parts) - 1


def _cells(record: str | None, separator: str) -> list[str] | None:
    try:
        return None if record is None else next(csv.reader([record], delimiter=separator))
    except csv.Error:  # a cell of more than 131,072 characters
        return None


def _log_rows(text: io.TextIOWrapper, _layout: Layout) -> Iterator[Row]:
    for number, line in enumerate(_lines(text), 1):
        _, mark, message = line.partition(_PREFIX)
        if not mark:
            continue
        try:
            yield _object(number, _DECODER.decode(message.strip()))
        except (ValueError, RecursionError):
            yield Row(number, None, "The line is not valid JSON")


def _json_rows(text: io.TextIOWrapper, layout: Layout) -> Iterator[Row]:
    """Yield objects that follow each other with or without commas, brackets and line ends."""
    by_entry = layout.kind is FileKind.JSON_ARRAY
    between, following = _BETWEEN[layout.kind], _NEXT[layout.kind]
    buffer, at, line, entry, more = "", 0, 1, 0, True
    while True:
        begin = between.match(buffer, at).end()  # type: ignore[union-attr]  # it matches nothing too
        line += buffer.count("\n", at, begin)
        at = begin
        if more and len(buffer) - at < MAX_ENTRY:
            piece = text.read(MAX_ENTRY)
            more = piece != ""
            buffer, at = buffer[at:] + piece, 0
            continue
        if at == len(buffer):
            return
        entry += 1
        place = entry if by_entry else line
        try:
            value, end = _DECODER.raw_decode(buffer, at)
            yield _object(place, value)
        except (ValueError, RecursionError):
            yield Row(place, None, f"The {layout.kind.unit} is not valid JSON")
            found = following.search(buffer, at)
            end = len(buffer) if found is None else found.end()
        line += buffer.count("\n", at, end)
        at = end


def _object(place: int, value: object) -> Row:
    if isinstance(value, dict):
        return Row(place, value)
    return Row(place, None, "A message must be a JSON object")

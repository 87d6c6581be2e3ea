"""Bets out of a file into their streams: looked at first, then taken in pieces, each bet once."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.imports import (
    MAX_REFUSALS,
    ColumnMap,
    ImportDefaults,
    ImportPreview,
    ImportProgress,
    ImportReport,
    ImportSample,
    PreviewRow,
    Refusal,
)
from pump_desktop.domain.live import Accepted, Message
from pump_desktop.services.imports.columns import RowReader, guess_columns
from pump_desktop.services.imports.files import Layout, Row, look, rows_of
from pump_desktop.services.live.live import Live
from pump_desktop.services.live.messages import parse_message

__all__ = ["guess_columns", "import_file", "preview", "read_sample"]

SAMPLE_ROWS = 20
# As many as a request may hold.
TOGETHER = 1000
# One piece is written while the next is read; more would only fill the memory.
_UNDER_WAY = 2
_TELL_S = 0.05
_LONGEST_CELL = 200


def read_sample(path: Path) -> ImportSample:
    """Give the kind, the columns and the first rows of a file; raises KnownError when it holds no bets."""
    layout = look(path)
    with _reading(path), rows_of(path, layout) as (rows, _):
        first = [row.values for row in islice(rows, SAMPLE_ROWS) if row.values is not None]
    columns = layout.columns or _columns(first)
    if not columns:
        raise KnownError(f"{path.name} holds no bets. Choose a log, CSV or JSON file of bets.")
    cells = tuple(tuple(_cell(values, column) for column in columns) for values in first)
    return ImportSample(
        path, layout.kind, columns, cells, layout.encoding, layout.separator, layout.header, layout.size
    )


def preview(path: Path, column_map: ColumnMap, defaults: ImportDefaults) -> ImportPreview:
    """Give the first rows as they would be stored; raises FieldError when a column is missing."""
    layout = look(path)
    reader = RowReader(layout, column_map, defaults)
    with _reading(path), rows_of(path, layout) as (rows, _):
        shown = tuple(_shown(reader, row) for row in islice(rows, SAMPLE_ROWS))
    return ImportPreview(layout.kind, shown, reader.remarks())


def import_file(
    path: Path,
    column_map: ColumnMap,
    defaults: ImportDefaults,
    live: Live,
    tell: Callable[[ImportProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportReport:
    """Store the bets of a file; what was stored when it is cancelled, or fails, stays.

    Raises FieldError when a column is missing, KnownError when the file or the store cannot be used.
    """
    layout = look(path)
    work = _Import(layout, RowReader(layout, column_map, defaults), live)
    told = 0.0
    try:
        with _reading(path), rows_of(path, layout) as (rows, file):
            for piece in _pieces(rows):
                if cancelled():
                    work.cancelled = True
                    break
                work.take(piece)
                now = time.monotonic()
                if now - told >= _TELL_S:
                    told = now
                    tell(work.progress(file.tell()))
        work.finish()
    except KnownError as error:
        work.give_up()
        if work.accepted == 0:
            raise
        stored = f"{work.accepted:,} rows were stored; importing the file again takes up the rest."
        raise KnownError(f"{error} {stored}") from error
    tell(work.progress(layout.size))
    return work.report()


class _Import:
    """An import under way: pieces are parsed here while the writer stores the one before."""

    def __init__(self, layout: Layout, reader: RowReader, live: Live) -> None:
        self._layout = layout
        self._reader = reader
        self._live = live
        self._under_way: deque[Future[list[Accepted]]] = deque()
        self._refusals: list[Refusal] = []
        self._streams: dict[UUID, None] = {}
        self._read = self._known = self._refused = 0
        self.accepted = 0
        self.cancelled = False

    def take(self, rows: list[Row]) -> None:
        """Parse some rows and hand the good ones on."""
        messages: list[Message] = []
        for row in rows:
            self._read += 1
            message = _parsed(self._reader, row)
            if isinstance(message, str):
                self._refused += 1
                if len(self._refusals) < MAX_REFUSALS:
                    self._refusals.append(Refusal(row.place, message))
            else:
                messages.append(message)
        if messages:
            self._under_way.append(self._live.ingest(messages))
        while len(self._under_way) > _UNDER_WAY:
            self._settle()

    def finish(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            self._settle()

    def give_up(self) -> None:
        """Count what was stored of what is still under way."""
        while self._under_way:
            try:
                self._settle()
            except KnownError:
                continue

    def progress(self, bytes_done: int) -> ImportProgress:
        """Give how far it is."""
        counts = (self._read, self.accepted, self._known, self._refused)
        return ImportProgress(*counts, min(bytes_done, self._layout.size), self._layout.size)

    def report(self) -> ImportReport:
        """Give what came of it."""
        return ImportReport(
            kind=self._layout.kind,
            read=self._read,
            accepted=self.accepted,
            known=self._known,
            refused=self._refused,
            made_ids=self._reader.made_ids,
            refusals=tuple(self._refusals),
            streams=tuple(self._streams),
            cancelled=self.cancelled,
        )

    def _settle(self) -> None:
        answers = self._under_way.popleft().result()
        new = sum(one.accepted for one in answers)
        self.accepted += new
        self._known += len(answers) - new
        self._streams.update(dict.fromkeys(one.stream_id for one in answers))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what the disk says while a file is read into a sentence."""
    try:
        yield
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise KnownError(f"{path} cannot be read: {why}.") from error


def _pieces(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while piece := list(islice(rows, TOGETHER)):
        yield piece


def _parsed(reader: RowReader, row: Row) -> Message | str:
    """Give the message of a row, or the sentence that refuses it."""
    if row.values is None:
        return row.sentence
    try:
        return parse_message(reader.body(row.values))
    except FieldError as error:
        return str(error)


def _shown(reader: RowReader, row: Row) -> PreviewRow:
    message = _parsed(reader, row)
    if isinstance(message, str):
        return PreviewRow(row.place, None, message)
    return PreviewRow(row.place, message)


def _columns(rows: list[Any]) -> tuple[str, ...]:
    """Give the keys of JSON rows in the order they appear, with those of a nested object behind a dot."""
    found: dict[str, None] = {}
    for values in rows:
        for key, value in values.items():
            if isinstance(value, dict):
                found.update(dict.fromkeys(f"{key}.{inner}" for inner in value))
            else:
                found[key] = None
    return tuple(found)


def _cell(values: Any, column: str) -> str:
    value = values.get(column)
    if value is None:
        outer, _, inner = column.partition(".")
        nested = values.get(outer)
        value = nested.get(inner) if inner and isinstance(nested, dict) else None
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:_LONGEST_CELL]

"""Whether a data file is whole, asked of SQLite and said in words.

A quick check reads every page and every row; 60 MB take 0.25 s. A whole check also holds every index against
its table, and what is counted of live streams against their rows, in four times the time.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pump_desktop.domain.errors import CancelledError, DamagedDatabaseError
from pump_desktop.domain.storage import CheckReport
from pump_desktop.store.care.figures_check import contradictions
from pump_desktop.store.db.connections import BUSY_TIMEOUT_MS, casefold
from pump_desktop.store.db.errors import told
from pump_desktop.store.db.readable import lenient_text
from pump_desktop.store.db.revisions import check_schema, known_revisions, revision_within

# Up to this size every start looks at everything: 0.4 s at most, in a window behind the first paint.
CHECKED_AT_START = 32 * 1024 * 1024
_SUSPECT = "-suspect"

_MOST_PROBLEMS = 100
# Steps of SQLite's machine between two looks whether somebody wants to stop: some milliseconds.
_STEPS = 20_000
_TREE = re.compile(r"[Tt]ree (?:page )?([0-9]+)")
_LACKS = re.compile(r"missing from index (\S+)|wrong # of entries in index (\S+)")


def check_file(
    path: Path, *, whole: bool = True, cancelled: Callable[[], bool] = lambda: False
) -> CheckReport:
    """Give what is wrong with a file, which is not changed; raises StoreError when it cannot be opened.

    CancelledError ends it between two rows, not within the pages of one table.
    """
    try:
        with told(path), closing(open_beside(path)) as connection:
            connection.set_progress_handler(cancelled, _STEPS)
            try:
                problems = _problems(connection, whole=whole)
                # The tables of another version are not these.
                ours = not problems and revision_within(connection) == known_revisions()[-1]
                if ours:
                    check_schema(path, connection)
                contradicting = _contradictions(connection) if ours and whole else ()
            except sqlite3.OperationalError as error:
                if cancelled():
                    raise CancelledError from error
                if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise
                # The statements are right: a letter is bent in a condition, or in what a table refers to.
                problems, contradicting = (f"its schema is not what it was ({error})",), ()
    except DamagedDatabaseError as error:
        problems, contradicting = (str(error.__cause__ or error),), ()
    return CheckReport(path, problems, contradictions=contradicting)


def open_beside(path: Path) -> sqlite3.Connection:
    """Open a file that may be in use for reading; neither its pages nor its log are changed by that."""
    log = path.with_name(path.name + "-wal")
    # Read-only, a close copies no log into the file: what a kill left stays as it is. Without a log there is
    # nothing to copy, but read-only would leave an empty one behind.
    mode = "ro" if log.exists() and log.stat().st_size > 0 else "rw"
    connection = sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None)
    connection.text_factory = lenient_text
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    # A read of the newest state, whatever SQLite has set up for queries that change nothing.
    connection.create_function("casefold", 1, casefold, deterministic=True)
    return connection


def check_at_start(path: Path, *, thorough: bool) -> tuple[str, ...]:
    """Raise DamagedDatabaseError for a file that is damaged, as far as a start has the time to look.

    Small files are read whole, with every index held against its table and every figure against its rows;
    figures that contradict them are returned as sentences. Large files are read when a read found damage the
    last time, and, if ``thorough``, when the program that used the file last did not close it.
    """
    log = path.with_name(path.name + "-wal")
    left = thorough and log.exists() and log.stat().st_size > 0
    small = path.stat().st_size <= CHECKED_AT_START
    if not (left or is_suspect(path) or small):
        return ()
    # A row that an index has lost is missing from lists and exports, and nothing else would tell.
    report = check_file(path, whole=small)
    if not report.healthy:
        mark_suspect(path)
        raise DamagedDatabaseError(report.sentence)
    _suspect_file(path).unlink(missing_ok=True)
    return report.contradictions


def mark_suspect(path: Path) -> None:
    """Have the next start look at every page of this file, however large it is."""
    try:
        _suspect_file(path).touch(mode=0o600)
    except OSError:
        # A folder that takes no file any more: the damage was told, and small files are looked at anyway.
        return


def is_suspect(path: Path) -> bool:
    """Tell whether damage was found in this file since it was last found healthy."""
    return _suspect_file(path).exists()


def clear_suspect(path: Path) -> None:
    """Forget what was found: another file stands there now."""
    _suspect_file(path).unlink(missing_ok=True)


def _suspect_file(path: Path) -> Path:
    return path.with_name(path.name + _SUSPECT)


def _problems(connection: sqlite3.Connection, *, whole: bool) -> tuple[str, ...]:
    pragma = "integrity_check" if whole else "quick_check"
    roots = dict(connection.execute("SELECT rootpage, tbl_name FROM sqlite_master WHERE rootpage > 0"))
    found: dict[str, None] = {}
    try:
        for (text,) in connection.execute(f"PRAGMA {pragma}({_MOST_PROBLEMS})"):
            lines = [line for line in text.splitlines() if line and not line.startswith("***")]
            found |= dict.fromkeys(_worded(line, roots) for line in lines if line != "ok")
        if not found:
            found |= dict.fromkeys(_orphans(connection))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        # It gave up without a word about where: the tables themselves tell.
        found |= dict.fromkeys(_unreadable(connection, sorted(set(roots.values()))))
        if not found:
            raise
    return tuple(found)


def _contradictions(connection: sqlite3.Connection) -> tuple[str, ...]:
    # Bytes that are no text are told by whoever shows them.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    # At one moment: bets may land meanwhile.
    connection.execute("BEGIN")
    found = tuple(contradictions(connection))
    connection.execute("COMMIT")
    return found


def _unreadable(connection: sqlite3.Connection, tables: list[str]) -> list[str]:
    found = []
    for table in tables:
        try:
            connection.execute(f'SELECT count(*) FROM (SELECT * FROM "{table}" NOT INDEXED)').fetchone()  # noqa: S608 - names of the schema
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            found.append(f"pages of the table {table} cannot be read")
    return found


def _worded(line: str, roots: dict[int, str]) -> str:
    """Say one of SQLite's findings; what it said stands behind it where that is all there is to say."""
    if met := _LACKS.search(line):
        return f"the index {met[1] or met[2]} does not fit its table"
    if met := _TREE.search(line):
        table = roots.get(int(met[1]))
        return f"pages of the table {table} cannot be read" if table else "pages cannot be read"
    return line


def _orphans(connection: sqlite3.Connection) -> list[str]:
    counts: dict[tuple[str, str], int] = {}
    for table, _row, parent, _key in connection.execute("PRAGMA foreign_key_check"):
        counts[table, parent] = counts.get((table, parent), 0) + 1
    return [
        f"{count} rows of {table} belong to no row of {parent}" for (table, parent), count in counts.items()
    ]

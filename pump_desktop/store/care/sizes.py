"""What takes how much room in the data file."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pump_desktop.domain.errors import CancelledError
from pump_desktop.domain.storage import SizeKind, StoreSizes
from pump_desktop.store.care.integrity import open_beside
from pump_desktop.store.db.errors import told

_KINDS = {
    "runs": SizeKind.RUNS,
    "run_outcomes": SizeKind.OUTCOMES,
    "live_bets": SizeKind.BETS,
    "live_rounds": SizeKind.ROUNDS,
    "live_streams": SizeKind.STREAMS,
    "live_tallies": SizeKind.STREAMS,
    "live_money": SizeKind.STREAMS,
    "live_bookmarks": SizeKind.STREAMS,
    "live_snapshots": SizeKind.STREAMS,
    "alert_rules": SizeKind.STREAMS,
    "rejected_messages": SizeKind.REJECTED,
}

# dbstat reads every page. An SQLite that was built without it still tells rows and their bytes.
_BY_PAGES = """
    SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat AS s
    LEFT JOIN sqlite_master AS m ON m.name = s.name WHERE s.aggregate = TRUE GROUP BY 1
"""
_ESTIMATES = {
    "run_outcomes": "SELECT total(length(data) + 64) FROM run_outcomes",
    "runs": "SELECT 2048 * count(*) FROM runs",
    "rejected_messages": "SELECT total(length(body) + 64) FROM rejected_messages",
    # Rows with their indexes, as measured on a million of each.
    "live_bets": "SELECT 450 * coalesce(sum(total_bets), 0) FROM live_streams",
    "live_rounds": "SELECT 165 * coalesce(sum(total_rounds), 0) FROM live_streams",
}


def read_sizes(path: Path, cancelled: Callable[[], bool] = lambda: False) -> StoreSizes:
    """Give the bytes of a file by kind, with its log; raises StoreError."""
    with told(path), closing(open_beside(path)) as connection:
        connection.set_progress_handler(cancelled, 20_000)
        try:
            sizes = _sizes(connection)
        except sqlite3.OperationalError as error:
            if cancelled():
                raise CancelledError from error
            raise
    log = path.with_name(path.name + "-wal")
    sizes[SizeKind.LOG] = log.stat().st_size if log.exists() else 0
    return StoreSizes(path, tuple((kind, max(0, sizes[kind])) for kind in SizeKind))


def _sizes(connection: sqlite3.Connection) -> Counter[SizeKind]:
    # One read transaction: pages that move meanwhile would be counted twice.
    connection.execute("BEGIN")
    sizes: Counter[SizeKind] = Counter()
    for table, size in _by_table(connection):
        sizes[_KINDS.get(table, SizeKind.OTHER)] += int(size)
    page, pages, free = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_size", "page_count", "freelist_count")
    )
    sizes[SizeKind.FREE] = page * free
    sizes[SizeKind.OTHER] += page * pages - sum(sizes.values())
    connection.execute("ROLLBACK")
    return sizes


def _by_table(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    if connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'").fetchone():
        return connection.execute(_BY_PAGES).fetchall()
    return [(table, connection.execute(sql).fetchone()[0]) for table, sql in _ESTIMATES.items()]

"""Changes to streams that are no messages: notes, the revealed seed, verdicts, and refused bodies."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pump_desktop.domain.live import RejectedMessage, StreamRow, Verdict
from pump_desktop.store.db.readable import Columns, kept, moment, text, whole
from pump_desktop.store.db.tables import utc_text
from pump_desktop.store.live.reads import no_stream, stream_row

KEPT_REJECTED = 1000
MAX_REJECTED_BYTES = 8 * 1024

# A row takes 10 us to delete; so long, at most, do others wait for a delete.
WORTH_SWEEPING = 5_000
SWEPT_AT_ONCE = 1_000

REJECTED = Columns("rejected_messages", id=whole(1), received_at=moment, reason=text, body=text)
_OTHER = {Verdict.MATCH: Verdict.MISMATCH, Verdict.MISMATCH: Verdict.MATCH}


def set_notes(driver: sqlite3.Connection, stream_id: UUID, notes: str) -> StreamRow:
    """Give a stream other notes; raises NotFoundError."""
    driver.execute("UPDATE live_streams SET notes = ? WHERE id = ?", (notes, str(stream_id)))
    return stream_row(driver, stream_id)


def delete_stream(driver: sqlite3.Connection, stream_id: UUID) -> bool:
    """Remove a stream for all readers, and tell whether its rows went with it; raises NotFoundError.

    Those of a large one are left to sweep(): a million bets take 20 s, in which nobody could store anything.
    """
    # Not all of the row: also a stream that cannot be read can be deleted.
    row = driver.execute(
        "SELECT coalesce(total_bets + total_rounds, ?) FROM live_streams WHERE id = ? AND deleted = 0",
        (WORTH_SWEEPING + 1, str(stream_id)),
    ).fetchone()
    if row is None:
        raise no_stream(stream_id)
    if row[0] <= WORTH_SWEEPING:
        driver.execute("DELETE FROM live_streams WHERE id = ?", (str(stream_id),))
        return True
    # The same seeds may come again at once, and begin a new stream.
    driver.execute(
        """
        UPDATE live_streams SET deleted = 1, server_seed_hashed = server_seed_hashed || ' deleted ' || id
        WHERE id = ?
        """,
        (str(stream_id),),
    )
    return False


def sweep(driver: sqlite3.Connection) -> bool:
    """Take away some rows of a deleted stream, and tell whether there are more."""
    deleted = driver.execute("SELECT id FROM live_streams WHERE deleted = 1 LIMIT 1").fetchone()
    if deleted is None:
        return False
    for table, key in (("live_bets", "id"), ("live_rounds", "nonce")):
        some = f"""
            DELETE FROM {table} WHERE stream_id = :stream_id AND {key} IN (
                SELECT {key} FROM {table} WHERE stream_id = :stream_id ORDER BY {key} LIMIT {SWEPT_AT_ONCE}
            )
        """  # noqa: S608 - constants
        if driver.execute(some, {"stream_id": deleted[0]}).rowcount:
            return True
    driver.execute("DELETE FROM live_streams WHERE id = ?", deleted)
    return True


def left_to_sweep(driver: sqlite3.Connection) -> bool:
    """Tell whether the program ended before all rows of deleted streams were taken away."""
    return driver.execute("SELECT 1 FROM live_streams WHERE deleted = 1 LIMIT 1").fetchone() is not None


def reveal(driver: sqlite3.Connection, stream_id: UUID, server_seed: str, revealed_at: datetime) -> None:
    """Store a stream's server seed; raises NotFoundError."""
    sql = "UPDATE live_streams SET server_seed = ?, revealed_at = ? WHERE id = ? AND deleted = 0"
    if not driver.execute(sql, (server_seed, utc_text(revealed_at), str(stream_id))).rowcount:
        raise no_stream(stream_id)


def store_verdicts(
    driver: sqlite3.Connection,
    stream_id: UUID,
    bets: Sequence[tuple[int, Verdict]],
    rounds: Sequence[tuple[int, Verdict]],
) -> None:
    """Store verdicts by bet id and by nonce, over older ones, and count them; raises NotFoundError."""
    of = str(stream_id)
    counts = driver.execute(
        "SELECT matches, mismatches FROM live_streams WHERE id = ? AND deleted = 0", (of,)
    ).fetchone()
    if counts is None:
        raise no_stream(stream_id)
    added = dict.fromkeys(Verdict, 0)
    for verdict in Verdict:
        for table, key, alone, pairs in (
            ("live_bets", "id", "", bets),
            ("live_rounds", "nonce", "AND by_bet = 0", rounds),
        ):
            keys = [of for of, said in pairs if said is verdict]
            if not keys:
                continue
            # One statement for all: row by row it takes ten times as long.
            update = f"""
                UPDATE {table} SET verdict = :v
                WHERE stream_id = :id AND {key} IN (SELECT value FROM json_each(:keys))
            """  # noqa: S608 - constants
            values = {"v": verdict.value, "keys": json.dumps(keys), "id": of}
            added[verdict] += _changed(driver, f"{update} {alone} AND verdict IS NULL", values)
            if any(counts):
                # The count of changed rows does not say from what; so each old verdict has its own update.
                turned = _changed(driver, f"{update} {alone} AND verdict <> :v", values)
                added[verdict] += turned
                added[_OTHER[verdict]] -= turned
            if alone:
                # A round that a bet tells is counted with the bet.
                _changed(driver, f"{update} AND by_bet = 1", values)
    driver.execute(
        "UPDATE live_streams SET matches = matches + ?, mismatches = mismatches + ? WHERE id = ?",
        (added[Verdict.MATCH], added[Verdict.MISMATCH], of),
    )


def reject(driver: sqlite3.Connection, reason: str, body: str, received_at: datetime) -> None:
    """Keep a refused message; the last 1000 are kept, and of a body its first 8 KiB."""
    cut = body.encode("utf-8", "replace")[:MAX_REJECTED_BYTES].decode("utf-8", "ignore")
    row = driver.execute(
        "INSERT INTO rejected_messages (received_at, reason, body) VALUES (?, ?, ?)",
        (utc_text(received_at), reason.encode("utf-8", "replace").decode("utf-8"), cut),
    )
    # Ids are given in order and only the oldest are removed, so the last 1000 ids are the last 1000 rows.
    driver.execute("DELETE FROM rejected_messages WHERE id <= ?", ((row.lastrowid or 0) - KEPT_REJECTED,))


def rejected(driver: sqlite3.Connection, limit: int) -> tuple[RejectedMessage, ...]:
    """Give the last refused messages, newest first."""
    rows = driver.execute(
        "SELECT id, received_at, reason, body FROM rejected_messages ORDER BY id DESC LIMIT ?", (limit,)
    )
    return tuple(kept(driver, rows, _rejected_of))


def _rejected_of(row: Sequence[Any]) -> RejectedMessage:
    REJECTED.check(row)
    return RejectedMessage(row[0], datetime.fromisoformat(row[1]), row[2], row[3])


def _changed(driver: sqlite3.Connection, sql: str, values: Mapping[str, object]) -> int:
    return max(driver.execute(sql, values).rowcount, 0)

"""What must be true of a database after a kill, whatever was going on."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tools.torture_clients import Ledger, is_bet, message, stream_of

# Streams whose own figures are not those of their rows.
_MISCOUNTED = """
    SELECT count(*) FROM live_streams AS s WHERE deleted = 0 AND (
        total_bets <> (SELECT count(*) FROM live_bets WHERE stream_id = s.id)
        OR total_rounds <> (SELECT count(*) FROM live_rounds WHERE stream_id = s.id)
    )
"""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison found.

    All but ``stored``, ``pruned`` and ``runs`` must be 0, and ``integrity`` "ok".
    """

    stored: int
    pruned: int
    lost: int
    doubled: int
    changed: int
    runs: int
    lost_runs: int
    half_runs: int
    miscounted: int
    integrity: str

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled, changed or left half."""
        wrong = (
            self.lost,
            self.doubled,
            self.changed,
            self.lost_runs,
            self.half_runs,
            self.miscounted,
        )
        return not any(wrong) and self.integrity == "ok"


def integrity(database: sqlite3.Connection) -> str:
    """Give "ok", or what SQLite's own checks found."""
    told = [row for (row,) in database.execute("PRAGMA integrity_check")]
    orphans = database.execute("PRAGMA foreign_key_check").fetchall()
    return "; ".join([*(text for text in told if text != "ok"), *map(str, orphans)]) or "ok"


def half_runs(database: sqlite3.Connection, whole: set[str]) -> int:
    """Count runs whose stored outcomes do not give their digest, and pieces without a run.

    Those named in ``whole`` were found whole before; the others that are join them.
    """
    half = 0
    known = set()
    for run_id, start, end, digest in database.execute(
        "SELECT id, nonce_start, nonce_end, outcome_digest FROM runs"
    ).fetchall():
        known.add(run_id)
        if run_id in whole:
            continue
        found, expected, before = hashlib.sha256(), start, half
        for first, count, data in database.execute(
            'SELECT first_nonce, "count", data FROM run_outcomes WHERE run_id = ? ORDER BY chunk_index',
            (run_id,),
        ):
            half += first != expected
            expected += count
            found.update(zlib.decompress(data))
        half += expected != end + 1 or found.hexdigest() != digest
        if half == before:
            whole.add(run_id)
    owners = {owner for (owner,) in database.execute("SELECT DISTINCT run_id FROM run_outcomes")}
    return half + len(owners - known)


def reading(path: Path) -> sqlite3.Connection:
    """Give a connection that changes nothing."""
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def compare(path: Path, ledger: Ledger, whole: set[str], kept: int | None = None) -> Findings:
    """Compare every acknowledged message and run with what is stored; ``whole`` as in half_runs().

    Where only the newest ``kept`` rounds of each stream stay, older ones may be missing.
    """
    with closing(reading(path)) as database:
        seeds = dict(database.execute("SELECT id, client_seed FROM live_streams").fetchall())
        bets = database.execute(
            "SELECT antebot_bet_id, stream_id, nonce, round_result FROM live_bets"
        ).fetchall()
        rounds = database.execute("SELECT stream_id, nonce FROM live_rounds").fetchall()
        runs = dict(database.execute("SELECT id, outcome_digest FROM runs").fetchall())
        half = half_runs(database, whole)
        (miscounted,) = database.execute(_MISCOUNTED).fetchone()
        checked = integrity(database)
    stored = Counter(int(identity.removeprefix("load-")) for identity, *_ in bets)
    seen = {(seeds[stream], nonce) for stream, nonce in rounds}
    missing = [
        number
        for number in ledger.acknowledged
        if (stream_of(number), number) not in seen or (is_bet(number) and number not in stored)
    ]
    firsts = {} if kept is None else _first_kept(seen, kept)
    lost = sum(number >= firsts.get(stream_of(number), 0) for number in missing)
    changed = sum(
        seeds[stream] != stream_of(int(identity[5:]))
        or (nonce, result) != (int(identity[5:]), message(int(identity[5:]))["roundResult"])
        for identity, stream, nonce, result in bets
    )
    lost_runs = sum(runs.get(run_id) != digest for run_id, digest in ledger.runs.items())
    doubled = sum(count - 1 for count in stored.values()) + ledger.twice_new
    return Findings(
        stored=len(rounds),
        pruned=len(missing) - lost,
        lost=lost,
        doubled=doubled,
        changed=changed,
        runs=len(runs),
        lost_runs=lost_runs,
        half_runs=half,
        miscounted=miscounted,
        integrity=checked,
    )


def _first_kept(seen: set[tuple[str, int]], kept: int) -> dict[str, int]:
    """Give the lowest nonce that must be there, of each stream that may have lost some."""
    nonces: dict[str, list[int]] = {}
    for stream, nonce in seen:
        nonces.setdefault(stream, []).append(nonce)
    return {stream: sorted(found)[-kept] for stream, found in nonces.items() if len(found) >= kept}

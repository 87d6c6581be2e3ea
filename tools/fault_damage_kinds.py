"""Damage that SQLite does not tell: what the program says of it, and what it shows."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import urllib.error
import urllib.request
import zlib
from contextlib import closing
from pathlib import Path

from tools.fault_stage import Fault, Poster, post
from tools.load import stored_numbers
from tools.load_server import Server, serving, start_serving
from tools.torture_operations import LONGEST, command

BETS = 100
_FRAME = 24 + 4096
_SEEDS = "--server-seed server --client-seed client --end 3000 --difficulty expert --target 34.68"


def flipped_log(fault: Fault, folder: Path) -> None:
    """damaged: one bit of the log of a killed serve, each bet a commit"""
    server = start_serving(folder)
    poster = Poster(server)
    post(fault, poster, BETS)
    server.process.kill()
    server.process.wait()
    log = server.database.with_name(server.database.name + "-wal")
    data = bytearray(log.read_bytes())
    data[32 + len(data) // _FRAME // 2 * _FRAME + 1000] ^= 4
    log.write_bytes(data)
    done = _run(folder, "streams", "list")
    fault.hear(done.stderr.strip() or "nothing", folder)
    named = re.search(r"up to ([0-9,]+) commits", done.stderr)
    said = 0 if named is None else int(named[1].replace(",", ""))
    missing = len(poster.acknowledged - set(stored_numbers(server.database)))
    fault.hear(f"{missing} bets are missing")
    fault.acknowledged, fault.lost = len(poster.acknowledged), max(0, missing - said)
    with serving(folder) as again:
        poster.turn_to(again)
        post(fault, poster, 1, "after the damage")
    fault.recovery = "yes"


def unreadable_bet(fault: Fault, folder: Path) -> None:
    """damaged: one bet whose id is no UTF-8"""
    with serving(folder) as server:
        poster = Poster(server)
        post(fault, poster, BETS)
    with closing(sqlite3.connect(server.database)) as connection, connection:
        connection.execute("UPDATE live_bets SET antebot_bet_id = CAST(X'66FF41' AS TEXT) WHERE id = 50")
    with serving(folder) as server:
        poster.turn_to(server)
        stream = _get(fault, server, "/live/streams")["items"][0]["id"]
        listed = _get(fault, server, f"/live/streams/{stream}/bets?limit=1000").get("items", ())
        fault.expect(len(listed) == BETS - 1, f"{len(listed)} of {BETS - 1} bets are listed")
        post(fault, poster, 1, "after the damage")
    done = _run(folder, "streams", "export", stream)
    fault.hear(done.stderr.strip() or "nothing", folder)
    lines = len(done.stdout.splitlines()) - 1
    fault.expect(lines == BETS, f"{max(lines, 0)} of {BETS} bets are exported")
    fault.acknowledged = len(poster.acknowledged)
    fault.recovery = "yes" if not fault.wrong else "no"


def changed_outcome(fault: Fault, folder: Path) -> None:
    """damaged: one outcome of a stored run"""
    run = json.loads(_run(folder, "scan", *_SEEDS.split(), "--json").stdout)
    with closing(sqlite3.connect(folder / "pump.db")) as connection, connection:
        (packed,) = connection.execute("SELECT data FROM run_outcomes").fetchone()
        outcomes = bytearray(zlib.decompress(packed))
        outcomes[1000] = (outcomes[1000] + 1) % 15
        connection.execute("UPDATE run_outcomes SET data = ?", (zlib.compress(bytes(outcomes)),))
    done = _run(folder, "runs", "export", run["id"], "--kind", "full")
    fault.hear(done.stderr.strip() or "nothing", folder)
    fault.expect(done.returncode != 0, "it is exported as if it were right")
    checked = _run(folder, "data", "check")
    fault.expect(checked.returncode == 1, f"data check: {checked.stdout.strip()}".replace(str(folder), "…"))
    fault.recovery = "the other runs"


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *arguments), capture_output=True, text=True, timeout=LONGEST, check=False
    )


def _get(fault: Fault, server: Server, path: str) -> dict[str, list[dict[str, str]]]:
    """Return a body; enter an answer that is none."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", headers={"X-Ingest-Token": server.token}
    )
    try:
        with urllib.request.urlopen(request, timeout=LONGEST) as answer:
            body: dict[str, list[dict[str, str]]] = json.load(answer)
            return body
    except urllib.error.HTTPError as error:
        told = json.load(error)
        fault.hear(f"{error.code} {told['detail']}")
        fault.expect(error.code != 500, f"{path.rsplit('/', 1)[-1]}: {error.code}")
        return {}


DAMAGE_FAULTS = (flipped_log, unreadable_bet, changed_outcome)

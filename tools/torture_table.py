"""The operations that are killed: migration, backup, restore, deletion, exports, an import of bets."""

from __future__ import annotations

import asyncio
import http.client
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import ClassVar

from pump_desktop.store.db.revisions import known_revisions
from tools.load_client import post_batches
from tools.load_server import serving, start_serving
from tools.torture_check import half_runs, reading
from tools.torture_operations import (
    LONGEST,
    Asked,
    Operation,
    Running,
    begin_command,
    counts,
    has_command,
    run_command,
    unsound,
)

OLD_FILE = Path(__file__).parents[1] / "tests" / "data" / "pump-0001.db"
BETS = 40_000
NONCES = 1_500_000
OLD_BYTES = 48 * 1024 * 1024

_BACK_UP = """
import sys
from pathlib import Path
from pump_desktop.store.care.backup import back_up
from pump_desktop.system.clock import utc_now
back_up(Path(sys.argv[1]), "torture", utc_now)
"""


def fill(folder: Path) -> None:
    """Make a folder with one stream of 40,000 bets and one run."""
    shutil.copytree(_filled(folder.parent.parent), folder)


@cache
def _filled(beside: Path) -> Path:
    """Make such a folder once; all others are copies of it."""
    folder = beside / "filled"
    with serving(folder) as server:
        tally = asyncio.run(post_batches(server.port, server.token, size=1000, count=BETS // 1000, first=1))
    if len(tally.acknowledged) != BETS:
        raise RuntimeError(f"{len(tally.acknowledged)} of {BETS} bets were taken")
    run_command(
        folder, "scan", "--server-seed", "torture", "--client-seed", "torture", "--end", str(NONCES),
        "--difficulty", "easy", "--target", "24.5",
    )  # fmt: skip
    return folder


def only_run(folder: Path) -> str:
    """Give the id of the one run."""
    with closing(reading(folder / "pump.db")) as database:
        found: str = database.execute("SELECT id FROM runs").fetchone()[0]
        return found


def only_stream(folder: Path) -> str:
    """Give the id of the one stream."""
    with closing(reading(folder / "pump.db")) as database:
        found: str = database.execute("SELECT id FROM live_streams").fetchone()[0]
        return found


class _Kept:
    """An operation on the filled folder that changes nothing in the database."""

    name = leaves = ""
    goes_on_s = 0.0
    full: ClassVar = {"live_bets": BETS, "live_rounds": BETS, "live_streams": 1, "runs": 1}

    def missing(self) -> str:
        """Nothing is missing."""
        return ""

    def template(self, folder: Path) -> None:
        """Fill the folder."""
        fill(folder)

    def problems(self, folder: Path, told_done: bool) -> list[str]:
        """Every row is there, and the program opens the file."""
        path = folder / "pump.db"
        listed = json.loads(run_command(folder, "runs", "list", "--json"))
        found = counts(path)
        wrong = [f"{name}: {found[name]}" for name, count in self.full.items() if found[name] != count]
        if listed["total"] != found["runs"]:
            wrong.append(f"{listed['total']} runs listed")
        with closing(reading(path)) as database:
            wrong += ["half runs"] * half_runs(database, set())
        return [*wrong, *unsound(path), *self.beside(folder, told_done)]

    def beside(self, _folder: Path, _told_done: bool) -> list[str]:
        """Give what is wrong with the files beside the database."""
        return []


class Migration(_Kept):
    """A file of the first version is brought up to this one."""

    name = "migration of an old file"
    leaves = "the old file or the new one, whole; the copy put aside is whole or absent"
    newest = known_revisions()[-1]

    def template(self, folder: Path) -> None:
        """Put an old file there, with as many outcomes as some years bring."""
        folder.mkdir(parents=True)
        path = folder / "pump.db"
        shutil.copy(OLD_FILE, path)
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(
                "INSERT INTO run_outcomes SELECT id, 1000, 1, 1, zeroblob(?) FROM runs LIMIT 1", (OLD_BYTES,)
            )

    def begin(self, folder: Path) -> Running:
        """Open the file with this version."""
        return begin_command(folder, (folder / "backups").exists, "runs", "list")

    def problems(self, folder: Path, told_done: bool) -> list[str]:
        """The revision is an old or a new one, all rows are there, and the next start brings it on."""
        path = folder / "pump.db"
        wrong = list(unsound(path))
        with closing(sqlite3.connect(path)) as database:
            (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        if revision not in known_revisions() or (told_done and revision != self.newest):
            wrong.append(f"revision {revision}")
        run_command(folder, "runs", "list")
        with closing(reading(path)) as database:
            (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        found = counts(path)
        if revision != self.newest or found["runs"] != 2 or found["run_outcomes"] != 7:
            wrong.append(f"after the next start revision {revision}, {found}")
        copies = list((folder / "backups").glob("pump-*.db"))
        if revision == self.newest and not copies:
            wrong.append("no copy was put aside")
        return [*wrong, *(fault for copy in copies for fault in unsound(copy))]


class Backup(_Kept):
    """A copy of the database is made while it is in use."""

    name = "backup (online copy)"
    leaves = "copies under their final name are whole"

    def begin(self, folder: Path) -> Running:
        """Make a copy."""
        process = subprocess.Popen([sys.executable, "-c", _BACK_UP, str(folder / "pump.db")])
        return Running(process, (folder / "backups" / "pump.part").exists)

    def beside(self, folder: Path, told_done: bool) -> list[str]:
        """Every copy holds all rows."""
        copies = list((folder / "backups").glob("pump-*.db"))
        wrong = [fault for copy in copies for fault in unsound(copy)]
        wrong += [f"{copy.name} lacks bets" for copy in copies if counts(copy)["live_bets"] != BETS]
        if told_done and not copies:
            wrong.append("the copy is not there")
        return wrong


class BackupCommand(Backup):
    """The same through the command line."""

    name = "data backup"

    def missing(self) -> str:
        """The command may not exist yet."""
        return "" if has_command("data", "backup") else "there is no command 'data backup'"

    def begin(self, folder: Path) -> Running:
        """Ask for a copy."""
        return begin_command(folder, (folder / "backups").exists, "data", "backup")


class RestoreCommand(_Kept):
    """A copy takes the place of the database."""

    name = "data restore"
    leaves = "the old database or the restored one, whole"

    def missing(self) -> str:
        """The command may not exist yet."""
        return "" if has_command("data", "restore") else "there is no command 'data restore'"

    def template(self, folder: Path) -> None:
        """Make a copy, and take the run out of the database."""
        fill(folder)
        subprocess.run([sys.executable, "-c", _BACK_UP, str(folder / "pump.db")], check=True)
        run_command(folder, "runs", "delete", "--yes", only_run(folder))

    def begin(self, folder: Path) -> Running:
        """Put the copy in the place of the database."""
        (copy,) = (folder / "backups").glob("pump-*-torture.db")
        told = subprocess.run(
            [sys.executable, "-m", "pump_desktop", "data", "restore", "--help"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        sure = ["--yes"] if "--yes" in told else []
        # It puts the present file aside first.
        begun = partial(_more_than, folder / "backups", len(list((folder / "backups").iterdir())))
        return begin_command(folder, begun, "data", "restore", *sure, str(copy))

    def problems(self, folder: Path, told_done: bool) -> list[str]:
        """All bets, and the run either there with its outcomes or not at all."""
        path = folder / "pump.db"
        run_command(folder, "runs", "list")
        found = counts(path)
        wrong = list(unsound(path))
        if found["live_bets"] != BETS or found["runs"] not in {0, 1} or (told_done and found["runs"] != 1):
            wrong.append(str(found))
        with closing(reading(path)) as database:
            wrong += ["half runs"] * half_runs(database, set())
        return wrong


class DeleteRun(_Kept):
    """A run with its outcomes is deleted over HTTP."""

    name = "delete of a run of 1,500,000 nonces"
    leaves = "all of the run or nothing of it"

    def begin(self, folder: Path) -> Running:
        """Serve the folder and ask for the deletion."""
        return request_to(folder, "DELETE", f"/runs/{only_run(folder)}", _is_deleted)

    def problems(self, folder: Path, told_done: bool) -> list[str]:
        """All or nothing, and nothing once it was answered."""
        path = folder / "pump.db"
        run_command(folder, "runs", "list")
        found = counts(path)
        left = found["runs"], found["run_outcomes"]
        wrong = list(unsound(path))
        if left not in {(1, 2), (0, 0)} or (told_done and left != (0, 0)) or found["live_bets"] != BETS:
            wrong.append(str(found))
        with closing(reading(path)) as database:
            wrong += ["half runs"] * half_runs(database, set())
        return wrong


class DeleteStream(_Kept):
    """A stream with its 40,000 bets and rounds is deleted over HTTP; its rows go piece by piece."""

    name = "delete of a stream of 40,000 bets"
    leaves = "the stream, or none of it; a restart takes away what is left of its rows"
    goes_on_s = 0.6

    def begin(self, folder: Path) -> Running:
        """Serve the folder and ask for the deletion."""
        return request_to(folder, "DELETE", f"/live/streams/{only_stream(folder)}", _is_deleted)

    def problems(self, folder: Path, told_done: bool) -> list[str]:
        """All or nothing is listed, nothing once it was answered; a restart leaves nothing behind."""
        path = folder / "pump.db"
        wrong = list(unsound(path))
        listed = json.loads(run_command(folder, "streams", "list", "--json"))
        bets = [item["total_bets"] for item in listed["items"]]
        if bets not in ([], [BETS]) or (told_done and bets):
            wrong.append(f"{bets} listed")
        kept = BETS if bets else 0
        with serving(folder):
            deadline = time.monotonic() + LONGEST
            while _rows(path) != (len(bets), kept, kept) and time.monotonic() < deadline:
                time.sleep(0.05)
        if _rows(path) != (len(bets), kept, kept):
            wrong.append(f"after a restart {counts(path)}")
        return [*wrong, *unsound(path)]


class ExportFile(_Kept):
    """A run is written to a file."""

    name = "export of a run to a file"
    leaves = "no file under its name, or a whole one"

    def begin(self, folder: Path) -> Running:
        """Write every nonce."""
        file = folder / "full.csv"

        def begun() -> bool:
            return any(folder.glob(f"{file.name}-*.part"))

        arguments = ("runs", "export", only_run(folder), "--kind", "full", "--output", str(file))
        return begin_command(folder, begun, *arguments)

    def beside(self, folder: Path, told_done: bool) -> list[str]:
        """A file with this name has all lines."""
        file = folder / "full.csv"
        if not file.exists():
            return ["the file is not there"] if told_done else []
        with file.open("rb") as lines:
            count = sum(1 for _ in lines)
        return [] if count == NONCES + 1 else [f"{count} lines"]


class ExportStreamed(_Kept):
    """A run is streamed over HTTP."""

    name = "export of a run over HTTP"
    leaves = "an answer the client knows to be cut off"

    def begin(self, folder: Path) -> Running:
        """Serve the folder and read the export."""
        return request_to(folder, "GET", f"/runs/{only_run(folder)}/export/full.csv", _whole_export)


def request_to(
    folder: Path, method: str, path: str, whole: Callable[[http.client.HTTPResponse], bool]
) -> Running:
    """Serve a folder and send one request; done when ``whole(answer)`` is."""
    server = start_serving(folder)

    def ask() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        try:
            connection.request(method, path, headers={"X-Ingest-Token": server.token})
            return whole(connection.getresponse())
        except (OSError, http.client.HTTPException):
            return False  # cut off
        finally:
            connection.close()

    asked = Asked(ask)
    asked.start()
    return Running(server.process, asked.sent.is_set, lambda: asked.done)


def _rows(path: Path) -> tuple[int, ...]:
    found = counts(path)
    return tuple(found[table] for table in ("live_streams", "live_bets", "live_rounds"))


def _is_deleted(answer: http.client.HTTPResponse) -> bool:
    return answer.status == 204


def _whole_export(answer: http.client.HTTPResponse) -> bool:
    lines = sum(piece.count(b"\n") for piece in iter(partial(answer.read, 1 << 20), b""))
    if lines != NONCES + 1:
        # http.client would have raised IncompleteRead: a cut that looks whole is the fault looked for.
        raise ValueError(f"an answer that looks whole has {lines} lines")
    return answer.status == 200


def _more_than(folder: Path, count: int) -> bool:
    return len(list(folder.iterdir())) > count


OPERATIONS: tuple[Operation, ...] = (
    Migration(),
    Backup(),
    BackupCommand(),
    RestoreCommand(),
    DeleteRun(),
    DeleteStream(),
    ExportFile(),
    ExportStreamed(),
)

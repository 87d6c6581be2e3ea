"""What a fault needs: a poster that knows what was acknowledged, and the row it ends in."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.load import stored_numbers
from tools.load_client import bet
from tools.load_server import Server
from tools.torture_operations import LONGEST, command

NO_ANSWER = 0
LOCK_S = 30.0
DISK_MB = 24
FILLER = 12 * 1024 * 1024


@dataclass(slots=True)
class Fault:
    """One fault: what was said, what was acknowledged and lost, and what was not as it must be."""

    name: str
    said: list[str] = field(default_factory=list)
    acknowledged: int = 0
    lost: int = 0
    recovery: str = "–"
    wrong: list[str] = field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether nothing was lost or wrong."""
        return not self.lost and not self.wrong

    def hear(self, sentence: str, folder: Path | None = None) -> None:
        """Enter a sentence once, without the name of the throw-away folder."""
        plain = sentence if folder is None else sentence.replace(str(folder), "…")
        if plain and plain not in self.said:
            self.said.append(plain)

    def expect(self, met: bool, otherwise: str) -> None:
        """Note what is not as it must be."""
        if not met:
            self.wrong.append(otherwise)

    def compare(self, database: Path, poster: Poster) -> None:
        """Compare what was acknowledged with what is stored."""
        self.count_lost(poster.acknowledged, set(stored_numbers(database)))

    def count_lost(self, acknowledged: set[int], stored: set[int], kept: int | None = None) -> None:
        """Enter what was acknowledged and is not stored, but for what has more than ``kept`` newer ones."""
        self.acknowledged = len(acknowledged)
        missing = acknowledged - stored
        if kept is not None and len(stored) > kept:
            first_kept = sorted(stored)[-kept]
            missing = {number for number in missing if number >= first_kept}
        self.lost = len(missing)

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON fields."""
        return {name: getattr(self, name) for name in self.__slots__}


class Poster:
    """Posts bets one by one to a server, and keeps what it acknowledged."""

    def __init__(self, server: Server, first: int = 1, step: int = 1) -> None:
        self.acknowledged: set[int] = set()
        self._next = first
        self._step = step
        self.turn_to(server)

    def turn_to(self, server: Server) -> None:
        """Post to another server from now on."""
        self._server = server

    def post(self) -> tuple[int, str]:
        """Post the next bet; give status and sentence."""
        number, self._next = self._next, self._next + self._step
        return self._send([number], "/live/ingest", bet(number))

    def batch(self, size: int) -> tuple[int, str]:
        """Post many bets at once; give status and sentence."""
        numbers = list(range(self._next, self._next + size * self._step, self._step))
        self._next += size * self._step
        return self._send(numbers, "/live/ingest/batch", [bet(number) for number in numbers])

    def _send(self, numbers: list[int], path: str, body: object) -> tuple[int, str]:
        """Send one request on a connection of its own; NO_ANSWER with the reason when none came."""
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=LONGEST)
        headers = {"Content-Type": "application/json", "X-Ingest-Token": self._server.token}
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        except (OSError, http.client.HTTPException) as error:
            return NO_ANSWER, f"no answer: {error}"
        finally:
            connection.close()
        if answer.status == 200:
            self.acknowledged.update(numbers)
            return 200, ""
        return answer.status, str(told.get("detail"))


def post(fault: Fault, poster: Poster, count: int, when: str = "") -> None:
    """Post some bets that must be taken."""
    for _ in range(count):
        status, sentence = poster.post()
        fault.expect(status == 200, f"{status} {sentence} {when}".strip())


def fill(fault: Fault, poster: Poster, disk: Path) -> None:
    """Post batches until the disk is full, and a few bets more; enter what was said."""
    status, sentence = 200, ""
    for _ in range(200):
        status, sentence = poster.batch(1000)
        if status != 200:
            break
    fault.hear(f"{status} {sentence}", disk)
    fault.expect(status == 503, f"status {status} on a full disk")
    for _ in range(20):
        fault.expect(poster.post()[0] in {200, 503}, "another answer than 200 or 503")


def refused_start(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> tuple[int, str]:
    """Start ``serve`` where it must refuse; give its exit code and what it said."""
    done = subprocess.run(
        command(folder, "serve", "--json", *arguments),
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return done.returncode, done.stderr.strip()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a file system of a few megabytes for as long as the block runs; needs root on Linux."""
    place = folder / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def may_mount() -> bool:
    """Tell whether small_disk() can be had here."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and os.uname().sysname == "Linux"

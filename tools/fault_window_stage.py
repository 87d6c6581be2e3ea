"""The window that a fault happens to: a real one on an X display, read and clicked from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools.bench_processes import ROOT
from tools.display import on_display, x_display
from tools.fault_stage import Fault
from tools.load_server import NO_LIMIT, Server, free_port, healthy
from tools.torture_operations import LONGEST

WATCHED = "tools.watched_window"
LOOK_S = 0.05
# Where the window says that something is wrong.
PLACES = {"status": "status line", "toast": "notice", "banner": "banner", "box": "dialog"}


class WatchedWindow:
    """A window in a process of its own: what it shows, and what is clicked in it."""

    def __init__(self, data: Path, notes: Path, port: int, **environment: str) -> None:
        notes.mkdir(exist_ok=True)
        self._data = data
        self._port = port
        self._said = notes / "said.jsonl"
        self._said.touch()
        self.environment = os.environ | NO_LIMIT | {"PUMP_INGEST_PORT": str(port)} | environment
        """What a second start on the same display needs."""
        with (notes / "stderr.txt").open("w") as errors:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tools.watched_window",
                    str(self._said),
                    "--data-dir",
                    str(data),
                ],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._errors = notes / "stderr.txt"
        self._heard = 0

    def server(self) -> Server:
        """Give its listener, once that answers."""
        self.wait("the listener", lambda: healthy(self._port))
        token = (self._data / "token").read_text().strip()
        return Server(self._port, token, self._data / "pump.db", self.process)

    def do(self, *words: str) -> None:
        """Have something done in it: ``open PAGE``, ``click TEXT``, ``minimise``."""
        pipe = self.process.stdin
        if pipe is None:
            raise RuntimeError("no standard input")
        pipe.write(" ".join(words) + "\n")
        pipe.flush()

    def shown(self) -> list[tuple[str, str]]:
        """Give the kind and words of all that came into sight since the last ``forget()``."""
        lines = self._said.read_text("utf-8").splitlines()[self._heard :]
        return [(one["kind"], one["text"]) for one in map(json.loads, lines)]

    def forget(self) -> None:
        """Start over with what comes into sight from now on."""
        self._heard = len(self._said.read_text("utf-8").splitlines())

    def sentences(self) -> dict[str, list[str]]:
        """Give what was said to a person, and where it stood."""
        found: dict[str, list[str]] = {}
        for kind, words in self.shown():
            if kind not in PLACES or words in {"good", "off"}:
                continue
            places = found.setdefault(words, [])
            if PLACES[kind] not in places:
                places.append(PLACES[kind])
        return found

    def has_shown(self, kind: str, words: str) -> bool:
        """Tell whether something that begins like this came into sight."""
        return any(one == kind and text.startswith(words) for one, text in self.shown())

    def wait(self, what: str, met: Callable[[], bool], seconds: float = LONGEST) -> None:
        """Wait until something is so; raises RuntimeError when it does not come or the window goes."""
        if not self.comes(met, seconds):
            raise RuntimeError(f"{what} did not come; in sight were {self.shown()[-8:]}")

    def comes(self, met: Callable[[], bool], seconds: float) -> bool:
        """Tell whether something comes to be so in time."""
        deadline = time.monotonic() + seconds
        while not met():
            if time.monotonic() > deadline:
                return False
            if self.process.poll() is not None:
                raise RuntimeError(f"the window ended with {self.process.returncode}: {self._stderr()}")
            time.sleep(LOOK_S)
        return True

    def end(self, fault: Fault) -> None:
        """Have it end as the system ends a program, and note what was not as it must be."""
        self.process.terminate()
        code = self.process.wait(LONGEST)
        fault.expect(code == 0, f"the window ended with {code}: {self._stderr()}")
        for kind, words in self.shown():
            fault.expect(kind not in {"report", "refused"}, f"{kind}: {words}")
        fault.expect("Traceback" not in self._stderr(), f"on stderr: {self._stderr()[-300:]}")

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        self.process.kill()
        self.process.wait(LONGEST)
        if self.process.stdin is not None:
            self.process.stdin.close()

    def _stderr(self) -> str:
        return self._errors.read_text().strip()


Open = Callable[..., WatchedWindow]
"""``open(data, port=0)`` gives a window on the display of the fault; port 0 is any free one."""


@contextmanager
def windows(notes: Path) -> Iterator[Open]:
    """Give what opens windows on one X display, or offscreen without Xvfb; what still runs is killed."""
    begun: list[WatchedWindow] = []
    with ExitStack() as stack:
        display = {"QT_QPA_PLATFORM": "offscreen"}
        if shutil.which("Xvfb") is not None:
            display = on_display(stack.enter_context(x_display()))

        def begin(data: Path, port: int = 0, **environment: str) -> WatchedWindow:
            place = notes / f"window-{len(begun)}"
            window = WatchedWindow(data, place, port or free_port(), **display, **environment)
            begun.append(window)
            return window

        try:
            yield begin
        finally:
            for window in begun:
                window.kill()

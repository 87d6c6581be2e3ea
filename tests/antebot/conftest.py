"""Antebot as node plays it, and a listener that can be stopped and started on one port."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pump_desktop.api.server import Listener
from pump_desktop.services.backend import Backend
from pump_desktop.services.connect.script import ScriptOptions, script_text
from pump_desktop.system.settings import Settings

STUB = Path(__file__).with_name("antebot_stub.js")
TOKEN = "token-of-\"the'-tests\\"  # noqa: S105 - made up, and hard to quote
# A bound against hanging: the machine is shared.
WAIT_S = 60


class Antebot:
    """A running stub: takes commands, and keeps what the script did."""

    def __init__(self, script: Path, options: dict[str, Any]) -> None:
        node = shutil.which("node")
        if node is None:
            pytest.skip("node is not on this machine")
        self.said: list[dict[str, Any]] = []
        self._new: queue.Queue[dict[str, Any]] = queue.Queue()
        self._process = subprocess.Popen(
            [node, str(STUB), str(script), json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._new.put(json.loads(line))

    def send(self, **command: Any) -> None:
        """Give a command: ``bets``, ``stop``, ``counts`` or ``run``."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def wait_for(self, right: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Give the first thing said from now on that is right."""
        while True:
            said = self._new.get(timeout=WAIT_S)
            self.said.append(said)
            if right(said):
                return said

    def play(self, bets: list[dict[str, Any]]) -> dict[str, Any]:
        """Place bets, and give what the stub says of it."""
        self.send(bets=bets)
        return self.wait_for(lambda said: "played" in said)

    def counts(self) -> dict[str, Any]:
        """Give the script's own counts."""
        self.send(counts=True)
        counts: dict[str, Any] = self.wait_for(lambda said: "counts" in said)["counts"]
        return counts

    def counts_with(self, **wanted: int) -> dict[str, Any]:
        """Give the script's counts as soon as they hold these.

        A round is stored before its answer is back in the script, so the counts come after the rounds.
        """
        until = time.monotonic() + WAIT_S
        while not (counts := self.counts()).items() >= wanted.items():
            assert time.monotonic() < until, f"{counts} never held {wanted}"
        return counts

    def wait_for_log(self, part: str) -> str:
        """Give the first line of Antebot's console with this part, waited for if need be."""
        if found := self.logs(part):
            return found[0]
        return str(self.wait_for(lambda said: part in said.get("log", ""))["log"])

    def logs(self, part: str = "") -> list[str]:
        """Give the lines of Antebot's console so far."""
        return [said["log"] for said in self.said if "log" in said and part in said["log"]]

    def close(self) -> None:
        """End node and keep the rest of what it said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(WAIT_S)
        finally:
            self._process.kill()
            self._reader.join()
            self._process.stdout.close()
        while not self._new.empty():
            self.said.append(self._new.get())


@pytest.fixture
def listener(backend: Backend) -> Iterator[Listener]:
    opened = Listener(backend, settings=Settings(), token=TOKEN)
    opened.start(0)
    yield opened
    opened.stop()


@pytest.fixture
def antebot(tmp_path: Path, listener: Listener) -> Iterator[Callable[..., Antebot]]:
    """Give a function that runs the script of some options, with a strategy below it or none."""
    running: list[Antebot] = []

    def run(strategy: str = "", stub: dict[str, Any] | None = None, **options: Any) -> Antebot:
        given = {"url": listener.url, "token": TOKEN, "flush_seconds": 0.02} | options
        script = tmp_path / f"script-{len(running)}.js"
        script.write_text(script_text(ScriptOptions.parse(**given)) + strategy, "utf-8")
        running.append(Antebot(script, stub or {}))
        return running[-1]

    yield run
    for one in running:
        one.close()

"""The end of ``serve`` while somebody's question does not end."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from pump_desktop.cli import main
from pump_desktop.services.runs.runs import Runs
from tools.load_server import free_port, healthy


@pytest.mark.expects_warning
@pytest.mark.skipif(os.name != "posix", reason="a signal to itself")
def test_a_question_that_does_not_end_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def detail(_runs: Runs, _run_id: object) -> None:
        inside.set()
        go_on.wait(60)

    left: list[int] = []
    monkeypatch.setattr(Runs, "detail", detail)
    monkeypatch.setattr("pump_desktop.api.server._GRACE_S", 0)
    monkeypatch.setattr("pump_desktop.system.threads.PATIENCE_S", 0.05)
    # It would end this process; what Python's own way out would wait for is looked at instead.
    monkeypatch.setattr("pump_desktop.cli.serve.leave", left.append)
    port = free_port()

    def ask() -> None:
        while not healthy(port):
            os.sched_yield()
        token = {"X-Ingest-Token": (tmp_path / "token").read_text().strip()}
        httpx.get(f"http://127.0.0.1:{port}/runs/{uuid4()}", headers=token, timeout=60)

    def end() -> None:
        inside.wait(60)
        os.kill(os.getpid(), signal.SIGTERM)

    helpers = [threading.Thread(target=work) for work in (ask, end)]
    for helper in helpers:
        helper.start()
    assert main.run(["--data-dir", str(tmp_path), "serve", "--port", str(port)]) == 0
    assert left == [0]
    go_on.set()
    for helper in helpers:
        helper.join()

"""How the proof's figures are made from what was measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.fault_stage import Fault, Poster, refused_start
from tools.load_server import serving
from tools.proof_tables import keep, markdown
from tools.soak import slope_an_hour
from tools.torture_operations import Running


def test_a_table_is_markdown_with_figures_at_the_right() -> None:
    table = markdown(("what", "how many"), [("a|b", 1234), ("c", 5)])
    assert table.splitlines() == [
        "| what | how many |",
        "| --- | ---: |",
        "| a\\|b | 1,234 |",
        "| c | 5 |",
    ]


def test_a_result_is_kept_with_where_it_was_measured(tmp_path: Path) -> None:
    path = keep("one", {"lost": 0}, tmp_path / "deep" / "one.json")
    told = json.loads(path.read_text())
    assert told["lost"] == 0
    assert "Pump Desktop" in told["where"]


def test_the_slope_of_a_soak_leaves_the_beginning_out() -> None:
    # 100 MB come at once while pages are made; from then on it is 36 MB an hour.
    samples = [
        {"second": 10.0 * at, "rss_mb": 200.0 + 0.1 * at + (100 if at >= 15 else 0)} for at in range(100)
    ]
    assert slope_an_hour(samples, "rss_mb") == pytest.approx(36.0)


def test_what_a_server_acknowledged_is_compared_with_its_file(tmp_path: Path) -> None:
    fault = Fault("none")
    with serving(tmp_path) as server:
        poster = Poster(server)
        assert [poster.post() for _ in range(3)] == [(200, "")] * 3
        assert poster.batch(20) == (200, "")
        fault.compare(server.database, poster)
        assert (fault.acknowledged, fault.lost, fault.good) == (23, 0, True)
        poster.acknowledged.add(999)
        fault.compare(server.database, poster)
        assert (fault.lost, fault.good) == (1, False)
        code, sentence = refused_start(tmp_path, "--port", str(server.port))
    assert code == 2
    assert "in use by another program" in sentence


def test_an_operation_is_killed_when_it_has_begun_and_not_before(tmp_path: Path) -> None:
    sign = tmp_path / "begun"
    endless = f"import pathlib, threading; pathlib.Path({str(sign)!r}).touch(); threading.Event().wait()"
    process = subprocess.Popen([sys.executable, "-c", endless])
    running = Running(process, sign.exists)
    begun = running.until_begun()
    assert sign.exists()
    assert running.kill_at(begun) is False
    assert process.returncode is not None

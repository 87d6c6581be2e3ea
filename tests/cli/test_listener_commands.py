import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.tools.load_client import SERVER_SEED, bet
from tests.tools.load_server import post, serving


def pump(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(folder), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_serve_list_export_and_reveal(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        first = post(server, bet(1))
        assert first["accepted"] is True
        assert post(server, bet(1))["accepted"] is False
        post(server, bet(2))
        listed = json.loads(pump(tmp_path, "streams", "list", "--json").stdout)
        with urllib.request.urlopen(
            urllib.request.Request(
                f"http://127.0.0.1:{server.port}/live/streams", headers={"X-Ingest-Token": server.token}
            ),
            timeout=30,
        ) as answer:
            assert json.load(answer) == listed
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
    stream = listed["items"][0]
    assert (stream["id"], stream["total_bets"]) == (first["streamId"], 2)

    exported = pump(tmp_path, "streams", "export", stream["id"]).stdout.splitlines()
    assert exported[0].startswith("nonce,antebot_bet_id,date_time,")
    assert [line.split(",")[:2] for line in exported[1:]] == [["1", "load-1"], ["2", "load-2"]]

    wrong = pump(tmp_path, "streams", "reveal", stream["id"], "--server-seed", "another")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("Error: server_seed")
    revealed = pump(
        tmp_path, "streams", "reveal", stream["id"], "--server-seed", "-", "--json", stdin=SERVER_SEED
    )
    audit = json.loads(revealed.stdout)
    assert audit["checked"] == audit["matches"] + len(audit["mismatches"])
    assert revealed.returncode == (1 if audit["mismatches"] else 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_serve_ends_with_0_when_asked_to(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as server:
        server.process.send_signal(number)
        assert server.process.wait(30) == 0


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with serving(tmp_path / "first") as server:
        done = pump(tmp_path / "second", "serve", "--port", str(server.port))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(server.port) in done.stderr


def test_tokens_are_made_shown_and_rotated(tmp_path: Path) -> None:
    shown = pump(tmp_path, "token", "show").stdout.strip()
    assert len(shown) >= 32
    assert pump(tmp_path, "token", "show").stdout.strip() == shown
    rotated = pump(tmp_path, "token", "rotate").stdout.strip()
    assert rotated != shown
    assert pump(tmp_path, "token", "show").stdout.strip() == rotated
    if os.name == "posix":
        assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600


def test_an_unknown_stream_is_one_sentence(tmp_path: Path) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    done = pump(tmp_path, "streams", "export", missing)
    assert (done.returncode, done.stderr) == (2, f"Error: Stream with ID {missing} not found\n")
    assert pump(tmp_path, "streams", "export", "x").returncode == 2

import json
import os
import signal
import urllib.request
from pathlib import Path

import pytest

from tests.cli.command import Pump
from tools.load_client import SERVER_SEED, bet
from tools.load_server import post, serving


def test_serve_list_export_and_reveal(tmp_path: Path, pump: Pump) -> None:
    with serving(tmp_path) as server:
        first = post(server, bet(1))
        assert first["accepted"] is True
        assert post(server, bet(1))["accepted"] is False
        post(server, bet(2))
        listed = json.loads(pump("streams", "list", "--json", data=tmp_path).stdout)
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

    exported = pump("streams", "export", stream["id"], data=tmp_path).stdout.splitlines()
    assert exported[0].startswith("nonce,antebot_bet_id,date_time,")
    assert [line.split(",")[:2] for line in exported[1:]] == [["1", "load-1"], ["2", "load-2"]]

    wrong = pump("streams", "reveal", stream["id"], "--server-seed", "another", data=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("Error: server_seed")
    revealed = pump(
        "streams", "reveal", stream["id"], "--server-seed", "-", "--json", stdin=SERVER_SEED, data=tmp_path
    )
    audit = json.loads(revealed.stdout)
    assert audit["checked"] == audit["matches"] + len(audit["mismatches"])
    assert revealed.returncode == (1 if audit["mismatches"] else 0)


@pytest.mark.usefixtures("hears_hangups")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_serve_ends_with_0_when_asked_to(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as server:
        server.process.send_signal(number)
        assert server.process.wait(30) == 0


def test_a_taken_port_is_one_sentence(tmp_path: Path, pump: Pump) -> None:
    with serving(tmp_path / "first") as server:
        done = pump("serve", "--port", str(server.port), data=tmp_path / "second")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(server.port) in done.stderr


def test_tokens_are_made_shown_and_rotated(tmp_path: Path, pump: Pump) -> None:
    shown = pump("token", "show", data=tmp_path).stdout.strip()
    assert len(shown) >= 32
    assert pump("token", "show", data=tmp_path).stdout.strip() == shown
    rotated = pump("token", "rotate", data=tmp_path).stdout.strip()
    assert rotated != shown
    assert pump("token", "show", data=tmp_path).stdout.strip() == rotated
    if os.name == "posix":
        assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600


def test_an_unknown_stream_is_one_sentence(tmp_path: Path, pump: Pump) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    done = pump("streams", "export", missing, data=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"Error: Stream with ID {missing} not found\n")
    assert pump("streams", "export", "x", data=tmp_path).returncode == 2

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import StreamQuery
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.backend import Backend
from pump_desktop.services.live.messages import parse_message
from pump_desktop.system.clock import utc_now
from pump_desktop.system.settings import Settings
from tools.demo_bets import SIMULATED, Play, messages
from tools.demo_live import into_an_open_window, main, options_of
from tools.demo_replay import NOTES, Replay
from tools.load_server import serving

RATE = 2_000.0


def test_a_replay_is_stored_once_and_labelled(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        told: list[str] = []
        replay = Replay(f"http://127.0.0.1:{server.port}", server.token, Play(mismatch=True), RATE)
        tally = replay.run(2.0, told.append)
        assert tally.refused == []
        assert tally.bets + tally.heartbeats == tally.accepted + tally.known == 4_000
        assert tally.known > 0
        assert [line.split(" s ")[0].strip() for line in told] == ["1", "2"]
        with closing(sqlite3.connect(f"{server.database.as_uri()}?mode=ro", uri=True)) as database:
            row = database.execute(
                """
                SELECT client_seed, notes, total_bets, total_rounds, first_nonce, last_nonce
                FROM live_streams
                """
            ).fetchone()
            order = [nonce for (nonce,) in database.execute("SELECT nonce FROM live_bets ORDER BY id")]
    client_seed, notes, bets, rounds, first, last = row
    assert (client_seed, notes) == (SIMULATED, NOTES)
    assert rounds == tally.accepted
    assert 0 < bets < rounds < last - first + 1
    assert order != sorted(order)
    assert len(order) == len(set(order)) == bets


def test_another_listener_is_attached_to_and_a_wrong_token_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path / "data") as server:
        place = ["--url", f"http://127.0.0.1:{server.port}", "--rate", "400", "--seconds", "1"]
        assert main([*place, "--token", server.token]) == 0
        assert main([*place, "--token", "wrong"]) == 1
    said = capsys.readouterr().out
    assert " 0 refused" in said
    assert "401: " in said


def test_results_are_the_engines_but_for_the_planted_one(backend: Backend) -> None:
    play = Play(mismatch=True)
    sent = [parse_message(one) for one in islice(messages(play, utc_now(), 50.0), 1_500)]
    last = max(one.nonce for one in sent)
    wanted = ScanRequest(play.server_seed, SIMULATED, play.first, last, Difficulty.EXPERT, (2.8,))
    outcomes = backend.runs.create(wanted, keep=False).outcomes
    wrong = {one.nonce for one in sent if one.safe_pumps != outcomes[one.nonce - play.first]}
    assert len(wrong) == 1
    backend.live.ingest(sent).result()
    (row,) = backend.live.streams(StreamQuery()).items
    audit = reveal(backend.live, row.id, play.server_seed)
    assert {one.nonce for one in audit.mismatches} == wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rate", "0"], "--rate must be above 0"),
        (
            ["--url", "http://127.0.0.1:1"],
            "--url and --token belong together; the token is at Live,",
        ),
        (["--url", "x", "--token", "y", "--shots", "z"], "leave --url out"),
    ],
)
def test_wrong_options_are_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options_of(arguments)
    assert words in capsys.readouterr().err


def test_it_says_how_to_post_into_an_open_window(capsys: pytest.CaptureFixture[str]) -> None:
    line = into_an_open_window()
    place = re.search(r'ARGS="([^"]+)"', line)
    assert place is not None
    options = options_of(place[1].split())
    assert (options.url, options.token) == (f"http://127.0.0.1:{Settings().ingest_port}", "TOKEN")
    with pytest.raises(SystemExit):
        options_of(["--help"])
    for said in (line, capsys.readouterr().out):
        assert "Copy token" in said
        assert "pump-desktop token show" in said

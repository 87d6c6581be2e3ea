"""What commands print of seeds, names, notes and paths: no word of it moves the cursor, hides or forges."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path

import click
import pytest

from pump_desktop import __main__ as entry
from pump_desktop.cli.main import commands, run
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.seeds import UNSEEN, visible
from pump_desktop.services.backend import open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.services.samples import SEED, bet, send

# Colour, clear the screen (C1), turn round, no width, a bell, and a line of its own.
HOSTILE = "\x1b[31mred\x9b2J\u202etxt\u2066\u200b\x07\r\nforged"
SPELLED = r"\x1b[31mred\x9b2J\u202etxt\u2066\u200b\x07\r\nforged"


class Stored:
    """A data folder with a run and a stream, all of them named by HOSTILE, as is the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / HOSTILE.replace("/", "")
        backend = open_backend(Settings(), resolve_paths(self.folder))
        request = ScanRequest(SEED, HOSTILE, 1, 100, Difficulty.EXPERT, (1.63,))
        run_id = backend.runs.create(request, name=HOSTILE).run.id
        backend.runs.set_notes(run_id, HOSTILE)
        self.run = str(run_id)
        sent = send(
            backend.live, [bet(number, id=f"{HOSTILE}{number}", clientSeed=HOSTILE) for number in range(1, 4)]
        )
        self.stream = str(sent[0].stream_id)
        backend.live.set_notes(sent[0].stream_id, HOSTILE).result()
        backend.storage.back_up()
        backend.close()

    def calls(self) -> dict[str, list[list[str]]]:
        """Give what is called of each command."""
        seeds = ["--server-seed", HOSTILE, "--client-seed", HOSTILE]
        scan = [
            "scan",
            *seeds,
            "--end",
            "100",
            "--difficulty",
            "expert",
            "--target",
            "1.63",
            "--name",
            HOSTILE,
        ]
        verify = ["verify", *seeds, "--nonce", "1", "--difficulty", "expert", "--trace"]
        return {
            "scan": [scan, [*scan, "--json"]],
            "verify": [verify, [*verify, "--json"], [*verify, "--expect", HOSTILE]],
            "runs list": [["runs", "list"], ["runs", "list", "--json"]],
            "runs show": [
                ["runs", "show", self.run],
                ["runs", "show", self.run, "--json"],
                ["runs", "show", HOSTILE],
            ],
            "runs export": [["runs", "export", self.run, "--output", str(self.folder / f"{HOSTILE}.csv")]],
            "runs delete": [["runs", "delete", HOSTILE], ["runs", "delete", self.run, "--yes"]],
            "streams list": [["streams", "list"], ["streams", "list", "--json"]],
            "streams export": [
                ["streams", "export", self.stream, "--output", str(self.folder / f"{HOSTILE}.csv")]
            ],
            "streams reveal": [
                ["streams", "reveal", self.stream, "--server-seed", SEED],
                ["streams", "reveal", self.stream, "--server-seed-file", HOSTILE, "--json"],
            ],
            "data check": [["data", "check"], ["data", "check", "--json"]],
            "data backup": [["data", "backup"], ["data", "backup", "--json"]],
            "data backups": [["data", "backups"], ["data", "backups", "--json"]],
            "data restore": [["data", "restore", HOSTILE], ["data", "restore", "--yes"]],
            "data compact": [["data", "compact"]],
            "data prune": [["data", "prune", "--keep", "1"], ["data", "prune", "--keep", HOSTILE]],
            "data size": [["data", "size"], ["data", "size", "--json"]],
            "token show": [["token", "show"], ["token", "show", HOSTILE]],
            "token rotate": [["token", "rotate"]],
            "doctor": [["doctor"]],
            "sample": [["sample", "--json", HOSTILE]],
            "serve": [["serve", "--port", HOSTILE]],
        }


def leaves(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    return Stored(tmp_path_factory.mktemp("hostile"))


def call(stored: Stored, arguments: Sequence[str]) -> int:
    return run(["--data-dir", str(stored.folder), *arguments])


def test_no_command_prints_what_a_terminal_acts_on(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = stored.calls()
    assert set(calls) == set(leaves(commands))
    said: dict[str, list[str]] = {}
    for name, each in calls.items():
        for arguments in each:
            assert call(stored, arguments) in {0, 1, 2}, arguments
            printed = capsys.readouterr()
            lines = f"{printed.out}{printed.err}".splitlines(keepends=True)
            said.setdefault(name, []).extend(lines)
            wrong = [
                line for line in lines if UNSEEN.search(line.removesuffix("\n")) or line.startswith("forged")
            ]
            assert not wrong, arguments
    # What could not be seen is there to be read, in all that say anything of it.
    silent = {name for name, lines in said.items() if not any("u202e" in line for line in lines)}
    assert silent == {"token rotate", "data compact"}


def test_json_keeps_the_value_of_what_it_spells_out(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(stored, ["streams", "list", "--json"]) == 0
    (stream,) = json.loads(capsys.readouterr().out)["items"]
    assert (stream["client_seed"], stream["notes"]) == (HOSTILE, HOSTILE)


def test_an_export_is_spelled_out_on_a_terminal_alone(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(stored, ["streams", "export", stored.stream]) == 0
    piped = capsys.readouterr().out
    assert HOSTILE in piped
    pty = pytest.importorskip("pty", reason="terminals are POSIX")
    master, slave = pty.openpty()
    with open(slave, "w", encoding="utf-8") as terminal, redirect_stdout(terminal):  # noqa: PTH123 - a descriptor
        assert call(stored, ["streams", "export", stored.stream]) == 0
        terminal.flush()
        shown = os.read(master, 65_536).decode()
    os.close(master)
    # The terminal itself makes both line ends of one.
    assert not UNSEEN.search(shown.replace("\r\n", ""))
    assert "\\u202etxt" in shown


def test_a_server_says_its_folder_without_what_a_terminal_acts_on(stored: Stored) -> None:
    arguments = ["--data-dir", str(stored.folder), "serve", "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "pump_desktop", *arguments], stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        assert re.fullmatch(r"listening on http://127\.0\.0\.1:\d+\n", serving.stdout.readline())
        serving.send_signal(signal.SIGTERM)
    assert serving.returncode == 0


def test_a_terminal_that_cannot_write_a_seed_gets_it_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    entry._guard_streams()
    click.echo("Spiel 種 – ü")
    sys.stdout.flush()
    assert written.getvalue() == b"Spiel \\u7a2e \\u2013 \xfc" + os.linesep.encode()


@pytest.mark.parametrize(("text", "shown"), [
    (HOSTILE, SPELLED),
    ("zXv1upuFns – 種子 😀 é", "zXv1upuFns – 種子 😀 é"),
    ("a\ud800\U000e0041\ufeffb", r"a\ud800\U000e0041\ufeffb"),
    ("tab\there", r"tab\there"),
])  # fmt: skip
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown

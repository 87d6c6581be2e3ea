"""Pipes, devices, folders, loops and huge files in the place of a file: a sentence at once, and no wait."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pump_desktop.cli.main import run
from pump_desktop.domain.errors import KnownError
from pump_desktop.services.imports.files import look
from pump_desktop.services.live.log_follow import LogLines
from pump_desktop.services.runs.batch import read_pair_file
from pump_desktop.system.data_folder import remember_folder
from pump_desktop.system.files import append_private, open_regular, read_regular
from pump_desktop.system.logs import LOG_FILE, open_logs
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.token import load_or_make_token

# Opened without care, a pipe waits for ever.
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="pipes and devices with names are POSIX"),
    pytest.mark.timeout(30),
]

Make = Callable[[Path], None]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(8 * 1024**3)


ODD = pytest.mark.parametrize("make", [pipe, folder, device, loop])
ODD_OR_HUGE = pytest.mark.parametrize("make", [pipe, folder, device, loop, huge])


@ODD_OR_HUGE
def test_only_a_file_is_read(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "file"
    make(path)
    with pytest.raises(OSError, match=r"not a file|directory|symbolic links|larger than 1,000 bytes"):
        read_regular(path, 1_000)


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a\r\nb\x1a\n")
    assert read_regular(path, 7) == b"a\r\nb\x1a\n"
    with open_regular(path) as file:
        assert file.readline() == b"a\r\n"
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "none")


@ODD_OR_HUGE
@pytest.mark.parametrize("arguments", [["runs", "list"], ["token", "show"]])
def test_settings(
    tmp_path: Path, make: Make, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "settings.json")
    assert run(["--data-dir", str(tmp_path), *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"Error: The settings file {tmp_path / 'settings.json'} cannot be read: ")
    assert said.count("\n") == 1


@ODD_OR_HUGE
def test_the_settings_file_that_points_to_another_folder(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PUMP_DATA_DIR")
    usual = resolve_paths().settings_file
    usual.parent.mkdir(parents=True)
    make(usual)
    assert not remember_folder(tmp_path / "here", tmp_path / "there")


@ODD_OR_HUGE
def test_a_token(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "token")
    with pytest.raises(KnownError, match=r"The token file .* (cannot be used|holds no token)"):
        load_or_make_token(resolve_paths(tmp_path))


@ODD_OR_HUGE
def test_a_seed(tmp_path: Path, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path / "seed")
    seeds = ["--server-seed-file", str(tmp_path / "seed"), "--client-seed", "b"]
    assert run(["verify", *seeds, "--nonce", "1", "--difficulty", "easy"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert ("--server-seed - reads a line from standard input" in said) is (make in {pipe, device})


@ODD
@pytest.mark.parametrize("arguments", [["runs", "list"], ["data", "check"], ["data", "backups"]])
def test_the_database(
    tmp_path: Path, make: Make, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "pump.db")
    assert run(["--data-dir", str(tmp_path), *arguments]) == 2
    said = capsys.readouterr().err
    assert ("is not a file. Choose another data folder." in said) is (make is not loop)
    assert ("links to itself" in said) is (make is loop)


@pytest.mark.parametrize("make", [pipe, folder, device])
@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_what_stands_beside_the_database(
    tmp_path: Path, make: Make, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = tmp_path / f"pump.db{ending}"
    make(beside)
    for arguments in (["runs", "list"], ["data", "check"], ["data", "backups"]):
        assert run(["--data-dir", str(tmp_path), *arguments]) == 2
        assert capsys.readouterr().err == f"Error: {beside} is not a file. Move it away.\n"


@ODD_OR_HUGE
@pytest.mark.parametrize("arguments", [["data", "backups"], ["data", "restore", "latest", "--yes"]])
def test_a_backup(
    tmp_path: Path, make: Make, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--data-dir", str(tmp_path), "data", "backup"]) == 0
    (kept,) = (tmp_path / "backups").glob("*.db")
    capsys.readouterr()
    kept.unlink()
    make(kept)
    assert run(["--data-dir", str(tmp_path), *arguments]) in {0, 2}
    said = capsys.readouterr()
    assert (f"{said.out}{said.err}").count("\n") == 1
    assert "unexpected" not in said.err


@ODD
def test_a_list_of_seed_pairs_and_bets_to_import_and_a_log_to_follow(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "file"
    make(path)
    with pytest.raises(KnownError):
        read_pair_file(path)
    with pytest.raises(KnownError):
        look(path)
    with pytest.raises(OSError, match=r"not a file|directory|symbolic links"):
        LogLines(path).read()


@ODD
def test_a_log(tmp_path: Path, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    paths = resolve_paths(tmp_path)
    paths.logs.mkdir()
    make(paths.logs / LOG_FILE)
    with open_logs(paths) as logs:
        logging.getLogger("pump_desktop.test").info("one")
        assert logs.last_lines()[0].endswith("one")
    said = capsys.readouterr().err
    # What is written into the device of zeros is gone, as whoever linked it there wants it.
    assert ("cannot be written" in said) is (make is not device)


def test_a_pipe_that_is_read_is_no_log_either(tmp_path: Path) -> None:
    pipe(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(OSError, match=r"not a file"):
        append_private(tmp_path / "pipe")
    os.close(reader)

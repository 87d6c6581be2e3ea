"""Every file the program makes is its owner's alone, also where the account lets everybody read and write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from pump_desktop.cli.main import run
from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.app.listening import ListenerState
from pump_desktop.qt.app.single_instance import LOCK_FILE, SingleInstance, Start
from pump_desktop.services.runs.export import write_text
from pump_desktop.system.settings import save_settings
from pump_desktop.ui.charts.picture import Picture
from tests.live_samples import sample_bets
from tests.ui.support.program import Running

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights of other accounts are POSIX")


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    """Let a file that is made without care be open to everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return [
        f"{path.relative_to(folder)} {path.stat().st_mode & 0o777:o}"
        for path in sorted(folder.rglob("*"))
        if path.stat().st_mode & 0o077
    ]


def test_a_window_and_what_it_writes(running: Running, qtbot: QtBot, data: Path) -> None:
    program = running.program
    qtbot.waitUntil(lambda: program.listening.status.state is ListenerState.LISTENING)
    running.store()
    backend = running.backend
    backend.live.ingest(sample_bets(1, 10)).result()
    backup = backend.storage.back_up()
    backend.storage.compact()
    backend.storage.restore(backup.path)
    moved = data.parent / "moved"
    backend.storage.move_to(moved, data)
    backend.storage.stay()
    save_settings(data / "settings.json", {"theme": "dark"})
    assert open_to_others(data) == []
    assert open_to_others(moved) == []
    running.close()
    names = {path.name for path in data.rglob("*") if path.is_file()}
    assert {"pump.db", "settings.json", "token", "window.ini", backup.path.name} <= names
    assert open_to_others(data) == []


def test_commands_and_their_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    out.mkdir(mode=0o700)
    seeds = ["--server-seed", "a", "--client-seed", "b"]
    here = ["--data-dir", str(data)]
    assert run([*here, "scan", *seeds, "--end", "100", "--difficulty", "easy", "--target", "1.02"]) == 0
    run_id = capsys.readouterr().out.rpartition("Stored as ")[2].split()[0]
    for kind in ("hits", "full", "distances"):
        file = ["--output", str(out / f"{kind}.csv")]
        assert run([*here, "runs", "export", run_id, "--kind", kind, *file]) == 0
    for command in (["token", "rotate"], ["data", "backup"], ["runs", "show", "no id"]):
        run([*here, *command])
    assert len(list(out.iterdir())) == 3
    assert open_to_others(tmp_path) == []


def test_pictures_and_a_file_that_was_open_to_others(tmp_path: Path) -> None:
    image = QImage(2, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    (tmp_path / "a.svg").write_text("open to everybody")
    Picture(image).write(tmp_path / "a.png")
    Picture(b"<svg/>").write(tmp_path / "a.svg")
    assert open_to_others(tmp_path) == []
    assert (tmp_path / "a.svg").read_bytes() == b"<svg/>"
    assert not QImage(str(tmp_path / "a.png")).isNull()


def test_the_lock_of_a_window(tmp_path: Path, qtbot: QtBot) -> None:
    assert qtbot is not None
    with SingleInstance() as instance:
        assert instance.begin(tmp_path / "data") is Start.FIRST
        assert (tmp_path / "data" / LOCK_FILE).exists()
        assert open_to_others(tmp_path) == []


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/null")])
def test_an_export_replaces_files_and_nothing_else(tmp_path: Path, make: object) -> None:
    there = tmp_path / "there"
    make(there)  # type: ignore[operator]  # each of them makes what the path names
    with pytest.raises(KnownError, match=r"there cannot be written: It is not a file\."):
        write_text(there, ["a"])
    assert list(tmp_path.iterdir()) == [there]

"""One window per data folder, with real processes: at once, after a kill, while one hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile, Qt
from PySide6.QtNetwork import QLocalServer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pump_desktop.program import Program
from pump_desktop.qt.app import single_instance
from pump_desktop.qt.app.single_instance import LOCK_FILE, SingleInstance, Start, addresses_of
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.kit.toast import Toast

Begin = Callable[[], subprocess.Popen[str]]
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX"),
    pytest.mark.usefixtures("qapp"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a folder"


@pytest.fixture
def begin(folder: Path) -> Iterator[Begin]:
    """Give a function that starts a process, which waits for its first byte before it takes the folder."""
    begun: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        begun.append(one_start(folder))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def one_start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.qt.app.one_start", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write(".")
    process.stdin.flush()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_of_starts_at_the_same_moment_exactly_one_wins(begin: Begin) -> None:
    processes = [begin() for _ in range(5)]
    for process in processes:
        go(process)
    words = []
    for process in processes:
        words.append(said(process))
        if words[-1] == "asked":
            words[-1] = said(process)
    assert sorted(words) == ["FIRST", *["RAISED"] * 4]


def test_after_a_kill_the_folder_is_free_at_once(begin: Begin, folder: Path) -> None:
    first = begin()
    go(first)
    assert said(first) == "FIRST"
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (folder / LOCK_FILE).exists()
    with SingleInstance() as instance:
        assert instance.begin(folder, 0) is Start.FIRST
    assert not (folder / LOCK_FILE).exists()
    # Its socket was left behind, too, and is taken over.
    second = begin()
    go(second)
    assert said(second) == "FIRST"
    with SingleInstance() as instance:
        assert instance.begin(folder) is Start.RAISED
    assert said(second) == "asked"


def test_a_hung_window_keeps_its_folder_and_answers_later(
    begin: Begin, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "_SILENT_MS", 0)
    first = begin()
    go(first)
    assert said(first) == "FIRST"
    first.send_signal(signal.SIGSTOP)
    with SingleInstance() as instance:
        assert instance.begin(folder, 300) is Start.NO_ANSWER
        assert (folder / LOCK_FILE).exists()
        first.send_signal(signal.SIGCONT)
        assert instance.begin(folder) is Start.RAISED
    assert said(first) == "asked"


def test_a_folder_is_taken_without_holding_the_window(
    begin: Begin, folder: Path, tmp_path: Path, runner: JobRunner, qtbot: QtBot
) -> None:
    first = begin()
    go(first)
    assert said(first) == "FIRST"
    first.send_signal(signal.SIGSTOP)
    other = tmp_path / "other"
    with SingleInstance() as instance:
        found: list[Start] = []
        # The first does not answer until the window's loop, which must run meanwhile, lets it.
        instance.begin_beside(runner, folder, found.append, 60_000)
        assert found == []
        first.send_signal(signal.SIGCONT)
        qtbot.waitUntil(lambda: found == [Start.RAISED])
        assert said(first) == "asked"
        instance.begin_beside(runner, other, found.append, 0)
        instance.begin_beside(runner, folder, found.append, 60_000)
        qtbot.waitUntil(lambda: len(found) == 3)
        assert found[1:] == [Start.FIRST, Start.RAISED]
        # What is held is known at once; and it is held: a second start reaches this window.
        instance.begin_beside(runner, other, found.append, 0)
        assert found[3:] == [Start.FIRST]
        second = one_start(other)
        go(second)
        with qtbot.waitSignal(instance.raise_asked):
            pass
        assert said(second) == "RAISED"
        second.communicate()
    assert not (other / LOCK_FILE).exists()


@pytest.mark.parametrize("left", [b"", b"garbage\n\n\n", None])
def test_a_lock_that_nobody_holds_is_taken_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, left: bytes | None
) -> None:
    """After a power cut the file is empty; after a reboot its process number may be somebody else's."""
    monkeypatch.setattr(single_instance, "_SILENT_MS", 0)
    folder.mkdir()
    file = folder / LOCK_FILE
    if left is None:
        lock = QLockFile(str(file))
        assert lock.tryLock(0)
        left = file.read_bytes()
        lock.unlock()
        assert str(os.getpid()).encode() in left
    file.write_bytes(left)
    with SingleInstance() as instance:
        assert instance.begin(folder) is Start.FIRST


def test_the_real_program_raises_the_window_that_is_open(
    folder: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"data_dir": folder, "ingest_port": 0})
    with SingleInstance() as instance:
        assert instance.begin(folder) is Start.FIRST
        assert instance.begin(folder) is Start.FIRST
        program = Program(qapp, settings, resolve_paths(folder), instance)
        try:
            program.window.setWindowState(Qt.WindowState.WindowMinimized)
            link = tmp_path / "link"
            link.symlink_to(folder)
            with qtbot.waitSignal(instance.raise_asked, timeout=30_000):
                second = subprocess.Popen(
                    [sys.executable, "-m", "pump_desktop", "--data-dir", str(link)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            out, err = second.communicate(timeout=30)
            assert (second.returncode, out, err) == (0, "", "")
            assert program.window.isVisible()
            assert not program.window.isMinimized()
        finally:
            program.stop()
            program.deleteLater()


def test_a_folder_that_another_window_holds_is_refused_by_the_program(
    begin: Begin, folder: Path, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    first = begin()
    go(first)
    assert said(first) == "FIRST"
    own = tmp_path / "own"
    with SingleInstance() as instance:
        assert instance.begin(own) is Start.FIRST
        settings = Settings.model_validate({"data_dir": own, "ingest_port": 0})
        program = Program(qapp, settings, resolve_paths(own), instance)
        try:
            program.window.folder_chosen.emit(str(folder))
            toasts = program.window.findChildren
            qtbot.waitUntil(
                lambda: (
                    [toast.text for toast in toasts(Toast)]
                    == [f"{folder} is open in another window of Pump Desktop. Choose another folder."]
                )
            )
            assert program.data_folder == own
            assert (own / LOCK_FILE).exists()
        finally:
            program.stop()
            program.deleteLater()


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder for everybody's temporary files; the account has none for sockets but in there."""
    # Not tmp_path: the name of a socket may have 107 signs.
    with tempfile.TemporaryDirectory() as made:
        monkeypatch.setattr(tempfile, "tempdir", made)
        monkeypatch.setattr("pump_desktop.system.runtime_folders.SESSIONS", Path(made) / "sessions")
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        yield Path(made)


@pytest.mark.expects_warning
def test_a_socket_that_another_account_could_have_made_is_not_asked(
    folder: Path, shared: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The name of the socket can be worked out, and whoever is there first would be believed."""
    (address,) = addresses_of(folder)
    assert Path(address).parent.parent == shared
    squatter = QLocalServer()
    assert squatter.listen(address)
    Path(address).parent.chmod(0o777)
    with SingleInstance() as first, SingleInstance() as second:
        assert first.begin(folder) is Start.FIRST
        assert second.begin(folder, 0) is Start.NO_ANSWER
    assert not squatter.waitForNewConnection(0)[0]
    squatter.close()
    assert [record.getMessage() for record in caplog.records] == [
        "A second start cannot raise this window: no folder for its socket is this account's alone"
    ]


def test_a_folder_that_cannot_be_written_holds_nobody_up(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with SingleInstance() as instance:
        assert instance.begin(file) is Start.FIRST

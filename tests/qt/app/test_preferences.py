"""Settings that are written beside the window: in order, once, and none lost at the end."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import FieldError
from pump_desktop.qt.app.listening import Endpoint, Listening
from pump_desktop.qt.app.preferences import Preferences
from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.qt.work.jobs import BackendDoor, Job, JobRunner
from pump_desktop.services.backend import Backend
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.settings import Settings


def never(_backend: Backend) -> Endpoint:
    raise AssertionError("no store is open, so nothing listens")


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return resolve_paths(tmp_path / "pump")


@pytest.fixture
def preferences(qapp: QApplication, qtbot: QtBot, paths: AppPaths) -> Iterator[Preferences]:
    """Give preferences of a program whose store is not open; everything it wears is taken off again."""
    assert qtbot is not None
    before = qapp.palette(), qapp.font(), qapp.style().name()
    appearance = Appearance(qapp, Mode.LIGHT)
    listening = Listening(JobRunner("listener"), BackendDoor(), never)
    preferences = Preferences(JobRunner("settings"), Settings(theme="light"), paths, appearance, listening)
    yield preferences
    preferences.stop()
    listening.stop()
    appearance.set_mode(Mode.SYSTEM)
    for one in (preferences, listening, appearance):
        one.deleteLater()
    qapp.setStyleSheet("")
    palette, font, style = before
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)
    for name in ("theme", "density", "privacy"):
        qapp.setProperty(name, None)


def on_disk(paths: AppPaths) -> object:
    return json.loads(paths.settings_file.read_text())


class Gate:
    """Holds the settings thread until it is opened."""

    def __init__(self, runner: JobRunner) -> None:
        self._open = threading.Event()
        runner.submit(self._wait)

    def _wait(self, _job: Job) -> None:
        assert self._open.wait(30)

    def open(self) -> None:
        self._open.set()


def test_changes_in_a_row_end_with_the_last_and_show_none_before_it(
    preferences: Preferences, paths: AppPaths, qtbot: QtBot
) -> None:
    seen: list[object] = []
    preferences.changed.connect(lambda names: seen.append((names, preferences.settings.theme)))
    gate = Gate(preferences._runner)
    for mode in (Mode.DARK, Mode.SYSTEM, Mode.LIGHT, Mode.DARK):
        preferences.keep_theme(mode)
    gate.open()
    qtbot.waitUntil(lambda: not preferences.busy)
    assert on_disk(paths) == {"theme": "dark"}
    assert seen == [(frozenset({"theme"}), "dark")]
    assert preferences._appearance.mode is Mode.DARK


def test_what_was_kept_holds_when_a_later_change_is_refused(
    preferences: Preferences, paths: AppPaths, qtbot: QtBot
) -> None:
    gate = Gate(preferences._runner)

    def break_file(_job: Job) -> None:
        paths.settings_file.unlink()
        paths.settings_file.mkdir()

    preferences.change({"density": "compact", "max_nonces": 5})
    preferences._runner.submit(break_file)
    preferences.change({"max_nonces": 6})
    with qtbot.waitSignal(preferences.refused) as told:
        gate.open()
    assert told.args[0] == frozenset({"max_nonces"})
    assert (preferences.settings.density, preferences.settings.max_nonces) == ("compact", 5)


def test_a_wrong_value_keeps_none_of_its_change(preferences: Preferences, paths: AppPaths) -> None:
    with pytest.raises(FieldError, match=r"^max_nonces must be a whole number"):
        preferences.change({"density": "compact", "max_nonces": 0})
    assert not preferences.busy
    assert not paths.settings_file.exists()


def test_what_waits_when_the_program_ends_is_written(preferences: Preferences, paths: AppPaths) -> None:
    gate = Gate(preferences._runner)
    preferences.change({"max_nonces": 5})
    # No store is open: the listener will start on this port, whenever it does.
    preferences.change({"ingest_port": 5000})
    threading.Timer(0.05, gate.open).start()
    # No event loop runs from here on, as at the end of the program.
    preferences.stop()
    assert on_disk(paths) == {"max_nonces": 5, "ingest_port": 5000}


@pytest.mark.expects_warning
def test_a_last_change_that_cannot_be_written_is_logged(
    preferences: Preferences, paths: AppPaths, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate(preferences._runner)
    preferences.change({"max_nonces": 5})
    paths.settings_file.mkdir(parents=True)
    threading.Timer(0.05, gate.open).start()
    preferences.stop()
    assert "a last change of the settings was not kept: The settings file" in caplog.text


def test_a_chosen_data_folder_is_kept_beside_the_window_and_at_the_end(
    preferences: Preferences, tmp_path: Path
) -> None:
    usual, chosen = resolve_paths().settings_file, tmp_path / "chosen"
    gate = Gate(preferences._runner)
    preferences.remember_folder(chosen)
    assert not usual.exists()
    gate.open()
    preferences.stop()
    assert json.loads(usual.read_text()) == {"data_dir": str(chosen)}


def test_a_folder_chosen_in_place_of_a_remembered_one_is_remembered_too(
    preferences: Preferences, paths: AppPaths, tmp_path: Path, qtbot: QtBot
) -> None:
    usual, gone = resolve_paths().settings_file, tmp_path / "gone"
    preferences.remember_folder(gone)
    preferences.use_folder(preferences.settings.model_copy(update={"data_dir": gone}), paths)
    preferences.remember_folder(tmp_path / "instead")
    qtbot.waitUntil(lambda: not preferences._folders)
    assert json.loads(usual.read_text()) == {"data_dir": str(tmp_path / "instead")}

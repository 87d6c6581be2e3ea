"""Dresses the application for a test and undresses it afterwards."""

from __future__ import annotations

import gc
import importlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.runs import Run
from pump_desktop.qt.app.listening import ListenerState
from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.ui.support.alert_stage import Alarmed, alarmed_on
from tests.ui.support.bets_in import BetsIn
from tests.ui.support.one_bet import Verifying
from tests.ui.support.one_panel import Drawer, drawer_on
from tests.ui.support.one_run import COUNT, TARGETS
from tests.ui.support.one_stream import OneStream
from tests.ui.support.one_tab import Asked, asking, store_run
from tests.ui.support.program import MANY, Running, Start, numbered
from tests.ui.support.program import request as requested
from tests.ui.support.several_pairs import Several

Stage = Callable[..., QWidget]


@pytest.fixture(scope="session", autouse=True)
def still_life() -> Iterator[None]:
    """Import everything once and leave it to no collector, which then walks a tenth of the objects."""
    for name in ("app", "api.server", "services.speed", "ui.run.page"):
        importlib.import_module(f"pump_desktop.{name}")
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def wardrobe(qapp: QApplication, qtbot: QtBot) -> Iterator[QApplication]:
    """Undress the application after a test; qtbot comes first, so widgets are gone before the style is."""
    assert qtbot is not None
    palette, font, style = qapp.palette(), qapp.font(), qapp.style().name()
    yield qapp
    qapp.styleHints().unsetColorScheme()
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)
    for name in ("theme", "density", "privacy"):
        qapp.setProperty(name, None)


@pytest.fixture
def look(wardrobe: QApplication) -> Iterator[Appearance]:
    """Give an Appearance in light."""
    appearance = Appearance(wardrobe, Mode.LIGHT)
    yield appearance
    appearance.set_mode(Mode.SYSTEM)
    appearance.deleteLater()


@pytest.fixture
def drawer(look: Appearance, tmp_path: Path, qtbot: QtBot) -> Iterator[Drawer]:
    """Give an open store for the panels of a stream."""
    assert look is not None
    with drawer_on(tmp_path / "data", qtbot) as drawer:
        yield drawer


@pytest.fixture
def verifying(qtbot: QtBot, look: Appearance, backend: Backend, stage: Stage) -> Iterator[Verifying]:
    """Give the Verify page, with nothing to paste."""
    assert look is not None
    QGuiApplication.clipboard().clear()
    found = Verifying(qtbot, backend, stage)
    yield found
    found.close()


@pytest.fixture
def alarmed(look: Appearance, tmp_path: Path, qtbot: QtBot) -> Iterator[Alarmed]:
    """Give an open store whose alert rules speak at once."""
    assert look is not None
    with alarmed_on(tmp_path / "data", qtbot) as alarmed:
        yield alarmed


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    """Give a function that shows widgets in an active page, which lives as long as the test."""
    pages: list[QWidget] = []

    def show(*widgets: QWidget, width: int = 600) -> QWidget:
        page = QWidget()
        qtbot.addWidget(page)
        pages.append(page)
        column = QVBoxLayout(page)
        for widget in widgets:
            column.addWidget(widget)
        page.resize(width, 400)
        with qtbot.waitActive(page):
            page.show()
            page.activateWindow()
        return page

    yield show
    pages.clear()


@pytest.fixture
def parts(look: Appearance, stage: Stage, tmp_path: Path, qtbot: QtBot) -> Iterator[BetsIn]:
    """Give what dialogs that bring bets in are made of."""
    assert look is not None
    made = BetsIn(tmp_path / "pump", stage(QWidget(), width=900), qtbot)
    yield made
    made.close()


@pytest.fixture(scope="session")
def stored_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a run of 20,000 nonces from 101 on, which nobody changes."""
    folder = tmp_path_factory.mktemp("one-run")
    return store_run(folder, requested(100 + COUNT, targets=TARGETS, start=101))


@pytest.fixture
def asked(stored_run: Path, qtbot: QtBot) -> Iterator[Asked]:
    """Give that run, and what answers questions about it."""
    with asking(stored_run, qtbot) as asked:
        yield asked


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give the data folder of a program, not made yet."""
    return tmp_path / "pump"


@pytest.fixture
def start(wardrobe: QApplication, qtbot: QtBot, data: Path) -> Iterator[Start]:
    """Give a function that starts the program on ``data``; what it started ends with the test."""
    begun: list[Running] = []

    def begin(loaded: Settings | None = None, **settings: object) -> Running:
        if loaded is not None:
            begun.append(Running(wardrobe, qtbot, data, loaded))
            return begun[-1]
        # Port 0: another program, or another test run, may listen on the usual one.
        usual = {"theme": "light", "data_dir": data, "ingest_port": 0}
        checked = Settings.model_validate(usual | settings)
        begun.append(Running(wardrobe, qtbot, data, checked))
        return begun[-1]

    yield begin
    while begun:
        begun.pop().close()


@pytest.fixture
def running(start: Start) -> Running:
    """Give a program that has just been started for the first time."""
    return start()


@pytest.fixture
def at(running: Running, qtbot: QtBot) -> OneStream:
    """Give the Live page, open in a program that was just started, and what is done with a stream there."""
    at = OneStream(running, qtbot)
    at.show()
    at.wait_for(lambda: running.program.listening.status.state is ListenerState.LISTENING)
    return at


@pytest.fixture
def several(qtbot: QtBot, look: Appearance, tmp_path: Path) -> Iterator[Several]:
    """Give a Scan page for several pairs, with all that works behind it."""
    several = Several(qtbot, look, tmp_path / "pump")
    yield several
    several.close()


@pytest.fixture(scope="session")
def many_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder with the MANY runs of ten to a hundred nonces each."""
    folder = tmp_path_factory.mktemp("many")
    backend = open_backend(Settings(), resolve_paths(folder))
    for number in range(MANY):
        wanted, name = numbered(number)
        backend.runs.create(wanted, name=name)
    backend.close()
    return folder


@pytest.fixture
def full(many_runs: Path, data: Path, start: Start) -> Running:
    """Give a program with MANY stored runs."""
    data.mkdir(mode=0o700)
    shutil.copy(many_runs / "pump.db", data)
    return start()


@pytest.fixture
def run(running: Running) -> Run:
    """Scan 20,000 nonces from 101 on, and open them."""
    return running.scan_and_open(requested(100 + COUNT, targets=TARGETS, start=101), "a run")

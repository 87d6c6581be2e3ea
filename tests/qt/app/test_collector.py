"""Garbage with parts of Qt in it dies in the window's thread, whoever has it collected."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from pump_desktop.qt.app.collector import collect_in_this_thread, collect_when_due


class Knot(QTimer):
    """A timer that ticks and that only a collection can free."""

    def __init__(self, died_in: list[threading.Thread]) -> None:
        super().__init__()
        self._knot = self
        self.destroyed.connect(lambda: died_in.append(threading.current_thread()))
        self.start(10_000)


def make_garbage() -> None:
    """Make what has Python collect everything a thousand times over."""
    for _ in range(200_000):
        knot: list[object] = []
        knot.append(knot)


def test_garbage_is_collected_in_the_window_s_thread_alone(qtbot: QtBot) -> None:
    died_in: list[threading.Thread] = []
    with collect_in_this_thread():
        Knot(died_in)
        worker = threading.Thread(target=make_garbage, name="worker")
        worker.start()
        worker.join()
        assert died_in == []
        qtbot.waitUntil(lambda: died_in != [])
        # What is left when the window has gone, too.
        Knot(died_in)
    assert died_in == [threading.current_thread()] * 2
    assert gc.isenabled()


@pytest.fixture
def collected() -> Iterator[list[int]]:
    """Collect by small thresholds and never by itself, and keep which generations were collected."""
    told: list[int] = []

    def tell(phase: str, about: dict[str, int]) -> None:
        if phase == "stop":
            told.append(about["generation"])

    limits = gc.get_threshold()
    gc.disable()
    gc.collect()
    gc.set_threshold(10, 2, 2)
    gc.callbacks.append(tell)
    yield told
    gc.callbacks.remove(tell)
    gc.set_threshold(*limits)
    gc.enable()


def test_old_garbage_is_collected_ever_more_seldom(collected: list[int]) -> None:
    stays = []
    for _ in range(60):
        stays.append([[number] for number in range(20)])
        collect_when_due()
    assert len(collected) == 60
    assert collected.count(0) > collected.count(1) > collected.count(2) > 0

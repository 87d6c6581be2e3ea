"""The Scan page at work: how a scan is started, followed, stopped and remembered."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressBar
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.system.threads import still_running
from pump_desktop.ui.connect.dialog import ConnectDialog
from tests.ui.support.program import (
    CLIENT,
    ENDLESS,
    SERVER,
    Running,
    Start,
    button,
    choose,
    click,
    edit,
    lit,
    named,
    request,
    texts,
    toasts,
    type_into,
)

STOP_SECONDS = 5.0


def counting(running: Running, qtbot: QtBot, wanted: ScanRequest) -> None:
    """Start a scan by keyboard and wait until it counts."""
    running.scan.fill(wanted)
    with qtbot.waitSignal(running.program.scans.progress, check_params_cb=lambda told: told.done > 0):
        running.press("Ctrl+Return")


def test_the_keyboard_starts_a_scan(running: Running, qtbot: QtBot) -> None:
    type_into(running.scan, "Server seed", SERVER)
    type_into(running.scan, "Client seed", CLIENT)
    type_into(running.scan, "Last nonce", "500")
    for number, keys in enumerate(("Return", "Ctrl+Return", "Ctrl+Enter"), 1):
        type_into(running.scan, "Name", keys)
        with qtbot.waitSignal(running.program.scans.finished) as told:
            running.press(keys)
        run = told.args[0].run
        assert (run.server_seed, run.client_seed, run.nonce_start, run.nonce_end) == (SERVER, CLIENT, 1, 500)
        assert (run.name, run.difficulty) == (keys, Difficulty.EXPERT)
        assert run.targets == (3200.18, 11200.65, 48536.13)
        assert len(running.stored()) == number
        running.press("Ctrl+N")
    running.settle()


def test_every_field_is_reached_by_tab(running: Running) -> None:
    running.scan.focus_first()
    seen = []
    for _ in range(40):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus.accessibleName())
        if focus is button(running.scan, "Start scan"):
            break
        running.press("Tab")
    fields = [
        "Server seed",
        "Client seed",
        "First nonce",
        "Last nonce",
        "1M",
        "Expert",
        "Another target multiplier",
        "Name",
    ]
    places = [seen.index(field) for field in fields]
    assert places == sorted(places)


def test_while_a_scan_runs_another_cannot_be_started(running: Running, qtbot: QtBot) -> None:
    start = button(running.scan, "Start scan")
    counting(running, qtbot, request(ENDLESS, Difficulty.HARD))
    assert not start.isEnabled()
    assert running.program.scans.request == request(ENDLESS, Difficulty.HARD)
    with qtbot.assertNotEmitted(running.program.scans.started):
        edit(running.scan, "Name").setFocus()
        running.press("Return")
        running.press("Ctrl+Return")
        running.scan.scan_asked.emit(request(5), "")
    assert toasts(running.window) == ["A scan is still running. Wait for it, or cancel it."]
    with qtbot.waitSignal(running.program.scans.cancelled):
        running.press("Esc")
    assert start.isEnabled()


def test_progress_is_shown_here_and_in_the_status_line(running: Running, qtbot: QtBot) -> None:
    running.window.fill_sample()
    qtbot.waitUntil(lambda: bool(running.scan._rates))
    counting(running, qtbot, request(ENDLESS, Difficulty.EASY, (24.5, 250.0)))
    seen = texts(running.scan)
    assert "Scanning" in seen
    assert any(" of 100,000,000 · " in text and text.endswith(" left") for text in seen)
    assert {"24.50x", "250.00x"} <= set(seen)
    assert 0 <= named(running.scan, QProgressBar, "Scan progress").value() < 1000
    running.window.open_section("runs")
    assert running.window._status.busy
    with qtbot.waitSignal(running.program.scans.cancelled):
        click(running.window, "Cancel the job")
    assert running.window._status.busy is False


@pytest.mark.parametrize("how", ["Esc", "Cancel"])
def test_a_stopped_scan_ends_at_once_and_stores_nothing(running: Running, qtbot: QtBot, how: str) -> None:
    counting(running, qtbot, request(ENDLESS))
    began = time.perf_counter()
    with qtbot.waitSignal(running.program.scans.cancelled):
        if how == "Esc":
            running.press("Esc")
        else:
            click(running.scan, "Cancel")
        assert "Stopping …" in texts(running.scan)
    assert time.perf_counter() - began < STOP_SECONDS
    assert toasts(running.window) == ["Scan stopped. Nothing was stored."]
    assert running.stored() == []
    assert "What will happen" in texts(running.scan)
    assert edit(running.scan, "Server seed").text() == SERVER


def test_the_form_keeps_its_text_after_the_scan(running: Running, qtbot: QtBot) -> None:
    running.scan.fill(request(1500, Difficulty.HARD, (65.74, 250), start=7), "kept")
    running.press("Ctrl+Return")
    qtbot.waitUntil(lambda: running.stored() == ["kept"])
    running.settle()
    running.press("Ctrl+N")
    fields = ("Server seed", "Client seed", "First nonce", "Last nonce", "Name")
    assert [edit(running.scan, name).text() for name in fields] == [SERVER, CLIENT, "7", "1,500", "kept"]
    assert running.scan._form.difficulty is Difficulty.HARD
    assert running.scan._form.targets == (65.74, 250.0)
    assert QApplication.focusWidget() is edit(running.scan, "Server seed")
    # Typed now, another seed takes the place of the first, and the name of that run goes with it.
    QTest.keyClicks(edit(running.scan, "Server seed"), "my own")
    assert [edit(running.scan, name).text() for name in fields] == ["my own", CLIENT, "7", "1,500", ""]


def test_the_same_scan_twice_gives_the_same_digest(running: Running) -> None:
    first = running.scan_and_open(request(3000))
    second = running.scan_and_open(request(3000))
    assert first.outcome_digest == second.outcome_digest
    assert first.id != second.id
    assert len(running.stored()) == 2


WAYS = ("Try the sample", "Scan my seeds", "Connect Antebot")


def welcomed(running: Running) -> bool:
    return any(text.startswith("Welcome.") for text in texts(running.scan))


def test_the_first_start_offers_three_ways_in(running: Running) -> None:
    assert welcomed(running)
    for words in WAYS:
        assert button(running.scan, words).focusPolicy() & Qt.FocusPolicy.TabFocus
        assert button(running.scan, words).accessibleDescription()
    running.press("Return")
    assert edit(running.scan, "Server seed").text() == SERVER
    assert edit(running.scan, "Last nonce").text() == "1,000,000"
    assert not welcomed(running)
    assert QApplication.focusWidget() is button(running.scan, "Start scan")
    assert running.stored() == []


def test_the_keyboard_begins_at_the_welcome_and_goes_on_to_the_form(running: Running) -> None:
    assert QApplication.focusWidget() is button(running.scan, "Try the sample")
    for words in WAYS[1:]:
        running.press("Tab")
        assert QApplication.focusWidget() is button(running.scan, words)
    running.press("Tab")
    running.press("Tab")
    assert QApplication.focusWidget() is edit(running.scan, "Server seed")
    for _time in range(5):
        running.press("Shift+Tab")
    assert QApplication.focusWidget() is button(running.scan, "Start scan")


def test_the_welcome_leaves_the_keyboard_where_a_person_put_it(running: Running) -> None:
    click(running.scan, "Put away, and do not show again")
    running.window.menuBar().setFocus()
    running.scan.welcome()
    assert QApplication.focusWidget() is running.window.menuBar()


def test_antebot_is_one_way_in(running: Running) -> None:
    click(running.scan, "Connect Antebot")
    assert running.window.findChild(ConnectDialog) is not None
    assert not welcomed(running)


@pytest.mark.parametrize("answer", ["Scan my seeds", "Put away, and do not show again"])
def test_once_answered_it_never_comes_again(start: Start, answer: str) -> None:
    first = start()
    click(first.scan, answer)
    assert not welcomed(first)
    assert QApplication.focusWidget() is edit(first.scan, "Server seed")
    first.close()
    # There is still no run, so this is a first start but for the answer.
    second = start()
    assert not welcomed(second)


def test_a_start_with_runs_offers_nothing(start: Start) -> None:
    first = start()
    first.store()
    first.close()
    assert not welcomed(start())


def test_a_form_in_use_is_not_offered_the_sample(start: Start) -> None:
    running = start()
    click(running.scan, "Put away, and do not show again")
    type_into(running.scan, "Server seed", "mine")
    running.scan.welcome()
    assert not welcomed(running)


def test_a_scan_that_cannot_be_stored_is_told_on_the_page(running: Running, qtbot: QtBot) -> None:
    running.backend.close()
    running.scan.fill(request(100))
    with qtbot.waitSignal(running.program.scans.failed) as told:
        running.press("Ctrl+Return")
    assert str(told.args[0]) in texts(running.scan)
    assert lit(running.scan) == {}
    assert button(running.scan, "Start scan").isEnabled()


def test_a_range_that_does_not_fit_into_memory_is_said_on_the_page(running: Running, qtbot: QtBot) -> None:
    running.scan.fill(request(100))
    with qtbot.waitSignal(running.program.scans.failed):
        running.scan.scan_asked.emit(request(2**53 - 1), "")
    sentence = (
        "There is not enough memory for 9,007,199,254,740,991 nonces. "
        "Choose a smaller range, or close other programs and try again."
    )
    assert sentence in texts(running.scan)
    assert edit(running.scan, "Server seed").text() == SERVER
    assert running.stored() == []


def test_closing_while_a_scan_runs_ends_every_thread_and_stores_nothing(start: Start, qtbot: QtBot) -> None:
    before = set(threading.enumerate())
    running = start()
    counting(running, qtbot, request(ENDLESS))
    threads = set(threading.enumerate()) - before
    assert {"queries", "engine"} <= {thread.name for thread in threads}
    began = time.perf_counter()
    running.window.close()
    running.program.stop()
    assert time.perf_counter() - began < STOP_SECONDS
    assert still_running(before) == []
    assert running.stored() == []


def test_choosing_a_difficulty_is_one_key(running: Running) -> None:
    choose(running.scan, "Difficulty", "Medium")
    running.press("Right")
    assert running.scan._form.difficulty is Difficulty.HARD

"""Pictures of every page and state, light and dark, small and large: ``make shots``.

ARGS takes fewer: ``make shots ARGS="--theme dark --size 1024x700 --only live,data"``; a part that is named is
walked through alone, after the first scans.

All data in the pictures comes from the sample seed pair: real scans, and live bets replayed by the real
engine, made on the spot in a throw-away data folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QSize, QTimer, SignalInstance
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from pump_desktop.app import make_application
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.program import Program
from pump_desktop.services.sample import sample_request
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.runs.page import RunsPage
from pump_desktop.ui.runs.table import RunsTable
from tools.shots_data import damage, data_states, wait_for_offer
from tools.shots_live import live_states
from tools.shots_runs import run_states
from tools.shots_settings import settings_states
from tools.shots_shell import shell_states

SIZES = (QSize(1024, 700), QSize(1600, 1000))
THEMES = ("light", "dark")
PARTS = ("live", "runs", "settings", "shell", "data", "trouble")
OUT = Path("shots")
# Long enough for queued layouts, chart repaints and the 140 ms movements to end.
SETTLE_MS = 350


def wait_for(signal: SignalInstance) -> None:
    """Run the event loop until a signal comes."""
    loop = QEventLoop()
    signal.connect(loop.quit)
    loop.exec()


def settle(milliseconds: int = SETTLE_MS) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def end(program: Program) -> None:
    """End a program and free it now: what is left of one must not be collected on a thread of the next."""
    program.stop()
    program.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def sample(end: int, difficulty: Difficulty, targets: tuple[float, ...]) -> ScanRequest:
    """Give a scan of the sample seeds over another range."""
    seeds = sample_request()
    return ScanRequest(seeds.server_seed, seeds.client_seed, 1, end, difficulty, targets)


class Album:
    """One walk through the program in one theme and size, with a picture at each stop."""

    def __init__(self, app: QApplication, theme: str, size: QSize, only: frozenset[str]) -> None:
        self._only = only
        self._folder = Path(tempfile.mkdtemp(prefix="pump-shots-"))
        self._label = f"{theme}-{_text(size)}"
        self._settings = Settings.model_validate({"theme": theme, "data_dir": self._folder, "ingest_port": 0})
        self._app = app
        self._size = size
        self.count = 0

    def take(self) -> None:
        """Visit every page and state."""
        program = self._program(self._folder / "data")
        self._walk(self._states(program), program)
        if self._wants("shell"):
            self._walk(shell_states(program, settle), program)
        end(program)
        if self._wants("data"):
            self._take_data()
        if self._wants("trouble"):
            self._take_trouble()
        shutil.rmtree(self._folder)

    def _take_trouble(self) -> None:
        broken = self._folder / "broken"
        broken.mkdir()
        (broken / "pump.db").write_bytes(b"a letter, not a database\n" * 50)
        program = self._program(broken)
        self._shoot(program.window, "14-database-unusable")
        end(program)
        self._take_port_taken()

    def _take_data(self) -> None:
        program = self._program(self._folder / "data")
        self._walk(data_states(program, settle), program)
        end(program)
        damage(self._folder / "data")
        program = self._program(self._folder / "data")
        wait_for_offer(program, wait_for)
        settle()
        self._shoot(program.window, "76-data-damaged")
        program.window.recovery.restore_asked.emit(program.window.recovery.backup)
        wait_for(program.ready)
        end(program)

    def _take_port_taken(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as other:
            port = other.getsockname()[1]
            program = self._program(self._folder / "data", {"ingest_port": port})
            program.window.open_section("live")
            settle()
            self._shoot(program.window, "23-live-port-taken")
            end(program)

    def _program(self, folder: Path, changes: dict[str, object] | None = None) -> Program:
        settings = self._settings.model_copy(update=changes or {})
        program = Program(self._app, settings, resolve_paths(folder))
        program.window.resize(self._size)
        QCursor.setPos(QPoint(5000, 5000))
        program.show()
        wait_for(program.ready)
        settle(900)
        return program

    def _wants(self, part: str) -> bool:
        return not self._only or part in self._only

    def _walk(self, states: Iterable[tuple[str, Callable[[], object]]], program: Program) -> None:
        for name, state in states:
            shown = state()
            settle()
            self._shoot(shown if isinstance(shown, QWidget) else program.window, name)

    def _states(self, program: Program) -> Iterator[tuple[str, Callable[[], object]]]:
        window, scan, runs = program.window, program.window.scan_page, program.window.runs_page
        yield "01-scan-first-start", lambda: None
        yield "02-scan-filled", window.fill_sample
        yield "03-scan-field-error", lambda: self._wrong_input(program)
        yield "04-runs-empty", lambda: window.open_section("runs")
        yield "05-scan-running", lambda: self._start_long_scan(program)
        program.scans.cancel()
        wait_for(program.scans.cancelled)
        window.clear_toasts()
        yield "06-scan-stopped", lambda: window.open_section("scan")
        self._scan(program, sample(200_000, Difficulty.EASY, (12.25, 24.5)), "")
        self._scan(program, sample(500_000, Difficulty.HARD, (2479.4, 8677.9)), "Hard, half a million")
        self._scan(program, sample_request(), "Sample seed pair")
        window.clear_toasts()
        yield "07-run-distribution", lambda: None
        yield "08-run-distribution-linear-selected", lambda: window.run_page.show_linear_with(8)
        yield "09-run-hits", lambda: window.run_page.open_tab("Hits")
        yield "10-run-no-hits", lambda: self._open_small_run(program)
        window.clear_toasts()
        yield "11-runs", lambda: window.open_section("runs")
        yield "12-runs-deleted-with-undo", lambda: self._delete_first(runs)
        yield "13-runs-nothing-found", lambda: runs.search("no such seed")
        scan.setFocus()
        window.clear_toasts()
        if self._wants("live"):
            yield from live_states(program, settle)
        window.clear_toasts()
        if self._wants("runs"):
            yield from run_states(program, settle, wait_for)
        window.clear_toasts()
        if self._wants("settings"):
            yield from settings_states(program)

    def _delete_first(self, runs: RunsPage) -> None:
        (listed,) = [table for table in runs.findChildren(RunsTable) if table.isVisible()]
        listed.selectRow(0)
        runs.act("delete")

    def _scan(self, program: Program, request: ScanRequest, name: str) -> None:
        program.scans.start(request, name)
        wait_for(program.scans.finished)
        settle()

    def _wrong_input(self, program: Program) -> None:
        scan = program.window.scan_page
        scan.fill(sample(1_000_000, Difficulty.EXPERT, (400.02,)))
        scan.set_range("500000", "1000")
        scan.submit()

    def _start_long_scan(self, program: Program) -> None:
        program.window.open_section("scan")
        request = sample(90_000_000, Difficulty.EXPERT, (1066.73, 3200.18, 11200.65, 48536.13))
        program.window.scan_page.fill(request)
        program.window.scan_page.submit()
        settle(1500)

    def _open_small_run(self, program: Program) -> None:
        self._scan(program, sample(2_000, Difficulty.EXPERT, (291216.8, 3203384.8)), "Two thousand")
        program.window.run_page.open_tab("Hits")

    def _shoot(self, widget: QWidget, name: str) -> None:
        path = OUT / f"{name}-{self._label}.png"
        if not widget.grab().save(str(path)):
            raise OSError(f"{path} cannot be written")
        self.count += 1


def _text(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"


def main() -> int:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--theme", choices=THEMES, help="only this theme")
    parser.add_argument("--size", choices=[_text(size) for size in SIZES], help="only this size")
    parser.add_argument("--only", default="", help=f"only these parts, by commas: {', '.join(PARTS)}")
    wanted = parser.parse_args()
    only = frozenset(wanted.only.split(",")) - {""}
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    app = make_application(sys.argv[:1])
    total = 0
    for theme in [wanted.theme] if wanted.theme else THEMES:
        for size in SIZES:
            if wanted.size not in {None, _text(size)}:
                continue
            album = Album(app, theme, size, only)
            album.take()
            total += album.count
    print(f"{total} pictures in {OUT.resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The pictures of the guide, taken by the program itself: ``make pictures`` writes docs/images/.

The states are those of ``make shots``: real scans of the sample seed pair, and live bets that the real engine
replays, made on the spot in a throw-away data folder. ARGS names the pictures to take; without, all.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QSize
from PySide6.QtGui import QColor, QCursor, QImage, QPainter, QPixmap
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from pump_desktop.app import make_application
from pump_desktop.domain.game import Difficulty
from pump_desktop.program import Program
from pump_desktop.services.sample import sample_request
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.connect.dialog import ConnectDialog
from tools.shots import sample, settle, wait_for
from tools.shots_live import BETS, FIRST, live_states
from tools.shots_runs import run_states

SIZE = QSize(1280, 820)
IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
# A page of a dozen pictures should open at once, and every clone of the repository carries them.
MOST_BYTES = 200_000
_LOOK_MS = 900

# The states of the two walks of `make shots` that are worth a picture here, under the guide's names. A state
# without a name is walked through because later ones need what it does.
_LIVE = {"15": "", "16": "", "17": "", "18": "", "20": "live"}
_RUNS = {"24": "gaps", "26": "density", "27": "fairness", "31": "", "32": "verify", "34": "compare"}
_MISMATCH = FIRST + 3 + BETS + 7  # the bet that the walk has claim too much


class Camera:
    """Takes the pictures that are wanted and says how large they are."""

    def __init__(self, program: Program, wanted: frozenset[str]) -> None:
        self._program = program
        self._wanted = wanted
        self._taken: dict[str, bytes] = {}

    @property
    def taken(self) -> frozenset[str]:
        """The names of the pictures that were taken."""
        return frozenset(self._taken)

    def shoot(self, name: str, front: QPixmap | None = None) -> None:
        """Take the window, with a dialog in front of it where there is one."""
        if self._wanted and name not in self._wanted:
            return
        settle(_LOOK_MS)
        picture = self._program.window.grab()
        if front is not None:
            _put_in_front(picture, front)
        data = _small_png(picture.toImage())
        if len(data) > MOST_BYTES:
            raise ValueError(f"{name}.png takes {len(data):,} bytes; show less, or raise MOST_BYTES")
        if data in self._taken.values():
            raise ValueError(f"{name}.png shows what an earlier picture shows")
        (IMAGES / f"{name}.png").write_bytes(data)
        self._taken[name] = data
        print(f"Took {name}.png, {len(data):,} bytes")


def _put_in_front(picture: QPixmap, front: QPixmap) -> None:
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
    painter.drawPixmap(picture.rect().center() - front.rect().center(), front)
    painter.end()


def _small_png(image: QImage) -> bytes:
    """Give a PNG without an alpha channel, packed as tightly as Qt can."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # For PNG, 0 is the smallest file and not the worst picture.
    if not plain.save(buffer, "PNG", 0):  # type: ignore[call-overload]  # the stubs want bytes, Qt a str
        raise OSError("the picture cannot be written as PNG")
    return bytes(buffer.data().data())


@contextmanager
def _program(app: QApplication) -> Iterator[Program]:
    folder = Path(tempfile.mkdtemp(prefix="pump-pictures-"))
    settings = Settings.model_validate({"theme": "light", "data_dir": folder, "ingest_port": 0})
    program = Program(app, settings, resolve_paths(folder))
    try:
        program.window.resize(SIZE)
        QCursor.setPos(QPoint(5000, 5000))
        warm = QSignalSpy(program.warm)
        program.show()
        wait_for(program.ready)
        if not warm.count():
            wait_for(program.warm)
        settle(_LOOK_MS)
        yield program
    finally:
        program.stop()
        shutil.rmtree(folder)


def _scan_and_run(program: Program, camera: Camera) -> None:
    window = program.window
    window.fill_sample()
    # Only then the Scan page knows how long a scan takes.
    wait_for(program.measured)
    camera.shoot("scan")
    for request, name in (
        (sample(200_000, Difficulty.EASY, (12.25, 24.5)), "Easy, the first 200,000"),
        (sample(500_000, Difficulty.HARD, (2479.4, 8677.9)), "Hard, half a million"),
        (sample_request(), "Sample seed pair"),
    ):
        program.scans.start(request, name)
        wait_for(program.scans.finished)
        settle(_LOOK_MS)
    window.clear_toasts()
    camera.shoot("run")
    window.run_page.open_tab("Hits")
    camera.shoot("hits")
    window.open_section("runs")
    camera.shoot("runs")
    window.open_section("settings")
    # Not the listener: a port that the system chose is in no person's settings.
    window.pages.settings.open_section("look")
    camera.shoot("settings")


def _walk(
    states: Iterator[tuple[str, Callable[[], object]]],
    names: dict[str, str],
    program: Program,
    before: Callable[[str], None],
    camera: Camera,
) -> None:
    """Go through those states of a walk that are named, and take a picture where one is wanted."""
    left = dict(names)
    for title, state in states:
        number = title.split("-", 1)[0]
        if number not in left:
            continue
        state()
        program.window.clear_toasts()
        name = left.pop(number)
        if name:
            before(name)
            camera.shoot(name)
    if left:
        raise LookupError(f"make shots has no states {', '.join(left)} any more; see _LIVE and _RUNS")


def _show_mismatch(program: Program) -> None:
    view = program.window.live_page.view
    view.go_to_nonce(_MISMATCH)
    settle(_LOOK_MS)


def _connect(program: Program, camera: Camera) -> None:
    program.window.open_section("live")
    program.window.live_page.connect_actions.open_connect()
    settle(_LOOK_MS)
    dialog = program.window.findChild(ConnectDialog)
    if dialog is None:
        raise LookupError("the dialog that connects Antebot is not open")
    camera.shoot("connect", dialog.grab())
    dialog.reject()


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures and say what was taken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="which pictures (all)")
    wanted = frozenset(parser.parse_args(arguments).names)
    IMAGES.mkdir(parents=True, exist_ok=True)
    app = make_application(["doc-pictures"])
    with _program(app) as program:
        camera = Camera(program, wanted)
        _scan_and_run(program, camera)
        _walk(live_states(program, settle), _LIVE, program, lambda _name: _show_mismatch(program), camera)
        _connect(program, camera)
        _walk(run_states(program, settle, wait_for), _RUNS, program, lambda _name: None, camera)
    missing = wanted - camera.taken
    if missing:
        print(f"There is no picture {', '.join(sorted(missing))}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

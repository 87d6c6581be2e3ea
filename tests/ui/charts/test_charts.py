"""The chart kit: a crosshair that reads values, pictures and data."""

from __future__ import annotations

import math
import threading
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.ui.charts.axes import (
    CountAxis,
    NonceAxis,
)
from pump_desktop.ui.charts.curve import Curve
from pump_desktop.ui.charts.dots import Dots
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.kit import Chart, Zoom
from pump_desktop.ui.charts.legend import Legend
from tests.ui.conftest import Stage
from tests.ui.support.one_tab import Asked
from tests.ui.support.program import button, click, texts

# A hundred points: nonces 1 to 100, and their squares.
NONCES = np.arange(1, 101)
SQUARES = NONCES**2
SVG = "{http://www.w3.org/2000/svg}"


class Squares(Chart):
    """Squares over nonces, on a logarithmic left axis."""

    def __init__(self, zoom: Zoom = "both") -> None:
        super().__init__("Squares", NonceAxis("Nonce"), CountAxis("Square", log=True), zoom=zoom)
        self.line = Curve()
        self.dots = Dots()
        self.addItem(self.line)
        self.addItem(self.dots, ignoreBounds=True)
        self._draw()

    def data_text(self) -> str:
        pairs = zip(NONCES.tolist(), SQUARES.tolist(), strict=True)
        return "nonce\tsquare\n" + "".join(f"{nonce}\t{square}\n" for nonce, square in pairs)

    def _draw(self) -> None:
        x, y = self.bottom.place(NONCES), self.left.place(SQUARES)
        self.line.setData(x, y)
        self.line.setPen(self.theme.color("expected"))
        self.dots.set_dots(x, y, self.theme.color("accent"), 5)
        self.set_whole(0, 101, 0, 4.1)

    def _snap(self, x: float, _y: float) -> tuple[float, float]:
        nonce = min(max(round(x), 1), 100)
        return float(nonce), float(nonce**2)

    def _next(self, x: float, y: float, right: int, _up: int) -> tuple[float, float]:
        return x + right, y

    def _sentence_at(self, x: float, y: float) -> str:
        return f"nonce {self.bottom.reading(x)}: {self.left.reading(y)}"


@pytest.fixture
def chart(look: Appearance) -> Squares:
    assert look is not None
    return Squares()


@pytest.fixture
def frame(chart: Squares, asked: Asked, look: Appearance, stage: Stage) -> ChartFrame:
    legend = Legend((("line", "expected", "Squares"), ("dot", "accent", "Points")))
    framed = ChartFrame(chart, asked.asker, look, legend)
    stage(framed)
    return framed


def move_to(chart: Chart, x: float, y: float) -> None:
    """Move the mouse to a place given in coordinates."""
    spot = QPointF(chart.mapFromScene(chart.plotItem.vb.mapViewToScene(QPointF(x, y))))
    view = chart.viewport()
    none = Qt.MouseButton.NoButton
    everywhere = QPointF(view.mapToGlobal(spot))
    event = QMouseEvent(QEvent.Type.MouseMove, spot, everywhere, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def where(chart: Chart) -> tuple[float, float] | None:
    """Give the place of the crosshair."""
    return chart.at


def test_the_crosshair_snaps_and_reads_out_what_the_mouse_points_at(frame: ChartFrame, qtbot: QtBot) -> None:
    chart = frame.chart
    with qtbot.waitSignal(chart.hovered) as told:
        move_to(chart, 42.2, 1.0)
    assert told.args == ["nonce 42: 1,764"]
    assert "nonce 42: 1,764" in texts(frame)
    assert where(chart) == (42.0, 1764.0)
    assert chart._down.isVisible()
    assert chart._down.value() == 42
    assert chart._across.value() == pytest.approx(math.log10(1764))
    QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
    assert where(chart) is None
    assert not chart._down.isVisible()
    assert chart.hint in texts(frame)


def test_keys_walk_zoom_pick_and_reset(frame: ChartFrame, qtbot: QtBot) -> None:
    chart = frame.chart
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.at is not None
    middle = chart.at[0]
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.at[0] == middle + 1
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert chart.at[0] == middle - 9
    with qtbot.waitSignal(chart.picked) as told:
        QTest.keyClick(chart, Qt.Key.Key_Return)
    assert told.args == [middle - 9, (middle - 9) ** 2]
    whole = chart.plotItem.vb.viewRange()
    assert not button(frame, "Show everything (0)").isEnabled()
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    (left, right), (low, high) = chart.plotItem.vb.viewRange()
    assert right - left == pytest.approx(0.7 * 101)
    assert high - low < 4.1
    assert left < chart.at[0] < right
    assert button(frame, "Show everything (0)").isEnabled()
    QTest.keyClick(chart, Qt.Key.Key_0)
    assert np.allclose(chart.plotItem.vb.viewRange(), whole)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    QTest.keyClick(chart, Qt.Key.Key_Minus)
    QTest.keyClick(chart, Qt.Key.Key_Minus)
    assert np.allclose(chart.plotItem.vb.viewRange(), whole)
    assert not button(frame, "Show everything (0)").isEnabled()
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert where(chart) is None


def test_the_view_follows_a_crosshair_that_walks_out_of_it(frame: ChartFrame) -> None:
    chart = frame.chart
    chart.point_at(50, 2500)
    for _ in range(6):
        chart.closer()
    right = chart.plotItem.vb.viewRange()[0][1]
    for _ in range(3):
        QTest.keyClick(chart, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    (low, high), _ = chart.plotItem.vb.viewRange()
    assert where(chart) == (80.0, 6400.0)
    assert high > right
    assert low <= 80 <= high + 1e-6


def test_the_button_shows_everything_again_and_is_gone_where_there_is_no_zoom(
    frame: ChartFrame, asked: Asked, look: Appearance, stage: Stage
) -> None:
    chart = frame.chart
    whole = chart.plotItem.vb.viewRange()
    chart.closer()
    click(frame, "Show everything (0)")
    assert np.allclose(chart.plotItem.vb.viewRange(), whole)
    still = ChartFrame(Squares(zoom="none"), asked.asker, look)
    stage(still)
    assert not still._reset.isVisible()
    before = still.chart.plotItem.vb.viewRange()
    QTest.keyClick(still.chart, Qt.Key.Key_Plus)
    assert still.chart.plotItem.vb.viewRange() == before


def test_a_picture_has_the_theme_of_the_moment_and_no_crosshair(
    frame: ChartFrame, asked: Asked, look: Appearance, tmp_path: Path
) -> None:
    chart = frame.chart
    chart.point_at(50, 2500)
    files = {mode: tmp_path / f"{mode}.png" for mode in (Mode.LIGHT, Mode.DARK)}
    for mode, file in files.items():
        look.set_mode(mode)
        frame.save_to(str(file))
        asked.settle()
        image = QImage(str(file))
        view = chart.viewport()
        assert image.width() == 2 * (view.width() + 32)
        assert image.height() > 2 * view.height()
        assert image.pixelColor(1, 1) == look.theme.color("surface.card")
        assert look.theme.color("accent").rgb() in _colours(image)
        assert chart._down.isVisible()
    chart.point_nowhere()
    again = tmp_path / "again.png"
    frame.save_to(str(again))
    asked.settle()
    assert again.read_bytes() == files[Mode.DARK].read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_a_picture_is_packed_and_written_beside_the_window(
    frame: ChartFrame, asked: Asked, tmp_path: Path, qtbot: QtBot
) -> None:
    go_on = threading.Event()
    asked.asker.ask(frame, lambda _backend: go_on.wait(30), lambda _waited: None)
    file = tmp_path / "chart.png"
    frame.save_to(str(file))
    # What the chart shows from here on is not in the picture.
    frame.chart.set_caption("Later")
    assert not file.exists()
    with qtbot.waitSignal(frame.said) as told:
        go_on.set()
    assert told.args == [f"Written to {file}"]
    later = tmp_path / "later.png"
    frame.save_to(str(later))
    asked.settle()
    assert later.read_bytes() != file.read_bytes()


def test_an_svg_holds_caption_legend_and_lines_of_one_pixel(
    frame: ChartFrame, asked: Asked, look: Appearance, tmp_path: Path
) -> None:
    frame.chart.set_caption("Squares of nonces & more")
    file = tmp_path / "chart.svg"
    frame.save_to(str(file))
    asked.settle()
    root = ET.parse(file).getroot()  # noqa: S314 - our own file
    written = {text.strip() for node in root.iter() if (text := node.text) and text.strip()}
    assert {"Squares of nonces & more", "Squares", "Points", "Nonce", "100", "10K"} <= written
    view = frame.chart.viewport()
    assert float(root.attrib["width"]) == view.width() + 32
    text = file.read_text(encoding="utf-8")
    # A stroke that must not scale with its shape is beyond most programs that are not browsers.
    stroked = [
        group for group in root.iter(f"{SVG}g") if group.get("stroke") == look.theme.hex("expected").lower()
    ]
    paths = [path for group in stroked for path in group.findall(f"{SVG}path")]
    assert paths
    assert all(path.get("vector-effect") == "none" for path in paths)
    assert "clip-path" in text


def test_a_picture_that_cannot_be_is_refused_with_a_sentence(
    frame: ChartFrame, tmp_path: Path, qtbot: QtBot
) -> None:
    for name, sentence in (
        ("chart.gif", "chart.gif: choose a name that ends with .png or .svg."),
        ("no folder/chart.png", "No such file or directory."),
    ):
        with qtbot.waitSignal(frame.refused) as told:
            frame.save_to(str(tmp_path / name))
        assert told.args[0].endswith(sentence)
    assert not list(tmp_path.iterdir())


def test_data_is_copied_as_lines_with_tabs(frame: ChartFrame, qtbot: QtBot) -> None:
    with qtbot.waitSignal(frame.said) as told:
        click(frame, "Copy data (Ctrl+C)")
    assert told.args == ["100 rows copied"]
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "nonce\tsquare"
    assert lines[42] == "42\t1764"
    QGuiApplication.clipboard().clear()
    frame.chart.setFocus()
    with qtbot.waitSignal(frame.said):
        QTest.keyClick(frame.chart, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == lines


def test_data_too_much_to_copy_is_refused(
    frame: ChartFrame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_much() -> str:
        raise KnownError("Too much to copy.")

    monkeypatch.setattr(frame.chart, "data_text", too_much)
    QGuiApplication.clipboard().setText("before")
    with qtbot.waitSignal(frame.refused) as told:
        frame.copy_data()
    assert told.args == ["Too much to copy."]
    assert QGuiApplication.clipboard().text() == "before"


def test_charts_take_another_theme_at_once(frame: ChartFrame, look: Appearance) -> None:
    chart = frame.chart
    for mode in (Mode.DARK, Mode.LIGHT):
        look.set_mode(mode)
        colours = _colours(chart.grab().toImage())
        assert look.theme.color("surface.card").rgb() in colours
        assert look.theme.color("accent").rgb() in colours


def test_a_chart_shows_no_menu_of_its_library(frame: ChartFrame) -> None:
    QTest.mouseClick(frame.chart.viewport(), Qt.MouseButton.RightButton)
    assert not [menu for menu in frame.findChildren(QMenu) if menu.isVisible()]


def test_the_keyboard_reaches_the_chart_and_every_tool(frame: ChartFrame) -> None:
    frame.chart.closer()
    frame.chart.setFocus()
    names = set()
    for _ in range(8):
        QTest.keyClick(QApplication.focusWidget() or frame, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        names.add(widget.accessibleName() if widget is not None else "")
    assert {"Squares", "Show everything (0)", "Copy data (Ctrl+C)", "Save image …"} <= names


def test_the_legend_breaks_lines_where_the_room_is_short(
    asked: Asked, look: Appearance, stage: Stage, qtbot: QtBot
) -> None:
    legend = Legend([("bar", "accent", f"Thing number {number}") for number in range(6)])
    narrow = ChartFrame(Squares(), asked.asker, look, legend)
    stage(narrow, width=360)
    qtbot.waitUntil(lambda: legend.height() >= legend.heightForWidth(legend.width()) > 60)
    parts = legend.findChildren(type(legend._parts[0]))
    assert all(part.geometry().right() <= legend.width() for part in parts)
    legend.set_words(0, "Other words")
    assert legend.accessibleName().startswith("Legend: Other words, Thing number 1")


def test_dots_are_drawn_where_the_axes_say(asked: Asked, look: Appearance, stage: Stage) -> None:
    chart = Squares()
    chart.line.hide()
    stage(ChartFrame(chart, asked.asker, look), width=700)
    box = chart.plotItem.vb
    image = chart.viewport().grab().toImage()
    accent = look.theme.color("accent")
    for nonce in (5, 50, 95):
        spot = box.mapViewToScene(QPointF(nonce, 2 * math.log10(nonce)))
        assert _near(image.pixelColor(int(spot.x()), int(spot.y())), accent)
        assert not _near(image.pixelColor(int(spot.x()), int(spot.y()) + 12), accent)


def _near(one: QColor, other: QColor) -> bool:
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]  # the stub says object
    return all(abs(a - b) < 40 for a, b in pairs)


def _colours(image: QImage) -> set[int]:
    """Give all colours of an image."""
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
    return {int(pixel) | 0xFF000000 for pixel in np.unique(pixels)}

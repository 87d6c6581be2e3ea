from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.qt.look.fonts import Type, mono_font, tabular, ui_font
from pump_desktop.qt.look.theme import Appearance, Mode, Theme, current_theme, motion_ms, theme_for
from pump_desktop.ui.kit.buttons import Button

LIGHT, DARK, UNKNOWN = Qt.ColorScheme.Light, Qt.ColorScheme.Dark, Qt.ColorScheme.Unknown


@pytest.mark.parametrize(
    ("mode", "scheme", "desktop_is_dark", "name"),
    [
        (Mode.LIGHT, DARK, True, "light"),
        (Mode.DARK, LIGHT, False, "dark"),
        (Mode.SYSTEM, DARK, False, "dark"),
        (Mode.SYSTEM, LIGHT, True, "light"),
        (Mode.SYSTEM, UNKNOWN, True, "dark"),
        (Mode.SYSTEM, UNKNOWN, False, "light"),
    ],
)
def test_the_mode_and_the_system_choose_the_theme(
    mode: Mode, scheme: Qt.ColorScheme, desktop_is_dark: bool, name: str
) -> None:
    assert theme_for(mode, scheme, desktop_is_dark=desktop_is_dark).name == name


def test_a_change_restyles_everything_and_is_told_once(
    look: Appearance, qapp: QApplication, qtbot: QtBot
) -> None:
    button = QPushButton("Scan")
    qtbot.addWidget(button)
    button.show()
    told: list[Theme] = []
    look.changed.connect(told.append)
    before = qapp.styleSheet()

    look.set_mode(Mode.DARK)
    look.set_mode(Mode.DARK)

    assert [theme.name for theme in told] == ["dark"]
    assert current_theme() is look.theme
    assert qapp.styleSheet() != before
    window = qapp.palette().color(QPalette.ColorRole.Window)
    assert window.name().upper() == look.theme.hex("surface.window")
    ground = button.grab().toImage().pixelColor(8, button.height() // 2)
    assert ground.name().upper() == look.theme.hex("surface.card")


def test_what_is_made_before_the_sheet_looks_as_if_made_under_it(look: Appearance, qtbot: QtBot) -> None:
    def made() -> QWidget:
        page = QWidget()
        qtbot.addWidget(page)
        column = QVBoxLayout(page)
        for part in (Button("Scan"), QLabel("A label"), QPushButton("Cancel")):
            column.addWidget(part)
        return page

    under = made()
    with look.sheet_later():
        before = made()
    assert before.grab().toImage() == under.grab().toImage()


def test_the_sheet_comes_back_when_what_was_made_could_not_be(look: Appearance, qapp: QApplication) -> None:
    sheet = qapp.styleSheet()
    seen: list[str] = []

    def fails() -> None:
        with look.sheet_later():
            seen.append(qapp.styleSheet())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert seen == [""]
    assert qapp.styleSheet() == sheet != ""


class Counting(QLabel):
    """Counts how often it is told of a new style."""

    told = 0

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self.told += event.type() is QEvent.Type.StyleChange
        super().changeEvent(event)


def test_a_change_tells_a_widget_deep_inside_no_oftener_than_one_outside(
    look: Appearance, qtbot: QtBot
) -> None:
    """What took a second for a full window: once more for every parent."""
    outside = QWidget()
    qtbot.addWidget(outside)
    inside = outside
    for _depth in range(12):
        inside = QWidget(inside)
    label = Counting("deep", inside)
    outside.show()
    before = label.told
    look.set_mode(Mode.DARK)
    assert 0 < label.told - before <= 3


def test_a_change_leaves_what_is_scrolled_where_it_was_and_looks_as_before(
    look: Appearance, qtbot: QtBot
) -> None:
    area, page = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    column = QVBoxLayout(page)
    for number in range(40):
        column.addWidget(QPushButton(f"Button {number}"))
    area.setWidgetResizable(True)
    area.setWidget(page)
    area.resize(300, 400)
    area.show()
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    end, before = bar.value(), area.grab().toImage()
    for mode in (Mode.DARK, Mode.LIGHT):
        look.set_mode(mode)
        assert bar.value() == bar.maximum() == end
    assert area.grab().toImage() == before


def test_icons_take_the_new_colour_without_being_made_again(look: Appearance, qtbot: QtBot) -> None:
    button = Button("Delete", "danger", "delete")
    qtbot.addWidget(button)
    for mode in (Mode.LIGHT, Mode.DARK):
        look.set_mode(mode)
        image = button.icon().pixmap(32, 32).toImage()
        opaque = {
            image.pixelColor(x, y).name().upper()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        }
        assert opaque == {look.theme.hex("bad")}


def test_going_back_to_the_system_follows_it(look: Appearance, qapp: QApplication) -> None:
    look.set_mode(Mode.SYSTEM)
    assert look.mode is Mode.SYSTEM
    # The offscreen platform tells no scheme; a signal changes nothing then, and breaks nothing.
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert look.theme is current_theme()


def test_type_sizes_and_tabular_figures(look: Appearance) -> None:
    assert look.theme.name == "light"
    assert [ui_font(size).pixelSize() for size in Type] == [12, 13, 15, 20, 28]
    font = tabular(QFont())
    assert [tag.toString().data() for tag in font.featureTags()] == [b"tnum"]
    assert mono_font().pixelSize() == 12


def test_no_motion_where_the_system_asks_for_none(look: Appearance) -> None:
    assert look.mode is Mode.LIGHT
    assert motion_ms() == 0  # the offscreen platform has no effects

"""Dresses the application for a test and undresses it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.qt.appearance import Appearance, Mode


@pytest.fixture
def look(qapp: QApplication, qtbot: QtBot) -> Iterator[Appearance]:
    """Give an Appearance in light; qtbot comes first, so widgets are gone before the style is."""
    assert qtbot is not None
    palette, font, style = qapp.palette(), qapp.font(), qapp.style().name()
    appearance = Appearance(qapp, Mode.LIGHT)
    yield appearance
    appearance.set_mode(Mode.SYSTEM)
    appearance.deleteLater()
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)
    qapp.setProperty("theme", None)


Stage = Callable[..., QWidget]


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

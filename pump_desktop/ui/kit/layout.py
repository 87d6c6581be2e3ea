"""Layouts as nested expressions: ``vbox(header, hbox(label, stretch(edit)), into=self)``.

An item is a widget or a layout, bare, stretched or aligned; a number is that many pixels of room; ``STRETCH``
is room that grows. Margins are 0, or those of the style with ``margins=None``. Spacing is the style's unless
given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QStackedWidget, QVBoxLayout, QWidget

Margins = int | tuple[int, int, int, int] | None
Box = TypeVar("Box", bound=QBoxLayout)
_ANYWHERE = Qt.AlignmentFlag(0)


@dataclass(frozen=True, slots=True)
class Placed:
    """A widget or layout, or empty room, with its stretch factor and its place in the room it gets."""

    item: QWidget | QLayout | None
    factor: int = 0
    align: Qt.AlignmentFlag = _ANYWHERE


Item = QWidget | QLayout | Placed | int
STRETCH = Placed(None, 1)


def stretch(
    item: QWidget | QLayout | None = None, factor: int = 1, align: Qt.AlignmentFlag = _ANYWHERE
) -> Placed:
    """Return an item, or empty room, that takes a share of the room that is left."""
    return Placed(item, factor, align)


def aligned(item: QWidget | QLayout, align: Qt.AlignmentFlag) -> Placed:
    """Return an item that keeps its size and stands at one side of its room."""
    return Placed(item, 0, align)


def vbox(
    *items: Item, into: QWidget | None = None, margins: Margins = 0, spacing: int | None = None
) -> QVBoxLayout:
    """Return a layout with items from top to bottom, set on the widget ``into`` if given."""
    return _filled(QVBoxLayout(), into, items, margins, spacing)


def hbox(
    *items: Item, into: QWidget | None = None, margins: Margins = 0, spacing: int | None = None
) -> QHBoxLayout:
    """Return a layout with items in reading direction, set on the widget ``into`` if given."""
    return _filled(QHBoxLayout(), into, items, margins, spacing)


def _filled(
    box: Box, into: QWidget | None, items: tuple[Item, ...], margins: Margins, spacing: int | None
) -> Box:
    if into is not None:
        into.setLayout(box)
    if margins is not None:
        box.setContentsMargins(*((margins,) * 4 if isinstance(margins, int) else margins))
    if spacing is not None:
        box.setSpacing(spacing)
    for item in items:
        _add(box, item)
    return box


def _add(box: QBoxLayout, item: Item) -> None:
    if isinstance(item, int):
        box.addSpacing(item)
        return
    placed = item if isinstance(item, Placed) else Placed(item)
    match placed.item:
        case None:
            box.addStretch(placed.factor)
        case QWidget() as widget:
            box.addWidget(widget, placed.factor, placed.align)
        case QLayout() as layout:
            box.addLayout(layout, placed.factor)
            if placed.align != _ANYWHERE:
                box.setAlignment(layout, placed.align)


def pages(*widgets: QWidget) -> QStackedWidget:
    """Return a stack that shows one of the widgets, at first the first."""
    stack = QStackedWidget()
    for widget in widgets:
        stack.addWidget(widget)
    return stack

"""Whether words fit: what a person would see cut off, found by measuring every visible widget."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QLabel, QTabBar, QWidget

from pump_desktop.ui.kit.rail import RailButton
from pump_desktop.ui.kit.segmented import SegmentButton
from pump_desktop.ui.kit.table import BigTable, TableHeader
from pump_desktop.ui.kit.text import ElidedLabel, FigureLabel
from pump_desktop.ui.live.pins import PinCard

SMALLEST = QSize(1024, 700)
W = TypeVar("W", bound=QWidget)

# The style sheet's padding at both sides, to which Qt adds three pixels each in a cell.
_TITLE_PADDING, _CELL_PADDING = 18, 24
# What a translation into German adds to short labels.
LONGER = 1.4


def settle_layout() -> None:
    """Carry out the layout passes that wait, without letting anything else happen."""
    for _pass in range(4):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


@contextmanager
def longer_words(window: QWidget) -> Iterator[None]:
    """Make the words of every visible label and button 40 % longer for a while, figures excepted."""
    changed: list[tuple[QLabel | QAbstractButton, str, str]] = []
    for widget in list(_words(window)):
        text = widget.text()
        if sum(letter.isalpha() for letter in text) > len(text) // 2:
            # Spread over the words, as a translation does it: one word of 60 letters wraps nowhere.
            longer = " ".join(word + "n" * round((LONGER - 1) * len(word)) for word in text.split(" "))
            widget.setText(longer)
            changed.append((widget, text, longer))
    settle_layout()
    yield
    for widget, text, longer in changed:
        if widget.text() == longer:
            widget.setText(text)
    settle_layout()


def cut(window: QWidget, *, longer: bool = False) -> list[str]:
    """Describe each visible label, button, tab and figure of a table whose text does not fit.

    With ``longer`` words a segment may show its words as tool tip, where a row has no more room.
    """
    found = [
        _described(widget)
        for widget in _words(window)
        if not _fits(widget) and not (longer and isinstance(widget, SegmentButton) and widget.elided)
    ]
    for tabs in _visible(window, QTabBar):
        wide = sum(tabs.tabRect(index).width() for index in range(tabs.count()))
        if wide > tabs.width():
            found.append(f"tabs {wide} > {tabs.width()}")
    for table in _visible(window, BigTable):
        # Longer words beside a table may take a column's room; English ones may not.
        if not longer and (more := table.horizontalScrollBar().maximum()):
            found.append(f"table {table.accessibleName()} scrolls sideways by {more}")
        found += _cut_figures(table)
    return found


def _visible(window: QWidget, kind: type[W]) -> Iterator[W]:
    return (widget for widget in window.findChildren(kind) if widget.isVisible())


def _words(window: QWidget) -> Iterator[QLabel | QAbstractButton]:
    both: list[QLabel | QAbstractButton] = [*_visible(window, QLabel), *_visible(window, QAbstractButton)]
    for widget in both:
        # Elided labels and the folded rail have tool tips, figures shrink, pins paint their lines.
        if widget.text() and not isinstance(widget, ElidedLabel | FigureLabel | PinCard | RailButton):
            yield widget


def _fits(widget: QLabel | QAbstractButton) -> bool:
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.height() >= widget.heightForWidth(widget.width()) and _longest_word_fits(widget)
    # A button's least width holds its icon and words; its hint also holds air around them.
    return widget.width() >= widget.minimumSizeHint().width() and widget.width() >= _text_width(widget)


def _longest_word_fits(label: QLabel) -> bool:
    metrics = label.fontMetrics()
    return max(map(metrics.horizontalAdvance, label.text().split()), default=0) <= label.width()


def _text_width(widget: QLabel | QAbstractButton) -> int:
    return max(map(widget.fontMetrics().horizontalAdvance, widget.text().split("\n")))


def _described(widget: QLabel | QAbstractButton) -> str:
    least, hint = widget.minimumSizeHint().width(), widget.sizeHint()
    needs = f"{max(least, _text_width(widget))}x{hint.height()}"
    return f"{type(widget).__name__} {widget.text()!r}: {widget.width()}x{widget.height()}, needs {needs}"


def _cut_figures(table: BigTable) -> list[str]:
    header, model, view = table.horizontalHeader(), table.model(), table.viewport()
    if table.rowAt(0) < 0:
        return []
    last = table.rowAt(view.height() - 1)
    assert isinstance(header, TableHeader)
    numeric = header.numeric
    rows = range(table.rowAt(0), (last if last >= 0 else model.rowCount() - 1) + 1)
    metrics, found = QFontMetrics(table.font()), []
    for column in range(header.count()):
        if header.isSectionHidden(column):
            continue
        room = header.sectionSize(column)
        title = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        texts = [str(model.index(row, column).data() or "") for row in rows]
        figures = [text for text in texts if any(letter.isdigit() for letter in text)]
        found += [
            f"table {table.accessibleName()}, {title}: {text!r} in {room}"
            for text, padding in (
                (title, _TITLE_PADDING),
                *((figure, _CELL_PADDING) for figure in figures if column in numeric),
            )
            if metrics.horizontalAdvance(text) > room - padding
        ]
    return found

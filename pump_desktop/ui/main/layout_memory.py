"""Gives window, page, tables and splitters back as they stood, and keeps at the end how they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from weakref import WeakSet

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QHeaderView, QSplitter, QWidget

from pump_desktop.qt.app.layout import KeptColumn, KeptLayout, KeptTable
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.main.pages import SECTIONS, PageShelf

# Tables and splitters that are kept have an object name that begins so.
KEPT = "kept."
# The property of a splitter that a person has moved; one that nobody moved fits itself to the window.
CHOSEN = "chosen"


_PAGE, _WELCOMED = "window/page", "window/welcomed"
# Made before the first paint anyway; all others bring the charts, and come back once those are there.
_EARLY = {"scan", "runs", "live"}


class Frame(Protocol):
    """The window's way to its pages."""

    @property
    def section(self) -> str:
        """The key of the page that is open."""
        ...

    def open_section(self, key: str) -> None:
        """Bring a page to the front."""
        ...


class LayoutKeeper(QObject):
    """Belongs to the window; knows every kept table and splitter in it by its object name."""

    def __init__(self, window: QWidget, frame: Frame, pages: PageShelf) -> None:
        super().__init__(window)
        self._window = window
        self._frame = frame
        self._pages = pages
        self._kept: KeptLayout | None = None
        self._late = ""
        self._tables: WeakSet[BigTable] = WeakSet()
        self._splitters: WeakSet[QSplitter] = WeakSet()

    @property
    def kept(self) -> KeptLayout | None:
        """What is kept, once the data folder is known."""
        return self._kept

    def use_folder(self, folder: Path) -> None:
        """Keep the layout in a data folder; the first one gives the window its size and place."""
        first, self._kept = self._kept is None, KeptLayout(folder)
        if first:
            self._kept.restore_window(self._window)

    def begin(self) -> None:
        """Give page, tables and splitters back; not before the store is being opened.

        A kept order has a table ask for its rows, and a question that comes before the opening would wait
        for it on the one thread that is to do it.
        """
        if self._kept is None:
            return
        self.adopt(self._pages)
        self._pages.page_made.connect(self.adopt)
        page = self._kept.value(_PAGE) or ""
        if page in _EARLY:
            self._frame.open_section(page)
        elif page in {entry.key for entry in SECTIONS}:
            self._late = page

    def come_back(self) -> None:
        """Open the page that had to wait, unless a person has begun something meanwhile."""
        page, self._late = self._late, ""
        if page and self._pages.currentWidget() is self._pages.scan and self._pages.scan.is_blank:
            self._frame.open_section(page)

    @Slot(QWidget)
    def adopt(self, page: QWidget) -> None:
        """Take in what a new page has, and give it back how it stood."""
        kept = self._kept
        if kept is None:
            return
        for table in page.findChildren(BigTable):
            name = table.objectName()
            if name.startswith(KEPT) and table not in self._tables:
                self._tables.add(table)
                state = kept.table(name.removeprefix(KEPT))
                if state is not None:
                    self._restore(table, state)
        for splitter in page.findChildren(QSplitter):
            if splitter.objectName().startswith(KEPT) and splitter not in self._splitters:
                self._splitters.add(splitter)
                splitter.splitterMoved.connect(self._splitter_moved)
                if kept.restore_splitter(splitter):
                    splitter.setProperty(CHOSEN, True)
                    splitter.installEventFilter(self)

    @property
    def was_welcomed(self) -> bool:
        """Whether the welcome was answered once."""
        return self._kept is not None and self._kept.value(_WELCOMED) is not None

    def keep_welcomed(self) -> None:
        """Remember, from now on and whatever happens next, that the welcome was answered."""
        if self._kept is not None:
            self._kept.set_value(_WELCOMED, "yes")
            self._kept.save()

    def keep(self) -> None:
        """Keep how everything stands now."""
        kept = self._kept
        if kept is None:
            return
        kept.keep_window(self._window)
        kept.set_value(_PAGE, self._late or self._frame.section)
        for table in self._tables:
            if shiboken6.isValid(table):
                kept.set_table(table.objectName().removeprefix(KEPT), self._state(table))
        for splitter in self._splitters:
            if shiboken6.isValid(splitter) and splitter.property(CHOSEN):
                kept.keep_splitter(splitter)
        kept.save()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Restore a splitter once more when it is first shown: before, it had no room to stand as it did."""
        if event.type() is QEvent.Type.Show and isinstance(watched, QSplitter) and self._kept is not None:
            watched.removeEventFilter(self)
            self._kept.restore_splitter(watched)
        return False

    @Slot(int, int)
    def _splitter_moved(self, _position: int, _handle: int) -> None:
        self.sender().setProperty(CHOSEN, True)

    def _restore(self, table: BigTable, state: KeptTable) -> None:
        header = table.horizontalHeader()
        places = {title: place for place, title in enumerate(_titles(table))}
        there = [column for column in state.columns if column.title in places]
        for visual, column in enumerate(there):
            place = places[column.title]
            header.moveSection(header.visualIndex(place), visual)
            if column.width and header.sectionResizeMode(place) is QHeaderView.ResizeMode.Interactive:
                header.resizeSection(place, max(column.width, header.minimumSectionSize()))
        hidden = tuple(places[column.title] for column in there if column.hidden)
        # One column at least stays in sight.
        if state.chosen and len(hidden) < len(places):
            table.choose_columns(hidden)
        if state.sort is not None and state.sort[0] in places:
            order = Qt.SortOrder.DescendingOrder if state.sort[1] else Qt.SortOrder.AscendingOrder
            table.sort_by(places[state.sort[0]], order)

    @staticmethod
    def _state(table: BigTable) -> KeptTable:
        header, titles = table.horizontalHeader(), _titles(table)
        columns = []
        for visual in range(header.count()):
            place = header.logicalIndex(visual)
            # A hidden column has no width, and widths that nobody set follow the window; 0 leaves them to it.
            own = (
                table.widths_chosen and header.sectionResizeMode(place) is QHeaderView.ResizeMode.Interactive
            )
            width = header.sectionSize(place) if own else 0
            columns.append(KeptColumn(titles[place], width, header.isSectionHidden(place)))
        sort = None
        if table.sort is not None:
            place, order = table.sort
            sort = titles[place], order is Qt.SortOrder.DescendingOrder
        return KeptTable(tuple(columns), table.columns_chosen, sort)


def _titles(table: BigTable) -> list[str]:
    header = table.horizontalHeader()
    if not header.count():
        return []
    model = table.model()
    return [str(model.headerData(place, Qt.Orientation.Horizontal)) for place in range(header.count())]

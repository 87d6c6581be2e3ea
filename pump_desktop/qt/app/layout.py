"""What a window looked like when it closed, kept in the data folder: size, page, columns, splitters.

``window.ini`` is for the owner alone and holds no seed, name or note. Nothing in it is trusted: what cannot
be understood counts as not kept; a file that cannot be read or written costs the layout, never the window.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QSettings, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QWidget

from pump_desktop.system.files import read_regular, write_private

LAYOUT_FILE = "window.ini"
# Some hundred times what a window keeps.
_LARGEST = 1024 * 1024
DEFAULT_SIZE = (1280, 820)
# So much of the title bar has to lie on a screen for a person to find and move the window.
_GRIP_WIDTH, _GRIP_HEIGHT = 120, 30
# What a system draws around a window, at most: borders at the sides, a title bar above.
_FRAME_WIDTH, _FRAME_HEIGHT = 16, 48
_WIDEST = 4_000
_MOST_COLUMNS = 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptColumn:
    """A column by its title, in the order columns stand; a width of 0 leaves the table's own."""

    title: str
    width: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class KeptTable:
    """How a table stood; ``chosen`` says that a person chose which columns are shown."""

    columns: tuple[KeptColumn, ...]
    chosen: bool = False
    sort: tuple[str, bool] | None = None
    """The title of the column rows are sorted by, and whether they fall."""

    def to_text(self) -> str:
        """Give it as one line."""
        columns = [[column.title, column.width, column.hidden] for column in self.columns]
        sort = None if self.sort is None else list(self.sort)
        return json.dumps({"columns": columns, "chosen": self.chosen, "sort": sort})


def parse_table(text: object) -> KeptTable | None:
    """Give the table of a line, or None for anything else."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("columns"), list):
        return None
    columns = []
    for entry in found["columns"][:_MOST_COLUMNS]:
        match entry:
            case [str(title), int(width), bool(hidden)] if 0 <= width <= _WIDEST:
                columns.append(KeptColumn(title, width, hidden))
            case _:
                return None
    match found.get("sort"):
        case [str(title), bool(falling)]:
            sort = (title, falling)
        case _:
            return KeptTable(tuple(columns), found.get("chosen") is True)
    return KeptTable(tuple(columns), found.get("chosen") is True, sort)


class KeptLayout:
    """The file of one data folder; every read gives None for what is not there or not right."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / LAYOUT_FILE
        self._store: QSettings | None = None
        self._refused = False

    def value(self, key: str) -> str | None:
        """Give a kept word."""
        store = self._open()
        found = None if store is None else store.value(key)
        return found if isinstance(found, str) else None

    def set_value(self, key: str, value: str) -> None:
        """Keep a word, from the next ``save()`` on."""
        store = self._open()
        if store is not None:
            store.setValue(key, value)

    def table(self, key: str) -> KeptTable | None:
        """Give how a table stood."""
        return parse_table(self.value(f"tables/{key}"))

    def set_table(self, key: str, table: KeptTable) -> None:
        """Keep how a table stands."""
        self.set_value(f"tables/{key}", table.to_text())

    def restore_window(self, window: QWidget) -> None:
        """Give the window its size and place back, on a screen that is there; else ``first_size``."""
        state = self._bytes("window/geometry")
        if state is None or not window.restoreGeometry(state):
            window.resize(first_size(QGuiApplication.primaryScreen().availableGeometry().size()))
            return
        bring_on_screen(window)

    def keep_window(self, window: QWidget) -> None:
        """Keep the window's size and place."""
        self._set_bytes("window/geometry", window.saveGeometry())

    def restore_splitter(self, splitter: QSplitter) -> bool:
        """Give a splitter its parts back, and tell whether there was something to give."""
        state = self._bytes(f"splitters/{splitter.objectName()}")
        return state is not None and splitter.restoreState(state)

    def keep_splitter(self, splitter: QSplitter) -> None:
        """Keep how a splitter stands."""
        self._set_bytes(f"splitters/{splitter.objectName()}", splitter.saveState())

    def save(self) -> None:
        """Write what is to be kept; a file that cannot be written is a line in the log."""
        if self._store is None:
            return
        store = self._store
        try:
            if not self._file.exists():
                # QSettings would make it readable for all, and keeps the rights of a file that is there.
                write_private(self._file, "")
        except OSError as error:
            _log.info("The layout of the window is not kept: %s", error)
            return
        store.sync()
        if store.status() is not QSettings.Status.NoError:
            _log.info("The layout of the window is not kept: %s", store.status().name)

    def _open(self) -> QSettings | None:
        if self._store is None and not self._refused:
            try:
                read_regular(self._file, _LARGEST)
            except FileNotFoundError:
                pass  # it is made when there is something to keep
            except OSError as error:
                # Qt would wait for ever at a pipe, and read a file of any size.
                self._refused = True
                _log.info("%s cannot be read, and no layout is kept: %s", self._file, error.strerror)
                return None
            store = QSettings(str(self._file), QSettings.Format.IniFormat)
            store.setFallbacksEnabled(False)
            if store.status() is not QSettings.Status.NoError:
                _log.info("%s cannot be read; the usual layout is taken", self._file)
                # What is left of a damaged file would be mixed with what is kept next.
                store.clear()
            self._store = store
        return self._store

    def _bytes(self, key: str) -> QByteArray | None:
        text = self.value(key)
        if text is None:
            return None
        try:
            return QByteArray(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            return None

    def _set_bytes(self, key: str, value: QByteArray) -> None:
        # As text, because QSettings' own form of bytes is read back as whatever type the file claims.
        self.set_value(key, base64.b64encode(value.data()).decode("ascii"))


def first_size(room: QSize) -> QSize:
    """Give the size of a window that was never open: the usual one, or what its screen has room for."""
    # Where the frame is not known yet; without it the status line would lie below a screen of 1366 x 768.
    return QSize(*DEFAULT_SIZE).boundedTo(QSize(room.width() - _FRAME_WIDTH, room.height() - _FRAME_HEIGHT))


def bring_on_screen(window: QWidget) -> None:
    """Move a window whose screen is gone to the middle of one that is there, no larger than that."""
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    bar = QRect(window.frameGeometry().topLeft(), window.frameGeometry().size())
    bar.setHeight(_GRIP_HEIGHT)
    for screen in screens:
        seen = screen.intersected(bar)
        if seen.width() >= min(_GRIP_WIDTH, bar.width()) and seen.height() >= _GRIP_HEIGHT // 2:
            return
    room = QGuiApplication.primaryScreen().availableGeometry()
    size = window.size().boundedTo(room.size()).expandedTo(window.minimumSize())
    window.resize(size)
    place = QRect(room.topLeft(), size)
    place.moveCenter(room.center())
    # Where even the least size is too large, the title bar stays in reach.
    window.move(max(place.x(), room.x()), max(place.y(), room.y()))

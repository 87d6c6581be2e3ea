"""The new lines of a file that somebody else writes: appended to, cut short, replaced, or not there yet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from pump_desktop.system.files import open_regular

# One step reads this much: a backlog of gigabytes passes in pieces.
PIECE = 1 << 20
# A line is one message; what is longer is none, and must not fill the memory.
MAX_LINE = 1 << 16

# As many bytes before the place of reading are compared: a file that was cut and has grown again shows it.
# The ends of two messages are often alike, so several messages must fit in.
_MARK = 4096


class LogLines:
    """Reads a file from its beginning, and from then on what is new; ``read()`` raises OSError.

    The file stays open between two reads, so that what was written before it was replaced is not lost.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._offset = 0
        self._mark = b""
        self._rest = b""
        self._too_long = False
        # Lines beyond MAX_LINE so far; each is left out.
        self.left_out = 0

    @property
    def there(self) -> bool:
        """Whether the file was there at the last read."""
        return self._file is not None

    def read(self) -> list[bytes] | None:
        """Give the next whole lines without their ends; None when there is nothing new."""
        if self._file is None and not self._open():
            return None
        # Asked before the file is read: one that is replaced in between is read once more.
        current = self._is_current()
        piece = self._next_piece()
        if piece:
            return self._lines(piece)
        if current:
            return None
        # The last line of a file that is gone is as whole as it will ever be.
        last = self._lines(b"\n") if self._rest else []
        self.close()
        return last

    def close(self) -> None:
        """Let go of the file; the next read begins again."""
        if self._file is not None:
            self._file.close()
        self._file = None
        self._restart()

    def _open(self) -> bool:
        try:
            self._file = open_regular(self._path)
        except FileNotFoundError:
            return False
        return True

    def _next_piece(self) -> bytes:
        file = self._file
        if file is None:
            return b""
        size = os.fstat(file.fileno()).st_size
        if size == self._offset:
            return b""
        if size < self._offset or not self._marked(file):
            self._restart()
        file.seek(self._offset)
        piece = file.read(PIECE)
        self._offset += len(piece)
        self._mark = (self._mark + piece)[-_MARK:]
        return piece

    def _marked(self, file: BinaryIO) -> bool:
        """Tell whether what was read last still stands before the place of reading."""
        file.seek(self._offset - len(self._mark))
        return file.read(len(self._mark)) == self._mark

    def _restart(self) -> None:
        self._offset = 0
        self._mark = self._rest = b""
        self._too_long = False

    def _is_current(self) -> bool:
        """Tell whether the path still leads to the open file."""
        if self._file is None:
            return False
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(self._file.fileno()))

    def _lines(self, piece: bytes) -> list[bytes]:
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        if self._too_long and lines:
            # The end of a line whose beginning was left out.
            del lines[0]
            self._too_long = False
        if len(self._rest) > MAX_LINE:
            self.left_out += not self._too_long
            self._too_long = True
            self._rest = b""
        kept = [line.rstrip(b"\r") for line in lines if len(line) <= MAX_LINE]
        self.left_out += len(lines) - len(kept)
        return kept

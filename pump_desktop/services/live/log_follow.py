"""The second road in: a file that Antebot's logToFile writes is followed, and its messages are stored.

Every message is stored once, whichever road it comes by, so a file is simply read from its beginning.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import BinaryIO, TypeVar

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.live import Accepted, Message
from pump_desktop.services.connect.script import LOG_PREFIX
from pump_desktop.services.live.live import Live
from pump_desktop.services.live.messages import parse_message
from pump_desktop.system.clock import utc_now
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


T = TypeVar("T")

# A person sees a bet within a second; looking twice a second costs nothing.
INTERVAL_S = 0.5
# As many as a request may hold.
TOGETHER = 1000
KEPT_TEXT = 8192
# As many refusals are kept, so as many need to be known.
_REFUSALS = 1000
# The thread looks this often whether it should end while the disk keeps it waiting.
_PATIENCE_S = 0.2
_STOP_TIMEOUT_S = 5.0

_PREFIX = LOG_PREFIX.strip().encode()

_log = logging.getLogger(__name__)


class FollowState(StrEnum):
    """What the follower is doing."""

    OFF = "off"
    WAITING = "waiting"
    FOLLOWING = "following"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class FollowStatus:
    """The follower at one moment; ``sentence`` says what is wrong, or was last.

    ``lines`` counts all lines, ``foreign`` those of somebody else; a message that was stored before counts as
    ``known``. WAITING is for a file that is not there yet.
    """

    state: FollowState = FollowState.OFF
    path: Path | None = None
    lines: int = 0
    foreign: int = 0
    accepted: int = 0
    known: int = 0
    refused: int = 0
    last_message_at: datetime | None = None
    sentence: str = ""


class _Stopped(Exception):  # noqa: N818 - it ends the thread and reaches nobody
    """The follower was told to stop while it waited for the disk."""


class LogFollower:
    """Follows one file on a thread of its own; ``start()`` and ``stop()`` may follow each other.

    ``changed`` is called on that thread with every new status.
    """

    def __init__(
        self,
        live: Live,
        *,
        now: Callable[[], datetime] = utc_now,
        interval: float = INTERVAL_S,
        changed: Callable[[FollowStatus], None] = lambda _status: None,
    ) -> None:
        self._live = live
        self._now = now
        self._interval = interval
        self._changed = changed
        self._lock = Lock()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._status = FollowStatus()
        self._refusals: set[tuple[str, str]] = set()

    @property
    def status(self) -> FollowStatus:
        """The present status; safe to read from any thread."""
        return self._status

    def start(self, path: Path) -> None:
        """Follow this file from its beginning, instead of any other; it need not be there yet.

        Raises KnownError when it is a folder.
        """
        if path.is_dir():
            raise KnownError(f"{path} is a folder. Choose the file that Antebot's logToFile writes.")
        with self._lock:
            self._end(_STOP_TIMEOUT_S)
            self._stopping = Event()
            self._status = FollowStatus(FollowState.WAITING, path)
            thread = Thread(target=self._run, args=(path, self._stopping), name="log-follower", daemon=True)
            self._thread = thread
            thread.start()

    def stop(self, timeout: float = _STOP_TIMEOUT_S) -> None:
        """End the thread; what was stored stays, and the counts too. A second call does nothing."""
        with self._lock:
            self._end(timeout)

    def _end(self, timeout: float) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping.set()
        thread.join(timeout)
        if thread.is_alive():
            _log.error("the follower of a log did not end in %.0f s", timeout)

    def _run(self, path: Path, stopping: Event) -> None:
        lines = LogLines(path)
        try:
            self._refusals = {(one.reason, one.body) for one in self._live.rejected(_REFUSALS)}
            while not stopping.is_set():
                if not self._step(lines, path, stopping):
                    stopping.wait(self._interval)
        except _Stopped:
            pass
        except Exception:  # noqa: BLE001 - logged; the status says that nothing is followed
            _log.exception("following a log failed")
            self._tell(sentence="Following stopped because of an error; the log says which.")
        finally:
            lines.close()
            self._tell(state=FollowState.OFF)

    def _step(self, lines: LogLines, path: Path, stopping: Event) -> bool:
        """Take in what is new; False when there was nothing, or it cannot be had now."""
        left_out = lines.left_out
        try:
            new = lines.read()
        except OSError as error:
            why = error.strerror or error
            self._tell(state=FollowState.FAILING, sentence=f"{path} cannot be read: {why}.")
            return False
        if new is None:
            self._tell(state=FollowState.FOLLOWING if lines.there else FollowState.WAITING)
            return False
        skipped = lines.left_out - left_out
        self._tell(
            state=FollowState.FOLLOWING,
            lines=self._status.lines + len(new) + skipped,
            foreign=self._status.foreign + skipped,
        )
        for at in range(0, len(new), TOGETHER):
            self._take(new[at : at + TOGETHER], stopping)
        return True

    def _take(self, lines: list[bytes], stopping: Event) -> None:
        """Store the messages of some lines, and keep those that are refused."""
        messages: list[Message] = []
        refusals: list[tuple[str, str]] = []
        foreign = 0
        for line in lines:
            text = _text(line)
            if text is None:
                foreign += 1
                continue
            try:
                messages.append(parse_message(_value(text)))
            except FieldError as error:
                refusals.append((str(error), text.decode("utf-8", "replace")[:KEPT_TEXT]))
        accepted = self._stored(partial(self._live.ingest, messages), stopping) if messages else []
        for refusal in refusals:
            # A file that is read again would push all other refusals out of the list.
            if refusal not in self._refusals:
                self._refusals.add(refusal)
                self._stored(partial(self._live.reject, *refusal), stopping)
        self._count(accepted, refusals, foreign)
        if any(b"\0" in line for line in lines):
            self._tell(sentence="The file is not the text that Antebot's logToFile writes.")

    def _stored(self, write: Callable[[], Future[T]], stopping: Event) -> T:
        """Give a write's answer, tried again until the disk takes it; raises _Stopped."""
        while not stopping.is_set():
            try:
                future = write()
                while not stopping.is_set():
                    try:
                        return future.result(_PATIENCE_S)
                    except NotYet:
                        continue
            except KnownError as error:
                self._tell(state=FollowState.FAILING, sentence=str(error))
                stopping.wait(self._interval)
        raise _Stopped

    def _count(self, accepted: list[Accepted], refusals: list[tuple[str, str]], foreign: int) -> None:
        before = self._status
        new = sum(one.accepted for one in accepted)
        self._tell(
            state=FollowState.FOLLOWING,
            foreign=before.foreign + foreign,
            accepted=before.accepted + new,
            known=before.known + len(accepted) - new,
            refused=before.refused + len(refusals),
            last_message_at=self._now() if accepted or refusals else before.last_message_at,
            sentence=f"A message was refused: {refusals[-1][0]}" if refusals else before.sentence,
        )

    def _tell(self, **changes: object) -> None:
        status = replace(self._status, **changes)  # type: ignore[arg-type]  # the fields' own types
        if status != self._status:
            self._status = status
            self._changed(status)


def _text(line: bytes) -> bytes | None:
    """Give the message of a line, wherever in it the script's mark stands; None for somebody else's line."""
    at = line.find(_PREFIX)
    return None if at < 0 else line[at + len(_PREFIX) :].strip()


def _value(text: bytes) -> object:
    try:
        return json.loads(text)
    except UnicodeDecodeError:
        raise FieldError("body", "The line is not UTF-8 text") from None
    except (ValueError, RecursionError):
        raise FieldError("body", "The line is not valid JSON") from None

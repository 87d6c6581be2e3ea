"""One window per data folder: the first start holds it, every later one raises that window and ends.

A lock file in the data folder (``window.lock``) says who is first; of two starts at the same moment exactly
one gets it. Its holder listens on a local socket named after the folder, where later starts call it. The
socket lies in a folder of this account alone: in the one for everybody's temporary files another account
could take its name first, and answer.
After SIGKILL the lock names a process that is gone, and QLockFile takes it over; where the number of the
process is another program's by now, or a power cut left the file empty, the system's own lock on the file
tells that nobody holds it.

A ``pump-desktop serve`` without a window takes no part in this: both may share one data folder. Both
write through BEGIN IMMEDIATE with a busy timeout on a WAL file, so their transactions wait for each other and
nothing is lost or doubled. What the server takes in shows in the window when a page is read again, because
events stay inside a process. Two data folders with one ``database_url`` are the same case.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.system.paths import OWNER_ONLY_FILE, make_private_folder
from pump_desktop.system.runtime_folders import runtime_folders

LOCK_FILE = "window.lock"
# A first window that is still importing, or busy for a moment, answers within this.
ANSWER_MS = 15_000
_CONNECT_MS = 500
_AGAIN_MS = 50
# A holder listens a few milliseconds after it took the lock; only after this is a silent lock looked into.
_SILENT_MS = 2_000
_ASK, _DONE = b"raise", b"raised\n"
# Where the compositor decides who may come to the front, the newer start has the right and hands it on.
_TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - an environment variable's name
_LONGEST = 512

_log = logging.getLogger(__name__)


class Start(Enum):
    """What a start found."""

    FIRST = auto()
    RAISED = auto()
    NO_ANSWER = auto()


class _Found(NamedTuple):
    """What a look at a folder found, with the lock where it is held now."""

    start: Start
    folder: Path
    lock: QLockFile | None = None


def addresses_of(folder: Path) -> list[str]:
    """Return where a data folder's window may listen, the best first; links to one folder give one name.

    Windows has one name for each, which is barred to other accounts.
    """
    user = os.environ.get("USERNAME", "") if sys.platform == "win32" else str(os.getuid())
    digest = hashlib.sha256(f"{user}\0{folder.resolve()}".encode("utf-8", "surrogateescape")).hexdigest()
    name = f"pump-desktop-{digest[:24]}"
    return [name] if sys.platform == "win32" else [str(one / name) for one in runtime_folders()]


class SingleInstance(QObject):
    """Holds a data folder for this window; ``raise_asked`` says that the program was started once more."""

    raise_asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None
        self._folder: Path | None = None
        self._asked: deque[Callable[[Start], None]] = deque()

    def begin(self, folder: Path, answer_ms: int = ANSWER_MS) -> Start:
        """Take a data folder, or have the window that holds it raised; what was held before is let go.

        A folder that cannot be written is nobody's: the start goes on, and the window says why.
        """
        return Start.FIRST if self._holds(folder) else self._hold(_look(folder, answer_ms))

    def begin_beside(
        self, runner: JobRunner, folder: Path, then: Callable[[Start], None], answer_ms: int
    ) -> None:
        """Do what begin() does, waiting for an answer on the runner's thread; ``then`` gets what was found.

        It always is the same runner, so that the answers come in order.
        """
        if self._holds(folder):
            then(Start.FIRST)
            return
        self._asked.append(then)
        looking = runner.submit(lambda _job: _look(folder, answer_ms))
        looking.finished.connect(self._found)
        looking.failed.connect(self._not_found)

    def _holds(self, folder: Path) -> bool:
        return self._lock is not None and folder.resolve() == self._folder

    def _hold(self, found: _Found) -> Start:
        if found.start is Start.FIRST:
            self.release()
        if found.lock is not None:
            self._lock, self._folder = found.lock, found.folder.resolve()
            # The socket belongs to the window's thread, wherever the lock was taken.
            self._listen(addresses_of(found.folder))
        return found.start

    @Slot(object)
    def _found(self, found: _Found) -> None:
        self._asked.popleft()(self._hold(found))

    @Slot(object)
    def _not_found(self, error: Exception) -> None:
        self._asked.popleft()
        raise error

    def release(self) -> None:
        """Let the folder go; may be called more than once."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _listen(self, addresses: list[str]) -> None:
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._called)
        for address in addresses:
            # The lock is ours, so a socket of this name is what a killed window left.
            QLocalServer.removeServer(address)
            if server.listen(address):
                self._server = server
                return
        why = server.errorString() if addresses else "no folder for its socket is this account's alone"
        _log.warning("A second start cannot raise this window: %s", why)
        server.deleteLater()

    @Slot()
    def _called(self) -> None:
        while self._server is not None and (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.readyRead.connect(self._read)
            if caller.bytesAvailable():
                self._answer(caller)

    @Slot()
    def _read(self) -> None:
        caller = self.sender()
        if isinstance(caller, QLocalSocket):
            self._answer(caller)

    def _answer(self, caller: QLocalSocket) -> None:
        if not caller.canReadLine():
            if caller.bytesAvailable() > _LONGEST:
                caller.abort()
            return
        word, _, token = bytes(caller.readLine(_LONGEST).data()).rstrip(b"\n").partition(b" ")
        if word != _ASK:
            caller.abort()
            return
        if token and token.isascii():
            # Qt takes it from there when the window asks for the keyboard.
            os.environ[_TOKEN] = token.decode("ascii")
        self.raise_asked.emit()
        caller.write(_DONE)
        caller.flush()
        caller.disconnectFromServer()


def _look(folder: Path, answer_ms: int) -> _Found:
    """Lock a folder, or have its window raised; may be called on any thread."""
    lock = _lock_in(folder)
    if lock is None:
        return _Found(Start.FIRST, folder)
    addresses, begun = addresses_of(folder), time.monotonic()
    while not lock.tryLock(_AGAIN_MS):
        if lock.error() is not QLockFile.LockError.LockFailedError:
            _log.warning("The data folder %s cannot be locked: %s", folder, lock.error().name)
            return _Found(Start.FIRST, folder)
        passed = (time.monotonic() - begun) * 1000
        if passed > answer_ms:
            return _Found(Start.NO_ANSWER, folder)
        # The first may just be starting or ending: after a vain call comes another look at the lock.
        if any(_ask_for_window(one, lock, round(answer_ms - passed)) for one in addresses):
            return _Found(Start.RAISED, folder)
        if passed > _SILENT_MS and lock.removeStaleLockFile():
            _log.info("The lock of %s was nobody's any more", folder)
    # Qt makes it readable for all, with the computer's name in it.
    (folder / LOCK_FILE).chmod(OWNER_ONLY_FILE)
    return _Found(Start.FIRST, folder, lock)


def _lock_in(folder: Path) -> QLockFile | None:
    try:
        make_private_folder(folder)
    except (OSError, ValueError) as error:
        _log.info("The data folder %s cannot be made: %s", folder, error)
        return None
    lock = QLockFile(str(folder / LOCK_FILE))
    # Held as long as the window is open: no age makes it stale, only the end of its process.
    lock.setStaleLockTime(0)
    return lock


def _ask_for_window(address: str, lock: QLockFile, answer_ms: int) -> bool:
    """Ask the first window to come to the front, and tell whether it said that it did."""
    socket = QLocalSocket()
    socket.connectToServer(address)
    if not socket.waitForConnected(_CONNECT_MS):
        return False
    _let_forward(lock)
    token = os.environ.get(_TOKEN, "")
    fits = token.isascii() and token.isprintable() and len(token) < _LONGEST // 2
    socket.write(_ASK + (b" " + token.encode("ascii") if token and fits else b"") + b"\n")
    socket.waitForBytesWritten(_CONNECT_MS)
    done = socket.waitForReadyRead(max(1, answer_ms)) and bytes(socket.readAll().data()) == _DONE
    socket.abort()
    return done


def _let_forward(lock: QLockFile) -> None:
    """On Windows let the first process take the foreground, which only the newest one may give away."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - there alone

        known = lock.getLockInfo()
        ctypes.windll.user32.AllowSetForegroundWindow(int(known[1]) if known[0] else -1)

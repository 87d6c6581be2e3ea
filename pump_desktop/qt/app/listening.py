"""The listener as the window sees it: started beside the window, watched once a second, stopped first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pump_desktop.domain.errors import KnownError, PortTakenError
from pump_desktop.qt.work.jobs import BackendSource, Job, JobRunner
from pump_desktop.system.settings import Settings

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.connect.doctor import SeenRequest

WATCH_MS = 1_000
# A try costs the listener's thread 0.1 ms; who ends the other program need not do anything here.
RETRY_MS = 3_000


class Traffic(Protocol):
    """What came in."""

    @property
    def messages_last_minute(self) -> int:
        """Messages of the last 60 seconds."""
        ...

    @property
    def last_message_at(self) -> datetime | None:
        """When the last one came."""
        ...

    @property
    def last_request(self) -> SeenRequest | None:
        """The last request of a script, whatever it was answered with."""
        ...

    @property
    def last_refusal(self) -> SeenRequest | None:
        """The last request that was refused."""
        ...


class Server(Protocol):
    """A listener that can be started once; the window does not know what it is made of."""

    @property
    def port(self) -> int:
        """The port it listens on."""
        ...

    @property
    def url(self) -> str:
        """The address it listens on."""
        ...

    def start(self, port: int) -> None:
        """Listen on a port, 0 for a free one; raises KnownError when it is taken."""
        ...

    def stop(self) -> None:
        """End, in bounded time."""
        ...

    def change(self, settings: Settings, token: str) -> None:
        """Have other limits and another token in force at once."""
        ...

    def traffic(self) -> Traffic:
        """Give what came in so far."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A listener that is not started yet, and the token it will ask for."""

    server: Server
    token: str


class ListenerState(StrEnum):
    """What the listener is doing."""

    OFF = "off"
    STARTING = "starting"
    LISTENING = "listening"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ListenerStatus:
    """The listener at one moment; ``sentence`` says why it could not start.

    With ``retried`` the port is only taken, and tried again until it is free or another one is chosen.
    """

    state: ListenerState
    port: int = 0
    url: str = ""
    token: str = ""
    messages_last_minute: int = 0
    last_message_at: datetime | None = None
    sentence: str = ""
    last_request: SeenRequest | None = None
    last_refusal: SeenRequest | None = None
    retried: bool = False


class Listening(QObject):
    """Starts and stops the listener; ``changed`` carries a ListenerStatus, while it listens every second.

    ``moved`` says that it listens on the port it was to move to, ``not_moved`` carries why it stayed where
    it was, and ``not_changed`` why it goes on with the old token and limits.
    """

    changed = Signal(object)
    moved = Signal()
    not_moved = Signal(str)
    not_changed = Signal(str)
    broke = Signal(object)

    def __init__(
        self,
        runner: JobRunner,
        backend: BackendSource,
        make: Callable[[Backend], Endpoint],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._backend = backend
        self._make = make
        self._port = 0
        # Set by the worker before it starts a server, so that stop() finds it even when the window's loop
        # has ended and the job's last word is never delivered.
        self._endpoint: Endpoint | None = None
        self._next: Endpoint | None = None
        self.status = ListenerStatus(ListenerState.OFF)
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._look)
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._try_again)

    def start(self, port: int) -> None:
        """Listen on a port, or on any free one for 0."""
        self._port = port
        self._watch.stop()
        self._retry.stop()
        self._show(ListenerStatus(ListenerState.STARTING, port))

        def work(_job: Job) -> None:
            # One that listens for a store that was left, on the port this one is to have.
            former, self._endpoint = self._endpoint, None
            if former is not None:
                former.server.stop()
            self._open(port)

        starting = self._runner.submit(work)
        starting.finished.connect(self._started)
        starting.failed.connect(self._not_started)

    def move(self, port: int) -> None:
        """Listen on another port; the one before goes on until the other listens, and where it cannot."""
        moving = self._runner.submit(lambda _job: self._open(port))
        moving.finished.connect(self._moved)
        moving.failed.connect(self._stayed)

    def change(self, settings: Settings, token: Callable[[], str]) -> None:
        """Have other limits and another token in force; ``token`` is asked on the listener's thread."""

        def work(_job: Job) -> None:
            endpoint = self._endpoint
            if endpoint is not None:
                asked = token()
                endpoint.server.change(settings, asked)
                self._endpoint = Endpoint(endpoint.server, asked)

        changing = self._runner.submit(work)
        changing.finished.connect(self._changed)
        changing.failed.connect(self._unchanged)

    def stop(self) -> None:
        """Take no more messages; what was accepted stays with the writer. May be called more than once."""
        self._watch.stop()
        self._retry.stop()
        self._runner.stop()
        endpoints = (self._endpoint, self._next)
        self._endpoint = self._next = None
        for endpoint in endpoints:
            if endpoint is not None:
                endpoint.server.stop()

    def _open(self, port: int) -> None:
        """Start a server on the listener's thread, and only then end the one before."""
        self._next = self._make(self._backend.result())
        try:
            self._next.server.start(port)
        except BaseException:
            self._next = None
            raise
        # What is under way at the one before is answered; whoever comes to it later has to come here.
        before, self._endpoint, self._next = self._endpoint, self._next, None
        if before is not None:
            before.server.stop()

    @Slot()
    def _try_again(self) -> None:
        """Look quietly whether the port is free by now."""
        port = self._port

        def work(_job: Job) -> None:
            # The listener may have moved to another port since this was asked.
            if self._endpoint is None:
                self._open(port)

        trying = self._runner.submit(work)
        trying.finished.connect(self._started)
        trying.failed.connect(self._still_not_started)

    @Slot(object)
    def _still_not_started(self, error: Exception) -> None:
        if self.status.state is not ListenerState.REFUSED:
            return  # another start is under way, and has its own word
        if isinstance(error, PortTakenError):
            self._retry.start()
        else:
            self._not_started(error)

    @Slot(object)
    def _started(self, _nothing: object) -> None:
        self._retry.stop()
        self._look()
        self._watch.start()

    @Slot(object)
    def _moved(self, _nothing: object) -> None:
        self._started(None)
        self.moved.emit()

    @Slot(object)
    def _stayed(self, error: Exception) -> None:
        known = isinstance(error, KnownError)
        self.not_moved.emit(str(error) if known else "The listener did not move; the log says why.")
        if not known:
            self.broke.emit(error)

    @Slot(object)
    def _changed(self, _nothing: object) -> None:
        self._look()

    @Slot(object)
    def _unchanged(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            self.not_changed.emit(str(error))
        else:
            self.broke.emit(error)

    @Slot(object)
    def _not_started(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            taken = isinstance(error, PortTakenError)
            refused = ListenerState.REFUSED
            self._show(ListenerStatus(refused, self._port, sentence=str(error), retried=taken))
            if taken:
                self._retry.start()
        else:
            self._show(ListenerStatus(ListenerState.OFF))
            self.broke.emit(error)

    @Slot()
    def _look(self) -> None:
        if self._endpoint is None:
            return
        server = self._endpoint.server
        traffic = server.traffic()
        self._show(
            ListenerStatus(
                ListenerState.LISTENING,
                server.port,
                server.url,
                self._endpoint.token,
                traffic.messages_last_minute,
                traffic.last_message_at,
                last_request=traffic.last_request,
                last_refusal=traffic.last_refusal,
            )
        )

    def _show(self, status: ListenerStatus) -> None:
        self.status = status
        self.changed.emit(status)

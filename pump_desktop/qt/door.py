"""Where work beside the window waits for the store: it opens once, and may be tried again elsewhere."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


class BackendSource(Protocol):
    """Anything that gives the open backend, waiting for it, or raises why there is none."""

    def result(self) -> Backend:
        """Give the backend."""
        ...


class BackendDoor:
    """The backend once it is open; ``result()`` waits on any thread, the rest belongs to the program's."""

    def __init__(self) -> None:
        self._future: Future[Backend] = Future()

    def result(self) -> Backend:
        """Give the backend, waiting until it is open; raises the error that kept it shut."""
        return self._future.result()

    def open(self, backend: Backend) -> None:
        """Let everybody in."""
        self._future.set_result(backend)

    def fail(self, error: Exception) -> None:
        """Tell everybody why not."""
        self._future.set_exception(error)

    def reset(self) -> None:
        """Shut it again, before another try."""
        self._future = Future()

    def opened(self) -> Backend | None:
        """Give the backend if it is open now."""
        ready = self._future.done() and self._future.exception() is None
        return self._future.result() if ready else None

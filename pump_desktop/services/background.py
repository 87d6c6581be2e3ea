"""One thread for work that nobody waits for, and answers that do something on their way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Event as Flag
from threading import Lock, Thread
from typing import TypeVar

from pump_desktop.domain.errors import KnownError

T = TypeVar("T")

CLOSE_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)


class Beside:
    """Does work one after another on a thread of its own, which starts with the first."""

    def __init__(self, name: str) -> None:
        self._closing = Flag()
        self._lock = Lock()
        # None wakes the thread to end it.
        self._waiting: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        # A daemon: a compile cannot be interrupted, and must not keep the program from ending.
        self._thread = Thread(target=self._serve, name=name, daemon=True)

    @property
    def closing(self) -> bool:
        """Whether long work should stop at its next step."""
        return self._closing.is_set()

    def do(self, work: Callable[[], object]) -> None:
        """Queue work; what goes wrong with it is in the log. After close() nothing is taken."""
        with self._lock:
            if self._closing.is_set():
                return
            self._waiting.put(work)
            if self._thread.ident is None:
                self._thread.start()

    def close(self, timeout: float = CLOSE_TIMEOUT_S) -> None:
        """Drop what waits and end the thread; may be called more than once."""
        with self._lock:
            self._closing.set()
            self._waiting.put(None)
            if self._thread.ident is None:
                return
        self._thread.join(timeout)
        if self._thread.is_alive():
            _log.error("work beside the streams did not end in %.0f s", timeout)

    def _serve(self) -> None:
        while (work := self._waiting.get()) is not None and not self._closing.is_set():
            self._run(work)

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except KnownError as error:
            # Work cut off by closing has a KnownError too, and no news in it.
            if not self._closing.is_set():
                _log.warning("%s", error)
        except Exception:  # noqa: BLE001 - nobody asks for the result; the log is where it is seen
            _log.exception("work beside the streams failed")


def followed(future: Future[T], follow: Callable[[T], None]) -> Future[T]:
    """Give a future that is answered like ``future``, but after ``follow(result)`` was called.

    It cannot be cancelled: a client that goes away does not take its bets back.
    """
    answer: Future[T] = Future()
    answer.set_running_or_notify_cancel()

    def done(stored: Future[T]) -> None:
        try:
            result = stored.result()
            follow(result)
        except BaseException as error:  # noqa: BLE001 - it is the caller's answer
            answer.set_exception(error)
        else:
            answer.set_result(result)

    future.add_done_callback(done)
    return answer

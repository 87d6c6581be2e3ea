"""One thread for work that nobody waits for, and answers that do something on their way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event as Flag
from typing import TypeVar

from pump_desktop.domain.errors import KnownError

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Beside:
    """Does work one after another on a thread of its own, which starts with the first."""

    def __init__(self, name: str) -> None:
        self._closing = Flag()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=name)

    @property
    def closing(self) -> bool:
        """Whether long work should stop at its next step."""
        return self._closing.is_set()

    def do(self, work: Callable[[], object]) -> None:
        """Queue work; what goes wrong with it is in the log. After close() nothing is taken."""
        if self._closing.is_set():
            return
        try:
            self._threads.submit(self._run, work)
        except RuntimeError:  # closed between the question and the submit
            if not self._closing.is_set():
                raise

    def close(self) -> None:
        """Drop what waits and end the thread; may be called more than once."""
        self._closing.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

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

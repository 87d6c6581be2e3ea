"""The one thread that writes: what is waiting goes into one transaction, and answers follow the commit."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Condition, Event, Thread
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from pump_desktop.domain.errors import (
    DamagedDatabaseError,
    FileReplacedError,
    StoreBusyError,
    StoreClosedError,
    StoreError,
)
from pump_desktop.store.care.integrity import mark_suspect
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.displaced import OpenFile
from pump_desktop.store.db.errors import known

T = TypeVar("T")

# One commit with synchronous=FULL takes about 2 ms whatever it holds. 500 small writes take about 20 ms,
# so the last of a full batch still waits less than a person notices.
MAX_BATCH = 500
# Bounded, because callers that do not wait for their answers could fill the memory while the disk stalls.
# 10,000 are several seconds of the fastest traffic: more than that means the disk has stopped.
MAX_WAITING = 10_000

# Work that needs the file to itself holds the others up so long before they are refused instead: a script
# that waits longer for its answer gives up, and sends the bet again later.
PATIENCE_S = 2.0

CLOSE_TIMEOUT_S = 10.0
INTERRUPT_TIMEOUT_S = 2.0

_log = logging.getLogger(__name__)


class _Item(Generic[T]):
    """A piece of work, the future that answers it, and what the answer will be after the commit."""

    __slots__ = ("alone", "error", "future", "result", "work")

    def __init__(self, work: Callable[[Connection], T], *, alone: bool = False) -> None:
        self.work = work
        self.alone = alone
        self.future: Future[T] = Future()
        self.result: T | None = None
        self.error: BaseException | None = None

    def answer(self) -> None:
        """Tell the caller."""
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # None only where T allows it


class Writer:
    """Runs submitted work in order on its own thread; work must not wait for other work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = Condition()
        self._waiting: deque[_Item[Any]] = deque()
        self._closing = False
        self._refusal = ""
        self._alone_since: float | None = None
        self._connection: Connection | None = None
        self._file = OpenFile(database.path)
        # Once another file has taken the place of this one, nothing more may be written into either.
        self._displaced: FileReplacedError | None = None
        # While the file that was taken away is not back: closing the connection would be its end.
        self._astray = False
        self._listeners: tuple[Callable[[], None], ...] = ()
        # A daemon: a disk that never answers must not keep the program from ending. What was not
        # committed then was not acknowledged either.
        self._thread = Thread(target=self._serve, name="store-writer", daemon=True)
        self._begun = Event()
        self._thread.start()
        # Whoever has a writer can rely on it that others see the file in use.
        self._begun.wait()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue ``work(connection)``; its future is answered once its transaction is on disk.

        Work is called inside a transaction and neither commits nor rolls back; an exception undoes this
        piece only. Raises StoreClosedError after close() began and StoreError when too much is waiting.
        """
        return self._queue(_Item(work))

    def submit_alone(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue ``work(connection)`` that wants no transaction around it and nobody else's writes beside it.

        What was submitted before is on disk when it runs; what comes later waits, and is refused with a
        StoreBusyError once it has run for ``PATIENCE_S``. Work that ends in the middle leaves no transaction.
        """
        return self._queue(_Item(work, alone=True))

    def refuse(self, sentence: str) -> None:
        """Refuse what waits and all that comes, from within work that runs alone; ``accept()`` ends that."""
        with self._changed:
            self._refusal = sentence
            left = list(self._waiting)
            self._waiting.clear()
        for item in left:
            if item.future.set_running_or_notify_cancel():
                item.error = StoreBusyError(sentence)
                item.answer()

    def accept(self) -> None:
        """Take writes again after ``refuse()``."""
        with self._changed:
            self._refusal = ""

    def _queue(self, item: _Item[T]) -> Future[T]:
        with self._changed:
            if self._closing:
                raise StoreClosedError("Nothing more can be stored because the program is closing.")
            if self._refusal:
                raise StoreBusyError(self._refusal)
            if self._alone_since is not None and time.monotonic() - self._alone_since > PATIENCE_S:
                raise StoreBusyError(
                    f"{self._database.path} is being restored, compacted or moved. Try again in a moment."
                )
            if len(self._waiting) >= MAX_WAITING:
                raise StoreError(
                    f"{self._database.path} is not keeping up: {MAX_WAITING} writes are waiting. "
                    "Check the disk and try again in a moment."
                )
            self._waiting.append(item)
            self._changed.notify()
        return item.future

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` called on the writer's thread after each commit, once its futures are answered.

        It must be quick, and must not wait for a write: the next batch begins when it returns.
        """
        with self._changed:
            self._listeners = (*self._listeners, callback)

    def close(self, timeout: float = CLOSE_TIMEOUT_S) -> None:
        """Write what is waiting and end the thread; after ``timeout`` seconds the rest is refused."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        if not self._thread.is_alive():
            return
        with self._changed:
            left = list(self._waiting)
            self._waiting.clear()
            # Under the lock: the thread takes the connection off, under it too, before it closes it.
            if self._connection is not None:
                driver_of(self._connection).interrupt()
        for item in left:
            if item.future.set_running_or_notify_cancel():
                item.error = StoreClosedError("The program closed before this could be stored.")
                item.answer()
        self._thread.join(INTERRUPT_TIMEOUT_S)
        if self._thread.is_alive():
            _log.error("the writer of %s did not end in %.0f s", self._database.path, timeout)

    def _serve(self) -> None:
        try:
            self._hold()
            self._begun.set()
            while batch := self._next_batch():
                self._store(batch)
                # While the thread waits, nothing may hold on to the megabytes of a stored run.
                batch.clear()
        finally:
            try:
                self._keep_in_place()
            except StoreError as error:
                _log.warning("%s was not put back: %s", self._database.path, error)
            except Exception:  # noqa: BLE001 - logged; the thread ends either way
                _log.exception("%s could not be put back", self._database.path)
            self._disconnect()

    def _hold(self) -> None:
        """Keep the file open also while nothing is written: its lock tells others that it is in use."""
        if self._connection is not None or self._closing:
            return
        try:
            self._connect()
        except StoreError as error:
            # The next write tries again, and its caller is told.
            _log.info("%s is not held open: %s", self._database.path, error)
        except Exception:  # noqa: BLE001 - logged with its traceback; nobody waits for this
            _log.exception("%s could not be held open", self._database.path)

    def _next_batch(self) -> list[_Item[Any]]:
        """Wait for work and give what is there; nothing once closing began and all is done."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            batch: list[_Item[Any]] = []
            while self._waiting and len(batch) < MAX_BATCH and not (batch and self._waiting[0].alone):
                batch.append(self._waiting.popleft())
                if batch[-1].alone:
                    break
            return batch

    def _store(self, batch: list[_Item[Any]]) -> None:
        """Run the batch in one transaction and answer it; a failed commit is every item's answer."""
        items = [item for item in batch if item.future.set_running_or_notify_cancel()]
        if not items:
            return
        if items[0].alone:
            self._run_alone(items[0])
            return
        try:
            connection = self._connect()
            with connection.begin():
                for item in items:
                    self._run(item, connection)
            self._keep_in_place()
        except BaseException as error:  # noqa: BLE001 - it reaches every caller through its future
            for item in items:
                item.error = item.error or self._told(error)
            # After a failed commit or roll-back the state of the connection is anyone's guess.
            self._let_go()
            self._hold()
            committed = False
        else:
            committed = True
        for item in items:
            item.answer()
        if committed:
            self._tell_listeners()

    def _run_alone(self, item: _Item[Any]) -> None:
        with self._changed:
            self._alone_since = time.monotonic()
        try:
            item.result = item.work(self._connect())
        except BaseException as error:  # noqa: BLE001 - it reaches the caller through the future
            item.error = self._told(error)
        finally:
            # A new connection has the usual pragmas, whatever the work needed.
            self._let_go()
            self._hold()
            with self._changed:
                self._alone_since = None
        item.answer()

    def _tell_listeners(self) -> None:
        for callback in self._listeners:
            try:
                callback()
            except Exception:  # noqa: BLE001 - logged with its traceback
                # Its batch is on disk and answered; the next ones must not suffer.
                _log.exception("a listener to commits failed")

    def _run(self, item: _Item[Any], connection: Connection) -> None:
        """Do one piece of work within a savepoint and keep its result or error for after the commit."""
        driver = driver_of(connection)
        driver.execute("SAVEPOINT piece")
        try:
            item.result = item.work(connection)
        except BaseException as error:
            if not driver.in_transaction:
                # On some errors SQLite rolls everything back by itself: the pieces before this one are
                # gone, and the ones after it would be written statement by statement.
                raise
            driver.execute("ROLLBACK TO piece")
            item.error = self._told(error)
        driver.execute("RELEASE piece")

    def _told(self, error: BaseException) -> BaseException:
        """Give the sentence for an error where there is one, with the error as its cause."""
        sentence = known(error, self._database.path)
        if sentence is None:
            return error
        sentence.__cause__ = error
        if isinstance(sentence, DamagedDatabaseError):
            mark_suspect(self._database.path)
        return sentence

    def _keep_in_place(self) -> None:
        """See that what was committed will be found again; raises StoreError when it will not."""
        astray, self._astray = self._astray, False
        if self._connection is None or self._file.is_in_place():
            return
        try:
            self._file.save(driver_of(self._connection))
        except FileReplacedError as error:
            self._displaced = error
            raise
        except StoreError:
            # A folder that is away may come back, with the file in it; a file that is deleted does not.
            self._astray = astray or self._file.is_lost()
            raise
        finally:
            if not self._astray:
                self._disconnect()

    def _let_go(self) -> None:
        """Close the connection, unless it alone still leads to the file."""
        self._astray = self._connection is not None and (self._astray or self._file.is_lost())
        if not self._astray:
            self._disconnect()

    def _connect(self) -> Connection:
        if self._displaced is not None:
            raise self._displaced
        if self._astray:
            self._keep_in_place()
        if self._connection is None:
            self._file = OpenFile(self._database.path)
            connection = self._database.connect_for_writing()
            with self._changed:
                self._connection = connection
        return self._connection

    def _disconnect(self) -> None:
        with self._changed:
            connection, self._connection = self._connection, None
        self._astray = False
        if connection is not None:
            connection.close()

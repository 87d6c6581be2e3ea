"""Seed pairs scanned one after another, through the one scan the engine does at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from pump_desktop.domain.batch import PairState, QueuedPair, ScannedPair
from pump_desktop.domain.errors import KnownError, StoreError
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.qt.work.scans import Scans
from pump_desktop.system.clock import utc_now

if TYPE_CHECKING:
    from pump_desktop.services.runs.collector import ScanProgress
    from pump_desktop.services.runs.runs import Replay

_AGAIN = frozenset({PairState.FAILED, PairState.CANCELLED})
_UNEXPECTED = "An unexpected error stopped this scan."


class ScanQueue(QObject):
    """The queued pairs and what may be done with them; the rows are told about as a model needs it.

    ``turned`` says that the queue goes on, pauses or has other totals; ``ended`` that the last pair is over.
    """

    adding = Signal(int, int)
    added = Signal()
    removing = Signal(int, int)
    removed = Signal()
    changed = Signal(int, int)
    turned = Signal()
    ended = Signal()

    def __init__(
        self, scans: Scans, parent: QObject | None = None, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(parent)
        self._scans = scans
        self._now = now
        self._pairs: list[QueuedPair] = []
        self._totals: Counter[PairState] = Counter()
        self._last_number = 0
        self._running: int | None = None
        # The scan this queue started last, until somebody else starts one.
        self._own: ScanRequest | None = None
        self._stop_asked = False
        self._paused = False
        # Nobody waits above this row.
        self._from = 0
        scans.started.connect(self._on_started)
        scans.progress.connect(self._on_progress)
        # Queued: all who hear the last word of a scan may still ask whose it was; the next starts after that.
        later = Qt.ConnectionType.QueuedConnection
        scans.finished.connect(self._on_finished, later)
        scans.failed.connect(self._on_failed, later)
        scans.cancelled.connect(self._on_cancelled, later)

    def __len__(self) -> int:
        """Give the number of pairs."""
        return len(self._pairs)

    def pair_at(self, row: int) -> QueuedPair:
        """Give the pair of a row."""
        return self._pairs[row]

    @property
    def pairs(self) -> tuple[QueuedPair, ...]:
        """All pairs, in order."""
        return tuple(self._pairs)

    @property
    def scanned(self) -> tuple[ScannedPair, ...]:
        """What has been scanned, in order."""
        return tuple(pair.scanned for pair in self._pairs if pair.scanned is not None)

    @property
    def paused(self) -> bool:
        """Whether no further pair is started."""
        return self._paused

    @property
    def running(self) -> QueuedPair | None:
        """The pair that is scanned now."""
        return None if self._running is None else self._pairs[self._running]

    def total(self, state: PairState) -> int:
        """Give how many pairs are in a state."""
        return self._totals[state]

    def row_of(self, number: int) -> int | None:
        """Give the row of a pair by its number."""
        return next((row for row, pair in enumerate(self._pairs) if pair.number == number), None)

    def owns_current(self) -> bool:
        """Tell whether the scan under way is this queue's, also while its last word is being heard."""
        return self._own is not None

    def add(self, requests: Iterable[ScanRequest]) -> None:
        """Put pairs at the end, and go on with the first of them when nothing is scanned."""
        batch = f"Queue {self._now().astimezone():%Y-%m-%d %H:%M}"
        new = [
            QueuedPair(number, f"{batch} · {number}", request, seed_sha256(request.server_seed))
            for number, request in enumerate(requests, self._last_number + 1)
        ]
        if not new:
            return
        self.adding.emit(len(self._pairs), len(self._pairs) + len(new) - 1)
        self._pairs += new
        self._totals[PairState.WAITING] += len(new)
        self._last_number += len(new)
        self.added.emit()
        self._paused = False
        self._go_on()
        self.turned.emit()

    @Slot()
    def pause(self) -> None:
        """Start no further pair; the one under way is finished."""
        self._paused = True
        self.turned.emit()

    @Slot()
    def resume(self) -> None:
        """Go on with the next pair."""
        self._paused = False
        self._go_on()
        self.turned.emit()

    @Slot()
    def cancel_current(self) -> None:
        """Stop the pair under way, and go on with the next."""
        if self._running is not None:
            self._stop_asked = True
            self._scans.cancel()

    @Slot()
    def cancel_all(self) -> None:
        """Stop the pair under way and give up those that wait."""
        waiting = [row for row, pair in enumerate(self._pairs) if pair.state is PairState.WAITING]
        for row in waiting:
            self._set(row, replace(self._pairs[row], state=PairState.CANCELLED))
        if waiting:
            self.changed.emit(waiting[0], waiting[-1])
        self.cancel_current()
        self.turned.emit()

    @Slot()
    def retry(self) -> None:
        """Let pairs that failed or were cancelled wait again."""
        again = [row for row, pair in enumerate(self._pairs) if pair.state in _AGAIN]
        if not again:
            return
        for row in again:
            self._set(row, replace(self._pairs[row], state=PairState.WAITING, done=0, rate=0.0, problem=""))
        self._from = min(self._from, again[0])
        self.changed.emit(again[0], again[-1])
        self.resume()

    def remove(self, ranges: Sequence[tuple[int, int]]) -> int:
        """Take out rows from first to last of each range, but not the pair under way; tell how many went."""
        before = len(self._pairs)
        for first, last in sorted(ranges, reverse=True):
            spans = [(first, last)]
            if self._running is not None and first <= self._running <= last:
                spans = [(self._running + 1, last), (first, self._running - 1)]
            for start, end in spans:
                self._remove(start, end)
        self.turned.emit()
        return before - len(self._pairs)

    def _remove(self, first: int, last: int) -> None:
        if first > last:
            return
        self.removing.emit(first, last)
        self._totals.subtract(pair.state for pair in self._pairs[first : last + 1])
        del self._pairs[first : last + 1]
        if self._running is not None and self._running > last:
            self._running -= last - first + 1
        self._from = min(self._from, first)
        self.removed.emit()

    def _set(self, row: int, pair: QueuedPair) -> None:
        self._totals[self._pairs[row].state] -= 1
        self._totals[pair.state] += 1
        self._pairs[row] = pair

    def _go_on(self) -> None:
        """Start the next pair, unless one runs, the queue pauses, or somebody else's scan is under way."""
        if self._paused or self._running is not None or not self._totals[PairState.WAITING]:
            return
        while self._pairs[self._from].state is not PairState.WAITING:
            self._from += 1
        row = self._from
        pair = self._pairs[row]
        before, self._own = self._own, pair.request
        if not self._scans.start(pair.request, pair.name):
            # Its end will be heard here, too.
            self._own = before
            return
        self._running, self._stop_asked = row, False
        self._set(row, replace(pair, state=PairState.RUNNING))
        self.changed.emit(row, row)

    def _over(self, **changes: object) -> None:
        """Keep how the pair under way ended, and go on."""
        row, self._running = self._running, None
        if row is not None:
            self._set(row, replace(self._pairs[row], **changes))  # type: ignore[arg-type]  # fields of the pair
            self.changed.emit(row, row)
        self._own = None
        self._go_on()
        self.turned.emit()
        if row is not None and self.running is None and not self._totals[PairState.WAITING]:
            self.ended.emit()

    @Slot(object)
    def _on_started(self, request: object) -> None:
        if request is not self._own:
            self._own = None

    @Slot(object)
    def _on_progress(self, progress: ScanProgress) -> None:
        if self._running is None or self._own is None or progress.preparing:
            return
        row = self._running
        self._set(row, replace(self._pairs[row], done=progress.done, rate=progress.rate))
        self.changed.emit(row, row)

    @Slot(object)
    def _on_finished(self, replay: Replay) -> None:
        if self._running is None:
            self._go_on()
            return
        pair = self._pairs[self._running]
        scanned = ScannedPair.of(pair.number, replay.run)
        self._over(state=PairState.DONE, done=scanned.nonces, scanned=scanned)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self._running is None:
            self._go_on()
            return
        known = isinstance(error, KnownError)
        if not known or isinstance(error, StoreError):
            # The next pair would fail in the same way.
            self._paused = True
        self._over(state=PairState.FAILED, problem=str(error) if known else _UNEXPECTED)

    @Slot()
    def _on_cancelled(self) -> None:
        if self._running is None:
            self._go_on()
            return
        if not self._stop_asked:
            # Stopped from elsewhere, or because the program ends: the rest waits for a word.
            self._paused = True
        self._over(state=PairState.CANCELLED)

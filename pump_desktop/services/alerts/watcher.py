"""The thread that holds alert rules against arriving rounds; nobody ever waits for it.

The hub tells it on the writer's thread which streams have news. It takes note of their ids, and reads what is
new from the file when it gets to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from threading import Condition, Thread
from threading import Event as Flag
from typing import NamedTuple
from uuid import UUID

from pump_desktop.domain.alerts import AlertRule, Silent
from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.live import BetsLanded, Event, StreamChanged
from pump_desktop.services.alerts.notices import Finding, Notices
from pump_desktop.services.alerts.streams import AlertStreams
from pump_desktop.stats.alerts import SilentWatch
from pump_desktop.stats.stream_state import Fired
from pump_desktop.store.alerts import AlertReader, AlertReads, StreamHead


class Silences:
    """Remembers when each stream was heard; a rule waits for a stream's next message after it has spoken.

    There is one entry a rule and stream, put off when it comes up and the stream was heard since: a message
    costs a look, not a change of the order.
    """

    def __init__(self) -> None:
        self._rules: dict[UUID, tuple[AlertRule, Silent]] = {}
        self._heard: dict[UUID, float] = {}
        self._order: list[tuple[float, UUID, UUID]] = []
        self._waiting: set[tuple[UUID, UUID]] = set()

    def set_rules(self, rules: Sequence[AlertRule]) -> None:
        """Go on with other rules; new ones wait for a stream to be heard first."""
        before = self._rules
        self._rules = {
            rule.id: (rule, rule.condition)
            for rule in rules
            if isinstance(rule.condition, Silent) and rule.draft.enabled
        }
        same = {key for key, found in self._rules.items() if before.get(key) == found}
        self._keep([entry for entry in self._order if entry[1] in same])

    def forget(self, stream_id: UUID) -> None:
        """Drop a deleted stream."""
        self._heard.pop(stream_id, None)
        self._keep([entry for entry in self._order if entry[2] != stream_id])

    def hear(self, stream_id: UUID, time: float) -> None:
        """Take note of a message."""
        if not self._rules:
            return
        self._heard[stream_id] = time
        for rule, silent in self._rules.values():
            if rule.draft.applies_to(stream_id) and (rule.id, stream_id) not in self._waiting:
                self._put(time + silent.seconds, rule.id, stream_id)

    def due(self, time: float) -> Iterator[tuple[AlertRule, Silent, UUID]]:
        """Yield which rule finds which stream silent now, each silence once."""
        while self._order and self._order[0][0] <= time:
            _, rule_id, stream_id = heappop(self._order)
            self._waiting.discard((rule_id, stream_id))
            rule, silent = self._rules[rule_id]
            silent_at = self._heard[stream_id] + silent.seconds
            if silent_at > time:
                self._put(silent_at, rule_id, stream_id)
            else:
                yield rule, silent, stream_id

    def next_due(self) -> float | None:
        """Give when to look next; None while nothing was heard."""
        return self._order[0][0] if self._order else None

    def _put(self, at: float, rule_id: UUID, stream_id: UUID) -> None:
        heappush(self._order, (at, rule_id, stream_id))
        self._waiting.add((rule_id, stream_id))

    def _keep(self, entries: list[tuple[float, UUID, UUID]]) -> None:
        # Sorted is a heap too.
        self._order = sorted(entries)
        self._waiting = {(rule_id, stream_id) for _, rule_id, stream_id in entries}


# Between two looks at the file: under fast traffic each then reads many rounds at once, and the writer has
# the interpreter to itself in between. A notice may come so much later.
PACE_S = 0.05
# More streams with news than this are not listed: all streams are looked at instead.
MAX_WAITING = 10_000
CLOSE_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)


class _Update(NamedTuple):
    """Rules, where the streams stood when these were stored, and whom to tell that they are in force."""

    rules: Sequence[AlertRule]
    heads: Mapping[UUID, StreamHead]
    then: Callable[[], None]


def _nobody() -> None:
    """Tell nobody."""


class AlertWatch:
    """Runs from the first rule until ``close()``; findings go to the notices."""

    def __init__(
        self,
        read_rules: Callable[[], Sequence[AlertRule]],
        reads: AlertReads,
        notices: Notices,
        *,
        timer: Callable[[], float],
        pace_s: float = PACE_S,
    ) -> None:
        self._read_rules = read_rules
        self._reads = reads
        self._notices = notices
        self._timer = timer
        self._pace_s = pace_s
        self._closing = Flag()
        self._streams = AlertStreams({}, (), self._closing.is_set)
        self._silences = Silences()
        self._changed = Condition()
        self._thread: Thread | None = None
        # What came since the last look: new rules, streams with news (true when rounds landed), deleted ones.
        self._updates: list[_Update] = []
        self._waiting: dict[UUID, bool] = {}
        self._all = False
        self._deleted: set[UUID] = set()
        self._starting_over = False

    @property
    def failed(self) -> frozenset[UUID]:
        """The rules that ended with an error."""
        return frozenset(self._streams.failed)

    def set_rules(self, rules: Sequence[AlertRule], then: Callable[[], None] = _nobody) -> None:
        """Watch with these rules from the present state of the file on; ``then`` is called once they do.

        Rounds that land after that call are news to new rules, whatever the watcher is at now.
        """
        with self._changed:
            idle = self._closing.is_set() or (self._thread is None and not rules)
        if idle:
            then()
            return
        with self._reads.reading() as reader:
            update = _Update(rules, reader.heads(), then)
        with self._changed:
            closing = self._closing.is_set()
            if not closing:
                self._updates.append(update)
                self._start()
                self._changed.notify()
        if closing:
            then()

    def start_over(self, rules: Sequence[AlertRule]) -> None:
        """Forget every stream, and watch with these rules from the present state of the file on."""
        with self._changed:
            self._starting_over = True
        self.set_rules(rules)

    def hear(self, event: Event) -> None:
        """Take note of a stream with news; called on the writer's thread, and done at once."""
        if not isinstance(event, BetsLanded | StreamChanged):
            return
        with self._changed:
            if self._thread is None:
                return
            stream_id = event.stream_id
            if isinstance(event, StreamChanged) and event.deleted:
                self._waiting.pop(stream_id, None)
                self._deleted.add(stream_id)
            elif len(self._waiting) < MAX_WAITING or stream_id in self._waiting:
                landed = isinstance(event, BetsLanded)
                self._waiting[stream_id] = self._waiting.get(stream_id, False) or landed
            else:
                self._all = True
            self._changed.notify()

    def close(self) -> None:
        """End the thread; may be called more than once."""
        with self._changed:
            self._closing.set()
            self._changed.notify()
            thread = self._thread
        if thread is None:
            return
        thread.join(CLOSE_TIMEOUT_S)
        if thread.is_alive():
            _log.error("the alerts did not end in %.0f s", CLOSE_TIMEOUT_S)
        with self._changed:
            updates, self._updates = self._updates, []
        for update in updates:
            update.then()

    def _start(self) -> None:
        if self._thread is None:
            # A daemon: a file that never answers must not keep the program from ending.
            self._thread = Thread(target=self._serve, name="alerts", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while self._wait():
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - logged; the next look goes on where this one ended
                self._tell_error(error, "a look at the streams failed")
            self._closing.wait(self._pace_s)

    def _wait(self) -> bool:
        """Wait for news or a time that has come; false when closing began."""
        with self._changed:
            while not (self._closing.is_set() or self._news()):
                due = [at for at in (self._silences.next_due(), self._notices.next_due()) if at is not None]
                left = min(due) - self._timer() if due else None
                if left is not None and left <= 0:
                    break
                self._changed.wait(left)
            return not self._closing.is_set()

    def _news(self) -> bool:
        return bool(self._updates or self._waiting or self._all or self._deleted)

    def _look(self) -> None:
        with self._changed:
            updates, self._updates = self._updates, []
            waiting, self._waiting = self._waiting, {}
            deleted, self._deleted = self._deleted, set()
            everything, self._all = self._all, False
            starting_over, self._starting_over = self._starting_over, False
        if starting_over:
            self._streams = AlertStreams({}, (), self._closing.is_set)
            self._silences = Silences()
        for update in updates:
            self._use(update.rules, update.heads)
            update.then()
        for stream_id in deleted:
            self._streams.forget(stream_id)
            self._silences.forget(stream_id)
            self._notices.forget(stream_id)
        if deleted:
            # Its own rules went with it.
            self._use(self._read_rules(), {})
        time = self._timer()
        if waiting or everything:
            with self._reads.reading() as reader:
                if everything:
                    waiting = dict.fromkeys(reader.heads(), True)
                for stream_id, landed in waiting.items():
                    if landed:
                        self._silences.hear(stream_id, time)
                    self._look_at(reader, stream_id, time)
        self._tell_silences(time)
        self._notices.flush(time)

    def _use(self, rules: Sequence[AlertRule], heads: Mapping[UUID, StreamHead]) -> None:
        self._streams.set_rules(rules, heads)
        self._silences.set_rules(rules)
        self._notices.set_rules(rules)

    def _look_at(self, reader: AlertReader, stream_id: UUID, time: float) -> None:
        try:
            for finding in self._streams.catch_up(reader, stream_id):
                if self._closing.is_set():
                    return
                self._notices.take(finding, time)
        except NotFoundError:
            self._streams.forget(stream_id)
        except Exception as error:  # noqa: BLE001 - logged; the other streams are looked at
            self._tell_error(error, f"the alerts of stream {stream_id} failed")

    def _tell_silences(self, time: float) -> None:
        for rule, silent, stream_id in self._silences.due(time):
            try:
                with self._reads.reading() as reader:
                    nonce = reader.head(stream_id).last_nonce
            except NotFoundError:
                continue
            self._notices.take(_silence(rule, silent, stream_id, nonce), time)

    def _tell_error(self, error: Exception, what: str) -> None:
        if self._closing.is_set():
            return
        if isinstance(error, KnownError):
            _log.warning("%s: %s", what, error)
        else:
            _log.error(what, exc_info=error)


def _silence(rule: AlertRule, silent: Silent, stream_id: UUID, nonce: int) -> Finding:
    fired = Fired(nonce or None)
    return Finding(rule, stream_id, fired.nonce, lambda: SilentWatch(silent).sentence(fired))

"""Streams as the alert rules follow them: read behind the last nonce, round by round, and no further."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID

import numpy as np

from pump_desktop.domain.alert_notices import Rounds
from pump_desktop.domain.alerts import AlertRule, Silent
from pump_desktop.domain.errors import KnownError
from pump_desktop.services.alerts.notices import Finding
from pump_desktop.stats.alerts import GapWatch, MismatchWatch, needs_times, watch_for
from pump_desktop.stats.stream_state import Course, Fired, Watch, follow
from pump_desktop.store.alerts import PAGE_ROUNDS, AlertReader, StreamHead

# A person plays a few streams at a time. Of those that are quiet for longest only the place is kept.
MAX_FOLLOWED = 100
# Observed nonces read of a stream with holes: the newest 10,000 nonces hold no more.
NONCES_READ = 10_000
# Late rounds are looked for in so many holes: some 20 us each.
HOLES_SEARCHED = 500

_log = logging.getLogger(__name__)


class GuardedWatch:
    """One rule on one stream; an error within it is the rule's end, and nobody else's."""

    def __init__(self, rule: AlertRule, fail: Callable[[AlertRule], None]) -> None:
        self.rule = rule
        self.watch: Watch = watch_for(rule.condition)
        self._fail = fail
        self._failed = False

    def begin(self, course: Course) -> None:
        """Start where the course is."""
        self.watch.begin(course)

    def see(self, rounds: Rounds, course: Course) -> Sequence[Fired]:
        """Look at rounds, unless the rule has failed."""
        if self._failed:
            return ()
        try:
            return self.watch.see(rounds, course)
        except Exception:  # noqa: BLE001 - logged; the other rules go on
            self._failed = True
            _log.exception("alert rule %s failed", self.rule.id)
            self._fail(self.rule)
            return ()

    def sentence(self, fired: Fired) -> str:
        """Say what the rule found."""
        return self.watch.sentence(fired)

    def finding(self, stream_id: UUID, fired: Fired) -> Finding:
        """Give what there may be to tell."""
        return Finding(self.rule, stream_id, fired.nonce, partial(self.sentence, fired))


class _Followed:
    """A stream with arriving rounds: its course, and what each rule remembers of it."""

    def __init__(self, head: StreamHead) -> None:
        self.course = Course()
        # Rounds the course has met that are not in the file any more: old ones are deleted now and then.
        self.gone = 0
        self.mismatches = head.mismatches
        self.watches: dict[UUID, GuardedWatch] = {}


class AlertStreams:
    """Reads what is new of streams and shows it to the rules; used on one thread.

    What was stored before a stream was followed is where the rules start, and no news to them.
    """

    def __init__(
        self,
        heads: Mapping[UUID, StreamHead],
        rules: Sequence[AlertRule],
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stopped = stopped
        self._starts = dict(heads)
        self._followed: OrderedDict[UUID, _Followed] = OrderedDict()
        self._rules: dict[UUID, AlertRule] = {}
        self.failed: set[UUID] = set()
        self._take(rules)

    def set_rules(self, rules: Sequence[AlertRule], heads: Mapping[UUID, StreamHead]) -> None:
        """Go on with other rules; streams that no rule has followed so far start where they are now."""
        watched = {stream_id for stream_id in heads if self._rules_of(stream_id)}
        self._starts.update({key: head for key, head in heads.items() if key not in watched})
        self._take(rules)

    def forget(self, stream_id: UUID) -> None:
        """Drop a deleted stream."""
        self._followed.pop(stream_id, None)
        self._starts.pop(stream_id, None)

    def catch_up(self, reader: AlertReader, stream_id: UUID) -> Iterator[Finding]:
        """Yield what the rules find in the rounds that came since the last time; raises NotFoundError."""
        rules = self._rules_of(stream_id)
        if not rules:
            # Rules made later start where the stream is then.
            self._followed.pop(stream_id, None)
            return
        followed = self._follow(reader, stream_id)
        self._bring_in(reader, stream_id, followed, rules)
        course = followed.course
        timed = any(needs_times(rule.condition) for rule in rules)
        more = True
        while more and not self._stopped():
            head, rounds, more = reader.news(stream_id, course.latest, timed=timed)
            course.heartbeats = head.heartbeats > 0
            if not more:
                lack = head.rounds + followed.gone - course.rounds - len(rounds.nonces)
                followed.gone -= min(lack, 0)
                for late in self._late(reader, head, course, lack, timed=timed):
                    yield from self._show(stream_id, followed, late)
            yield from self._show(stream_id, followed, rounds)
        # What could not be found is too far back, and not looked for again.
        course.rounds = max(course.rounds, head.rounds + followed.gone)
        yield from self._mismatches(reader, stream_id, followed, head.mismatches)

    def _take(self, rules: Iterable[AlertRule]) -> None:
        new = {
            rule.id: rule for rule in rules if rule.draft.enabled and not isinstance(rule.condition, Silent)
        }
        # A rule that was changed starts anew, also after it has failed.
        self.failed = {rule_id for rule_id in self.failed if new.get(rule_id) == self._rules.get(rule_id)}
        self._rules = new

    def _rules_of(self, stream_id: UUID) -> list[AlertRule]:
        return [
            rule
            for rule in self._rules.values()
            if rule.draft.applies_to(stream_id) and rule.id not in self.failed
        ]

    def _follow(self, reader: AlertReader, stream_id: UUID) -> _Followed:
        """Give the stream's course, read from the file as of the place it was left at."""
        followed = self._followed.get(stream_id)
        if followed is not None:
            self._followed.move_to_end(stream_id)
            return followed
        head = self._starts.get(stream_id, StreamHead(stream_id))
        followed = self._followed[stream_id] = _Followed(head)
        if head.rounds:
            course = followed.course
            course.first, course.latest, course.rounds = head.first_nonce, head.last_nonce, head.rounds
            course.heartbeats = head.heartbeats > 0
            course.difficulties = reader.difficulties(stream_id)
            if course.missing:
                nonces = reader.nonces_up_to(stream_id, head.last_nonce, NONCES_READ)
                course.observed.extend(nonces)
                course.observed.floor = max(course.observed.floor, *nonces[:1].tolist())
            else:
                course.observed.fill(head.first_nonce, head.last_nonce)
        if len(self._followed) > MAX_FOLLOWED:
            left, quiet = self._followed.popitem(last=False)
            course = quiet.course
            place = (course.first, course.latest, course.rounds, int(course.heartbeats), quiet.mismatches)
            self._starts[left] = StreamHead(left, *place)
        return followed

    def _bring_in(
        self, reader: AlertReader, stream_id: UUID, followed: _Followed, rules: Sequence[AlertRule]
    ) -> None:
        """Give each rule its watch; new ones start where the course is."""
        before = followed.watches
        followed.watches = {}
        for rule in rules:
            guarded = before.get(rule.id)
            if guarded is None or guarded.rule != rule:
                guarded = GuardedWatch(rule, self._fail)
                try:
                    self._begin(reader, stream_id, guarded.watch, followed.course)
                except KnownError:
                    raise
                except Exception:  # noqa: BLE001 - logged; the other rules go on
                    _log.exception("alert rule %s failed", rule.id)
                    self._fail(rule)
                    continue
            followed.watches[rule.id] = guarded

    def _begin(self, reader: AlertReader, stream_id: UUID, watch: Watch, course: Course) -> None:
        watch.begin(course)
        if isinstance(watch, GapWatch) and course.rounds:
            resume_gap(reader, stream_id, watch, course)

    def _fail(self, rule: AlertRule) -> None:
        self.failed.add(rule.id)

    def _show(self, stream_id: UUID, followed: _Followed, rounds: Rounds) -> Iterator[Finding]:
        followed.mismatches += int(np.count_nonzero(rounds.mismatches))
        for guarded, fired in follow(followed.course, rounds, list(followed.watches.values())):
            yield guarded.finding(stream_id, fired)

    def _late(
        self, reader: AlertReader, head: StreamHead, course: Course, lack: int, *, timed: bool
    ) -> list[Rounds]:
        """Give so many rounds that came after later ones: they fill holes, mostly the newest ones."""
        if lack <= 0 or not course.rounds:
            return []
        holes = course.observed.holes(HOLES_SEARCHED)
        if head.first_nonce < course.first:
            holes.append((head.first_nonce, course.first - 1))
        late = []
        for first, last in holes:
            late.append(reader.rounds(head.stream_id, first, last, min(lack, PAGE_ROUNDS), timed=timed))
            lack -= len(late[-1].nonces)
            if lack <= 0:
                break
        return late[::-1]

    def _mismatches(
        self, reader: AlertReader, stream_id: UUID, followed: _Followed, mismatches: int
    ) -> Iterator[Finding]:
        """Yield mismatches that no arriving round told: an audit found them, or bets of doubled nonces."""
        found = mismatches - followed.mismatches
        followed.mismatches = mismatches
        watches = [one for one in followed.watches.values() if isinstance(one.watch, MismatchWatch)]
        if found > 0 and watches:
            fired = Fired(reader.mismatch(stream_id), found)
            for guarded in watches:
                yield guarded.finding(stream_id, fired)


def resume_gap(reader: AlertReader, stream_id: UUID, watch: GapWatch, course: Course) -> None:
    """Start a gap rule in the middle of a stream: since the last hit, however far back that is."""
    last_hit = reader.last_hit(stream_id, watch.target.least, watch.target.most, course.latest)
    since = max(last_hit + 1, course.first)
    whole = not course.missing
    observed = course.latest - since + 1 if whole else reader.count(stream_id, since, course.latest)
    watch.resume(course, last_hit, observed)

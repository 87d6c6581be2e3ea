"""Alert rules in the file; what is no column of its own stands in the parameters."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, RowMapping, func, or_, select

from pump_desktop.domain.alert_notices import Rounds
from pump_desktop.domain.alerts import MAX_RULES, AlertRule, RuleDraft
from pump_desktop.domain.errors import ConflictError, FieldError, NotFoundError
from pump_desktop.domain.live import Verdict
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.joined import Joined, JoinedTime, read_joined
from pump_desktop.store.db.readable import (
    LARGEST,
    Columns,
    amount,
    identity,
    kept,
    maybe,
    moment,
    one_of,
    text,
    whole,
)
from pump_desktop.store.db.tables import alert_rules, live_streams
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.marks import check_stream
from pump_desktop.store.live.reads import OBSERVED, no_stream
from pump_desktop.store.live.rows import DIFFICULTIES, DIFFICULTY_NUMBER, DIFFICULTY_OF, UNKNOWN

PAGE_ROUNDS = 5_000
# Different results looked at one by one: a table has 25 at most, results off it may be anything.
_RESULTS_LOOKED_AT = 200

_BY_RESULT = "INDEXED BY ix_live_rounds_stream_id_round_result"
_HEAD = """
    id, coalesce(first_nonce, 0), coalesce(last_nonce, 0), total_rounds, heartbeats, mismatches,
    server_seed IS NOT NULL
"""


_HEADED = Columns(
    "live_streams",
    id=identity,
    first_nonce=whole(0, MAX_NONCE),
    last_nonce=whole(0, MAX_NONCE),
    total_rounds=whole(),
    heartbeats=whole(),
    mismatches=whole(),
)
_TIMED = Columns("live_rounds", nonce=whole(1, MAX_NONCE), received_at=moment)
_ROUND = Columns(
    "live_rounds",
    nonce=whole(1, MAX_NONCE),
    round_result=amount,
    verdict=maybe(one_of(Verdict)),
    difficulty=maybe(one_of(DIFFICULTY_OF)),
    received_at=moment,
)
_NONCES = (Joined("nonce", least=1),)
_RESULTS = (
    *_NONCES,
    Joined("round_result", np.float64),
    Joined("verdict IS 'mismatch'"),
    Joined(DIFFICULTY_NUMBER, least=UNKNOWN),
)


class StreamHead(NamedTuple):
    """Where a stream stands; nonces are 0 before its first round."""

    stream_id: UUID
    first_nonce: int = 0
    last_nonce: int = 0
    rounds: int = 0
    heartbeats: int = 0
    mismatches: int = 0
    revealed: int = 0


class News(NamedTuple):
    """Rounds behind a nonce, ascending, and where the stream stood when they were read."""

    head: StreamHead
    rounds: Rounds
    more: bool


class AlertReads:
    """Opens one connection for many small questions; opening costs more than most of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator[AlertReader]:
        """Give a reader; each of its answers is a read of its own, so nothing is held in between."""
        with self._database.reading() as connection:
            yield AlertReader(connection)


class AlertReader:
    """Answers questions on one connection, on one thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver = driver_of(connection)

    def heads(self) -> dict[UUID, StreamHead]:
        """Give where every stream stands."""
        rows = self._driver.execute(f"SELECT {_HEAD} FROM live_streams WHERE deleted = 0")  # noqa: S608 - constants
        return {head.stream_id: head for head in kept(self._driver, rows, _head)}

    def head(self, stream_id: UUID) -> StreamHead:
        """Return where a stream stands; raises NotFoundError and UnreadableRowError."""
        sql = f"SELECT {_HEAD} FROM live_streams WHERE id = ? AND deleted = 0"  # noqa: S608 - constants
        row = self._driver.execute(sql, (str(stream_id),)).fetchone()
        if row is None:
            raise no_stream(stream_id)
        return _head(row)

    def news(self, stream_id: UUID, after: int, *, timed: bool = False) -> News:
        """Give the next page of rounds behind a nonce; raises NotFoundError."""
        with self._connection.begin():
            head = self.head(stream_id)
            rounds = self.rounds(stream_id, after + 1, head.last_nonce, PAGE_ROUNDS, timed=timed)
        return News(head, rounds, more=len(rounds.nonces) == PAGE_ROUNDS)

    def rounds(self, stream_id: UUID, first: int, last: int, limit: int, *, timed: bool = False) -> Rounds:
        """Give the rounds of the nonces ``first`` to ``last``, ascending, as many as the limit lets."""
        rows = """
            SELECT nonce, round_result, verdict, difficulty, received_at FROM live_rounds
            WHERE stream_id = :stream_id AND nonce BETWEEN :first AND :last ORDER BY nonce LIMIT :limit
        """
        values = {"stream_id": str(stream_id), "first": first, "last": last, "limit": limit}
        wanted = (*_RESULTS, JoinedTime("received_at")) if timed else _RESULTS
        found = read_joined(self._driver, _ROUND, wanted, rows, values)
        nonces, results, wrong, played, *times = found.arrays
        difficulties = frozenset(DIFFICULTIES[number].value for number in np.unique(played) if number >= 0)
        return Rounds(nonces, results, wrong == 1, times[0] if timed else np.empty(0), difficulties)

    def many_rounds(
        self, stream_id: UUID, first: int, last: int, *, timed: bool = False, judged: bool = False
    ) -> Rounds:
        """Give all rounds of the nonces ``first`` to ``last``, without difficulties, and with what is asked.

        The index holds the nonces of each result in order, and nothing else has to be read: 100,000 rounds
        take a fifth of the time.
        """
        of_result = f"""
            SELECT nonce FROM live_rounds {_BY_RESULT}
            WHERE stream_id = :stream_id AND round_result = :result AND nonce BETWEEN :first AND :last
        """  # noqa: S608 - constants
        within = "FROM live_rounds WHERE stream_id = :stream_id AND nonce BETWEEN :first AND :last"
        values: dict[str, object] = {"stream_id": str(stream_id), "first": first, "last": last}
        with self._connection.begin():
            pieces, results = [np.empty(0, np.int64)], [np.empty(0)]
            for result in self._results(stream_id, 0, math.inf):
                found = read_joined(self._driver, OBSERVED, _NONCES, of_result, {**values, "result": result})
                pieces += found.arrays
                results.append(np.full(len(pieces[-1]), result))
            nonces = np.concatenate(pieces)
            order = np.argsort(nonces, kind="stable")
            nonces = nonces[order]
            times = np.empty(0)
            if timed:
                rows = f"SELECT nonce, received_at {within} ORDER BY nonce"
                (times,) = read_joined(
                    self._driver, _TIMED, (JoinedTime("received_at"),), rows, values
                ).arrays
                if len(times) != len(nonces):
                    # Not every round can be read: those that can are picked out one by one.
                    return self.rounds(stream_id, first, last, -1, timed=True)
            wrong: list[int] = []
            if judged:
                sql = f"SELECT nonce {within} AND verdict = 'mismatch'"
                found_wrong = self._driver.execute(sql, values)
                wrong = [nonce for (nonce,) in kept(self._driver, found_wrong, OBSERVED.read)]
        return Rounds(nonces, np.concatenate(results)[order], np.isin(nonces, wrong), times, frozenset())

    def difficulties(self, stream_id: UUID) -> set[str]:
        """Give every difficulty that a round of the stream was said to have."""
        sql = "SELECT DISTINCT difficulty FROM live_tallies WHERE stream_id = ? AND axis = 'nonce'"
        return {word for (word,) in self._driver.execute(sql, (str(stream_id),)) if word in DIFFICULTY_OF}

    def nonce_back(self, stream_id: UUID, rounds: int) -> int:
        """Give the nonce of the round so many back from the newest; 0 when there are not as many."""
        sql = f"""
            SELECT nonce FROM live_rounds WHERE stream_id = ? AND nonce <= {MAX_NONCE}
            ORDER BY nonce DESC LIMIT 1 OFFSET ?
        """  # noqa: S608 - constants
        row = self._driver.execute(sql, (str(stream_id), rounds)).fetchone()
        return 0 if row is None else int(row[0])

    def nonces_up_to(self, stream_id: UUID, nonce: int, limit: int) -> NDArray[np.int64]:
        """Give the newest observed nonces up to one, ascending."""
        sql = "SELECT nonce FROM live_rounds WHERE stream_id = ? AND nonce <= ? ORDER BY nonce DESC LIMIT ?"
        rows = self._driver.execute(sql, (str(stream_id), nonce, limit))
        return np.array([found for (found,) in kept(self._driver, rows, OBSERVED.read)][::-1], np.int64)

    def count(self, stream_id: UUID, first: int, last: int) -> int:
        """Give how many of the nonces ``first`` to ``last`` were observed."""
        sql = "SELECT count(*) FROM live_rounds WHERE stream_id = ? AND nonce BETWEEN ? AND ?"
        (count,) = self._driver.execute(sql, (str(stream_id), first, last)).fetchone()
        return int(count)

    def last_hit(self, stream_id: UUID, low: float, high: float, up_to: int) -> int:
        """Give the last nonce up to one with a result between two; 0 without any."""
        of_result = f"""
            SELECT max(nonce) FROM live_rounds {_BY_RESULT}
            WHERE stream_id = ? AND round_result = ? AND nonce <= ?
        """  # noqa: S608 - constants
        last = 0
        for result in self._results(stream_id, low, high):
            (nonce,) = self._driver.execute(of_result, (str(stream_id), result, up_to)).fetchone()
            last = max(last, nonce or 0)
        return last

    def mismatch(self, stream_id: UUID) -> int | None:
        """Give the highest nonce whose round is a mismatch, if any is."""
        sql = f"""
            SELECT nonce FROM live_rounds
            WHERE stream_id = ? AND verdict = 'mismatch' AND nonce <= {MAX_NONCE}
            ORDER BY nonce DESC LIMIT 1
        """  # noqa: S608 - constants
        row = self._driver.execute(sql, (str(stream_id),)).fetchone()
        return None if row is None else int(row[0])

    def bet_at(self, stream_id: UUID, nonce: int) -> int | None:
        """Give the id of the first bet of a nonce, if there is one."""
        sql = "SELECT min(id) FROM live_bets WHERE stream_id = ? AND nonce = ?"
        (bet_id,) = self._driver.execute(sql, (str(stream_id), nonce)).fetchone()
        return None if bet_id is None else int(bet_id)

    def _results(self, stream_id: UUID, low: float, high: float) -> list[float]:
        """Give the different results from ``low`` to ``high``, ascending.

        Each step is one look into an index that may hold a million rounds; many of them are read through.
        """
        following = f"""
            SELECT min(round_result) FROM live_rounds {_BY_RESULT}
            WHERE stream_id = ? AND round_result BETWEEN ? AND {LARGEST}
        """  # noqa: S608 - constants
        rest = f"""
            SELECT DISTINCT round_result FROM live_rounds {_BY_RESULT}
            WHERE stream_id = ? AND round_result BETWEEN ? AND min(?, {LARGEST}) ORDER BY round_result
        """  # noqa: S608 - constants
        results: list[float] = []
        for _ in range(_RESULTS_LOOKED_AT):
            (result,) = self._driver.execute(following, (str(stream_id), low)).fetchone()
            if result is None or result > high:
                return results
            results.append(result)
            low = math.nextafter(result, math.inf)
        return results + [row[0] for row in self._driver.execute(rest, (str(stream_id), low, high))]


def _head(row: tuple[Any, ...]) -> StreamHead:
    _HEADED.check(row)
    return StreamHead(UUID(row[0]), *row[1:])


_log = logging.getLogger(__name__)

# Rules of a large deleted stream stay until its last rows are swept; nobody sees them any more.
_SHOWN = or_(
    alert_rules.c.stream_id.is_(None),
    alert_rules.c.stream_id.in_(select(live_streams.c.id).where(live_streams.c.deleted == 0)),
)


RULE = Columns(
    "alert_rules",
    id=identity,
    stream_id=maybe(identity),
    created_at=moment,
    kind=text,
    parameters=lambda value: isinstance(value, dict),
    enabled=whole(0, 1),
)


class AlertRulesStore:
    """The alert rules of one database; reads happen at once, writes answer after the commit."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def rules(self) -> tuple[AlertRule, ...]:
        """Give all rules, oldest first; one that another program has spoilt is left out and logged."""
        wanted = select(alert_rules).where(_SHOWN).order_by(alert_rules.c.created_at, alert_rules.c.id)
        with self._database.reading() as connection:
            rows = kept(driver_of(connection), connection.execute(wanted).mappings(), _readable)
        return tuple(rule for row in rows if (rule := _read(row)) is not None)

    def add(self, draft: RuleDraft, now: datetime) -> Future[AlertRule]:
        """Store a new rule; NotFoundError without its stream, ConflictError when there are 100."""

        def work(connection: Connection) -> AlertRule:
            _check(connection, draft)
            count = select(func.count()).select_from(alert_rules).where(_SHOWN)
            if connection.execute(count).scalar_one() >= MAX_RULES:
                raise ConflictError(f"There are {MAX_RULES} alert rules already; delete one first.")
            rule = AlertRule(uuid4(), now, draft)
            values = {"id": rule.id, "created_at": now, **_values(draft)}
            connection.execute(alert_rules.insert().values(values))
            return rule

        return self._writer.submit(work)

    def change(self, rule_id: UUID, draft: RuleDraft) -> Future[AlertRule]:
        """Give a rule another content; raises NotFoundError."""

        def work(connection: Connection) -> AlertRule:
            created_at = _created_at(connection, rule_id)
            _check(connection, draft)
            connection.execute(alert_rules.update().where(alert_rules.c.id == rule_id).values(_values(draft)))
            return AlertRule(rule_id, created_at, draft)

        return self._writer.submit(work)

    def delete(self, rule_id: UUID) -> Future[None]:
        """Take a rule away; raises NotFoundError."""

        def work(connection: Connection) -> None:
            if not connection.execute(alert_rules.delete().where(alert_rules.c.id == rule_id)).rowcount:
                raise no_rule(rule_id)

        return self._writer.submit(work)


def no_rule(rule_id: UUID) -> NotFoundError:
    """Give the error for an id that no rule has."""
    return NotFoundError(f"Alert rule with ID {rule_id} not found")


def _check(connection: Connection, draft: RuleDraft) -> None:
    if draft.stream_id is not None:
        check_stream(connection, draft.stream_id)


def _created_at(connection: Connection, rule_id: UUID) -> datetime:
    found = select(alert_rules.c.created_at).where(alert_rules.c.id == rule_id, _SHOWN)
    created_at: datetime | None = connection.execute(found).scalar_one_or_none()
    if created_at is None:
        raise no_rule(rule_id)
    return created_at


def _values(draft: RuleDraft) -> dict[str, Any]:
    return {
        "stream_id": draft.stream_id,
        "kind": draft.condition.kind.value,
        "parameters": {
            "name": draft.name,
            "desktop": draft.desktop,
            "sound": draft.sound,
            **draft.condition.values(),
        },
        "enabled": int(draft.enabled),
    }


def _readable(row: RowMapping) -> RowMapping:
    RULE.check_mapping(row)
    return row


def _read(row: RowMapping) -> AlertRule | None:
    parameters = row["parameters"]
    try:
        draft = RuleDraft.parse(
            name=parameters.get("name"),
            kind=row["kind"],
            values=parameters,
            stream_id=row["stream_id"],
            enabled=bool(row["enabled"]),
            desktop=parameters.get("desktop") is True,
            sound=parameters.get("sound") is True,
        )
    except FieldError as error:
        _log.warning("alert rule %s is left out: %s", row["id"], error)
        return None
    return AlertRule(row["id"], row["created_at"], draft)

"""Alert rules in the file; what is no column of its own stands in the parameters."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, RowMapping, func, or_, select

from pump_desktop.domain.alerts import MAX_RULES, AlertRule, RuleDraft
from pump_desktop.domain.errors import ConflictError, FieldError, NotFoundError
from pump_desktop.store.bookmarks import check_stream
from pump_desktop.store.connections import driver_of
from pump_desktop.store.database import Database
from pump_desktop.store.readable import Columns, identity, kept, maybe, moment, text, whole
from pump_desktop.store.tables import alert_rules, live_streams
from pump_desktop.store.writer import Writer

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

"""Stored runs by seed pair: how many, how many nonces, and when the newest was made."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, Text, case, func, literal, not_, select

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import RunGroup, RunGroupPage, SeedPair
from pump_desktop.store.connections import driver_of
from pump_desktop.store.readable import Columns, amount, kept, moment, text, whole
from pump_desktop.store.tables import runs

_PAIR = (runs.c.server_seed_sha256, runs.c.client_seed)
_TIME = "____-__-__T__:__:__*Z".replace("_", "[0-9]")
# Of the rows that have a time: one that is damaged must not take its whole group away.
_NEWEST = func.max(case((runs.c.created_at.op("GLOB")(literal(_TIME, Text)), runs.c.created_at)))


_GROUP = Columns(
    "runs",
    server_seed_sha256=text,
    client_seed=text,
    runs=whole(1),
    nonces=whole(1),
    newest=moment,
    difficulties=text,
    max_multiplier=amount,
)


def read_groups(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], limit: int, offset: int
) -> RunGroupPage:
    """Give a page of the groups of the runs that fulfil conditions, and how many of both there are."""
    grouped = select(*_PAIR).where(*conditions).group_by(*_PAIR)
    page = (
        grouped.add_columns(
            func.count().label("runs"),
            func.sum(runs.c.nonce_end - runs.c.nonce_start + 1).label("nonces"),
            _NEWEST.label("newest"),
            func.group_concat(runs.c.difficulty.distinct()).label("difficulties"),
            func.max(highest_of(runs.c.summary)).label("max_multiplier"),
        )
        .order_by(_NEWEST.desc(), *_PAIR)
        .limit(limit)
        .offset(offset)
    )
    total = select(func.count()).select_from(grouped.subquery())
    matching = select(func.count()).select_from(runs).where(*conditions)
    found = connection.execute(page).mappings().all()
    items = kept(driver_of(connection), found, _group_of)
    return RunGroupPage(
        items=tuple(items),
        total=connection.execute(total).scalar_one(),
        runs=connection.execute(matching).scalar_one(),
        limit=limit,
        offset=offset,
        left_out=len(found) - len(items),
    )


def highest_of(summary: ColumnElement[Any]) -> ColumnElement[float]:
    """Return the SQL of a summary's highest multiplier; null where the summary is no JSON."""
    return case((func.json_valid(summary) == 1, func.json_extract(summary, "$.max_multiplier")))


def none_of(run_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Give the condition that a run is none of these; one value, however many they are."""
    ids = func.json_each(json.dumps([str(run_id) for run_id in run_ids])).table_valued("value")
    return not_(runs.c.id.in_(select(ids.c.value)))


def of_pair(pair: SeedPair) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions that a run is one of a seed pair."""
    return (runs.c.server_seed_sha256 == pair.server_seed_sha256, runs.c.client_seed == pair.client_seed)


def _group_of(row: RowMapping) -> RunGroup:
    _GROUP.check_mapping(row)
    return RunGroup(
        pair=SeedPair(row["server_seed_sha256"], row["client_seed"]),
        runs=row["runs"],
        count=row["nonces"],
        newest=row["newest"],
        difficulties=frozenset(
            difficulty for difficulty in Difficulty if difficulty.value in row["difficulties"].split(",")
        ),
        max_multiplier=float(row["max_multiplier"]),
    )

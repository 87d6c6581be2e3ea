"""A stored run that was damaged, or changed by another program: said before any of its figures is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from pump_desktop.domain.errors import DamagedRunError
from pump_desktop.domain.runs import Run
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.report.report import fairness_report
from pump_desktop.services.runs.check import check_figures
from pump_desktop.services.runs.export import Export, export_csv
from pump_desktop.services.sample import sample_request
from pump_desktop.stats.hits import HitFilter
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.store.damage import bend_outcome

COUNT = 3000


def now() -> datetime:
    return datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def run(backend: Backend) -> Run:
    """Give a stored run whose outcomes are not in memory any more."""
    return stored(backend)


def stored(backend: Backend) -> Run:
    run = backend.runs.create(replace(sample_request(), start=11, end=COUNT + 10)).run
    backend.runs.start_over()
    return run


def change(backend: Backend, sql: str, *values: object) -> None:
    """Change the file as another program does."""
    with closing(connect(backend.database_path)) as connection, connection:
        connection.execute(sql, values)


def outcome(backend: Backend) -> None:
    bend_outcome(backend.database_path)


def digest(backend: Backend) -> None:
    change(backend, "UPDATE runs SET outcome_digest = ?", "0" * 64)


def summary(name: str, value: object) -> Callable[[Backend], None]:
    def changed(backend: Backend) -> None:
        change(
            backend, "UPDATE runs SET summary = json_set(summary, ?, json(?))", f"$.{name}", json.dumps(value)
        )

    return changed


def fitting_counts(backend: Backend) -> None:
    """Have all figures of the summary fit each other, and not the outcomes."""
    with closing(connect(backend.database_path)) as connection:
        (text,) = connection.execute("SELECT summary FROM runs").fetchone()
    kept = json.loads(text)
    kept["top_max"] = [nonce + 1 for nonce in kept["top_max"]]
    change(backend, "UPDATE runs SET summary = ?", json.dumps(kept))


def client_seed(backend: Backend) -> None:
    change(backend, "UPDATE runs SET client_seed = client_seed || 'x'")


def server_seed(backend: Backend) -> None:
    change(backend, "UPDATE runs SET server_seed = server_seed || 'x'")


def difficulty(backend: Backend) -> None:
    change(backend, "UPDATE runs SET difficulty = 'hard'")


CHANGES: dict[str, tuple[Callable[[Backend], None], str]] = {
    "an outcome": (outcome, "its outcomes do not give its digest"),
    "the digest": (digest, "its outcomes do not give its digest"),
    "the counts": (summary("counts_by_multiplier", {"1.0": COUNT}), "its figures contradict each other"),
    "the highest": (summary("max_multiplier", 3203384.8), "its figures contradict each other"),
    "the mean": (summary("mean_multiplier", 2.5), "its figures contradict each other"),
    "hits of a target": (summary("counts_at_least", {}), "its figures contradict each other"),
    "the first of the highest": (fitting_counts, "its figures do not fit its outcomes"),
    "the client seed": (client_seed, "its outcomes do not come of its seeds"),
    "the server seed": (server_seed, "its server seed does not give its hash"),
    "the difficulty": (difficulty, "its figures contradict each other"),
}
changes = pytest.mark.parametrize(("changed", "why"), CHANGES.values(), ids=CHANGES)


@changes
def test_it_is_said_when_its_outcomes_are_read(
    backend: Backend, run: Run, changed: Callable[[Backend], None], why: str
) -> None:
    changed(backend)
    run = backend.runs.get(run.id)
    told = f"^Run {run.id} was damaged or changed since it was scanned: {why}. Scan its range again"
    with pytest.raises(DamagedRunError, match=told):
        backend.runs.outcomes_of(run)
    with pytest.raises(DamagedRunError, match=told):
        backend.runs.check(run)


@pytest.mark.parametrize("changed", [outcome, digest, fitting_counts, client_seed, server_seed])
def test_nothing_of_it_is_exported_or_reported(
    backend: Backend, run: Run, changed: Callable[[Backend], None]
) -> None:
    changed(backend)
    run = backend.runs.get(run.id)
    for kind in Export:
        with pytest.raises(DamagedRunError):
            export_csv(backend.runs, run, kind)
    with pytest.raises(DamagedRunError):
        fairness_report(backend.runs, run, with_seeds=False, now=now())
    with pytest.raises(DamagedRunError):
        backend.runs.hits(run, HitFilter(run.targets))


@pytest.mark.parametrize(
    "name", ["the counts", "the highest", "the mean", "the server seed", "the difficulty"]
)
def test_figures_that_contradict_each_other_are_said_without_the_outcomes(
    backend: Backend, run: Run, name: str
) -> None:
    CHANGES[name][0](backend)
    with pytest.raises(DamagedRunError):
        backend.runs.detail(run.id)
    with pytest.raises(DamagedRunError):
        backend.runs.distribution(backend.runs.get(run.id))


def test_what_was_scanned_is_right(backend: Backend, run: Run) -> None:
    backend.runs.check(run)
    assert backend.runs.detail(run.id) == run
    assert len(backend.runs.outcomes_of(run)) == COUNT
    longer = backend.runs.extend(run.id, 1, COUNT + 500).run
    backend.runs.start_over()
    backend.runs.check(longer)
    backend.runs.check(backend.runs.duplicate(run.id))


def test_a_run_of_several_pieces_is_right(tmp_path: Path) -> None:
    with closing(open_backend(Settings(), resolve_paths(tmp_path))) as backend:
        run = backend.runs.create(replace(sample_request(), end=2_500_000)).run
        backend.runs.start_over()
        backend.runs.check(run)
        outcomes = backend.runs.outcomes_of(run)
        assert run.summary.top_max[0] == int(outcomes.argmax()) + 1


def test_a_run_of_an_older_engine_is_not_scanned_again(backend: Backend, run: Run) -> None:
    change(backend, "UPDATE runs SET engine_version = 'pump-1.0.0', client_seed = 'another'")
    backend.runs.check(backend.runs.get(run.id))


def test_figures_are_checked_one_by_one(run: Run) -> None:
    check_figures(run)
    wrong: list[dict[str, Any]] = [{"count": 1}, {"median_multiplier": 1.07}, {"counts_by_target": {}}]
    for changed in wrong:
        with pytest.raises(DamagedRunError, match="its figures contradict each other"):
            check_figures(replace(run, summary=replace(run.summary, **changed)))

"""``runs list|show|export|delete``: what is stored."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import UUID

import click

from pump_desktop.cli.context import Terminal
from pump_desktop.cli.ids import parse_id
from pump_desktop.cli.output import confirm, say, say_json, write_pieces
from pump_desktop.cli.scan import print_run
from pump_desktop.domain.errors import FieldError, UnreadableRowError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import parse_target
from pump_desktop.domain.runs import Match, RunQuery


@click.group()
def runs() -> None:
    """List, show, export and delete stored runs."""


def _run_id(text: str) -> UUID:
    return parse_id(text, "runs list")


@runs.command("list")
@click.option("--search", default="", help="Part of a client seed or a name.")
@click.option("--difficulty", help="Only this difficulty.")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0, 2**53), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_runs(
    terminal: Terminal, search: str, difficulty: str | None, limit: int, offset: int, as_json: bool
) -> None:
    """List runs, newest first."""
    from pump_desktop.api.schemas.runs import run_list  # noqa: PLC0415 - used by this command only

    only = None if difficulty is None else Difficulty.parse(difficulty)
    with terminal.backend() as backend:
        page = backend.runs.list(RunQuery(search=search, difficulty=only, limit=limit, offset=offset))
    if as_json:
        say_json(run_list(page).model_dump_json())
        return
    if not page.items:
        say("No runs are stored yet." if not page.total else "No runs on this page.")
        return
    for row in page.items:
        say(
            f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.difficulty:<6}  "
            f"{row.nonce_start:>12,} .. {row.nonce_end:<14,}{row.max_multiplier:>14,.2f}x  "
            f"{row.name or row.client_seed}"
        )
    say(f"{len(page.items)} of {page.total}")


@runs.command("show")
@click.argument("run_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show_run(terminal: Terminal, run_id: str, as_json: bool) -> None:
    """Show one run."""
    from pump_desktop.api.schemas.runs import run_detail  # noqa: PLC0415 - used by this command only

    wanted = _run_id(run_id)
    with terminal.backend() as backend:
        run = backend.runs.detail(wanted)
    if as_json:
        say_json(run_detail(run).model_dump_json())
    else:
        print_run(run)


@runs.command("export")
@click.argument("run_id", metavar="ID")
@click.option("--kind", type=click.Choice(["hits", "full", "distances"]), default="hits", show_default=True)
@click.option("--multiplier", help="Hits equal to this multiplier; without a filter, the run's targets.")
@click.option("--min-multiplier", help="Hits of at least this multiplier.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file, not to stdout."
)
@click.pass_obj
def export_run(
    terminal: Terminal,
    run_id: str,
    kind: str,
    multiplier: str | None,
    min_multiplier: str | None,
    output: Path | None,
) -> None:
    """Write a run as CSV."""
    from pump_desktop.services.runs.export import Export, export_csv  # noqa: PLC0415 - as above
    from pump_desktop.stats.hits import HitFilter  # noqa: PLC0415 - as above

    if multiplier is not None and min_multiplier is not None:
        raise FieldError("multiplier", "multiplier and min_multiplier cannot be given together")
    wanted = None
    if multiplier is not None:
        wanted = HitFilter((parse_target(multiplier),), Match.EXACT)
    elif min_multiplier is not None:
        wanted = HitFilter((parse_target(min_multiplier),), Match.AT_LEAST)
    identity = _run_id(run_id)
    with terminal.backend() as backend:
        run = backend.runs.get(identity)
        write_pieces(export_csv(backend.runs, run, Export(kind), wanted), output)


@runs.command("delete")
@click.argument("run_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete_run(terminal: Terminal, run_id: str, yes: bool) -> None:
    """Delete one run with its outcomes."""
    wanted = _run_id(run_id)
    with terminal.backend() as backend:
        try:
            run = backend.runs.get(wanted)
            named = f"{run.name or run.client_seed} ({run.count:,} nonces)"
        except UnreadableRowError:
            named = f"{wanted}, which cannot be read"
        if not yes and sys.stdin is not None and sys.stdin.isatty():
            confirm(f"Delete {named}?")
        backend.runs.delete(wanted)
    say(f"Deleted {wanted}")

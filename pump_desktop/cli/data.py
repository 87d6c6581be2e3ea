"""``data check|backup|backups|restore|compact|prune|size``: the data file looked after without a window."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from pump_desktop.cli.context import Terminal
from pump_desktop.cli.output import confirm, say, say_json
from pump_desktop.domain.errors import DamagedDatabaseError, FieldError
from pump_desktop.domain.storage import Backup, parse_rounds_kept

if TYPE_CHECKING:
    from pathlib import Path

    from pump_desktop.domain.storage import Restored
    from pump_desktop.services.storage import Recovery

DAMAGED = 1


@click.group()
def data() -> None:
    """Check, back up, restore, compact and measure the data file."""


def _recovery(terminal: Terminal) -> Recovery:
    from pump_desktop.services.storage import Recovery  # noqa: PLC0415 - brings the store

    return Recovery(terminal.settings, terminal.paths)


@data.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check_data(terminal: Terminal, as_json: bool) -> int:
    """Read every page and row of the data file; exit code 1 when something is wrong."""
    recovery = _recovery(terminal)
    report = recovery.check()
    newest = None if report.flawless else recovery.newest_healthy()
    if as_json:
        body = {
            "database": str(report.path),
            "healthy": report.healthy,
            "problems": list(report.problems),
            "contradictions": list(report.contradictions),
            "kept_logs": [str(one) for one in report.kept_logs],
            "newest_healthy_backup": None if newest is None else newest.path.name,
        }
        say_json(json.dumps(body))
        return 0 if report.flawless else DAMAGED
    say(report.sentence)
    for problem in (report.problems or report.contradictions)[1:]:
        say(f"  {problem}")
    if not report.healthy or newest is not None:
        say(way_out(newest))
    return 0 if report.flawless else DAMAGED


@data.command("backup")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def back_up_data(terminal: Terminal, as_json: bool) -> None:
    """Put a copy of the data file into its backups folder; the newest five are kept."""
    with terminal.backend() as backend:
        backup = backend.storage.back_up()
    say(json.dumps(_body(backup)) if as_json else f"Backed up to {backup.path}")


@data.command("backups")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_backups(terminal: Terminal, as_json: bool) -> None:
    """List the backups, newest first, each read to see whether it is healthy."""
    recovery = _recovery(terminal)
    backups = recovery.backups(check=True)
    if as_json:
        total = len(backups)
        body = {"items": [_body(one) for one in backups], "total": total, "limit": total, "offset": 0}
        say_json(json.dumps(body))
        return
    if not backups:
        say(f"There are no backups beside {recovery.path} yet; 'pump-desktop data backup' makes one.")
    for one in backups:
        say(
            f"{one.path.name:<46}  {one.at.astimezone():%Y-%m-%d %H:%M}  {one.size / 1e6:>9,.1f} MB  "
            f"{one.runs:>7,} runs  {one.bets:>10,} bets  {_health(one)}"
        )


@data.command("restore")
@click.argument("backup", default="latest")
@click.option("--fresh", is_flag=True, help="Start with an empty file beside a damaged one instead.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restore_data(terminal: Terminal, backup: str, fresh: bool, yes: bool) -> None:
    """Put a backup back: its name in 'data backups', a path, or the newest healthy one.

    What stands there now is put aside first, damaged or not. While a window or a server has the data file
    open, nothing is done.
    """
    recovery = _recovery(terminal)
    recovery.refuse_in_use()
    chosen = None if fresh else recovery.named(backup)
    if not yes and sys.stdin is not None and sys.stdin.isatty():
        what = "an empty data file" if chosen is None else str(chosen)
        confirm(f"Put {what} in the place of {recovery.path}?")
    restored = _restore(terminal, recovery, chosen)
    say(
        f"{recovery.path} now holds {restored.runs:,} runs and {restored.bets:,} live bets"
        f"{'' if chosen is None else f' of {chosen.name}'}."
    )
    say(f"What stood there before is kept as {restored.put_aside}")


def _restore(terminal: Terminal, recovery: Recovery, chosen: Path | None) -> Restored:
    try:
        with terminal.backend() as backend:
            if chosen is None:
                raise FieldError(
                    "fresh", f"{recovery.path} can be opened; --fresh is for a data file that cannot."
                )
            return backend.storage.restore(chosen)
    except DamagedDatabaseError as error:
        if chosen is not None and str(chosen) in str(error):
            raise  # the backup is the damaged one
    return recovery.start_fresh() if chosen is None else recovery.put_back(chosen)


@data.command("compact")
@click.pass_obj
def compact_data(terminal: Terminal) -> None:
    """Give the file's free pages back to the disk, after a backup."""
    with terminal.backend() as backend:
        done = backend.storage.compact()
    say(f"{done.before / 1e6:,.1f} MB before, {done.after / 1e6:,.1f} MB now.")


@data.command("prune")
@click.option("--keep", help="Rounds of each stream to keep; retain_rounds of the settings when left out.")
@click.option("--yes", is_flag=True, help="Delete; without it, only what would go is printed.")
@click.pass_obj
def prune_data(terminal: Terminal, keep: str | None, yes: bool) -> None:
    """Delete old rounds of each stream with their bets; bookmarked ones stay."""
    wanted = keep if keep is not None else terminal.settings.retain_rounds
    if wanted is None:
        raise FieldError("keep", "Say how many rounds of each stream to keep, such as --keep 100000.")
    with terminal.backend() as backend:
        plan = backend.storage.pruning(parse_rounds_kept(wanted))
        for stream in plan.streams:
            say(
                f"{stream.stream_id}  {stream.rounds:>10,} rounds  {stream.bets:>10,} bets go, "
                f"{stream.kept_rounds:,} rounds stay  {stream.client_seed}"
            )
        if not plan.streams:
            say(f"No stream has more than {plan.keep:,} rounds.")
        elif not yes:
            say("Nothing was deleted; --yes deletes them.")
        else:
            gone = backend.storage.prune(plan)
            say(f"{gone.rounds:,} rounds and {gone.bets:,} bets were deleted.")


@data.command("size")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def size_of_data(terminal: Terminal, as_json: bool) -> None:
    """Show what takes how much room."""
    with terminal.backend() as backend:
        sizes = backend.storage.sizes()
    if as_json:
        parts = {kind.name.lower(): size for kind, size in sizes.parts}
        say_json(json.dumps({"database": str(sizes.path), "total": sizes.total, **parts}))
        return
    say(str(sizes.path))
    for kind, size in sizes.parts:
        say(f"  {kind.value:<26}{size / 1e6:>10,.2f} MB")
    say(f"  {'Together':<26}{sizes.total / 1e6:>10,.2f} MB")


def _body(backup: Backup) -> dict[str, Any]:
    return {
        "name": backup.path.name,
        "path": str(backup.path),
        "created_at": f"{backup.at:%Y-%m-%dT%H:%M:%SZ}",
        "label": backup.label,
        "size": backup.size,
        "revision": backup.revision,
        "newer": backup.newer,
        "healthy": backup.healthy,
        "runs": backup.runs,
        "bets": backup.bets,
    }


def _health(backup: Backup) -> str:
    if backup.healthy is False:
        return "damaged"
    if backup.newer:
        return "of a newer version"
    return "healthy" if backup.healthy else "not checked"


def way_out(newest: Backup | None) -> str:
    """Say what can be done about a damaged data file."""
    if newest is None:
        return "There is no healthy backup; 'pump-desktop data restore --fresh' keeps it and starts anew."
    return (
        f"The newest healthy backup is {newest.path.name} ({newest.runs:,} runs, {newest.bets:,} bets); "
        "'pump-desktop data restore' puts it back and keeps this file."
    )

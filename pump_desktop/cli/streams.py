"""``streams list|export|reveal``: live bets that were posted to the listener."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pump_desktop.cli.context import Terminal
from pump_desktop.cli.ids import parse_id
from pump_desktop.cli.output import say, say_json, write_pieces
from pump_desktop.cli.seeds import read_seed, server_seed_options

if TYPE_CHECKING:
    from pump_desktop.domain.live import Audit

MISMATCH = 1
_SHOWN = 20


@click.group()
def streams() -> None:
    """List, export and reveal live streams."""


@streams.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0, 2**53), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_streams(terminal: Terminal, limit: int, offset: int, as_json: bool) -> None:
    """List streams, last seen first."""
    from pump_desktop.api.schemas.live_streams import stream_list  # noqa: PLC0415 - used by this command only
    from pump_desktop.domain.live import StreamQuery  # noqa: PLC0415 - as above

    with terminal.backend() as backend:
        page = backend.live.streams(StreamQuery(limit=limit, offset=offset))
    if as_json:
        say_json(stream_list(page).model_dump_json())
        return
    if not page.items:
        say("No streams are stored yet." if not page.total else "No streams on this page.")
        return
    for row in page.items:
        highest = "–" if row.highest_multiplier is None else f"{row.highest_multiplier:,.2f}x"
        say(
            f"{row.id}  {row.last_seen_at:%Y-%m-%d %H:%M}  {row.total_bets:>9,} bets  "
            f"{row.total_rounds:>9,} rounds  {highest:>14}  "
            f"{'revealed' if row.revealed else 'hidden':<8}  {row.client_seed}"
        )
    say(f"{len(page.items)} of {page.total}")


@streams.command("export")
@click.argument("stream_id", metavar="ID")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file, not to stdout."
)
@click.pass_obj
def export_stream(terminal: Terminal, stream_id: str, output: Path | None) -> None:
    """Write a stream's bets as CSV."""
    wanted = parse_id(stream_id, "streams list")
    with terminal.backend() as backend:
        write_pieces(backend.live.export_csv(wanted), output)


@streams.command("reveal")
@click.argument("stream_id", metavar="ID")
@server_seed_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def reveal_stream(
    terminal: Terminal, stream_id: str, server_seed: str | None, server_seed_file: Path | None, as_json: bool
) -> int:
    """Check every bet and round against the revealed server seed; exit code 1 when one does not match."""
    from pump_desktop.api.schemas.live_streams import audit_body  # noqa: PLC0415 - used by this command only
    from pump_desktop.services.audit.reveal import reveal  # noqa: PLC0415 - as above

    wanted = parse_id(stream_id, "streams list")
    seed = read_seed("server_seed", server_seed, server_seed_file)
    with terminal.backend() as backend:
        audit = reveal(backend.live, wanted, seed)
    if as_json:
        say_json(audit_body(audit).model_dump_json())
    else:
        _print_audit(audit)
    return MISMATCH if audit.wrong else 0


def _print_audit(audit: Audit) -> None:
    say(f"{audit.checked:,} checked, {audit.matches:,} match, {audit.wrong:,} do not.")
    for mismatch in audit.mismatches[:_SHOWN]:
        reported, actual = f"{mismatch.reported:,.2f}x", f"{mismatch.actual:,.2f}x"
        say(f"  nonce {mismatch.nonce:,}: {reported} reported, {actual} is right")
    more = audit.wrong - _SHOWN
    if more > 0:
        say(f"  and {more:,} more; --json names the first {len(audit.mismatches):,}")

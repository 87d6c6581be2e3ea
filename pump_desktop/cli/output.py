"""Long text, piece by piece, to a file or to standard output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click


def write_pieces(pieces: Iterable[str], output: Path | None) -> None:
    """Write pieces to a file that appears when it is whole, or to standard output as they come."""
    from pump_desktop.services.export import write_text  # noqa: PLC0415 - brings numpy

    if output is not None:
        write_text(output, pieces)
        click.echo(f"Written to {output}", err=True)
        return
    for piece in pieces:
        click.echo(piece, nl=False)

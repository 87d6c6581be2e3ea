"""What commands print: lines that show all that is in them, JSON, and long text piece by piece."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from pump_desktop.domain.seeds import UNSEEN, visible


def say(text: str = "", *, err: bool = False) -> None:
    """Print one line; nothing from outside can move the cursor, forge a line, or hide what is in it."""
    click.echo(visible(text), err=err)


def say_json(text: str) -> None:
    """Print JSON; what cannot be seen is spelled as JSON spells it, so that the value stays the same."""
    _write(UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text) + "\n")


def confirm(question: str) -> None:
    """Ask on the terminal; raises click.Abort unless the answer is yes."""
    click.confirm(visible(question), abort=True)


def write_pieces(pieces: Iterable[str], output: Path | None) -> None:
    """Write pieces to a file that appears when it is whole, or to standard output as they come.

    A terminal is shown what cannot be seen; a file or another program gets every byte.
    """
    from pump_desktop.services.runs.export import write_text  # noqa: PLC0415 - brings numpy

    if output is not None:
        write_text(output, pieces)
        say(f"Written to {output}", err=True)
        return
    for piece in pieces:
        _write(_lines(piece) if sys.stdout.isatty() else piece)


def _write(text: str) -> None:
    """Write to a terminal as it can show it, and to a file or another program as UTF-8, every sign of it.

    click would leave colours out, and the system's encoding may lack letters.
    """
    if sys.stdout.isatty():
        sys.stdout.write(text)
    else:
        sys.stdout.buffer.write(text.encode("utf-8"))


def _lines(text: str) -> str:
    return "\n".join(map(visible, text.replace("\r\n", "\n").split("\n")))

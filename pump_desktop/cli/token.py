"""``token show|rotate``: the word that lets a script post to the listener."""

from __future__ import annotations

import click

from pump_desktop.cli.context import Terminal
from pump_desktop.cli.output import say
from pump_desktop.domain.errors import KnownError


@click.group()
def token() -> None:
    """Show or replace the listener's token."""


@token.command("show")
@click.pass_obj
def show_token(terminal: Terminal) -> None:
    """Print the token; it is made when there is none yet."""
    from pump_desktop.system.paths import prepare_paths  # noqa: PLC0415 - not before it is asked for
    from pump_desktop.system.token import token_in_force  # noqa: PLC0415 - as above

    prepare_paths(terminal.paths)
    say(token_in_force(terminal.settings, terminal.paths))


@token.command("rotate")
@click.pass_obj
def rotate(terminal: Terminal) -> None:
    """Make a new token and print it; a listener that runs takes it at its next start."""
    from pump_desktop.system.paths import prepare_paths  # noqa: PLC0415 - as above
    from pump_desktop.system.token import rotate_token  # noqa: PLC0415 - as above

    if terminal.settings.ingest_token is not None:
        raise KnownError("The token comes from PUMP_INGEST_TOKEN or the settings; change it there.")
    prepare_paths(terminal.paths)
    say(rotate_token(terminal.paths))

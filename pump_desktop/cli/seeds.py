"""Seeds from an option, a file or standard input, so that they need not stand in the shell's history."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pump_desktop.domain.errors import FieldError
from pump_desktop.system.files import NOT_A_FILE, read_regular

STDIN = "-"
# A seed has 256 characters at most.
_LARGEST = 64 * 1024


def _options_for(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option(
        f"--{name}-seed-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"Read the {name} seed from a file.",
    )(function)
    return click.option(f"--{name}-seed", help=f"The {name} seed; - reads a line from standard input.")(
        function
    )


def server_seed_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the ways to give the server seed."""
    return _options_for("server", function)


def seed_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the ways to give both seeds."""
    return server_seed_options(_options_for("client", function))


def read_seeds(
    server_seed: str | None,
    server_seed_file: Path | None,
    client_seed: str | None,
    client_seed_file: Path | None,
) -> tuple[str, str]:
    """Give (server seed, client seed); both from standard input are two lines, the server seed first."""
    return (
        read_seed("server_seed", server_seed, server_seed_file),
        read_seed("client_seed", client_seed, client_seed_file),
    )


def read_seed(field: str, given: str | None, file: Path | None) -> str:
    """Give one seed as its option, its file or a line of standard input says; raises FieldError."""
    option = f"--{field.replace('_', '-')}"
    if given is not None and file is not None:
        raise FieldError(field, f"{field} is given twice: use {option} or {option}-file, not both")
    if file is not None:
        try:
            return _without_line_end(read_regular(file, _LARGEST).decode("utf-8"))
        except OSError as error:
            way = f"; {option} - reads a line from standard input" if error.strerror == NOT_A_FILE else ""
            raise FieldError(field, f"{field} cannot be read from {file}: {error.strerror}{way}") from error
        except UnicodeDecodeError as error:
            raise FieldError(field, f"{field} cannot be read from {file}: it is not UTF-8 text") from error
    if given == STDIN:
        line = sys.stdin.readline() if sys.stdin is not None else ""
        return _without_line_end(line)
    if given is None:
        raise FieldError(field, f"{field} is missing: give {option}, {option} - or {option}-file")
    return given


def _without_line_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")

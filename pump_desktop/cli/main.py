"""Commands, options and exit codes: 0 done, 1 "no", 2 bad input, 130 interrupted, 70 for a bug."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import click

from pump_desktop import __version__
from pump_desktop.cli.context import take_data_dir
from pump_desktop.cli.data import data
from pump_desktop.cli.doctor import doctor
from pump_desktop.cli.output import say
from pump_desktop.cli.runs import runs
from pump_desktop.cli.scan import sample, scan
from pump_desktop.cli.serve import serve
from pump_desktop.cli.streams import streams
from pump_desktop.cli.token import token
from pump_desktop.cli.verify import verify
from pump_desktop.domain.errors import CancelledError, KnownError, NotEnoughMemoryError
from pump_desktop.system.logs import LOG_FILE, open_logs
from pump_desktop.system.paths import AppPaths, named_data_dir, resolve_paths
from pump_desktop.system.settings import load_settings

DONE, BAD_INPUT, BUG, INTERRUPTED = 0, 2, 70, 130

_log = logging.getLogger(__name__)


def _smoke_comes_alone(_context: click.Context, _option: click.Parameter, given: str | None) -> None:
    """Refuse --smoke beside anything else; by itself it never comes here (see ``__main__``)."""
    if given is not None:
        raise click.UsageError("--smoke stands alone: pump-desktop --smoke [FILE]")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pump-desktop", message="%(prog)s %(version)s")
@click.option(
    "--smoke",
    metavar="[FILE]",
    is_flag=False,
    flag_value="-",
    expose_value=False,
    is_eager=True,
    callback=_smoke_comes_alone,
    help=(
        "Test this installation: window, icons, themes, known answers, listener and database, in a temporary "
        "folder. Prints a JSON report, and writes it to FILE; exit code 0, or 1 when something failed."
    ),
)
def commands() -> None:
    """Replay, verify and understand Stake Pump results. Without a command, the window opens."""


for command in (scan, verify, runs, streams, serve, data, token, doctor, sample):
    commands.add_command(command)
take_data_dir(commands)


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; errors are one sentence on stderr."""
    try:
        code = commands.main(list(arguments), prog_name="pump-desktop", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last net: a sentence, never a traceback
        sentence, code = _told(error, arguments)
        say(sentence, err=True)
        return code


def _told(error: BaseException, arguments: Sequence[str]) -> tuple[str, int]:
    """Give the sentence for stderr and the exit code of an error."""
    if isinstance(error, click.Abort) and isinstance(error.__cause__, EOFError):
        # click takes every EOFError for Ctrl-D at a prompt; its own prompts raise Abort without a cause.
        error = error.__cause__
    elif isinstance(error, MemoryError):
        error = NotEnoughMemoryError()
    match error:
        case click.Abort() | KeyboardInterrupt():
            return "Stopped.", INTERRUPTED
        case CancelledError():
            return str(error), INTERRUPTED
        case click.ClickException():
            return f"Error: {_complaint(error)}", BAD_INPUT
        case KnownError():
            return f"Error: {error}", BAD_INPUT
        case OSError():
            name = f" ({error.filename})" if error.filename else ""
            return f"Error: {error.strerror or error}{name}.", BAD_INPUT
    paths = _paths(arguments)
    with open_logs(paths):
        _log.critical("Uncaught error in a command", exc_info=error)
    log = paths.logs / LOG_FILE
    sentence = f"Error: something unexpected went wrong ({type(error).__name__}). The details are in {log}."
    return sentence, BUG


def _paths(arguments: Sequence[str]) -> AppPaths:
    """Give the folders of a command line, or the usual ones where its settings cannot be read."""
    try:
        return resolve_paths(load_settings({"data_dir": named_data_dir(arguments)}).data_dir)
    except KnownError:
        return resolve_paths()


def _complaint(error: click.ClickException) -> str:
    """Give what click has to say in one line."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and isinstance(error.ctx.command, click.Group):
        # Its message is the whole help page.
        names = error.ctx.command.list_commands(error.ctx)
        return f"{error.ctx.command_path} needs one of: {', '.join(names)}."
    return " ".join(error.format_message().split())

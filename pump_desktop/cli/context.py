"""What every command shares: settings, paths, logs, and the database while it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pump_desktop.cli.output import say
from pump_desktop.domain.errors import KnownError
from pump_desktop.system.logs import Logs, open_logs
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.settings import Settings, load_settings

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


class Terminal:
    """One call of the command line; ``settings`` are read when first asked for."""

    def __init__(self, data_dir: Path | None) -> None:
        self._data_dir = data_dir
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """Settings of this call; raises KnownError when one is wrong."""
        if self._settings is None:
            self._settings = load_settings({"data_dir": self._data_dir})
        return self._settings

    @property
    def paths(self) -> AppPaths:
        """Where things are kept."""
        return resolve_paths(self.settings.data_dir)

    def logs(self) -> Logs:
        """Open the log for what needs no database; the usual one where the settings cannot be read."""
        try:
            return open_logs(self.paths, self.settings.log_level)
        except KnownError:
            return open_logs(resolve_paths(self._data_dir))

    @contextmanager
    def backend(self, *, thorough: bool = False) -> Iterator[Backend]:
        """Open logs and database, and close them in the opposite order."""
        # The store and its libraries take 0.5 s to import; --version and --help do without them.
        from pump_desktop.services.backend import open_backend  # noqa: PLC0415 - see above

        with open_logs(self.paths, self.settings.log_level):
            backend = open_backend(self.settings, self.paths, thorough=thorough)
            try:
                for warning in backend.warnings:
                    say(f"Warning: {warning}", err=True)
                yield backend
                if backend.left_out is not None:
                    say(f"Warning: {backend.left_out.sentence}", err=True)
            finally:
                backend.close()


def take_data_dir(command: click.Command) -> None:
    """Let a command and all below it take ``--data-dir``; the one closest to the end counts."""
    command.params.append(
        click.Option(
            ["--data-dir"],
            type=click.Path(path_type=Path, file_okay=False),
            help="Keep database, settings and logs in this folder.",
            expose_value=False,
            callback=_set_terminal,
        )
    )
    if isinstance(command, click.Group):
        for below in command.commands.values():
            take_data_dir(below)


def _set_terminal(context: click.Context, _option: click.Parameter, data_dir: Path | None) -> None:
    # A command's context begins with its parent's terminal.
    if data_dir is not None or context.obj is None:
        context.obj = Terminal(data_dir)

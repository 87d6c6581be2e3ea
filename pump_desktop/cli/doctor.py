"""``doctor``: looks at everything the program needs and prints what it found."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable

import click

from pump_desktop import __version__
from pump_desktop.cli.context import Terminal
from pump_desktop.cli.data import way_out
from pump_desktop.cli.output import say
from pump_desktop.domain.errors import DamagedDatabaseError, KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.storage import CheckReport
from pump_desktop.system.display import display_name

NOT_WELL = 1


@click.command()
@click.pass_obj
def doctor(terminal: Terminal) -> int:
    """Check SQLite, database, port, kernel with its cache, and display."""
    say(f"Pump Desktop {__version__}, Python {platform.python_version()}, {platform.platform()}")
    checks: tuple[tuple[str, Callable[[Terminal], str]], ...] = (
        ("Settings", _settings),
        ("Database", _database),
        ("Port", _port),
        ("Kernel", _kernel),
        ("Cache", _cache),
        ("Display", _display),
    )
    well = True
    _tell_sqlite()
    for name, check in checks:
        try:
            say(f"ok    {name:<9} {check(terminal)}")
        except KnownError as error:
            well = False
            say(f"FAIL  {name:<9} {error}")
    return 0 if well else NOT_WELL


def _tell_sqlite() -> None:
    from pump_desktop.store.db.connections import may_lose_commits, sqlite_version  # noqa: PLC0415 - as below

    version = sqlite_version()
    if not may_lose_commits(version):
        say(f"ok    {'SQLite':<9} {version}")
        return
    say(
        f"warn  {'SQLite':<9} {version} can, very rarely, lose bets when two programs write into one data "
        "file, such as a window and 'pump-desktop serve'. Use one of them at a time, or a Python with SQLite "
        "3.51.3 or newer."
    )


def _settings(terminal: Terminal) -> str:
    file = terminal.paths.settings_file
    if not file.exists():
        return f"{file} not there yet, defaults are used"
    unknown = ", ".join(terminal.settings.unknown)
    return f"{file} read{unknown and f'; what it calls {unknown} is not known to this version and not used'}"


def _database(terminal: Terminal) -> str:
    from pump_desktop.domain.runs import RunQuery  # noqa: PLC0415 - a broken store must not stop the others
    from pump_desktop.services.storage import Recovery  # noqa: PLC0415 - as above

    try:
        with terminal.backend() as backend:
            report = backend.storage.check(whole=False)
            _insist_on_health(report)
            total = backend.runs.list(RunQuery(limit=1)).total
            size = backend.database_path.stat().st_size
            runs = "1 run" if total == 1 else f"{total:,} runs"
            return f"{backend.database_path}, healthy, {runs}, {size / 1e6:.1f} MB{report.note}"
    except DamagedDatabaseError as error:
        newest = Recovery(terminal.settings, terminal.paths).newest_healthy()
        raise DamagedDatabaseError(f"{error} {way_out(newest)}") from error


def _insist_on_health(report: CheckReport) -> None:
    if not report.healthy:
        raise DamagedDatabaseError(report.sentence)


def _port(terminal: Terminal) -> str:
    from pump_desktop.api.server import HOST, bind  # noqa: PLC0415 - what the listener itself does

    port = terminal.settings.ingest_port
    bind(port).close()
    return f"{HOST}:{port} is free"


def _kernel(terminal: Terminal) -> str:
    from pump_desktop.engine.kernels import Kernel, choose_kernel, replay, warm_up  # noqa: PLC0415 - the compiler
    from pump_desktop.engine.scan import worker_count  # noqa: PLC0415 - as above

    kernel = choose_kernel()
    started = time.perf_counter()
    with terminal.logs():
        # What is wrong with the kept kernel goes to the log, as at every other start.
        warm_up(kernel)
    ready = time.perf_counter() - started
    seeds = ("doctor", "doctor")
    if replay(kernel, *seeds, 9_990, 20, Difficulty.EXPERT).tobytes() != (
        replay(Kernel.REFERENCE, *seeds, 9_990, 20, Difficulty.EXPERT).tobytes()
    ):
        raise KnownError(f"the {kernel} kernel disagrees with the reference; set PUMP_KERNEL=reference.")
    count = 20_000 if kernel is Kernel.REFERENCE else 1_000_000
    started = time.perf_counter()
    replay(kernel, *seeds, 1, count, Difficulty.EXPERT)
    rate = count / (time.perf_counter() - started)
    return (
        f"{kernel}, ready in {ready:.2f} s, equal to the reference, "
        f"{rate / 1e6:.1f} M expert nonces/s on one of {worker_count()} CPUs"
    )


def _cache(terminal: Terminal) -> str:
    del terminal
    from pump_desktop.engine.kernels import cache_of, choose_kernel  # noqa: PLC0415 - the compiler, warm by now

    kernel = choose_kernel()
    cache = cache_of(kernel)
    if cache is None:
        return f"none: the {kernel} is not compiled"
    if cache.trouble:
        return f"{cache.path} cannot be kept ({cache.trouble}): each start compiles anew, about 2 s"
    if cache.damage:
        return f"{cache.path}, healed: {cache.damage}, so the kernel was compiled anew"
    return f"{cache.path}, healthy"


def _display(terminal: Terminal) -> str:
    del terminal
    name = display_name()
    if name is None:
        return "none: the window cannot open here, the commands work"
    return name

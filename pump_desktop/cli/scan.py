"""``scan`` and ``sample``: replay a range, store it, say what came out."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from pump_desktop.cli.context import Terminal
from pump_desktop.cli.output import say, say_json
from pump_desktop.cli.seeds import read_seeds, seed_options
from pump_desktop.domain.game import exact_safe_pumps, nearest_entries, target_p_exact
from pump_desktop.domain.requests import ScanRequest

if TYPE_CHECKING:
    from pump_desktop.domain.runs import Run
    from pump_desktop.services.runs.collector import ScanProgress


@contextmanager
def stop_on_interrupt() -> Iterator[Event]:
    """Turn Ctrl-C into an event, so that a scan ends between two chunks; a second Ctrl-C ends at once."""
    stop = Event()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


class ProgressBar:
    """A bar on stderr with rate and time left; silent where stderr is no terminal."""

    def __init__(self, total: int) -> None:
        self._bar = tqdm(
            total=total,
            unit=" nonces",
            unit_scale=True,
            disable=not (sys.stderr and sys.stderr.isatty()),
            leave=False,
        )

    def show(self, progress: ScanProgress) -> None:
        """Move to where the scan is."""
        self._bar.set_description_str("Preparing the engine" if progress.preparing else "Scanning")
        self._bar.update(progress.done - self._bar.n)

    def close(self) -> None:
        """Take the bar off the terminal."""
        self._bar.close()


@click.command()
@seed_options
@click.option("--start", default="1", show_default=True, help="First nonce.")
@click.option("--end", required=True, help="Last nonce.")
@click.option("--difficulty", required=True, help="easy, medium, hard or expert.")
@click.option("--target", "targets", multiple=True, help="A multiplier of interest; repeat for more.")
@click.option("--name", default="", help="A name for the stored run.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@click.option("--no-save", is_flag=True, help="Do not store the run.")
@click.pass_obj
def scan(
    terminal: Terminal,
    server_seed: str | None,
    server_seed_file: Path | None,
    client_seed: str | None,
    client_seed_file: Path | None,
    start: str,
    end: str,
    difficulty: str,
    targets: tuple[str, ...],
    name: str,
    as_json: bool,
    no_save: bool,
) -> None:
    """Replay a seed pair over a range of nonces and store the run."""
    server, client = read_seeds(server_seed, server_seed_file, client_seed, client_seed_file)
    request = ScanRequest.parse(
        server_seed=server,
        client_seed=client,
        start=start,
        end=end,
        difficulty=difficulty,
        targets=targets,
        max_nonces=terminal.settings.max_nonces,
    )
    run_scan(terminal, request, name=name, as_json=as_json, keep=not no_save)


def run_scan(terminal: Terminal, request: ScanRequest, *, name: str, as_json: bool, keep: bool) -> Run:
    """Scan with a progress bar, print the run, and give it."""
    from pump_desktop.api.schemas.runs import run_detail  # noqa: PLC0415 - not before a scan is asked for

    for target in request.targets:
        if exact_safe_pumps(request.difficulty, target) is None:
            entries = " and ".join(f"{entry}" for entry in nearest_entries(request.difficulty, target))
            say(
                f"Note: {target} is not in the {request.difficulty} table, so no nonce equals it; "
                f"nearest: {entries}.",
                err=True,
            )
    with terminal.backend() as backend:
        if warning := backend.runs.seed_warning(request.server_seed):
            say(f"Warning: {warning}", err=True)
        bar = ProgressBar(request.count)
        try:
            with stop_on_interrupt() as stop:
                run = backend.runs.create(
                    request, name=name, tell=bar.show, cancelled=stop.is_set, keep=keep
                ).run
        finally:
            bar.close()
        if as_json:
            say_json(run_detail(run, stored=keep).model_dump_json())
        else:
            print_run(run)
            say(f"Stored as {run.id} in {backend.database_path}" if keep else "Not stored (--no-save).")
    return run


def print_run(run: Run) -> None:
    """Print a run as aligned text."""
    summary = run.summary
    seconds = max(run.duration_ms, 1) / 1000
    top = ", ".join(f"{nonce:,}" for nonce in summary.top_max)
    lines = [
        ("Seeds", f"{run.client_seed}  (server seed SHA-256 {run.server_seed_sha256})"),
        ("Nonces", f"{run.nonce_start:,} to {run.nonce_end:,}  ({run.count:,}, {run.difficulty})"),
        ("Time", f"{seconds:.2f} s  ({run.count / seconds / 1e6:.1f} M nonces/s)"),
        ("Highest", f"{summary.max_multiplier:,.2f}x  at nonce {top}"),
        ("Median", f"{summary.median_multiplier:,.2f}x   mean {summary.mean_multiplier:,.4f}x"),
        ("Digest", f"{run.outcome_digest}  ({run.engine_version})"),
    ]
    for label, text in lines:
        say(f"{label:<9}{text}")
    say()
    say(f"{'Target':>14}  {'exactly':>10}  {'expected':>12}  {'at least':>10}")
    for target in run.targets:
        expected = run.count * float(target_p_exact(run.difficulty, target))
        exact, at_least = summary.counts_by_target[str(target)], summary.counts_at_least[str(target)]
        say(f"{target:>13,.2f}x  {exact:>10,}  {expected:>12,.2f}  {at_least:>10,}")
    say()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@click.pass_obj
def sample(terminal: Terminal, as_json: bool) -> None:
    """Scan one million nonces of the sample seed pair and store the run."""
    from pump_desktop.services.sample import sample_request  # noqa: PLC0415 - used by this command only

    run_scan(terminal, sample_request(), name="Sample seed pair", as_json=as_json, keep=True)

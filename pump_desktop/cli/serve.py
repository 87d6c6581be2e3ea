"""``serve``: the listener without a window."""

from __future__ import annotations

import json
import threading
from threading import Event

import click

from pump_desktop import __version__
from pump_desktop.cli.context import Terminal
from pump_desktop.cli.output import say
from pump_desktop.system.settle import settle
from pump_desktop.system.signals import hear_stop_signals
from pump_desktop.system.threads import leave, still_running


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 picks a free one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line when ready.")
@click.pass_obj
def serve(terminal: Terminal, port: int | None, as_json: bool) -> int:
    """Listen on 127.0.0.1 without a window, until Ctrl-C, SIGTERM or the end of the terminal."""
    from pump_desktop.api.server import Listener  # noqa: PLC0415 - FastAPI and uvicorn take 0.7 s
    from pump_desktop.system.token import token_in_force  # noqa: PLC0415 - with it

    stop, before = Event(), frozenset(threading.enumerate())
    with hear_stop_signals(stop.set), terminal.backend(thorough=True) as backend:
        token = token_in_force(terminal.settings, terminal.paths)
        listener = Listener(backend, settings=terminal.settings, token=token)
        listener.start(terminal.settings.ingest_port if port is None else port)
        settle()
        try:
            ready = {
                "url": listener.url,
                "database": str(backend.database_path),
                "version": __version__,
            }
            say(json.dumps(ready) if as_json else f"listening on {listener.url}")
            # With a limit: on Windows a wait without one cannot be interrupted.
            while not stop.wait(0.5):
                pass
        finally:
            listener.stop()
    if still_running(before):
        # A question that takes minutes; it changes nothing, and nobody waits for its answer any more.
        leave(0)
    return 0

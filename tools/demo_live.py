"""``make demo-live``: replays simulated bets and heartbeats into a listener, and the window follows.

Without ``--url`` the real window is started in a throw-away folder, offscreen where there is no display.
``--shots FOLDER`` takes pictures of it: at the start, later, filtered, frozen, and after the audit.

Into a window that is open already, which keeps the stream until it is deleted there:

    make demo-live ARGS="--url http://127.0.0.1:17888 --token TOKEN"

Its address stands in the status line. Its token is copied with Live, Connect, Copy token, and printed by
``pump-desktop token show``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from threading import Event, Thread

from pump_desktop.system.clock import utc_now
from pump_desktop.system.settings import Settings
from tools.demo_bets import SIMULATED, Play
from tools.demo_replay import Replay

WHERE = "Live, Connect, Copy token in that window, or 'pump-desktop token show'"


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rate", type=float, default=50.0, help="messages a second (50)")
    parser.add_argument("--seconds", type=float, default=90.0, help="how long (90)")
    parser.add_argument("--mismatch", action="store_true", help="plant one bet that claims too much")
    parser.add_argument(
        "--url", default="", help="the listener of an open window, such as http://127.0.0.1:17888"
    )
    parser.add_argument("--token", default="", help=f"its token: {WHERE}")
    parser.add_argument("--shots", type=Path, help="a folder for pictures of the window")
    parser.add_argument("--shot-after", type=float, default=60.0, help="seconds before the second picture")
    options = parser.parse_args(arguments)
    for name in ("rate", "seconds"):
        if not 0 < getattr(options, name) <= 100_000:
            parser.error(f"--{name} must be above 0 and at most 100000")
    if bool(options.url) != bool(options.token):
        parser.error(f"--url and --token belong together; the token is at {WHERE}")
    if options.url and options.shots:
        parser.error("--shots needs the window that is started here, so leave --url out")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Replay into the listener that is named, or into a window's own."""
    options = options_of(arguments)
    # A stream of its own each time: replayed into one that is there, everything would be known.
    play = Play(f"{SIMULATED}-{utc_now():%Y%m%d-%H%M%S}", mismatch=options.mismatch)
    print(f"Stream {play.client_seed}, simulated from the sample seed pair.")
    if options.url:
        return _report(Replay(options.url, options.token, play, options.rate), options.seconds)
    print(into_an_open_window())
    if sys.platform.startswith("linux") and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return _with_window(options, play)


def into_an_open_window() -> str:
    """Give the line that says how to post into a window that is open already."""
    url = f"http://127.0.0.1:{Settings().ingest_port}"
    command = f'make demo-live ARGS="--url {url} --token TOKEN"'
    return f"This opens a window of its own. Into one that is open: {command}\nIts token: {WHERE}."


def _report(replay: Replay, seconds: float) -> int:
    tally = replay.run(seconds)
    print(f"Done    {tally}")
    return 1 if tally.refused else 0


def _with_window(options: argparse.Namespace, play: Play) -> int:
    # Qt and the program come after the platform is chosen.
    from tools.demo_window import Scene  # noqa: PLC0415 - see above

    outcome: list[int] = []
    stop = Event()
    with tempfile.TemporaryDirectory(prefix="pump-demo-") as folder, Scene(Path(folder)) as scene:
        replay = Replay(scene.url, scene.token, play, options.rate, stop)
        poster = Thread(target=lambda: outcome.append(_report(replay, options.seconds)), name="replay")
        poster.start()
        try:
            scene.follow(poster.is_alive, options.shots, options.shot_after)
        finally:
            stop.set()
            poster.join()
        if options.shots is not None:
            scene.audit(play, options.shots)
    return outcome[0] if outcome else 1


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tools.bench_pages``: how long the event loop is held while pages open, first and again.

The real window with its listener, a stored run, and a stream that grows meanwhile. A page counts until 1.5 s
after it was asked for, so what it reads and draws afterwards counts, too. ``--profile`` tells what held it.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tools.display import own_screen
from tools.proof_tables import markdown, where
from tools.soak import add_run, start_poster

LOOK_MS = 1_500
POST_S = 60.0
MOST_LINES = 28


def measure(folder: Path, rate: float, rounds: int, profiled: str | None) -> list[tuple[str, list[float]]]:
    """Open every page some times; give the longest hold of the event loop each time, in ms."""
    # Qt comes after its platform was chosen.
    from tools.bench_lag import Watch  # noqa: PLC0415 - see above
    from tools.demo_window import look  # noqa: PLC0415 - see above
    from tools.soak_window import SoakedWindow  # noqa: PLC0415 - see above

    add_run(folder)
    held: dict[str, list[float]] = {}
    with (
        SoakedWindow(folder) as window,
        (folder / "posted.txt").open("w", encoding="utf-8") as told,
    ):
        poster = start_poster(window.url, window.token, rate, POST_S + rounds * 12 * LOOK_MS / 1000, told)
        try:
            look(8_000)
            watch = Watch()
            for _ in range(rounds):
                for name, visit in window.visits():
                    profile = cProfile.Profile() if profiled == name else None
                    watch.start()
                    _visit(visit, look, profile)
                    watch.stop()
                    held.setdefault(name, []).append(watch.worst_lag * 1000)
                    if profile is not None:
                        pstats.Stats(profile).sort_stats("cumulative").print_stats(MOST_LINES)
        finally:
            poster.kill()
            poster.wait()
    return list(held.items())


def _visit(visit: Callable[[], None], look: Callable[[int], None], profile: cProfile.Profile | None) -> None:
    if profile is None:
        visit()
        look(LOOK_MS)
        return
    with profile:
        visit()
        look(LOOK_MS)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rate", type=float, default=200.0, help="messages a second (200)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each page is opened (3)")
    parser.add_argument("--profile", help="the page whose openings are profiled")
    parser.add_argument("--offscreen", action="store_true", help="without Xvfb, even where it is installed")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        stack.enter_context(own_screen(offscreen=options.offscreen))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pump-pages-")))
        rows = measure(folder, options.rate, options.rounds, options.profile)
    print(f"{where()}\n")
    head = ("page", *(f"opening {count + 1}, ms" for count in range(options.rounds)))
    print(markdown(head, [(name, *times) for name, times in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

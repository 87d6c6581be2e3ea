"""``make soak``: the window takes bets for an hour while its pages are switched; does anything grow or stall?

Bets come from a process of their own into the real listener. Every ten seconds: memory, open files, threads,
and the longest time the window's event loop was held. The slopes leave the first fifth out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from tools.bench_processes import ROOT
from tools.display import own_screen
from tools.proof_tables import keep, markdown, where

WARM_SHARE = 0.2
# What a person begins to feel.
LONG_MS = 100
# Of a signal handler: SIGTERM to the poster ends it well before.
POSTER_S = 60.0


def start_poster(url: str, token: str, rate: float, seconds: float, told: IO[str]) -> subprocess.Popen[str]:
    """Replay simulated bets into a listener, from another process that writes what it says into a file.

    Not into a pipe: nobody reads it meanwhile, and 64 KB later, 14 minutes in, the poster would stand still.
    """
    arguments = ["--url", url, "--token", token, "--rate", str(rate), "--seconds", str(seconds)]
    return subprocess.Popen(
        [sys.executable, "-m", "tools.demo_live", *arguments],
        cwd=ROOT,
        stdout=told,
        text=True,
    )


def add_run(folder: Path) -> None:
    """Store a run, so that there is a page of one to look at."""
    subprocess.run(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(folder), "sample"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip


def slope_an_hour(samples: list[dict[str, float]], key: str) -> float:
    """Give how much a figure grows in an hour, by least squares over all but the first fifth."""
    from numpy import polyfit  # noqa: PLC0415 - the window starts without waiting for it

    late = samples[int(len(samples) * WARM_SHARE) :]
    if len(late) < 3:
        return float("nan")
    grows, _ = polyfit([one["second"] for one in late], [one[key] for one in late], 1)
    return float(grows * 3600)


def table(samples: list[dict[str, float]]) -> str:
    """Give the figures as a table."""
    rows = []
    for key, name in (("rss_mb", "memory, MB"), ("files", "open files"), ("threads", "threads")):
        values = [one[key] for one in samples]
        rows.append((name, values[0], max(values), values[-1], slope_an_hour(samples, key)))
    lags = [one["stall_ms"] for one in samples]
    rows.append(
        ("longest stall in 10 s, ms", lags[0], max(lags), lags[-1], slope_an_hour(samples, "stall_ms"))
    )
    return markdown(("figure", "first", "most", "last", "slope an hour"), rows)


def stalls(samples: list[dict[str, float]]) -> str:
    """Say how long the event loop was held at worst in most of the ten seconds."""
    lags = sorted(one["stall_ms"] for one in samples)
    often = sum(1 for lag in lags if lag > LONG_MS)
    return (
        f"longest stalls of {len(lags)} times ten seconds: half below {lags[len(lags) // 2]:.0f} ms, "
        f"95 % below {lags[int(len(lags) * 0.95)]:.0f} ms, {often} above {LONG_MS} ms"
    )


def soak(folder: Path, minutes: float, rate: float) -> dict[str, Any]:
    """Run the window for some minutes; give the samples and what was posted and stored."""
    # Qt comes after its platform was chosen.
    from tools.soak_window import SoakedWindow  # noqa: PLC0415 - see above

    add_run(folder)
    with SoakedWindow(folder) as window:
        with (folder / "posted.txt").open("w+", encoding="utf-8") as told:
            poster = start_poster(window.url, window.token, rate, minutes * 60, told)
            try:
                samples = window.watch(lambda: poster.poll() is None)
                poster.wait(POSTER_S)
            finally:
                poster.kill()
                poster.wait()
            told.seek(0)
            last = (told.read().strip().splitlines() or ["nothing"])[-1]
        stored = window.stored()
    return {"samples": samples, "posted": last, "exit_code": poster.returncode, "stored": stored}


def main(arguments: list[str] | None = None) -> int:
    """Soak, print the figures, keep them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--rate", type=float, default=200.0, help="messages a second (200)")
    parser.add_argument("--offscreen", action="store_true", help="without Xvfb, even where it is installed")
    parser.add_argument("--json", type=Path, help="where the figures go (proof/soak.json)")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        platform = stack.enter_context(own_screen(offscreen=options.offscreen))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pump-soak-")))
        print(
            f"{where()}, {platform}, {options.minutes:g} minutes at {options.rate:g} messages/s\n", flush=True
        )
        began = time.monotonic()
        result = soak(folder, options.minutes, options.rate)
        seconds = time.monotonic() - began
    samples = result["samples"]
    print(f"{table(samples)}\n\n{stalls(samples)}\n{result['posted']}")
    print(f"stored {result['stored']}, {len(samples)} samples")
    slopes = {key: slope_an_hour(samples, key) for key in ("rss_mb", "files", "threads", "stall_ms")}
    kept = keep("soak", {"seconds": seconds, "platform": platform, "slopes": slopes, **result}, options.json)
    print(f"Kept in {kept}")
    return int(result["exit_code"])


if __name__ == "__main__":
    sys.exit(main())

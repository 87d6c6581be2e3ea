"""``python -m tools.load_lists``: how soon lists answer when 1,000 streams hold 1,000,000 bets."""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tools.load_client import bet
from tools.load_server import Server, serving

STREAMS = 1000
ONE_LARGE = 200_000
REPEATS = 15


class Caller:
    """One keep-alive connection to a server."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port)
        self._headers = {"X-Ingest-Token": server.token, "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """Give the parsed answer; raises when it is not 200."""
        payload = None if body is None else json.dumps(body)
        self._connection.request(method, path, payload, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]!r}")
        parsed: dict[str, object] = json.loads(text)
        return parsed

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def fill(caller: Caller, bets: int) -> str:
    """Post bets, most over 1,000 streams and the rest into one; give the large one's id."""
    each = (bets - ONE_LARGE) // STREAMS
    for stream in range(STREAMS):
        for at in range(1, each + 1, 1000):
            numbers = range(at, min(at + 1000, each + 1))
            caller.call("POST", "/live/ingest/batch", [bet(number, f"stream-{stream}") for number in numbers])
    answer: dict[str, object] = {}
    for at in range(1, ONE_LARGE + 1, 1000):
        batch = [bet(number, "large") for number in range(at, at + 1000)]
        answer = caller.call("POST", "/live/ingest/batch", batch)
    results = answer["results"]
    if not isinstance(results, list):
        raise TypeError("no results")
    return str(results[0]["streamId"])


def measure(caller: Caller, name: str, path: str, goal_ms: float) -> bool:
    """Time one question over HTTP, print it, and tell whether the median is within its goal."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        caller.call("GET", path)
        seconds.append(time.perf_counter() - started)
    median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"{name:<44}median {median:7.1f} ms   worst {worst:7.1f} ms   goal {goal_ms:.0f} ms")
    return median <= goal_ms


def main() -> int:
    """Fill a server and time its lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bets", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pump-lists-") as folder, serving(Path(folder)) as server:
        caller = Caller(server)
        started = time.perf_counter()
        large = fill(caller, options.bets)
        seconds = time.perf_counter() - started
        print(f"{options.bets:,} bets posted over one connection in {seconds:.0f} s")
        base = f"/live/streams/{large}"
        checks = [
            measure(caller, "list of streams, 50", "/live/streams", 50),
            measure(caller, "list of streams, last 100 of 1,001", "/live/streams?limit=100&offset=900", 50),
            measure(caller, "tail, 100 of a stream of 200,000", f"{base}/tail?since_id=0&limit=100", 20),
            measure(caller, "bets, 100, first page", f"{base}/bets", 20),
            measure(caller, "bets, 100, far page", f"{base}/bets?offset=150000", 20),
            measure(caller, "bets, 100, with distances", f"{base}/bets?include_distance=true", 20),
            measure(caller, "stream detail", base, 20),
        ]
        caller.close()
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())

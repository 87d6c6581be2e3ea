"""A scan on a Dask cluster gives the bytes it gives here: the recipe of docs/cluster.md, on two workers."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(find_spec("distributed") is None, reason="needs dask[distributed], the extra 'cluster'")
def test_a_scan_on_two_workers_gives_the_same_digest() -> None:
    # In a process of its own: the cluster's threads and what it logs while it closes are not this one's.
    done = subprocess.run(
        [
            sys.executable, "-m", "tools.cluster_scan",
            # Across a change of digits, in pieces that do not divide the range.
            "--first", "999_000", "--nonces", "600_000", "--chunk", "77_777",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["cluster"] == told["here"]

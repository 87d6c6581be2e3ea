"""``python -m tools.cluster_scan``: the recipe of docs/cluster.md, on a cluster of this machine's own.

Prints JSON: the digest of the outcomes here and on the cluster, and how long each took.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from concurrent.futures import Executor
from typing import Any

from distributed import Client, LocalCluster

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.engine.kernels import choose_kernel, warm_up
from pump_desktop.engine.scan import scan

SEEDS = ("564e967b90f03d0153fdcb2d2d1cc5a5057e0df78163611fe3801d6498e681ca", "zXv1upuFns")


def digest(request: ScanRequest, **how: Any) -> tuple[str, float]:
    """Give the digest of a scan's outcomes, as a run stores it, and the seconds it took."""
    began = time.perf_counter()
    found = hashlib.sha256()
    for chunk in scan(request, **how):
        found.update(chunk.outcomes.data)
    return found.hexdigest(), time.perf_counter() - began


def on_cluster(request: ScanRequest, workers: int, chunk: int) -> tuple[str, float]:
    """Do the same on worker processes of a local Dask cluster, warmed up before the clock runs."""
    kernel = choose_kernel()
    with (
        LocalCluster(  # type: ignore[no-untyped-call]  # dask gives it no types
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]  # as above
    ):
        client.run(warm_up, kernel)
        # Not pure: Dask would keep each result under a hash of its arguments.
        executor: Executor = client.get_executor(pure=False)
        return digest(request, executor=executor, kernel=kernel, workers=workers, chunk_nonces=chunk)


def main() -> int:
    """Scan twice and give 0 when both digests are the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nonces", type=int, default=100_000_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--chunk", type=int, default=1 << 22, help="nonces of one task")
    options = parser.parse_args()
    end = options.first + options.nonces - 1
    request = ScanRequest(*SEEDS, options.first, end, Difficulty.EXPERT, (34.68,))
    warm_up(choose_kernel())
    here, seconds_here = digest(request, workers=options.workers)
    there, seconds_there = on_cluster(request, options.workers, options.chunk)
    told = {"here": here, "cluster": there, "seconds_here": seconds_here, "seconds_cluster": seconds_there}
    print(json.dumps(told))
    return 0 if here == there else 1


if __name__ == "__main__":
    sys.exit(main())

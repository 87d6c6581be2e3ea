"""A scan: the nonce range cut into chunks, replayed on an executor, given back in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from pump_desktop.domain.requests import ScanRequest
from pump_desktop.engine.kernels import Kernel, Outcomes, choose_kernel, replay

# Nonces per chunk, so that one chunk takes 20-50 ms on one core: short enough to cancel within 100 ms,
# long enough that the Python between chunks does not show.
CHUNK_NONCES = {Kernel.SHA: 1 << 18, Kernel.LANES: 1 << 17, Kernel.REFERENCE: 1 << 12}

# Chunks under way per worker: one running, one waiting, one being taken in.
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """The outcomes of consecutive nonces: one byte k each, from ``first_nonce``."""

    first_nonce: int
    outcomes: Outcomes


def worker_count() -> int:
    """Give the number of CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _threads(executor: Executor | None, workers: int) -> Iterator[Executor]:
    """Lend the executor that was handed in, or own threads for as long as the scan lasts."""
    if executor is not None:
        yield executor
        return
    own = ThreadPoolExecutor(workers, thread_name_prefix="replay")
    try:
        yield own
    finally:
        own.shutdown(wait=True, cancel_futures=True)


def scan(
    request: ScanRequest,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    kernel: Kernel | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    chunk_nonces: int | None = None,
) -> Iterator[Chunk]:
    """Yield outcome chunks in nonce order until the range ends or ``cancelled()`` is true.

    What was yielded is always a prefix of the range, and the bytes do not depend on chunk size, kernel
    or workers. ``executor`` may be any ``concurrent.futures.Executor``, such as a Dask client's; the
    kernel that is named (or chosen here) must exist on its workers.
    """
    chosen = kernel or choose_kernel()
    size = chunk_nonces or CHUNK_NONCES[chosen]
    threads = workers or worker_count()
    waiting: deque[tuple[int, Future[Outcomes]]] = deque()
    next_nonce = request.start

    with _threads(executor, threads) as pool:
        try:
            while not cancelled():
                while next_nonce <= request.end and len(waiting) < _AHEAD * threads:
                    count = min(size, request.end - next_nonce + 1)
                    seeds = (request.server_seed, request.client_seed)
                    future = pool.submit(replay, chosen, *seeds, next_nonce, count, request.difficulty)
                    waiting.append((next_nonce, future))
                    next_nonce += count
                if not waiting:
                    return
                first_nonce, future = waiting.popleft()
                outcomes = future.result()
                if cancelled():
                    return
                yield Chunk(first_nonce, outcomes)
        finally:
            for _, future in waiting:
                future.cancel()

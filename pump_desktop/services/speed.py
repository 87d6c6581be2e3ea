"""How fast this machine replays, measured once so that a scan's time can be told before it starts."""

from __future__ import annotations

import time

from pump_desktop.domain.game import Difficulty
from pump_desktop.engine.kernels import Kernel, choose_kernel, replay, warm_up
from pump_desktop.engine.scan import worker_count

# 10 to 20 ms on a usual CPU.
_NONCES = {Kernel.SHA: 1 << 17, Kernel.LANES: 1 << 16, Kernel.REFERENCE: 1 << 11}


def measure_rates() -> dict[Difficulty, float]:
    """Make the kernel ready and give nonces per second on all CPUs, for each difficulty.

    Raises KnownError when a kernel is forced that this CPU does not have.
    """
    kernel = choose_kernel()
    warm_up(kernel)
    count = _NONCES[kernel]
    # The reference runs Python code: its threads take turns.
    workers = 1 if kernel is Kernel.REFERENCE else worker_count()
    rates = {}
    for difficulty in (Difficulty.EXPERT, Difficulty.HARD):
        started = time.perf_counter()
        replay(kernel, "speed", "speed", 1, count, difficulty)
        rates[difficulty] = workers * count / (time.perf_counter() - started)
    # Easy and medium read the same one block as hard.
    return rates | dict.fromkeys((Difficulty.EASY, Difficulty.MEDIUM), rates[Difficulty.HARD])

"""How fast nonces are replayed, against hashlib, against OpenSSL and against the limit of the hash."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean, median
from time import perf_counter, process_time

from pump_desktop.domain.game import POSITIONS, Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.engine.kernels import Kernel, choose_kernel, cpu_has_sha, replay, warm_up
from pump_desktop.engine.scan import scan, worker_count
from pump_desktop.services.sample import sample_request
from tools.bench_figures import Figure, median_seconds
from tools.bench_hash import hash_compressions

BLOCK_BYTES = 64
# One core of the machine the goals were set on, with SHA instructions and two streams, hand-written in C.
PRACTICAL_LIMIT = 46e6
# From here on two thirds of a scan's time go into compressions.
HASH_BOUND = 2 / 3

_GOALS = {Kernel.SHA: {Difficulty.EXPERT: 10e6}, Kernel.LANES: dict.fromkeys(Difficulty, 2.5e6)}
_SHA_GOAL = 16e6
_FIRST_PICKS = 8
_MEGA = 1e6


def compressions_per_nonce(difficulty: Difficulty) -> float:
    """Give the mean number of SHA-256 compressions, two per HMAC.

    Expert needs a second HMAC unless the first eight picks hold position 1, which settles k = 0.
    """
    settled = _FIRST_PICKS / POSITIONS
    return 2.0 + (2.0 * (1 - settled) if difficulty.pops > _FIRST_PICKS else 0.0)


def openssl_compressions() -> float | None:
    """Give OpenSSL's SHA-256 compressions per second on one core; None when there is no ``openssl``."""
    if not shutil.which("openssl"):
        return None
    told = subprocess.run(
        ["openssl", "speed", "-mr", "-seconds", "1", "-bytes", "16384", "-evp", "sha256"],
        capture_output=True,
        text=True,
        check=False,
    )
    # LibreSSL knows none of these options and says so on stderr.
    rate = re.search(r"^\+F:\d+:[^:]+:([0-9.]+)", told.stdout, re.MULTILINE)
    return float(rate[1]) / BLOCK_BYTES if rate else None


def _request(difficulty: Difficulty, count: int) -> ScanRequest:
    sample = sample_request()
    return ScanRequest(sample.server_seed, sample.client_seed, 1, count, difficulty, sample.targets)


def _scan_rate(kernel: Kernel, difficulty: Difficulty, cpus: int, count: int, repetitions: int) -> KernelRate:
    request = _request(difficulty, count)
    walls, shares = [], []
    for _ in range(repetitions):
        wall, cpu = perf_counter(), process_time()
        deque(scan(request, kernel=kernel, workers=cpus), maxlen=0)
        walls.append(perf_counter() - wall)
        shares.append((process_time() - cpu) / walls[-1])
    return KernelRate(kernel, difficulty, cpus, count / median(walls), median(shares))


def _reference_rate(difficulty: Difficulty, count: int, repetitions: int) -> float:
    request = _request(difficulty, count)
    seeds = (request.server_seed, request.client_seed)
    work = lambda: replay(Kernel.REFERENCE, *seeds, 1, count, difficulty)  # noqa: E731 - timed as it stands
    return count / median_seconds(work, repetitions)


@dataclass(frozen=True, slots=True)
class KernelRate:
    """Nonces per second of one kernel at one difficulty."""

    kernel: Kernel
    difficulty: Difficulty
    cpus: int
    nonces: float
    cpus_got: float

    @property
    def compressions_per_core(self) -> float:
        """Compressions per second on a CPU, of the time this process really got: others run here too."""
        return self.nonces * compressions_per_nonce(self.difficulty) / self.cpus_got

    def figure(self, reference: float, openssl: float | None, *, goal: bool) -> Figure:
        """Give the rate with everything it is compared to."""
        per_core = self.compressions_per_core
        parts = [
            f"{self.nonces / reference:,.0f}x hashlib",
            f"{compressions_per_nonce(self.difficulty):.2f} compr./nonce",
            f"got {self.cpus_got:.2f} CPUs",
            f"{per_core / _MEGA:.1f} M compr./s/core",
            f"{per_core / openssl:.0%} of OpenSSL" if openssl else "no OpenSSL",
            f"{per_core / PRACTICAL_LIMIT:.0%} of 46 M/s",
        ]
        wanted = _GOALS[self.kernel].get(self.difficulty, _SHA_GOAL) / _MEGA if goal else None
        name = f"{self.kernel} kernel, {self.difficulty}, {self.cpus} CPU{'s' * (self.cpus > 1)}"
        return Figure(name, self.nonces / _MEGA, "M/s", wanted, more_is_better=True, more=", ".join(parts))


@dataclass(frozen=True, slots=True)
class KernelBench:
    """Everything measured about the kernels in one run."""

    openssl: float | None
    reference: dict[Difficulty, float]
    hashes: dict[Kernel, float]
    rates: tuple[KernelRate, ...]

    def figures(self) -> Iterator[Figure]:
        """Yield the rows of the table."""
        yield Figure(
            "OpenSSL, one stream, one CPU",
            self.openssl and self.openssl / _MEGA,
            "M compr./s",
            more="median of three" if self.openssl else "openssl is missing or knows no -seconds and -mr",
        )
        for difficulty, reference in self.reference.items():
            yield Figure(f"hashlib reference, {difficulty}, 1 CPU", reference / _MEGA, "M/s")
        for kernel, rate in self.hashes.items():
            share = f"{rate / PRACTICAL_LIMIT:.0%} of 46 M/s"
            yield Figure(f"{kernel} kernel, its hash alone, 1 CPU", rate / _MEGA, "M compr./s", more=share)
        cpus = worker_count()
        for measured in self.rates:
            reference = self.reference[measured.difficulty]
            yield measured.figure(reference, self.openssl, goal=measured.cpus == cpus)
        if not cpu_has_sha():
            yield Figure("sha kernel", None, "M/s", more="this CPU has no SHA instructions")

    def limit(self) -> str:
        """Give one line that says what the kernel in use is limited by."""
        kernel = choose_kernel()
        alone = self.hashes[kernel]
        one = {rate.difficulty: rate for rate in self.rates if rate.kernel is kernel and rate.cpus == 1}
        most = {rate.difficulty: rate for rate in self.rates if rate.kernel is kernel}
        share = {difficulty: rate.compressions_per_core / alone for difficulty, rate in one.items()}
        scaling = median(most[difficulty].nonces / rate.nonces for difficulty, rate in one.items())
        where = "the hash" if fmean(share.values()) >= HASH_BOUND else "the work around the hash"
        return (
            f"Limit now: {where}. The hash of the {kernel} kernel alone does {alone / _MEGA:.1f} M "
            f"compressions/s on one CPU, {alone / PRACTICAL_LIMIT:.0%} of the practical limit. Whole scans "
            f"reach {share[Difficulty.EASY]:.0%} (easy) and {share[Difficulty.EXPERT]:.0%} (expert) of that; "
            f"the rest goes into digits, shuffle and hand-over. {worker_count()} CPUs give {scaling:.2f} "
            "times one."
        )


def bench_kernels(*, quick: bool) -> KernelBench:
    """Measure every kernel at every difficulty, on all CPUs and on one."""
    repetitions = 3 if quick else 7
    count = 1_000_000 if quick else 4_000_000
    # Three looks at OpenSSL, before, between and after: the clock of a shared machine wanders.
    openssl = [openssl_compressions()]
    reference = {difficulty: _reference_rate(difficulty, 5_000, repetitions) for difficulty in Difficulty}
    hashes: dict[Kernel, float] = {}
    rates: list[KernelRate] = []
    for kernel in (Kernel.SHA, Kernel.LANES) if cpu_has_sha() else (Kernel.LANES,):
        warm_up(kernel)
        hashes[kernel] = hash_compressions(kernel, repetitions)
        for difficulty in Difficulty:
            rates.extend(
                _scan_rate(kernel, difficulty, cpus, count, repetitions)
                for cpus in sorted({1, worker_count()})
            )
        openssl.append(openssl_compressions())
    taken = [rate for rate in openssl if rate is not None]
    return KernelBench(median(taken) if taken else None, reference, hashes, tuple(rates))

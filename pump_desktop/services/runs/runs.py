"""Runs from request to stored replay, and every later question to one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID, uuid4

import numpy as np

from pump_desktop.domain.errors import CancelledError, ConflictError
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.memory import memory_for
from pump_desktop.domain.requests import DEFAULT_MAX_NONCES, ScanRequest, parse_wider_range, wider_request
from pump_desktop.domain.runs import (
    MAX_NAME_LENGTH,
    Match,
    Run,
    RunGroupPage,
    RunPage,
    RunQuery,
    parse_name,
    parse_notes,
    parse_search,
)
from pump_desktop.domain.seeds import looks_like_hash, seed_sha256
from pump_desktop.engine import ENGINE_VERSION
from pump_desktop.engine.kernels import Kernel, Outcomes, choose_kernel, is_warm, warm_up
from pump_desktop.engine.scan import scan
from pump_desktop.services.runs.check import check_figures, check_outcomes, check_stored
from pump_desktop.services.runs.collector import ProgressReport, ScanProgress, intake
from pump_desktop.services.runs.extend import extend_run
from pump_desktop.stats.distribution import Distribution, distribution
from pump_desktop.stats.gaps import GapStats, gap_stats
from pump_desktop.stats.hits import HitFilter, Hits, Nonces, find_hits
from pump_desktop.store.runs import RunsStore
from pump_desktop.system.redaction import hide_seed

# Outcome vectors kept in memory so that a tab or a filter does not unpack them again.
KEPT_BYTES = 128 * 1024 * 1024

HASH_WARNING = (
    "This is the SHA-256 of a server seed you already have. Paste the revealed seed itself, not its hash."
)


@dataclass(frozen=True, slots=True)
class Replay:
    """A run with the outcomes it was made from: k of every nonce, one byte each."""

    run: Run
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class _Kept:
    """An outcome vector in memory, and the nonce it starts with."""

    first_nonce: int
    outcomes: Outcomes

    def holds(self, run: Run) -> bool:
        """Tell whether all nonces of a run are in it."""
        return self.first_nonce <= run.nonce_start and run.nonce_end < self.first_nonce + len(self.outcomes)


class Runs:
    """What can be done with runs; safe to call from any thread."""

    def __init__(
        self,
        store: RunsStore,
        *,
        now: Callable[[], datetime],
        timer: Callable[[], float],
        executor: Executor | None = None,
        live_hashes: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._store = store
        self._live_hashes = live_hashes
        self._now = now
        self._timer = timer
        self._executor = executor
        self._kept: dict[UUID, _Kept] = {}
        self._kept_lock = Lock()

    def create(
        self,
        request: ScanRequest,
        *,
        name: str = "",
        tell: Callable[[ScanProgress], None] = lambda _progress: None,
        cancelled: Callable[[], bool] = lambda: False,
        keep: bool = True,
        kernel: Kernel | None = None,
    ) -> Replay:
        """Scan and store a run, and give it once it is on disk; raises CancelledError.

        With ``keep`` false nothing is stored.
        """
        name = parse_name(name)
        chosen, report = self._make_ready(request, tell, kernel)
        with memory_for(request.count):
            started = self._timer()
            report.start()
            with intake(request, keep=keep) as taken:
                for chunk in scan(request, cancelled=cancelled, kernel=chosen, executor=self._executor):
                    taken.take(chunk)
                    report.counted(taken)
                if not taken.complete:
                    raise CancelledError
                outcomes = taken.outcomes
                pieces = taken.pieces()
            run = Run(
                id=uuid4(),
                created_at=self._now(),
                name=name,
                notes="",
                server_seed=request.server_seed,
                server_seed_sha256=seed_sha256(request.server_seed),
                client_seed=request.client_seed,
                nonce_start=request.start,
                nonce_end=request.end,
                difficulty=request.difficulty,
                targets=request.targets,
                duration_ms=round((self._timer() - started) * 1000),
                engine_version=ENGINE_VERSION,
                outcome_digest=taken.digest,
                summary=taken.summary(),
            )
            if keep:
                self._store.add(run, pieces).result()
                self._remember(run, outcomes)
        return Replay(run, outcomes)

    def extend(
        self,
        run_id: UUID,
        start: object,
        end: object,
        *,
        max_nonces: int = DEFAULT_MAX_NONCES,
        tell: Callable[[ScanProgress], None] = lambda _progress: None,
        cancelled: Callable[[], bool] = lambda: False,
        kernel: Kernel | None = None,
    ) -> Replay:
        """Scan what a larger range has and the run has not, and give the run once all of it is on disk.

        It stays the same run. Raises FieldError, NotFoundError, ConflictError for a run of another engine,
        StoreError when what is stored does not give its digest, and CancelledError; nothing has changed then.
        """
        run = self._store.get(run_id)
        request = wider_request(run, *parse_wider_range(run, start, end, max_nonces))
        if run.engine_version != ENGINE_VERSION:
            raise ConflictError(
                f"This run was made with {run.engine_version} and cannot be extended with {ENGINE_VERSION}. "
                "Scan the larger range as a new run."
            )
        chosen, report = self._make_ready(request, tell, kernel)
        with self._kept_lock:
            # 100 MB of a long run; what is scanned now takes its place.
            self._kept.pop(run_id, None)
        with memory_for(request.count):
            extended, outcomes = extend_run(
                self._store,
                run,
                request,
                report=report,
                timer=self._timer,
                cancelled=cancelled,
                kernel=chosen,
                executor=self._executor,
            )
        self._remember(extended, outcomes)
        return Replay(extended, outcomes)

    def list(self, query: RunQuery) -> RunPage:
        """Give a page of runs; raises FieldError for a search that cannot be text."""
        parse_search(query.search)
        return self._store.list(query)

    def groups(self, query: RunQuery) -> RunGroupPage:
        """Give a page of seed pairs with their runs in figures; raises FieldError as list() does."""
        parse_search(query.search)
        return self._store.groups(query)

    def get(self, run_id: UUID) -> Run:
        """Give one run; raises NotFoundError."""
        return self._store.get(run_id)

    def detail(self, run_id: UUID) -> Run:
        """Return one run to tell its figures.

        Raises NotFoundError, and DamagedRunError when they contradict each other.
        """
        run = self._store.get(run_id)
        check_figures(run)
        return run

    def check(self, run: Run) -> None:
        """Raise DamagedRunError unless all that is stored of a run fits together; 10,000,000 take 0.1 s.

        What is kept in memory was checked when it came there.
        """
        kept = self._in_memory(run.id)
        if kept is None or not kept.holds(run):
            check_stored(self._store, run)

    def same_nonces(self, run: Run, difficulty: Difficulty) -> tuple[Run, ...]:
        """Give the stored runs of the same seeds and range at a difficulty, newest first."""
        return self._store.same_nonces(run, difficulty)

    def outcomes(self, run_id: UUID) -> Outcomes:
        """Return k of every nonce of a run, one byte each, from memory when it was asked for lately.

        What is read is checked; raises DamagedRunError when it is not what was scanned.
        """
        return (self._in_memory(run_id) or self._read(run_id)).outcomes

    def outcomes_of(self, run: Run) -> Outcomes:
        """Give k of the nonces ``run`` had when it was read; a run that was extended since has more."""
        kept = self._in_memory(run.id)
        if kept is None or not kept.holds(run):
            kept = self._read(run.id)
        first = run.nonce_start - kept.first_nonce
        return kept.outcomes[first : first + run.count]

    def distribution(self, run: Run) -> Distribution:
        """Return observed against expected for every result, from the run's own counts.

        Raises DamagedRunError when they contradict its other figures.
        """
        check_figures(run)
        counted = run.summary.counts_by_multiplier
        return distribution(run.difficulty, [counted.get(str(entry), 0) for entry in PAYOUTS[run.difficulty]])

    def hits(self, run: Run, wanted: HitFilter, *, per_multiplier: bool = False) -> Hits:
        """Give all hits of a filter, in nonce order."""
        outcomes = self.outcomes_of(run)
        return find_hits(outcomes, run.nonce_start, run.difficulty, wanted, per_multiplier=per_multiplier)

    def distances(self, run: Run, target: float, match: Match) -> tuple[Nonces, Nonces, GapStats | None]:
        """Give the hits of one multiplier, the gaps between them (one fewer), and the gaps' figures."""
        nonces = self.hits(run, HitFilter((target,), match)).nonces
        return nonces, np.diff(nonces), gap_stats(nonces)

    def change(self, run_id: UUID, *, name: object = None, notes: object = None) -> Run:
        """Give a run another name, other notes or both at once; None leaves one as it is."""
        return self._store.update(
            run_id,
            name=None if name is None else parse_name(name),
            notes=None if notes is None else parse_notes(notes),
        ).result()

    def rename(self, run_id: UUID, name: object) -> Run:
        """Give a run another name."""
        return self.change(run_id, name=name)

    def set_notes(self, run_id: UUID, notes: object) -> Run:
        """Give a run other notes."""
        return self.change(run_id, notes=notes)

    def duplicate(self, run_id: UUID) -> Run:
        """Store a copy of a run under a new id and the name with "(copy)"."""
        run = self._store.get(run_id)
        suffix = " (copy)"
        name = run.name[: MAX_NAME_LENGTH - len(suffix)] + suffix if run.name else "Copy"
        return self._store.duplicate(run_id, uuid4(), self._now(), parse_name(name)).result()

    def delete(self, run_id: UUID) -> None:
        """Delete a run with its outcomes; raises NotFoundError."""
        self._store.delete(run_id).result()
        with self._kept_lock:
            self._kept.pop(run_id, None)

    def seed_of_hash(self, server_seed_sha256: str) -> str | None:
        """Give the server seed with this SHA-256, when a stored run was made with it."""
        return self._store.seed_of_hash(server_seed_sha256)

    def seed_warning(self, server_seed: str) -> str | None:
        """Give a sentence when the server seed is the hash of one that is already known."""
        if not looks_like_hash(server_seed):
            return None
        return HASH_WARNING if server_seed.lower() in self.known_hashes() else None

    def known_hashes(self) -> frozenset[str]:
        """Give the hashes of all server seeds that runs and streams have."""
        return self._store.known_hashes() | self._live_hashes()

    def start_over(self) -> None:
        """Forget the outcomes kept in memory: other data stands in the file now."""
        with self._kept_lock:
            self._kept.clear()

    def _make_ready(
        self, request: ScanRequest, tell: Callable[[ScanProgress], None], kernel: Kernel | None
    ) -> tuple[Kernel, ProgressReport]:
        """Give the kernel to scan with, compiled, and the report of the scan."""
        hide_seed(request.server_seed)
        hide_seed(request.client_seed)
        chosen = kernel or choose_kernel()
        report = ProgressReport(request.count, tell, self._timer)
        if not is_warm(chosen):
            report.preparing()
            warm_up(chosen)
        return chosen, report

    def _in_memory(self, run_id: UUID) -> _Kept | None:
        """Give what is kept of a run, and keep it longest: the one asked for longest ago goes first."""
        with self._kept_lock:
            kept = self._kept.pop(run_id, None)
            if kept is not None:
                self._kept[run_id] = kept
        return kept

    def _read(self, run_id: UUID) -> _Kept:
        run, outcomes = self._store.replayed(run_id)
        check_outcomes(run, outcomes)
        return self._remember(run, outcomes)

    def _remember(self, run: Run, outcomes: Outcomes) -> _Kept:
        outcomes.flags.writeable = False
        fresh = _Kept(run.nonce_start, outcomes)
        with self._kept_lock:
            kept = self._kept.pop(run.id, None)
            # What was read before an extension may come after it: a run only grows, so the longer one stays.
            if kept is None or not kept.holds(run):
                kept = fresh
            self._kept[run.id] = kept
            while len(self._kept) > 1 and sum(len(one.outcomes) for one in self._kept.values()) > KEPT_BYTES:
                self._kept.pop(next(iter(self._kept)))
        return fresh

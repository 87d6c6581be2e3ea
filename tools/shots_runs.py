"""The pictures of the runs workspace: a run's tabs, Verify, Compare and the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QCheckBox

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import RunQuery
from pump_desktop.program import Program
from pump_desktop.services.sample import sample_request
from tests.ui.support.program import choose

_SEEN_MS = 700
_PAIRS = 24
_PER_PAIR = 20_000


def run_states(
    program: Program, settle: Callable[[int], None], wait_for: Callable[[SignalInstance], None]
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the states of the workspace, after three runs of the sample seed pair were stored."""
    stage = _Stage(program, settle, wait_for)
    yield "24-run-gaps", lambda: stage.sample_tab("Gaps")
    yield "25-run-gaps-over-nonce", stage.gaps_over_nonce
    yield "26-run-density", lambda: stage.sample_tab("Density")
    yield "27-run-fairness", lambda: stage.sample_tab("Fairness")
    yield "28-empty-run-gaps", lambda: stage.empty_tab("Gaps")
    yield "29-empty-run-density", lambda: stage.empty_tab("Density")
    yield "30-empty-run-fairness", lambda: stage.empty_tab("Fairness")
    yield "31-verify-empty", lambda: program.window.open_section("verify")
    yield "32-verify", stage.verify
    yield "33-compare-empty", lambda: program.window.open_section("compare")
    yield "34-compare-two", stage.compare
    for number, title in enumerate(("Share at least", "Differences", "Tests", "Hits"), 35):
        name = f"{number}-compare-{title.lower().replace(' ', '-')}"
        yield name, partial(stage.compare_tab, title)
    yield "40-queue-empty", stage.queue
    yield "41-queue-pairs", stage.pairs
    yield "42-queue-done", stage.scan_pairs
    yield "43-queue-funnel", lambda: stage.queue_tab("Summary")
    yield "44-runs-grouped", stage.grouped


class _Stage:
    """A program whose runs are looked at."""

    def __init__(
        self, program: Program, settle: Callable[[int], None], wait_for: Callable[[SignalInstance], None]
    ) -> None:
        self._program = program
        self._window = program.window
        self._settle = settle
        self._wait_for = wait_for
        backend = program._backend.opened()
        if backend is None:
            raise RuntimeError("the store is not open")
        self._runs = backend.runs

    def _open(self, name: str, tab: str) -> None:
        (row,) = [row for row in self._runs.list(RunQuery()).items if row.name == name]
        self._window.open_run(self._runs.get(row.id))
        self._settle(_SEEN_MS)
        self._window.run_page.open_tab(tab)
        self._settle(_SEEN_MS)

    def sample_tab(self, tab: str) -> None:
        """Open a tab of the sample run."""
        self._open("Sample seed pair", tab)

    def empty_tab(self, tab: str) -> None:
        """Open a tab of a run without hits."""
        if not any(row.name == "No hits" for row in self._runs.list(RunQuery()).items):
            seeds = sample_request()
            targets = (291216.8, 3203384.8)
            request = ScanRequest(seeds.server_seed, seeds.client_seed, 1, 2_000, seeds.difficulty, targets)
            self._runs.create(request, name="No hits")
        self._open("No hits", tab)

    def gaps_over_nonce(self) -> None:
        """Change the Gaps tab to the other chart."""
        self.sample_tab("Gaps")
        choose(self._window.run_page, "View of gaps", "Over nonces")
        self._settle(_SEEN_MS)

    def verify(self) -> None:
        """Verify the known answer."""
        seeds = sample_request()
        self._window.pages.verify.show_bet(seeds.server_seed, seeds.client_seed, 5663, Difficulty.EXPERT)
        self._settle(_SEEN_MS)

    def compare(self) -> None:
        """Put two runs of one difficulty side by side."""
        self._window.clear_toasts()
        seeds = sample_request()
        request = ScanRequest(
            seeds.server_seed, "another client seed", 1, 500_000, seeds.difficulty, seeds.targets
        )
        other = self._runs.create(request, name="Another client seed").run
        sample = next(row for row in self._runs.list(RunQuery()).items if row.name == "Sample seed pair")
        self._window.open_section("compare")
        self._window.pages.compare.show_runs((sample.id, other.id))
        self._settle(2 * _SEEN_MS)

    def compare_tab(self, title: str) -> None:
        """Open one of them."""
        self._window.pages.compare.open_tab(title)
        self._settle(_SEEN_MS)

    def queue(self) -> None:
        """Show the queue before anything is in it."""
        self._window.open_section("scan")
        self._window.pages.scan.show_several()

    def pairs(self) -> None:
        """Paste some lines, one of them wrong."""
        view = self._window.pages.scan.queue_view
        if view is None:
            raise RuntimeError("the queue is not shown")
        seeds = sample_request()
        ends = [_PER_PAIR * (number % 8 + 1) for number in range(_PAIRS)]
        lines = [f"{seeds.server_seed},client {number},1,{end},expert" for number, end in enumerate(ends)]
        lines.insert(7, f"{seeds.server_seed},client 7b,500,100,expert")
        view.entry.set_text("\n".join(lines))
        self._settle(_SEEN_MS)

    def scan_pairs(self) -> None:
        """Scan those that are right."""
        view = self._window.pages.scan.queue_view
        if view is None:
            raise RuntimeError("the queue is not shown")
        view.submit()
        self._wait_for(self._program.queue.ended)
        self._window.clear_toasts()
        self.queue_tab("Queue")

    def queue_tab(self, name: str) -> None:
        """Open a tab of the queue."""
        view = self._window.pages.scan.queue_view
        if view is None:
            raise RuntimeError("the queue is not shown")
        view.open_tab(name)
        self._settle(_SEEN_MS)

    def grouped(self) -> None:
        """Group the runs by seed pair."""
        self._window.pages.scan.show_one()
        self._window.open_section("runs")
        self._window.runs_page.search("")
        self._settle(_SEEN_MS)
        boxes = self._window.runs_page.findChildren(QCheckBox)
        next(box for box in boxes if box.text() == "Group by seed pair").setChecked(True)
        self._settle(_SEEN_MS)

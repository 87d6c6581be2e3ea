"""What leads from page to page with runs: opened, changed, deleted, compared, scanned again."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Slot

from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run, RunRow
from pump_desktop.domain.sides import SideKey
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.main.pages import PageShelf
from pump_desktop.ui.main.scan_flow import ScanFlow
from pump_desktop.ui.runs.actions import RunActions


class Sections(Protocol):
    """What brings pages to the front: the window."""

    def open_section(self, key: str) -> None:
        """Bring the page of a rail entry to the front."""
        ...

    def open_run(self, run: Run) -> None:
        """Show one run."""
        ...


class RunLinks(QObject):
    """Connects pages, actions and flow; belongs to the window, which shows what they lead to."""

    def __init__(
        self,
        pages: PageShelf,
        actions: RunActions,
        flow: ScanFlow,
        asker: Asker,
        sections: Sections,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._pages = pages
        self._asker = asker
        self._sections = sections
        self._wanted: Run | None = None
        runs = pages.runs
        pages.back_asked.connect(self.back_to_runs)
        pages.action_asked.connect(actions.act)
        pages.sibling_asked.connect(flow.open_sibling)
        pages.scan_asked.connect(self._rescan)
        pages.run_asked.connect(self.open_by_id)
        pages.again_asked.connect(self._open_again)
        runs.opened.connect(self._open_row)
        runs.action_asked.connect(actions.act)
        runs.delete_asked.connect(actions.delete_runs)
        runs.compare_asked.connect(self._compare)
        actions.changed.connect(self._run_changed)
        actions.added.connect(runs.reload)
        actions.hidden.connect(self._runs_hidden)
        actions.returned.connect(runs.reload)
        actions.rescan_asked.connect(self._rescan)
        actions.extend_asked.connect(flow.extend)
        actions.compare_asked.connect(self._compare)
        flow.stored.connect(runs.reload)

    def show_run(self, run: Run) -> None:
        """Fill the page of one run and bring it to the front, or what stands in its place."""
        self._wanted = run
        shown = self._pages.section("run")
        page = self._pages.shown_run
        if page is not None:
            page.show_run(run)
        self._pages.setCurrentWidget(shown)
        if page is not None:
            page.focus_tabs()

    @Slot()
    def back_to_runs(self) -> None:
        """Go back to the list, with the keyboard on it."""
        self._sections.open_section("runs")
        self._pages.runs.focus_list()

    @Slot(object)
    def open_by_id(self, run_id: UUID) -> None:
        """Show the run with an id."""
        self._asker.ask(self, lambda backend: backend.runs.get(run_id), self._sections.open_run)

    @Slot(object)
    def compare_sides(self, sides: tuple[SideKey, ...]) -> None:
        """Put runs, streams and snapshots side by side."""
        self._sections.open_section("compare")
        page = self._pages.shown_compare
        if page is not None:
            page.show_sides(sides)

    @Slot(object)
    def _open_row(self, row: RunRow) -> None:
        self.open_by_id(row.id)

    @Slot(str)
    def _open_again(self, key: str) -> None:
        if key == "run" and self._wanted is not None:
            self._sections.open_run(self._wanted)
        else:
            self._sections.open_section(key)

    @Slot(object)
    def _compare(self, run_ids: tuple[UUID, ...]) -> None:
        self._sections.open_section("compare")
        page = self._pages.shown_compare
        if page is not None:
            page.show_runs(run_ids)

    @Slot(object)
    def _run_changed(self, run: Run) -> None:
        self._pages.runs.reload()
        page = self._pages.shown_run
        if page is not None and page.run is not None and page.run.id == run.id:
            page.show_run(run)

    @Slot(object)
    def _runs_hidden(self, run_ids: tuple[UUID, ...]) -> None:
        self._pages.hide_runs(run_ids)
        if self._pages.currentWidget() is self._pages.shown_run:
            self.back_to_runs()

    @Slot(object)
    def _rescan(self, request: ScanRequest) -> None:
        self._sections.open_section("scan")
        self._pages.scan.fill(request)

"""All pages of the window on one stack; those that bring the charts are made when they are first needed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.qt.work.undo import PendingDeletes
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.layout import stretch, vbox
from pump_desktop.ui.kit.rail import RailEntry
from pump_desktop.ui.runs.page import RunsPage
from pump_desktop.ui.scan.page import ScanPage

if TYPE_CHECKING:
    from pump_desktop.ui.batch.view import QueueView
    from pump_desktop.ui.compare.page import ComparePage
    from pump_desktop.ui.live.page import LivePage
    from pump_desktop.ui.run.page import RunPage
    from pump_desktop.ui.settings.page import SettingsPage
    from pump_desktop.ui.verify.page import VerifyPage


class FailedPage(QWidget):
    """Says that a page cannot be shown; ``again_asked`` carries its key. All other pages go on."""

    again_asked = Signal(str)

    def __init__(self, key: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.setAccessibleName(f"{title} could not be opened")
        state = EmptyState(
            "quiet",
            f"{title} could not be opened because of an unexpected error. The log has its details; "
            "everything else goes on.",
            "Try again",
            meaning="refresh",
        )
        state.acted.connect(self._ask)
        self.button = state.button
        vbox(PageHeader(title), stretch(state), into=self, spacing=0)

    def _ask(self) -> None:
        self.again_asked.emit(self.key)


SECTIONS = (
    RailEntry("scan", "scan", "Scan"),
    RailEntry("runs", "runs", "Runs"),
    RailEntry("live", "live", "Live"),
    RailEntry("verify", "verify", "Verify"),
    RailEntry("compare", "compare", "Compare"),
    RailEntry("settings", "settings", "Settings", foot=True),
)

_KEYS = {"run", *(entry.key for entry in SECTIONS)}

P = TypeVar("P", bound="RunPage | VerifyPage | ComparePage | QueueView | LivePage | SettingsPage")


class PageShelf(QStackedWidget):
    """What pages made later ask for comes out here, so that nobody has to wait for them.

    ``said`` and ``refused`` carry sentences; ``back_asked`` returns to the runs; ``action_asked`` carries the
    name of an action and a run; ``sibling_asked`` a run and the Difficulty its nonces are wanted at;
    ``scan_asked`` a ScanRequest for the form; ``run_asked`` the id of a run to open; ``again_asked`` the key
    of a page that could not be made; ``page_made`` each page, and each part of one, made later.
    """

    said = Signal(str)
    refused = Signal(str)
    back_asked = Signal()
    action_asked = Signal(str, object)
    sibling_asked = Signal(object, object)
    scan_asked = Signal(object)
    run_asked = Signal(object)
    again_asked = Signal(str)
    page_made = Signal(QWidget)

    def __init__(
        self,
        asker: Asker,
        queue: ScanQueue,
        deletes: PendingDeletes,
        appearance: Appearance,
        max_nonces: int,
        bridge: EventBridge,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._queue = queue
        self._deletes = deletes
        self._appearance = appearance
        self._max_nonces = max_nonces
        self._bridge = bridge
        self._failed: dict[str, FailedPage] = {}
        self._run: RunPage | None = None
        self._verify: VerifyPage | None = None
        self._compare: ComparePage | None = None
        self._settings: SettingsPage | None = None
        self._make_settings: Callable[[], SettingsPage] | None = None
        self.scan = ScanPage(asker, max_nonces)
        self.scan.offer_queue(self._make_queue_view)
        self.runs = RunsPage(asker, deletes)
        self._live: LivePage | None = None
        for page in (self.scan, self.runs):
            self.addWidget(page)

    def add_live(self, live: LivePage) -> None:
        """Take the Live page, which comes right after the first paint."""
        self._live = self._heard(live)
        self.addWidget(live)

    @property
    def live(self) -> LivePage:
        """The Live page."""
        if self._live is None:
            raise RuntimeError("the Live page is not made yet")
        return self._live

    @property
    def run(self) -> RunPage:
        """The page of one run."""
        if self._run is None:
            from pump_desktop.ui.run.page import RunPage  # noqa: PLC0415 - pyqtgraph comes after first paint

            self._run = self._heard(RunPage(self._asker, self._appearance, self))
            self._run.back_asked.connect(self.back_asked)
            self._run.action_asked.connect(self.action_asked)
            self._run.sibling_asked.connect(self.sibling_asked)
            self._run.part_made.connect(self.page_made)
            self.addWidget(self._run)
        return self._run

    @property
    def shown_compare(self) -> ComparePage | None:
        """The Compare page, if there has been one yet."""
        return self._compare

    @property
    def shown_run(self) -> RunPage | None:
        """The page of one run, if there has been one yet."""
        return self._run

    @property
    def verify(self) -> VerifyPage:
        """The Verify page."""
        if self._verify is None:
            from pump_desktop.ui.verify.page import VerifyPage  # noqa: PLC0415 - not before first paint

            self._verify = self._heard(VerifyPage(self._asker, self))
            self._verify.scan_asked.connect(self.scan_asked)
            self.addWidget(self._verify)
        return self._verify

    @property
    def compare(self) -> ComparePage:
        """The Compare page."""
        if self._compare is None:
            from pump_desktop.ui.compare.page import ComparePage  # noqa: PLC0415 - pyqtgraph, as above

            page = ComparePage(
                self._asker, self._appearance, self, deletes=self._deletes, bridge=self._bridge
            )
            self._compare = self._heard(page)
            page.part_made.connect(self.page_made)
            self.addWidget(page)
        return self._compare

    def offer_settings(self, make: Callable[[], SettingsPage]) -> None:
        """Offer the Settings page; ``make`` gives it when it is first wanted."""
        self._make_settings = make

    @property
    def settings(self) -> SettingsPage:
        """The Settings page."""
        if self._settings is None:
            if self._make_settings is None:
                raise RuntimeError("nobody has offered the Settings page")
            self._settings = self._heard(self._make_settings())
            self.addWidget(self._settings)
        return self._settings

    @property
    def shows_settings(self) -> bool:
        """Whether the Settings page is in front."""
        return self._settings is not None and self.currentWidget() is self._settings

    def set_max_nonces(self, most: int) -> None:
        """Take ranges up to another length, in the form and in the queue."""
        self._max_nonces = most
        self.scan.set_max_nonces(most)

    def hide_seeds(self, hidden: bool) -> None:
        """Hide the seeds on all pages, or show them."""
        self.scan.hide_seeds(hidden)
        for page in (self._run, self._verify):
            if page is not None:
                page.hide_seeds(hidden)

    def hide_runs(self, run_ids: tuple[UUID, ...]) -> None:
        """Take runs that will be deleted out of sight."""
        self.runs.hide_runs(run_ids)
        if self._compare is not None:
            self._compare.hide_runs(run_ids)

    def section(self, key: str) -> QWidget:
        """Give the page of a rail entry or of ``run``; where it cannot be made, a FailedPage in its place."""
        if key not in _KEYS:
            raise KeyError(key)
        try:
            page = self._page(key)
        except Exception as error:  # noqa: BLE001 - told and logged by the net, and its place says so
            sys.excepthook(type(error), error, error.__traceback__)
            return self._failure(key)
        failed = self._failed.pop(key, None)
        if failed is not None:
            self.removeWidget(failed)
            failed.deleteLater()
        return page

    def _page(self, key: str) -> QWidget:
        # Every key is the name of a property that makes its page when it is first wanted.
        page: QWidget = getattr(self, key)
        return page

    def _failure(self, key: str) -> FailedPage:
        if key not in self._failed:
            titles = {entry.key: entry.word for entry in SECTIONS}
            failed = FailedPage(key, titles.get(key, "The page of a run"))
            failed.again_asked.connect(self.again_asked)
            self._failed[key] = failed
            self.addWidget(failed)
        return self._failed[key]

    def _make_queue_view(self) -> QueueView:
        from pump_desktop.ui.batch.view import QueueView  # noqa: PLC0415 - pyqtgraph, as above

        view = self._heard(QueueView(self._asker, self._queue, self._appearance, self._max_nonces))
        view.run_asked.connect(self.run_asked)
        return view

    def _heard(self, page: P) -> P:
        page.said.connect(self.said)
        page.refused.connect(self.refused)
        self.page_made.emit(page)
        return page

"""The runs list, page by page as it is scrolled to, without the runs that wait to be deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QModelIndex, QObject, Signal, Slot

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.runs import RunGroupPage, RunPage, RunQuery, RunRow, RunSort, SeedPair
from pump_desktop.qt.tables.runs import RunGroupsModel, RunsModel
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.qt.work.undo import PendingDeletes

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


GROUPS = 100
# A pair with thousands of runs is opened in steps that no window feels.
RUNS = 500

Opened = dict[SeedPair, tuple[RunRow, ...]]


class RunGroupsFeed(QObject):
    """Fills a model from the store; ``filled`` follows each page of pairs, ``failed`` carries a sentence."""

    filled = Signal()
    failed = Signal(str)

    def __init__(self, asker: Asker, deletes: PendingDeletes, model: RunGroupsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._asker = asker
        self._deletes = deletes
        self._model = model
        self._query: RunQuery | None = None
        self._question = LatestQuery(asker, self)
        self._runs: dict[SeedPair, LatestQuery] = {}
        model.more_wanted.connect(self._load_more)
        model.runs_wanted.connect(self._ask_runs)

    def load(self, query: RunQuery) -> None:
        """Load the first pairs of a query; asked the same again, read what is loaded and open anew."""
        same = query == self._query
        self._query = query
        for question in self._runs.values():
            question.drop()
        self._runs.clear()
        pairs = self._model.open_pairs if same else ()
        limit = max(GROUPS, self._model.loaded_groups) if same else GROUPS
        asked = self._asked(limit, 0)

        def work(backend: Backend) -> tuple[RunGroupPage, Opened]:
            page = backend.runs.groups(asked)
            pages = {pair: backend.runs.list(replace(asked, pair=pair, limit=RUNS)) for pair in pairs}
            return page, {pair: found.items for pair, found in pages.items()}

        self._question.ask(work, self._first_came, self._refused)

    def hide(self, run_ids: Iterable[UUID]) -> None:
        """Take runs out of the lines that will be deleted."""
        for run_id in run_ids:
            self._model.remove(run_id)
        if self._question.pending and self._query is not None:
            # What is under way still holds these runs.
            self.load(self._query)
        elif self._model.loaded_groups < GROUPS:
            self._model.fetchMore(QModelIndex())

    def _asked(self, limit: int, offset: int) -> RunQuery:
        return replace(
            self._query or RunQuery(),
            without=frozenset(self._deletes.hidden),
            sort=RunSort.CREATED,
            descending=True,
            limit=limit,
            offset=offset,
        )

    def _first_came(self, answer: tuple[RunGroupPage, Opened]) -> None:
        page, opened = answer
        self._model.set_groups(page.items, page.total - page.left_out, page.runs, opened)
        for pair, rows in opened.items():
            if len(rows) == RUNS:
                self._ask_runs(pair)
        self.filled.emit()

    @Slot(int)
    def _load_more(self, loaded: int) -> None:
        if not self._question.pending:
            asked = self._asked(GROUPS, loaded)
            self._question.ask(lambda backend: backend.runs.groups(asked), self._more_came, self._refused)

    def _more_came(self, page: RunGroupPage) -> None:
        loaded = set(self._model.pairs)
        fresh = [group for group in page.items if group.pair not in loaded]
        # Without a new one there is no further one that can be read.
        total = page.total if fresh else len(loaded)
        self._model.append_groups(fresh, total, page.runs)
        self.filled.emit()

    @Slot(object)
    def _ask_runs(self, pair: SeedPair) -> None:
        asked = replace(self._asked(RUNS, self._model.loaded_runs(pair)), pair=pair)

        def came(page: RunPage) -> None:
            fresh = [
                row
                for row in page.items
                if row.id not in self._deletes and self._model.row_of(row.id) is None
            ]
            self._model.append_runs(pair, fresh)
            if fresh and 0 < self._model.loaded_runs(pair) < page.total:
                self._ask_runs(pair)

        def refused(error: KnownError) -> None:
            self.failed.emit(str(error))

        question = self._runs.setdefault(pair, LatestQuery(self._asker, self))
        question.ask(lambda backend: backend.runs.list(asked), came, refused)

    def _refused(self, error: KnownError) -> None:
        self.failed.emit(str(error))


PAGE_ROWS = 100


class RunsFeed(QObject):
    """Fills a model from the store; ``filled`` follows each page, ``failed`` carries a sentence."""

    filled = Signal()
    failed = Signal(str)

    def __init__(self, asker: Asker, deletes: PendingDeletes, model: RunsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._deletes = deletes
        self._model = model
        self._query: RunQuery | None = None
        self._question = LatestQuery(asker, self)
        # Runs that match the query and are in the store, but not in the model.
        self._left_out: set[UUID] = set()
        # Runs of the pages so far that cannot be read: they count in the store.
        self._unreadable = 0
        model.more_wanted.connect(self._load_more)

    def load(self, query: RunQuery) -> None:
        """Load the first page of a query; asked the same again, read what is loaded anew.

        A query's limit and offset are the feed's own.
        """
        rows = max(PAGE_ROWS, self._model.rowCount()) if query == self._query else PAGE_ROWS
        self._query = query
        self._load(0, rows)

    def hide(self, run_ids: Iterable[UUID]) -> None:
        """Take runs out of the list that will be deleted."""
        for run_id in run_ids:
            if self._model.remove(run_id):
                self._left_out.add(run_id)
        if self._model.rowCount() < PAGE_ROWS:
            # A view asks for more when it is scrolled, not when its rows go.
            self._model.fetchMore(QModelIndex())

    def _load(self, offset: int, rows: int = PAGE_ROWS) -> None:
        if offset == 0:
            self._unreadable = 0
        # So many more that a page of rows that are all left out cannot stand still.
        limit = rows + len(self._deletes.hidden)
        query = replace(self._query or RunQuery(), limit=limit, offset=offset + self._unreadable)
        self._question.ask(lambda backend: backend.runs.list(query), self._page_came, self._refused)

    @Slot(int)
    def _load_more(self, loaded: int) -> None:
        # With another query's first page under way, the rows that stand here are about to go. Otherwise the
        # page begins before or at the first row that is missing: rows left out above it count in the store.
        if not self._question.pending:
            self._load(loaded)

    def _page_came(self, page: RunPage) -> None:
        if page.offset == 0:
            self._left_out.clear()
            self._unreadable = 0
        self._unreadable += page.left_out
        self._left_out.update(row.id for row in page.items if row.id in self._deletes)
        hidden = sum(run_id in self._deletes for run_id in self._left_out)
        total = page.total - hidden - self._unreadable
        fresh = [row for row in page.items if row.id not in self._deletes]
        if page.offset == 0:
            self._model.set_rows(fresh, total)
        else:
            self._model.append_rows([row for row in fresh if not self._model.holds(row.id)], total)
        self.filled.emit()

    def _refused(self, error: KnownError) -> None:
        self.failed.emit(str(error))

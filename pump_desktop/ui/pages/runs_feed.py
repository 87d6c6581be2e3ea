"""The runs list, page by page as it is scrolled to, without the runs that wait to be deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import QModelIndex, QObject, Signal, Slot

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.runs import RunPage, RunQuery
from pump_desktop.qt.tables.runs import RunsModel
from pump_desktop.qt.work.query import Asker, Question
from pump_desktop.qt.work.undo import PendingDeletes

PAGE_ROWS = 100


class RunsFeed(QObject):
    """Fills a model from the store; ``filled`` follows each page, ``failed`` carries a sentence."""

    filled = Signal()
    failed = Signal(str)

    def __init__(self, asker: Asker, deletes: PendingDeletes, model: RunsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._asker = asker
        self._deletes = deletes
        self._model = model
        self._query: RunQuery | None = None
        self._question: Question | None = None
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
        if self._question is not None:
            self._question.forget()
        if offset == 0:
            self._unreadable = 0
        # So many more that a page of rows that are all left out cannot stand still.
        limit = rows + len(self._deletes.hidden)
        query = replace(self._query or RunQuery(), limit=limit, offset=offset + self._unreadable)
        self._question = self._asker.ask(
            self, lambda backend: backend.runs.list(query), self._page_came, self._refused
        )

    @Slot(int)
    def _load_more(self, loaded: int) -> None:
        # With another query's first page under way, the rows that stand here are about to go. Otherwise the
        # page begins before or at the first row that is missing: rows left out above it count in the store.
        if self._question is None:
            self._load(loaded)

    def _page_came(self, page: RunPage) -> None:
        self._question = None
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
        self._question = None
        self.failed.emit(str(error))

"""What the tabs of a run have in common: each asks when it is looked at, and writes what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.runs import Run
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.saving import write_file

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.stats.hits import HitFilter

T = TypeVar("T")


class RunTab(QWidget):
    """A tab that asks about one run; ``said`` carries what came of exports and copies, ``refused`` errors."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._run: Run | None = None
        self._question = LatestQuery(asker, self)
        self._stale = False

    def show_run(self, run: Run) -> None:
        """Take another run; its figures are asked for once the tab is in front."""
        self._run = run
        self._stale = True
        self._question.drop()
        self._begin(run)
        if self.isVisible():
            self.activate()

    def activate(self) -> None:
        """Ask for what the tab shows, if that has not been asked yet: the tab has come to the front."""
        if self._stale:
            self._ask()

    def _begin(self, run: Run) -> None:
        """Offer what can be chosen of a run, without asking yet."""
        raise NotImplementedError

    def _ask(self) -> None:
        """Ask for what is chosen."""
        raise NotImplementedError

    def _ask_instead(self, work: Callable[[Backend], T], then: Callable[[T], None]) -> None:
        """Ask a question in place of the one before, whose answer is dropped."""
        self._stale = False
        self._question.ask(work, then, self._failed)

    def _write_csv(self, path: str, table: str, run: Run, wanted: HitFilter) -> None:
        """Write one of the tables of ``services.export.Export`` to a file, and say so."""

        def pieces(backend: Backend) -> Iterable[str]:
            from pump_desktop.services.runs.export import Export, export_csv  # noqa: PLC0415 - in the worker

            return export_csv(backend.runs, run, Export(table), wanted)

        write_file(self._asker, self, path, pieces, self.said.emit, self.refused.emit)

    def _failed(self, error: KnownError) -> None:
        self.refused.emit(str(error))

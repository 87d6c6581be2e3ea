"""Saving the fairness report of a run: whether with the seeds, where to, and the sentence after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.report_options import ReportOptions
from pump_desktop.ui.kit.saving import HTML, save_dialog, write_file

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

_WORDS = "One HTML file with all figures, charts and hashes of this run, to read anywhere and to print."


class ReportSaving(QObject):
    """``said`` tells where a report was written, ``refused`` why it was not."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, page: QWidget) -> None:
        super().__init__(page)
        self._asker = asker
        self._page = page

    def begin(self, run: Run, target: float, match: Match) -> None:
        """Ask for options and a file, then write."""
        options = ReportOptions("Save fairness report", _WORDS, self._page)

        def accepted() -> None:
            # Read here: by the time a file is chosen, the dialog is gone.
            self._choose_file(run, target, match, with_seeds=options.with_seeds)

        options.accepted.connect(accepted)
        options.open()

    def save_to(self, path: str, run: Run, target: float, match: Match, *, with_seeds: bool) -> None:
        """Write the report of a run, whose fairness is tested for one target, to a file."""

        def pieces(backend: Backend) -> Iterable[str]:
            from pump_desktop.services.report.report import fairness_report  # noqa: PLC0415 - in the worker
            from pump_desktop.system.clock import utc_now  # noqa: PLC0415 - in the worker

            # The notes may be newer than the page.
            newest = backend.runs.get(run.id)
            return fairness_report(
                backend.runs, newest, with_seeds=with_seeds, now=utc_now(), target=target, match=match
            )

        write_file(self._asker, self, path, pieces, self.said.emit, self.refused.emit)

    def _choose_file(self, run: Run, target: float, match: Match, *, with_seeds: bool) -> None:
        name = f"fairness-{run.difficulty.value}-{run.nonce_start}-{run.nonce_end}.html"
        dialog = save_dialog(self._page, "Save fairness report", name, HTML)
        dialog.fileSelected.connect(
            lambda path: self.save_to(path, run, target, match, with_seeds=with_seeds)
        )
        dialog.open()

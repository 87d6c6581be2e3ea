"""The pictures of the data section and of a damaged file at start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from pump_desktop.domain.live import StreamQuery
from pump_desktop.program import Program
from pump_desktop.system.clock import utc_now
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.settings.data import DataSection
from tests.live_samples import sample_bets
from tests.store.damage import overwrite_page
from tests.ui.support.program import click, table, type_into

_KEPT = 200


def data_states(
    program: Program, settle: Callable[[int], None]
) -> Iterator[tuple[str, Callable[[], QWidget]]]:
    """Yield the states of the section on the Settings page, and the widget to draw in each."""
    _have_rounds_to_prune(program)
    window = program.window
    window.open_section("settings")
    page = window.pages.settings
    (section,) = page.findChildren(DataSection)

    def top() -> QWidget:
        page.open_section("data")
        settle(600)
        window.clear_toasts()
        return window

    def chosen() -> QWidget:
        for _time in range(2):
            click(section, "Back up now")
            settle(900)
        backups: BigTable = table(section, "Backups")
        backups.selectRow(1)
        top()
        page._area.verticalScrollBar().setValue(page._area.verticalScrollBar().maximum())
        return window

    def checked() -> QWidget:
        click(section, "Check the file")
        settle(900)
        return window

    def restoring() -> QWidget:
        click(section, "Restore …")
        settle(400)
        return section.findChildren(QDialog)[-1]

    def pruning() -> QWidget:
        section.findChildren(QDialog)[-1].close()
        type_into(section, "Rounds to keep of each stream", str(_KEPT))
        click(section, "Show what would go …")
        settle(600)
        return section.findChildren(QDialog)[-1]

    def closed() -> QWidget:
        section.findChildren(QDialog)[-1].close()
        type_into(section, "Rounds to keep of each stream", "20,000")
        click(section, "Show what would go …")
        settle(600)
        return window

    yield "70-data-no-backup", top
    yield "71-data-backups", chosen
    yield "72-data-checked", checked
    yield "73-data-restore", restoring
    yield "74-data-prune", pruning
    yield "75-data-nothing-would-go", closed


def _have_rounds_to_prune(program: Program) -> None:
    """Store a stream when the walk through the Live page, which leaves some, was left out."""
    backend = program._backend.opened()
    if backend is None:
        raise RuntimeError("the store is not open")
    if not any(row.total_rounds > _KEPT for row in backend.live.streams(StreamQuery()).items):
        backend.live.ingest(sample_bets(1, 2 * _KEPT, until=utc_now())).result()


def damage(folder: Path) -> None:
    """Damage the data file of a folder."""
    overwrite_page(folder / "pump.db")


def wait_for_offer(program: Program, wait_for: Callable[[SignalInstance], None]) -> None:
    """Wait until the window offers a way out."""
    if not program.window.recovery.isVisible():
        wait_for(program.recovering.offered)

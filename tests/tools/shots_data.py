"""The pictures of the data section and of a damaged file at start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSize, SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from pump_desktop.program import Program
from pump_desktop.ui.pages.data_section import DataSection
from pump_desktop.ui.widgets.table import BigTable
from tests.store.damage import overwrite_page
from tests.ui.program import click, table, type_into


@contextmanager
def data_section(program: Program, size: QSize) -> Iterator[DataSection]:
    """Give the section in a window of its own."""
    section = DataSection(program.storage, lambda: program.data_folder, 200)
    section.setContentsMargins(24, 24, 24, 24)
    # As tall as it is: in the settings it scrolls.
    section.resize(size.width() - 180, 1060)
    section.show()
    yield section
    section.close()
    section.deleteLater()


def data_shots(
    program: Program, section: DataSection, settle: Callable[[int], None]
) -> Iterator[tuple[str, Callable[[], QWidget]]]:
    """Yield the states of the section, and the widget to draw in each."""
    yield "60-data-no-backup", lambda: section
    click(section, "Back up now")
    settle(900)
    click(section, "Back up now")
    settle(900)
    program.window.clear_toasts()

    def chosen() -> QWidget:
        backups: BigTable = table(section, "Backups")
        backups.selectRow(1)
        return section

    def checked() -> QWidget:
        click(section, "Check integrity")
        settle(900)
        return section

    def restoring() -> QWidget:
        click(section, "Restore …")
        settle(400)
        return section.findChildren(QDialog)[-1]

    def pruning() -> QWidget:
        section.findChildren(QDialog)[-1].close()
        type_into(section, "Rounds to keep of each stream", "200")
        click(section, "Show what would go …")
        settle(600)
        return section.findChildren(QDialog)[-1]

    yield "61-data-backups", chosen
    yield "62-data-checked", checked
    yield "63-data-restore", restoring
    yield "64-data-prune", pruning


def damage(folder: Path) -> None:
    """Damage the data file of a folder."""
    overwrite_page(folder / "pump.db")


def wait_for_offer(program: Program, wait_for: Callable[[SignalInstance], None]) -> None:
    """Wait until the window offers a way out."""
    if not program.window.recovery.isVisible():
        wait_for(program.recovering.offered)

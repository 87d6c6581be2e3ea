"""The page of one run in a test: the run it shows, and the filters of its hits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QComboBox

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.runs import Run
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.run_figures import HitColumn
from pump_desktop.ui.run.hits import HitsTab
from tests.ui.support.program import (
    Running,
    child,
    choose,
    column,
    named,
    table,
)

COUNT = 20_000
TARGETS = (17.34, 34.68, 250.0)
TABLE = PAYOUTS[Difficulty.EXPERT]


def outcomes(running: Running, run: Run) -> NDArray[np.uint8]:
    """Give k of every nonce."""
    return running.backend.runs.outcomes(run.id)


def hits_tab(running: Running) -> HitsTab:
    """Open the Hits tab."""
    running.window.run_page.open_tab("Hits")
    running.settle()
    return child(running.window, HitsTab)


def want(running: Running, multiplier: float | None, match: str = "Exactly") -> None:
    """Choose a filter of the Hits tab."""
    tab = child(running.window, HitsTab)
    box = named(tab, QComboBox, "Target")
    box.setCurrentIndex(0 if multiplier is None else box.findData(multiplier))
    choose(tab, "Match", match)
    running.settle()


def shown_hits(running: Running) -> dict[HitColumn, list[object]]:
    """Give the cells of the hits table, natively."""
    view = table(running.window, "Hits")
    return {place: column(view, place, NATIVE_ROLE) for place in HitColumn}

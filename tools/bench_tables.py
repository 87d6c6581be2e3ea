"""How fast a table of a million rows opens and scrolls."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import perf_counter

import numpy as np

from pump_desktop.domain.game import Difficulty
from pump_desktop.qt.tables.run_figures import HitColumn, HitsModel
from pump_desktop.ui.kit.table import BigTable, Column
from tools.bench_figures import Figure

ROWS = 1_000_000
OPEN_MS = 150.0
FRAME_MS = 1000 / 60
# As large as the table ever gets on a 1080p screen: about 35 rows.
SIZE = (1400, 980)
PAGES = 60


def bench_tables(*, quick: bool) -> Iterator[Figure]:
    """Yield how long a million hits take to open, and a page of them to scroll."""
    random = np.random.default_rng(1)
    distances = random.integers(1, 100, ROWS)
    nonces = np.cumsum(distances)
    safe_pumps = random.integers(0, Difficulty.EXPERT.max_safe + 1, ROWS, np.uint8)

    opened, pages = [], []
    for _ in range(3 if quick else 9):
        table = BigTable("Hits", [Column(160, numeric=True)] * len(HitColumn))
        table.resize(*SIZE)
        table.show()
        table.grab()
        began = perf_counter()
        model = HitsModel(table)
        model.set_hits(Difficulty.EXPERT, nonces, safe_pumps)
        table.setModel(model)
        # grab() paints now and all of it; repaint() paints nothing before the window is exposed.
        table.grab()
        opened.append(perf_counter() - began)
        bar = table.verticalScrollBar()
        for page in range(1, PAGES + 1):
            began = perf_counter()
            bar.setValue(page * bar.maximum() // PAGES)
            table.viewport().grab()
            pages.append(perf_counter() - began)
        table.close()
        table.deleteLater()
    yield Figure(
        "table of 1,000,000 rows, model set and painted", median(opened) * 1000, "ms", OPEN_MS,
        more=f"worst {max(opened) * 1000:.0f} ms",
    )  # fmt: skip
    yield Figure(
        "table of 1,000,000 rows, a jump and its paint", median(pages) * 1000, "ms", FRAME_MS,
        more=f"99 % within {sorted(pages)[len(pages) * 99 // 100] * 1000:.1f} ms",
    )  # fmt: skip

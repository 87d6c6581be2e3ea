"""What every case needs, once for all of them: the process that is forked for each has done it already.

The compiler is ready as well, but no kernel is: each case loads it from its own cache, or compiles it.
"""

from __future__ import annotations

import gc
import importlib
import tempfile
from pathlib import Path

import numba

from pump_desktop.domain.live import StreamQuery
from pump_desktop.engine.kernels import Kernel
from pump_desktop.services.backend import open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.system.token import load_or_make_token
from tests.live_samples import sample_bets
from tools.damage_open import DATA, Known, open_folder, scan_request

for module in (
    "tools.damage_stage",
    "pump_desktop.engine.kernel_lanes",
    "pump_desktop.engine.kernel_sha",
    "PySide6.QtWidgets",
    "pump_desktop.qt.app.layout",
):
    importlib.import_module(module)


def _once(folder: Path) -> None:
    """Go through every step but the scan: most of what they need is made when it is first used."""
    paths = resolve_paths(folder / DATA)
    backend = open_backend(Settings(), paths)
    run = backend.runs.create(scan_request(10), kernel=Kernel.REFERENCE).run
    backend.live.ingest(sample_bets(1, 2)).result(60)
    (stream,) = backend.live.streams(StreamQuery()).items
    backend.close()
    known = Known(load_or_make_token(paths), (str(run.id),), (str(stream.id),), {})
    open_folder(folder, known, scanned=False)


numba.njit(lambda number: number)(1)
with tempfile.TemporaryDirectory() as made:
    _once(Path(made))
gc.collect()
# What is there stays shared with every fork, as long as nobody looks through it.
gc.freeze()

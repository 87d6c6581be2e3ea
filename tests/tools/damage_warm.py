"""What every case imports, once for all of them: the process that is forked for each has it already.

The compiler is ready as well, but no kernel is: each case loads it from its own cache, or compiles it.
"""

from __future__ import annotations

import importlib

import numba

for module in (
    "tests.tools.damage_open",
    "tests.tools.damage_stage",
    "pump_desktop.engine.kernel_lanes",
    "pump_desktop.engine.kernel_sha",
    "PySide6.QtWidgets",
    "pump_desktop.qt.kept_layout",
    "alembic.op",
    "pump_desktop.store.migrate",
):
    importlib.import_module(module)


numba.njit(lambda number: number)(1)

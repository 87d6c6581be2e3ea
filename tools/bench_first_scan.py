"""A program of its own: scans and stores a million expert nonces once, and prints how long that took."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from pump_desktop.services.backend import open_backend
from pump_desktop.services.sample import sample_request
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings


def main() -> int:
    """Print the seconds from the call to the stored run; imports and the database come before."""
    with tempfile.TemporaryDirectory() as folder:
        backend = open_backend(Settings(), resolve_paths(Path(folder)))
        began = perf_counter()
        backend.runs.create(sample_request())
        print(perf_counter() - began)
        backend.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

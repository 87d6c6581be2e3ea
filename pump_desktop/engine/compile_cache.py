"""Where compiled kernels are kept between starts.

numba notices a changed file only by the file that holds the cached function. The folder is therefore named
after the text of every module that goes into a kernel, so that an edited emitter never meets an old kernel.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numba

from pump_desktop.system.paths import kernel_cache_dir

_INGREDIENTS = ("sha_ir.py", "rows.py", "intrinsics.py", "kernel_sha.py", "kernel_lanes.py", "midstate.py")


def use_compile_cache() -> Path | None:
    """Point numba's disk cache at the user's cache folder; NUMBA_CACHE_DIR, when set, stays in force."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"])
    here = Path(__file__).parent
    texts = [(here / name).read_bytes() for name in _INGREDIENTS]
    folder = kernel_cache_dir() / hashlib.sha256(b"".join(texts)).hexdigest()[:16]
    # The attribute exists at run time only: numba makes it from the environment's names.
    setattr(numba.config, "CACHE_DIR", str(folder))  # noqa: B010 - see above
    return folder

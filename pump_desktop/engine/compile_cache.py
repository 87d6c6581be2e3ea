"""Compiled kernels on disk, so that the next start does without the compiler.

A kernel is one file: a mark, the SHA-256 of its name and of what follows, and the pickled machine code.
numba's own cache believes its files, but a power cut can empty one and a disk bend one: every scan then ends
in an exception, or the process in SIGSEGV or SIGILL. Here nothing is unpickled, let alone run, unless its
digest holds; what does not is deleted and compiled anew. Trouble with the files costs two seconds and a line
in the log, never the scan.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import sys
from pathlib import Path
from stat import S_ISREG
from typing import Any

import llvmlite
import numba

from pump_desktop.system.files import write_private
from pump_desktop.system.paths import kernel_cache_dir

# A kernel belongs to the text of every module that goes into it.
_INGREDIENTS = ("sha_ir.py", "rows.py", "intrinsics.py", "kernel_sha.py", "kernel_lanes.py", "midstate.py")

_MARK = b"pump-desktop kernel 1\n"
_HEAD_BYTES = len(_MARK) + hashlib.sha256().digest_size
# A kernel takes 0.1 MB; what is larger is somebody else's and is not worth the memory.
_LONGEST = 64 * 2**20

_log = logging.getLogger(__name__)


class KernelCache:
    """The cache of one compiled function, as numba's dispatcher asks for it (``numba.core.caching.Cache``).

    numba calls it under its compiler lock, so it is one thread's at a time. Two processes may compile at
    once: each writes a whole file, and the later one stays.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.path: Path | None = None
        """Where the kernel is kept, once it was asked for."""
        self.damage = ""
        """What was wrong with the file that was found; empty when nothing was."""
        self.trouble = ""
        """Why the kernel could not be kept; empty when it is."""

    @property
    def cache_path(self) -> str | None:
        """The folder of the file, which numba shows in its statistics."""
        return None if self.path is None else str(self.path.parent)

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Return the kept kernel, or None to have it compiled."""
        target_context.refresh()
        self.path = _file_of(self._name, signature, target_context)
        try:
            return _rebuilt(_unsealed(self.path), target_context)
        except FileNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the kernel can be compiled
            self.damage = _reason(error)
            _log.warning("The kept kernel %s is compiled anew: %s", self.path, self.damage)
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be deleted: %s", self.path, _reason(error))
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep a compiled kernel for the next start."""
        self.path = _file_of(self._name, signature, compiled.target_context)
        try:
            write_private(self.path, _sealed(self.path.name, _reduced(compiled)))
        except Exception as error:  # noqa: BLE001 - the kernel runs; it is only not kept
            self.trouble = _reason(error)
            _log.warning("The compiled kernel cannot be kept as %s: %s", self.path, self.trouble)

    def flush(self) -> None:
        """Forget the kept kernel, which numba asks for before it compiles on purpose."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def keep_compiled(dispatcher: Any, name: str) -> KernelCache:
    """Keep a numba function that is compiled without ``cache=True`` on disk, and return its cache."""
    cache = KernelCache(name)
    # The only way to hand numba a cache. Should another numba not know the name, it compiles at every start.
    dispatcher._cache = cache  # noqa: SLF001 - see above
    return cache


def _folder() -> Path:
    """Return the folder for compiled kernels; NUMBA_CACHE_DIR names another."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    return Path(named) if named else kernel_cache_dir()


def _file_of(name: str, signature: Any, target_context: Any) -> Path:
    """Return the file of a kernel: source, compiler, Python, CPU and signature make its name."""
    here = Path(__file__).parent
    parts = [(here / ingredient).read_bytes() for ingredient in _INGREDIENTS]
    versions = (numba.__version__, llvmlite.__version__, sys.implementation.cache_tag)
    parts.append(repr((versions, target_context.codegen().magic_tuple(), str(signature))).encode())
    return _folder() / f"{name}-{hashlib.sha256(b''.join(parts)).hexdigest()[:16]}.kernel"


def _sealed(name: str, code: bytes) -> bytes:
    return _MARK + _digest(name, code) + code


def _unsealed(path: Path) -> bytes:
    """Return the code in a file; raises ValueError when it is not what was written, and OSError."""
    found = path.stat()
    # A pipe would be waited for.
    if not S_ISREG(found.st_mode) or found.st_size > _LONGEST:
        raise ValueError("it is no file of this program")
    sealed = path.read_bytes()
    code = sealed[_HEAD_BYTES:]
    if sealed[:_HEAD_BYTES] != _MARK + _digest(path.name, code):
        raise ValueError("the file is damaged")
    return code


def _digest(name: str, code: bytes) -> bytes:
    # With the name, which says what the code is for: a copy under another name is no kernel either.
    return hashlib.sha256(name.encode() + b"\n" + code).digest()


# Both use what numba's own caches use, imported here: a numba without it costs the cache and nothing else.


def _reduced(compiled: Any) -> bytes:
    from numba.core import serialize  # noqa: PLC0415 - see above

    # Any, because numba gives it no type.
    dumps: Any = serialize.dumps
    pickled: bytes = dumps(compiled._reduce())  # noqa: SLF001 - see above
    return pickled


def _rebuilt(code: bytes, target_context: Any) -> Any:
    from numba.core.compiler import CompileResult  # noqa: PLC0415 - see above

    parts = pickle.loads(code)  # noqa: S301 - written by this program, as its digest says
    rebuild: Any = CompileResult._rebuild  # noqa: SLF001 - see above
    return rebuild(target_context, *parts)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__

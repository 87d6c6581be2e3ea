"""The cache of compiled kernels: nothing damaged is run, and no trouble with its files ends a scan."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest
from numba.core import compiler, serialize

from pump_desktop.domain.game import Difficulty
from pump_desktop.engine.compile_cache import KernelCache, keep_compiled
from pump_desktop.engine.kernels import Kernel, cache_of, choose_kernel, replay

NAME = "pump_desktop.engine.compile_cache"


def twice(number: int) -> int:
    """Return twice a number; compiles in some milliseconds where a kernel takes two seconds."""
    return 2 * number


def fresh() -> tuple[Any, KernelCache]:
    """Return the function as another process would have it: compiled nowhere but on disk."""
    dispatcher = numba.njit(twice)
    return dispatcher, keep_compiled(dispatcher, "twice")


def run() -> KernelCache:
    """Start over and run it, and return what became of its cache."""
    function, cache = fresh()
    assert function(21) == 42
    return cache


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of the function, kept by an earlier start."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels"))
    path = run().path
    assert path is not None
    assert path.parent == tmp_path / "kernels"
    return path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that has an entry for each compilation from now on."""
    calls: list[object] = []
    compile_extra: Any = compiler.compile_extra

    def counted(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        return compile_extra(*arguments, **options)

    monkeypatch.setattr(compiler, "compile_extra", counted)
    return calls


def flip(data: bytearray) -> None:
    place = random.Random(7).randrange(len(data))
    data[place] ^= 1


def zero_page(data: bytearray) -> None:
    data[: min(4096, len(data))] = bytes(min(4096, len(data)))


DAMAGES: dict[str, Callable[[bytearray], None]] = {
    "empty": bytearray.clear,
    "half": lambda data: data.__delitem__(slice(len(data) // 2, None)),
    "zeros": lambda data: data.__setitem__(slice(None), bytes(len(data))),
    "a page of zeros": zero_page,
    "one bit in the code": flip,
    "one bit in the mark": lambda data: data.__setitem__(0, data[0] ^ 1),
    "one bit in the digest": lambda data: data.__setitem__(30, data[30] ^ 1),
    "garbage behind": lambda data: data.extend(b"\xa5" * 100),
    "one byte too few": lambda data: data.__delitem__(-1),
}


def test_a_kept_kernel_is_loaded_and_not_compiled(kept: Path, compiled: list[object]) -> None:
    cache = run()
    assert (cache.path, cache.damage, cache.trouble) == (kept, "", "")
    assert not compiled


@pytest.mark.expects_warning
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_kernel_is_compiled_anew_with_one_line_in_the_log(
    damage: str, kept: Path, caplog: pytest.LogCaptureFixture, compiled: list[object]
) -> None:
    data = bytearray(kept.read_bytes())
    whole = bytes(data)
    DAMAGES[damage](data)
    assert data != whole
    kept.write_bytes(data)
    assert run().damage == "the file is damaged"
    assert [record.getMessage() for record in caplog.records if record.name == NAME] == [
        f"The kept kernel {kept} is compiled anew: the file is damaged"
    ]
    assert len(compiled) == 1
    assert run().damage == ""
    assert len(compiled) == 1


@pytest.mark.expects_warning
def test_a_whole_kernel_under_another_name_is_not_run(kept: Path) -> None:
    other = numba.njit(lambda number: 3 * number)
    cache = keep_compiled(other, "thrice")
    assert other(2) == 6
    assert cache.path is not None
    kept.write_bytes(cache.path.read_bytes())
    assert run().damage == "the file is damaged"


@pytest.mark.expects_warning
@pytest.mark.skipif(os.name == "nt", reason="has no such pipes")
def test_a_pipe_in_its_place_is_not_waited_for(kept: Path) -> None:
    kept.unlink()
    os.mkfifo(kept)
    assert run().damage == "it is no file of this program"
    assert run().damage == ""


@pytest.mark.expects_warning
def test_a_folder_in_its_place_costs_the_cache_only(kept: Path) -> None:
    kept.unlink()
    kept.mkdir()
    cache = run()
    assert cache.damage == "it is no file of this program"
    assert cache.trouble


@pytest.mark.expects_warning
def test_where_nothing_can_be_written_the_kernel_runs_and_the_log_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Not by rights: they do not bind root.
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "kernels"))
    cache = run()
    assert cache.trouble == "Not a directory" or os.name == "nt"
    assert [record.getMessage() for record in caplog.records if record.name == NAME][-1] == (
        f"The compiled kernel cannot be kept as {cache.path}: {cache.trouble}"
    )


def test_a_kept_kernel_needs_no_writing(kept: Path, compiled: list[object]) -> None:
    kept.chmod(0o400)
    kept.parent.chmod(0o500)
    try:
        assert run().trouble == ""
    finally:
        kept.parent.chmod(0o700)
    assert not compiled


@pytest.mark.expects_warning
def test_a_numba_that_loads_otherwise_compiles(
    kept: Path, monkeypatch: pytest.MonkeyPatch, compiled: list[object]
) -> None:
    monkeypatch.delattr(compiler.CompileResult, "_rebuild")
    assert "_rebuild" in run().damage
    assert len(compiled) == 1
    assert kept.exists()


@pytest.mark.expects_warning
def test_a_numba_that_saves_otherwise_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.delattr(serialize, "dumps")
    cache = run()
    assert "dumps" in cache.trouble
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("owner", "version"), [(numba, "__version__"), (sys.implementation, "cache_tag")], ids=["numba", "Python"]
)
def test_another_version_has_a_file_of_its_own(
    owner: object, version: str, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, version, "another")
    assert run().path != kept
    assert kept.exists()


def test_what_is_kept_is_for_its_owner_alone(kept: Path) -> None:
    assert os.name == "nt" or kept.stat().st_mode & 0o777 == 0o600


def test_numba_may_have_it_forgotten(kept: Path, compiled: list[object]) -> None:
    function, _cache = fresh()
    assert function(1) == 2
    assert function.stats.cache_path == str(kept.parent)
    function.recompile()
    assert len(compiled) == 1
    assert kept.exists()


def test_processes_that_compile_at_once_leave_one_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    code = "from tests.engine.test_compile_cache import run; run()"
    root = Path(__file__).parents[2]
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=root) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    (file,) = tmp_path.iterdir()
    cache = run()
    assert (cache.path, cache.damage) == (file, "")


def test_the_kernel_of_this_cpu_is_kept_for_the_next_start() -> None:
    kernel = choose_kernel()
    replay(kernel, "seed", "seed", 1, 1, Difficulty.EXPERT)
    cache = cache_of(kernel)
    assert cache is not None
    assert cache.path is not None
    assert cache.path.is_file()
    assert cache_of(Kernel.REFERENCE) is None

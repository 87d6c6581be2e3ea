"""What ``doctor`` says of the kept kernel; a damaged one costs a start two seconds and a line in the log."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pump_desktop.cli import main
from pump_desktop.engine.compile_cache import KernelCache
from pump_desktop.engine.kernels import Kernel, cache_of, choose_kernel, warm_up
from pump_desktop.system.logs import LOG_FILE


@pytest.fixture
def cache() -> KernelCache:
    """Return the cache of this CPU's kernel, in use."""
    kernel = choose_kernel()
    warm_up(kernel)
    cache = cache_of(kernel)
    assert cache is not None
    return cache


@pytest.mark.expects_warning
def test_what_the_settings_name_and_nobody_knows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUMP_KERNEL", Kernel.REFERENCE)
    file = tmp_path / "settings.json"
    file.write_text('{"ingest_pgrt": 18000}')
    main.run(["--data-dir", str(tmp_path), "doctor"])
    told = "ingest_pgrt is not known to this version and not used"
    assert f"ok    Settings  {file} read; what it calls {told}" in capsys.readouterr().out
    assert f"{file}: {told}" in (tmp_path / "logs" / LOG_FILE).read_text("utf-8")


def cache_line(capsys: pytest.CaptureFixture[str]) -> str:
    main.run(["doctor"])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "    Cache " in line]
    return line


def test_a_damaged_kernel_is_healed_by_a_whole_start(cache: KernelCache, tmp_path: Path) -> None:
    assert cache.path is not None
    kept = tmp_path / "kernels" / cache.path.name
    kept.parent.mkdir()
    shutil.copy(cache.path, kept)
    with kept.open("r+b") as file:
        # In the machine code, where numba's own cache ran whatever it found.
        file.seek(kept.stat().st_size // 2)
        file.write(b"\xff" * 64)
    done = subprocess.run(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(tmp_path), "doctor"],
        capture_output=True,
        text=True,
        timeout=100,
        env=os.environ | {"NUMBA_CACHE_DIR": str(kept.parent), "PUMP_INGEST_PORT": "0"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        f"ok    Cache     {kept}, healed: the file is damaged, so the kernel was compiled anew" in done.stdout
    )
    log = (tmp_path / "logs" / LOG_FILE).read_text("utf-8").splitlines()
    assert [line.partition(": ")[2] for line in log] == [
        f"The kept kernel {kept} is compiled anew: the file is damaged"
    ]
    assert len(kept.read_bytes()) > 1000


def test_a_healthy_kernel_and_one_that_cannot_be_kept(
    cache: KernelCache, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cache, "damage", "")
    monkeypatch.setattr(cache, "trouble", "")
    assert cache_line(capsys) == f"ok    Cache     {cache.path}, healthy"
    monkeypatch.setattr(cache, "trouble", "Permission denied")
    assert "cannot be kept (Permission denied): each start compiles anew" in cache_line(capsys)


def test_the_reference_has_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PUMP_KERNEL", Kernel.REFERENCE)
    assert cache_line(capsys) == "ok    Cache     none: the reference is not compiled"

"""Make what is handed out, each part tested by its own ``--smoke`` in an environment without this folder.

    python3 packaging/bundle.py wheel     the wheel, installed into an environment of locked packages
    python3 packaging/bundle.py folder    and from there dist/pump-desktop, which starts by double click
    python packaging/bundle.py installer  and from there, on Windows, the installer (needs NSIS)

Standard library only. The environment is build/bundle-env, from packaging/bundle.lock: nothing of the
development environment can slip into a bundle.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
ENV = BUILD / "bundle-env"
WHEELS = BUILD / "wheel"
LOCK = ROOT / "packaging" / "bundle.lock"
WINDOWS = os.name == "nt"
BIN = ENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
FOLDER = ROOT / "dist" / "pump-desktop"
PROGRAM = "pump-desktop.exe" if WINDOWS else "pump-desktop"

# patchelf has moved the tables of these, and strip would break them.
NEVER_STRIPPED = (".libs",)

say = partial(print, flush=True)


def run(*command: str | Path, failed: str) -> None:
    """Run a command from the project's folder; a failure ends this script with a sentence."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SystemExit(f"{failed}; the lines above say why.")


def pip(*arguments: str | Path, failed: str) -> None:
    """Run the environment's pip, deaf to settings that would send packages elsewhere."""
    options = ("--quiet", "--no-input", "--disable-pip-version-check", "--progress-bar", "off")
    run(PYTHON, "-I", "-m", "pip", *arguments, *options, failed=failed)


def make_environment() -> None:
    """Make build/bundle-env from the lock file, unless it is there already."""
    stamp = ENV / "lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes() + str(ENV).encode()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Making {ENV.relative_to(ROOT)} from {LOCK.relative_to(ROOT)}.")
    shutil.rmtree(ENV, ignore_errors=True)
    run(sys.executable, "-m", "venv", ENV, failed="Python could not make an environment")
    pip("install", "--require-hashes", "-r", LOCK, failed="The packages could not be installed")
    stamp.write_text(wanted)


def make_wheel() -> Path:
    """Build the wheel, install it into the environment, and give its path."""
    # build/lib of an older wheel is no source, and an older wheel must not be taken for this one.
    shutil.rmtree(WHEELS, ignore_errors=True)
    wheel = ("wheel", "--no-deps", "--no-build-isolation", "-w", WHEELS, ".")
    pip(*wheel, failed="The wheel could not be built")
    (made,) = WHEELS.glob("*.whl")
    install = ("install", "--no-deps", "--force-reinstall", made)
    pip(*install, failed="The wheel could not be installed")
    say(f"{made.relative_to(ROOT)}: {made.stat().st_size / 1e6:.1f} MB")
    return made


def freeze() -> Path:
    """Freeze the installed wheel into dist/pump-desktop, and give the program's path."""
    if sys.platform == "linux" and not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        raise SystemExit(
            f"{sys.executable} was built without its shared library, which a bundle needs. "
            "Name another Python, such as Debian's: make PYTHON=/usr/bin/python3 bundle"
        )
    shutil.rmtree(FOLDER, ignore_errors=True)
    options = ("--noconfirm", "--clean", "--log-level", "WARN", "--distpath", FOLDER.parent)
    spec = ROOT / "packaging" / "pump-desktop.spec"
    command = (PYTHON, "-I", "-m", "PyInstaller", *options, "--workpath", BUILD / "frozen", spec)
    run(*command, failed="PyInstaller could not freeze the program")
    if sys.platform == "linux":
        strip(FOLDER)
        add_linux_files(FOLDER)
    return FOLDER / PROGRAM


def strip(folder: Path) -> None:
    """Take debug symbols out of the libraries: a seventh of the bundle, and nothing reads them."""
    tool = shutil.which("strip")
    if tool is None:
        say("There is no strip (binutils), so debug symbols stay in the bundle.")
        return
    for file in sorted(folder.rglob("*.so*")):
        moved = any(part.endswith(NEVER_STRIPPED) for part in file.parent.parts)
        if file.is_symlink() or moved or file.read_bytes()[:4] != b"\x7fELF":
            continue
        run(tool, "--strip-unneeded", file, failed=f"{file.name} could not be stripped")


def add_linux_files(folder: Path) -> None:
    """Put menu entry, metainfo and install script into the folder, so that it can be handed out as it is."""
    shutil.copytree(ROOT / "packaging" / "linux", folder / "linux")
    shutil.copy(ROOT / "LICENSE", folder)


def version() -> str:
    """Give the version that is built."""
    text = (ROOT / "pump_desktop" / "__init__.py").read_text(encoding="utf-8")
    return text.split('__version__ = "')[1].split('"')[0]


def make_installer(folder: Path, target: Path) -> None:
    """Pack a frozen folder into a Windows installer."""
    tool = shutil.which("makensis") or shutil.which("makensis", path=r"C:\Program Files (x86)\NSIS")
    if tool is None:
        raise SystemExit("The installer needs makensis (NSIS 3): https://nsis.sourceforge.io")
    icon = target.with_suffix(".ico")
    run(sys.executable, ROOT / "packaging" / "app_files.py", icon, failed="The icon could not be written")
    numbers = ".".join([*version().split(".")[:3], "0"])
    values = {"VERSION": version(), "VERSION4": numbers, "FOLDER": folder, "ICON": icon, "OUT": target}
    # Warnings are errors here too.
    command = [tool, "-V2", "-WX", *(f"-D{name}={value}" for name, value in values.items())]
    run(
        *command,
        ROOT / "packaging" / "windows" / "pump-desktop.nsi",
        failed="makensis could not pack the folder",
    )
    icon.unlink()


def smoke(*command: str | Path) -> Mapping[str, object]:
    """Run a program's self-test from an empty folder with an empty environment, and give its report."""
    with tempfile.TemporaryDirectory() as away:
        env = (
            {} if not WINDOWS else {name: os.environ[name] for name in ("SystemRoot", "TEMP", "USERPROFILE")}
        )
        report = Path(away) / "report.json"
        started = time.perf_counter()
        # The limit is the self-test's own, and half a minute for a cold disk.
        done = subprocess.run(
            [*command, "--smoke", report], cwd=away, env=env, capture_output=True, check=False, timeout=210
        )
        seconds = time.perf_counter() - started
        told = done.stderr.decode(errors="replace")
        if done.returncode or not report.exists():
            raise SystemExit(
                f"The self-test of {command[0]} failed ({done.returncode}): {told}{done.stdout.decode()}"
            )
        found: dict[str, object] = json.loads(report.read_text(encoding="utf-8"))
    say(f"Self-test passed in {seconds:.1f} s, start included: {command[0]} ({found['installation']})")
    return found


def must_be(found: Mapping[str, object], installation: str) -> None:
    """Refuse a report of another installation than the one that was made."""
    if found["installation"] != installation:
        raise SystemExit(
            f"This was to be a {installation}, and the program says it is a {found['installation']}."
        )


def size(folder: Path) -> float:
    """Give the megabytes of all files in a folder."""
    return (
        sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
        / 1e6
    )


def main(arguments: Sequence[str]) -> None:
    """Make and test what the command line asks for."""
    if list(arguments) not in (["wheel"], ["folder"], ["installer"]):
        raise SystemExit("Usage: python3 packaging/bundle.py wheel|folder|installer")
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever calls it may have an older one
        raise SystemExit(
            "Pump Desktop needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.12 bundle"
        )
    if arguments[0] == "installer" and not WINDOWS:
        raise SystemExit(
            "An installer is made on Windows, because PyInstaller freezes for its own system only."
        )
    make_environment()
    make_wheel()
    if arguments[0] == "wheel":
        must_be(smoke(BIN / PROGRAM), "wheel")
        return
    program = freeze()
    say(f"{FOLDER.relative_to(ROOT)}: {size(FOLDER):.0f} MB")
    must_be(smoke(program), "bundle")
    # What the self-test's Python compiled here belongs to this machine.
    for cache in sorted(FOLDER.rglob("__pycache__")):
        shutil.rmtree(cache)
    if arguments[0] == "installer":
        make_installer(FOLDER, FOLDER.parent / f"pump-desktop-{version()}-windows.exe")


if __name__ == "__main__":
    main(sys.argv[1:])

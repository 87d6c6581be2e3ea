"""Make .venv from the lock file, so that `make run` and `make test` need nothing but Python.

    python3 packaging/prepare.py run     what the program needs (packaging/run.lock)
    python3 packaging/prepare.py dev     and what its tests need (packaging/dev.lock)

Standard library only. It says what it does, does nothing twice, and recovers from being interrupted.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
READY = VENV / "pump-ready.json"
UNFINISHED = VENV / "pump-unfinished"
APT_FAILED = VENV / "pump-apt-failed"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
LOCKS = {"run": ROOT / "packaging" / "run.lock", "dev": ROOT / "packaging" / "dev.lock"}

# What `ldd` names for QtNetwork and Qt's offscreen, xcb and wayland plugins that PySide6 does not bring
# along, and the Debian and Ubuntu package of each.
LIBRARIES = {
    # every platform, offscreen too
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    # xcb
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    # wayland
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_ENDINGS = {".otf", ".pfb", ".ttc", ".ttf"}

# Settings that would send packages somewhere else than into .venv.
ELSEWHERE = ("PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PIP_USER")

say = partial(print, flush=True)  # now, also when the output goes into a file


def need_python() -> None:
    """Go on with a newer Python when this one is older than 3.11 and a newer one is installed."""
    version = tuple(sys.version_info[:3])
    if version >= (3, 11):
        return
    have = ".".join(map(str, version))
    for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
        newer = shutil.which(name)
        # Asked, because pyenv puts a file of that name on the path also for versions that are switched off.
        if newer and subprocess.run([newer, "-c", ""], capture_output=True, check=False).returncode == 0:
            say(f"{sys.executable} is Python {have}, so {newer} is used.")
            os.execv(newer, [newer, *sys.argv])  # noqa: S606 - no shell is the point
    raise SystemExit(
        f"Pump Desktop needs Python 3.11 or newer, and {sys.executable} is {have}. "
        "Install a newer one, or name it: make PYTHON=/path/to/python3.12 setup"
    )


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other run of this script works on .venv."""
    if WINDOWS:
        yield
        return
    import fcntl  # noqa: PLC0415 - not there on Windows

    with LOCKS["dev"].open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint() -> str:
    """Give a hash of everything that decides what belongs into .venv, and of where it lies."""
    import tomllib  # noqa: PLC0415 - new in 3.11, which is checked first

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # Not the settings of ruff, mypy and pytest: changing those installs nothing.
    parts = [project["build-system"], project["project"], project["tool"]["hatch"], str(VENV)]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    for lock in LOCKS.values():
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def is_ready(mode: str) -> bool:
    """Tell whether .venv already holds what ``mode`` asks for; dev covers run."""
    try:
        ready = json.loads(READY.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return ready["fingerprint"] == fingerprint() and ready["mode"] in {mode, "dev"} and PYTHON.exists()


def is_usable() -> bool:
    """Tell whether .venv can be built upon: finished once, and its Python and pip start."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    asked = "import sys, pip._internal.cli.main; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-I", "-c", asked], capture_output=True, check=False).returncode == 0
    except OSError:
        return False  # the Python it was made from is gone


def make_venv() -> None:
    """Make an empty .venv, after removing what is left of an older one."""
    need_venv_module()
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        say("The environment in .venv is incomplete or its Python is gone, so it is made anew.")
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    # The base executable: in an activated .venv, sys.executable has just been removed.
    base = getattr(sys, "_base_executable", None) or sys.executable
    say(f"Making the environment .venv with Python {sys.version.split()[0]}.")
    run([base, "-m", "venv", VENV], "Python could not make an environment")


def need_venv_module() -> None:
    """Install Debian's python3-venv when this Python came without it."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if shutil.which("apt-get") and is_root():
        say(f"This Python came without venv, so {package} is installed.")
        if apt_install([package]) and importlib.util.find_spec("ensurepip"):
            return
    raise SystemExit(
        f"{sys.executable} came without venv, which makes environments. "
        f"On Debian and Ubuntu: sudo apt-get install {package}"
    )


def install(mode: str) -> None:
    """Bring .venv to what the lock file says."""
    READY.unlink(missing_ok=True)
    if not is_usable():
        make_venv()
    UNFINISHED.touch()
    lock = LOCKS[mode]
    count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    say(f"Installing {count} packages from {lock.relative_to(ROOT)}; the first time takes a minute or two.")
    pip: list[str | Path] = [PYTHON, "-I", "-m", "pip", "install", "--no-input", "--no-color"]
    pip += ["--disable-pip-version-check", "--progress-bar", "off"]
    try:
        run([*pip, "--require-hashes", "-r", lock], "The packages could not be installed")
        run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT], "Pump Desktop could not be installed")
    except SystemExit:
        # pip gave up in good order, for example offline: what was there is still whole and worth keeping.
        UNFINISHED.unlink()
        raise
    READY.write_text(json.dumps({"mode": mode, "fingerprint": fingerprint()}), encoding="utf-8")
    UNFINISHED.unlink()
    say("The environment is ready.")


def run(command: Sequence[str | Path], failed: str) -> None:
    """Run a command, show on a terminal that it moves, and stop with its last lines when it fails."""
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    last: deque[str] = deque(maxlen=20)
    moving = sys.stdout.isatty()
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
    ) as process:
        for line in process.stdout or ():
            if not line.startswith("Requirement already satisfied"):
                last.append(line.rstrip())
            if moving:
                print(f"\r\033[K  {line.strip()[:76]}", end="", flush=True)
    if moving:
        print("\r\033[K", end="", flush=True)
    if process.returncode:
        print("\n".join(last), file=sys.stderr)
        raise SystemExit(
            f"{failed} (exit code {process.returncode}); the lines above say why. "
            "If it was the network, run the same command again."
        )


def is_root() -> bool:
    """Tell whether packages may be installed without asking."""
    return not WINDOWS and os.geteuid() == 0


def missing_packages() -> list[str]:
    """Give the Debian packages of the libraries that do not load, and of a font when there is none."""
    return sorted(package for name, package in LIBRARIES.items() if not loads(name)) + (
        [] if has_font() else [FONT_PACKAGE]
    )


def loads(library: str) -> bool:
    """Tell whether the system has the shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Tell whether at least one font is installed; without any, Qt draws boxes."""
    return any(
        Path(name).suffix.lower() in FONT_ENDINGS
        for folder in FONT_FOLDERS
        for _, _, names in os.walk(Path(folder).expanduser())
        for name in names
    )


def check_system() -> None:
    """Install or name the system libraries Qt needs; the program's terminal side works without them."""
    missing = missing_packages()
    if not missing:
        return
    listed = " ".join(missing)
    command = f"sudo apt-get install {listed}"
    if shutil.which("apt-get") is None:
        names = [name for name, package in LIBRARIES.items() if package in missing]
        names += ["a font"] if FONT_PACKAGE in missing else []
        say(f"Qt's windows need what this system lacks: {', '.join(names)}. Please install it.")
    elif not is_root():
        say(f"Qt's windows need system libraries that are missing. Install them with: {command}")
    elif APT_FAILED.exists() and APT_FAILED.read_text(encoding="utf-8") == listed:
        # Once is enough: offline, each attempt takes minutes.
        say(f"System libraries are still missing. Install them with: {command}")
    else:
        say(f"Installing system libraries for Qt: {listed}.")
        if apt_install(missing):
            APT_FAILED.unlink(missing_ok=True)
        else:
            APT_FAILED.write_text(listed, encoding="utf-8")
            say(f"They could not be installed; windows may not open. Later, try: {command}")


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages as root; tells whether it worked and shows the last lines if not."""
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # Wait for another apt instead of failing, and do not try a dead mirror for minutes.
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::http::Timeout=20"]
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        print("\n".join((done.stdout + done.stderr).splitlines()[-5:]), file=sys.stderr)
    importlib.invalidate_caches()
    return done.returncode == 0


def main() -> None:
    """Prepare .venv for the mode named on the command line."""
    need_python()
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        raise SystemExit("Usage: python3 packaging/prepare.py run|dev")
    try:
        with one_at_a_time():
            if not is_ready(sys.argv[1]):
                install(sys.argv[1])
            if sys.platform == "linux":
                check_system()
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()

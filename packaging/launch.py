"""Open the window, or do the same main job in the terminal where there is no display."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def has_display() -> bool:
    """Tell whether a window can open: always, except on a Linux without a screen that answers."""
    if sys.platform != "linux" or os.environ.get("WAYLAND_DISPLAY"):
        return True
    return bool(os.environ.get("DISPLAY")) and x_server_answers()


def x_server_answers() -> bool:
    """Tell whether DISPLAY leads somewhere: Qt aborts with a core dump when it does not (old ssh or tmux)."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return False  # Qt could not load it either
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if display:
        x11.XCloseDisplay(display)
    return bool(display)


def main() -> int:
    """Start the program with the arguments given here and give its exit code."""
    command: list[str | Path] = [PYTHON, "-m", "pump_desktop", *sys.argv[1:]]
    if not has_display():
        print("No display was found, so the sample seed pair is scanned here in the terminal.", flush=True)
        # Behind the arguments, because those are global ones such as --data-dir.
        command.append("sample")
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130  # the program got the same signal and has said its own last word


if __name__ == "__main__":
    sys.exit(main())

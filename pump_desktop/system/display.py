"""Whether a window could open here, without asking Qt: its answer to "no" is to abort the process."""

from __future__ import annotations

import os
import sys


def display_name() -> str | None:
    """Give what windows would open on, such as ``X11 :0``; None where there is no display."""
    if platform := os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]:
        if platform not in {"xcb", "wayland", "wayland-egl"}:
            return f"Qt platform {platform}"
    elif sys.platform in {"win32", "darwin"}:
        return "the desktop"
    if name := os.environ.get("WAYLAND_DISPLAY"):
        return f"Wayland {name}"
    if name := os.environ.get("DISPLAY"):
        return f"X11 {name}"
    return None

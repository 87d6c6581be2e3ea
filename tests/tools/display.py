"""An X display of its own for programs that are watched from outside."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 60.0


@contextmanager
def x_display() -> Iterator[str]:
    """Give the name of a fresh X display, such as ``:5``; raises RuntimeError when Xvfb does not start."""
    reader, writer = os.pipe()
    # -noreset: each xdotool leaves again, and a server that its last client leaves starts over.
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x820x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        # It writes the number it chose when it is ready for programs.
        if not select.select([reader], [], [], LONGEST)[0]:
            raise RuntimeError("Xvfb did not start")
        yield f":{os.read(reader, 16).decode().strip()}"
    finally:
        os.close(reader)
        server.terminate()
        server.wait(LONGEST)


def on_display(display: str) -> dict[str, str]:
    """Give the environment of a program whose window is to appear there."""
    return {"DISPLAY": display, "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "xcb"}

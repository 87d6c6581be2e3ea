"""An X display of its own for programs that are watched from outside."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

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


@contextmanager
def own_screen(*, offscreen: bool) -> Iterator[str]:
    """Give the platform of this process's windows: an X display of their own, or none where Xvfb is missing.

    The environment's own settings of the program are forgotten. Qt comes after this.
    """
    for name in [name for name in os.environ if name.startswith("PUMP_")]:
        del os.environ[name]
    with ExitStack() as stack:
        if offscreen or shutil.which("Xvfb") is None:
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        else:
            os.environ.update(on_display(stack.enter_context(x_display())))
        yield os.environ["QT_QPA_PLATFORM"]

"""Entry: makes sure there are standard streams, then opens the window, runs a command or tests itself."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

# A windowed build starts with no streams at all, and libraries that print would stop it.
_STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}

INTERRUPTED = 130


def _guard_streams() -> None:
    for name, mode in _STREAMS.items():
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - until exit
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A seed or a path may hold what the terminal's encoding does not.
            stream.reconfigure(errors="backslashreplace")


def _wants_window(arguments: list[str]) -> bool:
    """Tell whether the arguments name no command: none at all, or only a data folder."""
    rest = list(arguments)
    while rest:
        if rest[0] == "--data-dir" and len(rest) > 1:
            del rest[:2]
        elif rest[0].startswith("--data-dir="):
            del rest[0]
        else:
            return False
    return True


def main() -> int:
    """Run the program and give its exit code."""
    _guard_streams()
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:
        # Commands catch it themselves, but importing them takes a second: Ctrl-C may come first.
        print("Stopped.", file=sys.stderr)  # noqa: T201 - click is not imported yet
        return INTERRUPTED


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["--smoke"]:
        from pump_desktop.smoke.run import run_smoke  # noqa: PLC0415 - the whole program, for a test of it

        return run_smoke(arguments[1:])
    if _wants_window(arguments):
        from pump_desktop.app import run_window  # noqa: PLC0415 - Qt is for the window only

        return run_window(arguments)
    from pump_desktop.cli.main import run  # noqa: PLC0415 - and the commands do without Qt

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())

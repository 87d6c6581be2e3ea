"""A command run in the process of its test: a process of its own costs a second of imports."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pump_desktop.__main__ import main


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


Pump = Callable[..., Done]


def pump_here(capsys: pytest.CaptureFixture[str]) -> Pump:
    """Return a function that runs a command as a shell would start it."""

    def pump(*arguments: str, stdin: str = "", data: Path | None = None, **environment: str) -> Done:
        folder = ("--data-dir", str(data)) if data else ()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["pump-desktop", *folder, *arguments])
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            code = main()
        return Done(code, *capsys.readouterr())

    return pump


def one_sentence(done: Done) -> str:
    """Return what a command that refused has to say."""
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip()

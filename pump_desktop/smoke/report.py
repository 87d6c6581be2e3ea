"""What the self-test found: one JSON object, printed and, when asked, written to a file."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pump_desktop.domain.errors import KnownError


class SmokeError(KnownError):
    """A check that did not hold; its text says what was found instead."""


@dataclass(frozen=True, slots=True)
class Check:
    """How one check ended: whether it held, how long it took, and what it saw or why it failed."""

    ok: bool
    seconds: float
    told: str


class Report:
    """Checks in the order they are made; the first that does not hold is the last one made."""

    def __init__(self, names: Sequence[str], about: Mapping[str, object]) -> None:
        self._started = time.perf_counter()
        self._about = dict(about)
        self._names = tuple(names)
        self._checks: dict[str, Check] = {}
        self.under_way = self._names[0]
        """The check that is being made, for a watchdog that has to say where it stopped."""

    @property
    def failed(self) -> str | None:
        """The sentence that names what failed, if anything did."""
        return next((f"{name}: {check.told}" for name, check in self._checks.items() if not check.ok), None)

    @property
    def ok(self) -> bool:
        """Whether every check was made and held."""
        return self._checks.keys() == set(self._names) and self.failed is None

    def take(self, name: str, check: Callable[[], str]) -> bool:
        """Make one check and tell whether it held; whatever it raises is what was found."""
        self.under_way = name
        started = time.perf_counter()
        try:
            ok, told = True, check()
        except Exception as error:  # noqa: BLE001 - the report is where it goes, with its kind
            kind = "" if isinstance(error, SmokeError) else f"{type(error).__name__}: "
            ok, told = False, f"{kind}{error}"
        self._checks[name] = Check(ok, time.perf_counter() - started, told)
        return ok

    def give_up(self, told: str) -> None:
        """End the check under way, from another thread: it will never end by itself."""
        self._checks[self.under_way] = Check(False, time.perf_counter() - self._started, told)

    def text(self, log: Sequence[str] = ()) -> str:
        """Give the report as JSON; the last log lines are in it when something failed."""
        checks: dict[str, object] = {}
        for name in self._names:
            check = self._checks.get(name, Check(ok=False, seconds=0.0, told="not reached"))
            checks[name] = {"ok": check.ok, "seconds": round(check.seconds, 3), "told": check.told}
        body = {
            "ok": self.ok,
            **self._about,
            "checks": checks,
            "seconds": round(time.perf_counter() - self._started, 3),
        }
        if not self.ok:
            body["log"] = list(log)
        return json.dumps(body, indent=2, ensure_ascii=True)

    def write(self, text: str, file: Path | None) -> None:
        """Print the report, and write it to the file; a windowed program has no other way out."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        if file is not None:
            file.write_text(f"{text}\n", encoding="utf-8")
        if not self.ok:
            sys.stderr.write(f"Error: the self-test failed at {self.failed}\n")

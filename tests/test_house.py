"""Rules of the house that no linter knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
_EXCEPTION = re.compile(r"#\s*(noqa\b|type:\s*ignore\b)")
_WITH_REASON = re.compile(r"# noqa: [A-Z0-9]+(, [A-Z0-9]+)* - \S|# type: ignore\[[a-z, -]+\]  # \S")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_every_exception_from_lint_and_types_has_its_reason_on_the_line() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources("pump_desktop", "tests", "packaging")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _EXCEPTION.search(line) and not _WITH_REASON.search(line) and path != Path(__file__)
    ]
    assert bare == []

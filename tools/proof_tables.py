"""Tables of the proof: printed as Markdown, kept as JSON, with the machine and the day they were made on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pump_desktop import __version__
from pump_desktop.engine import ENGINE_VERSION

FOLDER = Path("proof")


def where() -> str:
    """Say what was measured, on what, and when."""
    return (
        f"Pump Desktop {__version__} ({ENGINE_VERSION}), Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, "
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    )


def markdown(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a Markdown table; figures stand at the right."""
    lines = [[_cell(value) for value in row] for row in rows]
    rights = [bool(lines) and all(_is_figure(line[at]) for line in lines) for at in range(len(titles))]
    rule = ["---:" if right else "---" for right in rights]
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(titles), rule, *lines])


def keep(name: str, result: Mapping[str, Any], file: Path | None = None) -> Path:
    """Write a result as JSON, to ``proof/<name>.json`` unless a file is named, and give its path."""
    path = file or FOLDER / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"where": where(), **result}, indent=2, default=str) + "\n")
    return path


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def _is_figure(text: str) -> bool:
    return text == "–" or text.replace(",", "").replace(".", "", 1).replace("-", "", 1).isdigit()

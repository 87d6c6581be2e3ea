"""The one place that knows where icons, themes, samples and scripts lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
# A wheel and a PyInstaller folder carry the resources inside the package; a checkout has them beside it.
_ROOTS = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def resource(*parts: str) -> Path:
    """Give the path of a file or folder under ``resources/``; raises FileNotFoundError."""
    for root in _ROOTS:
        found = root.joinpath(*parts)
        if found.exists():
            return found
    raise FileNotFoundError(f"The resource {'/'.join(parts)} is missing from this installation.")

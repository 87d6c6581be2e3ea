"""The one place that knows where icons, themes, samples and scripts lie, and how the program came here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

Installation = Literal["source", "wheel", "bundle"]

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


def installation() -> Installation:
    """Tell how the program was installed; nothing else asks whether it is frozen."""
    if getattr(sys, "frozen", False):
        return "bundle"
    return "wheel" if _ROOTS[0].exists() else "source"

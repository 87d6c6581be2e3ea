"""Whether seeds are shown until somebody hides them, or hidden until somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

# What stands where a seed or a token is hidden; it does not tell how long that is.
HIDDEN = "••••••••••••"
_PROPERTY = "privacy"


@dataclass(frozen=True, slots=True)
class Privacy:
    """How pages and exports begin; each page and each export can still be told otherwise."""

    hide_on_screen: bool = False
    hide_in_exports: bool = True


def current_privacy() -> Privacy:
    """Give what a person asked for; the defaults until somebody did."""
    app = QCoreApplication.instance()
    privacy = app.property(_PROPERTY) if app is not None else None
    return privacy if isinstance(privacy, Privacy) else Privacy()


def keep_privacy(app: QCoreApplication, privacy: Privacy) -> None:
    """Make ``privacy`` the one current_privacy() gives; kept on the application, so it ends with it."""
    app.setProperty(_PROPERTY, privacy)

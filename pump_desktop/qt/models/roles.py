"""Roles beside Qt's own that models of several pages answer."""

from __future__ import annotations

from PySide6.QtCore import Qt

# A cell as the value it shows, or the whole row.
NATIVE_ROLE = int(Qt.ItemDataRole.UserRole)

"""The SHA-256 of a seed that is being typed, on one line, ready to be copied."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.buttons import CopyButton
from pump_desktop.ui.kit.layout import hbox, stretch
from pump_desktop.ui.kit.text import ElidedLabel, Label

_NOTHING = "shown here as you type"
_INVALID = "not valid text"


class SeedHash(QWidget):
    """A label, the hash, and a button that copies it; ``label_width`` lines it up with others."""

    def __init__(self, label_width: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hash = ""
        label = Label("SHA-256", size=Type.HINT, ink="muted")
        if label_width:
            label.setFixedWidth(label_width)
        self._shown = ElidedLabel(_NOTHING, size=Type.HINT, ink="secondary", mono=True)
        self._copy = CopyButton(lambda: self._hash, "server seed hash")
        self._copy.setEnabled(False)
        hbox(label, stretch(self._shown), self._copy, into=self, spacing=Space.XS)

    @property
    def hash(self) -> str:
        """The hash that is shown; empty while there is no seed, or one that is no valid text."""
        return self._hash

    def show_seed(self, seed: str) -> None:
        """Show the hash of another seed."""
        try:
            self._hash = seed_sha256(seed) if seed else ""
        except UnicodeEncodeError:
            # Half of a character that takes two, as some programs copy it.
            self._hash = ""
        self._shown.setText(self._hash or (_INVALID if seed else _NOTHING))
        self._copy.setEnabled(bool(self._hash))

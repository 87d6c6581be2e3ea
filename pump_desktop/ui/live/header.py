"""The head of a stream: its seeds, how alive it is, what is known of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QMenu, QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.icons import Meaning, icon
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.tables.streams import Activity
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.ui.kit.buttons import Button, CopyButton, IconButton
from pump_desktop.ui.kit.layout import STRETCH, aligned, hbox, vbox
from pump_desktop.ui.kit.status import StateDot
from pump_desktop.ui.kit.text import ElidedLabel, Glyph, Label
from pump_desktop.ui.live.words import seen_words

_ACTIONS: tuple[tuple[str, str, Meaning], ...] = (
    ("Export bets as CSV …", "export", "export"),
    ("Delete stream", "delete", "delete"),
)


class StreamButtons(QWidget):
    """``export_asked`` and ``delete_asked`` come from the menu; the other buttons are there to connect to."""

    export_asked = Signal()
    delete_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pause = _toggle("pause", "Pause the table ( P )")
        self.freeze = _toggle("freeze", "Freeze everything ( F )")
        self.drawer = _toggle("drawer", "Drawer ( D )")
        self.keys = IconButton("help", "Keys ( ? )")
        more = IconButton("more", "More")
        more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for words, what, meaning in _ACTIONS:
            action = QAction(icon(meaning), words, menu)
            action.setData(what)
            menu.addAction(action)
        menu.triggered.connect(self._chosen)
        more.setMenu(menu)
        hbox(self.pause, self.freeze, self.drawer, self.keys, more, into=self, spacing=Space.XS)

    @property
    def held(self) -> str:
        """What holds the table still, in a word; empty while nothing does."""
        return "Frozen" if self.freeze.isChecked() else "Paused" if self.pause.isChecked() else ""

    @Slot()
    def go_on(self) -> None:
        """End pause and freeze."""
        self.pause.setChecked(False)
        self.freeze.setChecked(False)

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        (self.export_asked if action.data() == "export" else self.delete_asked).emit()


def _toggle(meaning: Meaning, name: str) -> IconButton:
    button = IconButton(meaning, name, on="accent")
    button.setCheckable(True)
    return button


class StreamStatus(QWidget):
    """``stream_asked`` carries the id of another rotation, ``truncated_clicked`` asks why it is."""

    stream_asked = Signal(object)
    truncated_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: StreamRow | None = None
        self._chain: tuple[StreamRow, ...] = ()
        self._seed = ElidedLabel("", size=Type.SECTION, weight=QFont.Weight.DemiBold)
        self._copy_seed = CopyButton("", "client seed")
        self._hash = ElidedLabel("", mono=True, ink="secondary")
        self._hash.setToolTip("SHA-256 of the server seed")
        self._copy_hash = CopyButton("", "server seed SHA-256")
        self._dot = StateDot()
        self._seen = Label("", size=Type.HINT, ink="secondary", figures=True)
        self._lock = Glyph("locked", "text.muted", 14)
        self._revealed = Label("", size=Type.HINT, ink="secondary")
        self._truncated = Button("Truncated", "quiet")
        self._truncated.setIcon(icon("warn", "warn"))
        self._truncated.hide()
        self._rotation = Label("", size=Type.HINT, ink="secondary", figures=True)
        self._before = IconButton("previous", "Previous server seed of this client seed")
        self._after = IconButton("next", "Next server seed of this client seed")
        self._actions = hbox(spacing=Space.XS)
        self._lay_out()
        self._truncated.clicked.connect(self.truncated_clicked)
        self._before.clicked.connect(self._go_before)
        self._after.clicked.connect(self._go_after)

    def add_action(self, button: QWidget) -> None:
        """Put a button at the right."""
        self._actions.addWidget(button)

    def show_stream(self, row: StreamRow, chain: Sequence[StreamRow], now: datetime) -> None:
        """Show whose stream this is, and where it stands among those of its client seed."""
        self._row, self._chain = row, tuple(chain)
        self._seed.setText(row.client_seed)
        self._seed.setAccessibleName(f"Client seed: {row.client_seed}")
        self._copy_seed.set_text(row.client_seed)
        self._hash.setText(short_seed(row.server_seed_hashed, 6))
        self._hash.setAccessibleName(f"Server seed SHA-256: {self._hash.text()}")
        self._copy_hash.set_text(row.server_seed_hashed)
        self._lock.set_glyph(
            "unlocked" if row.revealed else "locked", "good" if row.revealed else "text.muted"
        )
        self._revealed.setText("Server seed revealed" if row.revealed else "Not revealed yet")
        self._show_chain()
        self.tick(now)

    def show_truncated(self, reason: str | None) -> None:
        """Mark a stream that leaves out rounds, and say why."""
        self._truncated.setVisible(reason is not None)
        self._truncated.setToolTip(plain_tip(reason or ""))
        self._truncated.setAccessibleDescription(reason or "")

    def tick(self, now: datetime) -> None:
        """Let time pass."""
        if self._row is not None:
            activity, words = seen_words(self._row, now)
            self._dot.set_state("good" if activity is Activity.LIVE else "off")
            self._seen.setText(words)

    def _show_chain(self) -> None:
        place, count = self._place(), len(self._chain)
        for part in (self._rotation, self._before, self._after):
            part.setVisible(count > 1)
        if count > 1:
            self._rotation.setText(f"Rotation {place + 1} of {count}")
            self._before.setEnabled(place > 0)
            self._after.setEnabled(place < count - 1)

    def _place(self) -> int:
        ids = [row.id for row in self._chain]
        return ids.index(self._row.id) if self._row is not None and self._row.id in ids else 0

    def _lay_out(self) -> None:
        held = QWidget()
        held.setFixedHeight(Size.CONTROL)
        hbox(
            self._dot,
            self._seen,
            Space.M,
            self._lock,
            self._revealed,
            Space.S,
            aligned(self._truncated, Qt.AlignmentFlag.AlignVCenter),
            STRETCH,
            self._rotation,
            self._before,
            self._after,
            into=held,
            spacing=Space.XS,
        )
        vbox(
            hbox(
                self._seed,
                self._copy_seed,
                Space.S,
                self._hash,
                self._copy_hash,
                STRETCH,
                self._actions,
                spacing=Space.XS,
            ),
            held,
            into=self,
            spacing=0,
        )

    @Slot()
    def _go_before(self) -> None:
        self.stream_asked.emit(self._chain[self._place() - 1].id)

    @Slot()
    def _go_after(self) -> None:
        self.stream_asked.emit(self._chain[self._place() + 1].id)

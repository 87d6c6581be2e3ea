"""What can be done with a stream from its page: delete it with an undo, write its bets to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.pages.live_page import LivePage
from pump_desktop.ui.saving import save_dialog, write_file
from pump_desktop.ui.widgets.toast import ToastArea

if TYPE_CHECKING:
    pass

UNDO_SECONDS = 8.0


class StreamActions(QObject):
    """Does what the Live page asks for; ``asker`` is not the live one, which must stay free for bets."""

    def __init__(self, asker: Asker, page: LivePage, toasts: ToastArea, window: QWidget) -> None:
        super().__init__(window)
        self._asker = asker
        self._page = page
        self._toasts = toasts
        self._window = window
        page.stream_hidden.connect(self._offer_undo)
        page.export_asked.connect(self._export)

    def export_to(self, row: StreamRow, path: str) -> None:
        """Write the bets of a stream to a CSV file."""
        write_file(self._asker, self, path, lambda backend: backend.live.export_csv(row.id), self._say)

    def _say(self, sentence: str) -> None:
        self._toasts.say(sentence)

    @Slot(object)
    def _offer_undo(self, row: StreamRow) -> None:
        toast = self._toasts.say("Stream deleted", action="Undo", seconds=UNDO_SECONDS, tone="info")
        toast.acted.connect(lambda: self._page.bring_back(row.id))
        toast.closed.connect(lambda: self._page.carry_out(row.id))

    @Slot(object)
    def _export(self, row: StreamRow) -> None:
        dialog = save_dialog(self._window, "Export bets as CSV", "bets.csv")
        dialog.fileSelected.connect(lambda path: self.export_to(row, path))
        dialog.open()

"""What the panels of a stream's drawer have in common: a stream, questions about it, and ways to speak."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.dialogs import AskingDialog
from pump_desktop.ui.kit.layout import vbox

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.live.live import Live

T = TypeVar("T")


class StreamPanel(QWidget):
    """One tab of the drawer.

    ``said`` and ``refused`` carry sentences for the window, ``nonce_asked`` and ``bet_asked`` where to go in
    the table of bets.
    """

    title = ""

    said = Signal(str)
    refused = Signal(str)
    nonce_asked = Signal(object)
    bet_asked = Signal(object)

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._row: StreamRow | None = None
        self._question = LatestQuery(asker, self)
        self._behind = False
        self._column = vbox(into=self, margins=Space.M, spacing=Space.M)

    @property
    def stream_id(self) -> UUID | None:
        """The stream that is shown."""
        return None if self._row is None else self._row.id

    def show_stream(self, row: StreamRow | None) -> None:
        """Show a stream as it stands, or none."""
        before = self.stream_id
        self._row = row
        if self.stream_id != before:
            self._question.drop()
            self._changed()
            # Behind another panel nothing is asked: opening a stream waits for no more than what is seen.
            self._behind = not self.isVisible()
            if not self._behind:
                self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with a stream that was opened while another panel was in front."""
        super().showEvent(event)
        if self._behind:
            self._behind = False
            self.refresh()

    def refresh(self) -> None:
        """Read again what may have changed; asked after new rows while the panel is visible."""

    def _changed(self) -> None:
        """Let go of the stream before; what is to be read of this one is asked by refresh()."""

    def _read(self, work: Callable[[Backend, UUID], T], then: Callable[[T], None]) -> None:
        """Ask for what this panel shows; an older question of the kind is forgotten."""
        self._question.drop()
        if (stream_id := self.stream_id) is not None:
            self._question.ask(lambda backend: work(backend, stream_id), then, self._unread)

    def _write(
        self,
        work: Callable[[Live], Future[T]],
        then: Callable[[T], None],
        failed: Callable[[KnownError], None] | None = None,
    ) -> None:
        """Store something, and go on once it is on disk; without ``failed`` the window says why not."""
        self._asker.ask(self, lambda backend: work(backend.live).result(), then, failed or self._refuse)

    def _write_from(
        self, dialog: AskingDialog, work: Callable[[Live, str], Future[T]], then: Callable[[T], None]
    ) -> None:
        """Store what a dialog asks for; it closes when that is on disk, and says why when it is not."""

        def stored(answer: T) -> None:
            if shiboken6.isValid(dialog):
                dialog.close_stored()
            then(answer)

        def refused(error: KnownError) -> None:
            if shiboken6.isValid(dialog):
                dialog.show_error(str(error))
            else:
                self._refuse(error)

        def store(text: str) -> None:
            self._write(lambda live: work(live, text), stored, refused)

        dialog.asked.connect(store)
        dialog.open()

    def _unread(self, error: KnownError) -> None:
        # That the stream is gone is told by the page, which closes it.
        if not isinstance(error, NotFoundError):
            self.refused.emit(str(error))

    def _refuse(self, error: KnownError) -> None:
        self.refused.emit(str(error))

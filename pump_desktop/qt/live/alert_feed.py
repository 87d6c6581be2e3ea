"""Notices of alert rules for the window: the last 100 as rows, each one told, and the nonces they name."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.alert_notices import AlertRaised, QuietHours
from pump_desktop.domain.alerts import AlertKind
from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.live import StreamChanged
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.tables.alerts import AlertsModel
from pump_desktop.qt.work.query import Asker

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

# What these say is of no single row: what is missing has none, and silence comes after the last.
_OF_NO_ROW = frozenset({AlertKind.MISSING, AlertKind.SILENT})


class AlertFeed(QObject):
    """``raised`` carries each new AlertRaised and the client seed of its stream.

    ``highlights_changed`` carries the id of a stream whose highlighted nonces are others now,
    ``quiet_hours_changed`` the QuietHours in force, or None, and ``failed`` why they could not be set.
    """

    raised = Signal(object, str)
    highlights_changed = Signal(object)
    quiet_hours_changed = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        asker: Asker,
        bridge: EventBridge,
        now: Callable[[], datetime],
        quiet_hours: QuietHours | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._quiet_hours = quiet_hours
        self._names: dict[UUID, str] = {}
        # Notices that are told once the name of their stream is known, in the order they came.
        self._untold: deque[AlertRaised] = deque()
        self._asking: UUID | None = None
        self.model = AlertsModel(now, self)
        bridge.alert_raised.connect(self._raised)
        bridge.stream_changed.connect(self._stream_changed)

    @property
    def quiet_hours(self) -> QuietHours | None:
        """The hours in which nothing pops up outside the window and nothing sounds."""
        return self._quiet_hours

    def highlighted(self, stream_id: UUID) -> frozenset[int]:
        """Give the nonces of a stream that its kept notices are about."""
        return frozenset(
            notice.nonce
            for notice in self.model.notices
            if notice.stream_id == stream_id and notice.nonce is not None and notice.kind not in _OF_NO_ROW
        )

    def reload(self) -> None:
        """Read the notices that are kept, when the store has opened, and have the quiet hours observed."""
        hours = self._quiet_hours

        def work(backend: Backend) -> tuple[tuple[AlertRaised, ...], dict[UUID, str]]:
            backend.alerts.set_quiet_hours(hours)
            kept = backend.alerts.recent()
            return kept, {one: _name_of(backend, one) for one in {notice.stream_id for notice in kept}}

        self._asker.ask(self, work, self._kept_came, self._refused)

    def set_quiet_hours(self, hours: QuietHours | None) -> None:
        """Observe other hours from now on."""
        if hours == self._quiet_hours:
            return
        self._quiet_hours = hours

        def done(_none: None) -> None:
            self.quiet_hours_changed.emit(hours)

        self._asker.ask(self, lambda backend: backend.alerts.set_quiet_hours(hours), done, self._refused)

    @Slot(object)
    def _raised(self, notice: AlertRaised) -> None:
        # One that was read by reload() before its event came through is a row already.
        if notice not in self.model.notices:
            dropped = self.model.add(notice)
            for stream_id in {one.stream_id for one in (notice, dropped) if one is not None}:
                self.highlights_changed.emit(stream_id)
        self._untold.append(notice)
        self._tell()

    def _tell(self) -> None:
        """Tell what waits, up to the first whose stream has to be asked for."""
        while self._untold and self._asking is None:
            notice = self._untold[0]
            if notice.stream_id not in self._names:
                self._ask_name(notice.stream_id)
                return
            self._untold.popleft()
            self.raised.emit(notice, self._names[notice.stream_id])

    def _ask_name(self, stream_id: UUID) -> None:
        self._asking = stream_id

        def named(name: str) -> None:
            self._asking = None
            self._name({stream_id: name})
            self._tell()

        def unnamed(_error: KnownError) -> None:
            # The notice says enough without it.
            named("")

        self._asker.ask(self, lambda backend: _name_of(backend, stream_id), named, unnamed)

    def _name(self, names: dict[UUID, str]) -> None:
        # Streams come and go for weeks; only those of kept notices are remembered.
        kept = {notice.stream_id for notice in self.model.notices} | {one.stream_id for one in self._untold}
        self._names = {one: name for one, name in (self._names | names).items() if one in kept | names.keys()}
        self.model.set_names(self._names)

    def _kept_came(self, answer: tuple[tuple[AlertRaised, ...], dict[UUID, str]]) -> None:
        kept, names = answer
        newer = tuple(notice for notice in self.model.notices if notice not in kept)
        self.model.set_notices(newer + kept)
        self._name(names)
        for stream_id in {notice.stream_id for notice in kept}:
            self.highlights_changed.emit(stream_id)

    @Slot(object)
    def _stream_changed(self, event: StreamChanged) -> None:
        if not event.deleted:
            return
        left = [notice for notice in self.model.notices if notice.stream_id != event.stream_id]
        if len(left) < len(self.model.notices):
            self.model.set_notices(left)
            self.highlights_changed.emit(event.stream_id)

    def _refused(self, error: KnownError) -> None:
        self.failed.emit(str(error))


def _name_of(backend: Backend, stream_id: UUID) -> str:
    try:
        return backend.live.key_of(stream_id).client_seed
    except NotFoundError:
        return ""

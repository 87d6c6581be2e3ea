"""What is said of live streams and the listener wherever a person is in the window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.alerts import AlertKind
from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.kit.banner import Tone
from pump_desktop.ui.kit.listener_words import address
from pump_desktop.ui.kit.toast import Toast, ToastArea

SECONDS = 12.0

_TONES: dict[AlertKind, Tone] = {
    AlertKind.MISMATCH: "bad",
    AlertKind.MISSING: "warn",
    AlertKind.SILENT: "warn",
}


@dataclass(slots=True)
class _Told:
    """The toast of a rule, and how many notices it stands for."""

    toast: Toast
    count: int


class AlertToasts(QObject):
    """``opened`` carries the AlertRaised whose toast was clicked."""

    opened = Signal(object)

    def __init__(self, toasts: ToastArea, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._toasts = toasts
        self._told: dict[UUID, _Told] = {}

    @Slot(object, str)
    def tell(self, notice: AlertRaised, stream: str) -> None:
        """Say a notice in the place of the one of the same rule that is still shown, or waits to be."""
        count = 1
        if before := self._told.pop(notice.rule_id, None):
            count += before.count
            before.toast.close_now()
        words = notice.rule_name if count == 1 else f"{notice.rule_name}, {grouped(count)} notices"
        of_stream = f" ({stream})" if stream else ""
        toast = self._toasts.say(
            f"{words}{of_stream}: {notice.sentence}",
            tone=_TONES.get(notice.kind, "info"),
            action="Show",
            seconds=SECONDS,
        )
        toast.acted.connect(partial(self._open, notice))
        toast.closed.connect(partial(self._closed, notice.rule_id, toast))
        self._told[notice.rule_id] = _Told(toast, count)

    def _open(self, notice: AlertRaised) -> None:
        self.opened.emit(notice)

    def _closed(self, rule_id: UUID, toast: Toast) -> None:
        told = self._told.get(rule_id)
        if told is not None and told.toast is toast:
            del self._told[rule_id]


PORT_SECONDS = 15.0


class LiveNotices(QObject):
    """Says it in toasts; ``open_asked`` carries the id of a stream, ``free_port_asked`` nothing."""

    open_asked = Signal(object)
    free_port_asked = Signal()

    def __init__(self, toasts: ToastArea, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._toasts = toasts
        self._refused_port = 0
        self._refusal: Toast | None = None
        self._told: Toast | None = None
        self._count = 0

    @Slot(object)
    def show_listener(self, status: ListenerStatus) -> None:
        """Say once that the port is taken and offer another, and say which one was found."""
        if status.state is ListenerState.REFUSED and not self._refused_port:
            self._refused_port = status.port
            toast = self._toasts.say(
                status.sentence, tone="warn", action="Use a free port", seconds=PORT_SECONDS
            )
            toast.acted.connect(self.free_port_asked)
            toast.closed.connect(self._refusal_closed)
            self._refusal = toast
        elif status.state is ListenerState.LISTENING and self._refused_port:
            elsewhere = "" if status.port == self._refused_port else "; scripts must post there"
            self._refused_port = 0
            if self._refusal is not None:
                # Its offer would now take their port away from scripts.
                self._refusal.close_now()
            self._toasts.say(f"Listening on {address(status)}{elsewhere}.")

    @Slot(object)
    def tell_streams(self, rows: list[StreamRow]) -> None:
        """Say that streams have begun: one notice that counts, never sixteen that queue."""
        if self._told is None:
            self._count = 0
        else:
            self._told.closed.disconnect(self._closed)
            self._told.close_now()
        self._count += len(rows)
        newest = rows[-1]
        words = f"New stream: {newest.client_seed}"
        if self._count > 1:
            words = f"{grouped(self._count)} new streams, the latest: {newest.client_seed}"
        toast = self._toasts.say(words, action="Open", tone="info")
        toast.acted.connect(partial(self._open, newest.id))
        toast.closed.connect(self._closed)
        self._told = toast

    def _open(self, stream_id: UUID) -> None:
        self.open_asked.emit(stream_id)

    @Slot()
    def _refusal_closed(self) -> None:
        self._refusal = None

    @Slot()
    def _closed(self) -> None:
        self._told = None

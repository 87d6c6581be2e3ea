"""What alert rules say, in the window's corner: one toast a rule, which counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.alerts import AlertKind
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.widgets.banner import Tone
from pump_desktop.ui.widgets.toast import Toast, ToastArea

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

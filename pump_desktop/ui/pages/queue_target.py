"""The target a whole batch is judged by: one multiplier, exactly or at least."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from pump_desktop.domain.game import PAYOUTS, Difficulty, p_at_least
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import multiplier_text
from pump_desktop.ui.widgets.choices import MatchChoice

if TYPE_CHECKING:
    from pump_desktop.stats.hits import HitFilter

# The target at first is the rarest one that the shortest pair still expects so often.
_OFTEN = 20


class QueueTarget(QWidget):
    """Match and multiplier; ``changed`` after every choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._difficulties: frozenset[Difficulty] = frozenset()
        self._match = MatchChoice(Match.AT_LEAST, 160)
        self._target = QComboBox()
        self._target.setAccessibleName("Target of the batch")
        self._target.setMinimumWidth(140)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(self._match)
        row.addWidget(self._target)
        self._match.changed.connect(self._chosen)
        self._target.currentIndexChanged.connect(self._chosen)

    @property
    def multiplier(self) -> float | None:
        """The multiplier, or None while nothing is queued."""
        chosen = self._target.currentData()
        return None if chosen is None else float(chosen)

    @property
    def match(self) -> Match:
        """How it is matched."""
        return self._match.match

    @property
    def words(self) -> str:
        """The target as words: ``at least 400.02x``."""
        target = multiplier_text(self.multiplier or 0.0)
        return f"exactly {target}" if self.match is Match.EXACT else f"at least {target}"

    def wanted(self) -> HitFilter | None:
        """Give the filter as it stands."""
        # The statistics bring numpy; the view that asks is made when they have been imported.
        from pump_desktop.stats.hits import HitFilter  # noqa: PLC0415 - see above

        multiplier = self.multiplier
        return None if multiplier is None else HitFilter((multiplier,), self.match)

    def offer(self, requests: Iterable[ScanRequest]) -> None:
        """Offer the tables of all difficulties that are queued; what is chosen stays chosen."""
        queued = list(requests)
        difficulties = frozenset(request.difficulty for request in queued)
        if not queued or difficulties == self._difficulties:
            return
        self._difficulties = difficulties
        chosen = self.multiplier or _first_target(queued)
        entries = sorted(
            {entry for difficulty in difficulties for entry in PAYOUTS[difficulty]}, reverse=True
        )
        self._target.blockSignals(True)
        self._target.clear()
        for entry in entries:
            self._target.addItem(multiplier_text(entry), entry)
        self._target.setCurrentIndex(max(self._target.findData(chosen), 0))
        self._target.blockSignals(False)
        self.changed.emit()

    @Slot()
    def _chosen(self, *_what: object) -> None:
        self.changed.emit()


def _first_target(requests: Sequence[ScanRequest]) -> float:
    shortest = min(requests, key=lambda request: request.count)
    table = PAYOUTS[shortest.difficulty]
    often = [
        entry
        for k, entry in enumerate(table)
        if k and shortest.count * p_at_least(shortest.difficulty, k) >= _OFTEN
    ]
    return often[-1] if often else table[1]

"""The fields of each kind of alert rule."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pump_desktop.domain.alerts import AlertKind
from pump_desktop.domain.runs import Match
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.widgets.choices import MatchChoice
from pump_desktop.ui.widgets.edits import NumberEdit
from pump_desktop.ui.widgets.field import FieldBox
from pump_desktop.ui.widgets.segmented import Segment, Segmented
from pump_desktop.ui.widgets.text import Label, columns_font

NONCES, SECONDS = "nonces", "seconds"

# What a rule of a kind begins with.
BEGINNINGS: dict[AlertKind, dict[str, object]] = {
    AlertKind.THRESHOLD: {"at_least": 1000.0},
    AlertKind.GAP: {"target": 34.68, "match": "at_least", "percentile": 99.0},
    AlertKind.CLUSTER: {"target": 34.68, "match": "at_least", "count": 3, NONCES: 50},
    AlertKind.MISMATCH: {},
    AlertKind.MISSING: {"missing": 5, "nonces": 100},
    AlertKind.SILENT: {"seconds": 60},
}
_LABELS = {
    "at_least": "Multiplier of at least",
    "target": "Target",
    "percentile": "Percentile",
    "count": "Hits, at least",
    "missing": "Missing nonces, at least",
    "seconds": "Seconds without a message",
}
_MISMATCH = (
    "Nothing to set: it tells of every result that the server seed does not give. A stream can be checked "
    "once its server seed is revealed; simulated ones are checked as they arrive."
)


class KindFields(QWidget):
    """Fields side by side, each under its contract name; ``changed`` after every keystroke."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, FieldBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.M)

    def values(self) -> dict[str, object]:
        """Give what was typed, by field."""
        return {name: _typed(box.editor) for name, box in self.boxes.items()}

    def fill(self, values: Mapping[str, object]) -> None:
        """Show these values."""
        for name, value in values.items():
            editor = self.boxes[name].editor
            if isinstance(editor, NumberEdit):
                editor.set_plain(str(value))
            elif isinstance(editor, Segmented):
                editor.set_value(str(value))
            elif isinstance(editor, QLineEdit):
                editor.setText(number_text(value))

    def _decimal(self, name: str) -> FieldBox:
        edit = QLineEdit()
        edit.setFont(columns_font())
        edit.textEdited.connect(self._edited)
        return self._box(name, edit)

    def _whole(self, name: str, label: str = "") -> FieldBox:
        edit = NumberEdit()
        edit.plain_changed.connect(self._edited)
        return self._box(name, edit, label)

    def _target(self) -> None:
        match = MatchChoice(Match.AT_LEAST)
        match.changed.connect(self._edited)
        self._row(self._box("match", match, "Match"), self._decimal("target"))

    def _box(self, name: str, editor: QWidget, label: str = "") -> FieldBox:
        self.boxes[name] = FieldBox(label or _LABELS[name], editor)
        return self.boxes[name]

    def _row(self, *boxes: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        for box in boxes:
            row.addWidget(box, 1, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(row)

    @Slot()
    def _edited(self, _text: str = "") -> None:
        self.changed.emit()


class ThresholdFields(KindFields):
    """A multiplier."""

    def __init__(self) -> None:
        super().__init__()
        self._row(self._decimal("at_least"))


class GapFields(KindFields):
    """A target and a percentile."""

    def __init__(self) -> None:
        super().__init__()
        self._target()
        self._row(self._decimal("percentile"))


class ClusterFields(KindFields):
    """A target, how many hits, and within how much."""

    def __init__(self) -> None:
        super().__init__()
        self._target()
        within = self._whole(NONCES, "Within")
        self._unit = Segmented(
            [Segment(NONCES, "Nonces"), Segment(SECONDS, "Seconds")], NONCES, "Within what"
        )
        self._unit.changed.connect(self._edited)
        # One editor for both: what is wrong with either is said at it.
        self.boxes[SECONDS] = within
        self._row(self._whole("count"), within, FieldBox("of", self._unit))

    def values(self) -> dict[str, object]:
        """Give what was typed, with one of nonces and seconds."""
        values = super().values()
        del values[NONCES if self._unit.value == SECONDS else SECONDS]
        return values

    def fill(self, values: Mapping[str, object]) -> None:
        """Show these values, and their unit."""
        self._unit.set_value(SECONDS if values.get(SECONDS) is not None else NONCES)
        super().fill(values)


class MismatchFields(KindFields):
    """Nothing but an explanation."""

    def __init__(self) -> None:
        super().__init__()
        self._column.addWidget(Label(_MISMATCH, ink="secondary", wrap=True))


class MissingFields(KindFields):
    """How many are missing, of how many."""

    def __init__(self) -> None:
        super().__init__()
        self._row(self._whole("missing"), self._whole(NONCES, "Of the newest nonces"))


class SilentFields(KindFields):
    """Seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._row(self._whole("seconds"))


FIELDS: dict[AlertKind, type[KindFields]] = {
    AlertKind.THRESHOLD: ThresholdFields,
    AlertKind.GAP: GapFields,
    AlertKind.CLUSTER: ClusterFields,
    AlertKind.MISMATCH: MismatchFields,
    AlertKind.MISSING: MissingFields,
    AlertKind.SILENT: SilentFields,
}


def number_text(value: object) -> str:
    """Give a number as it can be typed again: ``11200.65``, ``99``."""
    return str(value).removesuffix(".0")


def _typed(editor: QWidget) -> object:
    if isinstance(editor, NumberEdit):
        return editor.plain
    if isinstance(editor, Segmented):
        return editor.value
    return editor.text() if isinstance(editor, QLineEdit) else None

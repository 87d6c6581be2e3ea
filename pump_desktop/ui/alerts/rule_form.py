"""One alert rule as a form: name, kind with its own fields, stream, and how it makes itself known."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from pump_desktop.domain.alerts import MAX_RULE_NAME, AlertKind, RuleDraft, parse_condition
from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.runs import Match
from pump_desktop.qt.app.notifications import tray_available
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.alerts.words import KIND_WORDS, StreamNames
from pump_desktop.ui.kit.choices import MatchChoice
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.field_words import field_sentence
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.text import Label, columns_font

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
        self._column = vbox(into=self, spacing=Space.M)

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
        row = hbox(*(stretch(box, 1, Qt.AlignmentFlag.AlignTop) for box in boxes), spacing=Space.M)
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


_NO_TRAY = "This system has no tray: notices show in the window only."


class AlertRuleForm(QWidget):
    """``changed`` after every keystroke; ``read()`` gives the rule or says which field is wrong."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._enabled = True
        self._name = QLineEdit()
        self._name.setMaxLength(MAX_RULE_NAME)
        self._name_box = FieldBox("Name", self._name)
        self._kind = QComboBox()
        for kind in AlertKind:
            self._kind.addItem(KIND_WORDS[kind], kind)
        self._fields: dict[AlertKind, KindFields] = {kind: FIELDS[kind]() for kind in AlertKind}
        self._words = Label("", ink="secondary", figures=True, wrap=True)
        self._stream = QComboBox()
        self._stream.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._desktop = QCheckBox("Desktop notification")
        self._sound = QCheckBox("Sound")
        for box in (self._desktop, self._sound):
            box.setAccessibleName(box.text())
        self._no_tray = Label(_NO_TRAY, size=Type.HINT, ink="muted", wrap=True)
        self._lay_out()
        self._name.textEdited.connect(self._edited)
        self._kind.currentIndexChanged.connect(self._kind_chosen)
        self._stream.currentIndexChanged.connect(self._edited)
        for fields in self._fields.values():
            fields.changed.connect(self._edited)
        for box in (self._desktop, self._sound):
            box.toggled.connect(self._edited)

    @property
    def kind(self) -> AlertKind:
        """The kind that is chosen."""
        return AlertKind(self._kind.currentData())

    @property
    def stream_id(self) -> UUID | None:
        """The stream the rule is for; None for all."""
        chosen = self._stream.currentData()
        return None if chosen is None else UUID(chosen)

    @property
    def name(self) -> str:
        """The name as it was typed."""
        return self._name.text()

    def set_streams(self, names: StreamNames) -> None:
        """Offer these streams, and all of them together."""
        with QSignalBlocker(self._stream):
            self._stream.clear()
            self._stream.addItem("All streams", None)
            for stream_id, name in names.items():
                self._stream.addItem(name, str(stream_id))

    def fill(self, draft: RuleDraft | None, stream_id: UUID | None = None) -> None:
        """Show a rule, or begin a new one for a stream that is offered, or for all of them."""
        with QSignalBlocker(self):
            for kind, fields in self._fields.items():
                fields.fill(BEGINNINGS[kind])
            kind = AlertKind.THRESHOLD if draft is None else draft.condition.kind
            self._kind.setCurrentIndex(self._kind.findData(kind))
            self._enabled = draft is None or draft.enabled
            self._name.setText(KIND_WORDS[kind] if draft is None else draft.name)
            self._desktop.setChecked(draft is not None and draft.desktop)
            self._sound.setChecked(draft is not None and draft.sound)
            if draft is not None:
                stream_id = draft.stream_id
            # A box finds None nowhere; all streams stand first.
            self._stream.setCurrentIndex(0 if stream_id is None else self._stream.findData(str(stream_id)))
            if draft is not None:
                self._fields[kind].fill(draft.condition.values())
        self._show_kind()
        self.show_error(None)
        self._show_words()

    def read(self) -> RuleDraft:
        """Give the rule as it stands; raises FieldError."""
        return RuleDraft.parse(
            name=self.name,
            kind=self.kind,
            values=self._fields[self.kind].values(),
            stream_id=self.stream_id,
            enabled=self._enabled,
            desktop=self._desktop.isChecked(),
            sound=self._sound.isChecked(),
        )

    def show_error(self, error: FieldError | None, *, focus: bool = False) -> None:
        """Light the field that is wrong, or none."""
        boxes = {"name": self._name_box} | self._fields[self.kind].boxes
        wrong = None if error is None else boxes.get(error.field)
        for box in boxes.values():
            if box is not wrong:
                box.set_error(None)
        if error is not None and wrong is not None:
            wrong.set_error(field_sentence(error))
            if focus:
                wrong.editor.setFocus()

    def focus_first(self) -> None:
        """Put the keyboard on the name."""
        self._name.setFocus()
        self._name.selectAll()

    def _lay_out(self) -> None:
        vbox(
            self._name_box,
            FieldBox("Kind", self._kind),
            *self._fields.values(),
            self._words,
            FieldBox("Stream", self._stream),
            hbox(self._desktop, self._sound, STRETCH, spacing=Space.L),
            self._no_tray,
            STRETCH,
            into=self,
            spacing=Space.M,
        )
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self._no_tray.setVisible(not tray_available())
        self._show_kind()

    def _show_kind(self) -> None:
        for kind, fields in self._fields.items():
            fields.setVisible(kind is self.kind)

    def _show_words(self) -> None:
        try:
            words = parse_condition(self.kind, self._fields[self.kind].values()).words
        except FieldError:
            words = ""
        self._words.setText(words)

    @Slot()
    def _kind_chosen(self, _place: int = 0) -> None:
        # A name nobody typed follows the kind.
        if self.name in KIND_WORDS.values():
            self._name.setText(KIND_WORDS[self.kind])
        self._show_kind()
        self._edited()

    @Slot()
    def _edited(self, *_what: object) -> None:
        self.show_error(None)
        self._show_words()
        self.changed.emit()

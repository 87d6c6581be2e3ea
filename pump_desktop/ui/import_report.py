"""What came of an import: figures in a sentence, and the rows that were refused."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.domain.imports import ImportReport
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.imports import RefusalsModel
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.buttons import Button, CopyButton
from pump_desktop.ui.widgets.card import Card, Tile
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import Label

_COLUMNS = (Column(90, numeric=True), Column(400, stretch=True))


class ImportReportView(QWidget):
    """``stream_asked`` carries a stream's id, ``another_asked`` that one more file shall be taken in."""

    stream_asked = Signal(object)
    another_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stream_id: UUID | None = None
        self._text = ""
        self._banner = Banner("good", "", dismissable=False)
        self._tiles = {name: Tile(name) for name in ("Rows read", "New", "Stored before", "Refused")}
        self._model = RefusalsModel(self)
        self._table = BigTable("Refused rows", _COLUMNS)
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._empty = EmptyState("quiet", "No row was refused.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._table)
        self._more = Label("", ink="secondary", wrap=True)
        self._open = Button("Open the stream", meaning="live")
        self._another = Button("Import another file", meaning="import")
        self._copy = CopyButton(lambda: self._text, "the report")
        self._lay_out()
        self._open.clicked.connect(self._open_stream)
        self._another.clicked.connect(self.another_asked)

    @property
    def text(self) -> str:
        """The report as it is copied: the sentence, and a line for each refused row."""
        return self._text

    def show_report(self, report: ImportReport, file: str) -> None:
        """Show what came of a file."""
        unit = report.kind.unit
        lines = [f"{file}: {report.sentence}"]
        lines += [f"{unit} {refusal.place}: {refusal.sentence}" for refusal in report.refusals]
        self._text = "\n".join(lines) + "\n"
        whole = not report.refused and not report.cancelled
        self._banner.show_sentence("good" if whole else "warn", f"{file}: {report.sentence}")
        counts = (report.read, report.accepted, report.known, report.refused)
        for tile, count in zip(self._tiles.values(), counts, strict=True):
            tile.set_figure(grouped(count))
        self._tiles["Refused"].set_figure(
            grouped(report.refused), None, "bad" if report.refused else "primary"
        )
        self._model.show_report(report)
        self._stack.setCurrentWidget(self._table if report.refusals else self._empty)
        self._more.setText(_more(report))
        self._more.setVisible(bool(self._more.text()))
        self._stream_id = report.streams[0] if report.streams else None
        several = len(report.streams) > 1
        self._open.setText("Open the first stream" if several else "Open the stream")
        self._open.setVisible(self._stream_id is not None)

    def focus_first(self) -> None:
        """Put the keyboard where one goes on."""
        (self._another if self._stream_id is None else self._open).setFocus()

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(Space.M)
        for tile in self._tiles.values():
            figures.addWidget(tile, 1)
        card = Card("Refused rows")
        card.add_action(self._copy)
        card.add(self._stack, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self._open)
        buttons.addWidget(self._another)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self._banner)
        column.addLayout(figures)
        column.addWidget(card, 1)
        column.addWidget(self._more)
        column.addLayout(buttons)

    @Slot()
    def _open_stream(self) -> None:
        self.stream_asked.emit(self._stream_id)


def _more(report: ImportReport) -> str:
    said = []
    left = report.refused - len(report.refusals)
    if left:
        said.append(f"{grouped(left)} more rows were refused and are not listed.")
    if report.made_ids:
        said.append(f"{grouped(report.made_ids)} bets had no id and got one from their nonce.")
    if len(report.streams) > 1:
        said.append(f"The rows belong to {grouped(len(report.streams))} streams.")
    return " ".join(said)

"""Takes in bets from a file: looked at first, its columns named, then imported beside the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.imports import (
    ColumnMap,
    ImportPreview,
    ImportProgress,
    ImportReport,
    ImportSample,
)
from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.imports import PREVIEW_OUTCOME, PreviewModel, RefusalsModel, SampleModel
from pump_desktop.qt.text.numbers import bytes_text, grouped
from pump_desktop.qt.work.imports import Imports
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.imports.columns import ImportColumnsForm
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button, CopyButton
from pump_desktop.ui.kit.card import Card, Tile
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.file_dialog import open_dialog
from pump_desktop.ui.kit.layout import STRETCH, aligned, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


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
        self._stack = pages(self._empty, self._table)
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
        card = Card("Refused rows")
        card.add_action(self._copy)
        card.add(self._stack, 1)
        vbox(
            self._banner,
            hbox(*(stretch(tile) for tile in self._tiles.values()), spacing=Space.M),
            stretch(card),
            self._more,
            hbox(self._open, self._another, STRETCH, spacing=Space.S),
            into=self,
            spacing=Space.M,
        )

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


_PREVIEW_MS = 150
_STEPS = 1_000
_FORM_WIDTH = 360
_SAMPLE_WIDTH = 130
_PREVIEW_COLUMNS = (
    Column(64, numeric=True),
    Column(150),
    Column(90, numeric=True),
    Column(100, numeric=True),
    Column(120, numeric=True),
    Column(120, numeric=True),
    Column(90),
    Column(150),
    Column(150),
    Column(120),
    Column(150),
)
_EMPTY = "Choose a log, CSV or JSON file of bets. Nothing is stored before you have seen what would be."
_NO_ROWS = "The first rows appear here as they would be stored, once the columns are chosen."
_KINDS = {
    "csv": "Table",
    "json lines": "JSON, an object a line",
    "json array": "JSON array",
    "log": "Antebot log",
}
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class ImportDialog(PlainDialog):
    """``stream_asked`` carries the id of a stream that got bets."""

    stream_asked = Signal(object)

    def __init__(self, asker: Asker, imports: Imports, stream: StreamRow | None, parent: QWidget) -> None:
        super().__init__("Import bets", 720, parent)
        self.resize(860, 580)
        self._imports = imports
        self._sample: ImportSample | None = None
        self._question = LatestQuery(asker, self)
        self._path = QLineEdit()
        self._path.setPlaceholderText("A log, CSV or JSON file of bets")
        self._file = FieldBox("File", self._path)
        self._browse = Button("Browse …", "quiet", "open")
        self._file.add_aside(self._browse)
        self._form = ImportColumnsForm()
        self._preview = PreviewModel(self)
        self._preview_table = BigTable("Rows as they would be stored", _PREVIEW_COLUMNS)
        self._preview_table.setModel(self._preview)
        self._preview_table.set_columns(_PREVIEW_COLUMNS)
        self._no_rows = EmptyState("search", _NO_ROWS, measure=220)
        self._previews = QStackedWidget()
        self._rows = SampleModel(self)
        self._sample_table = BigTable("Rows of the file")
        self._sample_table.setModel(self._rows)
        self._tables = QTabWidget()
        self._remarks = Label("", ink="secondary", wrap=True)
        self._empty = EmptyState("queue", _EMPTY, "Choose a file …", kind="secondary", meaning="open")
        self._work = QWidget()
        self._report = ImportReportView()
        self._stack = QStackedWidget()
        self._bar = QProgressBar()
        self._words = Label("", ink="secondary", figures=True)
        self._banner = Banner("bad")
        self._import = Button("Import", "primary", "import")
        self._close = Button("Close")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_PREVIEW_MS)
        if stream is not None:
            self._form.show_stream(stream)
        self._lay_out()
        self._wire()
        self._show_busy(busy=False)

    def _wire(self) -> None:
        self._path.returnPressed.connect(self._typed_path)
        self._browse.clicked.connect(self._ask_which)
        self._empty.acted.connect(self._ask_which)
        self._form.changed.connect(self._edited)
        self._typing.timeout.connect(self._ask_preview)
        self._import.clicked.connect(self._start)
        self._close.clicked.connect(self.reject)
        self._report.stream_asked.connect(self._open_stream)
        self._report.another_asked.connect(self._another)
        self._imports.progress.connect(self._progressed)
        self._imports.finished.connect(self._finished)
        self._imports.failed.connect(self._not_imported)
        self._imports.cancelled.connect(self._stopped)

    @Slot(str)
    def load(self, path: str) -> None:
        """Look at a file; one that holds no bets is refused with a sentence, and the one before stays."""
        self._path.setText(path)
        self._file.set_error(None)
        self._forget()

        def work(_backend: Backend) -> tuple[ImportSample, ColumnMap]:
            from pump_desktop.services.imports.importer import guess_columns, read_sample  # noqa: PLC0415 - in the worker

            sample = read_sample(Path(path).expanduser())
            return sample, guess_columns(sample.columns)

        self._question.ask(work, self._came, self._not_read)

    def reject(self) -> None:
        """Close; an import under way is stopped first, and its report shown."""
        if self._imports.path is not None:
            self._close.setEnabled(False)
            self._words.setText("Stopping …")
            self._imports.cancel()
            return
        super().reject()

    def _lay_out(self) -> None:
        self._tables.setDocumentMode(True)
        for view in (self._no_rows, self._preview_table):
            self._previews.addWidget(view)
        self._tables.addTab(self._previews, "As it would be stored")
        self._tables.addTab(self._sample_table, "The file")
        self._form.setFixedWidth(_FORM_WIDTH)
        hbox(
            self._form,
            stretch(vbox(stretch(self._tables), self._remarks, spacing=Space.S)),
            into=self._work,
            spacing=Space.M,
        )
        for part in (self._empty, self._work, self._report):
            self._stack.addWidget(part)
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the import")
        foot = hbox(
            stretch(vbox(self._bar, self._words, spacing=Space.XS)),
            aligned(self._import, Qt.AlignmentFlag.AlignBottom),
            aligned(self._close, Qt.AlignmentFlag.AlignBottom),
            spacing=Space.S,
        )
        self.column.setSpacing(Space.M)
        self.column.addWidget(self._file)
        self.column.addWidget(self._banner)
        self.column.addWidget(self._stack, 1)
        self.column.addLayout(foot)

    # The file, and how its rows would be stored.

    @Slot()
    def _typed_path(self) -> None:
        self.load(self._path.text().strip())

    @Slot()
    def _ask_which(self) -> None:
        kinds = ["Bets (*.csv *.log *.txt *.json *.jsonl *.tsv)"]
        dialog = open_dialog(self, "Choose a file of bets", kinds)
        dialog.fileSelected.connect(self.load)
        dialog.open()

    def _came(self, answer: tuple[ImportSample, ColumnMap]) -> None:
        sample, guess = answer
        self._sample = sample
        self._banner.hide()
        self._file.set_hint(_words(sample))
        self._form.show_columns(sample.columns, guess)
        self._rows.show_sample(sample)
        self._sample_table.set_columns([Column(_SAMPLE_WIDTH)] * len(sample.columns))
        self._stack.setCurrentWidget(self._work)
        self._words.setText("")
        self._ask_preview()

    def _not_read(self, error: KnownError) -> None:
        kept = ""
        if self._sample is not None:
            kept = f" {self._sample.path.name} is still the file to import."
        self._file.set_error(f"{error}{kept}")
        self._path.setFocus()

    @Slot()
    def _edited(self) -> None:
        self._import.setEnabled(False)
        self._typing.start()

    @Slot()
    def _ask_preview(self) -> None:
        sample = self._sample
        if sample is None:
            return
        self._forget()
        try:
            defaults = self._form.defaults()
        except FieldError:
            return
        columns = self._form.column_map

        def work(_backend: Backend) -> ImportPreview:
            from pump_desktop.services.imports.importer import preview  # noqa: PLC0415 - in the worker

            return preview(sample.path, columns, defaults)

        self._question.ask(work, self._previewed, self._not_previewed)

    def _previewed(self, seen: ImportPreview) -> None:
        self._preview.show_preview(seen)
        self._preview_table.clearSpans()
        refused = 0
        for row, shown in enumerate(seen.rows):
            if shown.message is None:
                refused += 1
                # Its sentence has the room of the cells that are empty.
                self._preview_table.setSpan(row, PREVIEW_OUTCOME, 1, len(_PREVIEW_COLUMNS) - 1)
        self._previews.setCurrentWidget(self._preview_table)
        said = list(seen.remarks)
        if refused:
            said.insert(0, f"{refused} of the first {len(seen.rows)} rows would be refused.")
        self._show_remarks(" ".join(said))
        self._import.setEnabled(self._imports.path is None)

    def _not_previewed(self, error: KnownError) -> None:
        self._import.setEnabled(False)
        self._previews.setCurrentWidget(self._no_rows)
        if isinstance(error, FieldError) and self._form.show_error(error):
            self._show_remarks("Nothing can be imported yet.")
        else:
            self._banner.show_sentence("bad", str(error))

    def _show_remarks(self, text: str) -> None:
        self._remarks.setText(text)
        self._remarks.setVisible(bool(text))

    def _forget(self) -> None:
        self._typing.stop()
        self._question.drop()

    # The import.

    @Slot()
    def _start(self) -> None:
        sample = self._sample
        if sample is None:
            return
        try:
            defaults = self._form.defaults()
        except FieldError:
            return
        self._banner.hide()
        if self._imports.start(sample.path, self._form.column_map, defaults):
            self._bar.setValue(0)
            self._words.setText("Reading …")
            self._show_busy(busy=True)

    @Slot(object)
    def _progressed(self, progress: ImportProgress) -> None:
        if progress.bytes_total:
            self._bar.setValue(_STEPS * progress.bytes_done // progress.bytes_total)
        if self._close.isEnabled():
            self._words.setText(
                f"{grouped(progress.read)} rows read, {grouped(progress.accepted)} new, "
                f"{grouped(progress.known)} stored before, {grouped(progress.refused)} refused"
            )

    @Slot(object)
    def _finished(self, report: ImportReport) -> None:
        self._show_busy(busy=False)
        assert self._sample is not None  # noqa: S101 - it was imported
        self._report.show_report(report, self._sample.path.name)
        self._stack.setCurrentWidget(self._report)
        self._file.hide()
        self._import.hide()
        self._report.focus_first()

    @Slot(object)
    def _not_imported(self, error: Exception) -> None:
        self._show_busy(busy=False)
        if not isinstance(error, KnownError):
            raise error
        if not (isinstance(error, FieldError) and self._form.show_error(error)):
            self._banner.show_sentence("bad", str(error))

    @Slot()
    def _stopped(self) -> None:
        self._show_busy(busy=False)
        self._banner.show_sentence("info", "Stopped. Nothing was stored.")

    @Slot()
    def _another(self) -> None:
        self._stack.setCurrentWidget(self._empty if self._sample is None else self._work)
        self._file.show()
        self._import.show()
        self._path.selectAll()
        self._path.setFocus()

    @Slot(object)
    def _open_stream(self, stream_id: object) -> None:
        self.stream_asked.emit(stream_id)
        self.accept()

    def _show_busy(self, *, busy: bool) -> None:
        self._bar.setVisible(busy)
        if not busy:
            self._words.setText("")
        self._close.setEnabled(True)
        self._close.setText("Stop" if busy else "Close")
        for part in (self._file, self._form):
            part.setEnabled(not busy)
        self._import.setEnabled(not busy and self._sample is not None)


def _words(sample: ImportSample) -> str:
    """Give what kind of file it is: ``Table, separated by commas · 12 columns · 4.6 MB``."""
    kind = _KINDS[sample.kind]
    if sample.separator:
        kind = f"{kind}, separated by {_SEPARATORS.get(sample.separator, sample.separator)}"
    named = "" if sample.header or not sample.separator else " without names"
    return f"{kind} · {grouped(len(sample.columns))} columns{named} · {bytes_text(sample.size)}"

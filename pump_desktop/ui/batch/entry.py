"""Where seed pairs are pasted or loaded, and what is made of each line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from pump_desktop.domain.batch import MAX_CHARACTERS, PairDefaults, PairList, left_over
from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import parse_nonce
from pump_desktop.qt.look.fonts import Type, mono_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.queue import PairColumn, PairsModel
from pump_desktop.qt.text.numbers import counted, grouped
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.batch.cells import RemarkDelegate
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.field_words import field_sentence
from pump_desktop.ui.kit.file_dialog import open_dialog
from pump_desktop.ui.kit.layout import hbox, pages, stretch, vbox
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


_EXAMPLE = "server seed, client seed, start, end\n564e…81ca, zXv1upuFns, 1, 1000000\n0c8a…fe94, zXv1upuFns\n"


class PairsEdit(QPlainTextEdit):
    """Lines in fixed width; ``file_dropped`` carries a file's path, ``refused`` why a paste is not taken."""

    file_dropped = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(mono_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setPlaceholderText(_EXAMPLE)
        # Tab leaves the box; who pastes columns pastes their tabs.
        self.setTabChangesFocus(True)
        self.setMinimumHeight(96)

    def replace_all(self, text: str) -> None:
        """Put a text in the place of what is there; Ctrl+Z brings that back."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        self.setTextCursor(cursor)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take text that is not too long, or hand on a dropped file."""
        if source.hasUrls() and (path := source.urls()[0].toLocalFile()):
            self.file_dropped.emit(path)
            return
        size = len(source.text())
        if size > MAX_CHARACTERS:
            # Laying out 100 MB would hold the window for minutes.
            self.refused.emit(
                f"{grouped(size)} characters are too many; {grouped(MAX_CHARACTERS)} is the limit. "
                "Split the list."
            )
            return
        super().insertFromMimeData(source)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take files too."""
        return source.hasUrls() or super().canInsertFromMimeData(source)


_CHECK_MS = 150
_DEFAULT_COUNT = 1_000_000
_COLUMNS = (
    Column(50, numeric=True, sortable=False),
    Column(138, sortable=False),
    Column(90, sortable=False),
    Column(138, numeric=True, sortable=False),
    Column(84, sortable=False),
    Column(180, stretch=True, sortable=False),
)
# Narrower than this, the table leaves its room to the remarks.
_WIDE = 900
_LEFT_OUT = (int(PairColumn.SERVER), int(PairColumn.NONCES), int(PairColumn.DIFFICULTY))
_HOW = "Server seed and client seed, then if you like first nonce, last nonce and difficulty."
_EMPTY = (
    "Paste one seed pair a line: server seed, client seed, and if you like first nonce, last nonce and "
    "difficulty. Or load a CSV file."
)


class QueueEntry(QWidget):
    """``asked`` carries the scans of all good lines; lines with a problem stay in the box."""

    asked = Signal(object)
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, max_nonces: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._max_nonces = max_nonces
        self._question = LatestQuery(asker, self)
        self._list = PairList()
        self._text = PairsEdit()
        self._load = Button("Load a file …", meaning="open")
        self._box = FieldBox("Seed pairs, one a line", self._text, _HOW)
        self._start = NumberEdit(1, "First nonce where a line names none")
        self._end = NumberEdit(_DEFAULT_COUNT, "Last nonce where a line names none")
        self._difficulty = Segmented(
            [Segment(difficulty, difficulty.label) for difficulty in Difficulty],
            Difficulty.EXPERT,
            "Difficulty where a line names none",
        )
        self._fields = {
            "start": FieldBox("First nonce", self._start),
            "end": FieldBox("Last nonce", self._end),
        }
        self._model = PairsModel(self)
        self._table = BigTable("Lines of the list", _COLUMNS)
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._table.setItemDelegateForColumn(int(PairColumn.REMARK), RemarkDelegate(self._table))
        self._empty = EmptyState(
            "queue", _EMPTY, "Load a file …", kind="secondary", meaning="open", measure=320
        )
        self._stack = pages(self._empty, self._table)
        self._words = Label("", ink="secondary", figures=True, wrap=True)
        self._add = Button("Scan these pairs", "primary", "play")
        self._add.setToolTip("Put the pairs into the queue (Ctrl+Return)")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_CHECK_MS)
        self._lay_out()
        self._show()

        self._text.textChanged.connect(self._edited)
        self._text.file_dropped.connect(self.load)
        self._text.refused.connect(self._box.set_error)
        self._start.plain_changed.connect(self._edited)
        self._end.plain_changed.connect(self._edited)
        self._difficulty.changed.connect(self._edited)
        self._typing.timeout.connect(self._check)
        self._load.clicked.connect(self._ask_for_file)
        self._empty.acted.connect(self._ask_for_file)
        self._add.clicked.connect(self.submit)
        self._table.row_opened.connect(self._go_to_line)

    def set_max_nonces(self, most: int) -> None:
        """Take ranges up to another length from the next reading on."""
        self._max_nonces = most

    @property
    def text(self) -> str:
        """The list as it stands."""
        return self._text.toPlainText()

    def set_text(self, text: str) -> None:
        """Put another list into the box; Ctrl+Z brings the old one back."""
        self._text.replace_all(text)

    def focus_first(self) -> None:
        """Put the keyboard into the box."""
        self._text.setFocus()

    @Slot()
    def submit(self) -> None:
        """Check the list as it stands, and ask for the scans of all good lines."""
        self._ask(to_scan=True)

    @Slot(str)
    def load(self, path: str) -> None:
        """Read a file into the box."""

        def work(_backend: Backend) -> str:
            from pump_desktop.services.runs.batch import read_pair_file  # noqa: PLC0415 - in the worker

            return read_pair_file(Path(path))

        def loaded(text: str) -> None:
            had_text = bool(self.text.strip())
            self.set_text(text)
            if had_text:
                self.said.emit(f"Loaded {Path(path).name}. Ctrl+Z brings back what stood here.")

        self._asker.ask(self, work, loaded, self._failed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the remarks."""
        super().resizeEvent(event)
        self._table.set_hidden_columns(_LEFT_OUT if event.size().width() < _WIDE else ())

    def _lay_out(self) -> None:
        self._box.add_aside(self._load)
        defaults = QGridLayout()
        defaults.setHorizontalSpacing(Space.M)
        defaults.setVerticalSpacing(Space.S)
        top = Qt.AlignmentFlag.AlignTop
        defaults.addWidget(Label("Where a line names none", size=Type.HINT, ink="muted"), 0, 0, 1, 2)
        defaults.addWidget(self._fields["start"], 1, 0, top)
        defaults.addWidget(self._fields["end"], 1, 1, top)
        defaults.addWidget(self._difficulty, 2, 0, 1, 2)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, Space.M, 0)
        column.setSpacing(Space.M)
        # A least width that still grows with its words.
        column.addStrut(290 - Space.M)
        column.addWidget(self._box, 1)
        column.addLayout(defaults)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(Space.M, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self._stack, 1)
        foot = hbox(stretch(self._words), self._add, spacing=Space.M)
        column.addLayout(foot)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("kept.queue-entry")
        split.setChildrenCollapsible(False)
        right.setMinimumWidth(390)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 2)
        split.setSizes([290, 520])
        vbox(split, into=self, margins=(0, Space.M, 0, 0))

    def _defaults(self) -> PairDefaults:
        return PairDefaults(self._start.plain, self._end.plain, self._difficulty.value or Difficulty.EXPERT)

    @Slot()
    def _edited(self, *_what: object) -> None:
        self._box.set_error(None)
        self._typing.start()

    @Slot()
    def _check(self) -> None:
        self._ask()

    def _ask(self, *, to_scan: bool = False) -> None:
        self._typing.stop()
        text, defaults, most = self.text, self._defaults(), self._max_nonces

        def work(backend: Backend) -> PairList:
            from pump_desktop.services.runs.batch import check_pairs  # noqa: PLC0415 - in the worker

            return check_pairs(backend.runs, text, defaults, most)

        def checked(pairs: PairList) -> None:
            if (text, defaults) != (self.text, self._defaults()):
                self._ask(to_scan=to_scan)
                return
            self._list = pairs
            self._show()
            if to_scan:
                self._scan()

        self._question.ask(work, checked, self._failed)

    def _scan(self) -> None:
        ready = self._list.ready
        if not ready:
            self._box.set_error("No line can be scanned yet.")
            self.focus_first()
            return
        # What cannot be scanned stays, under its header, to be mended.
        self.set_text(left_over(self.text, self._list))
        self.asked.emit(ready)

    def _failed(self, error: KnownError) -> None:
        if isinstance(error, FieldError):
            self._list = PairList()
            self._show()
            self._box.set_error(str(error))
        else:
            self.refused.emit(str(error))

    def _show(self) -> None:
        pairs = self._list
        for name, edit in (("start", self._start), ("end", self._end)):
            self._fields[name].set_error(_problem(name, edit.plain))
        self._model.set_pairs(pairs.pairs)
        self._stack.setCurrentWidget(self._table if pairs.pairs else self._empty)
        self._load.setVisible(bool(pairs.pairs))
        ready = len(pairs.ready)
        self._add.setEnabled(bool(ready))
        self._add.setText(f"Scan {counted(ready, 'pair')}" if ready else "Scan these pairs")
        self._words.setText(_summary(pairs))

    @Slot(int)
    def _go_to_line(self, row: int) -> None:
        block = self._text.document().findBlockByNumber(self._list.pairs[row].line.number - 1)
        self._text.setTextCursor(QTextCursor(block))
        self._text.setFocus()

    @Slot()
    def _ask_for_file(self) -> None:
        dialog = open_dialog(self, "Load seed pairs", ["Lists (*.csv *.tsv *.txt)"])
        dialog.fileSelected.connect(self.load)
        dialog.open()


def _problem(field: str, text: str) -> str | None:
    try:
        parse_nonce(field, text)
    except FieldError as error:
        return field_sentence(error)
    return None


def _summary(pairs: PairList) -> str:
    """Say what is made of a list, and the first problem."""
    if not pairs.pairs:
        return ""
    said = []
    if pairs.header is not None:
        said.append(f"Line {grouped(pairs.header)} names the columns.")
    if repeated := pairs.repeated:
        said.append(f"{counted(repeated, 'line')} repeated, scanned once.")
    if wrong := pairs.wrong:
        have = "has a problem" if len(wrong) == 1 else "have a problem"
        first = wrong[0]
        said.append(
            f"{counted(len(wrong), 'line')} {have}; line {grouped(first.line.number)}: {first.problem}."
        )
    return " ".join(said)

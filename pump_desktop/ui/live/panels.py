"""Whether every round of a stream was observed, which nonces are missing, and which came twice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFont, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QSizePolicy, QWidget

from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.live import MAX_STREAM_NOTES, StreamRow
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.small import PeaksModel, RangesModel
from pump_desktop.qt.text.numbers import counted, grouped
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.layout import vbox
from pump_desktop.ui.kit.stream_panel import StreamPanel
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label
from pump_desktop.ui.live.drawer import BoardPanel
from pump_desktop.ui.live.words import interval_text, money_text, share_text

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.live.board import Board
    from pump_desktop.stats.returns import Return


PAUSE_MS = 1_000


class NotesEdit(QPlainTextEdit):
    """Plain text; ``left`` says that the keyboard went elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard went elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()


class NotesPanel(StreamPanel):
    """One field; what cannot be stored stays in it, also while another stream is looked at."""

    title = "Notes"

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        # What each row said last, what is on disk as far as is known, and what is not.
        self._said: str = ""
        self._stored: str = ""
        self._drafts: dict[UUID, str] = {}
        self._edit = NotesEdit()
        self._edit.setTabChangesFocus(True)
        self._edit.setPlaceholderText("What you want to remember of this stream")
        self._edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._box = FieldBox("Notes", self._edit)
        self._counter = Label("", size=Type.HINT, ink="muted", figures=True)
        self._box.add_aside(self._counter)
        self._column.addWidget(self._box, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.save)
        self._edit.left.connect(self.save)
        self._edit.textChanged.connect(self._edited)
        self._edited()

    @property
    def notes(self) -> str:
        """What is in the field."""
        return self._edit.toPlainText()

    @property
    def error(self) -> str | None:
        """Why the notes are not stored, if they are not."""
        return self._box.error

    def show_stream(self, row: StreamRow | None) -> None:
        """Show the notes of a stream; what is being written stays."""
        if self.stream_id != (None if row is None else row.id):
            self.save()
        super().show_stream(row)
        # A row may have been read before the last save: only what it says anew counts.
        if row is not None and row.notes != self._said:
            self._said = row.notes
            if self.notes == self._stored and not self._edit.hasFocus():
                self._show(row.notes)

    @Slot()
    def save(self) -> None:
        """Store what is in the field, unless it is on disk or too long."""
        self._pause.stop()
        stream_id, notes = self.stream_id, self.notes
        if stream_id is None or (notes == self._stored and stream_id not in self._drafts):
            return
        self._drafts[stream_id] = notes
        if self._problem(notes):
            return

        def stored(_row: StreamRow) -> None:
            if self._drafts.get(stream_id) == notes:
                del self._drafts[stream_id]
            if stream_id == self.stream_id:
                self._stored = notes
                self._box.set_error(self._problem(self.notes))

        def refused(error: KnownError) -> None:
            if isinstance(error, NotFoundError):
                self._drafts.pop(stream_id, None)
                self.refused.emit("The stream was deleted, so its notes were not stored.")
            elif stream_id == self.stream_id:
                self._box.set_error(str(error))
            else:
                self.refused.emit(str(error))

        self._write(lambda live: live.set_notes(stream_id, notes), stored, refused)

    def _changed(self) -> None:
        row = self._row
        self._edit.setEnabled(row is not None)
        self._said = self._stored = "" if row is None else row.notes
        draft = None if row is None else self._drafts.get(row.id)
        if draft is None:
            self._show(self._stored)
        else:
            self._edit.setPlainText(draft)

    def _show(self, notes: str) -> None:
        self._stored = notes
        if notes != self.notes:
            self._edit.setPlainText(notes)
        self._pause.stop()

    @Slot()
    def _edited(self) -> None:
        notes = self.notes
        self._counter.setText(f"{grouped(len(notes))} / {grouped(MAX_STREAM_NOTES)}")
        problem = self._problem(notes)
        self._counter.set_ink("bad" if problem else "muted")
        self._box.set_error(problem)
        if self.stream_id is not None and notes != self._stored:
            self._pause.start()

    def _problem(self, notes: str) -> str | None:
        if len(notes) <= MAX_STREAM_NOTES:
            return None
        return (
            f"Notes hold at most {grouped(MAX_STREAM_NOTES)} characters; these have {grouped(len(notes))} "
            "and are not stored."
        )


class PeaksPanel(BoardPanel):
    """The twenty highest rounds."""

    title = "Peaks"

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._model = PeaksModel(self)
        columns = (
            Column(120, numeric=True, stretch=True, sortable=False),
            Column(88, numeric=True, sortable=False),
            Column(106, numeric=True, sortable=False),
        )
        self._table = BigTable("Highest rounds", columns)
        self._table.setModel(self._model)
        self._table.set_columns(columns)
        self._column.addWidget(self._table, 1)
        self._table.row_opened.connect(self._go_to)
        self._table.clicked.connect(self._clicked)

    def _changed(self) -> None:
        # Until the board comes.
        self._model.set_peaks(())

    def show_board(self, board: Board) -> None:
        """Show the peaks of a board."""
        self._model.set_peaks(board.peaks)

    @Slot(int)
    def _go_to(self, row: int) -> None:
        self.nonce_asked.emit(self._model.peak_at(row).nonce)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._go_to(index.row())


class ReturnPanel(BoardPanel):
    """The realised return in every currency, with its interval and how far to trust it."""

    title = "Return"

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._shown: tuple[Return, ...] | None = None
        self._inside = QWidget()
        self._inside.setProperty("ground", "page")
        self._list = vbox(into=self._inside, margins=(Space.M, 0, Space.M, 0), spacing=Space.XS)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._inside)
        self._column.addWidget(area, 1)

    def _changed(self) -> None:
        # Until the board comes.
        self._show(())

    def show_board(self, board: Board) -> None:
        """Show the returns of a board, once all its bets are added up."""
        if not board.behind:
            self._show(board.returns)

    def _show(self, returns: tuple[Return, ...]) -> None:
        if returns == self._shown:
            return
        self._shown = returns
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in returns:
            self._add(one)
        words = "Expected: 98 % at every cash-out point." if returns else "No bets yet."
        self._list.addWidget(Label(words, size=Type.HINT, ink="muted", wrap=True))
        self._list.addStretch(1)

    def _add(self, one: Return) -> None:
        currency = one.currency.upper() or "No currency"
        heading = Label(
            f"{currency}  {share_text(one.share)}",
            size=Type.SECTION,
            weight=QFont.Weight.DemiBold,
            figures=True,
        )
        self._list.addWidget(heading)
        interval = interval_text(one)
        lines = [f"95 % interval: {interval}"] if interval else []
        lines += [counted(one.bets, "bet"), money_text(one), one.reading]
        for line in lines:
            self._list.addWidget(Label(line, size=Type.HINT, ink="secondary", wrap=True, figures=True))
        self._list.addSpacing(Space.M)


# Finding what is missing reads every nonce: a million take 0.4 s, so not more often than this.
LIST_MS = 5_000

Pairs = tuple[tuple[int, int], ...]


class RoundsPanel(BoardPanel):
    """Whether every round was observed, which nonces are missing, and which have several bets."""

    title = "Rounds"

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._counts = (0, 0)
        self._listed: tuple[int, int] | None = None
        self._words = Label("", ink="secondary", wrap=True)
        self._words.setContentsMargins(Space.M, 0, Space.M, 0)
        self._missing = RangesModel(("Missing nonces", "Rounds"), spans=True, parent=self)
        self._doubled = RangesModel(("Nonce", "Bets"), spans=False, parent=self)
        self._tables = [_pairs_table(name, model) for name, model in self._models()]
        self._column.addWidget(self._words)
        for table in self._tables:
            self._column.addWidget(table, 1)
            table.hide()
        self._column.addStretch(0)
        self._tables[0].row_opened.connect(self._go_to_missing)
        self._tables[1].row_opened.connect(self._go_to_doubled)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(LIST_MS)
        self._again.timeout.connect(self._list)

    def _changed(self) -> None:
        # Until the board comes.
        self._again.stop()
        self._counts, self._listed = (0, 0), None
        self._words.setText("")
        for _, model in self._models():
            model.set_pairs(())
        for table in self._tables:
            table.hide()

    def show_board(self, board: Board) -> None:
        """Say what a board says, and list what it counts."""
        self._counts = (board.covered.missing, board.detail.duplicate_nonces)
        sentence = _coverage_sentence(board)
        if sentence != self._words.text():
            self._words.setText(sentence)
        for table, count in zip(self._tables, self._counts, strict=True):
            table.setVisible(bool(count))
        self._list()

    def showEvent(self, event: QShowEvent) -> None:
        """List what was not listed while nobody looked."""
        super().showEvent(event)
        self._list()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._again.stop()

    def _models(self) -> tuple[tuple[str, RangesModel], ...]:
        return (("Missing nonces", self._missing), ("Nonces with several bets", self._doubled))

    @Slot()
    def _list(self) -> None:
        counts = self._counts
        if not self.isVisible() or counts == self._listed or self._again.isActive():
            return
        self._listed = counts

        def work(backend: Backend, stream_id: UUID) -> tuple[Pairs, Pairs]:
            from pump_desktop.services.live.board import doubled_nonces, missing_ranges  # noqa: PLC0415 - in the worker

            missing = missing_ranges(backend.live, stream_id) if counts[0] else ()
            return missing, doubled_nonces(backend.live, stream_id) if counts[1] else ()

        self._read(work, self._listed_came)
        self._again.start()

    def _listed_came(self, pairs: tuple[Pairs, Pairs]) -> None:
        self._missing.set_pairs(pairs[0])
        self._doubled.set_pairs(pairs[1])

    @Slot(int)
    def _go_to_missing(self, row: int) -> None:
        self.nonce_asked.emit(self._missing.nonce_at(row))

    @Slot(int)
    def _go_to_doubled(self, row: int) -> None:
        self.nonce_asked.emit(self._doubled.nonce_at(row))


def _pairs_table(name: str, model: RangesModel) -> BigTable:
    columns = (
        Column(150, numeric=True, stretch=True, sortable=False),
        Column(84, numeric=True, sortable=False),
    )
    table = BigTable(name, columns)
    table.setModel(model)
    table.set_columns(columns)
    return table


def _coverage_sentence(board: Board) -> str:
    covered, twice = board.covered, board.detail.duplicate_nonces
    if covered.first_nonce is None or covered.last_nonce is None:
        return "No round was observed yet."
    span = f"from nonce {grouped(covered.first_nonce)} to {grouped(covered.last_nonce)}"
    if covered.reason is not None:
        words = f"{covered.reason} Heartbeats for every round switch them on again."
    elif covered.missing:
        words = f"{grouped(covered.missing)} rounds {span} were lost; streaks across them are off."
    else:
        words = f"Every round {span} was observed."
    if twice:
        nonces = "1 nonce has" if twice == 1 else f"{grouped(twice)} nonces have"
        words += f" {nonces} several bets; the first one of each counts as the round."
    return words

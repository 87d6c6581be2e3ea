"""How a bet came out, in four numbered cards that follow the derivation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pump_desktop.domain.game import POSITIONS, Difficulty
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.qt.app.preferences import HIDDEN
from pump_desktop.qt.look.fonts import Type, mono_font, ui_font
from pump_desktop.qt.look.theme import Radius, Space, Token, current_theme
from pump_desktop.qt.tables.small import PicksModel
from pump_desktop.qt.text.numbers import multiplier_text
from pump_desktop.ui.kit.buttons import CopyButton
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.layout import vbox
from pump_desktop.ui.kit.style import paint_box
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import ElidedLabel, Label

if TYPE_CHECKING:
    from pump_desktop.engine.verify import Derivation


_BLOCKS, _PER_BLOCK = 4, 8
# Pixels: one line of text, the air in a cell, the gap between cells, the column that numbers the digests.
_LINE, _AIR, _GAP, _SIDE = 16, 6, 4, 24
_CELL_HEIGHT = 3 * _LINE + 2 * _AIR
# Ten figures of a word, or eight decimals of a float.
_LEAST_CELL = 80


class WordsGrid(QWidget):
    """Words that decide the chosen difficulty are tinted; the last seven are not used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[int, ...] = ()
        self._deciding = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_BLOCKS * (_CELL_HEIGHT + _GAP) - _GAP)
        self.setMinimumWidth(_SIDE + _PER_BLOCK * (_LEAST_CELL + _GAP) - _GAP)
        self.setAccessibleName("Words and floats")

    def show_words(self, words: Sequence[int], deciding: int) -> None:
        """Show the words of all digests; the first ``deciding`` are those that pop."""
        self._words = tuple(words)
        self._deciding = deciding
        listed = ", ".join(f"{word} is {word / 2**32:.10f}" for word in words[:POSITIONS])
        self.setAccessibleDescription(f"{POSITIONS} words and their floats: {listed}.")
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for cells with air at their sides."""
        return QSize(_SIDE + _PER_BLOCK * 112, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cells."""
        painter = QPainter(self)
        width = (self.width() - _SIDE + _GAP) / _PER_BLOCK
        for number, word in enumerate(self._words):
            row, column = divmod(number, _PER_BLOCK)
            top = row * (_CELL_HEIGHT + _GAP)
            left = _SIDE + round(column * width)
            right = _SIDE + round((column + 1) * width) - _GAP
            self._paint_cell(painter, QRect(left, top, right - left, _CELL_HEIGHT), number, word)
            if column == 0:
                painter.setFont(ui_font(Type.HINT, figures=True))
                painter.setPen(current_theme().color("text.muted" if self.isEnabled() else "text.disabled"))
                side = QRect(0, top, _SIDE, _CELL_HEIGHT)
                painter.drawText(side, int(Qt.AlignmentFlag.AlignVCenter), str(row))

    def _paint_cell(self, painter: QPainter, cell: QRect, number: int, word: int) -> None:
        theme = current_theme()
        used, deciding = number < POSITIONS, number < self._deciding
        enabled = self.isEnabled()
        fill: Token = "accent.soft" if deciding and enabled else "surface.raised"
        paint_box(
            painter,
            cell,
            Radius.CONTROL,
            fill=theme.color(fill) if used else None,
            border=theme.color("line"),
        )
        inks: tuple[Token, Token, Token] = ("text.muted", "text.primary", "text.secondary")
        if deciding:
            inks = ("text.secondary", "text.primary", "text.primary")
        if not used:
            inks = ("text.muted", "text.muted", "text.muted")
        texts = (f"{word:08x}", str(word), f"{word / 2**32:.8f}" if used else "not used")
        figures = ui_font(Type.HINT, figures=True)
        for line, (text, ink) in enumerate(zip(texts, inks, strict=True)):
            painter.setFont(figures if line else mono_font(Type.HINT))
            painter.setPen(theme.color(ink if enabled else "text.disabled"))
            where = QRect(cell.left(), cell.top() + _AIR + line * _LINE, cell.width(), _LINE)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter), text)


# Letters of a digest in hex: it gives way to no long message.
_DIGEST = 64
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_COLUMNS = (
    Column(56, numeric=True, sortable=False),
    Column(120, numeric=True, stretch=True, sortable=False),
    Column(120, numeric=True, stretch=True, sortable=False),
    Column(90, numeric=True, sortable=False),
    Column(70, numeric=True, sortable=False),
    Column(80, numeric=True, sortable=False),
    Column(110, sortable=False),
)


class _CopyLine(QWidget):
    """A text in fixed width on one line, and the button that copies all of it."""

    def __init__(self, what: str, letters: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ElidedLabel("", size=Type.HINT, mono=True)
        if letters:
            self._shown.setMinimumWidth(self._shown.fontMetrics().horizontalAdvance("0" * letters))
        self._copy = CopyButton("", what)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.XS)
        grid.addWidget(self._shown, 0, 0)
        grid.addWidget(self._copy, 0, 1)
        grid.setColumnStretch(2, 1)
        self._shown.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, shown: str | None = None) -> None:
        """Copy one text and show it, or another one in its place."""
        self._shown.setText(text if shown is None else shown)
        self._copy.set_text(text)


class MessagesCard(Card):
    """Step 1: key, messages and digests."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("1   Messages and digests", parent)
        self._request: VerifyRequest | None = None
        self._hidden = False
        self._key = _CopyLine("the key")
        self._messages = [_CopyLine(f"message {block}") for block in range(_BLOCKS)]
        self._digests = [_CopyLine(f"digest {block}", _DIGEST) for block in range(_BLOCKS)]
        self.add(
            Label(
                "HMAC-SHA256 of four messages. The key is the server seed's text; a message is "
                "client seed, nonce and block.",
                ink="secondary",
                wrap=True,
            )
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(0)
        grid.addWidget(Label("Key", size=Type.HINT, ink="muted"), 0, 0)
        grid.addWidget(self._key, 0, 1, 1, 2)
        for column, heading in enumerate(("Block", "Message", "Digest")):
            grid.addWidget(Label(heading, size=Type.HINT, ink="muted"), 1, column)
        for block in range(_BLOCKS):
            grid.addWidget(Label(str(block), size=Type.HINT, ink="muted", figures=True), block + 2, 0)
            grid.addWidget(self._messages[block], block + 2, 1)
            grid.addWidget(self._digests[block], block + 2, 2)
        grid.setColumnStretch(3, 1)
        self.add(grid)

    def show_messages(self, request: VerifyRequest, derivation: Derivation) -> None:
        """Show the four HMACs of a bet."""
        self._request = request
        self._show_key()
        for number, block in enumerate(derivation.blocks):
            self._messages[number].show_text(block.message)
            self._digests[number].show_text(block.digest)

    def set_seed_hidden(self, hidden: bool) -> None:
        """Show the key as dots, or in the clear."""
        self._hidden = hidden
        self._show_key()

    def _show_key(self) -> None:
        if self._request is not None:
            self._key.show_text(self._request.server_seed, HIDDEN if self._hidden else None)


class WordsCard(Card):
    """Step 2: the digests cut into words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("2   Words and floats", parent)
        self._tsv = ""
        self._grid = WordsGrid()
        self._words = Label("", ink="secondary", wrap=True)
        self.add_action(CopyButton(self._text, "words and floats"))
        self.add(self._words)
        self.add(self._grid)

    def show_words(self, derivation: Derivation, difficulty: Difficulty) -> None:
        """Show all words of a bet; those that decide a difficulty are tinted."""
        words = [word for block in derivation.blocks for word in block.words]
        tinted = "the first word is" if difficulty.pops == 1 else f"the first {difficulty.pops} words are"
        self._words.setText(
            "Each digest is eight words of four bytes, the highest byte first; 25 words are used. "
            f"A float is word / 2³². At {difficulty.value} {tinted} what counts."
        )
        self._grid.show_words(words, difficulty.pops)
        lines = [f"{word:08x}\t{word}\t{word / 2**32!r}" for word in words[:POSITIONS]]
        self._tsv = "\n".join(["bytes\tword\tfloat", *lines])

    def _text(self) -> str:
        return self._tsv


class PicksCard(Card):
    """Step 3: the selection shuffle."""

    copied = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("3   Picks", parent)
        self.add(
            Label(
                "The pool is 1 to 25, counted from index 0. Index = floor(float × remaining); "
                "the position at that index is taken out of the pool.",
                ink="secondary",
                wrap=True,
            )
        )
        self._model = PicksModel(self)
        self._table = BigTable("Picks", _COLUMNS)
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        # All 25 rows stand on the page, which scrolls as a whole.
        self._table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.stand_in_rows(least=POSITIONS, most=POSITIONS)
        self._table.copied.connect(self.copied)
        self.add(self._table)

    def show_picks(self, derivation: Derivation, difficulty: Difficulty) -> None:
        """Show the picks of a bet, with the pops of a difficulty marked."""
        self._model.show(derivation, difficulty)


class ResultCard(Card):
    """Step 4: from picks to multipliers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("4   Result", parent)
        self._words = Label("", ink="secondary", figures=True, wrap=True)
        self.add(self._words)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.XL)
        grid.setVerticalSpacing(Space.S)
        headings = ("Difficulty", "First picks", "Pop point", "Safe pumps", "Multiplier")
        for column, heading in enumerate(headings):
            label = Label(heading, size=Type.HINT, ink="muted")
            grid.addWidget(label, 0, column, _RIGHT if column > 1 else Qt.AlignmentFlag.AlignLeft)
        self._cells: dict[Difficulty, tuple[Label, ...]] = {}
        for row, difficulty in enumerate(Difficulty, 1):
            cells = tuple(Label("", figures=True) for _ in headings)
            for column, cell in enumerate(cells):
                grid.addWidget(cell, row, column, _RIGHT if column > 1 else Qt.AlignmentFlag.AlignLeft)
            self._cells[difficulty] = cells
        grid.setColumnStretch(1, 1)
        self.add(grid)

    def show_results(self, derivation: Derivation, chosen: Difficulty) -> None:
        """Show how each difficulty came out, and the sum of the chosen one in words."""
        outcome = derivation.results[chosen]
        which = "The first pick pops" if chosen.pops == 1 else f"The first {chosen.pops} picks pop"
        self._words.setText(
            f"{which} at {chosen.value}. The smallest of them, {outcome.pop_point}, is the pop point. "
            f"Safe pumps = min({outcome.pop_point} − 1, {POSITIONS} − {chosen.pops}) = {outcome.max_pumps}, "
            f"for which the {chosen.value} table has {multiplier_text(outcome.max_multiplier)}."
        )
        for difficulty, result in derivation.results.items():
            texts = (
                difficulty.label,
                "  ".join(str(position) for position in derivation.pops(difficulty)),
                str(result.pop_point),
                str(result.max_pumps),
                multiplier_text(result.max_multiplier),
            )
            weight = QFont.Weight.DemiBold if difficulty is chosen else QFont.Weight.Normal
            for cell, text in zip(self._cells[difficulty], texts, strict=True):
                cell.setText(text)
                cell.set_ink("primary" if difficulty is chosen else "secondary")
                cell.setFont(ui_font(weight=weight, figures=True))


class VerifySteps(QWidget):
    """The four cards; ``copied`` carries how many rows of the picks were copied."""

    copied = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages = MessagesCard()
        self._words = WordsCard()
        self._picks = PicksCard()
        self._result = ResultCard()
        vbox(self._messages, self._words, self._picks, self._result, into=self, spacing=Space.L)
        self._picks.copied.connect(self.copied)

    def show_steps(self, request: VerifyRequest, derivation: Derivation) -> None:
        """Show the derivation of one bet."""
        self._messages.show_messages(request, derivation)
        self._words.show_words(derivation, request.difficulty)
        self._picks.show_picks(derivation, request.difficulty)
        self._result.show_results(derivation, request.difficulty)

    @Slot(bool)
    def set_seed_hidden(self, hidden: bool) -> None:
        """Show the key as dots, or in the clear."""
        self._messages.set_seed_hidden(hidden)

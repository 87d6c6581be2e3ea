"""The palette: one field that finds pages, actions, runs and streams by a few letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.fuzzy import fuzzy_score
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import Meaning, paint_icon
from pump_desktop.qt.look.theme import Radius, Space, current_theme
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.layout import pages, stretch, vbox
from pump_desktop.ui.kit.style import announce, paint_box
from pump_desktop.ui.kit.text import Label
from pump_desktop.ui.main.pages import SECTIONS

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.finder import Found


WIDTH, ROW = 560, 44
_BOTH = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it is, where it leads, and what it is called beside."""

    title: str
    detail: str
    meaning: Meaning
    target: object
    kind: str
    keys: str = ""


class EntriesModel(QAbstractListModel):
    """The lines; DisplayRole is what a screen reader says."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """Give the line of a row, when there is one."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Give the number of lines."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        """Give what a screen reader says."""
        if role in {int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)}:
            entry = self._entries[index.row()]
            return f"{entry.kind}: {entry.title}" + (f", {entry.detail}" if entry.detail else "")
        return None


class EntryDelegate(QStyledItemDelegate):
    """Paints icon, title over detail, and the key."""

    def __init__(self, entries: EntriesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries = entries

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Give all lines one height."""
        return QSize(WIDTH, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint ground, icon, words and key."""
        entry = self._entries.entry(index.row())
        if entry is None:
            return
        theme, box = current_theme(), option.rect
        widget = option.widget
        current = isinstance(widget, QListView) and widget.currentIndex().row() == index.row()
        if current:
            fill = theme.color("selection")
            paint_box(painter, box.adjusted(4, 1, -4, -1), Radius.CONTROL, fill=fill)
        ink = theme.color("selection.text" if current else "text.primary")
        quiet = ink if current else theme.color("text.secondary")
        spot = QRect(box.left() + Space.L, box.center().y() - 8, 18, 18)
        paint_icon(painter, spot, entry.meaning, quiet)
        left, room = box.left() + Space.L + 18 + Space.M, box.right() - Space.L
        painter.setFont(ui_font(Type.HINT))
        painter.setPen(quiet)
        side = entry.keys or entry.kind
        width = painter.fontMetrics().horizontalAdvance(side)
        painter.drawText(QRect(room - width, box.top(), width, box.height()), _RIGHT, side)
        words = room - width - Space.L - left
        if entry.detail:
            detail = painter.fontMetrics().elidedText(entry.detail, Qt.TextElideMode.ElideMiddle, words)
            painter.drawText(QRect(left, box.center().y(), words, 18), _BOTH, detail)
        painter.setFont(ui_font(Type.BODY))
        painter.setPen(ink)
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, words)
        line = QRect(left, box.top() + 4, words, 20) if entry.detail else QRect(left, box.top(), words, ROW)
        painter.drawText(line, _BOTH, title)


_HEIGHT = 420
_TOP = 72
_ASK_MS = 90
_MOST_COMMANDS = 12
_PAGES: dict[str, Meaning] = {entry.word: entry.meaning for entry in SECTIONS}
_RECENT = 4


class Palette(QDialog):
    """``command_chosen`` carries a QAction, ``run_chosen`` and ``stream_chosen`` an id; then it closes."""

    command_chosen = Signal(QAction)
    run_chosen = Signal(object)
    stream_chosen = Signal(object)

    def __init__(self, commands: Sequence[tuple[str, QAction]], asker: Asker, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Go to anything")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = parent
        self._question = LatestQuery(asker, self)
        self._found: Found | None = None
        self._walked = False
        self._commands = _once(_command(menu, action) for menu, action in commands)
        self._field = QLineEdit()
        self._field.setPlaceholderText("Page, action, run or stream: a few letters of its name or seed")
        self._field.setAccessibleName("Go to anything")
        self._field.setAccessibleDescription("Type a few letters, choose with the arrow keys, Enter opens")
        self._field.installEventFilter(self)
        self._entries = EntriesModel(self)
        self._list = QListView()
        self._list.setAccessibleName("What was found")
        self._list.setModel(self._entries)
        self._list.setItemDelegate(EntryDelegate(self._entries, self._list))
        self._list.setUniformItemSizes(True)
        # The keyboard stays in the field; the arrows walk from there.
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = Label("", ink="secondary", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = pages(self._list, self._nothing)
        self._state = Label("", size=Type.HINT, ink="muted")
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(_ASK_MS)
        self._lay_out()
        self._field.textChanged.connect(self._typed)
        self._list.clicked.connect(self._clicked)
        self._pace.timeout.connect(self._ask)
        self._show()
        self._ask()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is listed now."""
        return tuple(entry for row in range(self._entries.rowCount()) if (entry := self._entries.entry(row)))

    def _lay_out(self) -> None:
        ground = QFrame()
        ground.setProperty("ground", "card")
        vbox(
            self._field,
            stretch(self._stack),
            self._state,
            into=ground,
            margins=(Space.M, Space.M, Space.M, Space.S),
            spacing=Space.S,
        )
        vbox(ground, into=self)
        window = self._window
        self.resize(WIDTH, _HEIGHT)
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - WIDTH) // 2, corner.y() + _TOP)
        self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk through the list and open its current line from the field."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        page = max(1, self._list.viewport().height() // ROW)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        key = Qt.Key(event.key())
        if key in steps:
            self._walk(steps[key])
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self._list.currentIndex().row())
            return True
        return False

    def _walk(self, by: int) -> None:
        count = self._entries.rowCount()
        if not count:
            return
        self._walked = True
        row = self._list.currentIndex().row() + by
        # One step past an end comes in at the other; a page stops there.
        row = row % count if abs(by) == 1 else min(max(row, 0), count - 1)
        self._make_current(row)

    def _make_current(self, row: int) -> None:
        index = self._entries.index(row)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index)
        self._list.viewport().update()
        if index.isValid():
            announce(self._field, str(index.data()))

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._open(index.row())

    def _open(self, row: int) -> None:
        entry = self._entries.entry(row)
        if entry is None:
            return
        self.accept()
        match entry.kind:
            case "Run":
                self.run_chosen.emit(entry.target)
            case "Stream":
                self.stream_chosen.emit(entry.target)
            case _:
                self.command_chosen.emit(entry.target)

    @Slot()
    def _typed(self) -> None:
        self._pace.start()
        # What was found for other letters, or will be in a moment, would fit these by accident.
        self._question.drop()
        self._found = None
        self._walked = False
        self._show()

    @Slot()
    def _ask(self) -> None:
        text = self._field.text()

        def work(backend: Backend) -> Found:
            from pump_desktop.services.finder import find_things  # noqa: PLC0415 - in the worker

            return find_things(backend, text)

        self._question.ask(work, self._came, self._failed)
        self._state.setText("Searching runs and streams …")

    def _came(self, found: Found) -> None:
        self._found = found
        self._state.setText("")
        self._show()

    def _failed(self, error: KnownError) -> None:
        self._state.setText(f"Runs and streams cannot be searched: {error}")

    def _show(self) -> None:
        text = self._field.text()
        chosen = self._entries.entry(self._list.currentIndex().row())
        commands = _fitting(text, self._commands)
        if text.strip():
            # The best run or stream stands above actions that merely hold the letters somewhere.
            entries = sorted([*commands, *self._things()], key=lambda entry: -_score(text, entry))
        else:
            # Pages, what was new lately, then everything else.
            pages = [entry for entry in commands if entry.kind == "Page"]
            others = [entry for entry in commands if entry.kind != "Page"]
            entries = [*pages, *self._things(), *others]
        self._entries.set_entries(entries)
        self._stack.setCurrentWidget(self._list if entries else self._nothing)
        if not entries:
            waiting = self._found is None
            self._nothing.setText("Searching …" if waiting else f"Nothing fits “{text.strip()}”.")
            return
        # A person who has walked stays where they are when more comes in.
        same = [row for row, entry in enumerate(entries) if self._walked and entry == chosen]
        self._make_current(same[0] if same else 0)

    def _things(self) -> list[Entry]:
        if self._found is None:
            return []
        most = None if self._field.text().strip() else _RECENT
        runs = [
            Entry(
                run.name or run.client_seed,
                f"{short_seed(run.client_seed, 10)} · {run.difficulty.label} · "
                f"{grouped(run.nonce_start)} – {grouped(run.nonce_end)}",
                "runs",
                run.id,
                "Run",
            )
            for run in self._found.runs[:most]
        ]
        streams = [
            Entry(
                row.client_seed,
                f"{short_seed(row.server_seed_hashed, 10)} · {grouped(row.total_bets)} bets",
                "live",
                row.id,
                "Stream",
            )
            for row in self._found.streams[:most]
        ]
        return runs + streams


def _command(menu: str, action: QAction) -> Entry:
    shown = action.text().partition("\t")[2]
    keys = shown or action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    title = action.iconText().rstrip(" …")
    if title in _PAGES:
        return Entry(title, "", _PAGES[title], action, "Page", keys)
    return Entry(title, menu, "next", action, "Action", keys)


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Give each line once, at its last place: Settings, in two menus, belongs behind the other pages."""
    lines: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        lines.pop((entry.title, entry.detail), None)
        lines[entry.title, entry.detail] = entry
    return tuple(lines.values())


def _fitting(text: str, commands: Sequence[Entry]) -> list[Entry]:
    if not text.strip():
        return list(commands)
    scored = [
        (score, entry)
        for entry in commands
        if (score := fuzzy_score(text, f"{entry.title} {entry.detail}")) is not None
    ]
    return [entry for _, entry in sorted(scored, key=lambda one: -one[0])[:_MOST_COMMANDS]]


def _score(text: str, entry: Entry) -> float:
    score = fuzzy_score(text, f"{entry.title} {entry.detail}")
    # Found by the start of a seed or hash that the line does not show: surely meant.
    return 1_000.0 if score is None else score

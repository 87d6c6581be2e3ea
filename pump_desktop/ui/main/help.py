"""Help inside the program: pages at the left, the text at the right, a search over all of them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, QUrl, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLineEdit,
    QListView,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

from pump_desktop.qt.look.theme import Appearance, Space, current_theme
from pump_desktop.system.resources import resource
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.text import Label


@dataclass(frozen=True, slots=True)
class Topic:
    """One help page; ``key`` is the name of its file."""

    key: str
    title: str


TOPICS = (
    Topic("game", "The game"),
    Topic("verification", "How verification works"),
    Topic("statistics", "How to read the statistics"),
    Topic("antebot", "Connecting Antebot"),
)
_FOR_PAGE = {
    "scan": "game",
    "runs": "statistics",
    "compare": "statistics",
    "live": "antebot",
    "verify": "verification",
}


def topic_for(section: str) -> str:
    """Give the help page that suits a page of the window."""
    return _FOR_PAGE.get(section, "game")


_SIZE = (860, 620)
_LIST_WIDTH = 210
# So many matches are marked; the first is scrolled to whatever their number.
_MOST_MARKED = 500


def help_text(key: str) -> str:
    """Give a help page as HTML."""
    return resource("help", f"{key}.html").read_text(encoding="utf-8")


def _style() -> str:
    color = current_theme().hex
    return f"""
        body {{ color: {color("text.primary")}; }}
        h1 {{ font-size: 20px; font-weight: 600; margin-bottom: 10px; }}
        h2 {{ font-size: 15px; font-weight: 600; margin-top: 18px; margin-bottom: 6px; }}
        p, li {{ line-height: 150%; margin-bottom: 8px; }}
        a {{ color: {color("accent")}; }}
        code {{ color: {color("text.primary")}; background-color: {color("surface.raised")}; }}
        th {{ color: {color("text.secondary")}; text-align: left; padding: 4px 16px 4px 0; }}
        td {{ padding: 4px 16px 4px 0; }}
    """


class HelpWindow(QDialog):
    """A window beside the main one; it frees itself when it closes."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._shown = ""
        self._plain = {topic.key: _plain_text(topic.key) for topic in TOPICS}
        self._found = list(TOPICS)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search the help")
        self._search.setAccessibleName("Search the help")
        self._search.setClearButtonEnabled(True)
        self._titles = QStringListModel([topic.title for topic in TOPICS], self)
        self._list = QListView()
        self._list.setAccessibleName("Help pages")
        self._list.setModel(self._titles)
        self._list.setUniformItemSizes(True)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._state = Label("", ink="muted", wrap=True)
        self._text = QTextBrowser()
        self._text.setAccessibleName("Help text")
        self._text.setOpenLinks(False)
        self._text.setProperty("ground", "reading")
        self._text.document().setDocumentMargin(Space.L)
        self._lay_out()
        self._search.textChanged.connect(self._search_edited)
        self._search.returnPressed.connect(self._next_match)
        self._list.selectionModel().currentChanged.connect(self._chosen)
        self._text.anchorClicked.connect(self._follow)
        appearance.changed.connect(self._dress)
        QShortcut(QKeySequence.StandardKey.Find, self, self._focus_search)

    @property
    def topic(self) -> str:
        """The key of the page that is shown."""
        return self._shown

    def open_topic(self, key: str) -> None:
        """Show a page; a search that has no match in it is dropped."""
        if key not in {topic.key for topic in self._found}:
            self._search.clear()
        row = next(row for row, topic in enumerate(self._found) if topic.key == key)
        self._list.setCurrentIndex(self._titles.index(row))
        self._show(key)
        self._text.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Lay the list out once more: before, it did not know how high the style sheet makes its rows."""
        super().showEvent(event)
        self._list.doItemsLayout()

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(_LIST_WIDTH)
        vbox(self._search, stretch(self._list), self._state, into=side, spacing=Space.S)
        hbox(side, stretch(self._text), into=self, margins=Space.L, spacing=Space.L)

    def _show(self, key: str) -> None:
        if key == self._shown:
            return
        self._shown = key
        self._dress()

    @Slot()
    def _dress(self, *_theme: object) -> None:
        """Show the page in the colours of the theme; a document takes them in when its text is set."""
        place = self._text.verticalScrollBar().value()
        self._text.document().setDefaultStyleSheet(_style())
        self._text.setHtml(help_text(self._shown))
        self._text.verticalScrollBar().setValue(place)
        self._mark()

    @Slot(QModelIndex, QModelIndex)
    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self._text.verticalScrollBar().setValue(0)
            self._show(self._found[current.row()].key)
            self._to_match(from_start=True)

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        key = link.fileName().removesuffix(".html")
        if any(topic.key == key for topic in TOPICS):
            self.open_topic(key)

    @Slot()
    def _focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    @Slot()
    def _search_edited(self) -> None:
        wanted = self._search.text().strip().casefold()
        self._found = [topic for topic in TOPICS if wanted in self._plain[topic.key]]
        self._titles.setStringList([topic.title for topic in self._found])
        if not self._found:
            self._state.setText(f"No help page has “{self._search.text().strip()}”.")
            self._text.setExtraSelections([])
            return
        hits = sum(self._plain[topic.key].count(wanted) for topic in self._found) if wanted else 0
        self._state.setText("" if not wanted else "1 match" if hits == 1 else f"{hits} matches")
        rows = [row for row, topic in enumerate(self._found) if topic.key == self._shown]
        self._list.setCurrentIndex(self._titles.index(rows[0] if rows else 0))
        self._mark()
        self._to_match(from_start=True)

    @Slot()
    def _next_match(self) -> None:
        self._to_match(from_start=False)

    def _to_match(self, *, from_start: bool) -> None:
        wanted = self._search.text().strip()
        if not wanted:
            return
        if from_start:
            self._text.moveCursor(QTextCursor.MoveOperation.Start)
        if not self._text.find(wanted):
            self._text.moveCursor(QTextCursor.MoveOperation.Start)
            self._text.find(wanted)

    def _mark(self) -> None:
        wanted = self._search.text().strip()
        marks: list[QTextEdit.ExtraSelection] = []
        if wanted:
            look = QTextCharFormat()
            look.setBackground(current_theme().color("warn.soft"))
            found = self._text.document().find(wanted)
            while not found.isNull() and len(marks) < _MOST_MARKED:
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = found, look
                marks.append(mark)
                found = self._text.document().find(wanted, found)
        self._text.setExtraSelections(marks)


def _plain_text(key: str) -> str:
    document = QTextDocument()
    document.setHtml(help_text(key))
    return document.toPlainText().casefold()

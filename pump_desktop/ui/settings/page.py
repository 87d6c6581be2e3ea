"""The Settings page: sections on one scrolling page, a list of them beside it, and a search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QWidget,
)

from pump_desktop.qt.app.preferences import Preferences
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.settings.data import DataSection
from pump_desktop.ui.settings.fields import SettingField, SettingsCard
from pump_desktop.ui.settings.sections import (
    DiagnosticsCard,
    ListenerCard,
    limits_card,
    look_card,
    notices_card,
    privacy_card,
)

_LIST_WIDTH = 168
_WIDTH = 760
_SEARCH_WIDTH = 280


@dataclass(frozen=True, slots=True)
class _Section:
    """One section: its key, what stands on the page, its row in the list, and what a search looks for."""

    key: str
    title: str
    card: Card
    item: QListWidgetItem
    words: str


class SettingsPage(QWidget):
    """``said`` and ``refused`` carry sentences."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self, preferences: Preferences, now: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._sections: list[_Section] = []
        # What a reset took away, to be brought back.
        self._were: dict[str, object] = {}
        self._header = PageHeader("Settings")
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search settings (Ctrl+F)")
        self._search.setAccessibleName("Search settings")
        self._search.setClearButtonEnabled(True)
        self._search.setFixedWidth(_SEARCH_WIDTH)
        self._reset = Button("Reset all", meaning="undo")
        self._reset.setToolTip("Put every setting back to its default; it can be undone")
        self._header.add_filter(self._search)
        self._header.add_action(self._reset)
        self._banner = Banner("info", "")
        self._banner_space = QWidget()
        self._banner_space.hide()
        self._list = QListWidget()
        self._list.setAccessibleName("Sections of the settings")
        self._list.setFixedWidth(_LIST_WIDTH)
        self._list.setProperty("ground", "side")
        self._none = EmptyState(
            "search", "No setting has these words.", "Show all settings", kind="secondary"
        )
        self._none.hide()
        self._area = QScrollArea()
        self._column = vbox()
        self._lay_out()
        for key, card, words in (
            ("listener", ListenerCard(preferences, now), "antebot ingest http api 127.0.0.1"),
            ("limits", limits_card(preferences), "maximum max nonces scan size"),
            ("look", look_card(preferences), "appearance colours colors rows height"),
            ("notices", notices_card(preferences), "alerts notifications"),
            ("privacy", privacy_card(preferences), "redaction redact hide secret"),
            ("diagnostics", DiagnosticsCard(preferences), "logs level debug"),
        ):
            self.add_section(key, card.accessibleName(), card, words)
        self._connect()

    def add_section(self, key: str, title: str, widget: QWidget, words: str = "") -> None:
        """Put a section below those that are there; ``words`` are what else a search finds it by.

        What is no Card is put into one under ``title``. ``said`` and ``refused`` of a section come out here.
        """
        card = widget if isinstance(widget, Card) else Card(title)
        if card is not widget:
            card.add(widget)
        item = QListWidgetItem(title)
        item.setSizeHint(QSize(0, Size.CONTROL))
        item.setData(Qt.ItemDataRole.UserRole, key)
        self._list.addItem(item)
        # Rows, and the frame's two pixels on either side.
        self._list.setFixedHeight(self._list.count() * Size.CONTROL + 4)
        self._sections.append(_Section(key, title, card, item, f"{title} {words}".lower()))
        self._column.insertWidget(self._column.count() - 1, card)
        if isinstance(card, SettingsCard):
            card.reset_asked.connect(self._reset_one)
        if isinstance(widget, SettingsCard | DataSection):
            widget.said.connect(self.said)
            widget.refused.connect(self.refused)
        if isinstance(widget, DataSection):
            widget.look_asked.connect(self._look_at)
        if self._list.currentRow() < 0:
            self._list.setCurrentRow(0)

    def open_section(self, key: str) -> None:
        """Bring a section into view, whatever was searched for, and put the keyboard there."""
        self._search.clear()
        section = self._section(key)
        self._scroll_to(section)
        # Once more when everything has its place: the page may just have been made.
        QTimer.singleShot(0, self, lambda: self._scroll_to(section))
        parts = section.card.findChildren(QWidget)
        first = next((part for part in parts if part.isVisibleTo(self) and _takes_keys(part)), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        """Put the keyboard on the list of sections."""
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def focus_search(self) -> None:
        """Put the keyboard on the search."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    @property
    def fields(self) -> list[SettingField]:
        """All settings that stand here."""
        cards = (section.card for section in self._sections)
        return [field for card in cards if isinstance(card, SettingsCard) for field in card.fields]

    def showEvent(self, event: QShowEvent) -> None:
        """Mark the section in view, once everything has its place."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._scrolled)

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("ground", "page")
        self._column.setContentsMargins(0, Space.L, Space.XL, Space.XL)
        self._column.setSpacing(Space.L)
        self._column.addWidget(self._none)
        self._column.addStretch(1)
        frame = QWidget()
        frame.setMaximumWidth(_WIDTH)
        frame.setLayout(self._column)
        hbox(stretch(frame), stretch(factor=0), into=inner)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inner)
        vbox(self._banner, into=self._banner_space, margins=(Space.XL, Space.M, Space.XL, Space.M))
        vbox(
            self._header,
            self._banner_space,
            stretch(
                hbox(
                    vbox(self._list, STRETCH, margins=(0, Space.L, 0, Space.L)),
                    stretch(self._area),
                    margins=(Space.XL, 0, 0, 0),
                    spacing=Space.L,
                )
            ),
            into=self,
            spacing=0,
        )

    def _connect(self) -> None:
        self._search.textChanged.connect(self._narrow)
        self._list.currentItemChanged.connect(self._chosen)
        self._list.itemClicked.connect(self._chosen)
        self._area.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._reset.clicked.connect(self._reset_all)
        self._banner.acted.connect(self._bring_back)
        self._banner.dismissed.connect(self._dismiss)
        self._none.acted.connect(self._search.clear)
        QShortcut(QKeySequence.StandardKey.Find, self, self.focus_search)
        leave = QShortcut(QKeySequence("Esc"), self._search, self._search.clear)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _section(self, key: str) -> _Section:
        return next(section for section in self._sections if section.key == key)

    def _scroll_to(self, section: _Section) -> None:
        inner = self._area.widget()
        if inner is not None:
            self._area.verticalScrollBar().setValue(_top(section.card, inner) - Space.L)
        self._mark(section)

    def _mark(self, section: _Section) -> None:
        self._list.blockSignals(True)
        self._list.setCurrentItem(section.item)
        self._list.blockSignals(False)

    @Slot(object)
    def _look_at(self, part: QWidget) -> None:
        # Once it has its place: it has just been shown.
        QTimer.singleShot(0, part, lambda: self._area.ensureWidgetVisible(part, 0, Space.L))

    @Slot(str)
    def _narrow(self, text: str) -> None:
        wanted = text.lower().split()
        found = False
        for section in self._sections:
            whole = all(word in section.words for word in wanted)
            if not isinstance(section.card, SettingsCard):
                here = whole
            elif whole:
                section.card.show_all()
                here = True
            else:
                here = section.card.narrow([word for word in wanted if word not in section.words])
            section.card.setVisible(here)
            section.item.setHidden(not here)
            found |= here
        self._none.setVisible(not found)
        self._area.verticalScrollBar().setValue(0)
        self._scrolled()

    @Slot()
    def _chosen(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._scroll_to(self._section(item.data(Qt.ItemDataRole.UserRole)))

    @Slot()
    def _scrolled(self) -> None:
        shown = [section for section in self._sections if not section.item.isHidden()]
        bar, inner = self._area.verticalScrollBar(), self._area.widget()
        if not shown or inner is None:
            return
        line = bar.value() + Space.XXL
        above = [section for section in shown if _top(section.card, inner) <= line]
        at_end = bar.maximum() > 0 and bar.value() == bar.maximum()
        self._mark(shown[-1] if at_end else (above or shown[:1])[-1])

    @Slot(str)
    def _reset_one(self, name: str) -> None:
        (field,) = [field for field in self.fields if field.name == name]
        field.revert()
        self._offer(self._preferences.reset([name]), f"{field.label} is back at its default.")

    @Slot()
    def _reset_all(self) -> None:
        for field in self.fields:
            field.revert()
        were = self._preferences.reset([field.name for field in self.fields])
        self._offer(were, "All settings are back at their defaults.")
        if not were:
            self.said.emit("All settings are at their defaults already.")

    def _offer(self, were: dict[str, object], sentence: str) -> None:
        self._were.clear()
        self._were.update(were)
        self._banner_space.setVisible(bool(were))
        self._banner.show_sentence("info", sentence if were else "", "Undo" if were else "")

    @Slot()
    def _bring_back(self) -> None:
        # What was set from outside since then is not ours any more.
        were = {n: v for n, v in self._were.items() if not self._preferences.fixed_reason(n)}
        self._dismiss()
        self._preferences.change(were)

    @Slot()
    def _dismiss(self) -> None:
        self._banner_space.hide()
        self._were.clear()


def _top(card: QWidget, page: QWidget) -> int:
    return card.mapTo(page, QPoint(0, 0)).y()


def _takes_keys(widget: QWidget) -> bool:
    return widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)

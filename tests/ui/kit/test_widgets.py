"""Words, buttons, cards, headers, fields, banners and empty states."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.qt.look.theme import Appearance, Mode, Size
from pump_desktop.ui.kit.banner import TONE_ICON, Banner
from pump_desktop.ui.kit.buttons import Button, CopyButton, IconButton
from pump_desktop.ui.kit.card import Card, Tile
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.segmented import Segment, SegmentButton, Segmented
from pump_desktop.ui.kit.text import ElidedLabel, FigureLabel, Label, SectionTitle
from tests.ui.support.fitting import settle_layout

pytestmark = pytest.mark.usefixtures("look")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_button_with_the_keyboard_is_pressed_by_return_too(key: Qt.Key, qtbot: QtBot) -> None:
    for button in (Button("Start scan", "primary"), IconButton("delete", "Delete run")):
        qtbot.addWidget(button)
        pressed = QSignalSpy(button.clicked)
        QTest.keyClick(button, key)
        assert pressed.count() == 1
        # Ctrl+Return belongs to the page: it goes on to whoever stands above.
        other = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        button.keyPressEvent(other)
        assert not other.isAccepted()
        assert pressed.count() == 1


def test_labels_show_text_as_text(qtbot: QtBot) -> None:
    label = Label("<b>bold</b>", ink="muted", selectable=True)
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    label.set_ink("bad")
    assert label.property("ink") == "bad"


def test_the_ink_follows_the_theme(look: Appearance, qtbot: QtBot) -> None:
    label = Label("●", ink="good")
    qtbot.addWidget(label)
    label.ensurePolished()
    colours = []
    for mode in (Mode.LIGHT, Mode.DARK):
        look.set_mode(mode)
        colours.append(label.palette().color(label.foregroundRole()).name().upper())
        assert colours[-1] == look.theme.hex("good")
    assert colours[0] != colours[1]


def test_an_elided_label_gives_way_and_keeps_its_text(qtbot: QtBot) -> None:
    label = ElidedLabel("a client seed that is far too long for its place", ink="bad")
    qtbot.addWidget(label)
    label.resize(80, 20)
    assert label.elided
    assert label.minimumSizeHint().width() < 80
    assert label.text().endswith("place")
    label.grab()
    label.resize(900, 20)
    assert not label.elided


def test_a_figure_shrinks_before_it_elides(qtbot: QtBot) -> None:
    figure = FigureLabel("3,203,384.80x")
    qtbot.addWidget(figure)
    sizes = [figure.fitting_font(width).pixelSize() for width in (400, 180, 140, 20)]
    assert sizes[0] == 28
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 13


@pytest.mark.parametrize("kind", ["secondary", "primary", "quiet", "danger"])
def test_buttons_are_high_enough_and_do_not_move_on_focus(qtbot: QtBot, kind: str) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    first, second = Button("Scan", kind, "scan"), Button("Other")  # type: ignore[arg-type]  # one of its words
    column.addWidget(first)
    column.addWidget(second)
    with qtbot.waitExposed(page):
        page.show()
    second.setFocus()
    before = (first.size(), first.sizeHint())
    first.setFocus()
    assert (first.size(), first.sizeHint()) == before
    assert first.height() >= Size.HIT


def test_an_icon_button_says_its_name(qtbot: QtBot) -> None:
    button = IconButton("delete", "Delete run")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "Delete run"
    assert (button.width(), button.height()) == (28, 28)
    assert button.focusPolicy() is Qt.FocusPolicy.StrongFocus


def test_copying_shows_a_check_for_a_moment(qtbot: QtBot) -> None:
    button = CopyButton(lambda: "564e96", "server seed")
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.copied) as told:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == ["564e96"]
    assert QGuiApplication.clipboard().text() == "564e96"
    assert button.accessibleName() == "Copied"
    with qtbot.waitSignal(button._settle.timeout):
        button._settle.start(1)
    assert button.accessibleName() == "Copy server seed"
    button.set_text("another")
    button.click()
    assert QGuiApplication.clipboard().text() == "another"
    button._settle.stop()


def test_a_card_shows_its_row_only_when_there_is_something_in_it(qtbot: QtBot) -> None:
    card = Card()
    qtbot.addWidget(card)
    assert card._head.isHidden()
    card.set_title("Hits")
    assert not card._head.isHidden()
    card.set_title("")
    card.add_action(IconButton("export", "Export"))
    assert not card._head.isHidden()
    card.add(Label("content"))
    card.add(QVBoxLayout())
    assert card.body.count() == 2


def test_a_tile_says_everything(qtbot: QtBot) -> None:
    tile = Tile("Highest")
    qtbot.addWidget(tile)
    height = tile.sizeHint().height()
    tile.set_figure("11,200.65x", "nonce 5,663", "good")
    assert tile.accessibleName() == "Highest: 11,200.65x"
    assert tile.accessibleDescription() == "nonce 5,663"
    assert tile.sizeHint().height() == height
    tile.set_sub("first of two", "warn")
    tile.set_label("Peak")
    assert tile.accessibleName() == "Peak: 11,200.65x"
    tile.resize(tile.minimumWidth(), height)
    tile.grab()


def test_a_header_has_room_for_everything(qtbot: QtBot) -> None:
    header = PageHeader("Runs")
    qtbot.addWidget(header)
    header.add_leading(IconButton("back", "Back"))
    search = QLineEdit()
    header.add_filter(search)
    primary = Button("Scan", "primary")
    header.add_action(primary)
    header.resize(900, 56)
    header.show()
    header.set_title("All runs")
    assert header.height() == 56
    assert header.title == "All runs"
    assert search.geometry().right() < primary.geometry().left()


class TestFieldBox:
    def test_an_error_takes_the_hints_place_and_lights_the_border(
        self, look: Appearance, qtbot: QtBot
    ) -> None:
        editor = QLineEdit()
        field = FieldBox("Client seed", editor, "Any text.")
        qtbot.addWidget(field)
        field.show()
        assert editor.accessibleName() == "Client seed"
        assert editor.accessibleDescription() == "Any text."

        field.set_error("client_seed cannot be empty")
        assert field.error == "client_seed cannot be empty"
        assert editor.accessibleDescription() == field.error
        assert not field._mark.isHidden()
        image = editor.grab().toImage()
        assert image.pixelColor(editor.width() // 2, 0).name().upper() == look.theme.hex("bad")

        field.set_hint("Another hint.")
        assert field._message.text() == "client_seed cannot be empty"
        field.set_error(None)
        assert field._message.text() == "Another hint."
        assert field._mark.isHidden()

    def test_without_words_the_line_is_gone(self, qtbot: QtBot) -> None:
        field = FieldBox("Start", QLineEdit())
        qtbot.addWidget(field)
        assert field._foot.isHidden()
        field.set_label("First nonce")
        field.add_aside(IconButton("paste", "Paste"))
        assert field.editor.accessibleName() == "First nonce"

    def test_the_label_leads_to_the_editor(self, qtbot: QtBot) -> None:
        editor = QLineEdit()
        field = FieldBox("Client seed", editor)
        qtbot.addWidget(field)
        (label,) = [label for label in field.findChildren(QLabel) if label.text() == "Client seed"]
        assert label.buddy() is editor


class TestBanner:
    @pytest.mark.parametrize("tone", list(TONE_ICON))
    def test_each_tone_can_be_built(self, qtbot: QtBot, tone: str) -> None:
        banner = Banner(tone, "The port is taken.", "Use 17889")  # type: ignore[arg-type]  # one of its words
        qtbot.addWidget(banner)
        assert banner.property("ground") == tone
        with qtbot.waitSignal(banner.acted):
            banner._action.click()

    def test_it_can_be_dismissed_and_shown_again(self, qtbot: QtBot) -> None:
        page = QWidget()
        qtbot.addWidget(page)
        column = QVBoxLayout(page)
        banner = Banner("warn", "")
        column.addWidget(banner)
        page.show()
        assert banner.isHidden()
        banner.show_sentence("bad", "The disk is full.")
        assert not banner.isHidden()
        assert banner.text == banner.accessibleName() == "The disk is full."
        with qtbot.waitSignal(banner.dismissed):
            banner._close.click()
        assert banner.isHidden()

    def test_it_may_have_to_stay(self, qtbot: QtBot) -> None:
        banner = Banner("info", "Truncated stream.", dismissable=False)
        qtbot.addWidget(banner)
        assert banner._close.isHidden()


def test_an_empty_state_has_one_button(qtbot: QtBot) -> None:
    empty = EmptyState("runs", "No runs yet. " * 12, "Scan the sample seeds", meaning="scan")
    qtbot.addWidget(empty)
    empty.resize(700, 500)
    empty.show()
    assert empty._sentence.height() > 40
    with qtbot.waitSignal(empty.acted):
        QTest.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    empty.set_sentence("No run matches.", "")
    assert empty.button.isHidden()
    title = SectionTitle("Runs")
    qtbot.addWidget(title)
    assert title.font().pixelSize() == 15


def test_a_segment_that_is_too_narrow_says_so_and_a_row_keeps_what_its_words_need(qtbot: QtBot) -> None:
    row = Segmented([Segment("a", "Observed counts"), Segment("b", "No")], "a", "Figures")
    row.set_least_width(120)
    qtbot.addWidget(row)
    row.resize(row.sizeHint())
    with qtbot.waitExposed(row):
        row.show()
    first, second = row.findChildren(SegmentButton)
    assert not first.elided
    assert row.minimumSizeHint().width() >= first.minimumSizeHint().width() + second.minimumSizeHint().width()
    row.setFixedWidth(90)
    settle_layout()
    assert first.elided

"""The Bookmarks panel on a real store: listed, noted, deleted, taken back, jumped to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.text.numbers import multiplier_text
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.live.bookmarks import BookmarksPanel
from tests.services.samples import bet, outcome
from tests.ui.conftest import Stage
from tests.ui.support.one_panel import Drawer, dialog_of
from tests.ui.support.program import button, child, click, column, table, texts


@pytest.fixture
def row(drawer: Drawer) -> StreamRow:
    """Give a stream with bookmarks at nonces 3, 5 and 9."""
    row = drawer.stream(*map(bet, range(1, 11)))
    ids = drawer.bet_ids(row.id)
    for nonce, note in ((9, "third\nof three"), (3, "first"), (5, "")):
        drawer.live.add_bookmark(row.id, ids[nonce], note).result(10)
    return row


@pytest.fixture
def panel(drawer: Drawer, row: StreamRow, stage: Stage) -> BookmarksPanel:
    panel = BookmarksPanel(drawer.asker)
    drawer.hear(panel)
    stage(panel, width=340)
    panel.show_stream(row)
    drawer.settle()
    return panel


def notes(drawer: Drawer, row: StreamRow) -> dict[int, str]:
    """Give what is on disk."""
    return {mark.nonce: mark.bookmark.note for mark in drawer.live.bookmarked_bets(row.id)}


def choose(panel: BookmarksPanel, place: int) -> None:
    view = table(panel, "Bookmarks")
    view.setFocus()
    view.selectRow(place)


def test_bookmarks_stand_in_the_order_of_nonces(panel: BookmarksPanel) -> None:
    view = table(panel, "Bookmarks")
    assert column(view, 0) == ["3", "5", "9"]
    assert column(view, 1) == [multiplier_text(outcome(nonce)) for nonce in (3, 5, 9)]
    assert column(view, 2) == ["first", "", "third of three"]
    assert "third\nof three" in column(view, 2, int(Qt.ItemDataRole.ToolTipRole))[2]
    assert "3 bookmarks" in texts(panel)


def test_without_bookmarks_it_says_how_to_make_one(drawer: Drawer, panel: BookmarksPanel) -> None:
    panel.show_stream(drawer.stream(bet(1, clientSeed="other")))
    drawer.settle()
    assert child(panel, EmptyState).isVisible()
    assert any("press B" in text for text in texts(panel))
    panel.show_stream(None)
    assert panel.bookmarks == ()


def test_enter_and_the_button_go_to_the_bet(drawer: Drawer, panel: BookmarksPanel, row: StreamRow) -> None:
    asked: list[object] = []
    panel.bet_asked.connect(asked.append)
    choose(panel, 2)
    QTest.keyClick(table(panel, "Bookmarks"), Qt.Key.Key_Return)
    click(panel, "Go to this bet (Enter)")
    assert asked == [drawer.bet_ids(row.id)[9]] * 2


def test_actions_need_a_chosen_bookmark(panel: BookmarksPanel) -> None:
    names = ("Go to this bet (Enter)", "Change the note (F2)", "Delete the bookmark (Delete)")
    table(panel, "Bookmarks").clearSelection()
    table(panel, "Bookmarks").setCurrentIndex(panel._model.index(-1, -1))
    assert not any(button(panel, name).isEnabled() for name in names)
    choose(panel, 0)
    assert all(button(panel, name).isEnabled() for name in names)


def test_a_note_is_changed_and_kept(drawer: Drawer, panel: BookmarksPanel, row: StreamRow) -> None:
    choose(panel, 1)
    QTest.keyClick(table(panel, "Bookmarks"), Qt.Key.Key_F2)
    dialog = dialog_of(panel)
    editor = child(dialog, QPlainTextEdit)
    editor.setPlainText("the second")
    click(dialog, "Save")
    drawer.wait_for(lambda: column(table(panel, "Bookmarks"), 2)[1] == "the second")
    drawer.settle()
    assert notes(drawer, row)[5] == "the second"
    assert panel.bookmarks[1].bookmark.note == "the second"


def test_a_note_of_1001_characters_stays_in_the_dialog(
    drawer: Drawer, panel: BookmarksPanel, row: StreamRow
) -> None:
    choose(panel, 1)
    click(panel, "Change the note (F2)")
    dialog = dialog_of(panel)
    child(dialog, QPlainTextEdit).setPlainText("x" * 1001)
    click(dialog, "Save")
    drawer.settle()
    assert dialog.isVisible()
    assert "A note holds at most 1,000 characters; this one has 1,001." in texts(dialog)
    assert len(dialog.text) == 1001
    assert notes(drawer, row)[5] == ""
    child(dialog, QPlainTextEdit).setPlainText("x" * 1000)
    click(dialog, "Save")
    drawer.settle()
    assert notes(drawer, row)[5] == "x" * 1000


def test_what_cannot_be_stored_is_said_in_the_dialog(
    drawer: Drawer, panel: BookmarksPanel, row: StreamRow
) -> None:
    choose(panel, 0)
    click(panel, "Change the note (F2)")
    dialog = dialog_of(panel)
    drawer.live.delete_bookmark(row.id, panel.bookmarks[0].bookmark.id).result(10)
    child(dialog, QPlainTextEdit).setPlainText("lost?")
    click(dialog, "Save")
    drawer.settle()
    assert dialog.text == "lost?"
    assert any("not found" in text for text in texts(dialog))
    dialog.reject()


def test_a_deletion_is_taken_back_as_it_was(drawer: Drawer, panel: BookmarksPanel, row: StreamRow) -> None:
    before = panel.bookmarks
    told: list[None] = []
    panel.changed.connect(lambda: told.append(None))
    choose(panel, 1)
    QTest.keyClick(table(panel, "Bookmarks"), Qt.Key.Key_Delete)
    drawer.settle()
    assert notes(drawer, row).keys() == {3, 9}
    assert column(table(panel, "Bookmarks"), 0) == ["3", "9"]
    assert child(panel, Banner).text == "Bookmark at nonce 5 deleted."
    # The one that took its place is chosen, so that Delete can be pressed again.
    assert table(panel, "Bookmarks").currentIndex().row() == 1
    click(panel, "Undo")
    drawer.settle()
    assert panel.bookmarks == before
    assert drawer.live.bookmarked_bets(row.id) == before
    assert not [banner for banner in panel.findChildren(Banner) if banner.isVisible()]
    assert len(told) == 2


def test_undo_belongs_to_the_stream_it_was_offered_for(
    drawer: Drawer, panel: BookmarksPanel, row: StreamRow
) -> None:
    choose(panel, 0)
    click(panel, "Delete the bookmark (Delete)")
    drawer.settle()
    panel.show_stream(drawer.stream(bet(1, clientSeed="other")))
    assert not [banner for banner in panel.findChildren(Banner) if banner.isVisible()]
    panel._put_back()
    drawer.settle()
    assert notes(drawer, row).keys() == {5, 9}


def test_a_bookmark_set_elsewhere_appears_and_the_choice_stays(
    drawer: Drawer, panel: BookmarksPanel, row: StreamRow
) -> None:
    choose(panel, 1)
    drawer.live.add_bookmark(row.id, drawer.bet_ids(row.id)[1], "new").result(10)
    panel.refresh()
    drawer.settle()
    view = table(panel, "Bookmarks")
    assert column(view, 0) == ["1", "3", "5", "9"]
    assert view.currentIndex().row() == 2


def test_a_deleted_stream_ends_in_a_sentence(drawer: Drawer, panel: BookmarksPanel, row: StreamRow) -> None:
    choose(panel, 0)
    drawer.live.delete(row.id).result(10)
    panel.refresh()
    drawer.settle()
    assert drawer.refused == []
    click(panel, "Delete the bookmark (Delete)")
    drawer.settle()
    assert drawer.refused == [f"Stream with ID {row.id} not found"]


def test_typing_reaches_the_note(panel: BookmarksPanel) -> None:
    choose(panel, 0)
    click(panel, "Change the note (F2)")
    dialog = dialog_of(panel)
    editor = child(dialog, QPlainTextEdit)
    assert editor.accessibleName() == "Note"
    assert editor.hasFocus() or dialog.focusWidget() is editor
    # The old note is chosen, so that typing replaces it.
    assert editor.textCursor().selectedText() == "first"
    dialog.reject()


def test_a_hidden_panel_asks_when_it_is_shown(drawer: Drawer, panel: BookmarksPanel, row: StreamRow) -> None:
    panel.hide()
    panel.show_stream(None)
    panel.show_stream(row)
    assert not drawer.queries.busy
    panel.show()
    drawer.settle()
    assert [mark.nonce for mark in panel.bookmarks] == [3, 5, 9]

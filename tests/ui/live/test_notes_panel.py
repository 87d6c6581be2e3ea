"""The Notes panel on a real store: stored while written, never losing what was typed."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from pump_desktop.domain.live import StreamRow
from pump_desktop.ui.live import panels as notes_panel
from pump_desktop.ui.live.panels import NotesPanel
from tests.services.samples import bet
from tests.ui.conftest import Stage
from tests.ui.support.one_panel import Drawer
from tests.ui.support.program import child, texts

TOO_LONG = "Notes hold at most 1,000 characters; these have 1,001 and are not stored."


@pytest.fixture
def row(drawer: Drawer) -> StreamRow:
    return drawer.stream(bet(1))


@pytest.fixture
def elsewhere() -> QLineEdit:
    """Give another field to put the keyboard on."""
    return QLineEdit()


@pytest.fixture
def panel(drawer: Drawer, row: StreamRow, stage: Stage, elsewhere: QLineEdit) -> NotesPanel:
    panel = NotesPanel(drawer.asker)
    drawer.hear(panel)
    stage(elsewhere, panel, width=340)
    panel.show_stream(row)
    return panel


def field(panel: NotesPanel) -> QPlainTextEdit:
    return child(panel, QPlainTextEdit)


def write(panel: NotesPanel, text: str) -> None:
    """Put the keyboard into the field, and a text after what is there."""
    field(panel).setFocus()
    field(panel).appendPlainText(text)


def stored(drawer: Drawer, stream_id: UUID) -> str:
    return drawer.row(stream_id).notes


def test_notes_are_stored_when_the_keyboard_leaves(
    drawer: Drawer, panel: NotesPanel, row: StreamRow, elsewhere: QLineEdit
) -> None:
    field(panel).setFocus()
    QTest.keyClicks(field(panel), "a long night")
    assert stored(drawer, row.id) == ""
    elsewhere.setFocus()
    drawer.settle()
    assert stored(drawer, row.id) == "a long night"


def test_notes_are_stored_a_second_after_the_last_letter(
    drawer: Drawer, panel: NotesPanel, row: StreamRow
) -> None:
    assert notes_panel.PAUSE_MS == 1_000
    assert panel._pause.interval() == notes_panel.PAUSE_MS
    panel._pause.setInterval(30)
    write(panel, "typed")
    drawer.wait_for(lambda: stored(drawer, row.id) == "typed")
    assert field(panel).hasFocus()
    drawer.settle()


def test_the_counter_counts(panel: NotesPanel) -> None:
    assert "0 / 1,000" in texts(panel)
    write(panel, "five!")
    assert "5 / 1,000" in texts(panel)


def test_1001_characters_stay_and_are_not_stored(
    drawer: Drawer, panel: NotesPanel, row: StreamRow, elsewhere: QLineEdit
) -> None:
    write(panel, "x" * 1001)
    elsewhere.setFocus()
    drawer.settle()
    assert (panel.notes, panel.error) == ("x" * 1001, TOO_LONG)
    assert stored(drawer, row.id) == ""
    field(panel).setPlainText("x" * 1000)
    assert panel.error is None
    panel.save()
    drawer.settle()
    assert stored(drawer, row.id) == "x" * 1000


def test_what_cannot_be_stored_waits_while_another_stream_is_looked_at(
    drawer: Drawer, panel: NotesPanel, row: StreamRow
) -> None:
    write(panel, "x" * 1001)
    other = drawer.stream(bet(1, clientSeed="other"))
    panel.show_stream(other)
    assert (panel.notes, panel.error) == ("", None)
    drawer.settle()
    panel.show_stream(row)
    assert (panel.notes, panel.error) == ("x" * 1001, TOO_LONG)
    assert stored(drawer, other.id) == ""


def test_another_stream_takes_nothing_with_it(drawer: Drawer, panel: NotesPanel, row: StreamRow) -> None:
    other = drawer.stream(bet(1, clientSeed="other"))
    drawer.live.set_notes(other.id, "of the other").result(10)
    write(panel, "of this one")
    panel.show_stream(drawer.row(other.id))
    assert panel.notes == "of the other"
    drawer.settle()
    assert (stored(drawer, row.id), stored(drawer, other.id)) == ("of this one", "of the other")
    panel.show_stream(drawer.row(row.id))
    assert panel.notes == "of this one"


def test_notes_changed_elsewhere_appear(drawer: Drawer, panel: NotesPanel, row: StreamRow) -> None:
    drawer.live.set_notes(row.id, "from a script").result(10)
    panel.show_stream(drawer.row(row.id))
    assert panel.notes == "from a script"


def test_a_row_read_before_the_save_takes_nothing_back(
    drawer: Drawer, panel: NotesPanel, row: StreamRow, elsewhere: QLineEdit
) -> None:
    write(panel, "new")
    elsewhere.setFocus()
    drawer.settle()
    # As a count that was asked for earlier may bring it.
    panel.show_stream(row)
    assert panel.notes == "new"
    panel.show_stream(drawer.row(row.id))
    assert panel.notes == "new"


def test_rows_that_come_while_somebody_types_change_nothing(
    drawer: Drawer, panel: NotesPanel, row: StreamRow
) -> None:
    write(panel, "half a sen")
    drawer.live.set_notes(row.id, "from a script").result(10)
    panel.show_stream(drawer.row(row.id))
    assert panel.notes == "half a sen"
    panel.save()
    drawer.settle()
    assert stored(drawer, row.id) == "half a sen"


def test_a_stream_deleted_while_somebody_types_ends_in_a_sentence(
    drawer: Drawer, panel: NotesPanel, row: StreamRow
) -> None:
    write(panel, "too late")
    drawer.live.delete(row.id).result(10)
    panel.show_stream(None)
    drawer.settle()
    assert drawer.refused == ["The stream was deleted, so its notes were not stored."]
    assert (panel.notes, panel.error) == ("", None)
    assert not field(panel).isEnabled()


def test_notes_that_cannot_be_stored_stay_with_the_reason(
    drawer: Drawer, panel: NotesPanel, row: StreamRow
) -> None:
    drawer.backend._writer.close()
    write(panel, "kept in the field")
    panel.save()
    drawer.settle()
    assert panel.notes == "kept in the field"
    assert panel.error
    assert stored(drawer, row.id) == ""


def test_clearing_the_field_clears_the_notes(drawer: Drawer, panel: NotesPanel, row: StreamRow) -> None:
    drawer.live.set_notes(row.id, "old").result(10)
    panel.show_stream(drawer.row(row.id))
    field(panel).clear()
    panel.save()
    drawer.settle()
    assert stored(drawer, row.id) == ""


def test_nothing_typed_is_nothing_stored(drawer: Drawer, panel: NotesPanel, elsewhere: QLineEdit) -> None:
    field(panel).setFocus()
    elsewhere.setFocus()
    panel.save()
    assert not drawer.queries.busy

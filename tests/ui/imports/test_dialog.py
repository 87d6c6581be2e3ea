"""Importing a file of bets: looked at, columns named, taken in, reported; on a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetQuery
from pump_desktop.qt.tables.imports import PREVIEW_OUTCOME
from pump_desktop.ui.imports.dialog import ImportDialog
from pump_desktop.ui.kit.banner import Banner
from tests.live_samples import sample_bets, sample_key
from tests.ui.support.bets_in import BetsIn
from tests.ui.support.program import (
    button,
    child,
    click,
    column,
    edit,
    lit,
    named,
    table,
    texts,
    tiles,
    type_into,
)

pytestmark = pytest.mark.usefixtures("look")

KEY = sample_key()
FILE, PREVIEW, REFUSED = "File", "Rows as they would be stored", "Refused rows"
CLIENT, HASH = "Client seed where a row has none", "Hashed server seed where a row has none"


@pytest.fixture
def dialog(parts: BetsIn, qtbot: QtBot) -> Iterator[ImportDialog]:
    dialog = ImportDialog(parts.asker, parts.imports, None, parts.page)
    with qtbot.waitExposed(dialog):
        dialog.open()
    yield dialog
    parts.settle()


def written(path: Path, rows: list[str], head: str = "Nonce,Amount,Payout,Result,Mode,Id") -> Path:
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return path


def bets(path: Path, count: int, *wrong: int) -> Path:
    """Write real results of the sample stream without its seeds; some nonces are no numbers."""
    rows = []
    for bet in sample_bets(1, count):
        nonce = "?" if bet.nonce in wrong else bet.nonce
        rows.append(f"{nonce},{bet.amount},{bet.payout},{bet.round_result},expert,b{bet.nonce}")
    return written(path, rows)


def load(dialog: ImportDialog, parts: BetsIn, path: Path) -> None:
    dialog.load(str(path))
    parts.settle()
    parts.settle()  # the preview is asked for when the file has come


def pick(dialog: ImportDialog, parts: BetsIn, name: str, words: str) -> None:
    """Choose in a combo box as a person does."""
    box = named(dialog, QComboBox, name)
    box.setCurrentIndex(box.findText(words))
    box.activated.emit(box.currentIndex())
    look_again(dialog, parts)


def look_again(dialog: ImportDialog, parts: BetsIn) -> None:
    parts.wait_for(lambda: not dialog._typing.isActive())
    parts.settle()


def seeds(dialog: ImportDialog, parts: BetsIn) -> None:
    type_into(dialog, CLIENT, KEY.client_seed)
    type_into(dialog, HASH, KEY.server_seed_hashed)
    look_again(dialog, parts)


def chosen(dialog: ImportDialog, name: str) -> str:
    return named(dialog, QComboBox, f"Column of {name}").currentText()


def test_it_begins_empty_and_a_typed_path_is_looked_at(
    dialog: ImportDialog, parts: BetsIn, tmp_path: Path
) -> None:
    assert not button(dialog, "Import").isEnabled()
    assert any(text.startswith("Choose a log, CSV or JSON file") for text in texts(dialog))
    type_into(dialog, FILE, str(bets(tmp_path / "bets.csv", 30)))
    QTest.keyClick(edit(dialog, FILE), Qt.Key.Key_Return)
    parts.settle()
    assert dialog.isVisible()
    assert any(text.startswith("Table, separated by commas · 6 columns · ") for text in texts(dialog))
    assert [chosen(dialog, name) for name in ("nonce", "amount", "payout", "result multiplier")] == [
        "Nonce",
        "Amount",
        "Payout",
        "Result",
    ]
    assert chosen(dialog, "difficulty") == "–"
    view = table(dialog, "Rows of the file")
    assert column(view, 0) == [str(nonce) for nonce in range(1, 21)]


def test_what_is_missing_is_said_at_its_column_until_the_rows_can_be_stored(
    dialog: ImportDialog, parts: BetsIn, tmp_path: Path
) -> None:
    load(dialog, parts, bets(tmp_path / "bets.csv", 5, 3))
    sentence = "Choose the column of the client seed, or type it."
    assert lit(dialog) == {"Column of client seed": sentence}
    assert not button(dialog, "Import").isEnabled()
    seeds(dialog, parts)
    assert list(lit(dialog)) == ["Column of difficulty"]
    pick(dialog, parts, "Column of difficulty", "Mode")
    assert lit(dialog) == {}
    assert button(dialog, "Import").isEnabled()
    outcomes = column(table(dialog, PREVIEW), PREVIEW_OUTCOME)
    assert outcomes == ["Bet", "Bet", "Refused: nonce must be a whole number", "Bet", "Bet"]
    assert column(table(dialog, PREVIEW), 0) == ["2", "3", "4", "5", "6"]
    said = " ".join(texts(dialog))
    assert "1 of the first 5 rows would be refused." in said
    assert "Without a time the bets are dated by the import alone." in said
    pick(dialog, parts, "Column of nonce", "–")
    assert lit(dialog) == {"Column of nonce": "Choose the column that holds the nonce."}
    assert not button(dialog, "Import").isEnabled()


def test_a_default_that_cannot_be_is_said_where_it_was_typed(
    dialog: ImportDialog, parts: BetsIn, tmp_path: Path
) -> None:
    load(dialog, parts, bets(tmp_path / "bets.csv", 5))
    seeds(dialog, parts)
    name = "Currency where a row has none"
    edit(dialog, name).setText("b\u200btc")
    look_again(dialog, parts)
    assert lit(dialog) == {name: "Currency must be at most 32 characters, such as btc."}
    assert not button(dialog, "Import").isEnabled()
    assert edit(dialog, CLIENT).text() == KEY.client_seed


def test_a_file_is_imported_and_reported(
    dialog: ImportDialog, parts: BetsIn, tmp_path: Path, qtbot: QtBot
) -> None:
    load(dialog, parts, bets(tmp_path / "bets.csv", 40, 7, 9))
    seeds(dialog, parts)
    pick(dialog, parts, "Column of difficulty", "Mode")
    with qtbot.waitSignal(parts.imports.finished):
        click(dialog, "Import")
        assert button(dialog, "Stop").isEnabled()
        assert not named(dialog, QComboBox, "Column of nonce").isEnabled()
    sentence = "bets.csv: 40 rows read, 38 new, 0 stored before, 2 refused."
    assert child(dialog, Banner).text == sentence
    assert [figure for figure, _ in tiles(dialog).values()] == ["40", "38", "0", "2"]
    assert column(table(dialog, REFUSED), 0) == ["8", "10"]
    click(dialog, "Copy the report")
    assert QGuiApplication.clipboard().text() == (
        f"{sentence}\nline 8: nonce must be a whole number\nline 10: nonce must be a whole number\n"
    )
    (stream,) = parts.streams()
    assert parts.backend.live.key_of(stream.id) == KEY
    page = parts.backend.live.bets(stream.id, BetQuery(limit=2))
    assert [(bet.nonce, bet.difficulty) for bet in page.items] == [
        (1, Difficulty.EXPERT),
        (2, Difficulty.EXPERT),
    ]
    # The same file once more: each bet is stored once.
    click(dialog, "Import another file")
    with qtbot.waitSignal(parts.imports.finished):
        click(dialog, "Import")
    assert [figure for figure, _ in tiles(dialog).values()] == ["40", "0", "38", "2"]
    with qtbot.waitSignal(dialog.accepted), qtbot.waitSignal(dialog.stream_asked) as told:
        click(dialog, "Open the stream")
    assert told.args == [stream.id]


def test_a_bad_file_is_one_sentence_and_the_one_before_stays(
    dialog: ImportDialog, parts: BetsIn, tmp_path: Path
) -> None:
    load(dialog, parts, tmp_path / "none.csv")
    assert lit(dialog) == {FILE: f"{tmp_path / 'none.csv'} is not there."}
    load(dialog, parts, bets(tmp_path / "bets.csv", 5))
    assert FILE not in lit(dialog)
    seeds(dialog, parts)
    pick(dialog, parts, "Column of difficulty", "Mode")
    bad = tmp_path / "picture.png"
    bad.write_bytes(b"\x89PNG\0\1\2")
    load(dialog, parts, bad)
    assert lit(dialog) == {
        FILE: "picture.png is not a text file. Choose a log, CSV or JSON file of bets. "
        "bets.csv is still the file to import."
    }
    assert chosen(dialog, "difficulty") == "Mode"
    assert edit(dialog, CLIENT).text() == KEY.client_seed
    assert button(dialog, "Import").isEnabled()
    assert parts.streams() == ()


def test_stop_ends_an_import_and_keeps_what_was_stored(
    dialog: ImportDialog, parts: BetsIn, tmp_path: Path, qtbot: QtBot
) -> None:
    rows = [f"{nonce},0.5,0,1.63,expert,b{nonce}" for nonce in range(1, 100_001)]
    load(dialog, parts, written(tmp_path / "many.csv", rows))
    seeds(dialog, parts)
    pick(dialog, parts, "Column of difficulty", "Mode")
    with qtbot.waitSignal(parts.imports.finished) as told:
        with qtbot.waitSignal(parts.imports.progress):
            click(dialog, "Import")
        dialog.reject()
        assert dialog.isVisible()
        assert "Stopping …" in texts(dialog)
    report = told.args[0]
    assert report.cancelled
    assert child(dialog, Banner).text.startswith("many.csv: Stopped: ")
    assert 0 < parts.streams()[0].total_bets == report.accepted < 100_000
    with qtbot.waitSignal(dialog.destroyed):
        click(dialog, "Close")


def test_an_array_counts_its_entries(dialog: ImportDialog, parts: BetsIn, tmp_path: Path) -> None:
    path = tmp_path / "bets.json"
    one = {"id": "a", "nonce": 1, "amount": 1, "payout": 0, "difficulty": "expert", "roundResult": 1.63}
    one |= {"clientSeed": "c", "serverSeedHashed": "b" * 64, "roundTarget": 2}
    path.write_text(json.dumps([one, one | {"nonce": -1}]), encoding="utf-8")
    load(dialog, parts, path)
    assert lit(dialog) == {}
    model = table(dialog, PREVIEW).model()
    assert model.headerData(0, Qt.Orientation.Horizontal, 0) == "Entry"
    assert column(table(dialog, PREVIEW), 0) == ["1", "2"]


def test_the_open_stream_gives_the_seeds(parts: BetsIn, tmp_path: Path) -> None:
    parts.backend.live.ingest(sample_bets(100, 1)).result()
    (stream,) = parts.streams()
    dialog = ImportDialog(parts.asker, parts.imports, stream, parts.page)
    dialog.open()
    assert edit(dialog, CLIENT).text() == KEY.client_seed
    assert edit(dialog, HASH).text() == KEY.server_seed_hashed
    load(dialog, parts, bets(tmp_path / "bets.csv", 5))
    assert list(lit(dialog)) == ["Column of difficulty"]
    pick(dialog, parts, "Difficulty where a row has none", "Expert")
    click(dialog, "Import")
    parts.settle()
    (stream,) = parts.streams()
    assert stream.total_bets == 6
    dialog.reject()


def test_the_wheel_scrolls_the_form_and_changes_no_column(
    dialog: ImportDialog, parts: BetsIn, tmp_path: Path
) -> None:
    load(dialog, parts, bets(tmp_path / "bets.csv", 5))
    box = named(dialog, QComboBox, "Column of amount")
    edit(dialog, FILE).setFocus()
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(box.mapToGlobal(QPoint(5, 5))),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    assert box.currentText() == "Amount"


def test_tab_goes_from_a_column_to_what_stands_in_for_it(
    dialog: ImportDialog, parts: BetsIn, tmp_path: Path
) -> None:
    load(dialog, parts, bets(tmp_path / "bets.csv", 5))
    named(dialog, QComboBox, "Column of payout").setFocus()
    passed = []
    for _ in range(5):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        passed.append(dialog.focusWidget().accessibleName())
    assert passed[:4] == ["Column of client seed", CLIENT, "Column of hashed server seed", HASH]
    assert passed[4] == "Column of difficulty"

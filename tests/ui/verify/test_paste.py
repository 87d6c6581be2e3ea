"""A bet pasted into the Verify page: what it fills, what it is held against, and what it may lack."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from shiboken6 import isValid

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.dialogs import PasteBetDialog
from pump_desktop.ui.kit.segmented import Segmented
from pump_desktop.ui.verify.answer import VerifyAnswer
from tests.ui.support.one_bet import NONCE, Verifying
from tests.ui.support.program import (
    CLIENT,
    SERVER,
    button,
    child,
    choose,
    click,
    edit,
    lit,
    named,
    texts,
    type_into,
)

HASH = seed_sha256(SERVER)
BET: dict[str, Any] = {
    "id": "1",
    "nonce": NONCE,
    "amount": 0.2,
    "payout": 0,
    "difficulty": "expert",
    "roundResult": 11200.65,
    "clientSeed": CLIENT,
    "serverSeedHashed": HASH,
}
SIMULATED = {key: value for key, value in BET.items() if key != "serverSeedHashed"} | {"serverSeed": SERVER}
NEEDED = "Nonce 5,663 was reported as 11,200.65x. Its server seed is still needed; type it to compare."
MATCHES = "Matches. Nonce 5,663 was reported as 11,200.65x, and at expert its seeds give 11,200.65x."


def open_dialog(verifying: Verifying) -> PasteBetDialog:
    click(verifying.page, "Paste a bet …")
    dialog = verifying.page.findChild(PasteBetDialog)
    assert dialog is not None
    return dialog


def paste(verifying: Verifying, bet: object) -> PasteBetDialog:
    """Open the dialog, put a bet into it and use it."""
    dialog = open_dialog(verifying)
    child(dialog, QPlainTextEdit).setPlainText(bet if isinstance(bet, str) else json.dumps(bet))
    click(dialog, "Use this bet")
    verifying.settle()
    if not isValid(dialog) or not dialog.isVisible():
        verifying.wake()
    return dialog


def form(verifying: Verifying) -> tuple[str, ...]:
    fields = [edit(verifying.page, name).text() for name in ("Server seed", "Client seed", "Nonce")]
    return (*fields, named(verifying.page, Segmented, "Difficulty").value or "")


def banner(verifying: Verifying) -> tuple[str, str]:
    """Give tone and sentence of the banner, which must be there."""
    found = child(verifying.page, Banner)
    return str(found.property("ground")), found.text


def test_a_bet_that_carries_its_seed_is_verified_at_once(verifying: Verifying) -> None:
    paste(verifying, SIMULATED)
    assert form(verifying) == (SERVER, CLIENT, "5,663", "expert")
    assert banner(verifying) == ("good", MATCHES)
    assert "11,200.65x" in verifying.texts()


def test_a_seed_that_a_stored_run_knows_is_filled_in(verifying: Verifying) -> None:
    verifying.backend.runs.create(ScanRequest(SERVER, "other", 1, 10, Difficulty.EASY, (1.02,)))
    paste(verifying, BET)
    assert form(verifying) == (SERVER, CLIENT, "5,663", "expert")
    assert banner(verifying) == ("good", MATCHES)
    assert "the same" in verifying.texts()


def test_a_seed_that_nothing_knows_is_asked_for_and_held_against_the_hash(verifying: Verifying) -> None:
    paste(verifying, BET)
    assert form(verifying) == ("", CLIENT, "5,663", "expert")
    assert banner(verifying) == ("info", NEEDED)
    assert HASH in verifying.texts()
    assert QApplication.focusWidget() is edit(verifying.page, "Server seed")
    assert "Still needed: server seed." in verifying.texts()

    type_into(verifying.page, "Server seed", "another")
    verifying.settle()
    sentence = "This is not the server seed of the pasted bet: its SHA-256 is another one."
    assert lit(verifying.page) == {"Server seed": sentence}
    assert "12 safe pumps, pop point 13" not in verifying.texts()
    type_into(verifying.page, "Server seed", HASH)
    sentence = "This is the hash of the pasted bet's server seed. Type the revealed seed itself."
    assert lit(verifying.page) == {"Server seed": sentence}

    type_into(verifying.page, "Server seed", SERVER)
    verifying.settle()
    assert lit(verifying.page) == {}
    assert banner(verifying) == ("good", MATCHES)


def test_another_result_than_reported_is_unmistakable(verifying: Verifying) -> None:
    paste(verifying, SIMULATED | {"roundResult": 4.95})
    assert banner(verifying) == (
        "bad",
        "Does not match. Nonce 5,663 was reported as 4.95x, but at expert its seeds give 11,200.65x.",
    )
    paste(verifying, SIMULATED | {"roundResult": 5.55})
    assert banner(verifying)[0] == "bad"


def test_the_verdict_is_about_the_difficulty_of_the_bet(verifying: Verifying) -> None:
    paste(verifying, SIMULATED)
    choose(verifying.page, "Difficulty", "Easy")
    verifying.settle()
    assert "Easy, nonce 5,663" in verifying.texts()
    assert banner(verifying) == ("good", MATCHES)


def test_a_heartbeat_without_difficulty_is_held_against_the_chosen_one(verifying: Verifying) -> None:
    body = {"type": "heartbeat", "nonce": NONCE, "roundResult": 40.46, "clientSeed": CLIENT}
    paste(verifying, body | {"serverSeed": SERVER})
    assert banner(verifying)[0] == "bad"
    choose(verifying.page, "Difficulty", "Hard")
    verifying.settle()
    tone, sentence = banner(verifying)
    assert (tone, sentence.split(".")[0]) == ("good", "Matches")


def test_another_nonce_is_not_compared_and_there_is_a_way_back(verifying: Verifying) -> None:
    paste(verifying, SIMULATED)
    QTest.keySequence(verifying.page, "Alt+Up")
    verifying.settle()
    sentence = "Nonce 5,663 was reported as 11,200.65x; the form holds another bet now."
    assert banner(verifying) == ("info", sentence)
    click(verifying.page, "Back to that bet")
    verifying.settle()
    assert form(verifying) == (SERVER, CLIENT, "5,663", "expert")
    assert banner(verifying) == ("good", MATCHES)


def test_a_typed_seed_is_kept_on_the_way_back(verifying: Verifying) -> None:
    paste(verifying, BET)
    type_into(verifying.page, "Server seed", SERVER)
    verifying.settle()
    type_into(verifying.page, "Client seed", "x")
    verifying.settle()
    click(verifying.page, "Back to that bet")
    verifying.settle()
    assert form(verifying) == (SERVER, CLIENT, "5,663", "expert")


def test_a_dismissed_bet_leaves_the_form_free(verifying: Verifying) -> None:
    paste(verifying, BET)
    type_into(verifying.page, "Server seed", "another")
    click(verifying.page, "Dismiss")
    verifying.settle()
    assert lit(verifying.page) == {}
    assert HASH not in verifying.texts()
    assert child(verifying.page, VerifyAnswer).isEnabled()
    assert form(verifying) == ("another", CLIENT, "5,663", "expert")
    assert [found for found in verifying.page.findChildren(Banner) if found.isVisible()] == []


def test_a_bet_shown_from_elsewhere_takes_the_place_of_a_pasted_one(verifying: Verifying) -> None:
    paste(verifying, BET)
    verifying.show(1, Difficulty.EASY, server="seed", client="client")
    assert lit(verifying.page) == {}
    assert "Easy, nonce 1" in verifying.texts()
    assert [found for found in verifying.page.findChildren(Banner) if found.isVisible()] == []


def test_what_cannot_be_read_is_said_in_the_dialog_and_nothing_is_lost(verifying: Verifying) -> None:
    verifying.show()
    before = form(verifying)
    dialog = paste(verifying, '{"nonce": ')
    assert dialog.isVisible()
    sentence = "This is not valid JSON: Expecting value at line 1, column 10."
    assert lit(dialog) == {"The bet as JSON": sentence}
    assert sentence in texts(dialog)
    text = child(dialog, QPlainTextEdit)
    assert text.toPlainText() == '{"nonce": '
    assert form(verifying) == before
    text.setPlainText(json.dumps(BET | {"nonce": 0}))
    assert lit(dialog) == {}
    click(dialog, "Use this bet")
    verifying.settle()
    assert lit(dialog) == {
        "The bet as JSON": "This bet cannot be used: nonce must be between 1 and 9007199254740991."
    }
    text.setPlainText(json.dumps(SIMULATED | {"nonce": 1}))
    click(dialog, "Use this bet")
    verifying.settle()
    assert form(verifying) == (SERVER, CLIENT, "1", "expert")
    assert [found for found in verifying.page.findChildren(PasteBetDialog) if found.isVisible()] == []


def test_a_bet_in_the_clipboard_is_offered(verifying: Verifying) -> None:
    QGuiApplication.clipboard().setText(f"\n{json.dumps(SIMULATED)}\n")
    QTest.keySequence(verifying.page, "Ctrl+Shift+V")
    dialog = verifying.page.findChild(PasteBetDialog)
    assert dialog is not None
    assert json.loads(child(dialog, QPlainTextEdit).toPlainText()) == SIMULATED
    waiting = dialog.focusWidget()
    assert waiting is button(dialog, "Use this bet")
    QTest.keyClick(waiting, Qt.Key.Key_Return)
    verifying.settle()
    assert banner(verifying) == ("good", MATCHES)


def test_other_text_in_the_clipboard_is_left_there(verifying: Verifying) -> None:
    QGuiApplication.clipboard().setText("my password")
    dialog = open_dialog(verifying)
    assert child(dialog, QPlainTextEdit).toPlainText() == ""
    dialog.reject()


def test_an_answer_for_a_closed_dialog_is_dropped(verifying: Verifying) -> None:
    dialog = open_dialog(verifying)
    child(dialog, QPlainTextEdit).setPlainText(json.dumps(SIMULATED))
    dialog.accept()
    dialog.reject()
    verifying.settle()
    assert form(verifying) == ("", "", "", "expert")

"""The Verify page: a typed bet, its answer and its steps, by keyboard and by eye."""

from __future__ import annotations

import hmac

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE, ScanRequest, VerifyRequest
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.engine.verify import derive
from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.small import PickColumn, PicksModel
from pump_desktop.services.verify import derivation_of, derivation_text, sample_bet
from pump_desktop.ui.verify.answer import BalloonRow, VerifyAnswer
from pump_desktop.ui.verify.steps import VerifySteps, WordsGrid
from tests.model_checks import watched
from tests.ui.support.one_bet import NONCE, Verifying
from tests.ui.support.program import (
    CLIENT,
    SERVER,
    button,
    child,
    choose,
    click,
    column,
    edit,
    lit,
    table,
    type_into,
)

# The known answer: 25 picks of the sample's nonce 5663.
PICKS = [16, 25, 20, 13, 15, 14, 23, 18, 19, 17, 9, 21, 5, 12, 10, 24, 6, 7, 2, 8, 4, 1, 11, 3, 22]


def press(verifying: Verifying, keys: str) -> None:
    QTest.keySequence(QApplication.focusWidget() or verifying.page, keys)
    verifying.settle()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


class TestTyping:
    def test_the_answer_comes_as_soon_as_the_last_field_is_filled(self, verifying: Verifying) -> None:
        page = verifying.page
        type_into(page, "Server seed", SERVER)
        type_into(page, "Client seed", CLIENT)
        assert "Still needed: nonce." in verifying.texts()
        type_into(page, "Nonce", str(NONCE))
        verifying.settle()
        seen = verifying.texts()
        assert {"11,200.65x", "12 safe pumps, pop point 13", "Expert, nonce 5,663"} <= set(seen)
        assert {"2.45x", "18.78x", "40.46x"} <= set(seen)
        assert seed_sha256(SERVER) in seen

    def test_another_difficulty_is_one_key(self, verifying: Verifying) -> None:
        verifying.show()
        choose(verifying.page, "Difficulty", "Expert")
        press(verifying, "Left")
        assert "Hard, nonce 5,663" in verifying.texts()
        assert "12 safe pumps, pop point 13" in verifying.texts()
        press(verifying, "Home")
        assert "Easy, nonce 5,663" in verifying.texts()
        assert "15 safe pumps, pop point 16" in verifying.texts()

    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(self, verifying: Verifying) -> None:
        for field, text, sentence in (
            ("Nonce", "0", "Nonce must be between 1 and 9007199254740991."),
            ("Nonce", "1.5", "Nonce must be a whole number."),
            ("Client seed", "c" * 257, "Client seed must be at most 256 characters (this one has 257)."),
            ("Server seed", "  ", "Server seed cannot be empty."),
        ):
            verifying.show()
            type_into(verifying.page, field, text)
            verifying.settle()
            assert lit(verifying.page) == {field: sentence}
            assert edit(verifying.page, field).text() == text
            # The answer that stands there is dimmed: it belongs to the bet before.
            assert not child(verifying.page, VerifyAnswer).isEnabled()
            assert not button(verifying.page, "Copy as text").isEnabled()

    def test_an_empty_field_is_no_error(self, verifying: Verifying) -> None:
        verifying.show()
        type_into(verifying.page, "Nonce", "")
        assert lit(verifying.page) == {}
        assert not child(verifying.page, VerifyAnswer).isEnabled()

    def test_a_pasted_seed_is_cleaned_as_on_the_scan_page(self, verifying: Verifying) -> None:
        QGuiApplication.clipboard().setText(f'  "{SERVER}"\n')
        field = edit(verifying.page, "Server seed")
        field.setFocus()
        press(verifying, "Ctrl+V")
        assert field.text() == SERVER
        assert "Blanks or quotes around the pasted seed were taken off." in verifying.texts()

    def test_the_hash_of_a_stored_seed_is_warned_about(self, verifying: Verifying) -> None:
        verifying.backend.runs.create(ScanRequest(SERVER, CLIENT, 1, 10, Difficulty.EASY, (1.02,)))
        verifying.show(server=seed_sha256(SERVER))
        assert any("Paste the revealed seed itself, not its hash." in text for text in verifying.texts())

    def test_the_newest_bet_wins_while_answers_are_under_way(self, verifying: Verifying) -> None:
        for nonce in range(1, 40):
            verifying.page.show_bet(SERVER, CLIENT, nonce, Difficulty.HARD)
        verifying.settle()
        assert "Hard, nonce 39" in verifying.texts()


class TestSteppingThroughNonces:
    def test_keys_and_buttons_go_to_the_next_and_the_previous_nonce(self, verifying: Verifying) -> None:
        verifying.show()
        press(verifying, "Alt+Up")
        assert "Expert, nonce 5,664" in verifying.texts()
        press(verifying, "Alt+Down")
        press(verifying, "Alt+Down")
        assert "Expert, nonce 5,662" in verifying.texts()
        click(verifying.page, "Next nonce (Alt+Up)")
        verifying.settle()
        assert "Expert, nonce 5,663" in verifying.texts()
        click(verifying.page, "Previous nonce (Alt+Down)")
        verifying.settle()
        assert "Expert, nonce 5,662" in verifying.texts()

    def test_there_is_no_nonce_beyond_the_ends(self, verifying: Verifying) -> None:
        for nonce, keys, name in (
            (1, "Alt+Down", "Previous nonce (Alt+Down)"),
            (MAX_NONCE, "Alt+Up", "Next nonce (Alt+Up)"),
        ):
            verifying.show(nonce)
            press(verifying, keys)
            assert edit(verifying.page, "Nonce").text() == f"{nonce:,}"
            assert not button(verifying.page, name).isEnabled()

    def test_stepping_keeps_the_place_on_the_page(self, verifying: Verifying) -> None:
        verifying.show()
        bar = verifying.scroll.verticalScrollBar()
        bar.setValue(bar.maximum())
        press(verifying, "Alt+Up")
        assert bar.value() == bar.maximum() > 0


class TestSteps:
    def test_the_picks_are_those_of_the_known_answer(self, verifying: Verifying) -> None:
        verifying.show()
        view = table(verifying.page, "Picks")
        assert column(view, PickColumn.POSITION, NATIVE_ROLE) == PICKS
        assert column(view, PickColumn.POPS) == ["pops"] * 3 + ["pop point"] + ["pops"] * 6 + [""] * 15
        assert view.verticalScrollBar().maximum() == 0  # all of them stand on the page
        assert column(view, PickColumn.REMAINING) == [str(left) for left in range(25, 0, -1)]
        words = column(view, PickColumn.WORD, NATIVE_ROLE)
        # Redone from the page alone: hashlib, and what stands in step 1.
        messages = [text for text in verifying.texts() if text.startswith(f"{CLIENT}:{NONCE}:")]
        assert len(messages) == 4
        stream = b"".join(hmac.digest(SERVER.encode(), text.encode(), "sha256") for text in messages)
        assert {stream[at : at + 32].hex() for at in range(0, 128, 32)} <= set(verifying.texts())
        assert words == [int.from_bytes(stream[4 * i : 4 * i + 4], "big") for i in range(25)]

    def test_key_messages_digests_words_and_picks_can_be_copied(self, verifying: Verifying) -> None:
        verifying.show()
        derivation = derive(VerifyRequest(SERVER, CLIENT, NONCE, Difficulty.EXPERT))
        click(verifying.page, "Copy the key")
        assert clipboard() == SERVER
        for number, block in enumerate(derivation.blocks):
            click(verifying.page, f"Copy message {number}")
            assert clipboard() == block.message == f"{CLIENT}:{NONCE}:{number}"
            click(verifying.page, f"Copy digest {number}")
            assert clipboard() == block.digest

        click(verifying.page, "Copy words and floats")
        heading, *lines = [line.split("\t") for line in clipboard().split("\n")]
        assert heading == ["bytes", "word", "float"]
        assert len(lines) == 25
        for part, word, share in lines:
            assert int(part, 16) == int(word)
            assert float(share) == int(word) / 2**32
        assert lines[24][1] in child(verifying.page, WordsGrid).accessibleDescription()
        view = table(verifying.page, "Picks")
        view.setFocus()
        view.selectRow(3)
        press(verifying, "Ctrl+C")
        assert clipboard() == "4\t2417740626\t0.5629241061\t22\t12\t13\tpop point"
        assert verifying.said == ["1 row copied"]

    def test_the_result_is_put_in_words(self, verifying: Verifying) -> None:
        verifying.show()
        assert (
            "The first 10 picks pop at expert. The smallest of them, 13, is the pop point. "
            "Safe pumps = min(13 − 1, 25 − 10) = 12, for which the expert table has 11,200.65x."
        ) in verifying.texts()
        assert "16  25  20  13  15  14  23  18  19  17" in verifying.texts()

    def test_hiding_the_seed_hides_the_key(self, verifying: Verifying) -> None:
        verifying.show()
        assert SERVER in verifying.texts()
        click(verifying.page, "Hide server seed")
        assert SERVER not in verifying.texts()
        click(verifying.page, "Copy the key")
        assert clipboard() == SERVER

    def test_the_model_keeps_its_promises(self, qapp: QApplication) -> None:
        assert qapp is not None
        model = PicksModel()
        tester = watched(model)
        for difficulty in (Difficulty.HARD, Difficulty.EASY):
            model.show(derivation_of(sample_bet()), difficulty)
            assert (model.rowCount(), model.columnCount()) == (25, len(PickColumn))
            marks = [model.index(row, PickColumn.POPS).data() for row in range(25)]
            assert marks.count("pop point") == 1
            assert len([mark for mark in marks if mark]) == difficulty.pops
        assert tester.model() is model


class TestBalloons:
    def test_a_screen_reader_hears_what_is_drawn(self, verifying: Verifying) -> None:
        verifying.show()
        row = child(verifying.page, BalloonRow)
        popped = ", ".join(str(position) for position in sorted(PICKS[:10]))
        assert row.accessibleName() == "25 balloons"
        assert row.accessibleDescription() == f"Popped: {popped}. Pop point: 13. Safe pumps: 12."
        assert row.words_at(12) == "Position 12: safe, pump 12"
        assert row.words_at(13) == "Position 13: the pop point"
        assert row.words_at(14) == "Position 14: would pop, but the bet is over by then"
        assert row.words_at(21) == "Position 21: not reached"

    def test_every_balloon_says_what_it_is_under_the_pointer(self, verifying: Verifying) -> None:
        verifying.show()
        row = child(verifying.page, BalloonRow)
        for position in (1, 13, 25):
            spot = QPoint(round((position - 0.5) * row.width() / 25), 20)
            event = QHelpEvent(QHelpEvent.Type.ToolTip, spot, row.mapToGlobal(spot))
            QApplication.sendEvent(row, event)
            assert QToolTip.text() == row.words_at(position)
        QToolTip.hideText()

    def test_safe_popped_and_untouched_balloons_are_painted_apart(
        self, verifying: Verifying, look: Appearance
    ) -> None:
        verifying.show()
        row = child(verifying.page, BalloonRow)
        # The page, not the row alone: a balloon that is not filled shows the card it stands on.
        inner = verifying.inner
        for mode in (Mode.LIGHT, Mode.DARK):
            look.set_mode(mode)
            verifying.settle()
            image = inner.grab(QRect(row.mapTo(inner, QPoint(0, 0)), row.size())).toImage()
            # The colour of each ball above its number.
            inside = {
                position: image.pixelColor(round((position - 0.5) * row.width() / 25), 13).name().upper()
                for position in (12, 13, 14, 21)
            }
            card = look.theme.hex("surface.card")
            assert inside == {
                12: look.theme.hex("accent.soft"),
                13: look.theme.hex("bad.soft"),
                14: card,
                21: card,
            }
            colours = [image.pixelColor(x, y).name().upper() for x in range(row.width()) for y in range(40)]
            assert colours.count(look.theme.hex("bad")) > 20


class TestActions:
    def test_copy_as_text_gives_the_whole_derivation(self, verifying: Verifying) -> None:
        verifying.show()
        click(verifying.page, "Copy as text")
        request = sample_bet()
        assert clipboard() == derivation_text(request, derivation_of(request))
        assert verifying.said == ["Derivation copied as text"]
        QGuiApplication.clipboard().clear()
        press(verifying, "Ctrl+Shift+C")
        assert clipboard() == derivation_text(request, derivation_of(request))

    def test_nothing_is_copied_before_there_is_an_answer(self, verifying: Verifying) -> None:
        QGuiApplication.clipboard().setText("before")
        press(verifying, "Ctrl+Shift+C")
        assert clipboard() == "before"
        assert verifying.said == []

    def test_the_empty_page_offers_the_bet_whose_answer_is_known(self, verifying: Verifying) -> None:
        click(verifying.page, "Show the sample bet")
        verifying.settle()
        assert "11,200.65x" in verifying.texts()
        assert edit(verifying.page, "Nonce").text() == "5,663"
        assert child(verifying.page, VerifySteps).isEnabled()

    def test_clearing_every_field_brings_the_offer_back(self, verifying: Verifying) -> None:
        verifying.show()
        for name in ("Server seed", "Client seed", "Nonce"):
            type_into(verifying.page, name, "")
        assert button(verifying.page, "Show the sample bet").isVisible()
        assert "11,200.65x" not in verifying.texts()

    def test_the_nonces_around_a_bet_can_be_scanned(self, verifying: Verifying, qtbot: QtBot) -> None:
        hard = Difficulty.HARD
        for nonce, start, end in (
            (5663, 5163, 6162),
            (1, 1, 1000),
            (MAX_NONCE, MAX_NONCE - 999, MAX_NONCE),
        ):
            verifying.show(nonce, hard)
            with qtbot.waitSignal(verifying.page.scan_asked) as told:
                click(verifying.page, "Scan around this nonce")
            target = derive(VerifyRequest(SERVER, CLIENT, nonce, hard)).results[hard].max_multiplier
            assert told.args == [ScanRequest(SERVER, CLIENT, start, end, hard, (target,))]

    def test_the_keyboard_reaches_every_control_and_focus_first_goes_to_what_is_empty(
        self, verifying: Verifying
    ) -> None:
        verifying.page.focus_first()
        assert QApplication.focusWidget() is edit(verifying.page, "Server seed")
        verifying.show(server="")
        verifying.page.focus_first()
        assert QApplication.focusWidget() is edit(verifying.page, "Server seed")
        verifying.show(client="")
        verifying.page.focus_first()
        assert QApplication.focusWidget() is edit(verifying.page, "Client seed")
        verifying.show()
        verifying.page.focus_first()
        seen = set()
        for _ in range(40):
            focus = QApplication.focusWidget()
            assert focus is not None
            seen.add(focus.accessibleName() or getattr(focus, "text", str)())
            QTest.keyClick(focus, Qt.Key.Key_Tab)
        assert {
            "Server seed",
            "Client seed",
            "Nonce",
            "Previous nonce (Alt+Down)",
            "Next nonce (Alt+Up)",
            "Expert",
            "Scan around this nonce",
            "Copy the key",
            "Copy message 3",
            "Copy digest 3",
            "Copy words and floats",
            "Picks",
            "Paste a bet …",
            "Copy as text",
        } <= seen

    def test_nothing_is_cut_off_at_the_right(self, verifying: Verifying) -> None:
        verifying.show()
        inner = verifying.inner
        # The window's widths less the rail's; the stage around the page has margins.
        for width in (880 - 57, 1024 - 57, 1180 - 85):
            around = verifying.page.window().width() - verifying.page.width()
            verifying.page.window().resize(width + around, 560)
            assert inner.minimumSizeHint().width() <= verifying.scroll.viewport().width() <= width

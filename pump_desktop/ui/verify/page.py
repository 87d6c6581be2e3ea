"""The Verify page: one bet typed or pasted, its result, and every step that leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QScrollArea, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE, ScanRequest, VerifyRequest
from pump_desktop.qt.app.preferences import current_privacy
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import counted, grouped, multiplier_text
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.banner import Banner, Tone
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.dialogs import PasteBetDialog
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.layout import stretch, vbox
from pump_desktop.ui.verify.answer import VerifyAnswer
from pump_desktop.ui.verify.form import VerifyForm
from pump_desktop.ui.verify.steps import VerifySteps

if TYPE_CHECKING:
    from pump_desktop.engine.verify import Derivation
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.imports.paste import PastedBet

_BLANK = "Type a seed pair and a nonce, paste a bet, or begin with one whose answer is known."
_SAMPLE = "Show the sample bet"
# A scan around a nonce has this many.
_AROUND = 1000
# A longer clipboard is no bet that somebody wants to see in the dialog.
_LONGEST_CLIPBOARD = 20_000


class VerifyPage(QWidget):
    """``said`` and ``refused`` carry sentences, ``scan_asked`` a ScanRequest around the bet's nonce."""

    said = Signal(str)
    refused = Signal(str)
    scan_asked = Signal(object)

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._question = LatestQuery(asker, self)
        self._bet: PastedBet | None = None
        self._answer: tuple[VerifyRequest, Derivation] | None = None
        self._text = ""
        self._header = PageHeader("Verify")
        self._paste = Button("Paste a bet …", meaning="paste")
        self._paste.setToolTip("Fill the form from a bet's JSON (Ctrl+Shift+V)")
        self._copy = Button("Copy as text", meaning="copy")
        self._copy.setToolTip("Copy every step, to redo it by hand (Ctrl+Shift+C)")
        self._header.add_action(self._paste)
        self._header.add_action(self._copy)
        self._banner = Banner("info", "")
        self._banner.hide()
        self._form = VerifyForm()
        self._empty = EmptyState("verify", _BLANK, _SAMPLE, kind="secondary", meaning="play")
        self._result = VerifyAnswer()
        self._steps = VerifySteps()
        self._lay_out()
        self._form.changed.connect(self._form_changed)
        self._form.seed_hidden.connect(self._steps.set_seed_hidden)
        self._paste.clicked.connect(self.paste_bet)
        self._copy.clicked.connect(self.copy_text)
        self._empty.acted.connect(self._show_sample)
        self._result.scan_clicked.connect(self._ask_scan)
        self._steps.copied.connect(self._rows_copied)
        self._banner.acted.connect(self._back_to_bet)
        self._banner.dismissed.connect(self._drop_bet)
        for keys, slot in (
            ("Alt+Up", self._step_on),
            ("Alt+Down", self._step_back),
            ("Ctrl+Shift+V", self.paste_bet),
            ("Ctrl+Shift+C", self.copy_text),
        ):
            QShortcut(QKeySequence(keys), self, slot)
        self._show()
        # Only now: the steps hear of it from the form.
        self.hide_seeds(current_privacy().hide_on_screen)

    def hide_seeds(self, hidden: bool) -> None:
        """Show the server seed as dots, in the form and in the steps, or in the clear."""
        self._form.hide_seed(hidden)

    def show_bet(self, server_seed: str, client_seed: str, nonce: int, difficulty: Difficulty) -> None:
        """Put a bet into the form and verify it; an empty server seed is left to be typed."""
        self._drop_bet()
        self._fill(server_seed, client_seed, nonce, difficulty)

    def focus_first(self) -> None:
        """Put the keyboard on the first field that is empty."""
        self._form.focus_first()

    @Slot()
    def paste_bet(self) -> PasteBetDialog:
        """Ask for a bet as JSON; one that lies in the clipboard is there already."""
        clipboard = QGuiApplication.clipboard().text().strip()
        offered = clipboard if clipboard.startswith("{") and len(clipboard) <= _LONGEST_CLIPBOARD else ""
        dialog = PasteBetDialog(offered, self)

        def work(backend: Backend, text: str) -> PastedBet:
            from pump_desktop.services.imports.paste import paste_bet  # noqa: PLC0415 - in the worker

            return paste_bet(backend.runs, backend.live, text)

        def read(bet: PastedBet) -> None:
            # Cancelled while the answer was under way, it is still there for a moment.
            if dialog.isVisible():
                dialog.done(PasteBetDialog.DialogCode.Accepted)
                self._take_bet(bet)

        def refused(error: KnownError) -> None:
            dialog.show_error(str(error))

        dialog.read_asked.connect(
            lambda text: self._asker.ask(dialog, lambda backend: work(backend, text), read, refused)
        )
        dialog.open()
        return dialog

    @Slot()
    def copy_text(self) -> None:
        """Copy the derivation that is shown."""
        if self._answer is not None and self._copy.isEnabled():
            QGuiApplication.clipboard().setText(self._text)
            self.said.emit("Derivation copied as text")

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("ground", "page")
        vbox(
            self._form,
            self._banner,
            self._result,
            self._steps,
            stretch(self._empty),
            stretch(factor=0),
            into=inner,
            margins=(Space.XL, Space.L, Space.XL, Space.L),
            spacing=Space.L,
        )
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        # Its fields have the keyboard, and hand on Page Down; on the area itself it would be out of sight.
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        vbox(self._header, stretch(scroll), into=self, spacing=0)

    # The bet in the form.

    def _fill(self, server_seed: str, client_seed: str, nonce: int, difficulty: Difficulty) -> None:
        self._form.fill(server_seed, client_seed, nonce, difficulty)
        if self._form.request() is None:
            # What stood here was another bet's; it must not be taken for this one's.
            self._answer = None
            self._show()

    @Slot()
    def _form_changed(self) -> None:
        self._question.drop()
        request = self._form.request()
        if request is not None:

            def work(backend: Backend) -> tuple[VerifyRequest, Derivation, str, str | None]:
                from pump_desktop.services.verify import derivation_of, derivation_text  # noqa: PLC0415 - in the worker

                derivation = derivation_of(request)
                text = derivation_text(request, derivation)
                try:
                    warning = backend.runs.seed_warning(request.server_seed)
                except KnownError:  # told by the pages that cannot do without the database
                    warning = None
                return request, derivation, text, warning

            self._question.ask(work, self._answered, self._not_answered)
        self._show()

    def _answered(self, answer: tuple[VerifyRequest, Derivation, str, str | None]) -> None:
        request, derivation, self._text, warning = answer
        self._answer = request, derivation
        self._result.show_answer(request, derivation)
        self._steps.show_steps(request, derivation)
        if warning is not None:
            self._form.show_seed_warning(warning)
        self._show()

    def _not_answered(self, error: KnownError) -> None:
        self.refused.emit(str(error))

    def _show(self) -> None:
        """Show the answer while it is that of the form, dimmed while it is not, else what is missing."""
        if self._form.blank:
            self._answer = None
        request = self._form.request()
        shown = self._answer is not None
        current = self._answer is not None and self._answer[0] == request
        self._result.setVisible(shown)
        self._steps.setVisible(shown)
        self._result.setEnabled(request is not None)
        self._steps.setEnabled(request is not None)
        self._copy.setEnabled(current)
        self._empty.setVisible(not shown)
        if self._form.blank:
            self._empty.set_sentence(_BLANK, _SAMPLE)
        elif missing := self._form.missing():
            self._empty.set_sentence(f"Still needed: {' and '.join(missing)}.", "")
        elif request is None:
            self._empty.set_sentence("Nothing to verify yet: a field above needs another look.", "")
        self._show_verdict()

    @Slot()
    def _step_on(self) -> None:
        self._form.step(1)

    @Slot()
    def _step_back(self) -> None:
        self._form.step(-1)

    @Slot()
    def _show_sample(self) -> None:
        from pump_desktop.services.verify import sample_bet  # noqa: PLC0415 - used once

        bet = sample_bet()
        self.show_bet(bet.server_seed, bet.client_seed, bet.nonce, bet.difficulty)

    @Slot()
    def _ask_scan(self) -> None:
        if self._answer is None:
            return
        request, derivation = self._answer
        first = max(1, min(request.nonce - _AROUND // 2, MAX_NONCE - _AROUND + 1))
        target = derivation.results[request.difficulty].max_multiplier
        seeds = (request.server_seed, request.client_seed)
        self.scan_asked.emit(ScanRequest(*seeds, first, first + _AROUND - 1, request.difficulty, (target,)))

    @Slot(int)
    def _rows_copied(self, rows: int) -> None:
        self.said.emit(f"{counted(rows, 'row')} copied")

    # The bet that was pasted.

    def _take_bet(self, bet: PastedBet) -> None:
        self._bet = bet
        self._form.expect_hash(bet.server_seed_hashed)
        self._fill(bet.server_seed or "", bet.client_seed, bet.nonce, bet.difficulty or self._form.difficulty)
        if bet.server_seed is None:
            self._form.focus_first()

    @Slot()
    def _drop_bet(self) -> None:
        self._bet = None
        self._form.expect_hash(None)
        self._banner.hide()
        self._form_changed()

    @Slot()
    def _back_to_bet(self) -> None:
        bet = self._bet
        if bet is not None:
            # A seed that was typed fits the hash of the bet, so it stays.
            seed = bet.server_seed or self._form.server_seed
            self._form.fill(seed, bet.client_seed, bet.nonce, bet.difficulty or self._form.difficulty)

    def _show_verdict(self) -> None:
        if self._bet is None:
            return
        verdict = self._verdict(self._bet)
        # The same words twice would be read out twice.
        if verdict is not None and verdict[1] != self._banner.text:
            self._banner.show_sentence(*verdict)
        self._banner.show()

    def _verdict(self, bet: PastedBet) -> tuple[Tone, str, str] | None:
        """Give what can be said of the pasted bet; None while its derivation is under way."""
        reported = f"Nonce {grouped(bet.nonce)} was reported as {multiplier_text(bet.reported)}"
        request = self._form.request()
        if request is None:
            if "server seed" in self._form.missing():
                return "info", f"{reported}. Its server seed is still needed; type it to compare.", ""
            return "info", f"{reported}. It is compared once every field above is right.", ""
        if (request.client_seed, request.nonce) != (bet.client_seed, bet.nonce):
            return "info", f"{reported}; the form holds another bet now.", "Back to that bet"
        if self._answer is None or self._answer[0] != request:
            return None
        difficulty = bet.difficulty or request.difficulty
        outcome = self._answer[1].results[difficulty]
        actual = f"at {difficulty.value} its seeds give {multiplier_text(outcome.max_multiplier)}"
        if bet.agrees(difficulty, outcome.max_pumps):
            return "good", f"Matches. {reported}, and {actual}.", ""
        return "bad", f"Does not match. {reported}, but {actual}.", ""

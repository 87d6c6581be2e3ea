"""Reveal and audit: the seed of a stream, what it says of every bet, and what its hash proves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from pump_desktop.domain.audits import AuditProgress, Commitment, StreamAudit
from pump_desktop.domain.errors import FieldError, KnownError, NotFoundError
from pump_desktop.domain.seeds import parse_seed, seed_sha256
from pump_desktop.qt.app.preferences import HIDDEN, current_privacy
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import duration_text, grouped
from pump_desktop.qt.text.times import when_text
from pump_desktop.qt.work.audits import Audits
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.audit.result import AuditResult
from pump_desktop.ui.audit.saving import AuditSaving
from pump_desktop.ui.audit.timeline import CommitmentTimeline
from pump_desktop.ui.kit.banner import Banner, Tone
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.edits import SeedEdit
from pump_desktop.ui.kit.fact import Fact
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.field_words import field_sentence
from pump_desktop.ui.kit.flow import FlowLayout
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.progress import ProgressStrip
from pump_desktop.ui.kit.stream_panel import StreamPanel
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.kit.text import Glyph, Label, SectionTitle

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


HINT = "Rotate the seed pair where you play, then paste the server seed that is shown."
RIGHT = "This is the seed of this stream."
WRONG = "This is not the seed of this stream: its SHA-256 is not the stream's hash."
HASH = "This is the hash itself; paste the seed that was revealed."
EMPTY = "Paste the revealed server seed first."


class RevealBox(QWidget):
    """``reveal_asked`` carries a seed that has the stream's hash; any other goes nowhere."""

    reveal_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hash = ""
        self._known: str | None = None
        self._offer = Banner("info", "", "Use it", dismissable=False)
        self._offer.hide()
        self._edit = SeedEdit("server seed", secret=True)
        self._edit.setPlaceholderText("Server seed")
        self._box = FieldBox("Revealed server seed", self._edit, HINT)
        self._right = QWidget()
        self._right_words = Label(RIGHT, ink="good")
        self._reveal = Button("Reveal and check", "primary", "reveal")
        hbox(Glyph("good", "good"), stretch(self._right_words), into=self._right, spacing=Space.S)
        vbox(self._offer, self._box, self._right, self._reveal, into=self, spacing=Space.M)
        self._right.hide()
        self._offer.acted.connect(self._use_known)
        self._edit.textChanged.connect(self._check)
        self._edit.returnPressed.connect(self._ask)
        self._reveal.clicked.connect(self._ask)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with dots where seeds are hidden; a seed that stands here stays as it is."""
        super().showEvent(event)
        if not self._edit.text():
            self._edit.set_seed_hidden(current_privacy().hide_on_screen)

    @property
    def sentence(self) -> str:
        """What is said of the seed in the field."""
        if not self._right.isHidden():
            return RIGHT
        return self._box.error or ""

    def show_hash(self, server_seed_hashed: str) -> None:
        """Begin with another stream: an empty field, and the hash its seed must have."""
        self._hash = server_seed_hashed
        self._edit.clear()
        self.offer(None)
        self._check()

    def offer(self, server_seed: str | None, where: str = "") -> None:
        """Offer a seed that is stored with a run or another stream."""
        if server_seed == self._known:
            return
        self._known = server_seed
        words = "" if server_seed is None else f"{where} has the seed with this hash."
        self._offer.show_sentence("info", words, "Use it" if words else "")

    def show_error(self, sentence: str) -> None:
        """Say why the seed was not taken."""
        self._right.hide()
        self._box.set_error(sentence)
        self._edit.setFocus()

    @Slot()
    def _use_known(self) -> None:
        if self._known is not None:
            self._edit.set_seed_hidden(hidden=True)
            self._edit.setText(self._known)
            self._reveal.setFocus()

    @Slot()
    def _check(self, _text: str = "") -> None:
        seed = self._edit.text()
        right = seed_matches(seed, self._hash)
        self._box.set_error(None if right or not seed else self._problem(seed))
        self._box.set_hint("" if right else HINT)
        if right and self._right.isHidden():
            announce(self._edit, RIGHT)
        self._right.setVisible(right)

    def _problem(self, seed: str) -> str:
        try:
            parse_seed("server_seed", seed)
        except FieldError as error:
            return field_sentence(error)
        return HASH if seed.lower() == self._hash else WRONG

    @Slot()
    def _ask(self) -> None:
        seed = self._edit.text()
        if seed_matches(seed, self._hash):
            self.reveal_asked.emit(seed)
        else:
            self.show_error(self._problem(seed) if seed else EMPTY)


def seed_matches(seed: str, server_seed_hashed: str) -> bool:
    """Tell whether a seed can be one and has this hash."""
    try:
        return seed_sha256(parse_seed("server_seed", seed)) == server_seed_hashed
    except FieldError:
        return False


_BEGUN = "Checking …"
_STOP_TIP = "Stop the audit; what was checked keeps its verdict"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored about a stream's seed; ``audit`` is None where what is shown is still true."""

    server_seed: str | None
    revealed_at: datetime | None
    audit: StreamAudit | None
    offered: tuple[str, str] | None
    chain: tuple[Commitment, ...]


class AuditPanel(StreamPanel):
    """Takes the seed, runs the audit, and shows what it found; ``audits`` runs for the whole window."""

    title = "Audit"

    def __init__(self, asker: Asker, audits: Audits, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._audits = audits
        self._audit: StreamAudit | None = None
        self._revealed = False
        self._banner = Banner("info", "")
        self._banner.hide()
        self._reveal = RevealBox()
        self._seed = Fact("Server seed", mono=True)
        self._progress = ProgressStrip("Audit progress", _STOP_TIP)
        self._result = AuditResult()
        self._again = Button("Check again")
        self._csv = Button("CSV …")
        self._csv.setAccessibleName("Save as CSV")
        self._csv.setToolTip("Save what is wrong as a table for spreadsheets")
        self._report = Button("Report …")
        self._report.setAccessibleName("Save a report")
        self._report.setToolTip("Save all of it as one HTML file")
        self._saving = AuditSaving(asker, self)
        self._timeline = CommitmentTimeline()
        self._work = QWidget()
        self._lay_out()
        self._wire()
        self._changed()

    @property
    def audit(self) -> StreamAudit | None:
        """What is shown of the stream's audit."""
        return self._audit

    @property
    def reveal_box(self) -> RevealBox:
        """Where the seed goes."""
        return self._reveal

    @property
    def result(self) -> AuditResult:
        """What was found."""
        return self._result

    @property
    def notice(self) -> str:
        """The sentence above all, if there is one."""
        return "" if self._banner.isHidden() else self._banner.text

    def refresh(self) -> None:
        """Read what is stored, unless an audit is changing it."""
        if self.stream_id is not None and self._audits.stream_id != self.stream_id:
            shown = self._audit
            self._read(lambda backend, stream_id: _known(backend, stream_id, shown), self._came)

    def _lay_out(self) -> None:
        actions = FlowLayout(gap=Space.S)
        for button in (self._again, self._csv, self._report):
            actions.addWidget(button)
        self._work.setProperty("ground", "page")
        rule = QFrame()
        rule.setProperty("ground", "line")
        rule.setFixedHeight(1)
        vbox(
            self._banner,
            self._reveal,
            vbox(self._seed, self._progress, self._result, actions, spacing=Space.M),
            rule,
            SectionTitle("Commitment"),
            self._timeline,
            STRETCH,
            into=self._work,
            margins=Space.M,
            spacing=Space.L,
        )
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._work)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(scroll)

    def _wire(self) -> None:
        self._reveal.reveal_asked.connect(self._start)
        self._again.clicked.connect(self._check_again)
        self._csv.clicked.connect(self._save_csv)
        self._report.clicked.connect(self._save_report)
        self._result.nonce_asked.connect(self.nonce_asked)
        self._result.said.connect(self.said)
        self._saving.said.connect(self.said)
        self._saving.refused.connect(self.refused)
        self._progress.cancel_clicked.connect(self._audits.cancel)
        self._audits.started.connect(self._audit_started)
        self._audits.progress.connect(self._went_on)
        self._audits.finished.connect(self._finished)
        self._audits.failed.connect(self._failed)
        self._audits.cancelled.connect(self._cancelled)

    # What is shown.

    def _changed(self) -> None:
        row = self._row
        self._banner.hide()
        self._audit = None if row is None else self._audits.made(row.id)
        self._revealed = row is not None and row.revealed
        self._reveal.show_hash("" if row is None else row.server_seed_hashed)
        self._timeline.show_chain((), None)
        if row is not None and self._audits.stream_id == row.id:
            self._progress.begin(_BEGUN)
            if self._audits.latest is not None:
                self._show_progress(self._audits.latest)
        self._work.setEnabled(row is not None)
        self._show_state()

    def _came(self, known: _Known) -> None:
        self._revealed = known.server_seed is not None
        if known.server_seed is not None and known.revealed_at is not None:
            self._seed.set_label(f"Server seed · revealed {when_text(known.revealed_at)}")
            self._seed.show_value(HIDDEN, known.server_seed)
        self._reveal.offer(*(known.offered or (None, "")))
        if known.audit is not None:
            self._audit = known.audit
        self._timeline.show_chain(known.chain, self.stream_id)
        self._show_state()

    def _show_state(self) -> None:
        """Show the parts that go with what is known, and none of the others."""
        running = self.stream_id is not None and self._audits.stream_id == self.stream_id
        idle, audit = not running, self._audit
        self._reveal.setVisible(idle and not self._revealed)
        self._seed.setVisible(self._revealed and idle)
        self._progress.setVisible(running)
        self._result.setVisible(self._revealed and idle and audit is not None)
        if audit is not None:
            self._result.show_audit(audit)
        for button in (self._again, self._report):
            button.setVisible(self._revealed and idle)
        self._again.setText("Check again" if audit is not None and audit.audit.checked else "Check")
        wrong = audit is not None and bool(audit.mismatches or (audit.payouts and audit.payouts.wrong))
        self._csv.setVisible(self._revealed and idle and wrong)

    # What a person asks for.

    @Slot(str)
    def _start(self, server_seed: str | None = None) -> None:
        if self.stream_id is None:
            return
        self._banner.hide()
        self._question.drop()
        if not self._audits.start(self.stream_id, server_seed):
            self._say("warn", "Another stream is being audited. Wait until that has ended, then try again.")

    @Slot()
    def _check_again(self) -> None:
        self._start()

    @Slot()
    def _save_csv(self) -> None:
        if self._audit is not None:
            self._saving.begin_csv(self._audit)

    @Slot()
    def _save_report(self) -> None:
        if self._audit is not None:
            self._saving.begin_report(self._audit)

    # What the audit says.

    @Slot(object)
    def _audit_started(self, stream_id: UUID) -> None:
        if stream_id == self.stream_id:
            self._progress.begin(_BEGUN)
            self._show_state()

    @Slot(object, object)
    def _went_on(self, stream_id: UUID, progress: AuditProgress) -> None:
        if stream_id == self.stream_id:
            self._show_progress(progress)

    @Slot(object, object)
    def _finished(self, stream_id: UUID, audit: StreamAudit) -> None:
        if stream_id == self.stream_id:
            self._audit, self._revealed = audit, True
            self._show_state()
            self.refresh()

    @Slot(object)
    def _cancelled(self, stream_id: UUID) -> None:
        if stream_id == self.stream_id:
            self._say("info", "Stopped. What was checked keeps its verdict; check again for the rest.")
            # Whatever was stored until then has to be read.
            self._audit = None
            self._show_state()
            self.refresh()

    @Slot(object, object)
    def _failed(self, stream_id: UUID, error: Exception) -> None:
        if not isinstance(error, KnownError):
            # Raised here, in the window's thread, so that the one net for unexpected errors reports it.
            raise error
        if isinstance(error, NotFoundError):
            self.refused.emit("The stream was deleted, so its audit has ended.")
        elif stream_id != self.stream_id:
            self.refused.emit(str(error))
        elif isinstance(error, FieldError):
            self._show_state()
            self._reveal.show_error(field_sentence(error))
        else:
            self._say("bad", str(error))
            self._show_state()
            self.refresh()

    def _show_progress(self, progress: AuditProgress) -> None:
        if progress.total and progress.done:
            left = "" if progress.seconds_left is None else f" · {duration_text(progress.seconds_left)} left"
            words = f"{grouped(progress.done)} of {grouped(progress.total)} rows{left}"
            self._progress.show_progress(words, progress.done, progress.total)

    def _say(self, tone: Tone, sentence: str) -> None:
        self._banner.show_sentence(tone, sentence)


def _known(backend: Backend, stream_id: UUID, shown: StreamAudit | None) -> _Known:
    """Read what is stored; mismatches are looked for only when their number is another than shown."""
    from pump_desktop.services.audit.commitments import commitment_chain  # noqa: PLC0415 - in the worker
    from pump_desktop.services.audit.reveal import stored_audit  # noqa: PLC0415 - in the worker

    detail = backend.live.stream(stream_id)
    audit, offered = None, None
    if detail.server_seed is None:
        hashed = detail.row.server_seed_hashed
        if (seed := backend.runs.seed_of_hash(hashed)) is not None:
            offered = seed, "A stored run"
        elif (seed := backend.live.seed_of_hash(hashed)) is not None:
            offered = seed, "Another stream"
    elif shown is None:
        audit = stored_audit(backend.live, stream_id)
    elif shown.mismatches != detail.audit.mismatches:
        audit = replace(shown, audit=stored_audit(backend.live, stream_id).audit)
    elif shown.audit.checked != detail.audit.checked:
        counts = replace(shown.audit, checked=detail.audit.checked, matches=detail.audit.matches)
        audit = replace(shown, audit=counts)
    chain = commitment_chain(backend.live, stream_id)
    return _Known(detail.server_seed, detail.revealed_at, audit, offered, chain)

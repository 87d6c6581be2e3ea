"""The check of the connection: findings with what to do, and the messages that came last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import BetOrder, BetQuery, RejectedMessage, StreamQuery
from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Space, Token
from pump_desktop.qt.tables.imports import (
    MessagesModel,
    SeenMessage,
    refused_message,
    stored_bet,
    stored_round,
)
from pump_desktop.qt.text.numbers import NBSP
from pump_desktop.qt.text.times import relative_time
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import aligned, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import ElidedLabel, Glyph, Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.connect.doctor import Finding, SeenRequest

# Messages of each kind that are read; streams the stored ones are looked for in.
_RECENT = 50
_STREAMS = 3

_COLUMNS = (Column(176), Column(300), Column(200, stretch=True))
_SHOWN = (Segment("all", "All"), Segment("stored", "Stored"), Segment("refused", "Refused"))
_LEVELS: dict[str, tuple[Meaning, Token, str]] = {
    "fine": ("good", "good", "Fine"),
    "note": ("info", "accent", "Note"),
    "problem": ("error", "bad", "Problem"),
}


class CheckTab(QWidget):
    """Looks again at every ``refresh()``, which the dialog calls once a second while it is looked at."""

    def __init__(self, asker: Asker, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._status = ListenerStatus(ListenerState.OFF)
        self._rejected: tuple[RejectedMessage, ...] = ()
        self._messages: tuple[SeenMessage, ...] = ()
        self._question = LatestQuery(asker, self)
        self._trouble = ""
        self._banner = Banner("bad", dismissable=False)
        self._findings = Card("Findings")
        self._rows: list[_FindingRow] = []
        self._request = ElidedLabel("", figures=True)
        self._refusal = ElidedLabel("", figures=True)
        self._shown = Segmented(_SHOWN, "all", "Messages shown")
        self._shown.setFixedWidth(260)
        self._model = MessagesModel(self)
        self._table = BigTable("Messages", _COLUMNS)
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._empty = EmptyState("quiet", "No message has been stored or refused yet.")
        self._stack = pages(self._empty, self._table)
        self._lay_out()
        self._shown.changed.connect(self._show_messages)
        self._show_findings()
        self._show_messages()

    def show_listener(self, status: ListenerStatus) -> None:
        """Look at this status from now on."""
        self._status = status
        if self.isVisible():
            self._show_findings()

    def refresh(self) -> None:
        """Read the messages that came last; while an answer is under way nothing more is asked."""
        self._show_findings()
        if not self._question.pending:
            self._question.ask(_read, self._came, self._unread)

    def _lay_out(self) -> None:
        last = QGridLayout()
        last.setHorizontalSpacing(Space.M)
        last.setVerticalSpacing(Space.XS)
        last.setColumnStretch(1, 1)
        for row, (words, value) in enumerate(
            (("Last request", self._request), ("Last refusal", self._refusal))
        ):
            last.addWidget(Label(words, ink="secondary"), row, 0)
            last.addWidget(value, row, 1)
        self._findings.add(last)
        self._findings.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        messages = Card("Messages")
        messages.add_action(self._shown)
        messages.add(self._banner)
        messages.add(self._stack, 1)
        vbox(self._findings, stretch(messages), into=self, margins=(0, Space.M, 0, 0), spacing=Space.M)

    def _came(self, answer: tuple[tuple[SeenMessage, ...], tuple[RejectedMessage, ...]]) -> None:
        self._trouble = ""
        self._messages, self._rejected = answer
        self._show_messages()
        self._show_findings()

    def _unread(self, error: KnownError) -> None:
        self._trouble = str(error)
        self._show_messages()

    @Slot()
    def _show_messages(self) -> None:
        shown = self._shown.value
        wanted = [one for one in self._messages if shown == "all" or one.refused == (shown == "refused")]
        here = self._table.currentIndex().row()
        current = self._model.rows[here] if here >= 0 else None
        if self._model.set_rows(wanted) and current in wanted:
            # What somebody reads stays chosen while newer ones come above it.
            self._table.selectRow(wanted.index(current))
        words = {"all": "stored or refused", "stored": "stored", "refused": "refused"}[str(shown)]
        self._empty.set_sentence(self._trouble or f"No message has been {words} yet.")
        self._stack.setCurrentWidget(self._table if wanted else self._empty)
        # Above those that were read before; not again each second, because it is read out.
        above = self._trouble if wanted else ""
        if above != self._banner.text:
            self._banner.show_sentence("bad", above)

    def _show_findings(self) -> None:
        from pump_desktop.services.connect.doctor import diagnose  # noqa: PLC0415 - light, and seldom opened

        status, now = self._status, self._now()
        found = diagnose(status, status, status.last_request, status.last_refusal, self._rejected)
        for row, finding in zip_longest(list(self._rows), found):
            if finding is None:
                row.hide()
            elif row is None:
                self._rows.append(_FindingRow())
                self._findings.body.insertWidget(len(self._rows) - 1, self._rows[-1])
                self._rows[-1].show_finding(finding, now)
                self._rows[-1].show()
            else:
                row.show_finding(finding, now)
                row.show()
        self._request.setText(_request_words(status.last_request, now))
        self._refusal.setText(_request_words(status.last_refusal, now))


class _FindingRow(QWidget):
    """An icon and a word for the level, what is so, and what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glyph = Glyph("info", "accent", 18)
        self._level = Label("", weight=QFont.Weight.DemiBold)
        self._level.setMinimumWidth(62)
        self._title = Label("", wrap=True, selectable=True)
        self._when = Label("", size=Type.HINT, ink="muted", figures=True)
        self._advice = Label("", ink="secondary", wrap=True, selectable=True)
        top = Qt.AlignmentFlag.AlignTop
        hbox(
            aligned(self._glyph, top),
            aligned(self._level, top),
            stretch(vbox(self._title, self._advice, spacing=2)),
            aligned(self._when, top),
            into=self,
            spacing=Space.S,
        )

    def show_finding(self, finding: Finding, now: datetime) -> None:
        """Show another finding."""
        meaning, ink, word = _LEVELS[finding.level]
        self._glyph.set_glyph(meaning, ink)
        self._level.setText(word)
        self._title.setText(finding.title)
        self._advice.setText(finding.advice)
        self._advice.setVisible(bool(finding.advice))
        self._when.setText("" if finding.at is None else _ago(finding.at, now))
        self.setAccessibleName(f"{word}: {finding.title} {finding.advice}".rstrip())


def _read(backend: Backend) -> tuple[tuple[SeenMessage, ...], tuple[RejectedMessage, ...]]:
    """Give the latest messages of both kinds, newest first, and the rejected ones themselves."""
    live = backend.live
    rejected = live.rejected(_RECENT)
    messages = [refused_message(one) for one in rejected]
    query = BetQuery(limit=_RECENT, order=BetOrder.ID_DESC)
    for stream in live.streams(StreamQuery(limit=_STREAMS)).items:
        bets = live.bets(stream.id, query).items
        messages += [stored_bet(stream, bet) for bet in bets]
        # A bet is an observed round too.
        known = {bet.nonce for bet in bets}
        rounds = live.rounds(stream.id, None, _RECENT, 0).items
        least = min(known, default=0) if len(bets) == _RECENT else 0
        messages += [
            stored_round(stream, one) for one in rounds if one.nonce not in known and one.nonce >= least
        ]
    messages.sort(key=lambda one: one.at, reverse=True)
    return tuple(messages[: 2 * _RECENT]), rejected


def _request_words(request: SeenRequest | None, now: datetime) -> str:
    if request is None:
        return "None since Pump Desktop was started"
    words = [f"{request.method} {request.path}", f"status {request.status}"]
    if request.origin:
        words.append(f"from {request.origin}")
    if request.reason:
        words.append(request.reason)
    return " · ".join([*words, _ago(request.at, now)])


def _ago(then: datetime, now: datetime) -> str:
    passed = (now - then).total_seconds()
    return f"{max(1, round(passed))}{NBSP}s ago" if passed < 60 else relative_time(then, now)

"""One stored run: who it is, four figures, and its tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Run
from pump_desktop.qt.look.icons import icon
from pump_desktop.qt.look.theme import Appearance, Size, Space
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.layout import stretch, vbox
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.run.header import RunHeader, RunTiles, run_title
from pump_desktop.ui.run.report import ReportSaving
from pump_desktop.ui.run.tabs import RunTabs

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution


_WIDTH = 292
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class RunDifficulties(Segmented):
    """``asked`` carries another Difficulty; the own one stays chosen until its run is shown."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        segments = [Segment(difficulty.value, difficulty.label) for difficulty in Difficulty]
        super().__init__(segments, None, "Difficulty of these nonces", parent)
        self.setToolTip("The same nonces at another difficulty: opens the stored run, or scans it")
        self.setFixedHeight(Size.CONTROL)
        self.set_least_width(_WIDTH)
        self._own: str | None = None
        self.changed.connect(self._chosen_other)

    def show_own(self, difficulty: Difficulty) -> None:
        """Choose the difficulty of the run that is shown."""
        self._own = difficulty.value
        self.set_value(self._own)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Walk with the arrows and ask with Space or Return: walking alone must not start scans."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            buttons = self.findChildren(QAbstractButton)
            if watched in buttons:
                here = buttons.index(watched)
                key = Qt.Key(event.key())
                if key in _MOVES:
                    there = buttons[min(max(here + _MOVES[key], 0), len(buttons) - 1)]
                    there.setFocus(Qt.FocusReason.TabFocusReason)
                    return True
                if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                    buttons[here].click()
                    return True
                # Home, End, Up and Down would choose.
                return key in {Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Down}
        return False

    @Slot(str)
    def _chosen_other(self, value: str) -> None:
        if self._own is not None and value != self._own:
            self.set_value(self._own)
            self.asked.emit(Difficulty(value))


ACTIONS = (
    "rename", "notes", "duplicate", "extend", "compare", "rescan", "report", "export", "delete",
)  # fmt: skip
_WORDS = {
    "rename": "Rename …",
    "notes": "Notes …",
    "duplicate": "Duplicate",
    "extend": "Extend the range …",
    "compare": "Compare with …",
    "rescan": "Use as a new scan",
    "report": "Save fairness report …",
    "export": "Export all nonces as CSV …",
    "delete": "Delete",
}
_ICONS = {"report": "save"}
# Below these heights the facts fold, and the figures become one line.
_LOW, _VERY_LOW = 760, 700
_KEYS = {"rename": "F2", "delete": "Del"}


class RunPage(QWidget):
    """``back_asked`` returns to the list; ``action_asked`` carries one of ACTIONS and the run.

    ``sibling_asked`` carries the run and the Difficulty its nonces are wanted at; ``part_made`` each part of
    the page that was made later.
    """

    back_asked = Signal()
    action_asked = Signal(str, object)
    sibling_asked = Signal(object, object)
    said = Signal(str)
    refused = Signal(str)
    part_made = Signal(QWidget)

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._question = LatestQuery(asker, self)
        self._check = LatestQuery(asker, self)
        self._low = False
        self._header = PageHeader("Run")
        self._back = IconButton("back", "Back to the runs (Alt+Left)")
        self._header.add_leading(self._back)
        self._difficulties = RunDifficulties()
        self._header.add_action(self._difficulties)
        self._more = Button("Actions", meaning="more")
        self._more.setMenu(self._menu())
        self._header.add_action(self._more)
        self._banner = Banner("bad", "")
        self._banner.hide()
        self._facts = RunHeader()
        self._tiles = RunTiles()
        self._tabs = RunTabs(asker, appearance)
        self._report = ReportSaving(asker, self)
        self._lay_out()

        self._back.clicked.connect(self.back_asked)
        self._difficulties.asked.connect(self._difficulty_asked)
        self._facts.seeds_hidden.connect(self._show_title)
        self._tabs.report_asked.connect(self._save_report)
        self._tabs.tab_made.connect(self.part_made)
        for part in (self._tabs, self._report):
            part.said.connect(self.said)
            part.refused.connect(self.refused)
        QShortcut(QKeySequence("Alt+Left"), self, self.back_asked.emit)

    @property
    def run(self) -> Run | None:
        """The run that is shown."""
        return self._run

    def hide_seeds(self, hidden: bool) -> None:
        """Show the seeds as dots, or in the clear."""
        self._facts.hide_seeds(hidden)

    def show_run(self, run: Run) -> None:
        """Show a run; its figures follow as soon as they are worked out."""
        same = self._run is not None and _nonces_of(self._run) == _nonces_of(run)
        self._run = run
        self._show_title()
        self._difficulties.show_own(run.difficulty)
        self._facts.show_run(run)
        self._tiles.show_run(run)
        self._banner.hide()
        if same:
            return
        self._tiles.await_test()
        self._question.ask(
            lambda backend: backend.runs.distribution(run), self._distribution_came, self._failed
        )
        self._tabs.show_run(run)
        # Behind all that is shown, and said above it: one that was changed has wrong figures on every tab.
        self._check.ask(lambda backend: backend.runs.check(run), _nothing, self._failed)

    def focus_tabs(self) -> None:
        """Put the keyboard on the tabs: arrows change between them, Tab goes into the figures."""
        self._tabs.tabBar().setFocus()

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by its title."""
        self._tabs.open_tab(name)

    def show_linear_with(self, safe_pumps: int) -> None:
        """Show the distribution on a linear scale with one result selected."""
        self._tabs.open_tab("Distribution")
        self._tabs.distribution.show_linear_with(safe_pumps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window leave the height to the figures."""
        super().resizeEvent(event)
        # The style sheet's least width would let a long title squeeze the button.
        self._more.setMinimumWidth(self._more.sizeHint().width())
        low = event.size().height() < _LOW
        if low != self._low:
            self._low = low
            self._facts.set_folded(low)
        very_low = event.size().height() < _VERY_LOW
        self._tiles.set_compact(very_low)
        self._body.setSpacing(Space.S if very_low else Space.L)
        edge = Space.M if very_low else Space.L
        self._body.setContentsMargins(Space.XL, edge, Space.XL, edge)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for name in ACTIONS:
            if name == "delete":
                menu.addSeparator()
            meaning = icon(_ICONS.get(name, name))  # type: ignore[arg-type]  # all are meanings
            action = QAction(meaning, _WORDS[name], menu)
            if name in _KEYS:
                action.setShortcut(QKeySequence(_KEYS[name]))
            action.setData(name)
            menu.addAction(action)
        menu.triggered.connect(self._action_chosen)
        return menu

    def _lay_out(self) -> None:
        card = Card()
        card.add(self._tabs, 1)
        body = self._body = vbox(self._banner, self._facts, self._tiles, stretch(card))
        vbox(self._header, stretch(body), into=self, spacing=0)

    def _distribution_came(self, distribution: Distribution) -> None:
        self._tiles.show_distribution(distribution)
        self._tabs.distribution.show_distribution(distribution)

    def _failed(self, error: Exception) -> None:
        self._banner.show_sentence("bad", str(error))

    @Slot()
    def _show_title(self, *_what: object) -> None:
        if self._run is not None:
            self._header.set_title(run_title(self._run, hidden=self._facts.hides_seeds))

    @Slot(object)
    def _difficulty_asked(self, difficulty: Difficulty) -> None:
        if self._run is not None:
            self.sibling_asked.emit(self._run, difficulty)

    @Slot()
    def _save_report(self) -> None:
        if self._run is not None:
            self._report.begin(self._run, self._tabs.fairness.target, self._tabs.fairness.match)

    @Slot(QAction)
    def _action_chosen(self, action: QAction) -> None:
        if self._run is None:
            return
        if action.data() == "report":
            self._save_report()
        else:
            self.action_asked.emit(str(action.data()), self._run)


def _nothing(_none: None) -> None:
    """All is well."""


def _nonces_of(run: Run) -> tuple[object, ...]:
    """Give what the figures of a run depend on: a name or a note is not part of it."""
    return run.id, run.nonce_start, run.nonce_end, run.outcome_digest, run.targets

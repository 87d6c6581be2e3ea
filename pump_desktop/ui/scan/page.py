"""The Scan page: the form at the left, what will happen or is happening at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget, QWidget

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.layout import hbox, pages, stretch, vbox
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.scan.form import ScanForm
from pump_desktop.ui.scan.progress import ScanOutlook, ScanProgressCard
from pump_desktop.ui.scan.welcome import Welcome

if TYPE_CHECKING:
    from pump_desktop.services.runs.collector import ScanProgress
    from pump_desktop.ui.batch.view import QueueView

_SEED_CHECK_MS = 300
_WHICH_WIDTH = 320


class ScanPage(QWidget):
    """``scan_asked`` carries a checked ScanRequest and a name; ``cancel_asked`` stops the running scan.

    ``welcomed`` carries the way in that was chosen at the first start (see ``ui/scan/welcome.py``).

    ``touched`` is said once, when the form is first changed or the queue opened: a scan is likely to follow.
    """

    touched = Signal()
    scan_asked = Signal(object, str)
    cancel_asked = Signal()
    welcomed = Signal(str)

    def __init__(self, asker: Asker, max_nonces: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._max_nonces = max_nonces
        self._rates: dict[Difficulty, float] = {}
        self._running: ScanRequest | None = None
        self._touched = False
        self._seed_question = LatestQuery(asker, self)

        self._welcome: Welcome | None = None
        self._make_queue: Callable[[], QueueView] | None = None
        self._queue: QueueView | None = None

        self._header = PageHeader("Scan")
        self._which = Segmented(
            [Segment("one", "One seed pair"), Segment("several", "Several seed pairs")], "one", "What to scan"
        )
        self._start = Button("Start scan", "primary", "play")
        self._start.setToolTip("Start the scan (Ctrl+Return)")
        self._which.setFixedHeight(Size.CONTROL)
        self._which.setMinimumWidth(_WHICH_WIDTH)
        self._header.add_filter(self._which)
        self._header.add_action(self._start)
        self._banner = Banner("info", "", dismissable=True)
        self._banner.hide()
        self._form = ScanForm()
        self._outlook = ScanOutlook()
        self._progress = ScanProgressCard()
        self._side = pages(self._outlook, self._progress)
        self._views = QStackedWidget()
        self._lay_out()
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self._which.hide()
        self._seed_check = QTimer(self)
        self._seed_check.setSingleShot(True)
        self._seed_check.setInterval(_SEED_CHECK_MS)

        self._which.changed.connect(self._show_view)
        self._start.clicked.connect(self.submit)
        self._form.submitted.connect(self.submit)
        self._form.changed.connect(self._form_changed)
        self._seed_check.timeout.connect(self._check_seed)
        self._progress.cancel_clicked.connect(self._cancel)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.submit)
        self._stop = QShortcut(QKeySequence("Esc"), self, self._cancel)
        self._show_outlook()

    def offer_queue(self, make: Callable[[], QueueView]) -> None:
        """Offer to scan several pairs; ``make`` gives their view when it is first wanted."""
        self._make_queue = make
        self._which.show()

    @property
    def queue_view(self) -> QueueView | None:
        """The view of several pairs, once it has been shown."""
        return self._queue

    def set_max_nonces(self, most: int) -> None:
        """Take ranges up to another length."""
        self._max_nonces = most
        if self._queue is not None:
            self._queue.set_max_nonces(most)

    def hide_seeds(self, hidden: bool) -> None:
        """Show the server seed as dots, or in the clear."""
        self._form.hide_seed(hidden)

    @property
    def running(self) -> bool:
        """Whether a scan of this page runs."""
        return self._running is not None

    def cancel(self) -> None:
        """Ask the running scan to stop."""
        self._cancel()

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been typed, and nothing runs."""
        return self._form.is_blank() and self._running is None

    def show_one(self) -> None:
        """Bring the form for one pair to the front."""
        self._which.set_value("one")

    def show_several(self) -> None:
        """Bring the queue to the front."""
        self._which.set_value("several")

    def welcome(self) -> None:
        """Offer three ways in, as long as nothing has been typed."""
        if self._form.is_blank() and self._welcome is None:
            self._welcome = Welcome()
            self._welcome.chosen.connect(self._welcome_chosen)
            self._one_column.insertWidget(0, self._welcome)
            # At once: a layout shows what it was given only when control returns to the event loop.
            self._welcome.show()
            focus = QApplication.focusWidget()
            self._welcome.join_keyboard(self._start, take=focus is None or self._form.isAncestorOf(focus))

    def fill(self, request: ScanRequest, name: str = "") -> None:
        """Put a request into the form, ready to start."""
        self.show_one()
        self._form.fill(request, name)
        self._banner.hide()
        self._drop_welcome()
        self._start.setFocus()

    def set_range(self, start: str, end: str) -> None:
        """Type a nonce range."""
        self._form.set_range(start, end)

    def set_rates(self, rates: dict[Difficulty, float]) -> None:
        """Take measured speeds (nonces per second) for the time estimate."""
        self._rates.update(rates)
        self._show_outlook()

    def show_started(self, request: ScanRequest) -> None:
        """Show that a scan has begun."""
        self._running = request
        self._banner.hide()
        self._drop_welcome()
        self._progress.begin(request)
        self._side.setCurrentWidget(self._progress)
        self._start.setEnabled(False)

    def show_progress(self, progress: ScanProgress) -> None:
        """Show how far it is."""
        self._progress.show_progress(progress)
        if progress.done == progress.total and self._running is not None:
            self._rates[self._running.difficulty] = progress.rate

    def show_ended(self) -> None:
        """Show the outlook again, whatever the last word was."""
        self._running = None
        self._side.setCurrentWidget(self._outlook)
        self._start.setEnabled(True)
        self._show_outlook()

    def show_failed(self, error: KnownError) -> None:
        """Show why a scan could not be finished or stored."""
        self.show_ended()
        self.show_one()
        if isinstance(error, FieldError):
            self._form.show_error(error)
        else:
            self._banner.show_sentence("bad", str(error))

    def focus_first(self) -> None:
        """Put the keyboard on the first field of what is shown."""
        if self._queue is not None and self._views.currentWidget() is self._queue:
            self._queue.focus_first()
        else:
            self._form.focus_first()

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("ground", "page")
        # Scrolled parts go down to the edge of the page.
        vbox(self._form, into=inner, margins=(0, 0, Space.S, Space.L))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        # Its fields have the keyboard; on the area itself it would be out of sight.
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        one = QWidget()
        self._one_column = vbox(
            self._banner,
            # The form scrolls; what will happen and Cancel stay in sight.
            stretch(
                hbox(stretch(scroll, 5), stretch(self._side, 4, Qt.AlignmentFlag.AlignTop), spacing=Space.S)
            ),
            into=one,
            spacing=Space.L,
        )
        self._views.addWidget(one)
        vbox(
            self._header,
            stretch(vbox(self._views, margins=(Space.XL, Space.L, Space.XL, 0))),
            into=self,
            spacing=0,
        )

    @Slot(str)
    def _welcome_chosen(self, way: str) -> None:
        self._drop_welcome()
        self._form.focus_first()
        self.welcomed.emit(way)

    def _drop_welcome(self) -> None:
        if self._welcome is not None:
            self._welcome.hide()
            self._welcome.deleteLater()
            self._welcome = None

    @Slot()
    def submit(self) -> None:
        """Ask for the scan the form describes, or show what is wrong with it; in the queue, for its pairs."""
        if self._queue is not None and self._views.currentWidget() is self._queue:
            self._queue.submit()
            return
        if self._running is not None:
            return
        request = self._form.read(self._max_nonces)
        if request is not None:
            self.scan_asked.emit(request, self._form.name)

    def _touch(self) -> None:
        if not self._touched:
            self._touched = True
            self.touched.emit()

    @Slot(str)
    def _show_view(self, which: str) -> None:
        several = which == "several"
        if several:
            self._touch()
        if several and self._queue is None and self._make_queue is not None:
            self._queue = self._make_queue()
            self._views.addWidget(self._queue)
        if several and self._queue is not None:
            self._views.setCurrentWidget(self._queue)
        else:
            self._views.setCurrentIndex(0)
        self._start.setVisible(not several)
        # In the queue Escape belongs to whatever has the keyboard.
        self._stop.setEnabled(not several)

    @Slot()
    def _cancel(self) -> None:
        if self._running is not None:
            self._progress.stopping()
            self.cancel_asked.emit()

    @Slot()
    def _form_changed(self) -> None:
        self._touch()
        self._show_outlook()
        # An answer under way may be about another seed than the one that stands here now.
        self._seed_question.drop()
        self._seed_check.start()

    @Slot()
    def _check_seed(self) -> None:
        seed = self._form.server_seed
        self._seed_question.ask(
            lambda backend: backend.runs.seed_warning(seed), self._seed_checked, self._not_checked
        )

    def _seed_checked(self, warning: str | None) -> None:
        if warning is not None:
            self._form.show_seed_warning(warning)

    def _not_checked(self, _error: KnownError) -> None:
        """Stay silent: why the database cannot be read is told once, not at every letter typed here."""

    def _show_outlook(self) -> None:
        difficulty = self._form.difficulty
        rate = self._rates.get(difficulty)
        self._outlook.show_outlook(self._form.nonce_count(), difficulty, self._form.targets, rate)

"""The data section of the settings: where the data is, how large, its backups, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLayout,
    QSizePolicy,
    QWidget,
)

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.storage import (
    Backup,
    CheckReport,
    Compacted,
    Moved,
    Pruned,
    Pruning,
    Restored,
    SizeKind,
    StorageProgress,
    StoreSizes,
    parse_rounds_kept,
)
from pump_desktop.qt.look.theme import Size, Space, current_theme
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.small import BackupsModel, PruningModel, holds_text, made_text
from pump_desktop.qt.text.numbers import bytes_text, grouped
from pump_desktop.qt.work.storage import StorageWork
from pump_desktop.ui.kit.banner import Banner, Tone
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.fact import Fact
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.file_dialog import folder_dialog
from pump_desktop.ui.kit.layout import STRETCH, aligned, hbox, vbox
from pump_desktop.ui.kit.progress import ProgressStrip
from pump_desktop.ui.kit.saving import open_folder
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.qt.work.jobs import Job
    from pump_desktop.services.storage import Storage


_RESTORE_WIDTH = 460
_LEAST_ROWS = 6
_PRUNING_COLUMNS = (
    Column(200, stretch=True),
    Column(120, numeric=True),
    Column(110, numeric=True),
    Column(130, numeric=True),
    Column(168, numeric=True),
)


class RestoreDialog(PlainDialog):
    """Asks whether a backup shall take the place of the present data; ``accepted`` says yes."""

    def __init__(self, backup: Backup, parent: QWidget) -> None:
        super().__init__("Restore a backup", _RESTORE_WIDTH, parent)
        self.backup = backup
        self.column.addWidget(
            Label(f"The backup of {made_text(backup)} holds {holds_text(backup)}.", wrap=True, figures=True)
        )
        self.column.addWidget(
            Label(
                "It takes the place of all runs and live streams. What is there now is put aside first, as "
                "the newest backup, so that you can go back. Live bets that arrive meanwhile are kept.",
                ink="secondary",
                wrap=True,
            )
        )
        self.add_buttons("Restore")
        # Labels that wrap ask for the height of a narrower dialog.
        self.resize(_RESTORE_WIDTH, self.column.heightForWidth(_RESTORE_WIDTH))


class PruneDialog(PlainDialog):
    """Shows what the deletion of old rounds would take; ``confirmed`` carries the Pruning."""

    confirmed = Signal(object)

    def __init__(self, pruning: Pruning, parent: QWidget) -> None:
        super().__init__("Delete old rounds", 760, parent)
        self._pruning = pruning
        self.column.addWidget(
            Label(
                f"{grouped(pruning.rounds)} rounds and {grouped(pruning.bets)} bets would go, so that "
                f"{grouped(pruning.keep)} rounds of each stream stay. Bookmarked bets stay in any case. "
                "A backup is made first.",
                wrap=True,
                figures=True,
            )
        )
        table = BigTable("What goes", _PRUNING_COLUMNS)
        self._model = PruningModel(self)
        self._model.set_rows(pruning.streams)
        table.setModel(self._model)
        table.set_columns(_PRUNING_COLUMNS)
        table.stand_in_rows(least=min(len(pruning.streams), _LEAST_ROWS), most=len(pruning.streams))
        self.column.addWidget(table)
        box = QDialogButtonBox()
        delete = Button(f"Delete {grouped(pruning.rounds)} rounds", "danger", "delete")
        keep = Button("Keep everything", "primary")
        box.addButton(delete, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(keep, QDialogButtonBox.ButtonRole.RejectRole)
        # Enter deletes nothing.
        keep.setDefault(True)
        box.accepted.connect(self._confirm)
        box.rejected.connect(self.reject)
        self.column.addWidget(box)

    @Slot()
    def _confirm(self) -> None:
        self.confirmed.emit(self._pruning)
        self.accept()


class Part(QWidget):
    """A part of a section's card: a hairline above it unless it is the first, title and actions, content."""

    def __init__(self, title: str, *, first: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._column = vbox(into=self, spacing=Space.S)
        if not first:
            line = QFrame()
            line.setProperty("ground", "line")
            line.setFixedHeight(1)
            self._column.addWidget(line)
            self._column.addSpacing(Space.S)
        self._head = hbox(Label(title, weight=QFont.Weight.DemiBold), STRETCH, spacing=Space.S)
        # As high with buttons as without.
        self._head.addStrut(Size.CONTROL)
        self._column.addLayout(self._head)

    def add_action(self, action: QWidget) -> None:
        """Put a button at the right end of the title row."""
        self._head.addWidget(action)

    def add(self, content: QWidget | QLayout) -> None:
        """Put content below what is there."""
        if isinstance(content, QWidget):
            self._column.addWidget(content)
        else:
            self._column.addLayout(content)


class _Bar(QWidget):
    """A share of the widest bar, without words: the figure beside it says them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setFixedHeight(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float) -> None:
        """Show a share from 0 to 1."""
        self._share = share
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the share on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QRectF(self.rect())
        painter.setBrush(current_theme().color("surface.raised"))
        painter.drawRoundedRect(ground, 4, 4)
        if self._share > 0:
            ground.setWidth(max(8.0, ground.width() * self._share))
            painter.setBrush(current_theme().color("accent"))
            painter.drawRoundedRect(ground, 4, 4)


class SizeBars(QWidget):
    """The data file by kind: name, bar, figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        self._rows: dict[SizeKind, tuple[_Bar, Label]] = {}
        for place, kind in enumerate(SizeKind):
            bar, figure = _Bar(), Label("–", ink="secondary", figures=True)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            figure.setMinimumWidth(84)
            figure.setAccessibleName(kind.value)
            grid.addWidget(Label(kind.value, ink="secondary"), place, 0)
            grid.addWidget(bar, place, 1)
            grid.addWidget(figure, place, 2)
            self._rows[kind] = (bar, figure)

    def show_sizes(self, sizes: StoreSizes) -> None:
        """Show how large every kind is, against the largest."""
        largest = max(1, *(size for _, size in sizes.parts))
        for kind, size in sizes.parts:
            bar, figure = self._rows[kind]
            bar.set_share(size / largest)
            figure.setText(bytes_text(size))


T = TypeVar("T")

_COLUMNS = (
    Column(170),
    Column(138),
    Column(78, numeric=True),
    Column(160, stretch=True),
    Column(138),
)
_USUAL_KEPT = 100_000
_KEEP_WIDTH = 280


class DataSection(QWidget):
    """``said`` and ``refused`` carry sentences; ``replaced`` a Restored: everything shown elsewhere is old.

    ``moved`` carries a Moved: the data was copied, and the program has to go on in the new folder.
    ``look_asked`` carries the part that says something: it may be scrolled out of sight.
    """

    said = Signal(str)
    refused = Signal(str)
    replaced = Signal(object)
    moved = Signal(object)
    look_asked = Signal(object)

    def __init__(
        self,
        work: StorageWork,
        data_folder: Callable[[], Path],
        rounds_kept: int | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._data_folder = data_folder
        self._strip = ProgressStrip("Work on the data file")
        self._banner = Banner("info")
        self._place = Fact("Data file")
        self._bars = SizeBars()
        self._backups = BackupsModel(self)
        self._table = BigTable("Backups", _COLUMNS)
        self._none = Label("There is no backup yet. “Back up now” makes the first one.", ink="secondary")
        self._keep = NumberEdit(rounds_kept or _USUAL_KEPT, "Rounds to keep of each stream")
        self._keep_box = FieldBox("Rounds to keep of each stream", self._keep)
        self._folder = Button("Open folder", meaning="folder")
        self._move = Button("Move …", meaning="forward")
        self._check = Button("Check the file", meaning="shield")
        self._compact = Button("Compact the file", meaning="speed")
        self._back_up = Button("Back up now", meaning="backup")
        self._restore = Button("Restore …", meaning="restore")
        self._preview = Button("Show what would go …", meaning="delete")
        self._lay_out()
        self._wire()
        self._strip.hide()
        self._banner.hide()
        self._chosen()

    def reload(self) -> None:
        """Read sizes and backups anew."""
        self._work.ask(self, lambda storage: storage.sizes(), self._sizes_came, self._not_read)
        self._work.ask(self, lambda storage: storage.backups(), self._backups_came, self._not_read)
        self._work.ask(self, lambda storage: storage.backups(check=True), self._backups_came, self._not_read)

    def showEvent(self, event: QShowEvent) -> None:
        """Show how things stand now."""
        super().showEvent(event)
        self.reload()

    def _lay_out(self) -> None:
        place = Part("Where it is", first=True)
        place.add_action(self._folder)
        place.add_action(self._move)
        place.add(self._place)
        sizes = Part("What takes room")
        sizes.add_action(self._check)
        sizes.add_action(self._compact)
        sizes.add(self._bars)
        backups = Part("Backups")
        backups.add_action(self._restore)
        backups.add_action(self._back_up)
        self._table.setModel(self._backups)
        self._table.set_columns(_COLUMNS)
        self._table.setSelectionMode(BigTable.SelectionMode.SingleSelection)
        backups.add(self._table)
        backups.add(self._none)
        backups.add(
            Label("The newest five are kept, in the folder “backups” beside the data file.", ink="muted")
        )
        old = Part("Old live rounds")
        self._keep_box.setMaximumWidth(_KEEP_WIDTH)
        # Level with the field, whether a sentence stands below that or not.
        self._preview.setAccessibleName("Show what would go")
        row = hbox(
            aligned(self._keep_box, Qt.AlignmentFlag.AlignTop),
            aligned(FieldBox(" ", self._preview), Qt.AlignmentFlag.AlignTop),
            STRETCH,
            spacing=Space.M,
        )
        old.add(row)
        old.add(
            Label(
                "Older rounds of every stream can be deleted with their bets; bookmarked bets stay. Nothing "
                "is deleted before you have seen what would go.",
                ink="muted",
                wrap=True,
            )
        )
        vbox(self._banner, self._strip, place, sizes, backups, old, STRETCH, into=self, spacing=Space.L)

    def _wire(self) -> None:
        self._folder.clicked.connect(self._open_folder)
        self._move.clicked.connect(self._choose_folder)
        self._check.clicked.connect(self._start_check)
        self._compact.clicked.connect(self._start_compact)
        self._back_up.clicked.connect(self._start_backup)
        self._restore.clicked.connect(self._ask_restore)
        self._table.row_opened.connect(self._ask_restore)
        self._table.selectionModel().selectionChanged.connect(self._chosen)
        self._backups.modelReset.connect(self._chosen)
        self._preview.clicked.connect(self._ask_pruning)
        self._keep.returnPressed.connect(self._ask_pruning)
        self._strip.cancel_clicked.connect(self._work.cancel)
        self._work.progress.connect(self._went_on)
        self._work.busy_changed.connect(self._show_busy)

    # What is shown.

    def _tell(self, tone: Tone, sentence: str) -> None:
        self._banner.show_sentence(tone, sentence)
        self.look_asked.emit(self._banner)

    def _sizes_came(self, sizes: StoreSizes) -> None:
        self._place.show_value(f"{sizes.path} · {bytes_text(sizes.total)}", str(sizes.path))
        self._bars.show_sizes(sizes)

    def _backups_came(self, backups: tuple[Backup, ...]) -> None:
        chosen = self._selected()
        self._backups.set_rows(backups)
        self._table.setVisible(bool(backups))
        self._none.setVisible(not backups)
        self._table.stand_in_rows(least=len(backups), most=len(backups))
        wanted = None if chosen is None else chosen.path
        # Nothing chosen yet: the newest, so that Restore is not grey for a reason nobody can see.
        row = next((row for row, backup in enumerate(backups) if backup.path == wanted), 0)
        if backups:
            self._table.selectRow(row)

    def _not_read(self, error: KnownError) -> None:
        # Nobody asked for anything here: what is in sight stays in sight.
        self._banner.show_sentence("bad", str(error))

    @Slot(bool)
    def _show_busy(self, busy: bool) -> None:
        self._strip.setVisible(busy)
        if busy:
            self._strip.begin()
            self._banner.hide()
            self.look_asked.emit(self._strip)
        for one in (self._move, self._check, self._compact, self._back_up, self._preview):
            one.setEnabled(not busy)
        self._chosen()

    @Slot(object)
    def _went_on(self, progress: StorageProgress) -> None:
        share = f" · {min(100, progress.done * 100 // progress.total)} %" if progress.total else " …"
        self._strip.show_progress(f"{progress.doing}{share}", progress.done, progress.total)

    @Slot()
    def _chosen(self) -> None:
        backup = self._selected()
        self._restore.setEnabled(backup is not None and backup.usable and not self._work.busy)

    def _selected(self) -> Backup | None:
        rows = self._table.selected_rows()
        if not rows or rows[0][0] >= len(self._backups.rows):
            return None
        found = self._backups.index(rows[0][0], 0).data(NATIVE_ROLE)
        return found if isinstance(found, Backup) else None

    # What is done.

    def _start(self, doing: str, work: Callable[[Storage, Job], T], then: Callable[[T], None]) -> None:
        self._work.do(doing, work, then, self._not_done)

    def _not_done(self, error: KnownError) -> None:
        self._tell("bad", str(error))
        self.reload()

    def _done(self, sentence: str) -> None:
        self.said.emit(sentence)
        self.reload()

    @Slot()
    def _open_folder(self) -> None:
        try:
            open_folder(self._data_folder())
        except KnownError as error:
            self.refused.emit(str(error))

    @Slot()
    def _start_check(self) -> None:
        self._start(
            "Checking every page and row",
            lambda storage, job: storage.check(cancelled=job.is_cancelled),
            self._checked,
        )

    def _checked(self, report: CheckReport) -> None:
        if report.flawless:
            self._tell("good", report.sentence)
        elif report.healthy:
            self._tell("warn", f"{report.sentence} A backup from before, below, may have it right.")
        else:
            self._tell("bad", f"{report.sentence} Restore a healthy backup below.")
        self.reload()

    @Slot()
    def _start_compact(self) -> None:
        self._start(
            "Making a backup",
            lambda storage, job: storage.compact(job.tell, job.is_cancelled),
            self._compacted,
        )

    def _compacted(self, done: Compacted) -> None:
        self._done(f"Compacted: {bytes_text(done.before)} before, {bytes_text(done.after)} now.")

    @Slot()
    def _start_backup(self) -> None:
        self._start(
            "Making a backup",
            lambda storage, job: storage.back_up("manual", job.tell, job.is_cancelled),
            lambda backup: self._done(f"Backed up to {backup.path.name}."),
        )

    @Slot()
    def _ask_restore(self) -> None:
        backup = self._selected()
        if backup is None or not backup.usable or self._work.busy:
            return
        dialog = RestoreDialog(backup, self)
        dialog.accepted.connect(partial(self._start_restore, backup))
        dialog.open()

    def _start_restore(self, backup: Backup) -> None:
        self._start(
            "Checking the backup",
            lambda storage, job: storage.restore(backup.path, job.tell, job.is_cancelled),
            partial(self._restored, backup),
        )

    def _restored(self, backup: Backup, restored: Restored) -> None:
        self._tell(
            "good",
            f"The backup of {made_text(backup)} is back. What was there before is kept as "
            f"{restored.put_aside.name}.",
        )
        self.reload()
        self.replaced.emit(restored)

    @Slot()
    def _ask_pruning(self) -> None:
        try:
            keep = parse_rounds_kept(self._keep.plain)
        except FieldError as error:
            self._keep_box.set_error(str(error))
            self._keep.setFocus()
            return
        self._keep_box.set_error(None)
        self._start("Counting what would go", lambda storage, _job: storage.pruning(keep), self._show_pruning)

    def _show_pruning(self, pruning: Pruning) -> None:
        if not pruning.streams:
            self._tell("info", f"No stream has more than {grouped(pruning.keep)} rounds: nothing would go.")
            return
        dialog = PruneDialog(pruning, self)
        dialog.confirmed.connect(self._start_pruning)
        dialog.open()

    @Slot(object)
    def _start_pruning(self, pruning: Pruning) -> None:
        self._start(
            "Making a backup",
            lambda storage, job: storage.prune(pruning, job.tell, job.is_cancelled),
            self._pruned,
        )

    def _pruned(self, gone: Pruned) -> None:
        stopped = " You stopped before all of them had gone." if gone.stopped else ""
        self._done(f"{grouped(gone.rounds)} rounds and {grouped(gone.bets)} bets were deleted.{stopped}")

    @Slot()
    def _choose_folder(self) -> None:
        dialog = folder_dialog(self, "Choose an empty folder for all data")
        dialog.fileSelected.connect(self.move_to)
        dialog.open()

    @Slot(str)
    def move_to(self, folder: str) -> None:
        """Move all data to another folder."""
        here = self._data_folder()
        self._start(
            "Making a backup",
            lambda storage, job: storage.move_to(Path(folder).absolute(), here, job.tell, job.is_cancelled),
            self.moved.emit,
        )

    @Slot(object)
    def show_moved(self, moved: Moved) -> None:
        """Say where the data is, once the program goes on there: a copy alone may yet be left."""
        self._tell(
            "good",
            f"All data is in {moved.folder} now. The old folder {moved.former} still holds what it held; "
            "delete it when you no longer need it.",
        )
        self.reload()

"""A chart with its tools above and the line that reads it out below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Appearance, Size, Space
from pump_desktop.qt.text.numbers import counted
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.kit import Chart
from pump_desktop.ui.charts.legend import Legend
from pump_desktop.ui.charts.picture import draw_picture
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.file_dialog import FileDialog
from pump_desktop.ui.kit.layout import aligned, hbox, stretch, vbox
from pump_desktop.ui.kit.text import Label

_PNG = "PNG picture (*.png)"
_SVG = "SVG drawing (*.svg)"
# Below this width, in pixels, a reading takes two lines.
_NARROW = 640


class ChartFrame(QWidget):
    """Reset, copy and save for any chart; ``said`` and ``refused`` carry what came of them."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        chart: Chart,
        asker: Asker,
        appearance: Appearance,
        legend: Legend | None = None,
        leading: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.chart = chart
        self._asker = asker
        self._legend = legend
        self._reset = IconButton("fullscreen", "Show everything (0)")
        self._copy = IconButton("copy", "Copy data (Ctrl+C)")
        self._save = IconButton("save", "Save image …")
        self._reading = Label(chart.hint, size=Type.HINT, ink="secondary", figures=True, wrap=True)
        self._reading.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._lay_out(leading)
        self._reset.setEnabled(False)
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self._reset.setVisible(chart.zoom != "none")

        self._reset.clicked.connect(chart.reset)
        self._copy.clicked.connect(self.copy_data)
        self._save.clicked.connect(self._ask_where)
        copying = QShortcut(QKeySequence.StandardKey.Copy, chart, self.copy_data)
        copying.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        chart.hovered.connect(self._hovered)
        chart.zoomed.connect(self._reset.setEnabled)
        appearance.changed.connect(chart.apply_theme)

    def lead(self, widget: QWidget) -> None:
        """Put a widget at the left end of the tools, from wherever it is."""
        self._tools.insertWidget(0, widget, 0, Qt.AlignmentFlag.AlignTop)

    @Slot()
    def copy_data(self) -> None:
        """Copy the chart's data as tab-separated text."""
        try:
            text = self.chart.data_text()
        except KnownError as error:
            self.refused.emit(str(error))
            return
        rows = text.count("\n") - 1
        if rows < 1:
            self.said.emit("There is no data to copy.")
            return
        QGuiApplication.clipboard().setText(text)
        self.said.emit(f"{counted(rows, 'row')} copied")

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Save the chart as a picture: drawn here, packed and written on the asker's thread."""
        if self._legend is not None:
            self.chart.legend = self._legend.entries
        try:
            picture = draw_picture(self.chart, Path(path).name)
        except KnownError as error:
            self._not_written(error)
            return

        def written(_none: None) -> None:
            self.said.emit(f"Written to {path}")

        self._asker.ask(self, lambda _backend: picture.write(Path(path)), written, self._not_written)

    def _not_written(self, error: KnownError) -> None:
        self.refused.emit(str(error))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep two lines for the reading where one is too short; the chart must not move with its words."""
        super().resizeEvent(event)
        lines = 2 if event.size().width() < _NARROW else 1
        self._reading.setFixedHeight(lines * self._reading.fontMetrics().lineSpacing() + 2)

    def _lay_out(self, leading: Sequence[QWidget]) -> None:
        # The legend breaks into more lines where the room is short; what stands beside it stays at the top.
        top = Qt.AlignmentFlag.AlignTop
        self._tools = tools = hbox(
            *(aligned(widget, top) for widget in leading),
            stretch(self._legend if self._legend is not None else QWidget()),
            hbox(
                aligned(self._reset, top),
                aligned(self._copy, top),
                aligned(self._save, top),
                margins=(0, (Size.CONTROL - Size.HIT) // 2, 0, 0),
                spacing=Space.XS,
            ),
            spacing=Space.M,
        )
        vbox(tools, stretch(self.chart), self._reading, into=self, spacing=Space.S)

    @Slot()
    def _ask_where(self) -> None:
        dialog = FileDialog(self, "Save the chart as a picture")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_PNG, _SVG])
        dialog.setDefaultSuffix("png")
        dialog.filterSelected.connect(self._kind_chosen)
        dialog.selectFile("chart.png")
        dialog.fileSelected.connect(self.save_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _kind_chosen(self, kind: str) -> None:
        dialog = self.sender()
        if isinstance(dialog, QFileDialog):
            dialog.setDefaultSuffix("svg" if kind == _SVG else "png")

    @Slot(str)
    def _hovered(self, sentence: str) -> None:
        self._reading.setText(sentence or self.chart.hint)

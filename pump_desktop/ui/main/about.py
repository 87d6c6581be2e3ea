"""The about box: what the program is, its versions and where it keeps things."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot, qVersion
from PySide6.QtGui import QFont, QGuiApplication, QIcon
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from pump_desktop import __version__
from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.query import Asker
from pump_desktop.system.paths import AppPaths
from pump_desktop.system.resources import resource
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.layout import aligned, hbox, stretch, vbox
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.about import AboutFacts
    from pump_desktop.services.backend import Backend

_WHAT = (
    "Replays and verifies Stake Pump results on your own machine, and says what the numbers mean. "
    "Nothing leaves this computer."
)
_WAITING = "…"
_ICON = 56


class AboutDialog(PlainDialog):
    """Shows versions and folders; those behind the store follow when it answers."""

    def __init__(self, asker: Asker, paths: AppPaths | None, parent: QWidget) -> None:
        super().__init__("About Pump Desktop", 520, parent)
        self._values: dict[str, Label] = {}
        picture = QLabel()
        picture.setPixmap(QIcon(str(resource("icons", "app", "pump-desktop.svg"))).pixmap(_ICON, _ICON))
        picture.setAccessibleName("Icon of Pump Desktop")
        head = hbox(
            aligned(picture, Qt.AlignmentFlag.AlignTop),
            stretch(
                vbox(
                    Label("Pump Desktop", size=Type.TITLE, weight=QFont.Weight.DemiBold),
                    Label(_WHAT, ink="secondary", wrap=True),
                    spacing=Space.XS,
                )
            ),
            spacing=Space.L,
        )
        self.column.addLayout(head)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.XL)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnStretch(1, 1)
        self.column.addLayout(self._grid)
        for name, value in (
            ("Version", __version__),
            ("Engine", _WAITING),
            ("Kernel", _WAITING),
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            ("SQLite", _WAITING),
            ("System", platform.platform(terse=True)),
            ("Data folder", "–" if paths is None else str(paths.data)),
            ("Database", _WAITING),
        ):
            self._add(name, value)
        self._add_buttons()

        def work(backend: Backend) -> AboutFacts:
            from pump_desktop.services.about import about_facts  # noqa: PLC0415 - brings the compiler, in the worker

            return about_facts(backend)

        asker.ask(self, work, self._show_facts, self._show_why_not)

    @property
    def text(self) -> str:
        """Everything as lines of ``name: value``."""
        lines = [f"{name}: {label.text()}" for name, label in self._values.items()]
        return "\n".join(("Pump Desktop", *lines))

    def _add(self, name: str, value: str) -> None:
        row = len(self._values)
        label = Label(value, selectable=True, wrap=True, figures=True)
        label.setAccessibleName(f"{name}: {value}")
        self._values[name] = label
        self._grid.addWidget(Label(name, ink="secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(label, row, 1)

    def _add_buttons(self) -> None:
        copy = Button("Copy", meaning="copy")
        copy.setAccessibleName("Copy versions and folders")
        copy.clicked.connect(self._copy)
        self.add_close("Close", copy)

    def _set(self, name: str, value: str) -> None:
        self._values[name].setText(value)
        self._values[name].setAccessibleName(f"{name}: {value}")

    def _show_facts(self, facts: AboutFacts) -> None:
        for name, value in (
            ("Engine", facts.engine),
            ("Kernel", facts.kernel),
            ("SQLite", facts.sqlite),
            ("Database", facts.database),
        ):
            self._set(name, value)

    def _show_why_not(self, error: KnownError) -> None:
        for name in ("Engine", "Kernel", "SQLite"):
            self._set(name, "not known while the database is closed")
        self._set("Database", str(error))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        announce(self, "Copied")

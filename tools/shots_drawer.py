"""The pictures of a stream's drawer, and of the dialogs of the Live page and of the runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from PySide6.QtWidgets import QDialog, QWidget

from pump_desktop.domain.alerts import RuleDraft
from pump_desktop.domain.live import BetQuery, StreamQuery
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import RunQuery, RunRow
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.program import Program
from pump_desktop.services.backend import Backend
from pump_desktop.services.sample import sample_request
from pump_desktop.ui.alerts.panel import AlertsPanel
from pump_desktop.ui.alerts.rules import AlertRulesDialog
from pump_desktop.ui.connect.dialog import ConnectDialog
from pump_desktop.ui.imports.dialog import ImportDialog
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.live.pins import PinDialog
from tests.ui.support.program import child, click

D = TypeVar("D", bound=QDialog)
_SEEN_MS = 900
_PANELS = ("Peaks", "Rounds", "Return", "Alerts", "Bookmarks", "Snapshots", "Notes", "Audit")
_ROWS = 40


def drawer_states(
    program: Program, settle: Callable[[int], None]
) -> Iterator[tuple[str, Callable[[], QWidget]]]:
    """Yield each panel with something in it, and the dialogs; a state gives the widget to draw."""
    stage = _Stage(program, settle)
    for title in _PANELS:
        yield f"100-drawer-{title.lower()}", partial(stage.panel, title)
    yield "101-snapshot-against-now", stage.snapshot_against_now
    yield "102-alert-rules", stage.rules
    yield "103-alert-rule-with-preview", stage.rule
    yield "104-pin", stage.pin
    for tab in ("Script", "Check", "Log"):
        yield f"105-connect-{tab.lower()}", partial(stage.connect, tab)
    yield "106-import-empty", lambda: stage.load("")
    yield "107-import-columns", lambda: stage.load("bets.csv")
    for name in ("rename", "notes", "extend"):
        yield f"108-run-{name}", partial(stage.run_dialog, name)
    yield "109-compare-six", stage.compare_six


class _Stage:
    """A program with a stream that was audited; each dialog ends the one before."""

    def __init__(self, program: Program, settle: Callable[[int], None]) -> None:
        self._window = program.window
        self._settle = settle
        self._program = program
        self._open: QDialog | None = None
        self._marked = False

    def panel(self, title: str) -> QWidget:
        """Show a panel of the drawer."""
        self._end()
        self._window.clear_toasts()
        self._mark()
        self._window.live_page.view._open_panel(title)
        self._settle(_SEEN_MS)
        self._window.clear_toasts()
        return self._window

    def snapshot_against_now(self) -> QWidget:
        """Compare a snapshot with the stream as it is now."""
        self.panel("Snapshots")
        drawer = self._window.live_page.view.drawer
        child(drawer, BigTable).selectRow(0)
        click(drawer, "Compare with now (C)")
        self._settle(_SEEN_MS)
        return self._window

    def rules(self) -> QWidget:
        """Show the rules."""
        self._end()
        self._alerts()._open_rules()
        return self._one(AlertRulesDialog)

    def rule(self) -> QWidget:
        """Edit a rule, and see what it would have done."""
        self._end()
        panel = self._alerts()
        panel._open_rule(0)
        self._settle(_SEEN_MS)
        return self._one(AlertRulesDialog)

    def pin(self) -> QWidget:
        """Pin another multiplier."""
        self._end()
        cards = self._window.live_page.view._cards
        cards._fill_menu()
        cards._chosen(cards._menu.actions()[0])
        return self._one(PinDialog)

    def connect(self, tab: str) -> QWidget:
        """Show a way to connect Antebot."""
        self._end()
        self._window.live_page.connect_actions.open_connect()
        dialog = self._one(ConnectDialog)
        dialog.open_tab(tab)
        self._settle(2 * _SEEN_MS)
        return dialog

    def load(self, name: str) -> QWidget:
        """Import a file, or begin to."""
        self._end()
        self._window.live_page.connect_actions.open_import()
        dialog = self._one(ImportDialog)
        if name:
            path = Path(self._program.data_folder) / name
            lines = ["Nonce,Amount,Payout,Result,Mode,Id"]
            lines += [f"{nonce},0.0035,0,1.00,expert,id{nonce}" for nonce in range(1, _ROWS)]
            path.write_text("\n".join(lines), encoding="utf-8")
            dialog.load(str(path))
            self._settle(_SEEN_MS)
        return dialog

    def run_dialog(self, name: str) -> QWidget:
        """Ask something about a run."""
        self._end()
        self._window.open_section("runs")
        row = self._runs()[0]
        self._window.run_actions.act(name, row)
        self._settle(_SEEN_MS)
        return self._one(QDialog)

    def compare_six(self) -> QWidget:
        """Put five runs beside the open stream."""
        self._end()
        self._window.clear_toasts()
        seeds = sample_request()
        backend = self._backend
        for number in range(4):
            backend.runs.create(
                ScanRequest(seeds.server_seed, f"side {number}", 1, 100_000, seeds.difficulty, seeds.targets)
            )
        sides = [SideKey(SideKind.RUN, row.id) for row in self._runs()[:5]]
        self._window.open_section("compare")
        self._window.pages.compare.show_sides((*sides, SideKey(SideKind.STREAM, self._stream())))
        self._settle(2 * _SEEN_MS)
        return self._window

    @property
    def _backend(self) -> Backend:
        backend = self._program._backend.opened()
        if backend is None:
            raise RuntimeError("the store is not open")
        return backend

    def _runs(self) -> tuple[RunRow, ...]:
        return self._backend.runs.list(RunQuery()).items

    def _stream(self) -> UUID:
        rows = self._backend.live.streams(StreamQuery()).items
        return next(row.id for row in rows if row.client_seed == sample_request().client_seed)

    def _mark(self) -> None:
        """Give every panel something to show."""
        if self._marked:
            return
        self._marked = True
        stream, live, alerts = self._stream(), self._backend.live, self._backend.alerts
        bets = sorted(live.bets(stream, BetQuery(limit=400)).items, key=lambda bet: -(bet.round_result or 0))
        notes = ("the highest so far", "", "look at this one again after the rotation")
        for bet, note in zip(bets[:3], notes, strict=True):
            live.add_bookmark(stream, bet.id, note).result()
        live.add_snapshot(stream, "Before the rotation", {"min_multiplier": 34.68}, bets[0].id).result()
        live.add_snapshot(stream, "Everything up to lunch", {}, None).result()
        live.set_notes(stream, "Evening session, base bet 0.0035 LTC, target 34.68x.").result()
        for name, kind, values in (
            ("Large hits", "threshold", {"at_least": 164.72}),
            ("Long gaps of 34.68x", "gap", {"target": 34.68, "match": "exact", "percentile": 99}),
            ("Quiet for a minute", "silent", {"seconds": 60}),
        ):
            alerts.add(RuleDraft.parse(name=name, kind=kind, values=values, stream_id=None)).result()

    def _alerts(self) -> AlertsPanel:
        view = self._window.live_page.view
        return next(panel for panel in view.drawer.panels if isinstance(panel, AlertsPanel))

    def _one(self, kind: type[D]) -> D:
        found = [dialog for dialog in self._window.findChildren(kind) if dialog.isVisible()]
        if not found:
            self._settle(_SEEN_MS)
            found = [dialog for dialog in QWidget.findChildren(self._window, kind) if dialog.isVisible()]
        self._open = found[-1]
        return found[-1]

    def _end(self) -> None:
        if self._open is not None:
            self._open.close()
            self._settle(50)
        self._open = None

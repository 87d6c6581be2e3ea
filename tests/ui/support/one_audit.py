"""The Audit panel of a stream in which something is wrong, and what its tests do with it."""

from __future__ import annotations

from pump_desktop.domain.live import StreamRow
from pump_desktop.ui.audit.panel import AuditPanel
from pump_desktop.ui.kit.edits import SeedEdit
from tests.services.samples import SEED, bet
from tests.ui.conftest import Stage
from tests.ui.support.one_panel import Drawer
from tests.ui.support.program import child, click

# One result that is not the true one, one payout that is not due, one bet without a target.
WRONG_ONES = [
    *[bet(n, roundTarget=1.0, payout=1.0) for n in range(1, 31)],
    bet(40, roundResult=5.55, roundTarget=1.0, payout=1.0),
    bet(41, roundTarget=1.0, payout=3.0),
    bet(42),
]


def open_panel(drawer: Drawer, row: StreamRow, stage: Stage) -> AuditPanel:
    """Show the panel of a stream, with what it says collected."""
    panel = AuditPanel(drawer.asker, drawer.audits)
    drawer.hear(panel)
    stage(panel, width=360)
    panel.show_stream(row)
    drawer.settle()
    return panel


def seed_field(panel: AuditPanel) -> SeedEdit:
    """Give the field for the seed."""
    return child(panel, SeedEdit)


def revealed(drawer: Drawer, panel: AuditPanel) -> None:
    """Paste the right seed and wait for the audit."""
    seed_field(panel).setText(SEED)
    click(panel, "Reveal and check")
    drawer.settle()

"""What all tabs of a run do alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pump_desktop.ui.run.fairness import FairnessTab
from pump_desktop.ui.run.hits import HitsTab
from tests.ui.support.one_tab import asking, store_run
from tests.ui.support.program import request


@pytest.mark.parametrize("kind", [HitsTab, FairnessTab])
def test_an_answer_about_the_run_before_is_dropped(
    kind: type[HitsTab | FairnessTab], tmp_path: Path, qtbot: QtBot
) -> None:
    with asking(store_run(tmp_path, request(2_000)), qtbot) as asked:
        tab = kind(asked.asker)
        qtbot.addWidget(tab)
        tab.show_run(asked.run)
        tab.activate()
        tab.show_run(asked.store(request(300)))
        asked.settle()
        assert tab._count.text() == ""

        tab.show_run(asked.run)
        tab.activate()
        asked.settle()
        assert "hit" in tab._count.text()

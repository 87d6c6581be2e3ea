"""The Compare page: runs chosen, counted beside each other, tested, and gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import PAYOUTS, Difficulty, p_exact
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.tables.compare import CompareModel, Figure, TestsModel, figure_column
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.services.compare.compare import compare_runs
from pump_desktop.ui.charts.overlay_chart import TailChart
from pump_desktop.ui.compare.picker import SidePicker
from tests.model_checks import watched
from tests.ui.support.comparing import Comparing
from tests.ui.support.program import button, choose, click, column, select, table, texts, type_into

EXPERT = PAYOUTS[Difficulty.EXPERT]


@pytest.fixture
def comparing(look: Appearance, qtbot: QtBot, tmp_path: Path) -> Iterator[Comparing]:
    """Give an empty Compare page."""
    made = Comparing(look, qtbot, tmp_path / "pump")
    yield made
    made.close()


class TestSides:
    def test_an_empty_page_offers_runs(self, comparing: Comparing) -> None:
        comparing.several(2)
        assert any("two to six runs side by side" in text for text in texts(comparing.page))
        comparing.page._empty.button.click()
        comparing.settle()
        picker = comparing.page.findChild(SidePicker)
        assert picker is not None
        picker.reject()
        assert comparing.page.run_ids == ()

    def test_sides_stand_with_letter_name_and_figures(self, comparing: Comparing) -> None:
        one, other = comparing.several(2)
        comparing.backend.runs.rename(one.id, "Mine")
        comparing.show([other, one])
        names = comparing.names
        assert names[0].startswith("A: zXv1upuFns, Run · Expert · 1 – 5,000 · ")
        assert names[1].startswith("B: Mine, Run · Expert · 1 – 4,000 · ")
        comparison = compare_runs(comparing.backend.runs, [other.id, one.id])
        assert comparing.page.comparison == comparison
        assert comparison.together.reading in comparing.page._work._verdict.text()

    def test_one_side_left_asks_for_another(self, comparing: Comparing) -> None:
        runs = comparing.several(3)
        comparing.show(runs)
        click(comparing.page, "Remove B")
        comparing.settle()
        assert [side.source.id for side in comparing.shown.sides] == [runs[0].id, runs[2].id]
        click(comparing.page, "Remove A")
        comparing.settle()
        assert [side.source.id for side in comparing.shown.sides] == [runs[2].id]
        assert "One alone has nothing to differ from. Choose another beside it." in texts(comparing.page)

    def test_a_deleted_run_disappears_with_a_sentence(self, comparing: Comparing) -> None:
        runs = comparing.several(3)
        comparing.backend.runs.rename(runs[1].id, "Gone")
        comparing.show(runs)
        comparing.backend.runs.delete(runs[1].id)
        comparing.page.refresh()
        comparing.settle()
        assert comparing.page.run_ids == (runs[0].id, runs[2].id)
        assert comparing.banner == "“Gone” was deleted and is no longer compared."

    def test_runs_about_to_be_deleted_are_left_out(self, comparing: Comparing) -> None:
        runs = comparing.several(3)
        comparing.show(runs)
        comparing.page.hide_runs((runs[0].id, runs[1].id))
        comparing.settle()
        assert comparing.page.run_ids == (runs[2].id,)
        assert comparing.banner == "“zXv1upuFns” and “zXv1upuFns” were deleted and are no longer compared."

    def test_a_run_that_goes_while_its_hits_are_asked_for(self, comparing: Comparing) -> None:
        runs = comparing.several(3)
        comparing.show(runs)
        comparing.backend.runs.delete(runs[2].id)
        comparing.open_hits()
        comparing.settle()
        assert comparing.page.run_ids == (runs[0].id, runs[1].id)
        assert "no longer compared" in comparing.banner

    def test_a_renamed_run_shows_its_new_name_when_the_page_is_seen_again(self, comparing: Comparing) -> None:
        runs = comparing.several(2)
        comparing.show(runs)
        comparing.page.hide()
        comparing.backend.runs.rename(runs[0].id, "Other name")
        comparing.page.show()
        comparing.settle()
        assert comparing.names[0].startswith("A: Other name,")


class TestFigures:
    def test_the_table_counts_as_numpy_does(self, comparing: Comparing) -> None:
        runs = comparing.several(2)
        comparing.show(runs)
        comparing.page.open_tab("Differences")
        view = table(comparing.page, "Differences")
        for side, run in enumerate(runs):
            counts = np.bincount(comparing.outcomes(run), minlength=16)
            found = column(view, figure_column(side, Figure.COUNT), NATIVE_ROLE)
            assert found == [*counts.tolist(), run.count]
            shares = column(view, figure_column(side, Figure.SHARE), NATIVE_ROLE)
            assert shares == pytest.approx([*(counts / run.count), 1.0])
            expected = [run.count * float(p_exact(Difficulty.EXPERT, k)) for k in range(16)]
            ratios = column(view, figure_column(side, Figure.RATIO), NATIVE_ROLE)
            assert ratios[:-1] == pytest.approx((counts / expected).tolist())
        assert column(view, 0)[-1] == "All nonces"
        choose(comparing.page, "Figures", "Shares")
        shown = [index for index in range(view.model().columnCount()) if not view.isColumnHidden(index)]
        assert shown == [0, 1, figure_column(0, Figure.SHARE), figure_column(1, Figure.SHARE)]

    def test_two_are_tested_once_and_more_by_pairs_too(self, comparing: Comparing) -> None:
        runs = comparing.several(6, 2_000)
        comparing.show(runs[:2])
        comparing.page.open_tab("Tests")
        view = table(comparing.page, "Tests")
        assert column(view, 0) == ["A B"]
        comparing.show(runs)
        assert column(view, 0)[:3] == ["A B C D E F", "A B", "A C"]
        assert len(column(view, 0)) == 16
        comparison = comparing.page.comparison
        assert comparison is not None
        assert column(view, 3, NATIVE_ROLE)[1:] == [test.p_value for test in comparison.pairs]
        assert column(view, 4, NATIVE_ROLE)[1:] == [test.adjusted for test in comparison.pairs]
        assert column(table(comparing.page, "Sides"), 3, NATIVE_ROLE) == [run.count for run in runs]

    def test_shared_nonces_are_told(self, comparing: Comparing) -> None:
        runs = [comparing.store(end=4_000), comparing.store(end=6_000)]
        comparing.show(runs)
        assert comparing.page._work._verdict.text() == (
            "A and B share 4,000 nonces of one seed pair (1 to 4,000). "
            "They are not independent, so no test of them is made."
        )

    def test_difficulties_share_the_tail_but_no_ratio(self, comparing: Comparing) -> None:
        runs = [
            comparing.store(end=4_000, server="a"),
            comparing.store(end=3_000, server="b", difficulty=Difficulty.EASY),
        ]
        comparing.show(runs)
        assert any("Expert and Easy have tables of their own" in text for text in texts(comparing.page))
        comparing.page.open_tab("Share at least")
        chart = comparing.page.findChild(TailChart)
        assert chart is not None
        assert len(chart.data_text().splitlines()) == 1 + 16 + 25
        comparing.page.open_tab("Differences")
        entries = column(table(comparing.page, "Differences"), 0, NATIVE_ROLE)
        assert entries[:-1] == sorted({*EXPERT, *PAYOUTS[Difficulty.EASY]})
        easy = column(table(comparing.page, "Differences"), figure_column(1, Figure.COUNT), NATIVE_ROLE)
        assert easy[entries.index(11200.65)] is None
        assert sum(easy[:-1][place] or 0 for place in range(len(entries) - 1)) == 3_000

    def test_models_are_sound_through_resets(self, comparing: Comparing) -> None:
        runs = comparing.several(3, 500)
        for model in (CompareModel(), TestsModel()):
            tester = watched(model)
            for count in (2, 3, 2):
                model.set_comparison(compare_runs(comparing.backend.runs, [run.id for run in runs[:count]]))
            assert model.rowCount(model.index(0, 0)) == 0
            tester.deleteLater()
            model.deleteLater()


class TestPicker:
    def pick(self, comparing: Comparing) -> SidePicker:
        """Open the picker, and wait for its list."""
        click(comparing.page, "Choose …") if comparing.page.run_ids else comparing.page.choose_sides()
        comparing.settle()
        picker = comparing.page.findChild(SidePicker)
        assert picker is not None
        return picker

    def test_runs_are_found_and_chosen_by_keyboard(self, comparing: Comparing) -> None:
        for name in ("apple", "pear", "plum"):
            comparing.store(name, end=300, server=name)
        picker = self.pick(comparing)
        compare = button(picker, "Compare")
        assert not compare.isEnabled()
        for name in ("plum", "apple"):
            field = type_into(picker, "Search", name)
            picker._typing.stop()
            picker._typing.timeout.emit()
            comparing.settle()
            QTest.keyClick(field, Qt.Key.Key_Return)
            view = table(picker, "Runs to choose from")
            assert view.hasFocus()
            assert column(view, 0) == [name]
            QTest.keyClick(view, Qt.Key.Key_Space)
        assert "2 of 6 chosen" in texts(picker)
        click(picker, "Compare")
        comparing.settle()
        assert [side.source.name for side in comparing.shown.sides] == ["plum", "apple"]

    def test_a_seventh_is_not_taken(self, comparing: Comparing) -> None:
        for number in range(8):
            comparing.store(str(number), end=30, server=str(number))
        picker = self.pick(comparing)
        view = table(picker, "Runs to choose from")
        for row in range(8):
            spot = view.visualRect(view.model().index(row, 0)).center()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert "6 of 6 chosen; take one out to choose another" in texts(picker)
        states = column(view, 0, int(Qt.ItemDataRole.CheckStateRole))
        assert [Qt.CheckState(state) for state in states].count(Qt.CheckState.Checked) == 6
        click(picker, "Cancel")
        assert comparing.page.run_ids == ()

    def test_the_compared_runs_are_chosen_already(self, comparing: Comparing) -> None:
        runs = comparing.several(3, 100)
        comparing.show(runs[:2])
        picker = self.pick(comparing)
        assert "2 of 6 chosen" in texts(picker)
        view = table(picker, "Runs to choose from")
        select(view, 0)
        assert "3 of 6 chosen" in texts(picker)
        click(picker, "Compare")
        comparing.settle()
        assert comparing.page.run_ids == tuple(run.id for run in runs)

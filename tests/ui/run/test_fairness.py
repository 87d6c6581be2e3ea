"""The Fairness tab and its report: what seven tests say, in words, figures and a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.text.numbers import p_value_text
from pump_desktop.services.runs.figures import run_fairness
from pump_desktop.stats.fairness import FairnessTest
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.report_options import ReportOptions
from pump_desktop.ui.run.fairness import FairnessCard, FairnessTab, LagBars
from tests.ui.conftest import Stage
from tests.ui.support.program import (
    CLIENT,
    SERVER,
    Running,
    child,
    choose,
    click,
    named,
    request,
    texts,
    toasts,
)


def fairness_tab(running: Running) -> FairnessTab:
    running.window.run_page.open_tab("Fairness")
    running.settle()
    tab = child(running.window, FairnessTab)
    # New cards are shown by their layout, a moment after the answer.
    running._qtbot.waitUntil(lambda: all(card.isVisible() for card in tab.findChildren(FairnessCard)))
    return tab


def want(running: Running, target: float, match: str = "Exactly") -> None:
    tab = child(running.window, FairnessTab)
    box = named(tab, QComboBox, "Target")
    box.setCurrentIndex(box.findData(target))
    choose(tab, "Match", match)
    running.settle()


def test_the_tests_of_the_first_target_are_shown(running: Running, run: Run) -> None:
    tab = fairness_tab(running)
    wanted = run_fairness(running.backend.runs, run, 17.34, Match.EXACT)
    cards = tab.findChildren(FairnessCard)
    assert len(cards) == len(wanted.tests) == 7
    for card, test in zip(cards, wanted.tests, strict=True):
        seen = texts(card)
        assert test.name in seen
        assert test.question in seen
        assert test.p_value is not None
        assert test.adjusted is not None
        assert f"{test.statistic}. {test.reading}" in seen
        assert p_value_text(test.p_value) in seen
        assert p_value_text(test.adjusted) in seen
        assert ("Unusual" if test.unusual else "As expected") in seen
    assert child(tab, Banner).text == wanted.verdict
    assert f"{wanted.hits:,} hits · 7 tests made" in texts(tab)
    assert wanted.drought is not None
    assert f"{wanted.drought.length:,}" in texts(tab)
    lags = child(tab, LagBars).accessibleDescription().split("\n")
    assert [line.split(":")[0] for line in lags] == [f"Lag {lag}" for lag in range(1, 11)]
    for control in (*tab.findChildren(QAbstractButton), *tab.findChildren(QComboBox)):
        if control.isVisible():
            assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text())
            assert control.height() >= 28
    shown = [float(line.split(": ")[1].replace("−", "-")) for line in lags]
    assert shown == pytest.approx([r for _, r in wanted.autocorrelation], abs=5e-5)


def test_another_target_and_match_are_tested_anew(running: Running, run: Run) -> None:
    tab = fairness_tab(running)
    for target, match, words in ((1.0, Match.EXACT, "Exactly"), (164.72, Match.AT_LEAST, "At least")):
        want(running, target, words)
        wanted = run_fairness(running.backend.runs, run, target, match)
        assert f"{wanted.hits:,} hits · {wanted.made} tests made" in texts(tab)
        assert child(tab, Banner).text == wanted.verdict


def test_a_target_that_is_never_met_exactly_is_tested_as_at_least(running: Running) -> None:
    running.scan_and_open(request(20_000, Difficulty.EXPERT, (30.0, 250.0)))
    tab = fairness_tab(running)
    assert (tab.target, tab.match) == (30.0, Match.AT_LEAST)
    want(running, 30.0)
    reasons = {text for text in texts(tab) if text == "No result of this difficulty matches."}
    assert reasons
    assert "Not tested" in texts(tab)


def test_a_short_run_says_why_nothing_is_tested(running: Running) -> None:
    run = running.scan_and_open(request(3, Difficulty.EXPERT, (3203384.80,)))
    tab = fairness_tab(running)
    wanted = run_fairness(running.backend.runs, run, 3203384.80, Match.EXACT)
    assert child(tab, Banner).text == "No test could be made: the run is too short for this target."
    seen = texts(tab)
    assert seen.count("Not tested") == 7
    assert {test.reason for test in wanted.tests} <= set(seen)
    assert "0 hits · 0 tests made" in seen


@pytest.mark.usefixtures("run")
def test_only_the_tab_that_is_looked_at_asks(running: Running) -> None:
    page = running.window.run_page
    assert page.findChildren(FairnessCard) == []
    tab = fairness_tab(running)
    assert len(tab.findChildren(FairnessCard)) == 7
    page.open_tab("Hits")
    running.settle()
    page.open_tab("Fairness")
    assert not running.program._queries.busy


UNUSUAL = FairnessTest("gaps", "Gaps", "Are they?", "χ² = 99.0, 9 degrees", 0.0004, 0.0028, "Rare.", "")


@pytest.mark.usefixtures("look")
def test_a_verdict_is_a_word_and_never_colour_alone(stage: Stage) -> None:
    card = FairnessCard()
    stage(card)
    for test, word, corrected in (
        (UNUSUAL, "Unusual", "p = 0.003"),
        (replace(UNUSUAL, adjusted=0.34), "As expected", "p = 0.34"),
        (replace(UNUSUAL, p_value=None, adjusted=None, statistic="", reason="Too few."), "Not tested", "–"),
    ):
        card.show_test(test)
        assert word in texts(card)
        assert corrected in texts(card)
        assert card.accessibleName() == f"Gaps: {word}, {corrected}"
    assert "Too few." in texts(card)


def test_the_report_is_saved_without_the_seeds_unless_they_are_asked_for(
    running: Running, run: Run, tmp_path: Path, qtbot: QtBot
) -> None:
    tab = fairness_tab(running)
    page = running.window.run_page
    for with_seeds in (False, True):
        file = tmp_path / f"{with_seeds}.html"
        click(tab, "Save report …")
        options = page.findChild(ReportOptions)
        assert isinstance(options, ReportOptions)
        box = child(options, QCheckBox)
        assert not box.isChecked()
        box.setChecked(with_seeds)
        click(options, "Choose a file …")
        dialog = page.findChild(QFileDialog)
        assert isinstance(dialog, QFileDialog)
        assert dialog.selectedFiles()[0].endswith("fairness-expert-101-20100.html")
        with qtbot.waitSignal(page.said) as told:
            dialog.selectFile(str(file))
            dialog.accept()
        assert told.args == [f"Written to {file}"]
        running.settle()
        text = file.read_text("utf-8")
        assert (SERVER in text, CLIENT in text) == (with_seeds, with_seeds)
        assert run.outcome_digest in text
        qtbot.waitUntil(lambda: page.findChild(QFileDialog) is None)


@pytest.mark.usefixtures("run")
def test_the_report_tests_the_chosen_target_and_a_folder_that_is_not_there_is_told(
    running: Running, tmp_path: Path, qtbot: QtBot
) -> None:
    fairness_tab(running)
    want(running, 164.72, "At least")
    page = running.window.run_page
    assert page.run is not None
    file = tmp_path / "report.html"
    tab = child(running.window, FairnessTab)
    with qtbot.waitSignal(page.said):
        page._report.save_to(str(file), page.run, tab.target, tab.match, with_seeds=False)
    assert "Tested for the target at least 164.72x" in file.read_text("utf-8")
    nowhere = str(tmp_path / "no such folder" / "report.html")
    page._report.save_to(nowhere, page.run, tab.target, tab.match, with_seeds=False)
    running.settle()
    assert "cannot be written: No such file or directory" in toasts(running.window)[-1]

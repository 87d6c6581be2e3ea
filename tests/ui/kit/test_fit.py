"""No clipped words at 1024 x 700: every page, both themes, and words as long as a translation makes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.services.sample import sample_request
from pump_desktop.system.clock import utc_now
from pump_desktop.ui.main.palette import Palette
from tests.live_samples import sample_bets
from tests.ui.support.fitting import SMALLEST, cut, longer_words, settle_layout
from tests.ui.support.program import Running, Start, child, request, table

TABS = ("Distribution", "Hits", "Gaps", "Density", "Fairness")
SECTIONS_OF_SETTINGS = ("listener", "notices", "diagnostics", "data")
# What a low window has to leave for the bets.
ROWS = 5
COMPARED = ("Ratio to the odds", "Share at least", "Differences", "Tests", "Hits")


def tour(running: Running, qtbot: QtBot) -> Iterator[str]:
    """Walk through the pages as a person finds them after a while, and name each stop."""
    window = running.window
    window.resize(SMALLEST)
    yield "scan, first start"
    window.fill_sample()
    yield "scan, filled"
    window.scan_page.show_several()
    yield "queue"
    window.scan_page.show_one()
    window.open_section("runs")
    yield "runs, empty"
    run = running.scan_and_open(request(60_000, targets=(34.68, 400.02)), "a run")
    other = running.store(end=50_000, client="another client seed")
    for tab in TABS:
        window.run_page.open_tab(tab)
        running.settle()
        yield f"run, {tab}"
    window.open_section("runs")
    running.settle()
    yield "runs"
    window.open_section("live")
    running.settle()
    yield "live, empty"
    running.backend.live.ingest(sample_bets(5_400, 300, until=utc_now())).result()
    qtbot.waitUntil(lambda: window.live_page.stream_id is not None)
    running.settle()
    yield "live"
    yield from drawer(running)
    window.open_section("verify")
    yield "verify, empty"
    seeds = sample_request()
    window.pages.verify.show_bet(seeds.server_seed, seeds.client_seed, 5663, Difficulty.EXPERT)
    running.settle()
    yield "verify"
    window.open_section("compare")
    yield "compare, empty"
    window.pages.compare.show_runs((run.id, other.id))
    running.settle()
    for tab in COMPARED:
        window.pages.compare.open_tab(tab)
        running.settle()
        yield f"compare, {tab}"
    yield from settings_and_palette(running, qtbot)


def drawer(running: Running) -> Iterator[str]:
    """Open each panel of the drawer."""
    view = running.window.live_page.view
    for panel in view.drawer.panels:
        view._open_panel(panel.title)
        running.settle()
        yield f"drawer, {panel.title}"
    view.drawer.closed.emit()


def settings_and_palette(running: Running, qtbot: QtBot) -> Iterator[str]:
    """Walk through the sections of the settings, and open the palette."""
    window = running.window
    window.open_section("settings")
    for key in SECTIONS_OF_SETTINGS:
        window.pages.settings.open_section(key)
        qtbot.waitUntil(lambda: not running.program._storing.busy)
        running.settle()
        yield f"settings, {key}"
    running.press("Ctrl+K", window)
    running.settle()
    yield "palette"
    child(window, Palette).reject()


def rows_in_sight(running: Running) -> int:
    """Give how many whole rows of bets the Live page shows."""
    bets = table(running.window.live_page, "Bets")
    return bets.viewport().height() // bets.verticalHeader().defaultSectionSize()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_words_are_clipped_in_the_smallest_window(start: Start, qtbot: QtBot, theme: str) -> None:
    running = start(theme=theme)
    found: dict[str, list[str]] = {}
    for stop in tour(running, qtbot):
        settle_layout()
        if stop == "live":
            assert rows_in_sight(running) >= ROWS
        if wrong := cut(running.window):
            found[stop] = wrong
        # Letters are as wide in both themes: once is enough for the words of a longer language.
        if theme == "light":
            with longer_words(running.window):
                if wrong := cut(running.window, longer=True):
                    found[f"{stop}, in longer words"] = wrong
    assert not found, "\n".join(f"{stop}: {line}" for stop, lines in found.items() for line in lines)

"""The fairness report: whole, closed in itself, safe to open, silent about seeds, and true."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from scipy import stats

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match, Run
from pump_desktop.engine import ENGINE_VERSION, reference
from pump_desktop.services.backend import Backend
from pump_desktop.services.report.page import HIDDEN
from pump_desktop.services.report.report import fairness_report
from pump_desktop.services.runs.export import write_text
from pump_desktop.services.runs.figures import run_fairness
from tests.services.report.report_parts import HTML, Element, facts, rows, section, words

NOW = datetime(2026, 5, 9, 12, 30, tzinfo=UTC)

REQUEST = ScanRequest(
    "a server seed", "a client seed", 101, 20_100, Difficulty.EXPERT, (17.34, 164.72, 250.0)
)


def made(backend: Backend, wanted: ScanRequest = REQUEST, name: str = "", notes: str = "") -> Run:
    run = backend.runs.create(wanted, name=name).run
    return backend.runs.set_notes(run.id, notes) if notes else run


def report(
    backend: Backend, run: Run, *, with_seeds: bool = False, target: float | None = None
) -> tuple[str, Element]:
    """Give the report as text, and parsed: XML takes nothing that is not well-formed."""
    text = "".join(fairness_report(backend.runs, run, with_seeds=with_seeds, now=NOW, target=target))
    return text, ET.fromstring(text)  # noqa: S314 - our own file


class _Tags(HTMLParser):
    """Collects what a browser would see: tags with their attributes, and which of them stay open."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_it_names_the_run_by_hashes_digest_and_engine(backend: Backend) -> None:
    run = made(backend, name="A <b>run</b>", notes="first\nsecond")
    _, page = report(backend, run)
    found = facts(page)
    assert words(next(page.iter(f"{HTML}h1"))) == "A <b>run</b>"
    assert found["Notes"] == "first second"
    assert found["Server seed SHA-256"] == hashlib.sha256(b"a server seed").hexdigest()
    assert found["Client seed SHA-256"] == hashlib.sha256(b"a client seed").hexdigest()
    assert found["Nonces"] == "101 to 20,100 (20,000)"
    assert found["Difficulty"] == "Expert: 10 of 25 positions pop"
    assert found["Outcome digest"] == hashlib.sha256(backend.runs.outcomes(run.id).tobytes()).hexdigest()
    assert found["Engine"] == ENGINE_VERSION
    assert found["Report made"].startswith("2026-05-09 12:30:00 UTC by Pump Desktop ")
    highest = int(backend.runs.outcomes(run.id).max())
    first = int(np.argmax(backend.runs.outcomes(run.id) == highest)) + 101
    assert f"at nonce {first:,}" in found["Highest"]


def test_it_asks_for_nothing_from_outside_and_runs_nothing(backend: Backend) -> None:
    text, _ = report(backend, made(backend))
    tags = _Tags()
    tags.feed(text)
    tags.close()
    assert tags.open == []
    assert not {tag for tag, _ in tags.seen} & {"script", "link", "img", "iframe", "object", "base", "form"}
    for tag, attributes in tags.seen:
        assert not {name for name in attributes if name.startswith("on") or name in {"src", "href"}}, tag
    outside = re.findall(r"https?://[^\"'\s<]+|url\(|@import", text)
    assert outside == ["http://www.w3.org/1999/xhtml"]
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style></title><svg onload=alert(1)>",
        "{{ 7 * 7 }} {% include 'report.css' %} &lt; &amp; ]]> <!-- ",
        "\u202eltr \U0001f388 \x00\x07\x1b[31m\ufffe",
    ],
)
def test_names_notes_and_seeds_stay_text(backend: Backend, hostile: str) -> None:
    wanted = replace(REQUEST, server_seed=f"s{hostile}", client_seed=f"c{hostile}", end=300)
    run = made(backend, wanted, hostile[:100], hostile)
    text, page = report(backend, run, with_seeds=True)
    tags = _Tags()
    tags.feed(text)
    plain = re.sub("[\x00-\x08\x0b-\x1f\ufffe]", "\N{REPLACEMENT CHARACTER}", hostile)
    assert words(next(page.iter(f"{HTML}h1"))) == " ".join(plain.split())
    assert facts(page)["Notes"] == " ".join(plain.split())
    assert facts(page)["Client seed"] == " ".join(f"c{plain}".split())
    assert not {tag for tag, _ in tags.seen} & {"script", "img"}
    assert not any(name.startswith("on") for _, attributes in tags.seen for name in attributes)


def test_seeds_are_in_it_only_when_asked_for(backend: Backend) -> None:
    wanted = replace(REQUEST, server_seed="the 'server' <seed>", client_seed="zXv1upuFns")
    run = made(backend, wanted, "run of zXv1upuFns", "made with the 'server' <seed>, and zXv1upuFns:7")
    secrets = ("zXv1upuFns", "the 'server' <seed>", "server&#39; &lt;seed")
    without, page = report(backend, run)
    assert not [secret for secret in secrets if secret in without]
    assert words(next(page.iter(f"{HTML}h1"))) == f"run of {HIDDEN}"
    assert facts(page)["Notes"] == f"made with {HIDDEN}, and {HIDDEN}:7"
    unnamed, page = report(backend, replace(run, name="", notes=""))
    assert not [secret for secret in secrets if secret in unnamed]
    assert words(next(page.iter(f"{HTML}h1"))) == "Expert run"
    _, page = report(backend, run, with_seeds=True)
    assert facts(page)["Server seed"] == "the 'server' <seed>"
    assert facts(page)["Client seed"] == "zXv1upuFns"
    assert words(next(page.iter(f"{HTML}h1"))) == "run of zXv1upuFns"


def test_the_distribution_is_counted_and_tested(backend: Backend) -> None:
    run = made(backend)
    k = backend.runs.outcomes(run.id)
    _, page = report(backend, run)
    found = rows(section(page, "Distribution"))
    counts = np.bincount(k, minlength=16)
    assert [row[3] for row in found] == [f"{count:,}" for count in counts]
    law = stats.hypergeom(25, 10, np.arange(1, 16)).pmf(0)  # P(safe >= 1 .. 15)
    expected = 20_000 * -np.diff(np.concatenate(([1.0], law, [0.0])))
    for row, count in zip(found, expected, strict=True):
        assert float(row[4].replace(",", "")) == pytest.approx(count, rel=0.05, abs=0.5)
    interval = stats.binomtest(int(counts[5]), 20_000).proportion_ci(method="exact")
    assert found[5][6] == f"{20_000 * interval.low:,.0f} – {20_000 * interval.high:,.0f}"


def test_each_target_has_its_gaps(backend: Backend) -> None:
    run = made(backend)
    k = backend.runs.outcomes(run.id)
    found = {row[0]: row[1:] for row in rows(section(backend_page(backend, run), "Gaps"))}
    masks = {"exactly 17.34x": k == 5, "exactly 164.72x": k == 8, "at least 250.00x": k >= 9}
    assert list(found) == list(masks)
    for name, mask in masks.items():
        gaps = np.diff(np.flatnonzero(mask))
        cells = found[name]
        assert cells[1] == f"{mask.sum():,}"
        assert cells[5:7] == [f"{gaps.min():,}", f"{gaps.max():,}"]
        assert float(cells[3].replace(",", "")) == pytest.approx(gaps.mean(), rel=0.01)


def backend_page(backend: Backend, run: Run) -> Element:
    return report(backend, run)[1]


def test_its_tests_are_those_of_the_fairness_page(backend: Backend) -> None:
    run = made(backend)
    text, page = report(backend, run)
    fairness = run_fairness(backend.runs, run, 17.34, Match.EXACT)
    found = rows(section(page, "Fairness tests"))
    assert len(found) == len(fairness.tests) == 7
    assert fairness.verdict in words(page)
    assert f"{fairness.made} of 7 tests could be made" in words(page)
    for row, test in zip(found, fairness.tests, strict=True):
        assert test.name in row[1]
        assert (test.reason or test.reading) in row[1]
        assert row[2] == test.statistic
        assert test.p_value is not None
        assert row[3] in {f"{test.p_value:.2f}", f"{test.p_value:.3f}", "> 0.99", "< 0.001"}
    assert fairness.drought is not None
    assert f"{fairness.drought.length:,} nonces without exactly 17.34x" in words(page)
    _, page = report(backend, run, target=164.72)
    assert "Tested for the target exactly 164.72x" in words(page)
    assert not [word for word in ("overdue", " due ", " hot ", " cold ", "lucky") if word in text.lower()]


def test_a_run_that_is_too_short_says_why_there_is_no_test(backend: Backend) -> None:
    run = made(backend, replace(REQUEST, end=103, targets=(3203384.80,)))
    _, page = report(backend, run)
    assert "Not tested." in words(page)
    tests = rows(section(page, "Fairness tests"))
    assert {row[0] for row in tests} == {"Not tested"}
    assert {row[3] for row in tests} == {"–"}
    why = {test.reason for test in run_fairness(backend.runs, run, 3203384.80, Match.EXACT).tests}
    assert all(any(reason in row[1] for reason in why if reason) for row in tests)
    assert "hits are expected, 5 are needed." in tests[1][1]
    assert rows(section(page, "Gaps"))[0][-1] == "fewer than two hits"


SEEDS = [("a server seed", "a client seed"), ('it\'s "5" \\ \n種', "{nonce}%s💥" * 20)]


@pytest.mark.parametrize("difficulty", list(Difficulty))
@pytest.mark.parametrize("seeds", SEEDS)
def test_one_nonce_can_be_redone_by_hand(
    backend: Backend, difficulty: Difficulty, seeds: tuple[str, str]
) -> None:
    server, client = seeds
    run = made(backend, ScanRequest(server, client, 5, 300, difficulty, (1.0,)))
    k = backend.runs.outcomes(run.id)
    nonce = int(np.argmax(k)) + 5
    picks = reference.picks(reference.words(server, client, nonce, difficulty.pops))
    _, page = report(backend, run, with_seeds=True)
    recipe = section(page, "Redo one nonce by hand")
    assert f"Nonce {nonce} is the first" in words(recipe)
    *blocks, program = ["".join(part.itertext()) for part in recipe.iter(f"{HTML}pre")]
    assert len(blocks) == (2 if difficulty is Difficulty.EXPERT else 1)
    for number, block in enumerate(blocks):
        digest = hmac.new(server.encode(), f"{client}:{nonce}:{number}".encode(), hashlib.sha256)
        assert block.endswith(f"digest   {digest.hexdigest()}")
    assert [int(row[4]) for row in rows(recipe)] == picks
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(program, {})  # noqa: S102 - the program a reader is told to run
    assert told.getvalue() == f"{picks} safe pumps: {k.max()}\n"


def test_the_recipe_hides_the_seeds_and_keeps_the_result(backend: Backend) -> None:
    run = made(backend)
    recipe = section(backend_page(backend, run), "Redo one nonce by hand")
    first = run.summary.top_max[0]
    blocks = ["".join(part.itertext()) for part in recipe.iter(f"{HTML}pre")]
    digest = hmac.new(b"a server seed", f"a client seed:{first}:0".encode(), hashlib.sha256).hexdigest()
    assert blocks[0] == f"message  CLIENT SEED:{first}:0\ndigest   {digest}"
    assert "server, client, nonce, pops = 'SERVER SEED', 'CLIENT SEED'" in blocks[-1]


def test_charts_hold_every_figure_and_stay_inside(backend: Backend) -> None:
    run = made(backend)
    k = backend.runs.outcomes(run.id)
    charts = list(backend_page(backend, run).iter(f"{HTML}svg"))
    assert len(charts) == 4
    for chart in charts:
        assert chart.get("aria-label")
        for part in chart.iter(f"{HTML}rect"):
            x, y, width, height = (float(part.get(name, "nan")) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + width <= 760
            assert 0 <= y <= y + height <= 270
    bars = [part for part in charts[0].iter(f"{HTML}rect") if part.get("class") == "bar"]
    assert len(bars) == np.count_nonzero(np.bincount(k))
    heights = [float(part.get("height", 0)) for part in charts[1].iter(f"{HTML}rect")]
    gaps = np.diff(np.flatnonzero(k == 5))
    # A linear scale: the area of all bars is the number of gaps.
    first = np.count_nonzero(gaps <= _width_of(charts[1]))
    assert heights[0] / sum(heights) == pytest.approx(first / len(gaps), rel=0.02)
    cells = [part for part in charts[2].iter(f"{HTML}rect") if part.get("class") == "cell"]
    assert 10 <= len(cells) <= 400


def _width_of(chart: Element) -> int:
    """Give the width of the groups of a histogram of gaps, from two labels below it."""
    labels = [words(text) for text in chart.iter(f"{HTML}text") if text.get("text-anchor") == "middle"]
    places = [
        float(text.get("x", 0)) for text in chart.iter(f"{HTML}text") if text.get("text-anchor") == "middle"
    ]
    bar = float(next(chart.iter(f"{HTML}rect")).get("width", 0)) / 0.84
    every = round((places[1] - places[0]) / bar)
    return (int(labels[1].replace(",", "")) - int(labels[0].replace(",", ""))) // every


def test_it_is_written_whole(backend: Backend, tmp_path: Path) -> None:
    run = made(backend)
    file = tmp_path / "report.html"
    write_text(file, fairness_report(backend.runs, run, with_seeds=False, now=NOW))
    assert file.read_text("utf-8") == report(backend, run)[0]
    assert [path.name for path in tmp_path.glob("*.part")] == []

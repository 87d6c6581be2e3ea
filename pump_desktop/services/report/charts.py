"""Charts of the report as SVG text: colours come by class from the page, so that both themes fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup, escape

from pump_desktop.services.report.formats import count, short_multiplier, whole
from pump_desktop.stats.distribution import Distribution

if TYPE_CHECKING:
    from pump_desktop.stats.density import Density
    from pump_desktop.stats.run_gaps import GapFigures

_WIDTH, _HEIGHT = 760, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 32, 10, 42
_STRIP = 18
# The log scale's floor, so that a count of 1 still has a bar.
_FLOOR = 0.5
_LABELS = 13


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a value lies: two scales onto the inside of one chart, both given as functions to 0 .. 1."""

    across: Callable[[float], float]
    up: Callable[[float], float]
    top: int = _TOP

    def x(self, value: float) -> float:
        return round(_LEFT + self.across(value) * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        share = min(max(self.up(value), 0.0), 1.0)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - self.top), 1)


def linear(low: float, high: float) -> Callable[[float], float]:
    """Give the scale that puts ``low`` at 0 and ``high`` at 1."""
    return lambda value: (value - low) / ((high - low) or 1)


def _log(low: float, high: float) -> Callable[[float], float]:
    return lambda value: log10(max(value, low) / low) / log10(high / low)


def round_step(span: float, least: int = 4) -> int:
    """Give the largest of 1, 2, 5, 10, 20, ... that divides ``span`` into at least ``least`` parts."""
    raw = max(span / least, 1)
    unit = int(10 ** floor(log10(raw)))
    return next(unit * part for part in (5, 2, 1) if unit * part <= raw)


def round_counts(highest: float) -> list[int]:
    """Give round counts from 0 to ``highest``."""
    step = round_step(highest)
    return [step * i for i in range(floor(highest / step) + 1)]


def round_nonces(first: int, last: int) -> list[int]:
    """Give round nonces from ``first`` to ``last``, which may be far from 0."""
    step = round_step(last - first)
    return [step * i for i in range(-(-first // step), last // step + 1)]


def _chart(label: str, parts: Iterable[str]) -> Markup:
    inside = "".join(parts)
    return Markup(  # noqa: S704 - made of numbers and escaped words alone
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}" '
        f'preserveAspectRatio="xMidYMid meet">{inside}</svg>'
    )


def _words(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _axes(frame: _Frame, rows: Sequence[float], below: Sequence[tuple[float, str]], title: str) -> str:
    """Give grid lines with their counts, the words below, and what the words below are."""
    right, base = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    lines = [
        f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{frame.y(row)}" y2="{frame.y(row)}"/>'
        + _words(_LEFT - 6, frame.y(row) + 4, whole(row), "end")
        for row in rows
    ]
    ticks = [_words(x, base + 16, text) for x, text in below]
    middle = _words((_LEFT + right) / 2, _HEIGHT - 6, title)
    return "".join([*lines, *ticks, middle])


def _steps(frame: _Frame, edges: Sequence[float], values: Sequence[float]) -> str:
    """Give the path of a step line: one level between every two edges."""
    corners = [
        f"{frame.x(edges[i + side])},{frame.y(value)}" for i, value in enumerate(values) for side in (0, 1)
    ]
    return "M" + "L".join(corners) if corners else ""


def _bar(frame: _Frame, left: float, right: float, value: float) -> str:
    x, y = frame.x(left), frame.y(value)
    width, height = frame.x(right) - x, _HEIGHT - _BOTTOM - y
    return f'<rect class="bar" x="{x}" y="{y}" width="{width:.1f}" height="{height:.1f}"/>'


def distribution_chart(figures: Distribution) -> Markup:
    """Draw observed bars, the expected outline and 95 % intervals over a log scale of counts."""
    rows = figures.rows
    highest = max(max(row.high, row.expected) for row in rows)
    decades = max(ceil(log10(max(highest, 10))), 1)
    frame = _Frame(linear(0, len(rows)), _log(_FLOOR, 10.0**decades))
    every = 1 if len(rows) <= 16 else 2
    below = [
        (frame.x(k + 0.5), short_multiplier(row.multiplier)) for k, row in enumerate(rows) if k % every == 0
    ]
    bars = [_bar(frame, k + 0.14, k + 0.86, row.observed) for k, row in enumerate(rows) if row.observed]
    outline = _steps(frame, range(len(rows) + 1), [row.expected for row in rows])
    whiskers = "".join(
        f"M{frame.x(k + 0.5)},{frame.y(row.low)}V{frame.y(row.high)}" for k, row in enumerate(rows)
    )
    return _chart(
        f"Observed and expected counts of {len(rows)} multipliers, on a log scale",
        [
            _axes(frame, [10.0**power for power in range(decades + 1)], below, "Multiplier"),
            *bars,
            f'<path class="expected" d="{outline}"/><path class="whisker" d="{whiskers}"/>',
        ],
    )


def gaps_chart(figures: GapFigures) -> Markup:
    """Draw how often gaps of each length came, with the geometric law as an outline."""
    bins = figures.bins
    highest = max((max(part.observed, part.expected) for part in bins), default=1)
    frame = _Frame(linear(0, len(bins)), linear(0, highest * 1.06))
    every = max(ceil(len(bins) / _LABELS), 1)
    below = [(frame.x(place + 0.5), whole(part.low)) for place, part in enumerate(bins) if place % every == 0]
    bars = [_bar(frame, i + 0.08, i + 0.92, part.observed) for i, part in enumerate(bins) if part.observed]
    outline = _steps(frame, range(len(bins) + 1), [part.expected for part in bins])
    return _chart(
        f"Histogram of {whole(len(figures.gaps))} gaps against the geometric law",
        [
            _axes(frame, round_counts(highest * 1.06), below, "Gap in nonces, from"),
            *bars,
            f'<path class="expected" d="{outline}"/>',
        ],
    )


def density_chart(figures: Density) -> Markup:
    """Draw hits per bucket with the band 95 % of fair buckets lie in, under a strip of the same."""
    hits, first = figures.hits, figures.first_nonce
    edges = np.minimum(
        first + figures.bucket_size * np.arange(len(hits) + 1), figures.last_nonce + 1
    ).tolist()
    highest = float(max(hits.max(initial=0), figures.high.max(initial=0), 1)) * 1.06
    frame = _Frame(linear(edges[0], edges[-1]), linear(0, highest), _TOP + _STRIP + 8)
    marks = [(frame.x(nonce), whole(nonce)) for nonce in round_nonces(first, figures.last_nonce)]
    top, low = _steps(frame, edges, figures.high.tolist()), _steps(frame, edges, figures.low.tolist())
    back = "L".join(reversed(low[1:].split("L")))
    law = _steps(frame, edges, (figures.probability * figures.rounds).tolist())
    return _chart(
        f"Hits in {len(hits)} buckets of {whole(figures.bucket_size)} nonces, with their 95 % band",
        [
            _strip(frame, edges, hits / np.maximum(figures.rounds, 1)),
            f'<path class="band" d="{top}L{back}Z"/>',
            _axes(frame, round_counts(highest), marks, f"Nonce, in buckets of {whole(figures.bucket_size)}"),
            f'<path class="expected" d="{law}"/>',
            f'<path class="hits" d="{_steps(frame, edges, hits.tolist())}"/>',
        ],
    )


def _strip(frame: _Frame, edges: Sequence[float], rates: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    """Give one cell per bucket, the fuller the more hits a nonce."""
    most = float(rates.max(initial=0)) or 1.0
    return "".join(
        f'<rect class="cell" x="{frame.x(edges[i])}" y="{_TOP}" height="{_STRIP}" '
        f'width="{max(frame.x(edges[i + 1]) - frame.x(edges[i]), 0.3):.1f}" '
        f'fill-opacity="{0.06 + 0.94 * rate / most:.2f}"/>'
        for i, rate in enumerate(rates.tolist())
    )


def correlation_chart(lags: Sequence[tuple[int, float]], bound: float) -> Markup:
    """Draw the autocorrelation of the hits at each lag, with the bound 95 % of fair ones keep."""
    reach = max([bound, *(abs(r) for _, r in lags)]) * 1.15 or 1.0
    frame = _Frame(linear(0, len(lags)), linear(-reach, reach))
    zero = frame.y(0)
    bars = []
    for place, (_, r) in enumerate(lags):
        x, y = frame.x(place + 0.3), frame.y(r)
        width = frame.x(place + 0.7) - x
        bars.append(
            f'<rect class="bar" x="{x}" y="{min(y, zero)}" width="{width:.1f}" '
            f'height="{max(abs(y - zero), 0.6):.1f}"/>'
        )
    right = _WIDTH - _RIGHT
    rules = "".join(
        f'<line class="{kind}" x1="{_LEFT}" x2="{right}" y1="{frame.y(level)}" y2="{frame.y(level)}"/>'
        + _words(_LEFT - 6, frame.y(level) + 4, count(level) if level >= 0 else f"−{count(-level)}", "end")
        for level, kind in ((0, "grid"), (bound, "dash"), (-bound, "dash"))
    )
    below = [(frame.x(place + 0.5), str(lag)) for place, (lag, _) in enumerate(lags)]
    return _chart("Autocorrelation of the hits at each lag", [_axes(frame, (), below, "Lag"), rules, *bars])

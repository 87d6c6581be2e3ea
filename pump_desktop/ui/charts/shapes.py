"""Outlines for charts as one curve each: boxes, steps and whiskers, broken by NaN."""

from __future__ import annotations

from typing import Any

import numpy as np


def boxes(left: Any, right: Any, height: Any, floor: float) -> tuple[Any, Any]:
    """Give an open box for each bar, so that a law is never filled; all in coordinates."""
    gap = np.full(len(left), np.nan)
    base = np.full(len(left), floor)
    xs = np.column_stack([left, left, right, right, gap]).ravel()
    ys = np.column_stack([base, height, height, base, gap]).ravel()
    return xs, ys


def steps(edges: Any, heights: Any, floor: float) -> tuple[Any, Any]:
    """Give one stepped outline over touching bars; ``edges`` holds one more than ``heights``."""
    xs = np.repeat(np.asarray(edges, float), 2)
    ys = np.concatenate([[floor], np.repeat(np.asarray(heights, float), 2), [floor]])
    return xs, ys


def whiskers(x: Any, low: Any, high: Any, width: float) -> tuple[Any, Any]:
    """Give a vertical line with two caps for each interval."""
    left, right, gap = x - width / 2, x + width / 2, np.full(len(x), np.nan)
    xs = np.column_stack([left, right, gap, x, x, gap, left, right, gap]).ravel()
    ys = np.column_stack([low, low, gap, low, high, gap, high, high, gap]).ravel()
    return xs, ys

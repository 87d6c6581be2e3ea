"""Rows as CSV that keep text from outside inside its cell, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable

# A spreadsheet computes a cell that begins with one of = + - @, also in full width or small, and behind what
# it trims: blanks of all kinds, line breaks, and signs without width.
_FORMULA = re.compile(r"[\s\x00-\x1f\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n]")


class _Lines(list[str]):
    """Lines as a csv writer hands them over, one whole line at a time."""

    write = list.append


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Give rows as CSV that ends its lines with a line feed; a cell with a line break is quoted."""
    lines = _Lines()
    # Python before 3.13 quotes no line break but those of its line end: with "\n" a cell's "\r" split a row.
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join([f"{line[:-2]}\n" for line in lines])


def plain_cell(text: str) -> str:
    """Return text that a spreadsheet shows and never computes; a possible formula gets a quote before it."""
    return f"'{text}" if _FORMULA.match(text) else text

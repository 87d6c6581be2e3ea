"""Rows as CSV that keep text from outside inside its cell, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable

# A cell that begins with one of these is a formula to a spreadsheet (the last two after it trims them).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    """Give text that a spreadsheet shows and does not compute: a quote stands before a formula's sign."""
    return f"'{text}" if text.startswith(_FORMULA) else text

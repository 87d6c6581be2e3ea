"""What a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io

import pytest

from pump_desktop.services.imports.files import csv_lines, plain_cell

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"
BEFORE = ["", " ", "\n", "\r", "\r\n", "\t", "\u00a0", "\u3000", "\ufeff", "\u200b", " \n\t "]


@pytest.mark.parametrize("before", BEFORE, ids=ascii)
@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_no_cell_begins_with_a_formula(sign: str, before: str) -> None:
    text = f"{before}{sign}1+1"
    assert plain_cell(text) == f"'{text}"
    # Read back as one cell, whatever breaks are in it.
    lines = io.StringIO(csv_lines([[1, plain_cell(text), "x"]]), newline="")
    assert list(csv.reader(lines, strict=True)) == [["1", f"'{text}", "x"]]


@pytest.mark.parametrize("text", ["\n", "\na", "\ra", "\ta"])
def test_a_cell_that_begins_with_a_break_is_quoted(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "zXv1upuFns", "a=1", "a\n=1", " a", "種子", "1.63", "'=1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert plain_cell(text) == text

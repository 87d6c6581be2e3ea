"""What the program says of chance: no text a person may read gives a fallacy's advice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pump_desktop
from pump_desktop.system.resources import resource

PACKAGE = Path(pump_desktop.__file__).parent
SPEAKING = ("api", "cli", "domain", "qt", "services", "stats", "system", "ui")
TEXTS = {".html", ".j2", ".js", ".json", ".md", ".svg", ".txt"}
FALLACIES = re.compile(r"\b(due|overdue|hot|cold|lucky|unlucky|rotate)\b", re.IGNORECASE)
# Acts that a person does, or is told how to do, and never a reason to do them.
ACTS = re.compile(
    r"rotate the (seed pair where you play|server seed|token)|token rotate|^rotate$|cold cache"
    r"|copy rotate new",
    re.IGNORECASE,
)


def literals(source: str) -> Iterator[str]:
    """Give every text of a module that is not a docstring, the fixed parts of f-strings among them."""
    tree = ast.parse(source)
    told = {
        id(first.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        for first in node.body[:1]
        if isinstance(first, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def fallacies(text: str) -> list[str]:
    return FALLACIES.findall(ACTS.sub("", text))


@pytest.mark.parametrize("folder", SPEAKING)
def test_no_module_says_a_fallacy(folder: str) -> None:
    found = [
        f"{file.relative_to(PACKAGE)}: {text!r}"
        for file in sorted((PACKAGE / folder).rglob("*.py"))
        for text in literals(file.read_text(encoding="utf-8"))
        if fallacies(text)
    ]
    assert not found, "\n".join(found)


def test_no_resource_says_a_fallacy() -> None:
    files = [file for file in resource().rglob("*") if file.suffix in TEXTS]
    assert files
    found = [str(file) for file in files if fallacies(file.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "advice", ["This target is due.", "OVERDUE by 300 rounds", "a hot streak", "Rotate now: the seed is cold"]
)
def test_a_fallacy_would_be_found(advice: str) -> None:
    assert fallacies(next(literals(f"said = {advice!r}")))


def test_an_act_is_no_advice() -> None:
    assert not fallacies("Rotate the seed pair where you play, then paste the server seed that is shown.")

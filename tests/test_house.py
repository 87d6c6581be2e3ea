"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
_EXCEPTION = re.compile(r"#\s*(noqa\b|type:\s*ignore\b)")
_WITH_REASON = re.compile(r"# noqa: [A-Z0-9]+(, [A-Z0-9]+)* - \S|# type: ignore\[[a-z, -]+\]  # \S")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_every_exception_from_lint_and_types_has_its_reason_on_the_line() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources("pump_desktop", "tests", "tools", "packaging")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _EXCEPTION.search(line) and not _WITH_REASON.search(line) and path != Path(__file__)
    ]
    assert bare == []


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Also not for types alone or within functions: each can be read without those that use it."""
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sources("pump_desktop")}
    imports = {name: set(_imported(path)) & set(names.values()) for path, name in names.items()}
    assert len(imports["pump_desktop.program"]) > 10
    TopologicalSorter(imports).prepare()  # raises CycleError, which names them


# What Qt takes for HTML when it looks like it, and which argument that is.
_READS_HTML = {"setToolTip": 0, "setWhatsThis": 0, "setStatusTip": 0, "showText": 1}


def _is_plain(text: ast.expr) -> bool:
    match text:
        case ast.Constant() | ast.Call(func=ast.Name(id="plain_tip")):
            return True
        case ast.IfExp():
            return _is_plain(text.body) and _is_plain(text.orelse)
    return False


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def test_every_tool_tip_is_a_constant_or_made_by_plain_tip() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources("pump_desktop")
        for name, call in _calls(path)
        if name in _READS_HTML and not _is_plain(call.args[_READS_HTML[name]])
    ]
    assert bare == []


def test_every_label_with_words_is_a_plain_one() -> None:
    # widgets/text.py has the one kind of label, which takes nothing for HTML.
    bare = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources("pump_desktop")
        for name, call in _calls(path)
        if name == "QLabel" and (call.args or call.keywords)
    ]
    assert bare == []


def test_commands_print_through_the_one_way_that_shows_all_signs() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources("pump_desktop/cli")
        for name, call in _calls(path)
        if name in {"echo", "secho", "print", "confirm", "prompt"}
        and isinstance(call.func, ast.Attribute)
        and path.name != "output.py"
    ]
    assert bare == []


def test_files_are_made_through_the_one_way_that_shuts_them_to_others() -> None:
    def writes(call: ast.Call, name: str) -> bool:
        modes = [
            one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        opened = name == "open" and any(set(mode) <= set("wxabt+") and mode for mode in modes)
        return opened or name in {"write_text", "write_bytes"} or (name == "touch" and not call.keywords)

    bare = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources("pump_desktop")
        for name, call in _calls(path)
        # services/runs/export.py has its own write_text; the self-test's report holds nothing of anybody.
        if writes(call, name)
        and path.parent.name != "smoke"
        and path.name != "files.py"
        and not (name == "write_text" and isinstance(call.func, ast.Name))
    ]
    assert bare == []


def test_no_qobject_of_the_program_owns_a_thread() -> None:
    """Qt ends the process when a running QThread is deleted; threads are Python's (``qt/work/jobs.py``)."""
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("pump_desktop")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and {"QThread", "QThreadPool", "QRunnable"}.intersection(name.name for name in node.names)
    ]
    assert bare == []

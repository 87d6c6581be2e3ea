"""The script's text: what is written into it, and that it is plain ES5."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pump_desktop.domain.errors import FieldError
from pump_desktop.services.connect.script import LOG_PREFIX, ScriptOptions, script_text, usual_log_file
from pump_desktop.system.resources import resource

URL = "http://127.0.0.1:17888"

# Strings and comments, which may say anything. Templates and regular expressions are not in the script.
_QUIET = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.DOTALL)
_LATER_WORDS = re.compile(
    r"\b(let|const|class|extends|super|import|export|async|await|yield|of|Promise|Map|Set|Symbol|Proxy|Reflect"
    r"|WeakMap|globalThis|BigInt|assign|entries|values|from|includes|startsWith|endsWith|padStart|find"
    r"|findIndex|isInteger|isFinite|finally|flat|fill|repeat|trunc|sign)\b"
)
_LATER_SIGNS = ("=>", "`", "...", "?.", "??", "**", ",)", ", )", "#")


def options(**changes: Any) -> ScriptOptions:
    return ScriptOptions.parse(**({"url": URL, "token": "abc"} | changes))


def variables(script: str) -> dict[str, object]:
    """Give the script's constants as a JSON reader sees them."""
    found = re.findall(r"^  var ([A-Z_]+) = (?:1000 \* )?(.+);$", script, re.MULTILINE)
    return {name: json.loads(value) for name, value in found}


def test_every_option_is_written_into_the_script() -> None:
    given = {
        "threshold": 34.68,
        "heartbeats": False,
        "batch_size": 7,
        "flush_seconds": 2.5,
        "buffer_size": 99,
        "also_log": True,
        "log_file": "my bets.log",
    }
    written = variables(script_text(options(**given)))
    assert written["URL"] == f"{URL}/live/ingest/batch"
    assert [written[name] for name in ("TOKEN", "THRESHOLD", "HEARTBEATS", "BATCH")] == [
        "abc",
        34.68,
        False,
        7,
    ]
    assert [written[name] for name in ("FLUSH_MS", "BUFFER", "ALSO_LOG")] == [2.5, 99, True]
    assert (written["LOG_FILE"], written["LOG_PREFIX"]) == ("my bets.log", LOG_PREFIX)
    assert "@@" not in script_text(options())


def test_no_value_breaks_out_of_its_quotes() -> None:
    for token in ('";alert(1);//', "'\\\"\\", "</script>", "@@url@@", "$&$1\\1"):
        assert variables(script_text(options(token=token)))["TOKEN"] == token
    name = "a\u2028b.log"
    with pytest.raises(FieldError, match="plain file name"):
        options(log_file=name)
    assert variables(script_text(options(log_file="é.log")))["LOG_FILE"] == "é.log"
    assert script_text(options(log_file="é.log")).isascii()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *[
            ("url", wrong)
            for wrong in (None, "", "http://example.org:80", "http://127.0.0.1", "http://127.0.0.1:0")
        ],
        *[
            ("url", wrong)
            for wrong in ("https://127.0.0.1:17888", 'http://127.0.0.1:1/";', "http://127.0.0.1:65536")
        ],
        *[("token", wrong) for wrong in (None, "a b", "é", "x" * 257, "a\n")],
        *[("threshold", wrong) for wrong in (-1, "much", float("nan"), float("inf"), True, None)],
        *[("batch_size", wrong) for wrong in (0, 1001, 1.5, True, "ten")],
        *[("flush_seconds", wrong) for wrong in (-0.1, 61, None)],
        *[("buffer_size", wrong) for wrong in (0, 49, 1_000_001)],
        *[("heartbeats", wrong) for wrong in (None, 1, "yes")],
        *[("log_file", wrong) for wrong in ("", "a/b", "a\\b", "..", "x" * 101, "a\nb", None)],
    ],
)
def test_a_wrong_option_names_its_field(field: str, wrong: object) -> None:
    with pytest.raises(FieldError, match=f"^{field} ") as caught:
        options(**{field: wrong})
    assert caught.value.field == field


def test_options_as_a_form_gives_them() -> None:
    parsed = options(url=f" {URL}/ ", threshold=" 17.34x ", batch_size="100", flush_seconds="0.5", token="")
    assert (parsed.url, parsed.threshold, parsed.batch_size) == (URL, 17.34, 100)
    assert (parsed.flush_seconds, parsed.token) == (0.5, "")


def test_the_script_uses_nothing_newer_than_es5() -> None:
    code = _QUIET.sub('""', script_text(options()))
    assert _LATER_WORDS.findall(code) == []
    assert [sign for sign in _LATER_SIGNS if sign in code] == []
    # A property without a colon, a method without "function", a value that stands for a missing argument.
    assert not re.search(r"[{,]\s*[a-zA-Z_]+\s*[,}]", re.sub(r"\([^()]*\)", "", code))
    assert not re.search(r"function[^(]*\([^)]*[={\[]", code)


def test_a_parser_of_es5_reads_the_script(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine")
    checks = tmp_path / "check.js"
    checks.write_text(
        "var acorn = require('internal/deps/acorn/acorn/dist/acorn');\n"
        "var text = require('fs').readFileSync(process.argv[2], 'utf8');\n"
        "try { acorn.parse(text, {ecmaVersion: 5}); } catch (e) { console.log(String(e)); }\n"
        "try { acorn.parse('let x = () => 1', {ecmaVersion: 5}); } catch (e) { console.log('strict'); }\n"
    )
    script = tmp_path / "script.js"
    script.write_text(script_text(options()), "utf-8")
    # The parser that node keeps for itself.
    done = subprocess.run(
        [node, "--expose-internals", str(checks), str(script)], capture_output=True, text=True, check=False
    )
    if "Cannot find module" in done.stderr:
        pytest.skip("this node keeps no parser of its own")
    assert (done.stdout, done.returncode) == ("strict\n", 0), done.stderr


def test_the_template_is_short_enough_to_be_read() -> None:
    lines = resource("antebot", "pump-desktop.js").read_text("utf-8").splitlines()
    assert len(lines) < 440
    assert max(map(len, lines)) <= 110


def test_where_antebot_keeps_its_logs() -> None:
    home = Path("home")
    assert usual_log_file(home=home, platform="linux") == home / "Documents/Antebot/userLogs/pump-desktop.log"
    assert usual_log_file(home=home, platform="win32") == home / "Documents/Antebot/userLogs/pump-desktop.log"
    assert usual_log_file("a.log", home=home, platform="darwin") == (
        home / "Library/Application Support/userdata/logs/a.log"
    )

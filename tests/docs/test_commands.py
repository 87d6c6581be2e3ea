"""Whatever README.md and docs/ tell a person to type is typed here."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click
import pytest

from pump_desktop.cli.main import commands, run
from pump_desktop.services.sample import sample_request
from pump_desktop.system.settings import Settings
from tests.docs.pages import PAGES, ROOT, Block, anchors_of, blocks, blocks_of, buttons_of, links_of, spans_of
from tools.demo_bets import Play, messages
from tools.load_server import Server, post, serving

BIN = Path(sys.executable).parent
# Whatever a person types is sh, and so is executed; the others are there to be read.
LANGUAGES = {"sh", "json", "js", "python", "text"}
# Long ones, with what makes them short.
SHORTER = {"tools.calibrate": ("--pairs", "2", "--nonces", "2000")}
# Scripts that change the machine; here it is enough that they are there.
SCRIPTS = {"packaging/linux/install.sh"}
# Files that are named as they are imported: `qt/work/jobs.py`.
LAYERS = r"(?:smoke|cli|ui|api|qt|services|engine|stats|store|system|domain)/[\w/]+\.py"
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@dataclass(frozen=True, slots=True)
class Stage:
    """A data folder with a run and a stream in it, and a listener that serves it."""

    server: Server
    folder: Path
    words: dict[str, str]

    def put_in(self, text: str) -> str:
        """Give a text with real values where its page has names for them."""
        for name, value in self.words.items():
            text = text.replace(name, value)
        return text


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("documented")
    play, seeds = Play("documented"), sample_request()
    with serving(folder) as server:
        bets = list(islice(messages(play, datetime(2026, 1, 2, tzinfo=UTC), 5.0), 40))
        results = post(server, bets, "/live/ingest/batch")["results"]
        body = {
            "server_seed": seeds.server_seed, "client_seed": seeds.client_seed, "start": 1, "end": 20_000,
            "difficulty": "expert", "targets": [400.02],
        }  # fmt: skip
        scanned = post(server, body, "/runs")
        # What the pages call their values, and what stands for them here. A stream is revealed with the seed
        # it was played with, and 5663 is the known answer of the sample's client seed.
        words = {
            "SERVER_SEED": seeds.server_seed,
            "CLIENT_SEED": seeds.client_seed,
            "RUN_ID": scanned["id"],
            "STREAM_ID": results[0]["streamId"],
            "127.0.0.1:17888": f"127.0.0.1:{server.port}",
        }
        yield Stage(server, folder, words)


@pytest.mark.parametrize("block", blocks("sh"), ids=str)
def test_every_command_of_the_pages_works(
    block: Block,
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    # For `doctor`: the usual port may be in use on the machine that runs the tests.
    monkeypatch.setenv("PUMP_INGEST_PORT", "0")
    monkeypatch.setenv("PUMP_DATA_DIR", str(stage.folder))
    if block.needs_shell:
        _in_shell(block, stage)
        return
    assert block.commands
    for written in block.commands:
        _command(block, [stage.put_in(word) for word in written], tmp_path, monkeypatch)
        if "RUN_ID" in written and "--output" in written:
            assert (tmp_path / written[-1]).read_text().startswith("nonce,")
    assert "Traceback" not in capsys.readouterr().err


def _in_shell(block: Block, stage: Stage) -> None:
    if shutil.which("bash") is None or shutil.which("curl") is None:
        pytest.skip("bash or curl is not installed")
    # curl answers 0 for an error of the server's too, unless it is told to fail.
    text = stage.put_in(block.text).replace(".venv/bin/", f"{BIN}/").replace("curl ", "curl -sS --fail ")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, f"{text}\n{done.stderr}"
    assert done.stdout


def _command(block: Block, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    match words:
        case ["make", target, *_]:
            assert target in TARGETS, f"make {target} is no target"
        case [program, *arguments] if program in {"pump-desktop", ".venv/bin/pump-desktop"}:
            _pump(arguments, tmp_path, monkeypatch)
        case [".venv/bin/python", "-m", module, *rest]:
            done = subprocess.run(
                [sys.executable, "-m", module, *rest, *SHORTER.get(module, ("--help",))],
                capture_output=True, text=True, timeout=60, check=False, cwd=ROOT,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        case [".venv/bin/python", script, *_] | [script, *_] if script in SCRIPTS or script.endswith(".py"):
            assert (ROOT / script).exists(), f"{script} is not there"
        case _:
            pytest.fail(f"{block} tells to type {' '.join(words)!r}, and no test knows how to check it")


def _pump(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if arguments == ["serve"]:
        return  # it runs already: the stage has started it
    assert _exists(arguments), f"there is no command {' '.join(arguments)!r}"
    if arguments[0] == "data":
        # A folder of its own: nobody looks after the data of a listener that serves others.
        monkeypatch.setenv("PUMP_DATA_DIR", str(tmp_path / "data"))
        if not (tmp_path / "data" / "pump.db").exists():
            assert run(["runs", "list"]) == 0
    code = run(arguments)
    assert code == 0, f"{' '.join(arguments)} ended with {code}"


def _exists(arguments: list[str]) -> bool:
    """Whether the words up to the first option or value lead to a command."""
    words = list(arguments)
    while words and words[0].startswith("-"):
        del words[: 1 if words[0].startswith("--version") else 2]
    here: click.Command = commands
    for word in words:
        if not isinstance(here, click.Group):
            break
        if word not in here.commands:
            return False
        here = here.commands[word]
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page: Path) -> None:
    for block in blocks_of(page):
        assert block.language in LANGUAGES | {""} if page.parent == ROOT else block.language in LANGUAGES
    # CONTRIBUTING.md has its commands indented, not fenced.
    indented = re.findall(r"^    make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
    missing = [f"make {target}" for target in indented if target not in TARGETS]
    for span in spans_of(page):
        first, *rest = span.removeprefix(".venv/bin/").split()
        if first == "make" and rest and re.fullmatch("[a-z-]+", rest[0]) and rest[0] not in TARGETS:
            missing.append(span)
        if first == "pump-desktop" and not _exists(rest):
            missing.append(span)
        if re.fullmatch("PUMP_[A-Z_]+", first) and not _is_variable(first):
            missing.append(span)
        if re.fullmatch(LAYERS, first) and not (ROOT / "pump_desktop" / first).exists():
            missing.append(span)
    assert not missing, f"{page.name} names {missing}"
    for link in links_of(page):
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.is_file(), f"{page.name} leads to {link}, which is not there"
        assert not anchor or anchor in anchors_of(target), f"{link} has no such heading"


def _is_variable(name: str) -> bool:
    # Not a setting of the file: the engine reads it where it chooses, before there are settings.
    return name == "PUMP_KERNEL" or name.removeprefix("PUMP_").lower() in Settings.model_fields


def test_every_page_of_the_guide_is_in_its_index_and_every_picture_in_a_page() -> None:
    guide = ROOT / "docs" / "guide"
    listed = set(links_of(guide / "README.md"))
    assert {page.name for page in guide.glob("*.md")} - {"README.md"} <= listed
    shown = {(page.parent / link).resolve() for page in PAGES for link in links_of(page)}
    assert {picture for picture in (ROOT / "docs" / "images").iterdir() if picture not in shown} == set()


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))], ids=lambda page: page.name
)
def test_what_a_page_tells_to_press_stands_on_the_window(page: Path) -> None:
    shown = "".join(file.read_text("utf-8") for file in (ROOT / "pump_desktop" / "ui").rglob("*.py")).lower()
    assert {words for words in buttons_of(page) if words.lower() not in shown.replace("&", "")} == set()


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").iterdir()), ids=lambda path: path.name)
def test_a_picture_is_one_of_the_window_and_small(picture: Path) -> None:
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (1280, 820)
    assert len(data) < 200_000

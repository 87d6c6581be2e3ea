import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def load(name: str) -> Any:
    """Give a script of packaging/, a folder of scripts and no package; Any, because tests replace parts."""
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", ROOT / "packaging" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def prepare(tmp_path: Path) -> Any:
    module = load("prepare")
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    module.VENV, module.READY = venv, venv / "ready"
    module.UNFINISHED, module.APT_FAILED = venv / "unfinished", venv / "failed"
    module.PYTHON = venv / "bin" / "python"
    module.PYTHON.symlink_to(sys.executable)
    return module


@pytest.fixture
def launch() -> Any:
    return load("launch")


@pytest.mark.parametrize(
    ("stamped", "asked", "ready"),
    [("run", "run", True), ("run", "dev", False), ("dev", "run", True), ("dev", "dev", True)],
)
def test_an_environment_for_development_serves_running_too(
    prepare: Any, stamped: str, asked: str, ready: bool
) -> None:
    prepare.READY.write_text(json.dumps({"mode": stamped, "fingerprint": prepare.fingerprint()}))
    assert prepare.is_ready(asked) is ready


def test_nothing_is_ready_without_a_whole_stamp_or_a_python(prepare: Any) -> None:
    assert not prepare.is_ready("run")
    prepare.READY.write_text('{"mode": "run", "fing')
    assert not prepare.is_ready("run")
    prepare.READY.write_text(json.dumps({"mode": "run", "fingerprint": prepare.fingerprint()}))
    assert prepare.is_ready("run")
    prepare.PYTHON.unlink()
    assert not prepare.is_ready("run")


def test_a_moved_or_changed_project_is_prepared_again(prepare: Any, tmp_path: Path) -> None:
    before = prepare.fingerprint()
    prepare.VENV = tmp_path / "moved" / ".venv"
    moved = prepare.fingerprint()
    lock = tmp_path / "run.lock"
    lock.write_text("other==1.0\n")
    prepare.LOCKS = prepare.LOCKS | {"run": lock}
    assert len({before, moved, prepare.fingerprint()}) == 3


def test_an_interrupted_environment_is_not_built_upon(prepare: Any) -> None:
    assert prepare.is_usable()
    prepare.UNFINISHED.touch()
    assert not prepare.is_usable()
    prepare.UNFINISHED.unlink()
    prepare.PYTHON.unlink()
    prepare.PYTHON.symlink_to("/nowhere/python")
    assert not prepare.is_usable()


def test_a_failing_command_shows_its_last_lines_and_ends_in_a_sentence(
    prepare: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    script = "print('Requirement already satisfied: x'); print('the reason'); raise SystemExit(3)"
    with pytest.raises(SystemExit, match=r"^It failed \(exit code 3\); the lines above say why\."):
        prepare.run([sys.executable, "-c", script], "It failed")
    assert capsys.readouterr().err == "the reason\n"


def test_a_python_without_venv_is_told_the_package(prepare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", {}.get)
    prepare.is_root = lambda: False
    with pytest.raises(SystemExit, match=r"sudo apt-get install python3\.\d+-venv"):
        prepare.make_venv()
    assert prepare.VENV.exists()  # nothing is removed before it can be replaced


def test_missing_libraries_are_named_by_package(prepare: Any, tmp_path: Path) -> None:
    prepare.LIBRARIES = {"libc.so.6": "libc6", "libnowhere.so.1": "libnowhere1"}
    prepare.FONT_FOLDERS = (str(tmp_path),)
    assert prepare.missing_packages() == ["libnowhere1", "fonts-dejavu-core"]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Some.TTF").touch()
    assert prepare.missing_packages() == ["libnowhere1"]


def test_who_is_not_root_gets_the_command(
    prepare: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    prepare.LIBRARIES, prepare.FONT_FOLDERS = {"libnowhere.so.1": "libnowhere1"}, ()
    prepare.is_root = lambda: False
    prepare.check_system()
    assert capsys.readouterr().out.endswith(": sudo apt-get install libnowhere1 fonts-dejavu-core\n")


def test_root_tries_once_and_goes_on(
    prepare: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    tried: list[list[str]] = []
    prepare.LIBRARIES = {"libnowhere.so.1": "libnowhere1"}
    prepare.has_font = prepare.is_root = lambda: True
    prepare.apt_install = tried.append  # gives None: it did not work
    prepare.check_system()
    assert "windows may not open" in capsys.readouterr().out
    prepare.check_system()
    assert "still missing" in capsys.readouterr().out
    assert tried == [["libnowhere1"]]


def test_where_there_is_no_apt_the_libraries_are_named(
    prepare: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", {}.get)
    prepare.LIBRARIES, prepare.FONT_FOLDERS = {"libnowhere.so.1": "libnowhere1"}, ()
    prepare.check_system()
    assert "lacks: libnowhere.so.1, a font. Please" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("platform", "variables", "found"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": "", "WAYLAND_DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":12345"}, False),  # nobody answers there
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_a_display_is_found(
    launch: Any,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    variables: dict[str, str],
    found: bool,
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert launch.has_display() is found


@pytest.mark.parametrize("display", [True, False])
def test_without_a_display_the_sample_is_scanned(
    launch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    display: bool,
) -> None:  # fmt: skip
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho "$@"\nexit 3\n')
    program.chmod(0o755)
    launch.PYTHON = program
    launch.has_display = lambda: display
    monkeypatch.setattr("sys.argv", ["launch.py", "--data-dir", "x"])
    assert launch.main() == 3
    said = (
        "" if display else "No display was found, so the sample seed pair is scanned here in the terminal.\n"
    )
    called = "-m pump_desktop --data-dir x" + ("" if display else " sample")
    assert capfd.readouterr().out == f"{said}{called}\n"

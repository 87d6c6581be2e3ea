import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage

from pump_desktop import __version__
from pump_desktop.cli.main import run as run_command
from pump_desktop.smoke.checks import is_empty
from pump_desktop.smoke.report import Report, SmokeError
from pump_desktop.smoke.run import BAD_INPUT, FAILED, LIMIT_S, run_smoke

ROOT = Path(__file__).resolve().parents[2]
CHECKS = [
    "program", "icons", "window", "themes", "store", "golden", "scan", "kept_kernel", "pages", "listener",
    "bet", "end", "folder",
]  # fmt: skip


def smoke(tmp_path: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the self-test with a folder of its own for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    done = subprocess.run(
        command,
        env=os.environ | {"TMPDIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert list(folder.iterdir()) == []
    # The person's own data folder is not even made.
    assert not (tmp_path / "data").exists()
    return done


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="closes its streams by sh")
def test_the_program_passes_without_any_standard_stream(tmp_path: Path) -> None:
    """A double click gives a windowed program no streams, and the file is then the only way out."""
    file = tmp_path / "report.json"
    script = 'exec "$0" -m pump_desktop --smoke "$1" <&- >&- 2>&-'
    done = smoke(tmp_path, "/bin/sh", "-c", script, sys.executable, str(file))
    report: dict[str, Any] = json.loads(file.read_text())
    assert {name: check for name, check in report["checks"].items() if not check["ok"]} == {}
    assert (done.returncode, report["ok"]) == (0, True)
    assert (report["version"], report["installation"]) == (__version__, "source")
    assert list(report["checks"]) == CHECKS
    assert "18 bets and 4 scans" in report["checks"]["golden"]["told"]
    assert "1 stream, 1 row" in report["checks"]["bet"]["told"]


@pytest.mark.slow
def test_what_failed_is_named_and_nothing_after_it_is_claimed(tmp_path: Path) -> None:
    done = smoke(tmp_path, sys.executable, "-m", "pump_desktop", "--smoke", PUMP_KERNEL="none")
    assert done.returncode == FAILED
    report = json.loads(done.stdout)
    assert report["ok"] is False
    held = [name for name, check in report["checks"].items() if check["ok"]]
    assert held == ["program", "icons", "window", "themes", "store", "end", "folder"]
    assert report["checks"]["scan"]["told"] == "not reached"
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    assert sentence.startswith("Error: the self-test failed at golden: PUMP_KERNEL must be one of")


def test_the_smoke_flag_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "Error: --smoke stands alone: pump-desktop --smoke [FILE]\n"
    for run, arguments in (
        (run_smoke, ["--json"]),
        (run_smoke, ["a.json", "b.json"]),
        (run_command, ["--data-dir", "x", "--smoke"]),
    ):
        assert run(arguments) == BAD_INPUT
        assert capsys.readouterr() == ("", sentence)


def test_a_report_that_cannot_be_written_is_said_before_the_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nowhere" / "report.json"
    assert run_smoke([str(file)]) == BAD_INPUT
    assert (
        capsys.readouterr().err == f"Error: the report {file} cannot be written: No such file or directory.\n"
    )


@pytest.mark.slow
def test_a_window_that_cannot_be_built_is_reported_and_not_a_crash(tmp_path: Path) -> None:
    """Its threads run already, and Qt aborts a process that forgets them."""
    script = (
        "import sys; from pump_desktop.__main__ import main; from pump_desktop.qt.look import theme\n"
        "def lost(*_parts): raise FileNotFoundError('the themes are lost')\n"
        "theme.resource = lost; sys.argv = ['pump-desktop', '--smoke']; sys.exit(main())"
    )
    done = smoke(tmp_path, sys.executable, "-c", script)
    assert done.returncode == FAILED, done.stderr
    checks = json.loads(done.stdout)["checks"]
    assert checks["program"]["told"] == "FileNotFoundError: the themes are lost"
    assert [name for name, check in checks.items() if check["ok"]] == ["folder"]


@pytest.mark.usefixtures("qapp")
def test_an_icon_that_paints_nothing_is_noticed() -> None:
    picture = QImage(8, 8, QImage.Format.Format_ARGB32)
    picture.fill(0)
    assert is_empty(picture)
    assert is_empty(QImage())
    picture.setPixelColor(7, 7, QColor("red"))
    assert not is_empty(picture)


def test_a_check_that_hangs_is_named_by_the_watchdog() -> None:
    report = Report(["first", "second", "third"], {})
    assert report.take("first", lambda: "seen")

    def hang() -> str:
        # What the watchdog does from its thread, while the check is under way.
        report.give_up("nothing came")
        assert report.failed == "second: nothing came"
        assert json.loads(report.text(["a line"]))["log"] == ["a line"]
        raise SmokeError("afterwards")

    assert not report.take("second", hang)
    assert not report.ok


def test_a_report_with_a_check_left_out_is_not_ok() -> None:
    report = Report(["first", "second"], {})
    assert report.take("first", lambda: "seen")
    assert (report.ok, report.failed) == (False, None)
    assert json.loads(report.text())["checks"]["second"] == {
        "ok": False,
        "seconds": 0.0,
        "told": "not reached",
    }


def test_an_unexpected_error_is_told_with_its_kind() -> None:
    report = Report(["only"], {})
    assert not report.take("only", lambda: os.environ["NO_SUCH_NAME"])
    assert report.failed == "only: KeyError: 'NO_SUCH_NAME'"


def test_the_known_answers_it_carries_are_those_of_the_tests() -> None:
    carried = json.loads((ROOT / "resources" / "golden" / "golden.json").read_text(encoding="utf-8"))
    known = json.loads((ROOT / "tests" / "data" / "vectors.json").read_text(encoding="utf-8"))
    assert carried["scans"] == known["scans"]
    assert all(vector in known["vectors"] for vector in carried["vectors"])
    seeds = {(vector["server_seed"], vector["client_seed"]) for vector in known["vectors"]}
    assert {(vector["server_seed"], vector["client_seed"]) for vector in carried["vectors"]} == seeds

"""A bug in a command: one sentence, its own exit code, and the traceback in the log of that data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from pump_desktop.cli import main
from pump_desktop.system.logs import LOG_FILE
from pump_desktop.system.paths import named_data_dir


@pytest.mark.expects_warning
@pytest.mark.parametrize("arguments", [["--data-dir", "{}", "doctor"], ["doctor", "--data-dir={}"]])
def test_it_goes_to_the_log_of_the_folder_that_was_named(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(main.commands, "main", fail)
    folder = tmp_path / "named"
    assert main.run([argument.format(folder) for argument in arguments]) == main.BUG
    log = folder / "logs" / LOG_FILE
    assert f"ZeroDivisionError). The details are in {log}" in capsys.readouterr().err
    assert "ZeroDivisionError: a bug" in log.read_text("utf-8")


def test_the_last_folder_on_a_command_line_counts() -> None:
    assert named_data_dir(["--data-dir", "a", "scan", "--data-dir=b"]) == Path("b")
    assert named_data_dir(["scan", "--data-dir"]) is None


@pytest.mark.expects_warning
def test_an_end_of_file_in_a_command_is_a_bug_and_no_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_terminal: object) -> str:
        raise EOFError("Ran out of input")

    monkeypatch.setattr("pump_desktop.cli.doctor._settings", fail)
    assert main.run(["--data-dir", str(tmp_path), "doctor"]) == main.BUG
    said = capsys.readouterr().err
    assert "something unexpected went wrong (EOFError)" in said
    assert "Stopped" not in said
    assert "EOFError: Ran out of input" in (tmp_path / "logs" / LOG_FILE).read_text("utf-8")


def test_too_little_memory_for_a_scan_is_bad_input_and_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PUMP_MAX_NONCES", str(2**53))
    scan = ["scan", "--server-seed", "a", "--client-seed", "b", "--difficulty", "easy", "--target", "1.63"]
    assert main.run(["--data-dir", str(tmp_path), *scan, "--end", str(2**53 - 1)]) == main.BAD_INPUT
    assert capsys.readouterr().err == (
        "Error: There is not enough memory for 9,007,199,254,740,991 nonces. "
        "Choose a smaller range, or close other programs and try again.\n"
    )
    assert not (tmp_path / "logs").exists()


def test_too_little_memory_anywhere_else_is_a_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_terminal: object) -> str:
        raise MemoryError

    monkeypatch.setattr("pump_desktop.cli.doctor._settings", fail)
    assert main.run(["--data-dir", str(tmp_path), "doctor"]) == main.BAD_INPUT
    assert capsys.readouterr().err == (
        "Error: There is not enough memory for this. Close other programs and try again.\n"
    )

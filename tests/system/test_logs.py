import io
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pump_desktop.system.logs import LOG_FILE, Logs, open_logs
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.redaction import hide_seed

SEED = "564e967b90f03d0153fdcb2d2d1cc5a5"
log = logging.getLogger("pump_desktop.test")


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return resolve_paths(tmp_path / "data")


@pytest.fixture
def logs(paths: AppPaths) -> Iterator[Logs]:
    with open_logs(paths, "INFO") as opened:
        yield opened


def text(paths: AppPaths) -> str:
    return (paths.logs / LOG_FILE).read_text(encoding="utf-8")


def fail(message: str) -> None:
    raise ValueError(message)


def test_a_line_has_time_level_place_and_message(paths: AppPaths, logs: Logs) -> None:
    record = logging.LogRecord("pump_desktop.x", logging.INFO, "", 0, "done in %d ms", (5,), None)
    record.created = 1_700_000_000.25
    log.handle(record)
    assert text(paths) == "2023-11-14T22:13:20.250Z INFO pump_desktop.x: done in 5 ms\n"
    assert logs.last_lines() == ("2023-11-14T22:13:20.250Z INFO pump_desktop.x: done in 5 ms",)


@pytest.mark.usefixtures("logs")
def test_the_file_is_made_with_the_first_line_and_for_the_owner(paths: AppPaths) -> None:
    assert not paths.logs.exists()
    log.info("first")
    assert stat.S_IMODE(paths.logs.stat().st_mode) == 0o700
    assert stat.S_IMODE((paths.logs / LOG_FILE).stat().st_mode) == 0o600


@pytest.mark.usefixtures("logs")
def test_one_record_is_one_line(paths: AppPaths) -> None:
    log.info("a\nb\r\x1b[31mc\0d\x7f\x85\u2028e %s", "\n2023-11-14 INFO forged\t")
    (line,) = text(paths).splitlines()
    assert line.endswith(r": a\nb\r\x1b[31mc\x00d\x7f\x85\u2028e \n2023-11-14 INFO forged\t")


@pytest.mark.usefixtures("logs")
def test_a_lone_surrogate_does_not_cost_the_line(paths: AppPaths) -> None:
    log.info("half \ud800 done")
    assert r"half \ud800 done" in text(paths)


@pytest.mark.usefixtures("logs")
@pytest.mark.expects_warning
def test_a_traceback_keeps_its_lines_and_cannot_forge_one(paths: AppPaths) -> None:
    try:
        fail("first\n2023-11-14T22:13:20.250Z INFO forged\x1b[0m")
    except ValueError:
        log.exception("it failed")
    first, *rest = text(paths).splitlines()
    assert first.endswith("ERROR pump_desktop.test: it failed")
    assert rest[0] == "  Traceback (most recent call last):"
    assert rest[-1] == r"  2023-11-14T22:13:20.250Z INFO forged\x1b[0m"
    assert all(line.startswith("  ") for line in rest)


@pytest.mark.expects_warning
def test_a_seed_reaches_neither_message_nor_arguments_nor_traceback(paths: AppPaths, logs: Logs) -> None:
    log.info("early %s", SEED)
    hide_seed(SEED)
    before = len(text(paths))
    log.info("message " + SEED)  # noqa: G003 - what people do
    log.info("argument %s and %r", SEED, {"server_seed": SEED})
    try:
        fail(f"bad seed {SEED}")
    except ValueError:
        log.exception("scan of %s failed", SEED, stack_info=True)
    assert SEED not in text(paths)[before:]
    assert text(paths)[before:].count("[seed]") == 5
    assert SEED not in "\n".join(logs.last_lines())


def test_five_files_of_one_megabyte_for_the_owner_alone(paths: AppPaths) -> None:
    with open_logs(paths, "DEBUG"):
        for number in range(1_800):
            log.debug("%04d %s", number, "x" * 100_000)
    files = sorted(paths.logs.iterdir())
    assert [file.name for file in files] == [LOG_FILE, *(f"{LOG_FILE}.{number}" for number in range(1, 5))]
    assert all(file.stat().st_size <= 1_000_000 for file in files)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert ": 1799 " in text(paths)


def test_a_folder_that_cannot_be_written_costs_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    with open_logs(resolve_paths(tmp_path / "file" / "data")) as logs:
        log.info("one")
        log.info("two")
        assert len(logs.last_lines()) == 2
    said = capsys.readouterr().err
    assert said.startswith("The log ")
    assert said.endswith(f"{LOG_FILE} cannot be written: Not a directory.\n")
    assert said.count("\n") == 1


def test_without_any_stream_nothing_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("sys.stderr", None)
    with open_logs(resolve_paths(tmp_path / "file" / "data"), to_stderr=True) as logs:
        log.info("one")
        assert [line for line in logs.last_lines() if line.endswith("one")]


def test_stderr_gets_the_same_lines_when_asked(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with open_logs(paths, "DEBUG", to_stderr=True):
        log.debug("seen")
    assert stream.getvalue() == text(paths)
    assert not stream.closed


@pytest.mark.usefixtures("logs")
@pytest.mark.expects_warning
def test_only_our_own_details_pass(paths: AppPaths) -> None:
    log.debug("below the level")
    logging.getLogger("sqlalchemy.engine").info("INSERT with its parameters")
    logging.getLogger("sqlalchemy.pool").warning("of theirs")
    log.info("of ours")
    assert [line.rpartition(": ")[2] for line in text(paths).splitlines()] == ["of theirs", "of ours"]


def test_the_tail_holds_fifty_lines(paths: AppPaths) -> None:
    with open_logs(paths, "DEBUG") as logs:
        for number in range(60):
            log.debug("line %d", number)
        assert len(logs.last_lines()) == 50
        assert logs.last_lines()[-1].endswith("line 59")


def test_closing_puts_everything_back(paths: AppPaths) -> None:
    root, own = logging.getLogger(), logging.getLogger("pump_desktop")
    before = (list(root.handlers), root.level, own.level)
    logs = open_logs(paths, "ERROR")
    assert (list(root.handlers), root.level, own.level) != before
    logs.close()
    logs.close()
    assert (list(root.handlers), root.level, own.level) == before

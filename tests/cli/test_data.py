"""``data ...``: the data file looked after from the command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import httpx
import pytest

from pump_desktop.domain.live import StreamQuery
from pump_desktop.services.backend import open_backend
from pump_desktop.store.db import connections
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.cli.command import Pump, one_sentence
from tests.store.damage import BETS, DAMAGES, bend_outcome, counts, fill, flip_log, leave_log
from tools.load_server import serving


@pytest.fixture
def folder(tmp_path: Path, pump: Pump) -> Path:
    """Give a data folder with a run, bets and one backup."""
    fill(tmp_path / "pump" / "pump.db")
    made = pump("data", "backup", "--json", data=tmp_path / "pump")
    assert json.loads(made.stdout)["bets"] == BETS, made.stderr
    return tmp_path / "pump"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_said_and_its_backup_put_back(
    folder: Path, pump: Pump, damage: Callable[[Path], None]
) -> None:
    damage(folder / "pump.db")
    damaged = (folder / "pump.db").read_bytes()
    listed = pump("runs", "list", data=folder)
    assert listed.returncode == 2
    assert str(folder / "pump.db") in one_sentence(listed)
    checked = pump("data", "check", "--json", data=folder)
    assert checked.returncode == 1
    body = json.loads(checked.stdout)
    assert body["healthy"] is False
    assert body["newest_healthy_backup"] == next((folder / "backups").iterdir()).name
    restored = pump("data", "restore", data=folder)
    assert restored.returncode == 0, restored.stderr
    assert f"1 runs and {BETS:,} live bets" in restored.stdout
    (aside,) = folder.glob("pump-damaged-*.db")
    assert aside.read_bytes() == damaged
    assert counts(folder / "pump.db") == (1, BETS)
    assert pump("data", "check", data=folder).stdout == f"{folder / 'pump.db'} is healthy.\n"


def test_a_healthy_folder_is_listed_measured_compacted_and_pruned(folder: Path, pump: Pump) -> None:
    backups = json.loads(pump("data", "backups", "--json", data=folder).stdout)
    assert (backups["total"], backups["items"][0]["healthy"]) == (1, True)
    sizes = json.loads(pump("data", "size", "--json", data=folder).stdout)
    assert sizes["bets"] > 0
    asked = pump("data", "prune", "--keep", "1,000", data=folder)
    assert asked.stdout.endswith("Nothing was deleted; --yes deletes them.\n")
    assert counts(folder / "pump.db") == (1, BETS)
    pruned = pump("data", "prune", "--keep", "1000", "--yes", data=folder)
    assert pruned.stdout.endswith(f"{BETS - 1000:,} rounds and {BETS - 1000:,} bets were deleted.\n")
    compacted = pump("data", "compact", data=folder)
    assert "MB before" in compacted.stdout, compacted.stderr
    assert json.loads(pump("data", "size", "--json", data=folder).stdout)["total"] < sizes["total"]
    fresh = pump("data", "restore", "--fresh", data=folder)
    assert fresh.returncode == 2
    assert "can be opened" in one_sentence(fresh)
    missing = pump("data", "restore", "pump-nothing.db", data=folder)
    assert missing.returncode == 2
    assert "There is no backup" in one_sentence(missing)
    assert counts(folder / "pump.db") == (1, 1000)
    # All that was deleted is in the backup made before it.
    kept = json.loads(pump("data", "backups", "--json", data=folder).stdout)["items"]
    assert [one["bets"] for one in kept] == [1000, BETS, BETS]


def test_a_restore_waits_until_nobody_else_has_the_file_open(folder: Path, pump: Pump) -> None:
    """A window holds the file as this backend does: by its writer, from the moment it is open."""
    with closing(open_backend(Settings(), resolve_paths(folder))) as window:
        in_use = (window.live.streams(StreamQuery()).total, counts(folder / "pump.db"))
        refused = pump("data", "restore", "--yes", data=folder)
        assert refused.returncode == 2
        assert one_sentence(refused) == (
            f"Error: {folder / 'pump.db'} is open in another program: a window, 'pump-desktop serve', or "
            "something else. Close it first. A window can restore by itself when nothing else has the file "
            "open: Settings, Data."
        )
        # Also after work that needs the file alone, which closes the writer's connection.
        window.storage.compact()
        assert pump("data", "restore", "--yes", data=folder).returncode == 2
        assert (window.live.streams(StreamQuery()).total, counts(folder / "pump.db")) == in_use
    restored = pump("data", "restore", "--yes", data=folder)
    assert restored.returncode == 0, restored.stderr


def test_a_restore_beside_a_server_is_refused_and_its_bets_go_on_landing(folder: Path, pump: Pump) -> None:
    with serving(folder) as server:
        assert pump("data", "restore", "--yes", data=folder).returncode == 2
        assert httpx.get(f"http://127.0.0.1:{server.port}/healthz").json()["status"] == "ok"
    assert pump("data", "restore", "--yes", data=folder).returncode == 0


@pytest.mark.parametrize(
    ("version", "line"), [("3.51.2", "warn  SQLite    3.51.2 can"), ("3.51.3", "ok    SQLite    3.51.3")]
)
def test_doctor_warns_of_a_sqlite_that_may_lose_bets(
    tmp_path: Path, pump: Pump, monkeypatch: pytest.MonkeyPatch, version: str, line: str
) -> None:
    monkeypatch.setattr(connections, "sqlite_version", lambda: version)
    done = pump("doctor", data=tmp_path, PUMP_KERNEL="reference", PUMP_INGEST_PORT="0")
    assert done.returncode == 0
    assert any(said.startswith(line) for said in done.stdout.splitlines())


def test_doctor_tells_of_damage_and_of_the_way_out(folder: Path, pump: Pump) -> None:
    DAMAGES["page overwritten"](folder / "pump.db")
    done = pump("doctor", data=folder, PUMP_KERNEL="reference", PUMP_INGEST_PORT="0")
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert "is damaged" in line
    assert "'pump-desktop data restore' puts it back" in line


@pytest.mark.expects_warning
def test_a_damaged_log_is_told_by_every_command_that_meets_it(tmp_path: Path, pump: Pump) -> None:
    folder = tmp_path / "pump"
    leave_log(folder / "pump.db", 20)
    assert pump("data", "check", data=folder).returncode == 0
    flip_log(folder / "pump.db")
    checked = pump("data", "check", data=folder)
    assert checked.returncode == 1
    assert " is damaged: its log is damaged and may have lost up to " in checked.stdout
    # A check changes nothing; the first command that opens the file puts the log aside.
    listed = pump("streams", "list", data=folder)
    assert listed.returncode == 0
    (log,) = folder.glob("pump-lost-*.log")
    assert listed.stderr.startswith(
        f"Warning: The log of {folder / 'pump.db'} was damaged: it may have lost up to "
    )
    assert f"{log.name} and {log.stem}.db in {folder}." in listed.stderr
    assert pump("streams", "list", data=folder).stderr == ""
    healthy = pump("data", "check", "--json", data=folder)
    assert healthy.returncode == 0
    assert json.loads(healthy.stdout)["kept_logs"] == [str(log)]
    done = pump("doctor", data=folder, PUMP_KERNEL="reference", PUMP_INGEST_PORT="0")
    assert f"Damaged logs that lost commits are kept beside it: {log.name}." in done.stdout


def test_an_emptied_file_is_damage(folder: Path, pump: Pump) -> None:
    (folder / "pump.db").write_bytes(b"")
    assert (
        one_sentence(pump("runs", "list", data=folder))
        == f"Error: {folder / 'pump.db'} is damaged: it is empty."
    )
    checked = pump("data", "check", data=folder)
    assert (checked.returncode, "it is empty" in checked.stdout) == (1, True)
    assert pump("data", "restore", data=folder).returncode == 0
    assert counts(folder / "pump.db") == (1, BETS)


def test_a_run_that_was_changed_is_told_and_not_exported(tmp_path: Path, pump: Pump) -> None:
    folder = tmp_path / "pump"
    wanted = "--server-seed server --client-seed client --end 3000 --difficulty expert --target 34.68"
    scanned = pump("scan", *wanted.split(), "--json", data=folder, PUMP_KERNEL="reference")
    run_id = json.loads(scanned.stdout)["id"]
    assert pump("runs", "show", run_id, data=folder).returncode == 0
    bend_outcome(folder / "pump.db")
    for kind in ("hits", "full", "distances"):
        done = pump("runs", "export", run_id, "--kind", kind, data=folder)
        assert done.returncode == 2
        assert one_sentence(done).startswith(
            f"Error: Run {run_id} was damaged or changed since it was scanned: "
        )


@pytest.mark.expects_warning
def test_figures_that_their_rows_contradict_are_told_and_all_else_goes_on(folder: Path, pump: Pump) -> None:
    file = folder / "pump.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE live_streams SET total_bets = total_bets + 1")
    listed = pump("streams", "list", data=folder)
    assert listed.returncode == 0
    assert listed.stderr.startswith(f"Warning: In {file}, live stream ")
    assert listed.stderr.endswith("contradict each other: bets. All else can be used.\n")
    checked = pump("data", "check", "--json", data=folder)
    body = json.loads(checked.stdout)
    assert (checked.returncode, body["healthy"], len(body["contradictions"])) == (1, True, 1)
    assert body["newest_healthy_backup"] is not None
    said = pump("data", "check", data=folder).stdout
    assert said.startswith(f"{file} can be read, but live stream ")
    assert "The newest healthy backup is pump-" in said


@pytest.mark.expects_warning
def test_a_bet_that_cannot_be_read_is_left_out_of_an_export_and_told(folder: Path, pump: Pump) -> None:
    (stream,) = json.loads(pump("streams", "list", "--json", data=folder).stdout)["items"]
    with closing(connect(folder / "pump.db")) as connection, connection:
        connection.execute("UPDATE live_bets SET antebot_bet_id = CAST(X'66FF' AS TEXT) WHERE id = 7")
    done = pump("streams", "export", stream["id"], data=folder)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, BETS)
    assert done.stderr == (
        "Warning: 1 row is damaged and is left out of lists and exports (live_bets 1). "
        "'pump-desktop data check' names them; a backup may still have them.\n"
    )
    checked = pump("data", "check", data=folder)
    assert checked.returncode == 1
    told = "row 7 of live_bets cannot be read: its column antebot_bet_id is damaged."
    assert f"can be read, but {told}" in checked.stdout
    body = json.loads(pump("data", "check", "--json", data=folder).stdout)
    assert body["contradictions"] == [told]


def test_data_check_holds_runs_against_their_digests(tmp_path: Path, pump: Pump) -> None:
    folder = tmp_path / "pump"
    wanted = "--server-seed server --client-seed client --end 3000 --difficulty expert --target 34.68"
    run_id = json.loads(pump("scan", *wanted.split(), "--json", data=folder).stdout)["id"]
    assert pump("data", "check", data=folder).returncode == 0
    bend_outcome(folder / "pump.db")
    checked = pump("data", "check", data=folder)
    assert checked.returncode == 1
    assert f"run {run_id} was damaged or changed since it was scanned: its outcomes do not" in checked.stdout

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import Done, Pump, one_sentence

SERVER = "564e967b90f03d0153fdcb2d2d1cc5a5057e0df78163611fe3801d6498e681ca"
SEEDS = ("--server-seed", SERVER, "--client-seed", "zXv1upuFns")
SCAN = ("scan", *SEEDS, "--start", "1", "--end", "200000", "--difficulty", "expert", "--target", "11200.65")


def in_a_process(*arguments: str, **environment: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "pump_desktop", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        env=os.environ | environment,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_scan_prints_the_stored_run_as_json(pump: Pump) -> None:
    done = in_a_process(*SCAN, "--target", "48536.13", "--json")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["summary"]["counts_by_target"] == {"11200.65": 16, "48536.13": 3}
    assert body["summary"]["max_multiplier"] == 291216.8
    assert list(body) == [
        "id", "created_at", "name", "notes", "server_seed", "server_seed_sha256", "client_seed",
        "nonce_start", "nonce_end", "difficulty", "targets", "duration_ms", "engine_version",
        "outcome_digest", "summary",
    ]  # fmt: skip
    assert body["created_at"].endswith("Z")

    shown = pump("runs", "show", body["id"], "--json")
    assert json.loads(shown.stdout) == body
    listed = json.loads(pump("runs", "list", "--json", "--search", "zxv1").stdout)
    assert (listed["total"], listed["limit"], listed["offset"]) == (1, 50, 0)
    assert listed["items"][0]["id"] == body["id"]
    assert "server_seed" not in listed["items"][0]

    exported = pump("runs", "export", body["id"], "--multiplier", "48536.13").stdout.splitlines()
    assert exported[0] == "nonce,max_multiplier"
    assert len(exported) == 4

    assert pump("runs", "delete", body["id"]).returncode == 0
    gone = pump("runs", "show", body["id"])
    assert gone.returncode == 2
    assert one_sentence(gone) == f"Error: Run with id {body['id']} not found"


def test_a_scan_that_is_not_saved_leaves_no_run(pump: Pump) -> None:
    done = pump(*SCAN, "--no-save", "--json")
    assert json.loads(done.stdout)["id"] is None
    assert json.loads(pump("runs", "list", "--json").stdout)["total"] == 0


def test_the_text_of_a_scan_says_where_the_run_is(tmp_path: Path, pump: Pump) -> None:
    done = pump(*SCAN, data=tmp_path / "here")
    assert str(tmp_path / "here" / "pump.db") in done.stdout
    assert "291,216.80x" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--end", "0"), "Error: end must be between 1 and 9007199254740991"),
        (("--start", "9", "--end", "8"), "Error: end must be >= start"),
        (("--end", "x"), "Error: end must be a whole number"),
        (("--end", "100000001"), "Error: Nonce range 100000001 exceeds maximum of 100000000"),
        (("--difficulty", "insane"), "Error: difficulty must be one of: easy, medium, hard, expert"),
        (("--target", "0"), "Error: all targets must be positive"),
        (("--target", "nan"), "Error: all targets must be finite numbers"),
        (("--target", "text"), "Error: all targets must be numbers"),
        (("--server-seed", "  "), "Error: server_seed cannot be empty"),
        (("--client-seed", ""), "Error: client_seed cannot be empty"),
        (("--speed", "9"), "Error: No such option '--speed'"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2_and_nothing_is_written(
    arguments: Sequence[str], sentence: str, tmp_path: Path, pump: Pump
) -> None:
    done = pump(*SCAN, *arguments, data=tmp_path / "data")
    assert done.returncode == 2
    assert one_sentence(done).startswith(sentence)
    assert not (tmp_path / "data" / "pump.db").exists()


def test_no_targets_is_bad_input(pump: Pump) -> None:
    done = pump("scan", *SEEDS, "--end", "5", "--difficulty", "easy")
    assert (done.returncode, one_sentence(done)) == (2, "Error: targets cannot be empty")


def test_a_target_off_the_table_gets_a_hint_not_an_error(pump: Pump) -> None:
    done = pump("scan", *SEEDS, "--end", "5", "--difficulty", "expert", "--target", "35", "--json")
    assert done.returncode == 0
    assert "nearest: 34.68 and 73.21" in done.stderr
    assert json.loads(done.stdout)["summary"]["counts_by_target"] == {"35.0": 0}


def test_seeds_come_from_standard_input_and_files(tmp_path: Path, pump: Pump) -> None:
    straight = pump(
        "verify", "--server-seed", "s", "--client-seed", "c", "--nonce", "7", "--difficulty", "hard"
    )
    piped = pump(
        "verify", "--server-seed", "-", "--client-seed", "-", "--nonce", "7", "--difficulty", "hard",
        stdin="s\nc\n",
    )  # fmt: skip
    (tmp_path / "seed").write_text("s\r\n")
    filed = pump(
        "verify", "--server-seed-file", str(tmp_path / "seed"), "--client-seed", "c", "--nonce", "7",
        "--difficulty", "hard",
    )  # fmt: skip
    assert straight.stdout == piped.stdout == filed.stdout != ""
    missing = pump("verify", "--server-seed-file", "nowhere", "--nonce", "7", "--difficulty", "hard")
    assert missing.returncode == 2
    assert "server_seed cannot be read from nowhere" in one_sentence(missing)


def test_verify_gives_the_known_answer_and_its_derivation(pump: Pump) -> None:
    done = pump("verify", *SEEDS, "--nonce", "5663", "--difficulty", "expert", "--json", "--trace")
    body = json.loads(done.stdout)
    assert (body["max_pumps"], body["max_multiplier"], body["pop_point"]) == (12, 11200.65, 13)
    assert body["picks"][:10] == [16, 25, 20, 13, 15, 14, 23, 18, 19, 17]
    assert body["results"]["medium"] == {"max_pumps": 15, "max_multiplier": 18.78, "pop_point": 16}
    assert body["messages"][0] == "zXv1upuFns:5663:0"
    short = pump("verify", *SEEDS, "--nonce", "5663", "--difficulty", "EXPERT", "--json")
    assert json.loads(short.stdout) == {"max_pumps": 12, "max_multiplier": 11200.65, "pop_point": 13}


def test_verify_says_no_with_code_1(pump: Pump) -> None:
    bet = ("verify", *SEEDS, "--nonce", "5663", "--difficulty", "expert", "--expect")
    assert pump(*bet, "11200.65").returncode == 0
    assert pump(*bet, "17.34").returncode == 1


def test_doctor_finds_everything_well_or_a_file_that_is_no_database_and_a_taken_port(
    tmp_path: Path, pump: Pump
) -> None:
    assert pump("doctor", PUMP_INGEST_PORT="0").returncode == 0
    (tmp_path / "pump.db").write_bytes(b"not a database, but somebody's only copy of something")
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        sick = pump("doctor", data=tmp_path, PUMP_INGEST_PORT=str(port))
    assert sick.returncode == 1
    assert "FAIL  Database" in sick.stdout
    assert f"FAIL  Port      Port {port} is in use by another program." in sick.stdout
    assert (tmp_path / "pump.db").read_bytes().startswith(b"not a database")


def test_the_version_is_printed(pump: Pump) -> None:
    assert pump("--version").stdout.startswith("pump-desktop ")


def test_a_window_without_a_display_is_one_sentence() -> None:
    done = in_a_process(DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert done.returncode == 2
    assert "pump-desktop scan" in one_sentence(done)


@pytest.mark.parametrize("interrupt", [signal.SIGINT])
def test_ctrl_c_stops_a_scan_cleanly(interrupt: signal.Signals, tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(tmp_path), *SCAN, "--end", "100000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PUMP_KERNEL": "reference"},
    )
    # The database exists once the scan is about to start; from here Ctrl-C may come at any moment.
    while not (tmp_path / "pump.db").exists() and running.poll() is None:
        os.sched_yield()
    running.send_signal(interrupt)
    try:
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130
    assert out == ""
    assert err.strip() in {"Stopped. Nothing was stored.", "Stopped."}
    with sqlite3.connect(tmp_path / "pump.db") as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where name = 'runs'")]
        assert not tables or database.execute("select count(*) from runs").fetchone() == (0,)
    database.close()


def test_a_reader_that_leaves_early_is_no_error(pump: Pump) -> None:
    run = json.loads(pump(*SCAN, "--json").stdout)["id"]
    shell = f"'{sys.executable}' -m pump_desktop runs export {run} --kind full | head -2"
    done = subprocess.run(
        ["bash", "-c", shell], capture_output=True, text=True, timeout=60, check=False, env=os.environ
    )
    assert done.stdout.splitlines()[0] == "nonce,max_pumps,max_multiplier,pop_point"
    assert done.stderr == ""


def test_the_data_folder_may_stand_before_and_behind_the_command(tmp_path: Path, pump: Pump) -> None:
    here = tmp_path / "here"
    behind = pump("runs", "list", "--json", "--data-dir", str(here), data=tmp_path / "there")
    assert behind.returncode == 0, behind.stderr
    assert (here / "pump.db").exists()
    assert not (tmp_path / "there").exists()
    between = pump("token", "--data-dir", str(here), "show")
    assert between.stdout.strip() == pump("token", "show", data=here).stdout.strip() != ""


@pytest.mark.parametrize(
    ("group", "names"),
    [("runs", "delete, export, list, show"), ("token", "rotate, show")],
)
def test_a_group_alone_names_its_commands_in_one_sentence(group: str, names: str, pump: Pump) -> None:
    alone = pump(group)
    assert alone.returncode == 2
    assert one_sentence(alone) == f"Error: pump-desktop {group} needs one of: {names}."


def test_ctrl_c_while_the_program_still_loads_is_one_word() -> None:
    # Python raises it where it looks for the module, as it does when a person is quick.
    loads = """
import os, signal, sys
class Quick:
    def find_spec(self, name, path=None, target=None):
        if name == "pump_desktop.cli.main":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Quick())
sys.argv = ["pump-desktop", "runs", "list"]
from pump_desktop.__main__ import main
sys.exit(main())
"""
    stopped = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=False)
    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (130, "", "Stopped.\n")

"""A hundred damaged files, each opened by a process of its own: sentences and right figures, nothing else."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from tools.damage import GOOD, ProcessError, Stage, State, run, words
from tools.damage_compare import LAST_DIGITS, around, cannot_be_told, fields_apart
from tools.damage_open import DATA, Outcome
from tools.damage_ways import GROUPS, WAYS, Damage, damage

SEED = 20261201
# A case of the cache compiles for a second and a half: two in a hundred.
_FEW = ("database", "log", "settings", "database", "log")
MIX = (*_FEW * 9, "database", "log", "database", "settings", "cache")
AT_ONCE = 20


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return a whole folder, and what it takes to open damaged copies of it."""
    return Stage(tmp_path_factory.mktemp("damage"), asked=1)


@pytest.mark.parametrize("first", range(0, 100, AT_ONCE))
def test_a_damaged_file_is_told_or_costs_no_figure(stage: Stage, first: int) -> None:
    cases = list(run(stage, SEED, range(first, first + AT_ONCE), MIX))
    assert [words(case) for case in cases if case.outcome not in GOOD] == []
    outcomes = Counter(case.outcome for case in cases)
    # Damage that is all refused, or all without effect, would try a part of the program only.
    assert outcomes[Outcome.RIGHT] > 2
    assert outcomes[Outcome.SENTENCE] > 2


def test_the_death_of_a_process_is_named(stage: Stage) -> None:
    with pytest.raises(ProcessError, match="the process died of SIGSEGV"):
        stage._apart(signal.raise_signal, signal.SIGSEGV)
    with pytest.raises(ProcessError, match="the process ended with code 3"):
        stage._apart(os._exit, 3)


def small_folder(folder: Path) -> Path:
    """Make a folder that has one file of each kind."""
    for name in (
        "data/pump.db",
        "data/pump.db-wal",
        "data/pump.db-shm",
        "data/settings.json",
        "kernels/one.kernel",
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(range(1, 256)) * 40)
    return folder


def test_a_seed_and_a_number_give_one_damage(tmp_path: Path) -> None:
    def damaged(seed: int, number: int) -> tuple[Damage, bytes]:
        done = damage(small_folder(tmp_path), seed, number, GROUPS, tuple(WAYS))
        return done, (tmp_path / done.file).read_bytes()

    every = [damaged(7, number) for number in range(28)]
    assert every == [damaged(7, number) for number in range(28)]
    assert len({(one.group, one.way) for one, _ in every}) == 28
    assert every != [damaged(8, number) for number in range(28)]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_changes_the_file_and_leaves_its_times(tmp_path: Path, way: str) -> None:
    file = small_folder(tmp_path) / DATA / "pump.db"
    before, times = file.read_bytes(), file.stat().st_mtime_ns
    damage(tmp_path, 1, 0, ("database",), (way,))
    assert file.read_bytes() != before
    assert file.stat().st_mtime_ns == times


HEADER = "nonce,amount,date_time,round_result\n"


@pytest.mark.parametrize(
    ("shown", "right", "fields"),
    [
        ('{"a": 1, "rows": [{"notes": "x"}]}', '{"a": 1, "rows": [{"notes": "y"}]}', {"notes"}),
        ('{"rows": [1]}', '{"rows": [1, 2]}', {"rows"}),
        ('{"counts": {"s.0": 1}}', '{"counts": {"1.0": 1}}', {"counts"}),
        ('[{"amount": 0.1}]', '[{"amount": 0.10000000001}]', {LAST_DIGITS}),
        ('[{"amount": 0.1}]', '[{"amount": 0.11}]', {"amount"}),
        (f"{HEADER}1,2,3,4\n", f"{HEADER}1,2,4,4\n", {"date_time"}),
        (f"{HEADER}1,2,3,4\n", f"{HEADER}1,2,3,5\n", {"round_result"}),
        (f"{HEADER}1,2,3,4\n", HEADER, {"rows"}),
        ("healthy", "whole", {"rows"}),
    ],
)
def test_answers_are_compared_field_by_field(shown: str, right: str, fields: set[str]) -> None:
    assert fields_apart(shown, right) == fields
    assert cannot_be_told(fields) == (not fields & {"rows", "counts", "amount", "round_result"})


def test_the_place_where_answers_part_is_shown() -> None:
    shown, right = around("x" * 100 + "1" + "y" * 100, "x" * 100 + "2" + "y" * 100)
    assert (shown[60], right[60]) == ("1", "2")


def test_what_is_done_is_kept_and_a_half_line_is_done_again(tmp_path: Path, stage: Stage) -> None:
    path = tmp_path / "state" / "damage.jsonl"
    state = State.begin(path, {"seed": 5, "count": 3})
    (case,) = run(stage, 5, [0], ("settings",))
    state.add(case)
    state.add(case)
    cut = path.read_text("utf-8")[:-20]
    path.write_text(cut, "utf-8")
    resumed = State.resumed(path)
    assert resumed.header == {"seed": 5, "count": 3}
    assert resumed.done == [case]
    assert isinstance(resumed.done[0].damage, Damage)
    assert len(path.read_text("utf-8").splitlines()) == 2

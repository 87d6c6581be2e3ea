import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match
from pump_desktop.engine import reference
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.export import Export, export_csv, write_text
from pump_desktop.stats.hits import HitFilter

REQUEST = ScanRequest("server", "client", 1, 70_000, Difficulty.EXPERT, (400.02,))


def rows(pieces: Iterator[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(pieces))))


def test_full_holds_every_nonce_with_its_pop_point(backend: Backend) -> None:
    run = backend.runs.create(REQUEST).run
    got = rows(export_csv(backend.runs, run, Export.FULL))
    assert list(got[0]) == ["nonce", "max_pumps", "max_multiplier", "pop_point"]
    assert [int(row["nonce"]) for row in got] == list(range(1, 70_001))
    for row in got[::7000]:
        picked = reference.picks(reference.words("server", "client", int(row["nonce"]), 10))
        assert int(row["pop_point"]) == min(picked)
        assert int(row["max_pumps"]) == min(picked) - 1


def test_hits_are_the_targets_unless_a_filter_says_otherwise(backend: Backend) -> None:
    created = backend.runs.create(REQUEST)
    got = rows(export_csv(backend.runs, created.run, Export.HITS))
    assert list(got[0]) == ["nonce", "max_multiplier"]
    assert {row["max_multiplier"] for row in got} == {"400.02"}
    assert [int(row["nonce"]) for row in got] == (np.flatnonzero(created.outcomes == 9) + 1).tolist()
    more = rows(export_csv(backend.runs, created.run, Export.HITS, HitFilter((400.02,), Match.AT_LEAST)))
    assert len(more) == int((created.outcomes >= 9).sum())


def test_distances_name_the_nonce_they_start_from(backend: Backend) -> None:
    created = backend.runs.create(REQUEST)
    nonces = np.flatnonzero(created.outcomes == 9) + 1
    got = rows(export_csv(backend.runs, created.run, Export.DISTANCES))
    assert [(int(row["from_nonce"]), int(row["distance"])) for row in got] == list(
        zip(nonces[:-1].tolist(), np.diff(nonces).tolist(), strict=True)
    )


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"

    def broken() -> Iterator[str]:
        yield "a\n"
        raise OSError(28, "No space left on device")

    def deleted() -> Iterator[str]:
        yield "a\n"
        raise NotFoundError("Run with id 1 not found")

    with pytest.raises(KnownError, match="No space left on device"):
        write_text(target, broken())
    with pytest.raises(NotFoundError):
        write_text(target, deleted())
    assert list(tmp_path.iterdir()) == []
    write_text(target, ["a\n", "b\n"])
    assert target.read_text() == "a\nb\n"

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from scipy import stats

from pump_desktop.domain.batch import PairState, QueuedPair, ScannedPair
from pump_desktop.domain.game import Difficulty, target_p_at_least, target_p_exact
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.batch import batch_csv, batch_figures
from pump_desktop.stats.hits import HitFilter


def request(
    client: str, end: int = 20_000, difficulty: Difficulty = Difficulty.EXPERT, start: int = 1
) -> ScanRequest:
    return ScanRequest("server", client, start, end, difficulty, (34.68,))


def scanned(backend: Backend, *requests: ScanRequest) -> list[ScannedPair]:
    return [
        ScannedPair.of(number, backend.runs.create(wanted).run) for number, wanted in enumerate(requests, 1)
    ]


def test_each_pair_has_the_hits_of_its_run(backend: Backend) -> None:
    pairs = scanned(backend, request("a"), request("b", 9000, Difficulty.HARD, start=500), request("c", 3))
    for match, chance in ((Match.EXACT, target_p_exact), (Match.AT_LEAST, target_p_at_least)):
        wanted = HitFilter((112.7,), match)
        figures = batch_figures(pairs, wanted)
        for pair in pairs:
            hits = len(backend.runs.hits(backend.runs.get(pair.run_id), wanted))
            p = float(chance(pair.difficulty, 112.7))
            shown = figures.pairs[pair.number]
            assert shown.hits == hits
            assert shown.expected == pytest.approx(pair.nonces * p)
            law = stats.binom(pair.nonces, p)
            tested = min(1.0, 2 * min(law.cdf(hits), law.sf(hits - 1))) if shown.expected >= 5 else None
            assert shown.p_value == (None if tested is None else pytest.approx(tested))


def test_a_pair_knows_its_highest_and_all_its_counts(backend: Backend) -> None:
    (pair,) = scanned(backend, request("a"))
    run = backend.runs.get(pair.run_id)
    assert pair.highest == run.summary.max_multiplier
    assert sum(pair.counts) == pair.nonces == 20_000


def test_pairs_that_cannot_hit_or_share_nonces_are_left_out_of_the_funnel(backend: Backend) -> None:
    pairs = scanned(
        backend,
        request("a", 10_000),
        request("a", 20_000, start=10_001),
        request("a", 20_000, start=10_000),
        request("a", 10_000, Difficulty.HARD),
        request("b", 10_000),
        request("c", 10_000, Difficulty.EASY),
    )
    figures = batch_figures(pairs, HitFilter((34.68,), Match.AT_LEAST))
    assert figures.funnel is not None
    # Hard outcomes come from the same words as expert ones, and 3 overlaps 1.
    assert figures.funnel.numbers.tolist() == [1, 2, 5]
    assert (figures.repeated, figures.unreachable) == ((3, 4), (6,))
    assert set(figures.pairs) == {1, 2, 3, 4, 5, 6}
    assert figures.funnel.overall.hits == sum(figures.pairs[number].hits for number in (1, 2, 5))
    assert batch_figures(pairs[5:], HitFilter((34.68,))).funnel is None
    assert batch_figures([], HitFilter((34.68,))).pairs == {}


def test_the_csv_holds_no_seed_and_no_formula(backend: Backend) -> None:
    (done,) = scanned(backend, request("=1+1"))
    queued = QueuedPair(1, "name", request("=1+1"), "ab" * 32, PairState.DONE, 20_000, 1.0, done)
    wrong = replace(
        queued,
        number=2,
        state=PairState.FAILED,
        scanned=None,
        problem='-1, "disk" full',
        request=request("@"),
    )
    figures = batch_figures([done], HitFilter((34.68,), Match.AT_LEAST)).pairs
    text = "".join(batch_csv([queued, wrong], figures))
    assert "server," not in text.replace("server_seed_sha256,", "")
    first, second = csv.DictReader(io.StringIO(text))
    assert first == {
        "number": "1",
        "server_seed_sha256": "ab" * 32,
        "client_seed": "'=1+1",
        "start": "1",
        "end": "20000",
        "difficulty": "expert",
        "state": "done",
        "problem": "",
        "highest": str(done.highest),
        "hits": str(figures[1].hits),
        "expected": f"{20_000 * float(target_p_at_least(Difficulty.EXPERT, 34.68)):.10g}",
        "p_value": f"{figures[1].p_value:.6g}",
        "run_id": str(done.run_id),
    }
    assert (second["client_seed"], second["problem"]) == ("'@", '\'-1, "disk" full')
    assert [second[name] for name in ("highest", "hits", "expected", "p_value", "run_id")] == [""] * 5

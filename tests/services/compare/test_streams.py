from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import numpy as np
import pytest

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import PAYOUTS, Difficulty, p_exact
from pump_desktop.domain.live import Heartbeat, Message, StreamKey
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match, Run
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.services.backend import Backend
from pump_desktop.services.compare.compare import Comparison, compare_sides, side_hits
from pump_desktop.stats.hits import HitFilter
from tests.live_samples import off_table, sample_bets, sample_key

EXPERT = PAYOUTS[Difficulty.EXPERT]


def run_of(backend: Backend, end: int = 3_000, *, server: str = "server", client: str = "client") -> Run:
    """Scan and store an expert run."""
    wanted = ScanRequest(server, client, 1, end, Difficulty.EXPERT, (17.34,))
    return backend.runs.create(wanted).run


def beats(outcomes: Sequence[int], key: StreamKey, first: int = 1) -> list[Message]:
    """Give heartbeats with these k."""
    return [Heartbeat(key, first + at, EXPERT[k], Difficulty.EXPERT, int(k)) for at, k in enumerate(outcomes)]


def sent(backend: Backend, messages: Sequence[Message]) -> SideKey:
    """Store messages and give the stream as a side."""
    return SideKey(SideKind.STREAM, backend.live.ingest(messages).result()[0].stream_id)


def compared(backend: Backend, *keys: SideKey) -> Comparison:
    """Compare these."""
    return compare_sides(backend.runs, backend.live, keys)


def side_of(run: Run) -> SideKey:
    """Give a run as a side."""
    return SideKey(SideKind.RUN, run.id)


class TestCounts:
    def test_a_whole_stream_is_counted_and_tested_as_a_run_of_its_results(self, backend: Backend) -> None:
        other, same = run_of(backend), run_of(backend, server="other")
        outcomes = backend.runs.outcomes(same.id)
        key = StreamKey(seed_sha256("a seed nobody knows"), "live")
        stream = sent(backend, beats(outcomes.tolist(), key))
        comparison = compared(backend, side_of(other), stream)
        side = comparison.sides[1]
        assert (side.reason, side.note, side.name) == ("", "", "live")
        assert side.counted.counts == tuple(np.bincount(outcomes, minlength=16).tolist())
        as_run = compared(backend, side_of(other), side_of(same))
        assert comparison.together == as_run.together
        assert comparison.together.p_value is not None
        assert side.summary is not None
        assert side.summary.max_multiplier == same.summary.max_multiplier
        assert side.tail == as_run.sides[1].tail

    def test_a_truncated_stream_has_counts_alone_and_says_why(self, backend: Backend) -> None:
        runs = [run_of(backend), run_of(backend, server="other")]
        bets = [bet for bet in sample_bets(1, 400) if bet.round_result >= 2.8]
        stream = sent(backend, bets)
        comparison = compared(backend, *map(side_of, runs), stream)
        side = comparison.sides[2]
        assert sum(side.counted.counts) == len(bets)
        assert (side.tail, comparison.rated) == ((), comparison.sides[:2])
        missing = bets[-1].nonce - bets[0].nonce + 1 - len(bets)
        assert side.reason.startswith(f"{missing} of the ")
        assert comparison.together.p_value is None
        assert comparison.together.reason == f"C is not tested: {side.reason}"
        made = {"".join(test.labels): test.p_value is not None for test in comparison.pairs}
        assert made == {"AB": True, "AC": False, "BC": False}

    def test_the_most_frequent_difficulty_stands_and_another_can_be_asked_for(self, backend: Backend) -> None:
        bets = [*sample_bets(1, 30), *sample_bets(31, 70, difficulty=Difficulty.EASY)]
        stream = sent(backend, bets)
        (side,) = compared(backend, stream).sides
        assert (side.source.difficulty, side.source.count) == (Difficulty.EASY, 70)
        assert side.difficulties == (Difficulty.EASY, Difficulty.EXPERT)
        assert side.note == "Only its rounds at Easy; it has others at Expert."
        (side,) = compared(backend, SideKey(stream.kind, stream.id, Difficulty.EXPERT)).sides
        assert (side.source.difficulty, side.source.count, side.reason) == (Difficulty.EXPERT, 30, "")
        (side,) = compared(backend, SideKey(stream.kind, stream.id, Difficulty.HARD)).sides
        assert (side.source.count, side.reason) == (0, "No round of this difficulty was observed.")

    def test_results_off_the_table_are_left_out_and_said(self, backend: Backend) -> None:
        bets = sample_bets(1, 200)
        bets[9] = off_table(bets[9])
        (side,) = compared(backend, sent(backend, bets)).sides
        assert (sum(side.counted.counts), side.reason) == (199, "")
        assert side.note == "1 round off the table left out."

    def test_a_stream_without_a_difficulty_is_refused(self, backend: Backend) -> None:
        stream = sent(backend, [Heartbeat(sample_key(), 1, 1.0, None, None)])
        with pytest.raises(FieldError, match="no message of it says its difficulty") as told:
            compared(backend, stream)
        assert told.value.field == "sides"

    def test_deleted_streams_and_unknown_snapshots_are_gone(self, backend: Backend) -> None:
        stream = sent(backend, sample_bets(1, 3))
        snapshot = SideKey(SideKind.SNAPSHOT, uuid4())
        backend.live.delete(stream.id).result()
        assert compared(backend, stream, snapshot).gone == (stream.id, snapshot.id)


class TestSnapshots:
    def kept(self, backend: Backend, stream: UUID, wanted: object = None) -> SideKey:
        """Keep a snapshot of now."""
        snapshot = backend.live.add_snapshot(stream, "Then", wanted, None).result()
        return SideKey(SideKind.SNAPSHOT, snapshot.id)

    def test_it_stays_while_its_stream_grows_and_shares_its_nonces(self, backend: Backend) -> None:
        bets = sample_bets(1, 300)
        stream = sent(backend, bets[:200])
        snapshot = self.kept(backend, stream.id)
        backend.live.ingest(bets[200:]).result()
        comparison = compared(backend, stream, snapshot)
        assert [side.source.count for side in comparison.sides] == [300, 200]
        assert comparison.sides[1].name == "Then"
        assert comparison.sides[1].counted.counts == tuple(
            np.bincount([bet.safe_pumps or 0 for bet in bets[:200]], minlength=16).tolist()
        )
        (overlap,) = comparison.overlaps
        assert (overlap.first, overlap.last, overlap.count) == (1, 200, 200)
        assert comparison.together.reason.startswith("A and B share 200 nonces of one seed pair (1 to 200).")

    def test_of_two_bets_on_one_nonce_the_first_counts(self, backend: Backend) -> None:
        bets = sample_bets(1, 50)
        again = bets[9]._replace(antebot_bet_id="again", safe_pumps=15, round_result=EXPERT[15])
        stream = sent(backend, [*bets, again])
        (side,) = compared(backend, self.kept(backend, stream.id)).sides
        assert (side.source.count, side.counted.counts[15], side.reason) == (50, 0, "")

    def test_its_filter_by_result_leaves_counts_alone(self, backend: Backend) -> None:
        bets = sample_bets(1, 200)
        stream = sent(backend, bets)
        snapshot = self.kept(backend, stream.id, {"min_multiplier": 2.0})
        (side,) = compared(backend, snapshot).sides
        assert side.source.count == sum(bet.round_result >= 2.0 for bet in bets)
        assert side.reason == "Its filter keeps only results of at least 2.00x; rates need every round."

    def test_its_filter_by_difficulty_is_its_difficulty(self, backend: Backend) -> None:
        stream = sent(backend, [*sample_bets(1, 30), *sample_bets(31, 70, difficulty=Difficulty.EASY)])
        (side,) = compared(backend, self.kept(backend, stream.id, {"difficulty": "expert"})).sides
        assert (side.source.difficulty, side.source.count, side.reason) == (Difficulty.EXPERT, 30, "")


class TestSharing:
    def test_a_run_and_a_stream_share_the_observed_nonces_of_one_seed_pair(self, backend: Backend) -> None:
        run = run_of(backend)
        key = StreamKey(run.server_seed_sha256, run.client_seed)
        k = backend.runs.outcomes(run.id).tolist()
        stream = sent(backend, beats(k[:50] + k[60:], key))
        comparison = compared(backend, side_of(run), stream)
        # Ten nonces moved up by ten: the last observed one is 2,990.
        (overlap,) = comparison.overlaps
        assert (overlap.first, overlap.last, overlap.count) == (1, 2_990, 2_990)
        assert comparison.together.p_value is None

    def test_a_stream_outside_the_run_shares_nothing(self, backend: Backend) -> None:
        run = run_of(backend, 100)
        key = StreamKey(run.server_seed_sha256, run.client_seed)
        stream = sent(backend, [*beats([0], key, 200), *beats([1], key, 1_000)])
        assert compared(backend, side_of(run), stream).overlaps == ()


class TestFollowing:
    def test_only_what_changed_is_read_again(self, backend: Backend) -> None:
        run = run_of(backend)
        streams = [sent(backend, sample_bets(1, 100, key=sample_key(name))) for name in ("a", "b")]
        before = compared(backend, side_of(run), *streams)
        for name in ("a", "b"):
            backend.live.ingest(sample_bets(101, 20, key=sample_key(name))).result()
        keys = [side.key for side in before.sides]
        after = compare_sides(backend.runs, backend.live, keys, before, {streams[1].id})
        assert after.sides[0] is before.sides[0]
        assert after.sides[1] is before.sides[1]
        assert after.sides[2] == compared(backend, side_of(run), *streams).sides[2]
        assert after.sides[2].source.count == 120

    def test_hits_go_on_behind_the_last_and_a_late_nonce_is_found(self, backend: Backend) -> None:
        bets = sample_bets(1, 400)
        late = bets.pop(150)
        stream = sent(backend, bets[:300])
        wanted = HitFilter((2.8,), Match.AT_LEAST)
        least = min(k for k, entry in enumerate(EXPERT) if entry >= 2.8)
        chance = sum(float(p_exact(Difficulty.EXPERT, k)) for k in range(least, 16))
        before = None
        for more, have in ((bets[300:], bets), ([late], sorted([*bets, late], key=lambda bet: bet.nonce))):
            source = compared(backend, stream).sides[0].source
            before = side_hits(backend.runs, backend.live, source, wanted, before)
            backend.live.ingest(more).result()
            source = compared(backend, stream).sides[0].source
            before = side_hits(backend.runs, backend.live, source, wanted, before)
            found = [bet for bet in have if (bet.safe_pumps or 0) >= least]
            assert before.hits.nonces.tolist() == [bet.nonce for bet in found]
            assert before.hits.safe_pumps.tolist() == [bet.safe_pumps for bet in found]
        assert before is not None
        assert before.expected == pytest.approx(400 * chance)

    def test_a_range_of_nonces_expects_only_its_observed_rounds(self, backend: Backend) -> None:
        stream = sent(backend, sample_bets(11, 100))
        wanted = HitFilter((1.0,), first=1, last=40)
        source = compared(backend, stream).sides[0].source
        read = side_hits(backend.runs, backend.live, source, wanted)
        assert read.expected == pytest.approx(30 * 10 / 25)
        assert read.hits.nonces.max() <= 40

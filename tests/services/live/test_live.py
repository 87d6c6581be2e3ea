import csv
import io
import threading
from collections.abc import Callable
from contextlib import closing
from sqlite3 import IntegrityError
from uuid import UUID, uuid4

import numpy as np
import pytest

from pump_desktop.domain.errors import FieldError, NotFoundError, StoreError
from pump_desktop.domain.game import Difficulty, target_p_at_least, target_p_exact
from pump_desktop.domain.live import (
    AuditTotals,
    BetsLanded,
    Event,
    MessageRejected,
    StreamChanged,
    StreamQuery,
    Verdict,
)
from pump_desktop.domain.runs import Match
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.services.samples import CLIENT, SEED, bet, heartbeat, outcome, send, simulated


def verdicts(backend: Backend, stream_id: UUID) -> list[Verdict | None]:
    return [row.verdict for page in backend.live.iter_bets(stream_id) for row in page]


class Heard:
    """Events of a backend, to look at and to wait for."""

    def __init__(self, backend: Backend) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()
        backend.hub.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, right: Callable[[list[Event]], bool]) -> None:
        """Wait until the events so far are right."""
        with self._changed:
            assert self._changed.wait_for(lambda: right(self.events), 10), self.events


def test_messages_are_stored_and_told_once(backend: Backend) -> None:
    heard = Heard(backend)
    messages = [bet(1), heartbeat(2), bet(3)]
    first = send(backend.live, messages)
    stream_id = first[0].stream_id
    heard.wait_for(lambda events: len(events) == 1)
    last_id = backend.live.tail(stream_id, 0, 10).last_id
    assert heard.events == [BetsLanded(stream_id, last_id, bets=2, rounds=3, new_stream=True)]
    assert [one.accepted for one in send(backend.live, messages)] == [False] * 3
    backend.live.reject("nonce is missing", "{}").result(5)
    assert [type(event) for event in heard.events] == [BetsLanded, MessageRejected]
    assert backend.live.stream(stream_id).row.total_rounds == 3
    assert backend.live.streams(StreamQuery()).total == 1
    assert [(one.reason, one.body) for one in backend.live.rejected()] == [("nonce is missing", "{}")]


def test_notes_are_kept_cleared_and_bounded(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    heard = Heard(backend)
    assert backend.live.set_notes(stream_id, "x" * 1000).result(5).notes == "x" * 1000
    assert backend.live.set_notes(stream_id, None).result(5).notes == ""
    assert heard.events == [StreamChanged(stream_id)] * 2
    for wrong in ("x" * 1001, 5, "\ud800"):
        with pytest.raises(FieldError, match=r"^notes "):
            backend.live.set_notes(stream_id, wrong)
    with pytest.raises(NotFoundError):
        backend.live.set_notes(uuid4(), "x").result(5)


def test_a_deleted_stream_is_gone_with_its_seed(backend: Backend) -> None:
    stream_id = send(backend.live, [simulated(1)])[0].stream_id
    heard = Heard(backend)
    backend.live.delete(stream_id).result(5)
    assert heard.events == [StreamChanged(stream_id, deleted=True)]
    with pytest.raises(NotFoundError, match=f"^Stream with ID {stream_id} not found$"):
        backend.live.stream(stream_id)
    with pytest.raises(NotFoundError):
        backend.live.delete(stream_id)
    again = send(backend.live, [bet(1)])[0].stream_id
    assert not backend.live.stream(again).row.revealed
    assert verdicts(backend, again) == [None]


def test_a_simulation_is_judged_as_it_arrives(backend: Backend) -> None:
    wrong = next(entry for entry in (1.0, 1.63) if entry != outcome(2))
    stream_id = send(backend.live, [simulated(1), simulated(2, roundResult=wrong), simulated(3)])[0].stream_id
    assert backend.live.stream(stream_id).row.revealed
    assert verdicts(backend, stream_id) == [Verdict.MATCH, Verdict.MISMATCH, Verdict.MATCH]
    # Later messages of the stream need not say the seed again.
    send(backend.live, [bet(4), heartbeat(5)])
    assert verdicts(backend, stream_id)[-1] is Verdict.MATCH
    assert {row.verdict for row in backend.live.rounds(stream_id, None, 10, 0).items if row.nonce > 3} == {
        Verdict.MATCH
    }


def test_a_long_simulation_is_judged_by_the_kernel_with_the_same_verdicts(backend: Backend) -> None:
    stream_id = send(backend.live, [simulated(nonce) for nonce in range(1, 5001)])[0].stream_id
    assert verdicts(backend, stream_id) == [Verdict.MATCH] * 5000


def test_a_simulation_that_reveals_an_older_stream_has_it_audited(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1), bet(2)])[0].stream_id
    assert verdicts(backend, stream_id) == [None, None]
    heard = Heard(backend)
    send(backend.live, [simulated(3)])
    heard.wait_for(lambda events: StreamChanged(stream_id) in events)
    assert verdicts(backend, stream_id) == [Verdict.MATCH] * 3


def test_a_seed_that_was_not_stored_judges_nothing(backend: Backend) -> None:
    backend._writer.refuse("The data is being looked after.")
    with pytest.raises(StoreError, match="looked after"):
        backend.live.ingest([simulated(1)])
    backend._writer.accept()
    stream_id = send(backend.live, [bet(2)])[0].stream_id
    with pytest.raises(IntegrityError):
        send(backend.live, [simulated(3)._replace(nonce=0)])
    send(backend.live, [bet(4)])
    assert verdicts(backend, stream_id) == [None, None]
    heard = Heard(backend)
    send(backend.live, [simulated(5)])
    heard.wait_for(lambda events: StreamChanged(stream_id) in events)
    assert verdicts(backend, stream_id) == [Verdict.MATCH] * 3


def test_a_stream_that_another_program_reveals_is_judged_from_then_on(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    with closing(open_backend(Settings(), resolve_paths(backend.database_path.parent))) as other:
        reveal(other.live, stream_id, SEED)
    heard = Heard(backend)
    send(backend.live, [bet(2), heartbeat(3)])
    heard.wait_for(lambda events: StreamChanged(stream_id) in events)
    assert verdicts(backend, stream_id) == [Verdict.MATCH] * 2
    send(backend.live, [bet(4)])
    assert verdicts(backend, stream_id) == [Verdict.MATCH] * 3
    assert backend.live.stream(stream_id).audit == AuditTotals(4, 4, 0)


def test_a_stream_that_another_program_deletes_is_one_without_a_seed(backend: Backend) -> None:
    stream_id = send(backend.live, [simulated(1)])[0].stream_id
    with closing(open_backend(Settings(), resolve_paths(backend.database_path.parent))) as other:
        other.live.delete(stream_id).result(5)
    fresh = send(backend.live, [bet(2), heartbeat(3)])[0]
    assert fresh.new_stream
    assert not backend.live.stream(fresh.stream_id).row.revealed
    assert backend.live.stream(fresh.stream_id).audit == AuditTotals(0, 0, 0)
    assert verdicts(backend, fresh.stream_id) == [None]
    # Revealed once more, it is judged as a whole.
    heard = Heard(backend)
    send(backend.live, [bet(4), simulated(5)])
    heard.wait_for(lambda events: StreamChanged(fresh.stream_id) in events)
    assert verdicts(backend, fresh.stream_id) == [Verdict.MATCH] * 3


def test_bets_on_their_way_during_a_reveal_are_judged_too(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    halfway = threading.Event()

    def post() -> None:
        for nonce in range(2, 400):
            backend.live.ingest([bet(nonce)])
            if nonce == 200:
                halfway.set()

    poster = threading.Thread(target=post)
    poster.start()
    assert halfway.wait(10)
    reveal(backend.live, stream_id, SEED)
    poster.join()
    send(backend.live, [bet(400)])
    assert verdicts(backend, stream_id) == [Verdict.MATCH] * 400


def test_metrics_equal_their_closed_forms(backend: Backend) -> None:
    nonces = range(201, 2201)
    send(backend.live, [heartbeat(nonce) if nonce % 3 else bet(nonce) for nonce in nonces])
    (row,) = backend.live.streams(StreamQuery()).items
    metrics = backend.live.metrics(row.id, [34.68, 4.95 + 1e-10, 5.55], 500, 7)
    results = {nonce: outcome(nonce) for nonce in nonces}
    assert (metrics.difficulty, metrics.mixed, metrics.truncated) == (Difficulty.EXPERT, False, False)
    for one, entry in zip(metrics.multipliers, (4.95, 5.55, 34.68), strict=True):
        hits = [nonce for nonce in nonces if results[nonce] == entry]
        p = target_p_exact(Difficulty.EXPERT, entry)
        assert (one.count, one.rate) == (len(hits), len(hits) / 2000)
        if not hits:
            assert (one.streak, one.streak_probability, one.gaps) == (2000, None, None)
            continue
        assert (one.last_nonce, one.streak) == (hits[-1], 2200 - hits[-1])
        assert one.streak_probability == pytest.approx(float((1 - p) ** (2200 - hits[-1])))
        assert one.gaps is not None
        assert one.gaps.mean == pytest.approx((hits[-1] - hits[0]) / (len(hits) - 1))
    shown = [nonce for nonce in nonces if results[nonce] in {4.95, 34.68}]
    assert [(b.start, b.end, b.rounds, b.hits) for b in metrics.density] == [
        (start, start + 499, rounds, sum(start <= nonce < start + 500 for nonce in shown))
        for start, rounds in ((1, 300), (501, 500), (1001, 500), (1501, 500), (2001, 200))
    ]
    assert [top.round_result for top in metrics.top] == sorted(results.values(), reverse=True)[:7]


def test_metrics_of_a_thresholded_stream_say_what_is_off(backend: Backend) -> None:
    high = [nonce for nonce in range(1, 3001) if outcome(nonce) >= 34.68]
    send(backend.live, map(bet, high))
    (row,) = backend.live.streams(StreamQuery()).items
    metrics = backend.live.metrics(row.id, [34.68])
    assert metrics.truncated
    assert metrics.reason is not None
    assert "none below 34.68x" in metrics.reason
    (one,) = metrics.multipliers
    assert (one.rate, one.streak_probability, one.reason) == (None, None, metrics.reason)
    assert one.count == sum(outcome(nonce) == 34.68 for nonce in high)


def test_metrics_of_a_stream_at_two_difficulties_tell_no_wrong_chance(backend: Backend) -> None:
    hits = [nonce for nonce in range(1, 301) if outcome(nonce) == 4.95]
    other = hits[-1] + 1
    easy = bet(other, id="easy", difficulty="easy", roundResult=outcome(other, Difficulty.EASY))
    stream_id = send(backend.live, [*(bet(n) for n in range(1, 301) if n != other), easy])[0].stream_id
    metrics = backend.live.metrics(stream_id, [4.95])
    (one,) = metrics.multipliers
    assert (metrics.difficulty, metrics.mixed) == (Difficulty.EXPERT, True)
    assert (one.streak, one.streak_probability) == (300 - hits[-1], None)
    assert one.reason == "Rounds at another difficulty since the last hit: 1."
    # One further back than the last hit changes nothing.
    send(backend.live, [bet(301, roundResult=4.95), bet(302, roundResult=1.0)])
    (one,) = backend.live.metrics(stream_id, [4.95]).multipliers
    p = float(target_p_exact(Difficulty.EXPERT, 4.95))
    assert one.streak_probability == pytest.approx(1 - p)


def test_metrics_know_both_match_modes(backend: Backend) -> None:
    nonces = range(1, 1001)
    stream_id = send(backend.live, [heartbeat(nonce, difficulty="expert") for nonce in nonces])[0].stream_id
    metrics = backend.live.metrics(stream_id, [17.34, 73.21], 100, match=Match.AT_LEAST)
    assert metrics.match is Match.AT_LEAST
    for one, least in zip(metrics.multipliers, (17.34, 73.21), strict=True):
        hits = [nonce for nonce in nonces if outcome(nonce) >= least]
        p = float(target_p_at_least(Difficulty.EXPERT, least))
        assert (one.count, one.last_nonce, one.streak) == (len(hits), hits[-1], 1000 - hits[-1])
        assert one.probability == p
        assert one.streak_probability == pytest.approx((1 - p) ** (1000 - hits[-1]))
    # A nonce that is at least both is one hit of its bucket.
    assert sum(bucket.hits for bucket in metrics.density) == metrics.multipliers[0].count


def test_metrics_questions_are_checked(backend: Backend) -> None:
    with pytest.raises(NotFoundError):
        backend.live.metrics(uuid4(), [])
    stream_id = send(backend.live, [bet(1), bet(2)])[0].stream_id
    assert backend.live.metrics(stream_id, []).multipliers == ()
    for values in ([0], [-1], [float("nan")], ["x"]):
        with pytest.raises(FieldError, match="multipliers") as caught:
            backend.live.metrics(stream_id, values)
        assert caught.value.field == "multipliers"
    for size in (0, -1, True, 2**53, "5"):
        with pytest.raises(FieldError, match=r"^bucket_size"):
            backend.live.metrics(stream_id, [], size)


def test_the_export_is_plain_csv(backend: Backend) -> None:
    ids = ["=1+1", "+1", "-1", "@x", 'say "x", y', "plain"]
    messages = [bet(nonce, id=text, dateTime="2026-01-02T03:04:05.678Z") for nonce, text in enumerate(ids, 1)]
    stream_id = send(backend.live, [*messages, bet(9, roundTarget=1.63, amount=1e-8)])[0].stream_id
    text = "".join(backend.live.export_csv(stream_id))
    assert text.startswith(
        "nonce,antebot_bet_id,date_time,received_at,amount,payout,difficulty,round_target,round_result,verdict\n"
    )
    rows = list(csv.DictReader(text.splitlines()))
    cells = ["'=1+1", "'+1", "'-1", "'@x", 'say "x", y', "plain", "bet-9"]
    assert [row["antebot_bet_id"] for row in rows] == cells
    assert rows[0]["date_time"] == "2026-01-02T03:04:05.678Z"
    assert rows[0]["received_at"].endswith("Z")
    assert (rows[0]["round_target"], rows[0]["verdict"]) == ("", "")
    assert (rows[6]["round_target"], float(rows[6]["amount"])) == ("1.63", 1e-8)
    with pytest.raises(NotFoundError):
        backend.live.export_csv(uuid4())


def test_a_line_break_in_an_id_stays_inside_its_cell(backend: Backend) -> None:
    ids = ["\r=1+1", "a\rb", "a\nb", "a\r\nb"]
    messages = [bet(nonce, id=text) for nonce, text in enumerate(ids, 1)]
    text = "".join(backend.live.export_csv(send(backend.live, messages)[0].stream_id))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [len(row) for row in rows] == [10] * 5
    assert [row[1] for row in rows[1:]] == ["'\r=1+1", *ids[1:]]
    assert text.endswith(",\n")


def test_the_hash_of_a_stream_is_warned_about_where_a_seed_belongs(backend: Backend) -> None:
    hashed = seed_sha256(SEED)
    assert backend.runs.seed_warning(hashed) is None
    send(backend.live, [bet(1)])
    assert backend.runs.seed_warning(hashed) is not None
    assert backend.runs.seed_warning(CLIENT) is None


def test_after_closing_nothing_is_taken(backend: Backend) -> None:
    backend.close()
    with pytest.raises(StoreError):
        backend.live.ingest([bet(1)]).result(5)


def test_many_clients_at_once_lose_nothing(backend: Backend) -> None:
    heard = Heard(backend)

    def post(first: int) -> None:
        for future in [backend.live.ingest([bet(nonce)]) for nonce in range(first, 801, 8)]:
            assert future.result(10)[0].accepted

    threads = [threading.Thread(target=post, args=(first,)) for first in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (row,) = backend.live.streams(StreamQuery()).items
    assert row.total_bets == 800

    def bets(events: list[Event]) -> int:
        return sum(event.bets for event in events if isinstance(event, BetsLanded))

    heard.wait_for(lambda events: bets(events) == 800)
    landed = [event for event in heard.events if isinstance(event, BetsLanded)]
    assert [event.new_stream for event in landed] == [True] + [False] * (len(landed) - 1)
    assert np.all(np.diff([event.last_bet_id for event in landed]) > 0)

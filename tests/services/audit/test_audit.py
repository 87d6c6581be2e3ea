import threading
from typing import Any
from uuid import UUID, uuid4

import pytest

from pump_desktop.domain.audits import AuditProgress
from pump_desktop.domain.errors import CancelledError, ConflictError, FieldError, NotFoundError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import Audit, Mismatch, Verdict
from pump_desktop.services.audit import audit as audits
from pump_desktop.services.audit.reveal import reveal, stored_audit, whole_audit
from pump_desktop.services.backend import Backend
from pump_desktop.services.live.messages import parse_message
from pump_desktop.store.live import audit_reads
from pump_desktop.system.redaction import redact
from tests.services.samples import MESSAGES, SEED, bet, heartbeat, outcome, send


def wrong(nonce: int) -> float:
    return 1.0 if outcome(nonce) != 1.0 else 1.63


def test_the_sample_stream_has_the_two_mismatches_it_promises(backend: Backend) -> None:
    seed = MESSAGES["server_seed"]
    bodies = [sample["body"] for sample in MESSAGES["accepted"] if "serverSeed" not in sample["body"]]
    stream_id = send(backend.live, map(parse_message, bodies))[0].stream_id
    result = reveal(backend.live, stream_id, seed)
    assert [(one.nonce, one.antebot_bet_id, one.reported) for one in result.mismatches] == [
        (14, "bet-14", 5.55),
        (15, "bet-15", 1066.73),
    ]
    assert (result.checked, result.matches) == (18, 16)
    detail = backend.live.stream(stream_id)
    assert (detail.row.revealed, detail.server_seed) == (True, seed)
    assert redact(seed) == "[seed]"
    # Asked again, it says the same again.
    assert reveal(backend.live, stream_id, seed) == result
    assert backend.live.stream(stream_id).revealed_at == detail.revealed_at


def test_only_the_right_seed_reveals(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    hashed = backend.live.key_of(stream_id).server_seed_hashed
    for value in ("another seed", hashed, hashed.upper(), "", None, 5, "\ud800", SEED + " "):
        with pytest.raises(FieldError, match=r"^server_seed ") as caught:
            reveal(backend.live, stream_id, value)
        assert caught.value.field == "server_seed"
    with pytest.raises(NotFoundError, match=r"^Stream with ID .* not found$"):
        reveal(backend.live, uuid4(), SEED)
    with pytest.raises(ConflictError):
        backend.live.audit(stream_id)
    assert not backend.live.stream(stream_id).row.revealed


def test_each_bet_and_each_round_gets_its_verdict(backend: Backend) -> None:
    messages = [
        bet(1),
        bet(2, difficulty="easy"),
        bet(3, roundResult=wrong(3)),
        bet(3, id="second"),
        heartbeat(4),
        heartbeat(5, roundResult=1e9),
        heartbeat(6, difficulty="expert", roundResult=wrong(6)),
        # The heartbeat came first and stays the round; the bet says otherwise, and is right.
        heartbeat(7, difficulty="expert", roundResult=wrong(7)),
        bet(7),
        # Told twice, counted once.
        heartbeat(8),
        bet(8),
    ]
    stream_id = send(backend.live, messages)[0].stream_id
    result = reveal(backend.live, stream_id, SEED)
    bets = {row.antebot_bet_id: row.verdict for page in backend.live.iter_bets(stream_id) for row in page}
    assert bets == {
        "bet-1": Verdict.MATCH,
        "bet-2": Verdict.MATCH,
        "bet-3": Verdict.MISMATCH,
        "second": Verdict.MATCH,
        "bet-7": Verdict.MATCH,
        "bet-8": Verdict.MATCH,
    }
    rounds = {row.nonce: row.verdict for row in backend.live.rounds(stream_id, None, 100, 0).items}
    assert {nonce for nonce, verdict in rounds.items() if verdict is Verdict.MATCH} == {1, 2, 4, 8}
    assert {nonce for nonce, verdict in rounds.items() if verdict is Verdict.MISMATCH} == {3, 5, 6, 7}
    assert result.mismatches[0] == Mismatch(3, "bet-3", Difficulty.EXPERT, wrong(3), outcome(3))
    assert [(one.nonce, one.antebot_bet_id) for one in result.mismatches[1:]] == [
        (5, None),
        (6, None),
        (7, None),
    ]
    # Six bets, and the four heartbeats that say what no bet says.
    assert (result.checked, result.matches) == (10, 6)


def test_a_long_stream_is_checked_in_pieces(backend: Backend) -> None:
    messages = [bet(n) if n % 2 else heartbeat(n) for n in range(1, 6001)]
    stream_id = send(backend.live, [*messages, bet(9999, roundResult=5.55)])[0].stream_id
    result = reveal(backend.live, stream_id, SEED)
    assert result == Audit(6001, 6000, (Mismatch(9999, "bet-9999", Difficulty.EXPERT, 5.55, outcome(9999)),))
    totals = backend.live.stream(stream_id).audit
    assert (totals.matches, totals.mismatches) == (6000, 1)


def test_a_stopped_audit_leaves_what_it_stored_and_can_be_run_again(backend: Backend) -> None:
    stream_id = send(backend.live, map(bet, range(1, 101)))[0].stream_id
    reveal(backend.live, stream_id, SEED)
    with pytest.raises(CancelledError):
        backend.live.audit(stream_id, cancelled=lambda: True)
    assert backend.live.audit(stream_id) == Audit(100, 100, ())


def unjudged(backend: Backend, stream_id: UUID) -> list[int]:
    return [row.nonce for page in backend.live.iter_bets(stream_id) for row in page if row.verdict is None]


def test_a_bet_read_before_a_reveal_and_stored_after_it_is_judged(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    verdicts_of = backend.live._judge.verdicts

    def reveal_meanwhile(*arguments: Any) -> Any:
        verdicts = verdicts_of(*arguments)
        monkeypatch.undo()
        reveal(backend.live, stream_id, SEED)
        return verdicts

    monkeypatch.setattr(backend.live._judge, "verdicts", reveal_meanwhile)
    send(backend.live, [bet(2)])
    assert unjudged(backend, stream_id) == []


def test_a_bet_that_waits_for_the_writer_during_a_reveal_is_judged(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    writer, learn = backend._writer, backend.live._seeds.learn
    submit, go_on = writer.submit, threading.Event()

    def submit_and_go_on(work: Any) -> Any:
        future = submit(work)
        go_on.set()
        return future

    def learn_late(*arguments: Any) -> None:
        # The seed is on disk but not yet known: the writer is busy, and this bet waits unjudged.
        submit(lambda _connection: go_on.wait(10))
        backend.live.ingest([bet(2)])
        learn(*arguments)
        # Whatever the audit asks of the writer next comes after the bet.
        monkeypatch.setattr(writer, "submit", submit_and_go_on)

    monkeypatch.setattr(backend.live._seeds, "learn", learn_late)
    assert reveal(backend.live, stream_id, SEED).checked == 2
    assert unjudged(backend, stream_id) == []


def test_only_the_first_mismatches_are_named(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audits, "MAX_MISMATCHES", 10)
    stream_id = send(backend.live, [bet(n, roundResult=5.55) for n in range(1, 31)])[0].stream_id
    result = reveal(backend.live, stream_id, SEED)
    assert (result.checked, result.matches, len(result.mismatches)) == (30, 0, 10)


def test_nonces_far_apart_are_checked_one_by_one(backend: Backend) -> None:
    # Replaying what lies between them would take years.
    far = [bet(n, roundResult=5.55) for n in (1, 10**6, 10**12, 2**53 - 1)]
    stream_id = send(backend.live, far)[0].stream_id
    assert reveal(backend.live, stream_id, SEED).checked == 4


def test_a_whole_audit_tells_how_far_it_is(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audits, "LEAST_INTERVAL_S", 0.0)
    monkeypatch.setattr(audit_reads, "PAGE_ROWS", 5_000)
    messages = [bet(n) if n % 2 else heartbeat(n) for n in range(1, 12_001)]
    stream_id = send(backend.live, messages)[0].stream_id
    told: list[AuditProgress] = []
    found = whole_audit(backend.live, stream_id, SEED, tell=told.append)
    assert (found.audit.checked, found.mismatches) == (12_000, 0)
    # 6,000 bets in two pages, then 12,000 rounds in three.
    assert [one.done for one in told] == [0, 5_000, 6_000, 11_000, 16_000, 18_000]
    assert {one.total for one in told} == {18_000}
    assert told[0].seconds_left is None
    assert told[-1].seconds_left == 0.0
    assert all(one.seconds_left is not None and one.seconds_left > 0 for one in told[1:-1])


def test_progress_is_told_at_most_twenty_times_a_second(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audits, "LEAST_INTERVAL_S", 3600.0)
    stream_id = send(backend.live, map(bet, range(1, 6_001)))[0].stream_id
    told: list[AuditProgress] = []
    whole_audit(backend.live, stream_id, SEED, tell=told.append)
    assert [one.done for one in told] == [0, 12_000]


def test_a_whole_audit_checks_the_payouts_in_passing(backend: Backend) -> None:
    messages = [
        bet(1, roundTarget=1.0, payout=1.0),
        bet(2, roundTarget=1.0, payout=0.5),
        bet(3, roundTarget=1e6, payout=0.0),
        bet(4, roundTarget=1e6, payout=1e6),
        bet(5),
        heartbeat(6),
    ]
    stream_id = send(backend.live, messages)[0].stream_id
    found = whole_audit(backend.live, stream_id, SEED)
    assert found.payouts is not None
    assert (found.payouts.checked, found.payouts.wrong, found.payouts.without_target) == (4, 2, 1)
    assert [(one.nonce, one.payout, one.expected) for one in found.payouts.faults] == [
        (2, 0.5, 1.0),
        (4, 1e6, 0.0),
    ]
    assert found.made_at is not None
    # Again, without a seed: it is known.
    again = whole_audit(backend.live, stream_id)
    assert (again.audit, again.payouts) == (found.audit, found.payouts)


def test_stored_verdicts_say_what_the_audit_said(backend: Backend) -> None:
    messages = [
        *map(bet, range(1, 101)),
        bet(200, roundResult=wrong(200)),
        bet(150, roundResult=5.55),
        heartbeat(160, difficulty="expert", roundResult=wrong(160)),
        heartbeat(161, roundResult=1e9),
    ]
    stream_id = send(backend.live, messages)[0].stream_id
    with pytest.raises(ConflictError):
        stored_audit(backend.live, stream_id)
    found = whole_audit(backend.live, stream_id, SEED)
    stored = stored_audit(backend.live, stream_id)
    assert stored.audit == found.audit
    assert [one.nonce for one in stored.audit.mismatches] == [150, 200, 160, 161]
    assert (stored.payouts, stored.made_at) == (None, None)
    # What lands after the reveal is judged on its way.
    send(backend.live, [bet(300, roundResult=wrong(300))])
    assert [one.nonce for one in stored_audit(backend.live, stream_id).audit.mismatches[:3]] == [
        150,
        200,
        300,
    ]


def test_an_audit_again_turns_a_verdict_that_somebody_changed(backend: Backend) -> None:
    stream_id = send(backend.live, [*map(bet, range(1, 11)), heartbeat(20)])[0].stream_id
    reveal(backend.live, stream_id, SEED)
    some = [row.id for page in backend.live.iter_bets(stream_id) for row in page][:3]
    changed = [(bet_id, Verdict.MISMATCH) for bet_id in some]
    backend.live._store.store_verdicts(stream_id, changed, [(20, Verdict.MISMATCH)]).result(10)
    totals = backend.live.stream(stream_id).audit
    assert (totals.checked, totals.matches, totals.mismatches) == (11, 7, 4)
    assert backend.live.audit(stream_id) == Audit(11, 11, ())
    totals = backend.live.stream(stream_id).audit
    assert (totals.checked, totals.matches, totals.mismatches) == (11, 11, 0)


@pytest.mark.parametrize("bets", [40, 6_000])
def test_an_audit_of_a_stream_that_is_deleted_ends(backend: Backend, bets: int) -> None:
    stream_id = send(backend.live, map(bet, range(1, bets + 1)))[0].stream_id
    told: list[AuditProgress] = []

    def delete(progress: AuditProgress) -> None:
        if not told:
            backend.live.delete(stream_id).result(10)
        told.append(progress)

    with pytest.raises(NotFoundError, match=r"^Stream with ID .* not found$"):
        whole_audit(backend.live, stream_id, SEED, tell=delete)
    assert len(told) == 1

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import comb
from uuid import uuid4

import pytest

from pump_desktop.domain.alert_notices import QuietHours, RuleState
from pump_desktop.domain.alerts import AlertKind
from pump_desktop.domain.errors import NotFoundError
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.backend import Backend
from pump_desktop.system.clock import utc_now
from tests.services.alerts.alert_samples import Stage, draft, staged
from tests.services.samples import SEED, bet, heartbeat, outcome, send, simulated


@pytest.fixture
def stage(backend: Backend) -> Iterator[Stage]:
    with staged(backend) as stage:
        yield stage


# What is told.


def test_a_high_result_is_told_with_its_nonce_and_its_bet(stage: Stage) -> None:
    rule = stage.add("threshold", at_least=100)
    stream_id = stage.send([1, 2])
    stage.send([3], roundResult=400.02)
    (notice,) = stage.ear.wait(1)
    (stored,) = stage.backend.live.tail(stream_id, 2, 9).bets
    assert (notice.rule_id, notice.rule_name, notice.kind) == (rule.id, "my threshold", AlertKind.THRESHOLD)
    assert (notice.stream_id, notice.nonce, notice.bet_id) == (stream_id, 3, stored.id)
    assert notice.sentence == "400.02x at nonce 3: 100.00x or more."
    assert (notice.more, notice.desktop, notice.sound) == (0, True, True)
    assert abs(notice.raised_at - utc_now()) < timedelta(minutes=1)
    assert stage.alerts.recent() == (notice,)


def test_a_heartbeat_is_a_round_without_a_bet(stage: Stage) -> None:
    stage.add("threshold", at_least=100)
    send(stage.backend.live, [heartbeat(8, roundResult=400.02)])
    (notice,) = stage.ear.wait(1)
    assert (notice.nonce, notice.bet_id) == (8, None)


def test_the_same_nonce_again_is_no_news(stage: Stage) -> None:
    stage.without_cooldown()
    stage.add("threshold", at_least=100)
    stage.send([3], roundResult=400.02)
    stage.send([3], roundResult=400.02, id="its twin")
    stage.settle()
    assert [notice.nonce for notice in stage.ear.heard] == [3]


def test_rounds_that_come_late_are_looked_at_once(stage: Stage) -> None:
    stage.without_cooldown()
    stage.add("threshold", at_least=100)
    for nonces in ([10, 13, 15], [12], [4, 11, 14], [16, 9]):
        stage.send(nonces, roundResult=400.02)
        stage.settle()
    assert [notice.nonce for notice in stage.ear.heard] == [10, 13, 15, 12, 4, 11, 14, 9, 16]


def test_after_old_rounds_were_deleted_late_ones_are_still_looked_at(stage: Stage) -> None:
    stage.without_cooldown()
    stage.add("threshold", at_least=100)
    stage.send([*range(1, 8), 9, 10])
    stage.settle()
    assert stage.backend.storage.prune(stage.backend.storage.pruning(4)).rounds == 5
    stage.settle()
    stage.send([8], roundResult=400.02)
    stage.settle()
    assert [notice.nonce for notice in stage.ear.heard] == [8]


def test_a_long_stretch_is_told_neutrally(stage: Stage) -> None:
    stage.add("gap", target=4.95, match="at_least", percentile=99)
    stage.send([1], roundResult=4.95)
    stage.send(range(2, 60))
    # At least three safe pumps: no pop among the first three of 25 positions.
    without = 1 - comb(22, 10) / comb(25, 10)
    assert without**21 < 0.01 < without**20
    assert stage.ear.sentences(1)[0] == (
        "21 rounds without 4.95x or more, up to nonce 22. A stretch this long or longer comes in "
        f"1 of {1 / without**21:.0f} cases; the chance of the next round is the same as ever."
    )


def test_a_stretch_is_followed_across_a_start_and_told_when_it_gets_there(backend: Backend) -> None:
    with staged(backend) as before:
        before.send([1], roundResult=4.95)
        before.send(range(2, 12))
        before.add("gap", target=4.95, match="at_least", percentile=99)
    with staged(backend) as after:
        after.send(range(12, 30))
        assert [notice.nonce for notice in after.ear.wait(1)] == [22]


def test_a_truncated_stream_has_no_gap_alert_and_the_status_says_why(stage: Stage) -> None:
    rule = stage.add("gap", target=4.95, match="at_least", percentile=99)
    stream_id = stage.send(range(1, 120, 2))
    stage.settle()
    assert stage.ear.heard == []
    (status,) = stage.alerts.statuses(stream_id)
    assert (status.rule_id, status.state) == (rule.id, RuleState.UNTOLD)
    assert status.sentence == (
        "59 of the 119 rounds from nonce 1 to 119 are not stored; "
        "how long a stretch without a hit is needs every round."
    )
    assert stage.alerts.preview(rule.draft, stream_id).reason == status.sentence


def test_a_cluster_is_told(stage: Stage) -> None:
    stage.add("cluster", target=400.02, match="exact", count=3, nonces=50)
    for nonce in (5, 40, 54):
        stage.send([nonce], roundResult=400.02)
    assert stage.ear.sentences(1) == [
        "3 results of exactly 400.02x within 50 nonces, the last one at nonce 54."
    ]


def test_missing_nonces_are_told(stage: Stage) -> None:
    stage.add("missing", missing=3, nonces=10)
    stage.send([1, 2, 6])
    assert stage.ear.sentences(1) == ["3 of the newest 10 nonces are missing, up to nonce 6."]


def test_a_mismatch_is_told_on_arrival_and_after_an_audit(stage: Stage) -> None:
    stage.without_cooldown()
    stage.add("mismatch")
    wrong = {nonce: 1.63 if outcome(nonce) != 1.63 else 2.8 for nonce in (3, 7, 12)}
    told = [bet(nonce, roundResult=wrong.get(nonce, outcome(nonce))) for nonce in range(1, 10)]
    stream_id = send(stage.backend.live, told)[0].stream_id
    reveal(stage.backend.live, stream_id, SEED)
    assert stage.ear.sentences(1) == [
        "2 reported results are not what the server seed gives, the last one at nonce 7."
    ]
    send(stage.backend.live, [simulated(11), simulated(12, roundResult=wrong[12])])
    assert stage.ear.sentences(2)[1] == "The result reported at nonce 12 is not what the server seed gives."


def test_a_silent_stream_is_told_once_until_it_is_heard_again(stage: Stage) -> None:
    stage.without_cooldown()
    stage.add("silent", seconds=60)
    stream_id = stage.send([1, 2])
    stage.settle()
    stage.move(59)
    stage.settle()
    assert stage.ear.heard == []
    stage.send([3])
    stage.settle()
    stage.move(59)
    stage.settle()
    assert stage.ear.heard == []
    stage.move(1)
    notices = [notice for notice in stage.ear.wait(1) if notice.stream_id == stream_id]
    assert [notice.sentence for notice in notices] == ["No message for 1 minute, since nonce 3."]
    stage.move(1000)
    stage.settle()
    stage.send([4])
    stage.settle()
    stage.move(61)
    stage.settle()
    told = [notice.nonce for notice in stage.ear.heard if notice.stream_id == stream_id]
    assert told == [3, 4]


# When it is told.


def test_one_notice_a_rule_in_ten_seconds_and_the_rest_with_the_next(stage: Stage) -> None:
    stage.add("threshold", at_least=100)
    for nonce in range(1, 6):
        stage.send([nonce], roundResult=400.02)
        stage.settle()
    stage.move(9.9)
    stage.settle()
    assert [notice.nonce for notice in stage.ear.heard] == [1]
    stage.move(0.2)
    notices = stage.ear.wait(2)
    assert [(notice.nonce, notice.more) for notice in notices] == [(1, 0), (5, 3)]
    assert notices[1].sentence == "400.02x at nonce 5: 100.00x or more. And 3 more within 10 seconds."
    stage.move(60)
    stage.settle()
    stage.send([9], roundResult=400.02)
    assert [(notice.nonce, notice.more) for notice in stage.ear.wait(3)][2] == (9, 0)


def test_quiet_hours_keep_the_notice_and_nothing_else(stage: Stage) -> None:
    stage.without_cooldown()
    stage.add("threshold", at_least=100)
    now = utc_now().astimezone()
    around = QuietHours(
        (now - timedelta(hours=1)).time().replace(microsecond=0),
        (now + timedelta(hours=1)).time().replace(microsecond=0),
    )
    for hours in (around, QuietHours(around.end, around.start), None):
        stage.alerts.set_quiet_hours(hours)
        stage.send([len(stage.ear.heard) + 1], roundResult=400.02)
        stage.settle()
    assert [(notice.desktop, notice.sound) for notice in stage.ear.heard] == [
        (False, False),
        (True, True),
        (True, True),
    ]
    assert len([notice for notice in stage.alerts.recent() if notice.sentence.startswith("400")]) == 3


def test_the_last_hundred_notices_are_kept_newest_first(stage: Stage) -> None:
    stage.without_cooldown()
    stage.add("threshold", at_least=100)
    stage.send(range(1, 131), roundResult=400.02)
    stage.ear.wait(130)
    assert [notice.nonce for notice in stage.alerts.recent()] == list(range(130, 30, -1))


def test_what_was_stored_before_a_rule_or_a_start_is_no_news(backend: Backend) -> None:
    with staged(backend) as before:
        before.send([1, 2], roundResult=400.02)
        before.add("threshold", at_least=100)
        before.add("missing", missing=1, nonces=10)
        before.settle()
        assert before.ear.heard == []
    send(backend.live, [bet(4, roundResult=400.02)])
    with staged(backend) as after:
        after.send([5], roundResult=1000.0)
        assert [notice.nonce for notice in after.ear.wait(1)] == [5]
        after.settle()
        assert len(after.ear.heard) == 1


def test_rules_are_changed_switched_off_and_deleted_while_bets_arrive(stage: Stage) -> None:
    stage.without_cooldown()
    rule = stage.add("threshold", at_least=100)
    stage.send([1], roundResult=400.02)
    stage.ear.wait(1)
    stage.alerts.set_enabled(rule.id, enabled=False).result(10)
    stage.send([2], roundResult=400.02)
    stage.settle()
    assert [status.sentence for status in stage.alerts.statuses()] == ["Switched off."]
    stage.alerts.change(rule.id, draft("threshold", at_least=1000)).result(10)
    stage.send([3], roundResult=400.02)
    stage.send([4], roundResult=1066.73)
    assert [notice.nonce for notice in stage.ear.wait(2)] == [1, 4]
    stage.alerts.delete(rule.id).result(10)
    stage.send([5], roundResult=1066.73)
    stage.settle()
    assert len(stage.ear.heard) == 2
    with pytest.raises(NotFoundError):
        stage.alerts.set_enabled(rule.id, enabled=True)


def test_a_rule_of_one_stream_leaves_the_others_alone(stage: Stage) -> None:
    own = stage.send([1])
    rule = stage.add("threshold", stream=own, at_least=100)
    other = stage.send([1, 2], roundResult=400.02, clientSeed="other")
    stage.send([2], roundResult=400.02)
    assert [notice.stream_id for notice in stage.ear.wait(1)] == [own]
    assert [status.rule_id for status in stage.alerts.statuses(own)] == [rule.id]
    assert stage.alerts.statuses(other) == ()
    assert len(stage.alerts.statuses()) == 1
    with pytest.raises(NotFoundError):
        stage.alerts.statuses(uuid4())


def test_a_deleted_stream_takes_its_rules_and_notices_along(stage: Stage) -> None:
    own = stage.send([1])
    stage.add("threshold", stream=own, at_least=100)
    everywhere = stage.add("threshold", at_least=100)
    other = stage.send([1], roundResult=400.02, clientSeed="other")
    stage.send([2], roundResult=400.02)
    stage.ear.wait(2)
    stage.send([3], roundResult=400.02)
    stage.settle()
    stage.backend.live.delete(own).result(10)
    stage.settle()
    recent = [notice for notice in stage.alerts.recent() if notice.stream_id in {own, other}]
    assert {(notice.rule_id, notice.stream_id) for notice in recent} == {(everywhere.id, other)}
    assert stage.alerts.rules() == (everywhere,)
    told = len(stage.ear.heard)
    stage.move(60)
    stage.settle()
    assert len(stage.ear.heard) == told
    # The same seeds begin a new stream.
    again = stage.send([2], roundResult=400.02)
    assert stage.ear.wait(told + 1)[-1].stream_id == again != own

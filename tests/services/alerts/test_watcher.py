from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pump_desktop.domain.alert_notices import AlertRaised, RuleState
from pump_desktop.domain.live import Event
from pump_desktop.services.alerts import streams as alert_streams
from pump_desktop.services.alerts.alerts import FAILED
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.stats.alerts import ThresholdWatch
from pump_desktop.store.alerts import AlertReader
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.services.alerts.alert_samples import Stage, draft, staged
from tests.services.samples import bet, send


@pytest.fixture
def stage(backend: Backend) -> Iterator[Stage]:
    with staged(backend) as stage:
        yield stage


@pytest.mark.expects_warning
def test_a_rule_that_fails_stops_alone_and_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    see = ThresholdWatch.see

    def fragile(watch: ThresholdWatch, *arguments: Any) -> Any:
        if watch._condition.at_least == 200:
            raise RuntimeError("a bug")
        return see(watch, *arguments)

    monkeypatch.setattr(ThresholdWatch, "see", fragile)
    stage.without_cooldown()
    bad = stage.add("threshold", at_least=200)
    stage.add("threshold", at_least=100)
    stage.send([1], roundResult=400.02)
    stage.ear.wait(1)
    stage.send([2], roundResult=400.02)
    assert [notice.nonce for notice in stage.ear.wait(2)] == [1, 2]
    states = {status.rule_id: status for status in stage.alerts.statuses()}
    assert (states.pop(bad.id).state, states.popitem()[1].state) == (RuleState.FAILED, RuleState.WATCHING)
    assert FAILED in {status.sentence for status in stage.alerts.statuses()}
    assert [record.getMessage() for record in caplog.records] == [f"alert rule {bad.id} failed"]
    stage.alerts.change(bad.id, draft("threshold", at_least=300)).result(10)
    stage.send([3], roundResult=400.02)
    assert {notice.rule_id for notice in stage.ear.wait(4)[2:]} >= {bad.id}
    assert stage.alerts.statuses()[0].state is RuleState.WATCHING


@pytest.mark.expects_warning
def test_a_look_that_fails_is_made_up_for_by_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    news, failing = AlertReader.news, [True]

    def broken(reader: AlertReader, *arguments: Any, **options: Any) -> Any:
        if failing.pop() if failing else False:
            raise RuntimeError("a disk that stutters")
        return news(reader, *arguments, **options)

    monkeypatch.setattr(AlertReader, "news", broken)
    stage.without_cooldown()
    stage.add("threshold", at_least=100)
    stage.send([1], roundResult=400.02)
    stage.settle()
    stage.send([2], roundResult=400.02)
    stage.settle()
    assert sorted(notice.nonce or 0 for notice in stage.ear.heard) == [1, 2]
    assert len(caplog.records) == 1


def test_ingest_is_answered_while_the_watcher_is_stuck(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    news, stuck, go_on = AlertReader.news, threading.Event(), threading.Event()

    def slow(reader: AlertReader, *arguments: Any, **options: Any) -> Any:
        stuck.set()
        assert go_on.wait(20)
        return news(reader, *arguments, **options)

    monkeypatch.setattr(AlertReader, "news", slow)
    stage.add("threshold", at_least=100)
    try:
        stage.send([1])
        assert stuck.wait(10)
        futures = [
            stage.backend.live.ingest([bet(nonce, roundResult=1.0) for nonce in range(at, at + 10)])
            for at in range(2, 2002, 10)
        ]
        assert not wait(futures, 10).not_done
        # However many commits there were, one stream waits.
        assert len(stage.alerts._watch._waiting) == 1
    finally:
        go_on.set()
    stage.send([2002], roundResult=400.02)
    assert [notice.nonce for notice in stage.ear.wait(1)] == [2002]


def test_a_slow_subscriber_of_notices_holds_up_no_bet(stage: Stage) -> None:
    stuck, go_on = threading.Event(), threading.Event()

    def slow(event: Event) -> None:
        if isinstance(event, AlertRaised):
            stuck.set()
            assert go_on.wait(20)

    leave = stage.backend.hub.subscribe(slow)
    stage.add("threshold", at_least=100)
    try:
        stage.send([1], roundResult=400.02)
        assert stuck.wait(10)
        assert len(send(stage.backend.live, [bet(nonce) for nonce in range(2, 1000)])) == 998
    finally:
        go_on.set()
        leave()


def test_streams_beyond_the_followed_ones_keep_their_place(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_streams, "MAX_FOLLOWED", 2)
    stage.without_cooldown()
    stage.add("gap", target=4.95, match="at_least", percentile=99)
    for nonces in (range(1, 11), range(11, 21), range(21, 31)):
        for number in range(4):
            stage.send(nonces, clientSeed=f"client {number}")
    stage.settle()
    assert [notice.nonce for notice in stage.ear.heard] == [21] * 4


def test_many_streams_with_news_are_not_listed_but_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pump_desktop.services.alerts.watcher.MAX_WAITING", 3)
    stage.without_cooldown()
    stage.add("threshold", at_least=100)
    messages = [bet(1, roundResult=400.02, clientSeed=f"client {number}") for number in range(20)]
    send(stage.backend.live, messages)
    assert len({notice.stream_id for notice in stage.ear.wait(20)}) == 20


def test_the_program_has_alerts_and_ends_them(tmp_path: Path) -> None:
    paths = resolve_paths(tmp_path / "other")
    backend = open_backend(Settings(), paths)
    backend.alerts.add(draft("threshold", at_least=100)).result(10)
    assert "alerts" in {thread.name for thread in threading.enumerate()}
    backend.close()
    backend.close()
    assert "alerts" not in {thread.name for thread in threading.enumerate()}
    again = open_backend(Settings(), paths)
    assert [rule.name for rule in again.alerts.rules()] == ["my threshold"]
    assert "alerts" in {thread.name for thread in threading.enumerate()}
    again.close()


def test_without_a_rule_there_is_no_thread(backend: Backend) -> None:
    send(backend.live, [bet(1)])
    assert "alerts" not in {thread.name for thread in threading.enumerate()}
    rule = backend.alerts.add(replace(draft("mismatch"), enabled=False)).result(10)
    assert backend.alerts.rule(rule.id) == rule


def test_rules_are_stored_also_when_nobody_watches_any_more(stage: Stage) -> None:
    stage.add("threshold", at_least=100)
    stage.alerts.close()
    rule = stage.add("mismatch")
    stage.alerts.delete(rule.id).result(10)
    assert [kept.name for kept in stage.alerts.rules()] == ["my threshold"]
    stage.send([1], roundResult=400.02)
    assert stage.alerts.recent() == ()

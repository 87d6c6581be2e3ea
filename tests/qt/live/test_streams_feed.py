"""The list of live streams: filled by real questions to a real store, told of what began."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pump_desktop.domain.live import BetsLanded, StreamChanged, StreamRow
from pump_desktop.qt.live.streams_feed import StreamsFeed
from pump_desktop.qt.tables.streams import StreamsModel
from pump_desktop.qt.work.jobs import BackendDoor, JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.clock import utc_now
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.services.samples import bet, send


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    opened = open_backend(Settings(), resolve_paths(tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def model(qapp: QApplication) -> StreamsModel:  # noqa: ARG001 - a model needs one
    return StreamsModel(utc_now)


@pytest.fixture
def feed(runner: JobRunner, backend: Backend, model: StreamsModel, qtbot: QtBot) -> Iterator[StreamsFeed]:
    door = BackendDoor()
    door.open(backend)
    feed = StreamsFeed(Asker(runner, door), model, nullcontext)
    yield feed
    qtbot.waitUntil(lambda: feed.resting)


def began(stream_id: UUID) -> BetsLanded:
    return BetsLanded(stream_id, last_bet_id=1, bets=1, rounds=1, new_stream=True)


def test_a_stream_that_began_is_told_once_and_one_that_is_gone_again_is_forgotten(
    qtbot: QtBot, backend: Backend, feed: StreamsFeed
) -> None:
    told: list[StreamRow] = []
    feed.began.connect(told.extend)
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    with qtbot.waitSignal(feed.filled):
        # Filed and taken away by another program: no list has it, and no event will say so.
        feed.landed(began(uuid4()))
        feed.landed(began(stream_id))
    # The second came while the first was asked for; where that answer lacks it, the next one has it.
    with qtbot.waitSignal(feed.filled):
        feed.reload()
    assert [row.id for row in told] == [stream_id]
    assert not feed.untold


def test_behind_another_page_only_a_new_stream_is_asked_for(
    qtbot: QtBot, backend: Backend, feed: StreamsFeed
) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    more = BetsLanded(stream_id, last_bet_id=1, bets=1, rounds=1, new_stream=False)
    feed.landed(more)
    assert feed.resting
    with qtbot.waitSignal(feed.filled):
        feed.set_watching(True)
        feed.landed(more)
    assert not feed.untold


def test_a_deleted_stream_stays_away_and_its_id_is_let_go(
    qtbot: QtBot, backend: Backend, feed: StreamsFeed, model: StreamsModel
) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    with qtbot.waitSignal(feed.filled):
        feed.reload()
    model.hide(stream_id)
    # A list that was read before the end of the stream is still on its way when the end is told.
    feed.reload()
    backend.live.delete(stream_id).result(10)
    with qtbot.waitSignals([feed.filled, feed.filled]):
        feed.stream_changed(StreamChanged(stream_id, deleted=True))
        assert model.deleted == {stream_id}
    assert model.stream(stream_id) is None
    assert not model.deleted
    assert not model.hidden

"""The test bet, against the real listener."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pump_desktop.api.server import Listener
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import StreamQuery
from pump_desktop.services.backend import Backend
from pump_desktop.services.connect.script import TRIAL_STREAM, post_trial_bet
from tests.api.samples import TOKEN


def test_a_test_bet_arrives_in_a_stream_of_its_own(listener: Listener, backend: Backend) -> None:
    assert post_trial_bet(listener.url, TOKEN, now=lambda: datetime(2025, 9, 8, tzinfo=UTC)) == 7289601
    (stream,) = backend.live.streams(StreamQuery()).items
    assert backend.live.key_of(stream.id) == TRIAL_STREAM
    assert (stream.total_bets, stream.last_nonce) == (1, 7289601)
    assert listener.traffic().messages_last_minute == 1


def test_a_test_bet_that_fails_says_why(listener: Listener, backend: Backend) -> None:
    with pytest.raises(KnownError, match=r"^The test bet was refused: Invalid ingest token\.$"):
        post_trial_bet(listener.url, "wrong")
    url = listener.url
    listener.stop()
    with pytest.raises(KnownError, match="did not arrive at http://127"):
        post_trial_bet(url, TOKEN)
    assert backend.live.streams(StreamQuery()).total == 0

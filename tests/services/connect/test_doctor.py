"""What the doctor says of a connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from pump_desktop.domain.live import RejectedMessage
from pump_desktop.services.connect.doctor import Finding, Level, SeenRequest, diagnose

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
BEFORE = NOON - timedelta(seconds=30)
BATCH = "/live/ingest/batch"


@dataclass(frozen=True)
class State:
    state: str = "listening"
    port: int = 17888
    sentence: str = ""


@dataclass(frozen=True)
class Came:
    messages_last_minute: int = 0
    last_message_at: datetime | None = None


def seen(
    status: int, reason: str = "", at: datetime = NOON, path: str = BATCH, method: str = "POST"
) -> SeenRequest:
    return SeenRequest(at, method, path, status, "file://", reason)


def test_a_listener_that_does_not_listen_is_the_only_finding() -> None:
    taken = State("refused", sentence="Port 17888 is in use by another program.")
    for state, title in (
        (taken, "Port 17888 is in use by another program."),
        (State("off"), "The listener is off."),
        (State("starting"), "The listener is starting."),
    ):
        (finding,) = diagnose(state, Came(5, NOON), seen(200), seen(401), [])
        assert (finding.level, finding.title) == (Level.PROBLEM, title)
        assert finding.advice


def test_nothing_yet_is_a_problem_with_a_way_on() -> None:
    (finding,) = diagnose(State(), Came(), None, None)
    assert (finding.level, finding.title) == (Level.PROBLEM, "Nothing has arrived yet on port 17888.")
    assert "log file" in finding.advice


@pytest.mark.parametrize(
    ("count", "level", "title"),
    [
        (1, Level.FINE, "Messages are arriving: 1 message in the last minute."),
        (1200, Level.FINE, "Messages are arriving: 1,200 messages in the last minute."),
        (0, Level.NOTE, "No message in the last minute."),
    ],
)
def test_messages_that_arrive_are_fine_and_their_end_is_a_note(count: int, level: Level, title: str) -> None:
    (finding,) = diagnose(State(), Came(count, NOON), seen(200), None)
    assert (finding.level, finding.title, finding.at) == (level, title, NOON)


@pytest.mark.parametrize(
    ("request_", "advice"),
    [
        (seen(401, "Invalid ingest token"), "another token"),
        (seen(403, "Host must be 127.0.0.1, localhost or [::1]"), "begins with http://127.0.0.1"),
        (
            seen(403, "Pages of another origin may only post", path="/runs"),
            "A page from file:// called /runs",
        ),
        (seen(404, "Not Found", path="/ingest"), "/ingest is no address"),
        (seen(405, "Method Not Allowed", method="PUT"), "PUT /live/ingest/batch is no address"),
        (seen(422, "nonce is missing"), "compare what it posts"),
        (seen(429, "Rate limit exceeded"), "batch size"),
        (seen(503, "The disk is full."), "could not store"),
    ],
)
def test_refused_requests_say_why_and_what_to_do(request_: SeenRequest, advice: str) -> None:
    (finding,) = diagnose(State(), Came(3, BEFORE), request_, request_)[:1]
    assert (finding.level, finding.at) == (Level.PROBLEM, NOON)
    assert finding.title == f"Requests arrive and are refused: {request_.reason.rstrip('.')}."
    assert advice in finding.advice


def test_a_refusal_of_the_past_is_a_note() -> None:
    fine, past = diagnose(State(), Came(3, NOON), seen(200), seen(401, "Invalid ingest token", BEFORE))
    assert fine.level is Level.FINE
    assert past == Finding(
        Level.NOTE,
        "Before that a request was refused: Invalid ingest token.",
        "Since then messages arrived.",
        BEFORE,
    )


def test_a_page_that_asks_and_sends_nothing() -> None:
    (finding,) = diagnose(State(), Came(), seen(204, method="OPTIONS"), None)
    assert finding.level is Level.PROBLEM
    assert "log file" in finding.advice


def test_refused_messages_of_a_batch() -> None:
    message = RejectedMessage(1, NOON, "nonce is missing", "{}")
    found = diagnose(State(), Came(), seen(200), None, [message])
    assert [(one.level, one.title) for one in found] == [
        (Level.PROBLEM, "A message was refused: nonce is missing."),
        (Level.NOTE, "A request to /live/ingest/batch arrived, and no message yet."),
    ]
    # Others came after it.
    found = diagnose(State(), Came(2, NOON), seen(200), None, [message])
    assert [one.level for one in found] == [Level.FINE, Level.NOTE]
    # Posted alone, it was a refused request as well.
    (found_once,) = diagnose(
        State(), Came(), seen(422, "nonce is missing"), seen(422, "nonce is missing"), [message]
    )
    assert "compare what it posts" in found_once.advice

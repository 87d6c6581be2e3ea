"""Why no bets arrive, or that they do: what the listener saw last, as findings with what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pump_desktop.domain.live import RejectedMessage

INGEST = "/live/ingest"

_OTHER_ROAD = "let the script write a log file, and follow that."
_AGAIN = "The script tries again by itself; the log says more."
_CURES: Mapping[int, str] = {
    401: "The script holds another token. Copy it again and start it in place of the one in Antebot: "
    "it sends what waits there.",
    429: "The script sends more requests than the limit. Raise its batch size, or the limit in Settings.",
    500: f"Pump Desktop could not store it. {_AGAIN}",
    503: f"Pump Desktop could not store it. {_AGAIN}",
}


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request the listener answered, without its body, its token and its query.

    ``reason`` is the sentence of a refusal.
    """

    at: datetime
    method: str
    path: str
    status: int
    origin: str = ""
    reason: str = ""

    @property
    def refused(self) -> bool:
        """Whether it was answered with an error."""
        return self.status >= 400


class Level(StrEnum):
    """How a finding is meant."""

    FINE = "fine"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the connection: what is so, and what to do; ``at`` is when it was seen last."""

    level: Level
    title: str
    advice: str = ""
    at: datetime | None = None


class Status(Protocol):
    """The listener's state: ``off``, ``starting``, ``listening`` or ``refused`` with its sentence."""

    @property
    def state(self) -> str:
        """The state's word."""
        ...

    @property
    def port(self) -> int:
        """The port."""
        ...

    @property
    def sentence(self) -> str:
        """Why it could not start."""
        ...


class Busy(Protocol):
    """What came in."""

    @property
    def messages_last_minute(self) -> int:
        """Messages of the last 60 seconds."""
        ...

    @property
    def last_message_at(self) -> datetime | None:
        """When the last one came."""
        ...


def diagnose(
    status: Status,
    traffic: Busy,
    last_request: SeenRequest | None,
    last_refusal: SeenRequest | None,
    rejected: Sequence[RejectedMessage] = (),
) -> tuple[Finding, ...]:
    """Give the findings, the one to act on first; ``rejected`` has the newest first."""
    if status.state == "refused":
        return (Finding(Level.PROBLEM, status.sentence, "Choose another port, then copy the script again."),)
    if status.state != "listening":
        doing = "is starting" if status.state == "starting" else "is off"
        return (Finding(Level.PROBLEM, f"The listener {doing}.", "Nothing can arrive until it listens."),)
    last = traffic.last_message_at
    findings: list[Finding] = []
    if last_refusal is not None and (last is None or last_refusal.at > last):
        findings.append(_refused(last_refusal))
    elif last is not None:
        findings.append(_arriving(traffic, last))
    elif last_request is not None:
        findings.append(_asked(last_request))
    else:
        findings.append(_nothing(status.port))
    # A single message that is refused is a refused request too; one finding is enough.
    if rejected and (last_refusal is None or last_refusal.reason != rejected[0].reason):
        findings.append(_rejected(rejected[0], last))
    if last_refusal is not None and last is not None and last_refusal.at <= last:
        title = f"Before that a request was refused: {_why(last_refusal)}"
        findings.append(Finding(Level.NOTE, title, "Since then messages arrived.", last_refusal.at))
    return tuple(sorted(findings, key=lambda finding: finding.level is not Level.PROBLEM))


def _nothing(port: int) -> Finding:
    return Finding(
        Level.PROBLEM,
        f"Nothing has arrived yet on port {port}.",
        f"Paste the script into Antebot and start it. If it cannot reach this listener: {_OTHER_ROAD}",
    )


def _arriving(traffic: Busy, last: datetime) -> Finding:
    count = traffic.messages_last_minute
    if count == 0:
        return Finding(Level.NOTE, "No message in the last minute.", "Is the script still running?", last)
    words = "1 message" if count == 1 else f"{count:,} messages"
    return Finding(Level.FINE, f"Messages are arriving: {words} in the last minute.", "", last)


def _asked(request: SeenRequest) -> Finding:
    if request.method == "OPTIONS":
        return Finding(
            Level.PROBLEM,
            "A page asked whether it may post, was let in, and then sent nothing.",
            f"Its browser may not allow calls to this computer: {_OTHER_ROAD}",
            request.at,
        )
    return Finding(
        Level.NOTE,
        f"A request to {request.path} arrived, and no message yet.",
        f"The script must post to {INGEST}/batch; copy it again if its address was changed.",
        request.at,
    )


def _refused(request: SeenRequest) -> Finding:
    return Finding(
        Level.PROBLEM, f"Requests arrive and are refused: {_why(request)}", _cure(request), request.at
    )


def _why(request: SeenRequest) -> str:
    reason = request.reason or f"status {request.status}"
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def _cure(request: SeenRequest) -> str:
    ingest = request.path == INGEST or request.path.startswith(f"{INGEST}/")
    if request.status in _CURES:
        return _CURES[request.status]
    if request.status == 403 and request.reason.startswith("Host"):
        return "Use the script's own address, which begins with http://127.0.0.1."
    if request.status == 403 and not ingest:
        sent = f" from {request.origin}" if request.origin else ""
        return (
            f"A page{sent} called {request.path}. Scripts may only post to {INGEST}; copy the script again."
        )
    if request.status in {404, 405}:
        return f"{request.method} {request.path} is no address of a script. Copy the script again."
    return "Copy the script again; if it is yours, compare what it posts with the messages shown below."


def _rejected(newest: RejectedMessage, last: datetime | None) -> Finding:
    level = Level.NOTE if last is not None and last >= newest.received_at else Level.PROBLEM
    reason = newest.reason if newest.reason.endswith(".") else f"{newest.reason}."
    return Finding(
        level,
        f"A message was refused: {reason}",
        "It is kept among the rejected messages, with what it said.",
        newest.received_at,
    )

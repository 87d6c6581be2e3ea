"""One made-up bet by the road a script takes, to see with one's own eyes that it is open."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import StreamKey
from pump_desktop.system.clock import utc_now

# No hash of a seed looks like this, so no real stream is touched.
TRIAL_STREAM = StreamKey("pump-desktop-test", "test")

_PATIENCE_S = 10.0


def post_trial_bet(url: str, token: str, *, now: Callable[[], datetime] = utc_now) -> int:
    """Post a test bet as a page would, and give its nonce; raises KnownError with what went wrong."""
    moment = now()
    seconds = int(moment.timestamp())
    # Rising for 115 days, and short enough for every column.
    nonce = seconds % 10_000_000 + 1
    bet = {
        "id": f"test-{seconds}",
        "dateTime": moment.isoformat(),
        "nonce": nonce,
        "amount": 0,
        "payout": 0,
        "difficulty": "expert",
        "roundTarget": 1.63,
        "roundResult": 1.63,
        "serverSeedHashed": TRIAL_STREAM.server_seed_hashed,
        "clientSeed": TRIAL_STREAM.client_seed,
    }
    headers = {"Content-Type": "application/json", "X-Ingest-Token": token, "Origin": "file://"}
    # http.client, because it knows no proxy: the bet must not leave this machine.
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE_S)
    try:
        connection.request("POST", "/live/ingest", json.dumps(bet), headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise KnownError(f"The test bet did not arrive at {url}: {why}.") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise KnownError(f"The test bet was refused: {_reason(body, answer.status)}.")
    return nonce


def _reason(body: bytes, status: int) -> str:
    try:
        return str(json.loads(body)["detail"]).rstrip(".")
    except (ValueError, KeyError, TypeError):
        return f"status {status}"

"""One made-up bet by the road a script takes, to see with one's own eyes that it is open."""

from __future__ import annotations

import http.client
import json
import math
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.live import StreamKey
from pump_desktop.system.clock import utc_now
from pump_desktop.system.resources import resource

# Every message the script writes to a file follows this on its line; the number is the format's version.
LOG_PREFIX = "PUMP-DESKTOP-1 "
LOG_FILE = "pump-desktop.log"

# What the listener takes in one request.
MAX_BATCH = 1000
MAX_FLUSH_S = 60.0
MAX_BUFFER = 1_000_000
MAX_THRESHOLD = 1e12
MAX_TOKEN = 256
MAX_FILE_NAME = 100

_INGEST = "/live/ingest/batch"
_ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\]):([0-9]{1,5})/?", re.IGNORECASE)
_UNFIT_IN_NAMES = frozenset('/\\:*?"<>|')
_PLACE = re.compile(r"@@([a-z_]+)@@")


@dataclass(frozen=True, slots=True)
class ScriptOptions:
    """What the script is told; ``url`` is the listener's address, ``threshold`` 0 sends every bet whole."""

    url: str
    token: str
    threshold: float = 0.0
    heartbeats: bool = True
    batch_size: int = 50
    flush_seconds: float = 1.0
    buffer_size: int = 20_000
    also_log: bool = False
    log_file: str = LOG_FILE

    @classmethod
    def parse(
        cls,
        *,
        url: object,
        token: object,
        threshold: object = 0.0,
        heartbeats: object = True,
        batch_size: object = 50,
        flush_seconds: object = 1.0,
        buffer_size: object = 20_000,
        also_log: object = False,
        log_file: object = LOG_FILE,
    ) -> ScriptOptions:
        """Check everything once; raises FieldError for the first input that is wrong."""
        options = cls(
            url=_url(url),
            token=_token(token),
            threshold=_number("threshold", threshold, 0.0, MAX_THRESHOLD),
            heartbeats=_switch("heartbeats", heartbeats),
            batch_size=_whole("batch_size", batch_size, 1, MAX_BATCH),
            flush_seconds=_number("flush_seconds", flush_seconds, 0.0, MAX_FLUSH_S),
            buffer_size=_whole("buffer_size", buffer_size, 1, MAX_BUFFER),
            also_log=_switch("also_log", also_log),
            log_file=_file_name(log_file),
        )
        if options.buffer_size < options.batch_size:
            raise FieldError("buffer_size", "buffer_size must be at least batch_size")
        return options


def script_text(options: ScriptOptions) -> str:
    """Give the script with these options written into it."""
    values = asdict(options) | {"url": options.url + _INGEST, "log_prefix": LOG_PREFIX}
    template = resource("antebot", "pump-desktop.js").read_text("utf-8")
    # In one pass, so that no value is searched for places; ASCII, because U+2028 ends a line of ES5.
    return _PLACE.sub(lambda place: json.dumps(values[place[1]], allow_nan=False), template)


def usual_log_file(name: str = LOG_FILE, *, home: Path | None = None, platform: str = sys.platform) -> Path:
    """Give where Antebot's logToFile puts a file of this name."""
    home = home or Path.home()
    if platform == "darwin":
        return home / "Library" / "Application Support" / "userdata" / "logs" / name
    return home / "Documents" / "Antebot" / "userLogs" / name


def _url(value: object) -> str:
    given = value.strip() if isinstance(value, str) else ""
    match = _ADDRESS.fullmatch(given)
    if match is None or not 1 <= int(match[1]) <= 65535:
        raise FieldError("url", "url must be the listener's address, such as http://127.0.0.1:17888")
    return given.rstrip("/")


def _token(value: object) -> str:
    """Give the token as it is; empty where the listener asks for none."""
    if not isinstance(value, str):
        raise FieldError("token", "token must be text")
    if not (value.isascii() and value.isprintable()) or " " in value or len(value) > MAX_TOKEN:
        raise FieldError("token", f"token must be at most {MAX_TOKEN} visible characters without spaces")
    return value


def _number(field: str, value: object, least: float, most: float) -> float:
    if isinstance(value, str):
        try:
            value = float(value.strip().rstrip("xX×"))
        except ValueError:
            raise FieldError(field, f"{field} must be a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError(field, f"{field} must be a number")
    # False for nan too.
    if not least <= value <= most:
        raise FieldError(field, f"{field} must be between {least:.0f} and {most:.0f}")
    return math.fabs(float(value))


def _whole(field: str, value: object, least: int, most: int) -> int:
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError(field, f"{field} must be a whole number")
    if not least <= value <= most:
        raise FieldError(field, f"{field} must be between {least} and {most}")
    return value


def _switch(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise FieldError(field, f"{field} must be true or false")
    return value


def _file_name(value: object) -> str:
    name = value.strip() if isinstance(value, str) else ""
    unfit = not name.isprintable() or _UNFIT_IN_NAMES.intersection(name) or name.startswith(".")
    if not name or unfit or len(name) > MAX_FILE_NAME:
        raise FieldError("log_file", f"log_file must be a plain file name, such as {LOG_FILE}")
    return name


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

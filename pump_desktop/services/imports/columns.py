"""Which column means what, and a row turned into the message a script would have posted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.imports import ColumnMap, FileKind, ImportDefaults
from pump_desktop.services.imports.files import Layout

# The JSON key of each field, and the names its column goes by elsewhere, letters and digits alone.
# A payout multiplier is none of them: a lost bet has 0 there, whatever came out.
_FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "bet_id": ("id", ("id", "betid", "antebotbetid", "iid")),
    "date_time": ("dateTime", ("datetime", "timestamp", "date", "time", "createdat", "placedat")),
    "nonce": ("nonce", ("nonce",)),
    "amount": ("amount", ("amount", "betamount", "betsize", "stake", "wager")),
    "payout": ("payout", ("payout", "payoutamount", "winamount")),
    "currency": ("currency", ("currency", "coin")),
    "difficulty": ("difficulty", ("difficulty", "statedifficulty")),
    "round_target": (
        "roundTarget",
        ("roundtargetmultiplier", "stateroundtargetmultiplier", "roundtarget", "targetmultiplier", "target"),
    ),
    "round_result": (
        "roundResult",
        (
            "roundresultmultiplier",
            "stateroundresultmultiplier",
            "roundresult",
            "resultmultiplier",
            "maxmultiplier",
            "multiplier",
            "result",
        ),
    ),
    "client_seed": ("clientSeed", ("clientseed",)),
    "server_seed_hashed": (
        "serverSeedHashed",
        ("serverseedhashed", "serverseedhash", "hashedserverseed", "serverhash"),
    ),
    "server_seed": ("serverSeed", ("serverseed",)),
    "kind": ("type", ("type", "kind", "messagetype")),
}
# Where a script's own messages hold these.
_STATE: Mapping[str, frozenset[str]] = {
    "difficulty": frozenset({"difficulty", "state.difficulty"}),
    "round_target": frozenset({"roundTarget", "state.roundTargetMultiplier"}),
    "round_result": frozenset({"roundResult", "roundResultMultiplier", "state.roundResultMultiplier"}),
}
# Text that JSON says as text too, where it should say a number.
_CONVERTED = frozenset({"nonce", "amount", "payout", "round_target", "round_result", "date_time"})
# A space at the end of these is part of them.
_EXACT = frozenset({"bet_id", "client_seed", "server_seed"})
_SIMPLE = re.compile(r"[^a-z0-9]+")
_WHOLE = re.compile(r"\+?([0-9]{1,20})(?:\.0+)?")
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_SECONDS = re.compile(r"[0-9]{10}|[0-9]{13}")
# What an export puts before text that a spreadsheet would compute.
_QUOTED = re.compile(r"'[=+\-@\t\r]")


def guess_columns(columns: Iterable[str]) -> ColumnMap:
    """Give the columns by their names; each is used for one field."""
    left: dict[str, str] = {}
    for column in columns:
        left.setdefault(_SIMPLE.sub("", column.lower()), column)
    found: dict[str, str] = {}
    for field, (_, names) in _FIELDS.items():
        name = next((name for name in names if name in left), None)
        if name is not None:
            found[field] = left.pop(name)
    return ColumnMap(**found)


class RowReader:
    """Turns rows of one file into messages; raises FieldError when the columns cannot do.

    ``made_ids`` counts the bets that got an id from their nonce, which is their own within a seed pair.
    """

    def __init__(self, layout: Layout, column_map: ColumnMap, defaults: ImportDefaults) -> None:
        self._table = layout.kind is FileKind.CSV
        self._comma = layout.separator in {";", "\t"}
        chosen = {field: column for field, column in asdict(column_map).items() if column is not None}
        if self._table:
            _check(layout, chosen, defaults)
        # A raw lastBet is read as the listener reads it, unless a person chose other columns for its state.
        self._whole_state = all(chosen.get(field) in {None, *names} for field, names in _STATE.items())
        self._columns = [(field, _FIELDS[field][0], column) for field, column in chosen.items()]
        # Rounds without money are what a heartbeat tells, and no bet of amount 0.
        self._rounds = column_map.amount is None and column_map.payout is None
        self._defaults = {
            "clientSeed": defaults.client_seed,
            "difficulty": defaults.difficulty,
            "currency": defaults.currency,
        }
        self._hash = defaults.server_seed_hashed
        self.made_ids = 0

    def body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Give the message a row says, as JSON would hold it."""
        body: dict[str, Any] = {} if self._table else dict(values)
        untouched = self._whole_state and isinstance(body.get("state"), dict)
        for field, key, column in self._columns:
            if untouched and field in _STATE:
                continue
            value = values.get(column)
            if value is None and not self._table:
                value = _nested(values, column)
            if isinstance(value, str) and (self._table or field in _CONVERTED):
                value = self._typed(field, value)
            if value is not None:
                body[key] = value
        if self._rounds and body.get("type") is None:
            body["type"] = "heartbeat"
        self._fill(body)
        return body

    def remarks(self) -> tuple[str, ...]:
        """Say what is made up for these columns."""
        said = []
        columns = {field for field, _, _ in self._columns}
        if self._rounds:
            said.append("Without amount and payout the rows are taken as rounds, not as bets.")
        elif "bet_id" not in columns:
            said.append("Bets without an id get one from their nonce within the seed pair, such as nonce-17.")
        if "date_time" not in columns and not self._rounds:
            said.append("Without a time the bets are dated by the import alone.")
        return tuple(said)

    def _fill(self, body: dict[str, Any]) -> None:
        raw = body.get("state")
        inside = raw if isinstance(raw, dict) else {}
        for key, value in self._defaults.items():
            if value is not None and _missing(body.get(key)) and inside.get(key) is None:
                body[key] = value
        if self._hash is not None and not body.get("serverSeedHashed") and not body.get("serverSeed"):
            body["serverSeedHashed"] = self._hash
        if _missing(body.get("id")) and body.get("type") != "heartbeat":
            nonce = body.get("nonce")
            if type(nonce) is int:
                body["id"] = f"nonce-{nonce}"
                self.made_ids += 1

    def _typed(self, field: str, text: str) -> Any:
        """Give what a cell says; text that is no number stays text, for the sentence that refuses it."""
        if not text.strip():
            return None
        if field in _EXACT:
            return text[1:] if _QUOTED.match(text) else text
        text = text.strip()
        if field == "nonce":
            whole = _WHOLE.fullmatch(text)
            return text if whole is None else int(whole[1])
        if field in {"amount", "payout", "round_target", "round_result"}:
            return self._number(text)
        if field == "date_time":
            return _time(text)
        return text.lower() if field == "kind" else text

    def _number(self, text: str) -> float | str:
        plain = text.rstrip("xX× \u00a0")
        if self._comma and _COMMA.fullmatch(plain):
            plain = plain.replace(",", ".")
        try:
            return float(plain)
        except ValueError:
            return text


def _check(layout: Layout, chosen: Mapping[str, str], defaults: ImportDefaults) -> None:
    """Find what every row would lack."""
    for field, column in chosen.items():
        if column not in layout.columns:
            raise FieldError(field, f"The file has no column named {column}.")
    if "nonce" not in chosen:
        raise FieldError("nonce", "Choose the column that holds the nonce.")
    if "round_result" not in chosen:
        raise FieldError("round_result", "Choose the column that holds the multiplier that came out.")
    if "client_seed" not in chosen and defaults.client_seed is None:
        raise FieldError("client_seed", "Choose the column of the client seed, or type it.")
    known = chosen.keys() & {"server_seed_hashed", "server_seed"}
    if not known and defaults.server_seed_hashed is None:
        raise FieldError("server_seed_hashed", "Choose the column of the hashed server seed, or type it.")
    bets = chosen.keys() & {"amount", "payout"}
    if bets and "difficulty" not in chosen and defaults.difficulty is None:
        raise FieldError("difficulty", "Choose the column of the difficulty, or choose one for all.")


def _missing(value: object) -> bool:
    return value is None or value == ""


def _nested(values: Mapping[str, Any], column: str) -> Any:
    outer, _, inner = column.partition(".")
    found = values.get(outer)
    return found.get(inner) if inner and isinstance(found, dict) else None


def _time(text: str) -> str:
    """Give an ISO time for one in seconds or milliseconds since 1970, anything else as it is."""
    if not _SECONDS.fullmatch(text):
        return text
    seconds = int(text) / (1000 if len(text) == 13 else 1)
    return datetime.fromtimestamp(seconds, UTC).isoformat()

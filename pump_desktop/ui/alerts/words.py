"""What kinds of alert rules, their states and streams are called."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from pump_desktop.domain.alert_notices import RuleState
from pump_desktop.domain.alerts import AlertKind
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Token

KIND_WORDS: dict[AlertKind, str] = {
    AlertKind.THRESHOLD: "High result",
    AlertKind.GAP: "Long stretch without a hit",
    AlertKind.CLUSTER: "Several hits close together",
    AlertKind.MISMATCH: "Mismatch",
    AlertKind.MISSING: "Missing nonces",
    AlertKind.SILENT: "Silent stream",
}
STATE_ICONS: dict[RuleState, tuple[Meaning, Token]] = {
    RuleState.WATCHING: ("alert", "good"),
    RuleState.OFF: ("alert-off", "text.muted"),
    RuleState.UNTOLD: ("warn", "warn"),
    RuleState.FAILED: ("error", "bad"),
}
# What a seed shows of itself in a box that lists streams: as much as stands beside its hash.
_KEPT = 9

# Streams by id, last seen first, as boxes and columns call them.
StreamNames = Mapping[UUID, str]


def stream_name(client_seed: str, server_seed_hashed: str) -> str:
    """Give a stream as lists of rules call it: ``zXv1upuFns · 564e…81ca``."""
    return f"{short_seed(client_seed, _KEPT)} · {short_seed(server_seed_hashed, 4)}"

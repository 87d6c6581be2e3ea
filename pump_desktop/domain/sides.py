"""What can stand side by side: a stored run, a live stream, or a snapshot of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pump_desktop.domain.game import Difficulty

MOST_COMPARED = 6


class SideKind(StrEnum):
    """The kinds of things that are compared."""

    RUN = "run"
    STREAM = "stream"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True)
class SideKey:
    """One side; without a difficulty a stream or snapshot stands with its most frequent one."""

    kind: SideKind
    id: UUID
    difficulty: Difficulty | None = None

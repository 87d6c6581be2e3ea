"""The pins of each stream, kept while the program runs."""

from __future__ import annotations

from uuid import UUID

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.targets_and_pins import PRESETS, Pin, PinWish


class StreamPins:
    """What a person pinned: by stream, and what streams of a difficulty begin with."""

    def __init__(self) -> None:
        self._by_stream: dict[UUID, tuple[Pin, ...]] = {}
        self._subjects: dict[UUID, Pin] = {}
        self._presets: dict[Difficulty, tuple[Pin, ...]] = dict(PRESETS)

    def wish(self, stream_id: UUID) -> PinWish:
        """Give what is to be shown of a stream."""
        return PinWish(self._by_stream.get(stream_id), self._subjects.get(stream_id), self._presets)

    def set_pins(self, stream_id: UUID, pins: tuple[Pin, ...] | None) -> None:
        """Pin other multipliers to a stream, or for None those of its difficulty."""
        if pins is None:
            self._by_stream.pop(stream_id, None)
        else:
            self._by_stream[stream_id] = pins

    def set_subject(self, stream_id: UUID, pin: Pin) -> None:
        """Show a pin in the strip of a stream."""
        self._subjects[stream_id] = pin

    def keep(self, difficulty: Difficulty, pins: tuple[Pin, ...]) -> None:
        """Let every stream of a difficulty begin with these pins."""
        # A new mapping: the one before belongs to wishes that were made.
        self._presets = {**self._presets, difficulty: pins}

"""Inputs bent out of shape, the same ones for the same seed: JSON values, bytes and tables."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

# What scripts, spreadsheets and attackers send where something else should stand.
NASTY: tuple[Any, ...] = (
    None, True, False, 0, -0.0, -1, 1, 1.5, 2**31, 2**53 - 1, 2**53, 2**63, 2**64, 10**400, -(10**400),
    1e308, 1e-320, float("inf"), float("-inf"), float("nan"), "", " ", "0", "1", "-1", "1e400", "NaN", "null",
    "true", "\0", "a\0b", "\ud800", "\udfff\ud800", "\ufeff", "\u202e", "é" * 256, "x" * 256, "x" * 257,
    "x" * 70_000, "𐍈" * 128, "=1+1", "@SUM(A1)", "+1", "-1", "\t", "\r\n", '"', "'", "%s%n",
    "../../etc/passwd", "<script>", "2025-09-08T20:31:11.123Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2025-13-01", "2025-02-30T25:61:61Z", "٣", "1_000", "０", [], {}, [[]],
    {"": {}}, [1, "2", None], {"difficulty": "expert"}, "expert", "EXPERT", "Expert\n", "heartbeat", "bet",
    "78" * 32, "f" * 64, "F" * 64, "g" * 64,
)  # fmt: skip

_BYTES = (
    b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b'"', b"\\", b"{", b"}", b"[",
    b"]", b",", b":", b"\n", b"\r\n", b"\r", b";", b"\t", b"1e999", b"-", b"NaN", b"Infinity", b"\\u0000",
    b"\\ud800", b"//", b"=",
)  # fmt: skip


class Mutator:
    """A source of bent inputs."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def value(self, whole: Any, others: Sequence[Any]) -> Any:
        """Give a JSON value that differs from ``whole`` in one to three places; it is left as it is."""
        bent = json.loads(json.dumps(whole))
        for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
            bent = self._bent(bent, others)
        return bent

    def text(self, value: Any) -> bytes:
        """Give a value as JSON bytes, surrogates escaped and NaN spelled out, as lenient writers do."""
        try:
            return json.dumps(value, ensure_ascii=self.chance.random() < 0.5).encode("utf-8", "surrogatepass")
        except ValueError:  # 10**400 has more digits than Python turns into text
            return b'{"nonce":' + b"9" * 5000 + b"}"

    def data(self, whole: bytes, others: Sequence[bytes], longest: int = 1 << 16) -> bytes:
        """Give bytes that differ from ``whole`` by flips, cuts, repeats, insertions and splices."""
        bent = bytearray(whole)
        for _ in range(self.chance.choice((1, 1, 2, 4, 8))):
            at = self.chance.randrange(len(bent) + 1)
            match self.chance.randrange(7):
                case 0 if bent:
                    bent[at % len(bent)] ^= 1 << self.chance.randrange(8)
                case 1:
                    del bent[at : at + self.chance.choice((1, 2, 8, 64))]
                case 2:
                    bent[at:at] = self.chance.choice(_BYTES) * self.chance.choice((1, 1, 1, 3, 200))
                case 3:
                    bent[at:at] = bent[at : at + self.chance.choice((1, 8, 64, 512))]
                case 4:
                    other = self.chance.choice(others)
                    cut = self.chance.randrange(len(other) + 1)
                    bent = bent[:at] + bytearray(other[cut:])
                case 5:
                    bent = bent[:at]
                case _:
                    bent[at:at] = self.chance.randbytes(self.chance.choice((1, 4, 16)))
        return bytes(bent[:longest])

    def _bent(self, value: Any, others: Sequence[Any]) -> Any:
        if isinstance(value, dict) and value:
            return self._bent_object(value, others)
        if isinstance(value, list) and value and self.chance.random() < 0.7:
            at = self.chance.randrange(len(value))
            return [*value[:at], self._bent(value[at], others), *value[at + 1 :]]
        return self.chance.choice(NASTY)

    def _bent_object(self, value: dict[str, Any], others: Sequence[Any]) -> Any:
        key = self.chance.choice(list(value))
        bent = dict(value)
        match self.chance.randrange(8):
            case 0:
                del bent[key]
            case 1 if isinstance(bent[key], dict | list):
                bent[key] = self._bent(bent[key], others)
            case 2:
                bent[
                    self.chance.choice(("", "type", "state", "serverSeed", "currency", "x" * 300, "\ud800"))
                ] = self.chance.choice(NASTY)
            case 3:
                other = self.chance.choice(others)
                if isinstance(other, dict):
                    bent |= other
            case 4:
                bent[key] = self._deep(bent[key])
            case 5 if isinstance(bent[key], str):
                bent[key] = self._bent_text(bent[key])
            case _:
                bent[key] = self.chance.choice(NASTY)
        return bent

    def _deep(self, value: Any) -> Any:
        for _ in range(self.chance.choice((1, 3, 60))):
            value = [value] if self.chance.random() < 0.5 else {"state": value}
        return value

    def _bent_text(self, text: str) -> str:
        at = self.chance.randrange(len(text) + 1)
        piece = self.chance.choice(("", "\0", "\ud800", "é", " ", "0", "-", text, "\U0010ffff"))
        return text[:at] + piece + text[at + self.chance.randrange(3) :]

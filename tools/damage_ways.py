"""What is damaged in which case, and how; it all follows from the seed and the case's number."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.damage_open import DATA, KERNELS

PAGE = 4096


def _byte(data: bytearray, chance: random.Random) -> int:
    at = chance.randrange(len(data))
    data[at] ^= chance.randint(1, 255)
    return at


def _bit(data: bytearray, chance: random.Random) -> int:
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(8)
    return at


def _zeros(data: bytearray, chance: random.Random) -> int:
    # A page that is there: a hole of the disk shows where something was.
    pages = [at for at in range(0, len(data), PAGE) if any(data[at : at + PAGE])]
    at = chance.choice(pages)
    data[at : at + PAGE] = bytes(len(data[at : at + PAGE]))
    return at


def _half(data: bytearray, _chance: random.Random) -> int:
    del data[len(data) // 2 :]
    return len(data)


def _empty(data: bytearray, _chance: random.Random) -> int:
    data.clear()
    return 0


def _tail(data: bytearray, chance: random.Random) -> int:
    at = len(data)
    data += chance.randbytes(chance.randint(1, PAGE))
    return at


def _head(data: bytearray, chance: random.Random) -> int:
    length = min(len(data), chance.randint(1, 100))
    data[:length] = chance.randbytes(length)
    return 0


WAYS: dict[str, Callable[[bytearray, random.Random], int]] = {
    "one byte": _byte,
    "one bit": _bit,
    "a page of zeros": _zeros,
    "half of it": _half,
    "empty": _empty,
    "garbage behind": _tail,
    "garbage in front": _head,
}

GROUPS = ("database", "log", "cache", "settings")


@dataclass(frozen=True, slots=True)
class Damage:
    """One damage that was done."""

    group: str
    way: str
    file: str
    at: int
    size: int

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.way} at {self.at:,} of {self.size:,} bytes of {self.file}"


def _files(group: str, folder: Path) -> list[Path]:
    data = folder / DATA
    match group:
        case "database":
            return [data / "pump.db"]
        case "log":
            # Its index is rebuilt by whoever comes first; one case in six.
            return [data / "pump.db-wal"] * 5 + [data / "pump.db-shm"]
        case "cache":
            return [file for file in sorted((folder / KERNELS).rglob("*")) if file.is_file()]
    beside = ("settings.json", "settings.json", "token", "window.ini", "logs/pump-desktop.log")
    there = [data / name for name in beside if (data / name).exists()]
    return there + sorted((data / "backups").glob("*.db"))


def damage(folder: Path, seed: int, number: int, groups: Sequence[str], ways: Sequence[str]) -> Damage:
    """Damage one file of a folder, as case ``number`` of a seed does it; its times stay."""
    # Each group meets each way, whatever their numbers have in common; file and place are drawn.
    group = groups[number % len(groups)]
    way = ways[(number + number // (len(groups) * len(ways))) % len(ways)]
    chance = random.Random(f"{seed}/{number}")
    file = chance.choice(_files(group, folder))
    before = file.read_bytes()
    times = file.stat()
    data = bytearray(before)
    at = WAYS[way](data, chance)
    while data == before:
        at = WAYS["one byte"](data, chance)
    file.write_bytes(data)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    return Damage(group, way, str(file.relative_to(folder)), at, len(before))

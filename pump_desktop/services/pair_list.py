"""Lists of seed pairs from files and from the clipboard, checked line by line."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

from pump_desktop.domain.batch import CheckedPair, PairDefaults, PairList, read_pairs
from pump_desktop.domain.errors import KnownError
from pump_desktop.services.runs import HASH_WARNING, Runs
from pump_desktop.system.files import open_regular

MAX_BYTES = 4 * 1024 * 1024
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_pair_file(path: Path) -> str:
    """Give the text of a list saved as CSV; raises KnownError with a sentence when it is none."""
    try:
        with open_regular(path) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise KnownError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise KnownError(
            f"{path.name} is larger than {MAX_BYTES // 1024**2} MB. Split it into smaller files."
        )
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise KnownError(
            f"{path.name} is not UTF-8 text. Save it as “CSV UTF-8” and load it again."
        ) from None
    if "\0" in text:
        raise KnownError(f"{path.name} is not a text file.")
    return text


def check_pairs(runs: Runs, text: str, defaults: PairDefaults, max_nonces: int) -> PairList:
    """Give every line with its scan, problem or warning; raises FieldError on ``pairs`` past a limit."""
    read = read_pairs(text, defaults, max_nonces)
    known = runs.known_hashes() if read.ready else frozenset()
    return replace(read, pairs=tuple(_warned(pair, known) for pair in read.pairs))


def _warned(pair: CheckedPair, known: frozenset[str]) -> CheckedPair:
    if pair.request is None or pair.request.server_seed.lower() not in known:
        return pair
    return replace(pair, warning=HASH_WARNING)

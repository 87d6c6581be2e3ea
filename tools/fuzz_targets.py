"""Everything that reads something from outside, each as one function that takes bent input."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import HTTPException

from pump_desktop.api.requests import parse_json
from pump_desktop.domain.batch import PairDefaults, read_pairs
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.imports import ImportDefaults
from pump_desktop.domain.requests import DEFAULT_MAX_NONCES, ScanRequest
from pump_desktop.qt.look.theme import theme_from_file
from pump_desktop.services.connect.script import LOG_PREFIX
from pump_desktop.services.imports.columns import RowReader
from pump_desktop.services.imports.files import look, rows_of
from pump_desktop.services.imports.importer import guess_columns, preview, read_sample
from pump_desktop.services.imports.paste import read_bet
from pump_desktop.services.live.log_follow import LogLines, _text, _value
from pump_desktop.services.live.messages import parse_message
from pump_desktop.services.runs.batch import read_pair_file
from pump_desktop.store.runs import OutcomeChunk, compress, unpack
from pump_desktop.system.resources import resource
from pump_desktop.system.settings import load_settings
from tests.store.samples import make_run
from tools.fuzz_mutator import NASTY, Mutator

SAMPLES = Path(__file__).parents[1] / "tests" / "data" / "messages.json"
# What may come out of a reader besides an answer.
ALLOWED = (KnownError, HTTPException)


@dataclass(frozen=True, slots=True)
class Target:
    """One reader: its name, its share of all inputs, and one turn, which makes an input and reads it."""

    name: str
    share: float
    turn: Callable[[], None]


class Inputs:
    """The samples all targets bend, and the input of the turn under way, for the report."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.mutator = Mutator(seed)
        self.chance = self.mutator.chance
        samples = json.loads(SAMPLES.read_text())
        self.bodies: list[Any] = [one["body"] for one in (*samples["accepted"], *samples["refused"])]
        self.texts = [json.dumps(body).encode() for body in self.bodies]
        self.folder = folder
        self.last: object = None

    def message(self) -> Any:
        """Give a bent message."""
        return self.mutator.value(self.chance.choice(self.bodies), self.bodies)

    def body(self) -> bytes:
        """Give the bytes of a bent message."""
        if self.chance.random() < 0.6:
            return self.mutator.text(self.message())
        return self.mutator.data(self.chance.choice(self.texts), self.texts)

    def file(self, name: str, data: bytes) -> Path:
        """Put data into a file that every turn overwrites."""
        path = self.folder / name
        path.write_bytes(data)
        return path


def targets(inputs: Inputs, stack: ExitStack) -> tuple[Target, ...]:
    """Give all targets; the shares add up to 1."""
    return (
        Target("bodies of /live/ingest", 0.5, lambda: _body(inputs)),
        Target("message values", 0.31, lambda: _value_turn(inputs)),
        Target("pasted bets", 0.04, lambda: _paste(inputs)),
        Target("lines of a followed log", 0.04, lambda: _log_line(inputs)),
        Target("a followed log file", 0.01, _LogFile(inputs, stack).turn),
        Target("files of bets (CSV, JSON, logs)", 0.02, lambda: _import(inputs)),
        Target("seed-pair lists", 0.03, lambda: _pairs(inputs)),
        Target("scan requests", 0.02, lambda: _scan(inputs)),
        Target("outcome blobs", 0.02, _Blobs(inputs).turn),
        Target("settings files", 0.005, lambda: _settings(inputs)),
        Target("theme files", 0.005, lambda: _theme(inputs)),
    )


def _body(inputs: Inputs) -> None:
    inputs.last = data = inputs.body()
    parse_message(parse_json(data))


def _value_turn(inputs: Inputs) -> None:
    inputs.last = value = inputs.message()
    parse_message(value)


def _paste(inputs: Inputs) -> None:
    inputs.last = text = inputs.body().decode("utf-8", "replace")
    read_bet(text)


def _log_line(inputs: Inputs) -> None:
    line = b"2025-09-08 20:31:11 info: " + LOG_PREFIX.encode() + inputs.body()
    inputs.last = line = inputs.mutator.data(line, inputs.texts) if inputs.chance.random() < 0.5 else line
    text = _text(line)
    if text is not None:
        parse_message(_value(text))


class _LogFile:
    """A file that grows, shrinks and is replaced between reads."""

    def __init__(self, inputs: Inputs, stack: ExitStack) -> None:
        self._inputs = inputs
        self._path = inputs.folder / "followed.log"
        self._path.write_bytes(b"")
        self._lines = stack.enter_context(closing(LogLines(self._path)))

    def turn(self) -> None:
        """Change the file and read what is new."""
        chance = self._inputs.chance
        self._inputs.last = data = self._inputs.body() * chance.choice(
            (1, 1, 200)
        ) + b"\n" * chance.randrange(3)
        match chance.randrange(8):
            case 0:
                self._path.unlink()
                self._path.write_bytes(data)
            case 1:
                self._path.write_bytes(data)
            case _:
                with self._path.open("ab") as file:
                    file.write(data)
        while self._lines.read():
            pass
        if self._path.stat().st_size > 1 << 22:
            self._path.write_bytes(b"")


def _import(inputs: Inputs) -> None:
    data = inputs.mutator.data(_file_of_bets(inputs), inputs.texts, 1 << 18)
    inputs.last = data
    path = inputs.file("bets.csv", data)
    sample = read_sample(path)
    columns = guess_columns(sample.columns)
    defaults = ImportDefaults(client_seed="client", server_seed_hashed="f" * 64, difficulty=Difficulty.EXPERT)
    preview(path, columns, defaults)
    layout = look(path)
    reader = RowReader(layout, columns, defaults)
    with rows_of(path, layout) as (rows, _):
        for row in islice(rows, 200):
            if row.values is not None:
                _read_row(reader, row.values)


def _read_row(reader: RowReader, values: Any) -> None:
    try:
        parse_message(reader.body(values))
    except KnownError:
        return  # the row is refused; the next one is read


def _file_of_bets(inputs: Inputs) -> bytes:
    some = [inputs.message() for _ in range(inputs.chance.randrange(1, 6))]
    match inputs.chance.randrange(4):
        case 0:
            return b"\n".join(inputs.mutator.text(one) for one in some)
        case 1:
            return b"[" + b",".join(inputs.mutator.text(one) for one in some) + b"]"
        case 2:
            return b"".join(LOG_PREFIX.encode() + inputs.mutator.text(one) + b"\r\n" for one in some)
    separator = inputs.chance.choice(",;\t|")
    keys = ["id", "dateTime", "nonce", "amount", "payout", "difficulty", "roundTarget", "roundResult"]
    lines = [separator.join(keys)]
    for one in some:
        values = one if isinstance(one, dict) else {}
        lines.append(separator.join(_shown(values.get(key)) for key in keys))
    encoding = inputs.chance.choice(("utf-8", "utf-8-sig", "utf-16"))
    return "\r\n".join(lines).encode(encoding, "replace")


def _shown(value: object) -> str:
    return "9" * 400 if isinstance(value, int) and value.bit_length() > 1000 else str(value)


_PAIRS = (
    b'server_seed,client_seed,start,end,difficulty\nabc,def,1,1000,expert\n"a,b",c,5,,easy\n',
    b"server\tclient\nabc\tdef\n",
    b"abc def\nghi jkl 1 100 hard\n",
    b'a;b;1;10;medium\r\n;;;\r\n"never closed;b\r\n',
)


def _pairs(inputs: Inputs) -> None:
    inputs.last = data = inputs.mutator.data(inputs.chance.choice(_PAIRS), _PAIRS)
    text = read_pair_file(inputs.file("pairs.csv", data))
    read_pairs(text, PairDefaults("1", "1000", "expert"), DEFAULT_MAX_NONCES)


def _scan(inputs: Inputs) -> None:
    fields: dict[str, Any] = {
        "server_seed": "server", "client_seed": "client", "start": 1, "end": 1000, "difficulty": "expert",
        "targets": [34.68, 164.72],
    }  # fmt: skip
    for name in list(fields):
        if inputs.chance.random() < 0.4:
            fields[name] = inputs.chance.choice(NASTY)
    if inputs.chance.random() < 0.3:
        fields["targets"] = [inputs.chance.choice(NASTY) for _ in range(3)]
    inputs.last = fields
    ScanRequest.parse(**fields, max_nonces=DEFAULT_MAX_NONCES)


class _Blobs:
    """Stored outcomes of a run, bent on disk."""

    COUNT = 4096

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        outcomes = np.arange(self.COUNT, dtype=np.uint8) % 16
        self._run = make_run(nonce_end=self.COUNT)
        # The last one is small, and unpacks to 16 MB for whoever lets it.
        self._blobs = [
            compress(outcomes),
            zlib.compress(b"\x10" * self.COUNT),
            zlib.compress(bytes(1 << 24), 9),
        ]

    def turn(self) -> None:
        """Unpack a bent blob."""
        chance = self._inputs.chance
        data = chance.choice(self._blobs)
        if chance.random() < 0.9:
            data = self._inputs.mutator.data(data, self._blobs)
        count = self.COUNT if chance.random() < 0.8 else chance.choice((-1, 0, 1, 2**31, 2**63))
        self._inputs.last = data
        unpack(self._run, OutcomeChunk(1, count, data), 1)


def _settings(inputs: Inputs) -> None:
    settings = {
        "ingest_port": 17888, "ingest_rate_limit": 12000, "ingest_token": "abc",
        "ingest_token_required": True, "max_nonces": 1000, "log_level": "INFO",
        "theme": "dark", "database_url": "sqlite:///x.db",
    }  # fmt: skip
    whole = inputs.mutator.text(inputs.mutator.value(settings, [settings]))
    inputs.last = data = inputs.mutator.data(whole, [whole]) if inputs.chance.random() < 0.3 else whole
    folder = inputs.folder / "data"
    folder.mkdir(exist_ok=True)
    (folder / "settings.json").write_bytes(data)
    load_settings({"data_dir": folder})


def _theme(inputs: Inputs) -> None:
    theme = json.loads(resource("themes", "dark.json").read_text())
    whole = inputs.mutator.text(inputs.mutator.value(theme, [theme, theme["colors"]]))
    inputs.last = data = inputs.mutator.data(whole, [whole]) if inputs.chance.random() < 0.3 else whole
    theme_from_file(inputs.file("theme.json", data))


def pick(inputs: Inputs, all_targets: tuple[Target, ...], count: int) -> Iterator[Target]:
    """Yield a target for each input, by their shares."""
    weights = [target.share for target in all_targets]
    yield from (inputs.chance.choices(all_targets, weights)[0] for _ in range(count))

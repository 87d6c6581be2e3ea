from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from pump_desktop.domain.batch import MAX_CHARACTERS, PairDefaults
from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.batch import MAX_BYTES, check_pairs, read_pair_file
from tests.services.samples import heartbeat, send

USUAL = PairDefaults("1", "10", "easy")
TEXT = "server seed,client seed\r\nSaat ü,Glück 🎈\r\n"


def refusal(path: Path) -> str:
    with pytest.raises(KnownError) as caught:
        read_pair_file(path)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_of_any_unicode_spelling_is_read(tmp_path: Path, backend: Backend, encoding: str) -> None:
    file = tmp_path / "pairs.csv"
    file.write_bytes(TEXT.encode(encoding))
    assert read_pair_file(file) == TEXT
    (ready,) = check_pairs(backend.runs, read_pair_file(file), USUAL, 1000).ready
    assert (ready.server_seed, ready.client_seed) == ("Saat ü", "Glück 🎈")


def test_a_file_that_is_no_list_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    assert refusal(file) == "pairs.csv cannot be read: No such file or directory."
    assert refusal(tmp_path) == f"{tmp_path.name} cannot be read: Is a directory."
    wrong = "pairs.csv is not UTF-8 text. Save it as “CSV UTF-8” and load it again."
    for data in ("Glück".encode("latin-1"), codecs.BOM_UTF16_LE + b"a", b"\xff\xfe\x00\xd8"):
        file.write_bytes(data)
        assert refusal(file) == wrong
    file.write_bytes(b"a,b\n\0\0\0")
    assert refusal(file) == "pairs.csv is not a text file."
    file.write_bytes(b"a,b\n" * (MAX_BYTES // 4) + b"c")
    assert refusal(file) == "pairs.csv is larger than 4 MB. Split it into smaller files."


def test_a_file_of_the_largest_size_is_refused_by_its_length_at_most(
    tmp_path: Path, backend: Backend
) -> None:
    file = tmp_path / "pairs.csv"
    file.write_bytes(b"a,b\n" * (MAX_BYTES // 4))
    text = read_pair_file(file)
    assert len(text) > MAX_CHARACTERS
    with pytest.raises(FieldError, match="4,000,000 is the limit"):
        check_pairs(backend.runs, text, USUAL, 1000)


def test_a_hash_that_stands_where_a_seed_belongs_is_warned_of(backend: Backend) -> None:
    backend.runs.create(ScanRequest("known", "client", 1, 5, Difficulty.EASY, (1.02,)))
    send(backend.live, [heartbeat(1, serverSeedHashed="ab" * 32)])
    known = seed_sha256("known")
    listed = check_pairs(backend.runs, f"{known.upper()},a\n{'ab' * 32},b\n{'c' * 64},c\nx", USUAL, 1000)
    warning = (
        "This is the SHA-256 of a server seed you already have. Paste the revealed seed itself, not its hash."
    )
    assert [pair.warning for pair in listed.pairs] == [warning, warning, "", ""]
    # It may be a seed all the same.
    assert len(listed.ready) == 3

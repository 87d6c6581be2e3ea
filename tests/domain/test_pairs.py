from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.domain.batch import (
    MAX_CHARACTERS,
    MAX_LINES,
    PairDefaults,
    PairList,
    left_over,
    read_pairs,
    usual_targets,
)
from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest

USUAL = PairDefaults("1", "1000", "expert")
MOST = 100_000
HASHLIKE = "564e967b90f03d0153fdcb2d2d1cc5a5057e0df78163611fe3801d6498e681ca"


def read(text: str, defaults: PairDefaults = USUAL) -> PairList:
    return read_pairs(text, defaults, MOST)


def scan(
    server: str, client: str, start: int = 1, end: int = 1000, difficulty: Difficulty = Difficulty.EXPERT
) -> ScanRequest:
    return ScanRequest(server, client, start, end, difficulty, usual_targets(difficulty))


def problems(text: str) -> list[str]:
    """Give the problems as a person reads them."""
    return [f"line {pair.line.number}: {pair.problem}" for pair in read(text).wrong]


@pytest.mark.parametrize(
    "line",
    [
        f"{HASHLIKE},zXv1,5,200,hard",
        f"{HASHLIKE}, zXv1, 5, 200, hard",
        f"{HASHLIKE} ; zXv1 ; 5 ; 200 ; Hard ",
        f"{HASHLIKE}\tzXv1\t5\t200\tHARD\t\t",
        f"{HASHLIKE} zXv1 5 200 hard",
        f"   {HASHLIKE}    zXv1   5 200   hard  ",
        f'"{HASHLIKE}","zXv1","5","200","hard"',
        f'"{HASHLIKE}" zXv1 "5" 200 hard',
    ],
)
def test_every_separator_gives_the_same_pair(line: str) -> None:
    wanted = scan(HASHLIKE, "zXv1", 5, 200, Difficulty.HARD)
    assert read(line).ready == (wanted,)
    assert read(f"\ufeff{line}\r\n\r\n{line.replace('zXv1', 'other')}\r\n").ready[0] == wanted


def test_one_line_does_not_decide_the_separator_of_the_others() -> None:
    text = "a;b client 1 5 easy\nc d 1 5\ne f"
    assert [request.client_seed for request in read(text).ready] == ["client", "d", "f"]


def test_what_a_line_leaves_out_comes_from_the_form() -> None:
    defaults = PairDefaults("11", "20", "medium")
    listed = read_pairs("a,b\nc,d,15\ne,f,,12\ng,h,,,easy", defaults, MOST)
    assert listed.ready == (
        scan("a", "b", 11, 20, Difficulty.MEDIUM),
        scan("c", "d", 15, 20, Difficulty.MEDIUM),
        scan("e", "f", 11, 12, Difficulty.MEDIUM),
        scan("g", "h", 11, 20, Difficulty.EASY),
    )
    assert listed.header is None


@pytest.mark.parametrize(
    "header",
    [
        "difficulty,notes,Client Seed,end,SERVER_SEED,start",
        "Difficulty;notes;client;last nonce;server;first nonce",
        "difficulty\tnotes\tclientSeed\tto\tserverSeed\tfrom",
    ],
)
def test_a_header_names_the_columns_in_any_order(header: str) -> None:
    mark = next(mark for mark in ",;\t" if mark in header)
    body = mark.join(["hard", "a, remark" if mark != "," else "remark", "zXv1", "200", HASHLIKE, "5"])
    listed = read(f"\n{header}\n{body}\n")
    assert listed.header == 2
    assert listed.ready == (scan(HASHLIKE, "zXv1", 5, 200, Difficulty.HARD),)
    assert [pair.line.number for pair in listed.pairs] == [3]


def test_a_header_between_spaces_may_say_seed_and_nonce() -> None:
    listed = read("client seed server seed start nonce end nonce\nzXv1 abc 5 200")
    assert listed.ready == (scan("abc", "zXv1", 5, 200),)


def test_seeds_that_are_called_like_columns_are_a_pair_where_a_nonce_stands() -> None:
    assert read("server client 1 5").ready == (scan("server", "client", 1, 5),)


def test_blanks_belong_to_a_seed_only_within_quotes() -> None:
    assert read(" ab , cd ").ready == (scan("ab", "cd"),)
    assert read('" ab ","c,""d"""').ready == (scan(" ab ", 'c,"d"'),)


def test_every_problem_is_said_at_its_line_and_the_others_go_on() -> None:
    lines = [
        "a,b,500,100",
        "good,pair",
        "a",
        ",b",
        '"open,b',
        "a,b,1,5,impossible",
        "a,b,one,5",
        "a,b,0,5",
        "a,b,1,1000000",
        "a,b,1,5,easy,more",
        f"{'s' * 257},b",
        "x" * 3000,
        "",
        "other,pair",
    ]
    assert problems("\n".join(lines)) == [
        "line 1: the last nonce must not be smaller than the first",
        "line 3: client seed cannot be empty",
        "line 4: server seed cannot be empty",
        "line 5: a quote is not closed or not at its end",
        "line 6: difficulty must be one of: easy, medium, hard, expert",
        "line 7: start must be a whole number",
        "line 8: start must be between 1 and 9007199254740991",
        "line 9: Nonce range 1000000 exceeds maximum of 100000",
        "line 10: this line has 6 fields, 5 at most are read",
        "line 11: server seed must be at most 256 characters (this one has 257)",
        "line 12: this line is longer than 2,000 characters",
    ]
    assert [request.server_seed for request in read("\n".join(lines)).ready] == ["good", "other"]


def test_a_line_that_repeats_another_is_marked_and_scanned_once() -> None:
    listed = read("a,b,1,5\nc,d\na,b,1,6\na;b,1,5\n a , b , 1 , 5 , expert\na,b,1,5,easy\nc,d,1,1000")
    assert [pair.repeats for pair in listed.pairs] == [None, None, None, None, 1, None, 2]
    assert (len(listed.pairs), listed.repeated, len(listed.ready)) == (7, 2, 5)


def test_what_has_a_problem_is_left_over_under_its_header() -> None:
    text = "\ufeffclient,server,start\r\nb,a,1\r\nb,,1\r\nb,a,x\r\n"
    assert left_over(text, read(text)) == "client,server,start\nb,,1\nb,a,x"
    good = "client,server\nb,a"
    assert left_over(good, read(good)) == ""


def test_an_empty_list_is_no_error() -> None:
    for text in ("", "\ufeff", "\n \n\t\n", ",,,\n;;\n"):
        assert read(text) == PairList()
    assert read("server seed,client seed\n").header == 1


def test_a_list_that_is_too_long_is_refused_in_a_sentence() -> None:
    lines = [f"server {number},client" for number in range(MAX_LINES)]
    assert len(read("\n".join(["server,client", *lines])).ready) == MAX_LINES
    with pytest.raises(FieldError, match=r"This list holds 10,001 pairs; 10,000 is the limit\. Split it\."):
        read("\n".join([*lines, "one,more"]))
    with pytest.raises(FieldError, match=r"This list holds 4,000,001 characters; 4,000,000 is the limit\."):
        read("x" * (MAX_CHARACTERS + 1))


FIELD = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(FIELD, max_size=7), max_size=6), st.sampled_from(",;\t "))
def test_no_text_is_lost_and_none_raises(rows: list[list[str]], mark: str) -> None:
    text = "\n".join(mark.join(row) for row in rows)
    listed = read(text)
    numbers = {pair.line.number for pair in listed.pairs} | ({listed.header} if listed.header else set())
    lines = text.removeprefix("\ufeff").split("\n")
    assert numbers == {number for number, line in enumerate(lines, 1) if line.strip(" \t,;")}
    for pair in listed.pairs:
        assert (pair.request is None) == bool(pair.problem)


@given(
    st.lists(
        st.tuples(st.text("abc,;\t \"'ü", min_size=1).filter(str.strip), st.integers(1, 900)), min_size=1
    )
)
def test_what_is_written_as_csv_comes_back(rows: list[tuple[str, int]]) -> None:
    quoted = [(seed.replace('"', '""'), start) for seed, start in rows]
    text = "\n".join(["server,client,start,end", *(f'"{s}","{s}",{n},{n}' for s, n in quoted)])
    unique = dict.fromkeys(scan(seed, seed, start, start) for seed, start in rows)
    assert read(text).ready == tuple(unique)

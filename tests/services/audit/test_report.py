"""What an audit leaves: a table that no spreadsheet computes, and a report that is whole, closed and true."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from pump_desktop.domain.audits import StreamAudit
from pump_desktop.domain.errors import ConflictError, NotFoundError
from pump_desktop.domain.live import Message
from pump_desktop.engine import ENGINE_VERSION, reference
from pump_desktop.services.audit import audit as audits
from pump_desktop.services.audit import audit as payout_check
from pump_desktop.services.audit.report import audit_csv, audit_report
from pump_desktop.services.audit.reveal import stored_audit, whole_audit
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.export import write_text
from tests.services.report.report_parts import HTML, Element, facts, rows, section, words
from tests.services.samples import CLIENT, SEED, bet, heartbeat, outcome, send

NOW = datetime(2026, 5, 9, 12, 30, tzinfo=UTC)

FAIR = [bet(n, roundTarget=1.0, payout=1.0) for n in range(1, 31)]
# One result that is not the true one, one payout that is not due, one bet without a target.
WRONG = [
    *FAIR,
    bet(40, roundResult=5.55, roundTarget=1.0, payout=1.0),
    bet(41, roundTarget=1.0, payout=3.0),
    bet(42),
]


def audited(backend: Backend, messages: Sequence[Message] = WRONG) -> StreamAudit:
    return whole_audit(backend.live, send(backend.live, messages)[0].stream_id, SEED)


def report(backend: Backend, audit: StreamAudit, *, with_seeds: bool = False) -> tuple[str, Element]:
    """Give the report as text, and parsed: XML takes nothing that is not well-formed."""
    text = "".join(audit_report(backend.live, audit, with_seeds=with_seeds, now=NOW))
    return text, ET.fromstring(text)  # noqa: S314 - our own file


def table(audit: StreamAudit) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(audit_csv(audit)))))


def test_the_table_holds_reported_beside_true(backend: Backend) -> None:
    result, payout = table(audited(backend))
    assert (result["what"], result["nonce"], result["antebot_bet_id"]) == ("result", "40", "bet-40")
    assert (result["difficulty"], float(result["reported"]), float(result["true"])) == (
        "expert",
        5.55,
        outcome(40),
    )
    assert (payout["what"], payout["nonce"], payout["antebot_bet_id"]) == ("payout", "41", "bet-41")
    assert [float(payout[name]) for name in ("amount", "round_target", "reported", "true")] == [1, 1, 3, 1]


def test_the_table_of_rounds_and_of_stored_verdicts(backend: Backend) -> None:
    audit = audited(backend, [*WRONG, heartbeat(50, roundResult=1e9)])
    (_, bare) = [row for row in table(audit) if row["what"] == "result"]
    assert (bare["nonce"], bare["antebot_bet_id"], bare["difficulty"]) == ("50", "", "")
    stored = stored_audit(backend.live, audit.stream_id)
    assert table(stored) == [row for row in table(audit) if row["what"] == "result"]


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@x", "\tx", '=cmd|" /C calc"!A0', "a,b", 'a"b', "a\nb"]
)
def test_a_spreadsheet_computes_nothing_of_it(backend: Backend, name: str) -> None:
    audit = audited(backend, [bet(1, id=name, roundResult=5.55, currency=name, roundTarget=1.0)])
    rows = table(audit)
    assert rows
    for row in rows:
        assert all(cell[:1] not in set("=+-@\t\r") for cell in row.values())
        assert row["antebot_bet_id"].removeprefix("'") == name


def test_without_a_fault_there_is_only_the_heading(backend: Backend) -> None:
    assert table(audited(backend, FAIR)) == []


def test_the_report_says_the_verdicts(backend: Backend) -> None:
    _, page = report(backend, audited(backend))
    assert "✗ 1 of 33 results is not what the seed gives." in words(page)
    assert "✗ 1 of 32 payouts is wrong." in words(page)
    assert "1 bet names no target and could not be checked." in words(page)
    assert rows(section(page, "Results that do not match")) == [
        ["40", "bet-40", "Expert", "5.55x", f"{outcome(40):,.2f}x"]
    ]
    assert [row[:2] + row[-3:] for row in rows(section(page, "Payouts that are wrong"))] == [
        ["41", "bet-41", "3", "1", ""]
    ]


def test_the_report_of_a_fair_stream_has_no_tables_of_faults(backend: Backend) -> None:
    _, page = report(backend, audited(backend, FAIR))
    assert "✓ All 30 results are what the seed gives." in words(page)
    assert "✓ All 30 payouts are right." in words(page)
    assert "that do not match" not in words(page)
    assert "that are wrong" not in words(page)
    assert "Nonce 1 is the first of this stream." in words(page)


def test_it_names_the_stream_by_its_hash_and_the_engine(backend: Backend) -> None:
    audit = audited(backend)
    backend.live.set_notes(audit.stream_id, "first\nsecond").result(10)
    _, page = report(backend, audit)
    found = facts(page)
    assert found["Server seed SHA-256"] == hashlib.sha256(SEED.encode()).hexdigest()
    assert found["Client seed SHA-256"] == hashlib.sha256(CLIENT.encode()).hexdigest()
    assert (found["Engine"], found["Bets"], found["Rounds"]) == (ENGINE_VERSION, "33", "33")
    assert found["Nonces"] == "1 to 42, 9 of them missing"
    assert found["Notes"] == "first second"
    assert found["Report made"].startswith("2026-05-09 12:30:00 UTC by Pump Desktop ")
    revealed = backend.live.stream(audit.stream_id).revealed_at
    assert revealed is not None
    assert found["Seed revealed"] == f"{revealed:%Y-%m-%d %H:%M:%S} UTC, by hand"


def test_seeds_are_in_it_only_when_asked_for(backend: Backend) -> None:
    long_client = "a client seed of some length"
    messages = [bet(1, clientSeed=long_client, id=f"{long_client}-1", roundResult=5.55)]
    audit = audited(backend, messages)
    backend.live.set_notes(audit.stream_id, f"made with {SEED} and {long_client}").result(10)
    without, page = report(backend, audit)
    assert SEED not in without
    assert long_client not in without
    assert facts(page)["Notes"] == "made with [seed hidden] and [seed hidden]"
    _, page = report(backend, audit, with_seeds=True)
    assert (facts(page)["Server seed"], facts(page)["Client seed"]) == (SEED, long_client)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "\u202eltr \x07 ]]> &lt;", '"><img src=x>']
)
def test_names_and_notes_stay_text(backend: Backend, hostile: str) -> None:
    audit = audited(backend, [bet(1, id=hostile, roundResult=5.55, currency=hostile[:20], roundTarget=1.0)])
    backend.live.set_notes(audit.stream_id, hostile).result(10)
    text, page = report(backend, audit, with_seeds=True)
    plain = " ".join(hostile.replace("\x07", "\N{REPLACEMENT CHARACTER}").split())
    assert facts(page)["Notes"] == plain
    assert rows(section(page, "Results that do not match"))[0][1] == plain
    assert not {part.tag for part in page.iter()} & {f"{HTML}{tag}" for tag in ("script", "img", "link", "a")}
    assert re.findall(r"https?://[^\"'\s<]+|url\(|@import", text) == ["http://www.w3.org/1999/xhtml"]


def test_the_first_wrong_bet_can_be_redone_by_hand(backend: Backend) -> None:
    _, page = report(backend, audited(backend), with_seeds=True)
    recipe = section(page, "Redo one bet by hand")
    assert "Nonce 40 is the first that does not match." in words(recipe)
    *_, program = ["".join(part.itertext()) for part in recipe.iter(f"{HTML}pre")]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(program, {})  # noqa: S102 - the program a reader is told to run
    picks = reference.picks(reference.words(SEED, CLIENT, 40, 10))
    assert told.getvalue() == f"{picks} safe pumps: {min(min(picks) - 1, 15)}\n"


def test_the_first_of_many_are_listed_and_that_is_said(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audits, "MAX_MISMATCHES", 3)
    monkeypatch.setattr(payout_check, "MAX_FAULTS", 2)
    messages = [bet(n, roundResult=5.55, roundTarget=1.0, payout=9.0) for n in range(1, 8)]
    audit = audited(backend, messages)
    _, page = report(backend, audit)
    assert "The first 3 of 7." in words(section(page, "Results that do not match"))
    assert "The first 2 of 7." in words(section(page, "Payouts that are wrong"))
    assert (len(rows(section(page, "Results that"))), len(table(audit))) == (3, 5)


def test_bare_rounds_have_no_bet_to_redo(backend: Backend) -> None:
    _, page = report(backend, audited(backend, [heartbeat(1), heartbeat(2)]))
    assert "Redo one bet" not in words(page)
    assert "No payout could be checked." in words(page)


def test_stored_verdicts_have_no_payouts_and_no_time(backend: Backend) -> None:
    audit = audited(backend)
    _, page = report(backend, stored_audit(backend.live, audit.stream_id))
    assert "Payouts were not checked." in words(page)
    assert facts(page)["Checked"] == "as stored with the bets"


def test_a_stream_that_is_gone_or_closed_has_no_report(backend: Backend) -> None:
    audit = audited(backend)
    other: UUID = send(backend.live, [bet(1, clientSeed="other")])[0].stream_id
    with pytest.raises(ConflictError):
        list(audit_report(backend.live, StreamAudit(other, audit.audit), with_seeds=False, now=NOW))
    backend.live.delete(audit.stream_id).result(10)
    with pytest.raises(NotFoundError):
        list(audit_report(backend.live, audit, with_seeds=False, now=NOW))


def test_it_is_written_whole(backend: Backend, tmp_path: Path) -> None:
    audit = audited(backend)
    file = tmp_path / "audit.html"
    write_text(file, audit_report(backend.live, audit, with_seeds=False, now=NOW))
    assert file.read_text("utf-8") == report(backend, audit)[0]

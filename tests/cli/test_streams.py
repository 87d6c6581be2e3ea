from __future__ import annotations

import json
from pathlib import Path

import pytest

from pump_desktop.cli.main import run
from pump_desktop.services.audit import audit
from pump_desktop.services.backend import open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.services.samples import SEED, bet, send


def test_a_reveal_counts_all_mismatches_and_names_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MAX_MISMATCHES", 25)
    backend = open_backend(Settings(), resolve_paths(tmp_path))
    wrong = [bet(nonce, roundResult=3203384.80) for nonce in range(1, 41)]
    stream_id = send(backend.live, [*wrong, bet(41), bet(42)])[0].stream_id
    backend.close()
    reveal = ["--data-dir", str(tmp_path), "streams", "reveal", str(stream_id), "--server-seed", SEED]
    assert run(reveal) == 1
    first, *named, last = capsys.readouterr().out.splitlines()
    assert first == "42 checked, 2 match, 40 do not."
    assert len(named) == 20
    assert last == "  and 20 more; --json names the first 25"
    assert run([*reveal, "--json"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert (body["checked"], body["matches"], len(body["mismatches"])) == (42, 2, 25)

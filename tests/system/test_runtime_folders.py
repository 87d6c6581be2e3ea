from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from pump_desktop.system.runtime_folders import runtime_folders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="accounts and rights of POSIX")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the account's own folder, not made yet, among temporary files; there is no session."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("pump_desktop.system.runtime_folders.SESSIONS", tmp_path / "sessions")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return tmp_path / f"pump-desktop-{os.getuid()}"


def test_a_folder_for_the_account_alone_is_made_and_found_again(own: Path) -> None:
    assert runtime_folders() == [own] == runtime_folders()
    assert stat.S_IMODE(own.stat().st_mode) == 0o700


def test_the_folder_of_the_session_comes_first_and_makes_another_needless(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = tmp_path / "sessions" / str(os.getuid())
    session.mkdir(mode=0o700, parents=True)
    assert runtime_folders() == [session]
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    assert runtime_folders() == [session]
    assert not own.exists()
    # A program that was told of no session listens there, and is looked for.
    own.mkdir(mode=0o700)
    assert runtime_folders() == [session, own]


def test_what_others_may_enter_or_turn_elsewhere_is_not_used(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all = tmp_path / "open to all"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    monkeypatch.chdir(tmp_path)
    for named in (str(open_to_all), "open to all", str(tmp_path / "missing"), ""):
        monkeypatch.setenv("XDG_RUNTIME_DIR", named)
        own.write_text("somebody was here first")
        assert runtime_folders() == []
        own.unlink()
        own.symlink_to(tmp_path)
        assert runtime_folders() == []
        own.unlink()


def test_a_folder_of_another_account_is_not_used(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    own.with_name(f"pump-desktop-{other}").mkdir(mode=0o700)
    assert runtime_folders() == []

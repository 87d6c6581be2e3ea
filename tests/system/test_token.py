import errno
import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from pump_desktop.domain.errors import KnownError
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.redaction import redact
from pump_desktop.system.settings import Settings
from pump_desktop.system.token import load_or_make_token, rotate_token, token_in_force

posix = pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX files")


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return resolve_paths(tmp_path / "data")


def test_made_once_and_kept(paths: AppPaths) -> None:
    token = load_or_make_token(paths)
    assert len(token) >= 40
    assert load_or_make_token(paths) == token
    assert [file.name for file in paths.data.iterdir()] == ["token"]
    assert load_or_make_token(resolve_paths(paths.data / "other")) != token


def test_made_by_many_at_once_it_is_one(paths: AppPaths) -> None:
    with ThreadPoolExecutor(8) as threads:
        tokens = set(threads.map(load_or_make_token, [paths] * 32))
    assert tokens == {(paths.data / "token").read_text().strip()}


def test_a_file_system_without_links_will_do(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_names: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    token = load_or_make_token(paths)
    assert load_or_make_token(paths) == token
    assert [file.name for file in paths.data.iterdir()] == ["token"]


@posix
def test_for_its_owner_alone(paths: AppPaths) -> None:
    file = paths.data / "token"
    token = load_or_make_token(paths)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    assert load_or_make_token(paths) == token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rotate_token(paths)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_new_token_takes_the_place_of_the_old(paths: AppPaths) -> None:
    old = load_or_make_token(paths)
    new = rotate_token(paths)
    assert new != old
    assert load_or_make_token(paths) == new


@pytest.mark.parametrize("held", [b"", b"\n", b"two words", b"\xff\xfe", b"x" * 600, b"a\x00b", b"a\nb"])
def test_a_damaged_file_is_said(paths: AppPaths, held: bytes) -> None:
    paths.data.mkdir()
    (paths.data / "token").write_bytes(held)
    with pytest.raises(KnownError, match="holds no token"):
        load_or_make_token(paths)
    rotate_token(paths)
    assert load_or_make_token(paths)


def test_a_folder_in_its_place_is_said(paths: AppPaths) -> None:
    (paths.data / "token").mkdir(parents=True)
    with pytest.raises(KnownError, match="cannot be used"):
        load_or_make_token(paths)
    with pytest.raises(KnownError, match="cannot be written"):
        rotate_token(paths)


def test_a_token_of_the_settings_comes_first(paths: AppPaths) -> None:
    settings = Settings(ingest_token=SecretStr("from-the-settings"))
    assert token_in_force(settings, paths) == "from-the-settings"
    assert not paths.data.exists()
    assert token_in_force(Settings(), paths) == load_or_make_token(paths)


def test_it_never_reaches_a_log(paths: AppPaths) -> None:
    token = load_or_make_token(paths)
    assert redact(f"posted with {token}") == "posted with [seed]"

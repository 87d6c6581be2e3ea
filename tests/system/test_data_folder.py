from __future__ import annotations

from pathlib import Path

import pytest

from pump_desktop.system.data_folder import remember_folder
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import load_settings, save_settings


@pytest.fixture(autouse=True)
def without_a_folder_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUMP_DATA_DIR")


def test_the_next_start_uses_the_folder_and_so_on_from_there(tmp_path: Path) -> None:
    assert remember_folder(None, tmp_path / "first")
    settings = load_settings()
    assert settings.data_dir == tmp_path / "first"
    assert remember_folder(settings.data_dir, tmp_path / "second")
    assert load_settings().data_dir == tmp_path / "second"


def test_back_in_the_usual_folder_there_is_no_pointer(tmp_path: Path) -> None:
    usual = resolve_paths()
    save_settings(usual.settings_file, {"theme": "dark", "data_dir": str(tmp_path / "away")})
    assert remember_folder(tmp_path / "away", usual.data)
    settings = load_settings()
    assert (settings.data_dir, settings.theme) == (None, "dark")


def test_a_folder_that_a_person_wrote_down_is_recognised(tmp_path: Path) -> None:
    save_settings(resolve_paths().settings_file, {"data_dir": f"{tmp_path}/typed/"})
    assert remember_folder(load_settings().data_dir, tmp_path / "second")
    assert load_settings().data_dir == tmp_path / "second"


def test_a_folder_named_at_every_start_is_not_overruled(tmp_path: Path) -> None:
    assert not remember_folder(tmp_path / "named by a flag", tmp_path / "new")
    assert not resolve_paths().settings_file.exists()
    assert load_settings({"data_dir": tmp_path / "named by a flag"}).data_dir == tmp_path / "named by a flag"

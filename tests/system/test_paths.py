import stat
from pathlib import Path

import pytest

from pump_desktop.domain.errors import StoreError
from pump_desktop.system.paths import kernel_cache_dir, prepare_paths, resolve_paths


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_chosen_folder_holds_everything_but_the_cache(tmp_path: Path) -> None:
    paths = resolve_paths(tmp_path / "mine")
    assert paths.data == tmp_path / "mine"
    assert paths.logs == tmp_path / "mine" / "logs"
    assert paths.settings_file == tmp_path / "mine" / "settings.json"
    assert paths.database_file == tmp_path / "mine" / "pump.db"
    assert tmp_path not in paths.cache.parents
    assert paths.cache in kernel_cache_dir().parents


def test_the_usual_folders_carry_the_programs_name() -> None:
    paths = resolve_paths()
    assert "pump-desktop" in paths.data.parts
    assert "pump-desktop" in paths.logs.parts
    assert paths.settings_file.parent == paths.database_file.parent == paths.data


def test_a_relative_folder_stays_where_it_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve_paths(Path("here")).data == tmp_path / "here"
    assert resolve_paths(Path("~/there")).data == Path.home() / "there"


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    paths = resolve_paths(tmp_path / "deep" / "mine")
    prepare_paths(paths)
    assert mode(paths.data) == 0o700
    assert list(paths.data.iterdir()) == []


def test_a_folder_that_was_there_keeps_its_rights(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    prepare_paths(resolve_paths(shared))
    assert mode(shared) == 0o755


@pytest.mark.parametrize("bad", ["file", "file/below", "zero\0byte"])
def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, bad: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        prepare_paths(resolve_paths(tmp_path / bad))
    sentence = str(caught.value)
    assert sentence.startswith(f"The data folder {tmp_path / bad} cannot be written: ")
    assert sentence.endswith(". Choose another with --data-dir or PUMP_DATA_DIR.")

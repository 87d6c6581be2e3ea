import json
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.requests import DEFAULT_MAX_NONCES
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Origin, Settings, load_settings, quiet_hours_text, save_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the settings file of the folder that PUMP_DATA_DIR names."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "settings.json"


def test_without_any_source_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.model_dump() == Settings(data_dir=tmp_path / "data").model_dump()
    assert settings.ingest_port == 17888
    assert settings.ingest_rate_limit == 12_000
    assert settings.max_nonces == DEFAULT_MAX_NONCES
    assert settings.log_level == "INFO"
    assert settings.theme == "system"
    assert settings.database_url is None
    assert settings.ingest_token is None


def test_the_bare_class_does_not_look_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUMP_INGEST_PORT", "1")
    assert Settings().ingest_port == 17888


def test_each_source_beats_the_one_before(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(json.dumps({"ingest_port": 1, "max_nonces": 1, "theme": "Dark"}))
    monkeypatch.setenv("PUMP_INGEST_PORT", "2")
    monkeypatch.setenv("PUMP_MAX_NONCES", "2")
    settings = load_settings({"ingest_port": 3, "theme": None})
    assert (settings.theme, settings.max_nonces, settings.ingest_port) == ("dark", 2, 3)


def test_a_stronger_source_hides_a_wrong_weaker_one(file: Path) -> None:
    file.write_text('{"ingest_port": "abc"}')
    assert load_settings({"ingest_port": "0"}).ingest_port == 0


def test_every_variable_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PUMP_DATA_DIR": str(tmp_path / "other"),
        "PUMP_DATABASE_URL": "sqlite:///x.db",
        "PUMP_INGEST_TOKEN": "secret-token",
        "PUMP_INGEST_PORT": "65535",
        "PUMP_INGEST_RATE_LIMIT": "1",
        "PUMP_MAX_NONCES": "1",
        "PUMP_RETAIN_ROUNDS": "7",
        "PUMP_LOG_LEVEL": "debug",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.ingest_token is not None
    assert settings.ingest_token.get_secret_value() == "secret-token"
    assert settings.model_dump(exclude={"ingest_token"}) == {
        "data_dir": tmp_path / "other",
        "database_url": "sqlite:///x.db",
        "ingest_port": 65535,
        "ingest_rate_limit": 1,
        "ingest_token_required": True,
        "max_nonces": 1,
        "retain_rounds": 7,
        "log_level": "DEBUG",
        "theme": "system",
        "density": "comfortable",
        "desktop_notices": True,
        "notice_sound": True,
        "quiet_hours": None,
        "hide_seeds": False,
        "hide_seeds_in_exports": True,
    }


def test_an_empty_variable_is_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUMP_INGEST_PORT", "")
    assert load_settings().ingest_port == 17888


@pytest.mark.parametrize(
    ("name", "value", "rest"),
    [
        ("ingest_port", "abc", "must be a whole number from 0 to 65535 (it is 'abc')."),
        ("ingest_port", "-1", "must be a whole number from 0 to 65535 (it is '-1')."),
        ("ingest_port", "65536", "must be a whole number from 0 to 65535 (it is '65536')."),
        ("max_nonces", "0", "must be a whole number of at least 1 (it is '0')."),
        ("ingest_rate_limit", "1.5", "must be a whole number of at least 1 (it is '1.5')."),
        ("log_level", "loud", "must be one of: DEBUG, INFO, WARNING, ERROR (it is 'loud')."),
        ("ingest_token", "a b", "must be printable ASCII characters without blanks."),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, rest: str) -> None:
    variable = f"PUMP_{name.upper()}"
    monkeypatch.setenv(variable, value)
    with pytest.raises(FieldError) as caught:
        load_settings()
    assert str(caught.value) == f"{variable} {rest}"
    assert caught.value.field == name


def test_a_wrong_key_of_the_file_is_named(file: Path) -> None:
    file.write_text('{"max_nonces": true}')
    with pytest.raises(FieldError, match=r"^max_nonces in .*settings.json must be .*1 \(it is True\)\.$"):
        load_settings()


def test_a_wrong_flag_is_named() -> None:
    with pytest.raises(FieldError, match=r"^--ingest-port must be .* 65535 \(it is 1000000\)"):
        load_settings({"ingest_port": 1_000_000})


def test_a_flag_nobody_knows_is_a_bug() -> None:
    with pytest.raises(ValueError, match="colour"):
        load_settings({"colour": "red"})


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"theme": NaN'])
def test_a_broken_file_is_a_sentence(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(KnownError, match=r"^The settings file .*settings.json .*move it away\.$") as caught:
        load_settings()
    assert "\n" not in str(caught.value)
    with pytest.raises(KnownError):
        save_settings(file, {"theme": "dark"})
    assert file.read_bytes() == content


def test_a_file_that_is_a_folder_is_a_sentence(file: Path) -> None:
    file.mkdir()
    with pytest.raises(KnownError, match="cannot be read: Is a directory"):
        load_settings()


def test_secrets_are_not_shown(file: Path) -> None:
    file.write_text('{"ingest_token": "gehe im", "database_url": ""}')
    with pytest.raises(FieldError) as caught:
        load_settings()
    assert "gehe" not in str(caught.value)
    assert "hunter2" not in repr(load_settings({"ingest_token": "hunter2", "database_url": "sqlite://"}))


def test_the_usual_folder_may_point_to_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUMP_DATA_DIR")
    usual, moved = resolve_paths().settings_file, resolve_paths(tmp_path / "moved").settings_file
    save_settings(usual, {"data_dir": tmp_path / "moved", "ingest_port": 1})
    save_settings(moved, {"data_dir": tmp_path / "elsewhere", "max_nonces": 2})
    settings = load_settings()
    assert (settings.data_dir, settings.ingest_port, settings.max_nonces) == (tmp_path / "moved", 17888, 2)
    assert load_settings({"data_dir": tmp_path / "flag"}).data_dir == tmp_path / "flag"


def test_saving_keeps_what_it_does_not_know(file: Path) -> None:
    file.write_text('{"from_tomorrow": [1, 2], "theme": "dark", "ingest_port": 5}')
    save_settings(file, {"theme": "light", "ingest_port": None, "ingest_token": SecretStr("token-of-ours")})
    assert json.loads(file.read_text()) == {
        "from_tomorrow": [1, 2],
        "theme": "light",
        "ingest_token": "token-of-ours",
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in file.parent.iterdir()] == ["settings.json"]
    assert load_settings().theme == "light"
    # A byte that was bent in a name would otherwise be a default without a word.
    assert load_settings().unknown == ("from_tomorrow",)


def test_what_could_not_be_loaded_is_not_saved(file: Path) -> None:
    with pytest.raises(FieldError, match=r"^ingest_port must be a whole number"):
        save_settings(file, {"ingest_port": 70_000})
    assert not file.exists()


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KnownError, match=r"settings.json cannot be (read|written): Not a directory"):
        save_settings(tmp_path / "file" / "settings.json", {"theme": "dark"})


def test_a_save_that_cannot_finish_leaves_no_half(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(file, {"theme": "dark"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(KnownError, match="No space left on device"):
        save_settings(file, {"theme": "light"})
    assert json.loads(file.read_text()) == {"theme": "dark"}
    assert [found.name for found in file.parent.iterdir()] == ["settings.json"]


def test_each_value_knows_where_it_came_from(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(file, {"ingest_port": 5, "max_nonces": 6, "density": "compact"})
    monkeypatch.setenv("PUMP_MAX_NONCES", "7")
    monkeypatch.setenv("PUMP_LOG_LEVEL", "debug")
    settings = load_settings({"log_level": "error"})
    names = ("theme", "density", "ingest_port", "max_nonces", "log_level")
    assert [settings.origin(name) for name in names] == [
        Origin.DEFAULT,
        Origin.FILE,
        Origin.FILE,
        Origin.ENVIRONMENT,
        Origin.FLAG,
    ]
    fixed = [settings.fixed_by(name) for name in names]
    assert fixed == [None, None, None, "PUMP_MAX_NONCES", "--log-level"]
    changed = settings.changed({"density": None, "theme": "dark"})
    assert (changed.density, changed.theme, changed.ingest_port) == ("comfortable", "dark", 5)
    assert (changed.origin("density"), changed.origin("theme")) == (Origin.DEFAULT, Origin.FILE)
    assert (settings.density, settings.origin("density")) == ("compact", Origin.FILE)
    with pytest.raises(FieldError, match=r"^ingest_port must be a whole number"):
        settings.changed({"ingest_port": "many"})


@pytest.mark.parametrize(
    ("text", "kept"),
    [("22:00-07:00", "22:00-07:00"), ("9:05-17:00", "09:05-17:00"), (" 23:00 - 1:00", "23:00-01:00")],
)
def test_quiet_hours_are_kept_in_one_form(file: Path, text: str, kept: str) -> None:
    save_settings(file, {"quiet_hours": text})
    settings = load_settings()
    assert settings.quiet_hours == kept == quiet_hours_text(settings.quiet)


@pytest.mark.parametrize("text", ["", "night", "22:00", "22:00-22:00", "24:00-07:00", "22:00-07:00-08:00"])
def test_other_words_are_no_quiet_hours(file: Path, text: str) -> None:
    with pytest.raises(FieldError, match=r"^quiet_hours must be two different times such as 22:00-07:00"):
        save_settings(file, {"quiet_hours": text})

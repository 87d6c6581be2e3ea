"""Settings, weakest to strongest: defaults, settings file, PUMP_* environment, flags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from pump_desktop.domain.alert_notices import QuietHours
from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.requests import DEFAULT_MAX_NONCES
from pump_desktop.system.files import read_regular, write_private
from pump_desktop.system.paths import resolve_paths

DEFAULT_PORT = 17888
DEFAULT_RATE_LIMIT = 12_000
# A hundred times what all settings together take.
_LARGEST = 1024 * 1024


def _no_bool(value: object) -> object:
    # JSON's true is the number 1 to Python.
    if isinstance(value, bool):
        raise ValueError("a switch is no number")  # noqa: TRY004 - pydantic wants a ValueError
    return value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _sendable(value: SecretStr) -> SecretStr:
    # It travels in a header and is compared as ASCII.
    text = value.get_secret_value()
    if not (text.isascii() and text.isprintable() and " " not in text and text):
        raise ValueError("not a header value")
    return value


def _hours(value: str) -> str:
    return _hours_text(_quiet_hours(value))


def _quiet_hours(text: str) -> QuietHours:
    start, _dash, end = text.partition("-")
    try:
        return QuietHours.parse(start=start, end=end)
    except FieldError as error:
        raise ValueError(str(error)) from error


def _hours_text(hours: QuietHours) -> str:
    return f"{hours.start:%H:%M}-{hours.end:%H:%M}"


_Count = Annotated[int, BeforeValidator(_no_bool), Field(ge=1)]


class Origin(StrEnum):
    """Who said what a setting is, weakest first."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


class Settings(BaseSettings):
    """What a person can set; ``load_settings()`` fills it from all sources, the bare class from defaults."""

    model_config = SettingsConfigDict(
        env_prefix="PUMP_", env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    data_dir: Path | None = None
    database_url: Annotated[str, Field(min_length=1)] | None = None
    ingest_token: Annotated[SecretStr, AfterValidator(_sendable)] | None = None
    ingest_port: Annotated[int, BeforeValidator(_no_bool), Field(ge=0, le=65535)] = DEFAULT_PORT
    ingest_rate_limit: _Count = DEFAULT_RATE_LIMIT
    ingest_token_required: bool = True
    max_nonces: _Count = DEFAULT_MAX_NONCES
    retain_rounds: _Count | None = None
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"
    theme: Annotated[Literal["system", "light", "dark"], BeforeValidator(_lower)] = "system"
    density: Annotated[Literal["comfortable", "compact"], BeforeValidator(_lower)] = "comfortable"
    desktop_notices: bool = True
    notice_sound: bool = True
    quiet_hours: Annotated[str, AfterValidator(_hours)] | None = None
    hide_seeds: bool = False
    hide_seeds_in_exports: bool = True

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict)
    _unknown: tuple[str, ...] = PrivateAttr(default=())

    @property
    def unknown(self) -> tuple[str, ...]:
        """What the settings file names and this version does not know: of a newer one, or misspelt."""
        return self._unknown

    @property
    def quiet(self) -> QuietHours | None:
        """The quiet hours, or None for none."""
        return None if self.quiet_hours is None else _quiet_hours(self.quiet_hours)

    def origin(self, name: str) -> Origin:
        """Tell who said what the setting ``name`` is."""
        return self._origins.get(name, Origin.DEFAULT)

    def fixed_by(self, name: str) -> str | None:
        """Give what the settings file cannot overrule, as a person spelled it: ``PUMP_INGEST_PORT``."""
        match self.origin(name):
            case Origin.ENVIRONMENT:
                return f"PUMP_{name.upper()}"
            case Origin.FLAG:
                return f"--{name.replace('_', '-')}"
        return None

    def changed(self, changes: Mapping[str, object]) -> Settings:
        """Give these settings with others from the file; None is the default. Raises FieldError."""
        given = {name: value for name, value in changes.items() if value is not None}
        checked = _check(given, {}, {}, None)
        settings = self.model_copy(update={name: getattr(checked, name) for name in changes})
        told = {name: Origin.FILE if name in given else Origin.DEFAULT for name in changes}
        settings._origins = {**self._origins, **told}  # noqa: SLF001 - of its own class
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is passed and nothing else: ``load_settings()`` merges, so it knows who said what."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


_EXPECTED = {
    "data_dir": "must be the path of a folder",
    "database_url": "must be a database URL such as sqlite:///pump.db",
    "ingest_token": "must be printable ASCII characters without blanks",
    "ingest_port": "must be a whole number from 0 to 65535",
    "ingest_rate_limit": "must be a whole number of at least 1",
    "ingest_token_required": "must be true or false",
    "max_nonces": "must be a whole number of at least 1",
    "retain_rounds": "must be a whole number of at least 1, or left out to keep all",
    "log_level": "must be one of: DEBUG, INFO, WARNING, ERROR",
    "theme": "must be one of: system, light, dark",
    "density": "must be one of: comfortable, compact",
    "desktop_notices": "must be true or false",
    "notice_sound": "must be true or false",
    "quiet_hours": "must be two different times such as 22:00-07:00",
    "hide_seeds": "must be true or false",
    "hide_seeds_in_exports": "must be true or false",
}
# A URL may carry a password.
_UNSPOKEN = {"ingest_token", "database_url"}


def load_settings(flags: Mapping[str, object] | None = None) -> Settings:
    """Give the settings of this start; raises KnownError naming the source and the field.

    A flag that is None was not given. The settings file lies in the data folder; when neither flag nor
    environment names that folder, the usual one's file may point to another with ``data_dir``.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    environment = EnvSettingsSource(Settings)()
    start = _check({}, _only(environment, "data_dir"), _only(given, "data_dir"), None).data_dir
    path = resolve_paths(start).settings_file
    found = read_stored(path)
    if start is None and "data_dir" in found:
        start = _check(_only(found, "data_dir"), {}, {}, path).data_dir
        path = resolve_paths(start).settings_file
        found = read_stored(path)
    stored = _known(found)
    stored.pop("data_dir", None)
    settings = _check(stored, environment, given, path).model_copy(update={"data_dir": start})
    settings._origins = {  # noqa: SLF001 - told by whoever merges, and by nobody else
        **dict.fromkeys(stored, Origin.FILE),
        **dict.fromkeys(environment, Origin.ENVIRONMENT),
        **dict.fromkeys(given, Origin.FLAG),
    }
    settings._unknown = tuple(name for name in found if name not in Settings.model_fields)  # noqa: SLF001 - as above
    return settings


def save_settings(path: Path, changes: Mapping[str, object]) -> None:
    """Change some keys of the settings file in one step, keeping all others; None takes a key out.

    Raises FieldError for a value that could not be loaded again, and KnownError when the file cannot be
    read or written.
    """
    _check({name: value for name, value in changes.items() if value is not None}, {}, {}, None)
    stored = read_stored(path)
    for name, value in changes.items():
        if value is None:
            stored.pop(name, None)
        else:
            stored[name] = _plain(value)
    try:
        write_private(path, json.dumps(stored, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise KnownError(f"The settings file {path} cannot be written: {error.strerror or error}.") from error


def expectation(name: str) -> str:
    """Give what is expected of a setting: ``must be true or false``."""
    return _EXPECTED[name]


def default_of(name: str) -> object:
    """Give what a setting is when nobody says anything."""
    return Settings.model_fields[name].get_default()


def quiet_hours_text(hours: QuietHours | None) -> str | None:
    """Give quiet hours as the settings file keeps them: ``22:00-07:00``."""
    return None if hours is None else _hours_text(hours)


def _plain(value: object) -> object:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if isinstance(value, Path) else value


def _only(values: Mapping[str, object], name: str) -> dict[str, object]:
    return {name: values[name]} if name in values else {}


def _known(stored: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in stored.items() if name in Settings.model_fields}


def read_stored(path: Path) -> dict[str, object]:
    """Return what stands in a settings file, unchecked; nothing where there is none. Raises KnownError."""
    try:
        stored = json.loads(read_regular(path, _LARGEST))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise KnownError(
            f"The settings file {path} cannot be read: {reason}. Correct it or move it away."
        ) from error
    if not isinstance(stored, dict):
        raise KnownError(f"The settings file {path} must hold one JSON object. Correct it or move it away.")
    return stored


def _check(
    stored: Mapping[str, object],
    environment: Mapping[str, object],
    flags: Mapping[str, object],
    path: Path | None,
) -> Settings:
    """Give the merged settings; raises FieldError for the first wrong one, named as its source spells it."""
    merged = {**stored, **environment, **flags}
    try:
        return Settings(**merged)  # type: ignore[arg-type]  # raw values: checking them is what this does
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        if field not in _EXPECTED:
            raise  # a flag with a name of its own is a bug, not a wrong setting
        if field in flags:
            source = f"--{field.replace('_', '-')}"
        elif field in environment:
            source = f"PUMP_{field.upper()}"
        else:
            source = field if path is None else f"{field} in {path}"
        was = "" if field in _UNSPOKEN else f" (it is {_shown(merged[field])})"
        raise FieldError(field, f"{source} {_EXPECTED[field]}{was}.") from error


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"

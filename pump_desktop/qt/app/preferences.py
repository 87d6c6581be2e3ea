"""The settings in force while the window runs: changed, kept in their file, and applied without a restart.

A change is checked at once, written on a thread of its own, and applied when it is on disk. Only the port
goes the other way round: the listener moves first, because a port that is taken is not worth keeping.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from pump_desktop.domain.alert_notices import QuietHours
from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.qt.app.listening import ListenerState, Listening
from pump_desktop.qt.look.theme import Appearance, Density, Mode
from pump_desktop.qt.work.jobs import Job, JobRunner
from pump_desktop.system.data_folder import remember_folder
from pump_desktop.system.logs import set_log_level
from pump_desktop.system.paths import AppPaths
from pump_desktop.system.settings import Settings, default_of, quiet_hours_text, save_settings
from pump_desktop.system.token import rotate_token, token_in_force

# What stands where a seed or a token is hidden; it does not tell how long that is.
HIDDEN = "••••••••••••"
_PROPERTY = "privacy"


@dataclass(frozen=True, slots=True)
class Privacy:
    """How pages and exports begin; each page and each export can still be told otherwise."""

    hide_on_screen: bool = False
    hide_in_exports: bool = True


def current_privacy() -> Privacy:
    """Give what a person asked for; the defaults until somebody did."""
    app = QCoreApplication.instance()
    privacy = app.property(_PROPERTY) if app is not None else None
    return privacy if isinstance(privacy, Privacy) else Privacy()


def keep_privacy(app: QCoreApplication, privacy: Privacy) -> None:
    """Make ``privacy`` the one current_privacy() gives; kept on the application, so it ends with it."""
    app.setProperty(_PROPERTY, privacy)


_log = logging.getLogger(__name__)

PORT = "ingest_port"
# What a listener that runs takes over without closing a connection.
_LISTENER = frozenset({"ingest_rate_limit", "ingest_token_required", "ingest_token", "max_nonces"})
_WORN = frozenset({"density", "hide_seeds", "hide_seeds_in_exports"})

Changes = Mapping[str, object]


class _Folder(NamedTuple):
    """A data folder for the next start, in place of the one of this start, and what follows."""

    former: Path | None
    folder: Path
    then: Callable[[bool], None] | None
    failed: Callable[[Exception], None] | None


class Preferences(QObject):
    """``changed`` carries the names of settings that have another value now, a frozenset.

    ``saved`` carries the names that are on disk, ``refused`` names and the sentence why they are not,
    ``rotated`` follows a new token, and ``broke`` carries an error nobody expected.
    """

    changed = Signal(object)
    saved = Signal(object)
    refused = Signal(object, str)
    rotated = Signal()
    broke = Signal(object)

    def __init__(
        self,
        runner: JobRunner,
        settings: Settings,
        paths: AppPaths,
        appearance: Appearance,
        listening: Listening,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._settings = settings
        self._paths = paths
        self._appearance = appearance
        self._listening = listening
        # Both threads work in the order they were asked, so the first of each is the one that is answered.
        self._saving: deque[Changes] = deque()
        self._moving: deque[Changes] = deque()
        self._folders: deque[_Folder] = deque()
        # On disk, and not applied yet.
        self._due: set[str] = set()
        listening.moved.connect(self._moved)
        listening.not_moved.connect(self._not_moved)
        listening.not_changed.connect(self._not_changed)
        self._dress()

    @property
    def settings(self) -> Settings:
        """What is in force now."""
        return self._settings

    @property
    def paths(self) -> AppPaths:
        """Where the settings file, the token and the logs lie."""
        return self._paths

    @property
    def listening(self) -> Listening:
        """The listener that is kept in step."""
        return self._listening

    @property
    def busy(self) -> bool:
        """Whether something is not on disk yet."""
        return bool(self._saving or self._moving or self._folders)

    def use_folder(self, settings: Settings, paths: AppPaths) -> None:
        """Go on in another data folder; what is in force stays in force."""
        self._settings, self._paths = settings, paths

    def remember_folder(
        self,
        folder: Path,
        then: Callable[[bool], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Have the next usual start use a data folder instead of the one in force.

        ``then`` is told once that is on disk, with false when this start was told its folder and each start
        has to be. An error goes to ``failed``; without one it is ``refused``.
        """
        former = self._settings.data_dir
        self._folders.append(_Folder(former, folder, then, failed))
        keeping = self._runner.submit(lambda _job: remember_folder(former, folder))
        keeping.finished.connect(self._remembered)
        keeping.failed.connect(self._not_remembered)

    def fixed_reason(self, name: str) -> str:
        """Give why a setting cannot be changed here: ``Set by PUMP_INGEST_PORT.``; empty when it can."""
        by = self._settings.fixed_by(name)
        return "" if by is None else f"Set by {by}."

    def changeable(self, names: Iterable[str]) -> list[str]:
        """Give those that are not at their default and may be put back."""
        return [
            name
            for name in names
            if getattr(self._settings, name) != default_of(name) and not self.fixed_reason(name)
        ]

    def check(self, changes: Changes) -> None:
        """Raise FieldError for the first value that could not be kept."""
        for name in changes:
            if reason := self.fixed_reason(name):
                raise FieldError(name, reason)
        self._settings.changed(changes)

    def change(self, changes: Changes) -> None:
        """Keep and apply other values, None for the default; raises FieldError and keeps none then.

        ``saved`` or ``refused`` follows for each name, and ``changed`` for those that are others now.
        """
        self.check(changes)
        wanted = self._settings.changed(changes)
        moves = PORT in changes and self._must_move(wanted.ingest_port)
        rest = {name: value for name, value in changes.items() if not (moves and name == PORT)}
        if moves:
            self._moving.append({PORT: changes[PORT]})
            self._listening.move(wanted.ingest_port)
        if rest:
            self._save(rest)

    def reset(self, names: Iterable[str]) -> dict[str, object]:
        """Put settings back to their defaults; give what they were, for change() to bring back."""
        were = {name: getattr(self._settings, name) for name in self.changeable(names)}
        if were:
            self.change(dict.fromkeys(were))
        return were

    def rotate_token(self) -> None:
        """Make a new token and have it asked for at once; raises FieldError when it is set from outside."""
        if reason := self.fixed_reason("ingest_token"):
            raise FieldError("ingest_token", reason)
        paths, in_file = self._paths, self._settings.ingest_token is not None

        def work(_job: Job) -> None:
            rotate_token(paths)
            if in_file:
                # It would go on hiding the new one.
                save_settings(paths.settings_file, {"ingest_token": None})

        rotating = self._runner.submit(work)
        rotating.finished.connect(self._rotated)
        rotating.failed.connect(self._not_rotated)

    def stop(self) -> None:
        """Write what is not on disk yet and end the thread; may be called more than once."""
        self._runner.stop()
        for changes in (*self._saving, *self._moving):
            try:
                save_settings(self._paths.settings_file, changes)
            except KnownError as error:
                _log.warning("a last change of the settings was not kept: %s", error)
        for one in self._folders:
            try:
                remember_folder(one.former, one.folder)
            except KnownError as error:
                _log.warning("the data folder is not remembered: %s", error)
        self._saving.clear()
        self._moving.clear()
        self._folders.clear()

    @Slot(object)
    def keep_theme(self, mode: Mode) -> None:
        """Keep a theme that was chosen by its key; one that is set from outside holds until the end."""
        if not self.fixed_reason("theme") and self._to_be("theme") != mode.value:
            self.change({"theme": mode.value})

    @Slot(object)
    def keep_quiet_hours(self, hours: QuietHours | None) -> None:
        """Keep quiet hours that were set beside the alert rules."""
        text = quiet_hours_text(hours)
        if text != self._to_be("quiet_hours") and not self.fixed_reason("quiet_hours"):
            self.change({"quiet_hours": text})

    def _to_be(self, name: str) -> object:
        """Give what a setting will be when all that is being written is on disk."""
        asked = [changes[name] for changes in self._saving if name in changes]
        value: object = asked[-1] if asked else getattr(self._settings, name)
        return value

    def _must_move(self, port: int) -> bool:
        status = self._listening.status
        if status.state is ListenerState.OFF:
            return False  # the store is not open; the listener will start on this port
        return status.state is not ListenerState.LISTENING or status.port != port

    def _save(self, changes: Changes) -> None:
        file = self._paths.settings_file
        self._saving.append(changes)
        saving = self._runner.submit(lambda _job: save_settings(file, changes))
        saving.finished.connect(self._kept)
        saving.failed.connect(self._not_kept)

    def _dress(self) -> None:
        settings, app = self._settings, QCoreApplication.instance()
        if app is not None:
            keep_privacy(app, Privacy(settings.hide_seeds, settings.hide_seeds_in_exports))
        self._appearance.set_density(Density(settings.density))

    def _apply(self, names: frozenset[str]) -> None:
        settings = self._settings
        if "theme" in names:
            self._appearance.set_mode(Mode(settings.theme))
        if names & _WORN:
            self._dress()
        if "log_level" in names:
            set_log_level(settings.log_level)
        if names & _LISTENER:
            self._listening.change(settings, self._token_reader())

    def _token_reader(self) -> Callable[[], str]:
        return partial(token_in_force, self._settings, self._paths)

    @Slot(object)
    def _kept(self, _nothing: object) -> None:
        changes = self._saving.popleft()
        before, self._settings = self._settings, self._settings.changed(changes)
        self._due |= {name for name in changes if getattr(before, name) != getattr(self._settings, name)}
        self._apply_due()
        self.saved.emit(frozenset(changes))

    def _apply_due(self) -> None:
        # What has been changed again meanwhile must not come back for a moment.
        ready = frozenset(self._due.difference(*self._saving))
        self._due -= ready
        self._apply(ready)
        if ready:
            self.changed.emit(ready)

    @Slot(object)
    def _not_kept(self, error: Exception) -> None:
        names = frozenset(self._saving.popleft())
        self._apply_due()
        self._refuse(names, error)

    @Slot(object)
    def _remembered(self, remembered: bool) -> None:
        then = self._folders.popleft().then
        if then is not None:
            then(remembered)

    @Slot(object)
    def _not_remembered(self, error: Exception) -> None:
        failed = self._folders.popleft().failed
        if failed is not None:
            failed(error)
        else:
            self._refuse(frozenset({"data_dir"}), error)

    @Slot()
    def _moved(self) -> None:
        self._save(self._moving.popleft())

    @Slot(str)
    def _not_moved(self, sentence: str) -> None:
        self.refused.emit(frozenset(self._moving.popleft()), sentence)

    @Slot(object)
    def _rotated(self, _nothing: object) -> None:
        if self._settings.ingest_token is not None:
            self._settings = self._settings.changed({"ingest_token": None})
        self._apply(frozenset({"ingest_token"}))
        self.rotated.emit()

    @Slot(object)
    def _not_rotated(self, error: Exception) -> None:
        self._refuse(frozenset({"ingest_token"}), error)

    @Slot(str)
    def _not_changed(self, sentence: str) -> None:
        self.refused.emit(frozenset({"ingest_token"}), sentence)

    def _refuse(self, names: frozenset[str], error: Exception) -> None:
        if isinstance(error, KnownError):
            self.refused.emit(names, str(error))
        else:
            self.broke.emit(error)

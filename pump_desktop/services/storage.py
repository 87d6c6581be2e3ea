"""The data file looked after while it is in use: checked, backed up, restored, compacted, pruned, moved.

Each of these blocks its caller until it is done and is meant for a thread beside; bets go on landing, and
where the file is needed alone they wait for it or are refused with a sentence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from pump_desktop.domain.errors import CancelledError, DamagedDatabaseError, StoreError
from pump_desktop.domain.live import StreamChanged
from pump_desktop.domain.storage import (
    Backup,
    CheckReport,
    Compacted,
    Moved,
    Pruned,
    Pruning,
    Restored,
    StorageProgress,
    StoreSizes,
)
from pump_desktop.services.events import Hub
from pump_desktop.services.runs.check import check_content
from pump_desktop.store.care.backup import Tell, back_up, copy_online, count_file, list_backups, read_backup
from pump_desktop.store.care.integrity import check_file, clear_suspect, mark_suspect
from pump_desktop.store.care.move import check_target, compact, copy_folder
from pump_desktop.store.care.prune import NONCES_AT_FIRST, next_limit, plan, prune_piece
from pump_desktop.store.care.recover import damaged_name, put_in_place, refuse_in_use
from pump_desktop.store.care.restore import discard, exchange, prepare
from pump_desktop.store.care.sizes import read_sizes
from pump_desktop.store.db.database import Database, database_path
from pump_desktop.store.db.log_check import look_at_log
from pump_desktop.store.db.lost_log import alone, kept_logs
from pump_desktop.store.db.revisions import emptied, known_revisions
from pump_desktop.store.db.writer import Writer
from pump_desktop.system.clock import utc_now
from pump_desktop.system.paths import AppPaths
from pump_desktop.system.settings import Settings


class Recovery:
    """The database of some settings while nobody has it open; what stands there is always kept."""

    def __init__(self, settings: Settings, paths: AppPaths) -> None:
        self.path: Path = database_path(settings.database_url or paths.database_file)

    def backups(self, *, check: bool = False) -> tuple[Backup, ...]:
        """Give the backups, newest first."""
        return list_backups(self.path, known_revisions(), check=check)

    def newest_healthy(self) -> Backup | None:
        """Give the newest backup that is whole and of a version this program knows; reads until one is."""
        revisions = known_revisions()
        for backup in self.backups():
            if backup.usable:
                checked = read_backup(backup.path, revisions, check=True)
                if checked is not None and checked.usable:
                    return checked
        return None

    def check(self) -> CheckReport:
        """Read every page and row and give what is wrong; raises StoreError when there is no file."""
        if state := emptied(self.path):
            return CheckReport(self.path, (state,))
        if not self.path.exists():
            raise StoreError(f"There is no {self.path} yet; it is made when the program starts.")
        damage = look_at_log(self.path)
        report = check_file(self.path)
        problems = report.problems
        if damage is not None and not self._is_in_use():
            lost = f"its log is damaged and may have lost up to {damage.commits:,} commits"
            problems = (lost, *problems)
        if report.healthy:
            report = replace(report, contradictions=(*report.contradictions, *check_content(self.path)))
        return replace(report, problems=problems, kept_logs=kept_logs(self.path))

    def _is_in_use(self) -> bool:
        """Return whether another program has the database open: then it knows its log."""
        with alone(self.path) as file:
            return file is None

    def named(self, name: str) -> Path:
        """Give the backup a person names: a path, the name in the list, or ``latest`` for the newest healthy.

        Raises StoreError.
        """
        if name == "latest":
            newest = self.newest_healthy()
            if newest is None:
                raise StoreError(f"There is no healthy backup beside {self.path}.")
            return newest.path
        listed = next((backup.path for backup in self.backups() if backup.path.name == name), None)
        return listed or Path(name).expanduser().absolute()

    def refuse_in_use(self) -> None:
        """Raise StoreError while another program has the database open: it would go on with what was there.

        A file that is too damaged to be asked is nobody's.
        """
        try:
            refuse_in_use(self.path)
        except DamagedDatabaseError:
            return

    def put_back(self, backup: Path) -> Restored:
        """Put a backup in the place of the damaged file, which is kept as ``put_aside``."""
        return self._replace(backup)

    def start_fresh(self) -> Restored:
        """Put an empty database there; the damaged file is kept as ``put_aside``."""
        return self._replace(None)

    def _replace(self, backup: Path | None) -> Restored:
        aside = put_in_place(self.path, backup, utc_now)
        runs, bets = count_file(self.path)
        return Restored(backup, aside, runs, bets)


Progress = Callable[[StorageProgress], None]
Cancelled = Callable[[], bool]

_TOLD_EVERY_S = 0.05
# Another program looks every 0.1 s at most whether the file is free; a stop waits no longer than this.
_LONGEST_PAUSE_S = 0.2

MOVING = "The data folder is being moved. Try again in a moment."


def _nobody(_progress: StorageProgress) -> None:
    """Tell nobody."""


def _never() -> bool:
    return False


class Storage:
    """What can be done with the data file itself; safe to call from any thread, one thing at a time."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        hub: Hub,
        *,
        now: Callable[[], datetime],
        start_over: Callable[[], None],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._writer = writer
        self._hub = hub
        self._now = now
        self._start_over = start_over
        self._pause = pause

    @property
    def path(self) -> Path:
        """The data file."""
        return self._database.path

    # Questions

    def sizes(self, cancelled: Cancelled = _never) -> StoreSizes:
        """Give the bytes of the file by kind."""
        return read_sizes(self.path, cancelled)

    def check(self, *, whole: bool = True, cancelled: Cancelled = _never) -> CheckReport:
        """Read every page and row and give what is wrong; damage is remembered for the next start."""
        report = check_file(self.path, whole=whole, cancelled=cancelled)
        if report.healthy:
            clear_suspect(self.path)
        else:
            mark_suspect(self.path)
        wrong = check_content(self.path, cancelled) if whole and report.healthy else ()
        return replace(
            report, kept_logs=kept_logs(self.path), contradictions=(*report.contradictions, *wrong)
        )

    def backups(self, *, check: bool = False, cancelled: Cancelled = _never) -> tuple[Backup, ...]:
        """Give the backups, newest first; with ``check`` every page of each is read."""
        return list_backups(self.path, known_revisions(), check=check, cancelled=cancelled)

    def pruning(self, keep: int) -> Pruning:
        """Give what would go if only the newest ``keep`` rounds of each stream stayed."""
        return plan(self._database, keep)

    # Work

    def back_up(
        self, label: str = "manual", tell: Progress = _nobody, cancelled: Cancelled = _never
    ) -> Backup:
        """Put a copy aside; raises DamagedDatabaseError instead of keeping one of a damaged file."""
        copying = _pages("Making a backup", tell, cancelled)
        made = back_up(self.path, label, self._now, checked=True, tell=copying)
        backup = read_backup(made, known_revisions())
        if backup is None:
            raise RuntimeError(f"{made} is no name of a backup")
        return backup

    def restore(self, backup: Path, tell: Progress = _nobody, cancelled: Cancelled = _never) -> Restored:
        """Put a backup back while the program runs; the present state is put aside first, in the same turn.

        Every bet that was acknowledged before is in the file put aside, every one after it in the restored
        one. Raises StoreError, also while another program has the file open, and CancelledError; nothing has
        changed then.
        """
        with self._database.presence.alone():
            return self._restore(backup, tell, cancelled)

    def _restore(self, backup: Path, tell: Progress, cancelled: Cancelled) -> Restored:
        tell(StorageProgress("Checking the backup"))
        part = prepare(backup, self.path, self._now)
        healthy = check_file(self.path, whole=False).healthy

        aside_told = _pages("Putting the present data aside", tell, cancelled)
        back_told = _pages("Putting the backup back", tell, cancelled)

        def put_aside() -> Path:
            return self._put_aside(backup, aside_told, healthy=healthy)

        try:
            aside = self._writer.submit_alone(
                lambda connection: exchange(connection, self.path, part, put_aside, back_told)
            ).result()
        finally:
            discard(part)
        clear_suspect(self.path)
        self._start_over()
        runs, bets = count_file(self.path)
        return Restored(backup, aside, runs, bets)

    def compact(self, tell: Progress = _nobody, cancelled: Cancelled = _never) -> Compacted:
        """Give the file's free pages back to the disk, after a backup."""
        with self._database.presence.working():
            self.back_up("before-compact", tell, cancelled)
            tell(StorageProgress("Writing the file anew"))
            copying = _pages("Writing the file anew", tell, cancelled)
            return self._writer.submit_alone(
                lambda connection: compact(connection, self.path, copying, cancelled)
            ).result()

    def prune(self, pruning: Pruning, tell: Progress = _nobody, cancelled: Cancelled = _never) -> Pruned:
        """Delete what a plan names, after a backup, piece by piece; give what has gone.

        A stop leaves whole pieces: what is left can be deleted another time. Between two of them there is as
        long a pause: another program that waits for the file looks only now and then whether it is free.
        """
        self.back_up("before-delete", tell, cancelled)
        told = _Paced("Deleting old rounds", tell)
        gone_rounds = gone_bets = 0
        limit = NONCES_AT_FIRST
        for stream in pruning.streams:
            after = 0
            while not cancelled():
                started = time.monotonic()
                rounds, bets, after = self._writer.submit(
                    partial(prune_piece, stream=stream, after=after, limit=limit)
                ).result()
                took = time.monotonic() - started
                limit = next_limit(limit, took)
                gone_rounds, gone_bets = gone_rounds + rounds, gone_bets + bets
                told.tell(gone_rounds, pruning.rounds)
                if not after:
                    break
                self._pause(min(took, _LONGEST_PAUSE_S))
            self._hub.publish(StreamChanged(stream.stream_id))
        return Pruned(gone_rounds, gone_bets, stopped=cancelled() and gone_rounds < pruning.rounds)

    def move_to(
        self, folder: Path, data_folder: Path, tell: Progress = _nobody, cancelled: Cancelled = _never
    ) -> Moved:
        """Copy the data folder to another one, checked and counted, and take no more writes.

        The old folder keeps all it holds, and no other program opens its database until whoever called has
        opened the new one, or calls ``stay()``. Raises StoreError, also while another program has it open;
        then everything goes on as before.
        """
        check_target(folder, data_folder, self.path)
        self._database.presence.begin_alone()
        try:
            return self._move_to(folder, data_folder, tell, cancelled)
        except BaseException:
            self.stay()
            raise

    def _move_to(self, folder: Path, data_folder: Path, tell: Progress, cancelled: Cancelled) -> Moved:
        self.back_up("before-move", tell, cancelled)
        told = _pages("Copying the data", tell, cancelled)

        def copy() -> tuple[int, int]:
            self._writer.refuse(MOVING)
            return copy_folder(self.path, data_folder, folder, told)

        runs, bets = self._writer.submit_alone(lambda _connection: copy()).result()
        return Moved(data_folder, folder, runs, bets)

    def stay(self) -> None:
        """Take writes, and let others in again, after a move that was not completed."""
        self._writer.accept()
        self._database.presence.end_alone()

    def _put_aside(self, backup: Path, tell: Tell, healthy: bool) -> Path:
        if healthy:
            return back_up(self.path, "before-restore", self._now, spared=(backup,), tell=tell)
        # Among the backups a damaged one would push out a healthy one.
        aside = damaged_name(self.path, self._now)
        copy_online(self.path, aside, tell)
        return aside


class _Paced:
    """Tells how far a piece of work is, at most 20 times a second."""

    def __init__(self, doing: str, tell: Progress) -> None:
        self._doing = doing
        self._tell = tell
        self._told = 0.0

    def tell(self, done: int, total: int) -> None:
        """Tell, unless something was told a moment ago; the end always is."""
        now = time.monotonic()
        if done >= total or now - self._told >= _TOLD_EVERY_S:
            self._told = now
            self._tell(StorageProgress(self._doing, done, total))


def _pages(doing: str, tell: Progress, cancelled: Cancelled) -> Tell:
    paced = _Paced(doing, tell)

    def copied(done: int, total: int) -> None:
        # With the last page SQLite has committed: then it is done, whatever anybody asks for.
        if done < total and cancelled():
            raise CancelledError
        paced.tell(done, total)

    return copied

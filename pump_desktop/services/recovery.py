"""What can be done about a database that cannot be opened: a backup, or a fresh start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pump_desktop.domain.errors import DamagedDatabaseError, StoreError
from pump_desktop.domain.storage import Backup, CheckReport, Restored
from pump_desktop.services.content_check import check_content
from pump_desktop.store.care.backup import count_file, list_backups, read_backup
from pump_desktop.store.care.integrity import check_file
from pump_desktop.store.care.recover import put_in_place, refuse_in_use
from pump_desktop.store.db.database import database_path
from pump_desktop.store.db.log_check import look_at_log
from pump_desktop.store.db.lost_log import alone, kept_logs
from pump_desktop.store.db.revisions import emptied, known_revisions
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

"""Everything behind the window and the command line, opened and closed in one place."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from pump_desktop.domain.live import RowsLeftOut
from pump_desktop.domain.storage import LeftOut, LogLoss
from pump_desktop.services.alerts.alerts import Alerts
from pump_desktop.services.events import Hub
from pump_desktop.services.live.live import Live
from pump_desktop.services.live.log_follow import LogFollower
from pump_desktop.services.runs.runs import Runs
from pump_desktop.services.storage import Storage
from pump_desktop.store.alerts import AlertReads, AlertRulesStore
from pump_desktop.store.db.database import Database, open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from pump_desktop.store.runs import RunsStore
from pump_desktop.system.clock import utc_now
from pump_desktop.system.paths import AppPaths, prepare_paths
from pump_desktop.system.settings import Settings

_log = logging.getLogger(__name__)


class Backend:
    """The open database with its writer, and the services on top; ``close()`` drains and closes them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = Writer(database)
        self.hub = Hub()
        database.left_out.listen(lambda left_out: self.hub.publish(RowsLeftOut(left_out.sentence)))
        self.live = Live(StreamsStore(database, self._writer), self._writer, self.hub, now=utc_now)
        self.log_follower = LogFollower(self.live)
        self.alerts = Alerts(
            AlertRulesStore(database, self._writer),
            AlertReads(database),
            self.hub,
            now=utc_now,
            timer=time.monotonic,
        )
        self.runs = Runs(
            RunsStore(database, self._writer),
            now=utc_now,
            timer=time.perf_counter,
            live_hashes=self.live.known_hashes,
        )
        self.storage = Storage(database, self._writer, self.hub, now=utc_now, start_over=self._start_over)

    @property
    def database_path(self) -> Path:
        """The file everything is stored in."""
        return self._database.path

    @property
    def loss(self) -> LogLoss | None:
        """What the file had lost by a damaged log when it was opened."""
        return self._database.loss

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be told of the file as it was opened: what it had lost, and what in it is not right."""
        loss = () if self.loss is None else (self.loss.sentence,)
        wrong = self._database.contradictions
        more = f" (and {len(wrong) - 1} more; 'pump-desktop data check' names them)" if len(wrong) > 1 else ""
        told = [f"In {self.database_path}, {wrong[0]}{more}. All else can be used."] if wrong else []
        return (*loss, *told)

    @property
    def left_out(self) -> LeftOut | None:
        """What cannot be read and was left out of answers so far; the hub tells it as it happens."""
        return self._database.left_out.met()

    def _start_over(self) -> None:
        """Forget what was remembered of the data: a backup stands there now."""
        self.live.start_over()
        self.runs.start_over()
        self.alerts.start_over()

    def close(self) -> None:
        """Stop what runs beside, write what is waiting, then close the file; may be called more than once."""
        self.log_follower.stop()
        self.alerts.close()
        self.live.close()
        self._writer.close()
        self._database.close()


def open_backend(settings: Settings, paths: AppPaths, *, thorough: bool = False) -> Backend:
    """Open (or make, or migrate) the database of these settings; raises StoreError with a sentence.

    ``thorough`` is for programs that run for long: a large file that was not closed is read whole first.
    """
    if settings.unknown:
        names = ", ".join(settings.unknown)
        _log.warning("%s: %s is not known to this version and not used", paths.settings_file, names)
    prepare_paths(paths)
    target = settings.database_url or paths.database_file
    return Backend(open_database(target, now=utc_now, thorough=thorough))

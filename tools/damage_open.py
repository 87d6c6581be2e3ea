"""One process that opens a data folder: it starts, lists, asks for figures, scans and exports in turn.

Every answer is compared with what the folder said while it was whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

import httpx

from pump_desktop.api.app import GuardedApi, create_app
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.sample import sample_request
from pump_desktop.system.logs import open_logs
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.settings import Settings, load_settings
from pump_desktop.system.token import load_or_make_token
from tools.damage_compare import around, cannot_be_told, fields_apart

DATA, KERNELS = "data", "kernels"
SCANNED = 20_000

_RUN = ("", "/distribution", "/hits", "/export/full.csv", "/export/distances.csv?multiplier=34.68")
_STREAM = ("", "/bets?limit=1000", "/rounds?limit=1000", "/metrics?multipliers=2.8", "/export.csv",
           "/bookmarks", "/snapshots")  # fmt: skip


# Lines of a traceback: where it came from, and what it says.
_TRACED = 8


class Outcome(StrEnum):
    """What came of one step."""

    RIGHT = "right"
    SENTENCE = "sentence"
    DETAIL = "another detail"
    """Words, times or a target, of which nothing else that is stored says what they were."""
    OTHER = "another figure"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Answer:
    """One step: what was shown, and what would have been right where that is something else."""

    step: str
    outcome: Outcome
    shown: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What belongs to a whole folder: the ids that are asked for, the token, and every right figure."""

    token: str
    runs: tuple[str, ...]
    streams: tuple[str, ...]
    figures: dict[str, str]


class _Session:
    """The steps of one opening, and their answers so far."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.answers: list[Answer] = []
        self.figures: dict[str, str] = {}
        self.loss = ""
        """What the start said is missing from now on."""
        self.unknown: tuple[str, ...] = ()
        """What the settings name and nobody knows."""
        self.warned = ""
        """What the start said is not right."""
        self.backend: Backend | None = None
        """What is open, and tells which rows it leaves out."""

    def step(self, name: str, ask: Callable[[], str]) -> bool:
        """Take a step, and tell whether it gave a figure."""
        try:
            figure = ask()
        except KnownError as error:
            self._enter(name, Outcome.SENTENCE, str(error))
            return False
        except Exception:  # noqa: BLE001 - each is what is looked for
            self._enter(name, Outcome.BUG, _end_of(traceback.format_exc()))
            return False
        self.figures[name] = figure
        right = self._known.figures.get(name, figure)
        if right == figure:
            self._enter(name, Outcome.RIGHT)
            return True
        fields = fields_apart(figure, right)
        if told := self._told(name):
            outcome, name = Outcome.SENTENCE, f"{name} after: {told}"
        elif cannot_be_told(fields) or name == "settings":
            outcome = Outcome.DETAIL
        else:
            outcome = Outcome.OTHER
        shown, wanted = around(figure, right)
        self._enter(f"{name} ({', '.join(sorted(fields))})", outcome, shown, wanted)
        return True

    def _told(self, name: str) -> str:
        """Return what was said of what a step shows, at the start or since, empty for nothing."""
        if self.loss:
            return self.loss
        if name == "settings" and self.unknown:
            return f"doctor and log: {', '.join(self.unknown)} is not known"
        if self.backend is not None and self.backend.left_out is not None:
            return self.backend.left_out.sentence
        wrong = tuple(f"stream {one[:8]}" for one in self._known.streams if one in self.warned)
        return self.warned if wrong and (name == "list streams" or name.startswith(wrong)) else ""

    def _enter(self, name: str, outcome: Outcome, shown: str = "", right: str = "") -> None:
        self.answers.append(Answer(name, outcome, shown, right))


def _end_of(trace: str) -> str:
    return "\n".join(trace.splitlines()[-_TRACED:])


def open_folder(
    folder: Path, known: Known, *, layout: bool = False, scanned: bool = True
) -> tuple[list[Answer], dict[str, str]]:
    """Open a folder, and return the answers with the figures; in a process of its own.

    With ``layout`` a window takes its size, columns and splitters from it as well.
    """
    os.environ["NUMBA_CACHE_DIR"] = str(folder / KERNELS)
    session = _Session(known)
    paths = resolve_paths(folder / DATA)
    failed: list[str] = []
    # What a thread dies of reaches the crash dialog in a window.
    threading.excepthook = lambda told: failed.append(f"{told.exc_type.__name__}: {told.exc_value}")
    settings: list[Settings] = []

    def read_settings() -> str:
        settings.append(load_settings({"data_dir": paths.data}))
        session.unknown = settings[0].unknown
        return settings[0].model_dump_json()

    if session.step("settings", read_settings):
        with open_logs(paths, settings[0].log_level):
            logging.getLogger("pump_desktop").info("opened")
            _in_turn(session, settings[0], paths, known, scanned=scanned)
            if layout:
                session.step("layout", lambda: keep_layout(paths.data))
    for told in failed:
        session.answers.append(Answer("a thread", Outcome.BUG, told))
    return session.answers, session.figures


def _in_turn(session: _Session, settings: Settings, paths: AppPaths, known: Known, *, scanned: bool) -> None:
    opened: list[Backend] = []
    token: list[str] = []

    def start() -> str:
        opened.append(open_backend(settings, paths, thorough=True))
        return "open"

    def read_token() -> str:
        token.append(load_or_make_token(paths))
        return "there"

    session.step("token", read_token)
    if not session.step("start", start):
        return
    (backend,) = opened
    if backend.loss is not None and backend.loss.commits:
        session.loss = backend.loss.sentence
    session.warned = " ".join(backend.warnings)
    session.backend = backend
    app = _app(backend, settings, token[0] if token else known.token)
    try:
        client = _Client(app, known.token)
        session.step("list runs", lambda: client.get("/runs"))
        session.step("list streams", lambda: client.get("/live/streams"))
        for run in known.runs:
            for part in _RUN:
                session.step(f"run {run[:8]}{part}", partial(client.get, f"/runs/{run}{part}"))
        for stream in known.streams:
            for part in _STREAM:
                at = f"/live/streams/{stream}{part}"
                session.step(f"stream {stream[:8]}{part}", partial(client.get, at))
        session.step("alert rules", lambda: repr(backend.alerts.rules()))
        session.step("refused messages", lambda: repr(backend.live.rejected()))
        session.step("backups", lambda: _backups(backend))
        if scanned:
            session.step("scan", lambda: _scan(backend))
        session.step("check", lambda: _check(backend))
    finally:
        app.state.context.work.close()
        backend.close()


def _app(backend: Backend, settings: Settings, token: str) -> GuardedApi:
    """Return the application on a backend; its routes, which take 0.1 s to make, are those of the first."""
    fresh = create_app(backend, settings=settings, token=token)
    app = _apps[0] if _apps else fresh
    _apps[:] = [app]
    app.state.context = fresh.state.context
    app.guard.answer_by(fresh.state.context, token)
    return app


_apps: list[GuardedApi] = []


class _Errors(logging.Handler):
    """Keeps the last error of the log, with its traceback: an answer says nothing of it."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.last = self.format(record)


class _Client:
    """Asks the application as the listener would, without a socket between."""

    def __init__(self, app: GuardedApi, token: str) -> None:
        self._transport = httpx.ASGITransport(app)
        self._errors = _Errors(logging.ERROR)
        logging.getLogger("pump_desktop").addHandler(self._errors)
        self._headers = {"X-Ingest-Token": token}

    def get(self, path: str) -> str:
        """Return a body; raises KnownError with the sentence of an answer that is none."""
        return asyncio.run(self._get(path))

    async def _get(self, path: str) -> str:
        base = "http://127.0.0.1"
        async with httpx.AsyncClient(
            transport=self._transport, base_url=base, headers=self._headers
        ) as client:
            answer = await client.get(path)
        if answer.status_code == 200:
            return answer.text
        # What was stored and is not found any more is a figure, and a wrong one.
        if answer.status_code == 404:
            return str(answer.json()["detail"])
        if answer.status_code in {401, 409, 422, 503}:
            raise KnownError(str(answer.json()["detail"]))
        raise RuntimeError(f"{answer.status_code} {answer.text}\n{self._errors.last}")


def _backups(backend: Backend) -> str:
    found = backend.storage.backups(check=True)
    if damaged := [one.path.name for one in found if not one.usable]:
        raise KnownError(f"the list of backups says that {', '.join(damaged)} cannot be put back")
    return repr([(one.path.name, one.runs, one.bets) for one in found])


def scan_request(count: int = SCANNED) -> ScanRequest:
    """Return the scan whose answer is known, of so many nonces."""
    sample = sample_request()
    return ScanRequest.parse(
        server_seed=sample.server_seed,
        client_seed=sample.client_seed,
        start=1,
        end=count,
        difficulty="expert",
        targets=list(sample.targets),
    )


def _scan(backend: Backend) -> str:
    done = backend.runs.create(scan_request(), name="known")
    stored = backend.runs.outcomes(backend.runs.get(done.run.id).id)
    digest = hashlib.sha256(stored.tobytes()).hexdigest()
    return f"{digest} {done.run.outcome_digest} {done.run.summary}"


def _check(backend: Backend) -> str:
    report = backend.storage.check()
    if not report.healthy:
        raise KnownError(report.sentence)
    return "healthy"


def keep_layout(folder: Path) -> str:
    """Give a window its size, a table's columns and a splitter from the file; whatever they are, it opens."""
    from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QWidget  # noqa: PLC0415 - seldom

    from pump_desktop.qt.app.layout import KeptLayout  # noqa: PLC0415 - as above

    application = QApplication.instance() or QApplication([])
    window, splitter = QMainWindow(), QSplitter()
    splitter.setObjectName("kept.live")
    splitter.addWidget(QWidget())
    splitter.addWidget(QWidget())
    window.setCentralWidget(splitter)
    kept = KeptLayout(folder)
    kept.restore_window(window)
    kept.restore_splitter(splitter)
    kept.table("runs")
    kept.value("window/page")
    kept.keep_window(window)
    kept.save()
    window.close()
    del application
    return "open"

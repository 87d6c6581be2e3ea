"""The checks of the self-test, each a function that tells what it saw or raises."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, get_args
from urllib.parse import urlsplit

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest, VerifyRequest
from pump_desktop.domain.runs import Run
from pump_desktop.qt.app.listening import ListenerState
from pump_desktop.qt.look.icons import Meaning, icon
from pump_desktop.qt.look.theme import Mode
from pump_desktop.smoke.report import SmokeError
from pump_desktop.smoke.stage import Stage
from pump_desktop.system.resources import resource
from pump_desktop.system.threads import still_running
from pump_desktop.ui.kit.drawing import NEEDS, Drawing
from pump_desktop.ui.main.pages import SECTIONS

_PAINTED = QSize(24, 24)
_PAGE_FILES = ("/healthz", "/openapi.json", "/docs", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js")
# Not one of the sample's, which the window offers.
_RUN_NAME = "Self-test"


def is_empty(picture: QImage) -> bool:
    """Tell whether nothing is painted: there is no picture, or every pixel of it is transparent."""
    # By a name: the bits do not keep their picture alive.
    alpha = picture.convertToFormat(QImage.Format.Format_Alpha8)
    return picture.isNull() or not any(alpha.constBits())


def icons(stage: Stage) -> str:
    """Paint every icon of the font, and every picture and drawing among the resources."""
    names: tuple[Meaning, ...] = get_args(Meaning)
    empty: list[str] = [name for name in names if is_empty(icon(name).pixmap(_PAINTED).toImage())]
    folders = [resource("icons", folder) for folder in ("app", "controls")]
    files = [file for folder in folders for file in sorted(folder.rglob("*.*"))]
    empty += [file.name for file in files if is_empty(QIcon(str(file)).pixmap(_PAINTED).toImage())]
    # Their colours are filled in by the widget that paints them; the ground is one colour of its own.
    empty += [need for need in NEEDS if stage.colours(Drawing(need)) < 2]
    if is_empty(stage.app.windowIcon().pixmap(_PAINTED).toImage()):
        empty.append("the window's icon")
    if empty:
        raise SmokeError(f"nothing is painted for {', '.join(empty)}")
    return f"{len(names)} icons, {len(files)} pictures, {len(NEEDS)} drawings"


def window(stage: Stage) -> str:
    """Open the window, and see that it is not blank."""
    stage.program.window.resize(1280, 820)
    stage.program.show()
    shown = stage.program.window
    stage.until("the window", lambda: shown.windowHandle().isExposed())
    colours = stage.colours(shown)
    if colours < 8:
        raise SmokeError(f"the window is blank: {colours} colours")
    return f"{shown.width()} x {shown.height()}, {colours} colours, on {stage.app.platformName()}"


def themes(stage: Stage) -> str:
    """Wear both themes, and see the ground of each in the window."""
    told = []
    for mode in (Mode.LIGHT, Mode.DARK):
        stage.program.appearance.set_mode(mode)
        theme = stage.program.appearance.theme
        if theme.name != mode.value:
            raise SmokeError(f"asked for {mode}, the window wears {theme.name}")
        painted = stage.program.window.grab().toImage()
        seen = {painted.pixelColor(x, painted.height() // 2).name() for x in range(painted.width())}
        ground = QColor(theme.hex("surface.window")).name()
        if ground not in seen:
            raise SmokeError(f"the {mode} window shows no {ground}")
        told.append(f"{mode} {ground}")
    stage.program.appearance.set_mode(Mode.SYSTEM)
    return ", ".join(told)


def store(stage: Stage) -> str:
    """Wait for the database that the migrations make, in the temporary folder."""
    stage.until("the database", lambda: stage.is_ready)
    path = stage.ask(lambda backend: backend.database_path)
    if path.parent.resolve() != stage.paths.data.resolve() or not path.is_file():
        raise SmokeError(f"the database is at {path}, not in {stage.paths.data}")
    return f"{path.name}, {path.stat().st_size} bytes"


def golden(stage: Stage) -> str:
    """Ask the kernel of this CPU for the known answers, one by one and in long stretches."""
    known = _known_answers()

    def compare(_backend: object) -> str:
        from pump_desktop.engine.kernels import choose_kernel, replay  # noqa: PLC0415 - the compiler, on its thread
        from pump_desktop.engine.verify import derive  # noqa: PLC0415 - with it

        kernel = choose_kernel()
        for answer in known["vectors"]:
            server, client, nonce = answer["server_seed"], answer["client_seed"], answer["nonce"]
            derived = derive(VerifyRequest(server, client, nonce, Difficulty.EXPERT))
            if [pick.position for pick in derived.picks] != answer["picks"]:
                raise SmokeError(f"the picks of nonce {nonce} are wrong")
            for name, result in answer["results"].items():
                difficulty = Difficulty(name)
                found = int(replay(kernel, server, client, nonce, 1, difficulty)[0])
                if found != result["max_pumps"] or derived.results[difficulty].max_pumps != found:
                    raise SmokeError(f"nonce {nonce} at {name} gives {found}, not {result['max_pumps']}")
        for answer in known["scans"]:
            count = answer["end"] - answer["start"] + 1
            seeds = (answer["server_seed"], answer["client_seed"])
            outcomes = replay(kernel, *seeds, answer["start"], count, Difficulty(answer["difficulty"]))
            if sha256(outcomes.tobytes()).hexdigest() != answer["sha256"]:
                raise SmokeError(f"the outcomes of {count} {answer['difficulty']} nonces are wrong")
        return f"{len(known['vectors'])} bets and {len(known['scans'])} scans, {kernel} kernel"

    told = stage.ask(compare)
    stage.until("the engine", lambda: stage.is_warm)
    return told


def scan(stage: Stage) -> str:
    """Scan with the window: stored with the known digest, and its page opens."""
    answer = next(one for one in _known_answers()["scans"] if one["difficulty"] == "expert")
    request = ScanRequest.parse(
        server_seed=answer["server_seed"],
        client_seed=answer["client_seed"],
        start=answer["start"],
        end=answer["end"],
        difficulty=answer["difficulty"],
        targets=[34.68, 400.02],
    )
    shelf = stage.program.window.pages
    if not stage.program.scans.start(request, _RUN_NAME):
        raise SmokeError("another scan is under way")
    stage.until(
        "the page of the run", lambda: shelf.shown_run is not None and shelf.shown_run.run is not None
    )
    shown = shelf.run.run
    if shown is None:
        raise SmokeError("the page of the run is empty")

    def read(backend: Any) -> tuple[Run, int]:
        run = backend.runs.get(shown.id)
        return run, len(backend.runs.outcomes(run.id))

    run, count = stage.ask(read)
    if (run.outcome_digest, count, run.name) != (answer["sha256"], request.count, _RUN_NAME):
        raise SmokeError(f"stored {count} nonces of {run.name!r} with digest {run.outcome_digest}")
    return f"{count} nonces in {run.duration_ms} ms"


def kept_kernel(_stage: Stage) -> str:
    """See that the compiled kernel is on disk, so that the next start does not compile again."""
    from pump_desktop.engine.kernels import cache_of, choose_kernel  # noqa: PLC0415 - the compiler

    kernel = choose_kernel()
    cache = cache_of(kernel)
    if cache is None:
        return f"the {kernel} is not compiled"
    if cache.path is None or not cache.path.is_file():
        raise SmokeError(f"no compiled {kernel} kernel is at {cache.path}: {cache.trouble or cache.damage}")
    return str(cache.path)


def pages(stage: Stage) -> str:
    """Open every page, and see that none is blank."""
    for section in SECTIONS:
        stage.program.window.open_section(section.key)
        page = stage.program.window.pages.section(section.key)
        stage.until(f"the {section.key} page", page.isVisible)
        if stage.colours(page) < 4:
            raise SmokeError(f"the {section.key} page is blank")
    return ", ".join(section.key for section in SECTIONS)


def listener(stage: Stage) -> str:
    """Fetch what needs no token from the listener on its free port."""
    listening = stage.program.listening
    stage.until(
        "the listener",
        lambda: listening.status.state in {ListenerState.LISTENING, ListenerState.REFUSED},
    )
    if listening.status.state is ListenerState.REFUSED:
        raise SmokeError(listening.status.sentence)
    address = urlsplit(listening.status.url).netloc

    def fetch() -> str:
        for path in _PAGE_FILES:
            connection = http.client.HTTPConnection(address, timeout=10)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
            finally:
                connection.close()
            if answer.status != 200 or not body:
                raise SmokeError(f"{path} was answered with {answer.status}")
        return f"{len(_PAGE_FILES)} pages from {address}"

    return stage.beside(fetch)


def bet(stage: Stage) -> str:
    """Post a bet over HTTP, and find it in the table of the open window and on disk."""
    from pump_desktop.domain.live import BetQuery, StreamQuery  # noqa: PLC0415 - with the services
    from pump_desktop.services.connect.script import TRIAL_STREAM, post_trial_bet  # noqa: PLC0415 - as above

    status = stage.program.listening.status
    stage.program.window.open_section("live")
    nonce = stage.beside(lambda: post_trial_bet(status.url, status.token))
    model = stage.program.window.live_page.view.model
    stage.until("the bet in the window's table", lambda: model.bet_of(nonce) is not None)
    stream_id = stage.program.window.live_page.stream_id
    if stream_id is None:
        raise SmokeError("the stream is not open")

    def read(backend: Any) -> tuple[int, str]:
        total = backend.live.streams(StreamQuery()).total
        found = backend.live.bets(stream_id, BetQuery()).items
        nonces = [one.nonce for one in found]
        if nonces != [nonce]:
            raise SmokeError(f"the stream holds {nonces}, not {nonce}")
        return total, TRIAL_STREAM.client_seed

    total, client_seed = stage.ask(read)
    return f"nonce {nonce} of {client_seed!r}, {total} stream, {model.rowCount()} row"


def end(stage: Stage) -> str:
    """End the program in order: listener, threads, database."""
    stage.program.stop()
    if left := still_running(stage.threads_before):
        raise SmokeError(f"still running: {', '.join(left)}")
    if stage.crashes:
        raise SmokeError(stage.crash())
    left = [name for name in ("pump.db-wal", "pump.db-shm") if (stage.paths.data / name).exists()]
    if left:
        raise SmokeError(f"the database was not closed: {', '.join(left)} are left")
    return "all threads ended"


CHECKS: dict[str, Callable[[Stage], str]] = {
    "icons": icons,
    "window": window,
    "themes": themes,
    "store": store,
    "golden": golden,
    "scan": scan,
    "kept_kernel": kept_kernel,
    "pages": pages,
    "listener": listener,
    "bet": bet,
}


def _known_answers() -> Any:
    return json.loads(resource("golden", "golden.json").read_text(encoding="utf-8"))

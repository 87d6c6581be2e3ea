"""The data file looked after by one program while another takes bets into it: every storage command a row.

A row posts bets over several connections all the while. What it counts as lost is in none of the files that
the commands may leave: not in the database, and after a restore not in the file put aside either.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from tools.fault_stage import Fault, Poster, post
from tools.fault_window_stage import PLACES, WatchedWindow, windows
from tools.load import stored_numbers
from tools.load_server import Server, serving
from tools.torture_check import integrity, reading
from tools.torture_keeper import storage_commands
from tools.torture_operations import LONGEST, command

POSTERS = 4
# What is stored before: enough for a compaction to take a moment.
BATCH, BATCHES = 1000, 30
KEPT = 20_000
# Each command is given so often, and for so long at least.
TIMES, SECONDS = 3, 4.0
REMOVALS = 5

COMMANDS = storage_commands(KEPT)
# What is clicked in the window, one button after the other as each comes into sight.
CLICKS: dict[str, tuple[str, ...]] = {
    "backup": ("Back up now",),
    "check": ("Check the file",),
    "compact": ("Compact the file",),
    "prune": ("Show what would go …", "Delete *"),
    "restore": ("Restore …", "Restore"),
}


class Crowd:
    """Posters on several connections at once, whose numbers rise together."""

    def __init__(self, fault: Fault, server: Server) -> None:
        self._fault = fault
        self._data = server.database.parent
        self._before = Poster(server)
        for _ in range(BATCHES):
            self._before.batch(BATCH)
        first = BATCH * BATCHES + 1
        self._posters = [Poster(server, first + at, POSTERS) for at in range(POSTERS)]

    @property
    def acknowledged(self) -> set[int]:
        """The numbers of all bets that were acknowledged."""
        return set().union(*(one.acknowledged for one in (self._before, *self._posters)))

    @contextmanager
    def posting(self) -> Iterator[None]:
        """Post for as long as the block runs."""
        stop = threading.Event()
        threads = [threading.Thread(target=self._post, args=(one, stop)) for one in self._posters]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def end(self, *files: Path, kept: int | None = None) -> None:
        """Expect bets to be taken as before, and each to be in one of the files."""
        for poster in self._posters:
            post(self._fault, poster, 5, "afterwards")
        self._fault.recovery = "no" if self._fault.wrong else "yes"
        stored = set().union(*(stored_numbers(file) for file in files))
        self._fault.count_lost(self.acknowledged, stored, kept)
        with closing(reading(files[0])) as database:
            checked = integrity(database)
            told = database.execute("SELECT sum(total_bets) FROM live_streams").fetchone()[0]
            found = database.execute("SELECT count(*) FROM live_bets").fetchone()[0]
        self._fault.expect(checked == "ok", f"integrity: {checked}")
        self._fault.expect(told == found, f"streams count {told} bets and {found} are stored")

    def _post(self, poster: Poster, stop: threading.Event) -> None:
        while not stop.is_set():
            status, sentence = poster.post()
            if status != 200:
                self._fault.hear(f"to scripts: {status} {sentence}", self._data)
                self._fault.expect(status == 503, f"{status} {sentence}")


def _often(work: Callable[[], None]) -> None:
    until, times = time.monotonic() + SECONDS, 0
    while times < TIMES or time.monotonic() < until:
        work()
        times += 1


def _give(fault: Fault, data: Path, *arguments: str) -> None:
    """Run one storage command, and enter what it says when it refuses."""
    done = subprocess.run(
        command(data, "data", *arguments), capture_output=True, text=True, timeout=LONGEST, check=False
    )
    if done.returncode:
        fault.hear(f"exit code {done.returncode}: {done.stderr.strip()}", data)
    fault.expect(done.returncode in {0, 2}, f"exit code {done.returncode}: {done.stderr.strip()}")
    fault.expect("Traceback" not in done.stderr, done.stderr[-300:])


def _files(data: Path) -> list[Path]:
    """Give the database, and what a restore has put aside."""
    aside = [*(data / "backups").glob("pump-*-before-restore.db"), *data.glob("pump-damaged-*.db")]
    return [data / "pump.db", *aside]


def _command_beside_serve(name: str, fault: Fault, folder: Path) -> None:
    with serving(folder) as server:
        _command_beside(name, fault, server)


def _command_beside_window(name: str, fault: Fault, folder: Path) -> None:
    with windows(folder) as begin:
        window = begin(folder / "data")
        _command_beside(name, fault, window.server())
        window.end(fault)


def _command_beside(name: str, fault: Fault, server: Server) -> None:
    data = server.database.parent
    crowd = Crowd(fault, server)
    if name in {"restore", "backups"}:
        _give(fault, data, "backup")
    with crowd.posting():
        _often(lambda: _give(fault, data, *COMMANDS[name]))
    crowd.end(*_files(data), kept=KEPT if name == "prune" else None)


def twice_at_once(fault: Fault, folder: Path) -> None:
    """`data compact` twice at once, beside `serve`"""
    with serving(folder) as server:
        crowd = Crowd(fault, server)

        def both() -> None:
            other = threading.Thread(target=_give, args=(fault, folder, "compact"))
            other.start()
            _give(fault, folder, "compact")
            other.join()

        with crowd.posting():
            _often(both)
        crowd.end(*_files(folder))


def _window_beside_serve(name: str, fault: Fault, folder: Path) -> None:
    data = folder / "data"
    with serving(data) as server, windows(folder) as begin:
        crowd = Crowd(fault, server)
        _give(fault, data, "backup")
        window = begin(data, PUMP_RETAIN_ROUNDS=str(KEPT))
        window.server()
        window.do("open", "settings")
        with crowd.posting():
            _often(partial(_click, fault, window, CLICKS[name]))
        _read(fault, window, folder)
        window.end(fault)
        crowd.end(*_files(data), kept=KEPT if name == "prune" else None)


def moved_beside_serve(fault: Fault, folder: Path) -> None:
    """in the window, beside `serve`: move"""
    data, other = folder / "data", folder / "other"
    with serving(data) as server, windows(folder) as begin:
        crowd = Crowd(fault, server)
        window = begin(data)
        window.server()
        window.do("open", "settings")
        window.forget()
        window.do("move", str(other))
        window.wait("a word of the move", lambda: bool(_said(window)))
        with crowd.posting():
            time.sleep(SECONDS)
        _read(fault, window, folder)
        window.end(fault)
        # Where the person looks from then on.
        moved = other / "pump.db"
        crowd.end(moved if moved.exists() else data / "pump.db")


def removed_under_two(fault: Fault, folder: Path) -> None:
    """database file removed while two `serve` have it open"""
    for number in range(REMOVALS):
        place = folder / str(number)
        with serving(place) as one, serving(place) as other:
            posters = [Poster(one, 1, 2), Poster(other, 2, 2)]
            for poster in posters:
                post(fault, poster, 20)
            for ending in ("", "-wal", "-shm"):
                one.database.with_name(one.database.name + ending).unlink(missing_ok=True)
            threads = [threading.Thread(target=_post_some, args=(fault, poster, place)) for poster in posters]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        files = [place / "pump.db", *place.glob("pump-replaced-*.db")]
        stored = set().union(*(stored_numbers(file) for file in files))
        told = set().union(*(poster.acknowledged for poster in posters))
        fault.acknowledged += len(told)
        fault.lost += len(told - stored)
    fault.recovery = "one of them"


def _post_some(fault: Fault, poster: Poster, place: Path) -> None:
    for _ in range(50):
        status, sentence = poster.post()
        if status != 200:
            fault.hear(f"{status} {sentence}", place)
            fault.expect(status == 503, f"{status} {sentence}")


def _click(fault: Fault, window: WatchedWindow, texts: tuple[str, ...]) -> None:
    """Have clicked what starts a piece of work, and wait until the window has said what came of it."""
    window.forget()
    for text in texts:
        window.do("await", text)
    window.wait("a word of what was done", lambda: bool(_said(window)))
    fault.expect(not window.has_shown("refused", ""), f"{window.shown()[-3:]}")


def _said(window: WatchedWindow) -> list[str]:
    return [text for kind, text in window.shown() if kind in {"toast", "banner"} and "New stream" not in text]


def _read(fault: Fault, window: WatchedWindow, folder: Path) -> None:
    """Enter what the window refused, with the places where it stood."""
    for sentence, places in window.sentences().items():
        if PLACES["banner"] in places and "open in" in sentence:
            fault.hear(f"{' and '.join(places)}: {sentence}", folder)


def _row(words: str, kind: Callable[[str, Fault, Path], None], name: str) -> Callable[[Fault, Path], None]:
    """Give one fault of a kind, named by its words."""

    def row(fault: Fault, folder: Path) -> None:
        kind(name, fault, folder)

    row.__doc__ = words
    return row


STORAGE_FAULTS: tuple[Callable[[Fault, Path], None], ...] = (
    *(_row(f"`data {name}` beside `serve`", _command_beside_serve, name) for name in COMMANDS),
    twice_at_once,
    *(_row(f"`data {name}` beside the window", _command_beside_window, name) for name in COMMANDS),
    *(_row(f"in the window, beside `serve`: {name}", _window_beside_serve, name) for name in CLICKS),
    moved_beside_serve,
    removed_under_two,
)

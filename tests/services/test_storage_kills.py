"""kill -9 and a full disk in the middle of a backup and of a restore: the old state or the new one, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pump_desktop.services.backend import open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.store.damage import BETS, counts, fill, whole
from tests.store.live_samples import make_bet

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 and limits are POSIX")

PROGRAM = """
import sys
from pathlib import Path
from pump_desktop.services import storage as storage_module
from pump_desktop.services.backend import open_backend
from pump_desktop.store.care import backup, restore
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings

folder, work, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
backup._PAGES_AT_ONCE = restore._PAGES_AT_ONCE = 16
storage_module._TOLD_EVERY_S = 0
storage = open_backend(Settings(), resolve_paths(folder)).storage

def tell(progress):
    if progress.doing == step and progress.total / 2 < progress.done < progress.total:
        print("half-way", flush=True)
        sys.stdin.read()

if work == "backup":
    storage.back_up(tell=tell)
else:
    storage.restore(storage.backups()[-1].path, tell)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a data folder with a backup of BETS bets, and one bet more since."""
    path = tmp_path / "pump" / "pump.db"
    fill(path)
    backend = open_backend(Settings(), resolve_paths(path.parent))
    backend.storage.back_up()
    backend.live.ingest([make_bet(9_001)]).result(20)
    backend.close()
    return path.parent


def killed_at(folder: Path, work: str, step: str) -> None:
    command = [sys.executable, "-c", PROGRAM, str(folder), work, step]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize(
    ("work", "step"),
    [
        ("backup", "Making a backup"),
        ("restore", "Putting the present data aside"),
        ("restore", "Putting the backup back"),
    ],
)
def test_a_kill_half_way_leaves_what_was(folder: Path, work: str, step: str) -> None:
    killed_at(folder, work, step)
    path = folder / "pump.db"
    assert whole(path)
    assert counts(path) == (1, BETS + 1)
    for backup in (folder / "backups").glob("pump-*.db"):
        assert whole(backup)
        assert counts(backup)[1] in {BETS, BETS + 1}
    # The next time goes through, and what the kill left is gone.
    backend = open_backend(Settings(), resolve_paths(folder))
    oldest = backend.storage.backups()[-1]
    assert backend.storage.restore(oldest.path).bets == BETS
    backend.close()
    assert whole(path)
    assert not list(folder.rglob("*.part*"))


LIMITED = """
import resource, signal, sys
from pathlib import Path
from pump_desktop.domain.errors import KnownError
from pump_desktop.services.backend import open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings

backend = open_backend(Settings(), resolve_paths(Path(sys.argv[1])))
storage = backend.storage
oldest = storage.backups()[-1].path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
for work in (storage.back_up, lambda: storage.restore(oldest), storage.compact):
    try:
        work()
    except KnownError as error:
        print(type(error).__name__, error, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
backend.close()
"""


def test_a_disk_that_fills_up_on_the_way_is_a_sentence_and_changes_nothing(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert len(said) == 3
    for sentence in said:
        assert sentence.startswith(("StoreError ", "DiskFullError "))
        assert "disk" in sentence
    assert whole(folder / "pump.db")
    assert counts(folder / "pump.db") == (1, BETS + 1)
    assert len(list((folder / "backups").iterdir())) == 1
    assert not list(folder.rglob("*.part*"))

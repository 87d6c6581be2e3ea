import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "linux" / "install.sh"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a script for Linux")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Give a folder with the parts of a bundle that the script touches; its program tells its own path."""
    folder = tmp_path / "a bundle"
    icons = folder / "_internal" / "pump_desktop" / "_resources" / "icons"
    icons.mkdir(parents=True)
    shutil.copytree(ROOT / "resources" / "icons" / "app", icons / "app")
    program = folder / "pump-desktop"
    program.write_text('#!/bin/sh\nreadlink -f "$0"\n')
    program.chmod(0o755)
    (folder / "_internal" / "library.so.1").write_text("code")
    (folder / "_internal" / "library.so").symlink_to("library.so.1")
    return folder


def run(bundle: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(bundle.parent / "home"), "BUNDLE": str(bundle)}
    return subprocess.run(
        ["/bin/sh", SCRIPT, *arguments],
        env=env | environment,
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
    )


def files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()
    }


def test_everything_lands_below_destdir_and_leaves_again(bundle: Path, tmp_path: Path) -> None:
    stage = tmp_path / "stage"
    where = {"DESTDIR": str(stage), "PREFIX": "/usr"}
    done = run(bundle, **where)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in stage.iterdir()} == {"usr"}
    usr = stage / "usr"
    assert files(usr) >= {
        "bin/pump-desktop",
        "lib/pump-desktop/pump-desktop",
        "lib/pump-desktop/_internal/library.so",
        "share/applications/pump-desktop.desktop",
        "share/metainfo/io.github.pump_desktop.pump_desktop.metainfo.xml",
        "share/icons/hicolor/scalable/apps/pump-desktop.svg",
        *(f"share/icons/hicolor/{size}x{size}/apps/pump-desktop.png" for size in SIZES),
    }
    assert (usr / "lib/pump-desktop/_internal/library.so").is_symlink()
    # The link holds wherever the tree is moved to.
    moved = tmp_path / "moved"
    usr.rename(moved)
    told = subprocess.run([moved / "bin/pump-desktop"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(moved / "lib/pump-desktop/pump-desktop")
    moved.rename(usr)

    (usr / "share/applications/other.desktop").write_text("somebody else's")
    assert run(bundle, "uninstall", **where).returncode == 0
    assert files(stage) == {"usr/share/applications/other.desktop"}


def test_a_new_version_replaces_the_old_one_whole(bundle: Path, tmp_path: Path) -> None:
    where = {"DESTDIR": str(tmp_path / "stage"), "PREFIX": "/opt/pump"}
    (bundle / "_internal" / "of_the_old_one.so").write_text("code")
    assert run(bundle, **where).returncode == 0
    (bundle / "_internal" / "of_the_old_one.so").unlink()
    assert run(bundle, **where).returncode == 0
    lib = tmp_path / "stage" / "opt" / "pump" / "lib"
    assert [path.name for path in lib.iterdir()] == ["pump-desktop"]
    assert not (lib / "pump-desktop" / "_internal" / "of_the_old_one.so").exists()
    # Everybody may start it, though whoever installed it has a strict umask.
    for path in (lib, *lib.rglob("*"), lib.parent / "bin", lib.parent / "share" / "applications"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444, path


@pytest.mark.parametrize(
    ("prefix", "command"),
    [("/usr", "pump-desktop"), ("/home/a b/.local/", '"/home/a b/.local/bin/pump-desktop"')],
)
def test_the_menu_finds_the_program_wherever_it_is(
    bundle: Path, tmp_path: Path, prefix: str, command: str
) -> None:
    stage = tmp_path / "stage"
    assert run(bundle, DESTDIR=str(stage), PREFIX=prefix).returncode == 0
    entry = Path(f"{stage}{prefix}") / "share" / "applications" / "pump-desktop.desktop"
    here = (SCRIPT.parent / "pump-desktop.desktop").read_text(encoding="utf-8")
    assert entry.read_text(encoding="utf-8") == here.replace("Exec=pump-desktop", f"Exec={command}")
    if shutil.which("desktop-file-validate"):
        told = subprocess.run(["desktop-file-validate", entry], capture_output=True, text=True, check=False)
        assert (told.returncode, told.stdout) == (0, "")


def test_a_folder_of_somebody_else_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "stage" / "usr" / "lib" / "pump-desktop" / "notes.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")
    done = run(bundle, "uninstall", DESTDIR=str(tmp_path / "stage"), PREFIX="/usr")
    assert done.returncode == 2
    assert done.stderr.endswith("is not Pump Desktop, so it is left alone.\n")
    assert theirs.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "changes", "sentence"),
    [
        ((), {"PREFIX": "usr"}, "Error: PREFIX must be a whole path such as /usr/local, not 'usr'.\n"),
        ((), {"BUNDLE": "/nowhere"}, "Error: There is no program in /nowhere; make it with: make bundle\n"),
        (("remove",), {}, "Error: use: install.sh [install|uninstall]\n"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    bundle: Path, tmp_path: Path, arguments: tuple[str, ...], changes: dict[str, str], sentence: str
) -> None:
    stage = tmp_path / "stage"
    done = run(bundle, *arguments, **{"DESTDIR": str(stage), "PREFIX": "/usr"} | changes)
    assert (done.returncode, done.stderr) == (2, sentence)
    assert not stage.exists()

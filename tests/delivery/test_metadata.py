import importlib.metadata
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pump_desktop import __version__

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"
METAINFO = LINUX / "pump-desktop.metainfo.xml"
DESKTOP = LINUX / "pump-desktop.desktop"
# The parts of a heading of a release, as Keep a Changelog writes it: ## [1.0.0] - 2026-01-31
RELEASE = re.compile(r"^## \[?(\d+\.\d+\.\d+)\]? - (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def component() -> ET.Element:
    return ET.parse(METAINFO).getroot()  # noqa: S314 - a file of this repository


def releases() -> dict[str, ET.Element]:
    """Give the releases of the metainfo, newest first."""
    return {release.attrib["version"]: release for release in component().iter("release")}


def entry() -> dict[str, str]:
    """Give the keys of the .desktop file."""
    lines = DESKTOP.read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split("=", 1) for line in lines)


def test_the_metainfo_knows_the_version_and_every_release_of_the_changelog() -> None:
    told = releases()
    assert next(iter(told)) == __version__
    dated = RELEASE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert [(version, told[version].attrib["date"]) for version, _date in dated] == dated
    # A version the changelog has no date for yet is not released.
    unreleased = set(told) - {version for version, _date in dated}
    assert {told[version].attrib.get("type") for version in unreleased} <= {"development"}


def test_the_installed_package_has_the_same_version() -> None:
    assert importlib.metadata.version("pump-desktop") == __version__


def test_the_pictures_of_the_metainfo_are_in_docs() -> None:
    images = [image.text or "" for image in component().iter("image")]
    assert images
    for image in images:
        _home, path = image.split(".github.io/")
        assert (ROOT / path).read_bytes().startswith(b"\x89PNG")


def test_desktop_entry_metainfo_and_window_name_each_other() -> None:
    told = component()
    assert told.findtext("launchable") == DESKTOP.name
    assert told.findtext("provides/binary") == entry()["Exec"] == entry()["Icon"] == DESKTOP.stem
    # A compositor finds the entry of a window by this name.
    assert f'setDesktopFileName("{DESKTOP.stem}")' in (ROOT / "pump_desktop" / "app.py").read_text("utf-8")
    script = (LINUX / "install.sh").read_text(encoding="utf-8")
    assert f"metainfo/{told.findtext('id')}.metainfo.xml" in script


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils")
def test_the_desktop_entry_is_valid() -> None:
    done = subprocess.run(["desktop-file-validate", DESKTOP], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="needs appstream")
def test_the_metainfo_is_valid() -> None:
    command = ["appstreamcli", "validate", "--no-net"]
    done = subprocess.run([*command, METAINFO], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

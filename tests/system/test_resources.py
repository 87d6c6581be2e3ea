import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pump_desktop.system.resources as module
from pump_desktop.system.resources import resource

ASK = "import sys; from pump_desktop.system.resources import resource; print(resource('a', 'b.txt'))"


def test_the_checkout_has_them_beside_the_package() -> None:
    assert resource() == Path(__file__).resolve().parents[2] / "resources"


def test_a_missing_one_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/none\.svg"):
        resource("icons", "none.svg")


@pytest.mark.parametrize("where", ["pump_desktop/_resources", "resources"])
def test_a_wheel_and_a_bundle_have_them_inside_it(tmp_path: Path, where: str) -> None:
    package = tmp_path / "pump_desktop"
    (package / "system").mkdir(parents=True)
    for folder in (package, package / "system"):
        (folder / "__init__.py").write_text("")
    shutil.copy(module.__file__, package / "system")
    wanted = tmp_path / where / "a" / "b.txt"
    wanted.parent.mkdir(parents=True)
    wanted.write_text("")
    found = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30
    )
    assert Path(found.stdout.strip()) == wanted


def test_one_place_alone_asks_whether_the_program_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.installation() == "source"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert module.installation() == "bundle"
    package = Path(module.__file__).parents[1]
    asking = [
        file
        for file in package.rglob("*.py")
        if re.search(r"_MEIPASS|\"frozen\"|sys\.frozen", file.read_text("utf-8"))
    ]
    assert asking == [Path(module.__file__)]

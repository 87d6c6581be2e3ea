"""The files that freeze and pack the program, as far as they can be tried without freezing it."""

import importlib.util
import re
import shutil
import struct
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

import pump_desktop
from pump_desktop import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
PICTURES = ROOT / "resources" / "icons" / "app"
NOT_ON_WINDOWS = {"uvloop", "uvicorn.loops.uvloop"}


def load(name: str) -> Any:
    """Give a script of packaging/, a folder of scripts and no package."""
    spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def app_files() -> Any:
    return load("app_files")


class Spec:
    """The spec file, run with stand-ins for PyInstaller's classes; ``calls`` keeps what they were given."""

    def __init__(self, folder: Path) -> None:
        self.calls: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {}
        self.package = folder / "site" / "pump_desktop"
        self._folder = folder

    def run(self) -> None:
        text = (PACKAGING / "pump-desktop.spec").read_text(encoding="utf-8")
        names = {name: self._kept(name) for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
        given = {"SPECPATH": str(PACKAGING), "workpath": str(self._folder / "work")}
        exec(compile(text, "pump-desktop.spec", "exec"), given | names)  # noqa: S102 - as PyInstaller does

    def only(self, name: str) -> dict[str, Any]:
        ((_arguments, named),) = self.calls[name]
        return named

    def _kept(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.calls.setdefault(name, []).append((arguments, named))
            # What Analysis found before the spec filters it.
            binaries = [("PySide6/Qt/lib/libQt6Quick.so.6", "", ""), ("libssl.so.3", "", "")]
            datas = [
                ("qtawesome/fonts/fontawesome5.ttf", "", ""),
                ("qtawesome/fonts/phosphor-1.3.0.ttf", "", ""),
                ("PySide6\\Qt\\translations\\qt_de.qm", "", ""),
            ]
            return types.SimpleNamespace(pure=[], scripts=[], binaries=binaries, datas=datas)

        return call


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spec:
    """Give the spec with an installed package: resources inside it, as the wheel has them."""
    made = Spec(tmp_path)
    shutil.copytree(ROOT / "resources", made.package / "_resources")
    for name in ("__main__.py", "store"):
        (made.package / name).symlink_to(ROOT / "pump_desktop" / name)
    monkeypatch.setattr(pump_desktop, "__file__", str(made.package / "__init__.py"))
    hooks = types.ModuleType("PyInstaller.utils.hooks")
    vars(hooks).update(
        collect_data_files=lambda package, includes: [(f"{package}:{one}", package) for one in includes],
        copy_metadata=lambda package: [(f"{package}.dist-info", package)],
    )
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
    monkeypatch.delitem(sys.modules, "app_files", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return made


def test_nothing_that_the_program_imports_is_left_out(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    spec.run()
    left_out = set(spec.calls["Analysis"][0][1]["excludes"])
    sources = (ROOT / "pump_desktop").rglob("*.py")
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    imported = set(re.findall(r"^\s*(?:from|import) ([\w.]+)", text, re.MULTILINE))
    assert {"PySide6.QtNetwork", "PySide6.QtWidgets", "pyqtgraph"} <= imported
    assert not imported & left_out


def test_the_spec_takes_everything_along_that_is_read_as_a_file(
    spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    spec.run()
    ((scripts,), analysis) = spec.calls["Analysis"][0]
    assert scripts == [str(spec.package / "__main__.py")]
    carried = {target: Path(source) for source, target in analysis["datas"] if Path(source).is_absolute()}
    assert carried["pump_desktop/_resources"] == spec.package / "_resources"
    migrations = carried["pump_desktop/store/migrations"]
    assert (migrations / "versions" / "0001_runs.py").is_file()
    # As files, or a kept kernel has no name.
    assert analysis["module_collection_mode"] == {"pump_desktop.engine": "py"}
    for name in analysis["hiddenimports"]:
        assert name in NOT_ON_WINDOWS or importlib.util.find_spec(name) is not None, name
    assert not set(analysis["hiddenimports"]) & set(analysis["excludes"])
    ((_program, binaries, datas), named) = spec.calls["COLLECT"][0]
    assert [entry[0] for entry in binaries] == ["libssl.so.3"]
    assert [entry[0] for entry in datas] == ["qtawesome/fonts/phosphor-1.3.0.ttf"]
    assert named["name"] == spec.only("EXE")["name"] == "pump-desktop"
    assert spec.only("EXE")["console"] is False
    assert "BUNDLE" not in spec.calls


def test_on_windows_there_is_a_program_for_the_terminal_too(
    spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    spec.run()
    programs = [named for _arguments, named in spec.calls["EXE"]]
    assert [(named["name"], named["console"]) for named in programs] == [
        ("pump-desktop", False),
        ("pump-desktop-cli", True),
    ]
    assert Path(programs[0]["icon"]).read_bytes().startswith(b"\0\0\1\0")
    assert __version__ in Path(programs[0]["version"]).read_text(encoding="utf-8")
    assert not NOT_ON_WINDOWS & set(spec.only("Analysis")["hiddenimports"])


def test_on_macos_there_is_an_application_with_its_plist(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    spec.run()
    bundle = spec.only("BUNDLE")
    assert Path(bundle["icon"]).read_bytes().startswith(b"icns")
    assert (bundle["name"], bundle["version"]) == ("Pump Desktop.app", __version__)
    assert re.fullmatch(r"[a-z]+(\.[a-z0-9-]+)+", bundle["bundle_identifier"])
    plist = bundle["info_plist"]
    assert plist["CFBundleShortVersionString"] == plist["CFBundleVersion"] == __version__
    assert plist["NSHighResolutionCapable"] is True
    assert plist["LSApplicationCategoryType"].startswith("public.app-category.")


def test_a_windows_icon_holds_every_size_whole(app_files: Any, tmp_path: Path) -> None:
    data = app_files.write_ico(PICTURES, tmp_path / "deep" / "x.ico").read_bytes()
    reserved, kind, count = struct.unpack_from("<HHH", data)
    assert (reserved, kind, count) == (0, 1, len(app_files.ICO_SIZES))
    found = []
    for number in range(count):
        width, _height, _colours, _zero, _planes, bits, length, place = struct.unpack_from(
            "<BBBBHHII", data, 6 + 16 * number
        )
        image = QImage.fromData(data[place : place + length])
        assert (image.width() % 256, bits) == (width, 32)
        found.append(image.width())
    assert tuple(found) == app_files.ICO_SIZES


def test_a_macos_icon_holds_every_size_whole(app_files: Any, tmp_path: Path) -> None:
    data = app_files.write_icns(PICTURES, tmp_path / "x.icns").read_bytes()
    assert struct.unpack_from(">4sI", data) == (b"icns", len(data))
    found, place = {}, 8
    while place < len(data):
        kind, length = struct.unpack_from(">4sI", data, place)
        found[kind.decode()] = QImage.fromData(data[place + 8 : place + length]).width()
        place += length
    assert found == app_files.ICNS_TYPES


def test_the_version_resource_is_what_pyinstaller_reads(app_files: Any, tmp_path: Path) -> None:
    text = app_files.write_windows_version("1.2.3", tmp_path / "v.txt").read_text(encoding="utf-8")
    names = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "VarFileInfo", "VarStruct")
    given: dict[str, Any] = {name: lambda *parts, **named: (parts, named) for name in names}
    strings: dict[str, str] = {}
    given["StringStruct"] = strings.__setitem__
    _parts, named = eval(text, given)  # noqa: S307 - as PyInstaller does
    assert named["ffi"][1]["filevers"] == named["ffi"][1]["prodvers"] == (1, 2, 3, 0)
    assert (strings["ProductName"], strings["ProductVersion"]) == ("Pump Desktop", "1.2.3")
    with pytest.raises(ValueError, match="does not begin with three numbers"):
        app_files.version_numbers("1.2")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("size", [16, 24, 32, 48, 64, 128, 256, 512])
def test_the_pictures_are_drawn_from_the_svg(size: int) -> None:
    name = "pump-desktop-small" if size <= 32 else "pump-desktop"
    drawn = QImage(size, size, QImage.Format.Format_RGBA8888)
    drawn.fill(0)
    painter = QPainter(drawn)
    QSvgRenderer(str(PICTURES / f"{name}.svg")).render(painter)
    painter.end()
    kept = QImage(str(PICTURES / f"pump-desktop-{size}.png")).convertToFormat(drawn.format())
    assert kept.size() == drawn.size()
    apart = np.frombuffer(drawn.constBits(), np.uint8).astype(int) - np.frombuffer(kept.constBits(), np.uint8)
    # Another Qt may smooth an edge otherwise; another picture is apart by 18 on average.
    assert np.abs(apart).mean() < 1


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs nsis")
def test_the_windows_installer_compiles_without_a_warning(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    (folder / "_internal" / "deep").mkdir(parents=True)
    (folder / "pump-desktop.exe").write_bytes(b"MZ")
    (folder / "_internal" / "deep" / "library.dll").write_bytes(b"MZ")
    target = tmp_path / "pump-desktop-windows.exe"
    load("bundle").make_installer(folder, target)
    made = target.read_bytes()
    assert made.startswith(b"MZ")
    assert b"Nullsoft" in made
    for words in ("Pump Desktop setup", __version__):
        assert words.encode("utf-16-le") in made
    assert {path.name for path in tmp_path.iterdir()} == {"a folder", target.name}


def test_the_installer_keeps_what_a_person_stored() -> None:
    text = (PACKAGING / "windows" / "pump-desktop.nsi").read_text(encoding="utf-8")
    program, stored = text.split('Section /o "un.')
    # Only the section that a person ticks, and that asks again, deletes the data folder.
    assert 'RMDir /r "${DATA}"' not in program
    assert 'RMDir /r "${DATA}"' in stored
    assert "/SD IDNO" in stored
    assert "RequestExecutionLevel user" in text
    assert "HKLM" not in text


def test_every_program_the_installer_brings_is_taken_away_again(
    spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    spec.run()
    text = (
        (PACKAGING / "windows" / "pump-desktop.nsi")
        .read_text(encoding="utf-8")
        .replace("${EXE}", "pump-desktop.exe")
    )
    assert spec.calls["EXE"]
    for _arguments, named in spec.calls["EXE"]:
        assert f'Delete "$INSTDIR\\{named["name"]}.exe"' in text


def test_the_bundle_is_locked_to_what_everybody_else_runs() -> None:
    def locked(name: str) -> set[str]:
        text = (PACKAGING / f"{name}.lock").read_text(encoding="utf-8")
        return set(re.findall(r"^[a-z0-9].*?==\S+", text, re.MULTILINE))

    assert locked("run") <= locked("bundle")
    assert any(one.startswith("pyinstaller==") for one in locked("bundle"))


def test_a_failed_step_ends_in_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    bundle = load("bundle")
    script = "import sys; sys.stderr.write('the reason'); sys.exit(3)"
    with pytest.raises(SystemExit, match=r"^It failed; the lines above say why\.$"):
        bundle.run(sys.executable, "-c", script, failed="It failed")
    assert capfd.readouterr().err == "the reason"
    with pytest.raises(SystemExit, match=r"^This was to be a bundle, and the program says it is a source"):
        bundle.must_be({"installation": "source"}, "bundle")
    with pytest.raises(SystemExit, match=r"^Usage"):
        bundle.main(["everything"])

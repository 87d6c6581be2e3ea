"""Files each system wants beside the program: .ico and its version resource for Windows, .icns for macOS.

    python3 packaging/app_files.py build/pump-desktop.ico     the icon alone, for the installer

Standard library only. Both icon formats are containers of the PNG files under resources/icons/app, which are
drawn from pump-desktop.svg (from 16 to 32 pixels, pump-desktop-small.svg).
"""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
# Type code of each size, as Apple's iconutil writes them; the second of a size is the one for 2x screens.
ICNS_TYPES = {
    "icp4": 16,
    "icp5": 32,
    "ic11": 32,
    "ic12": 64,
    "ic07": 128,
    "ic13": 256,
    "ic08": 256,
    "ic09": 512,
}

PICTURES = Path(__file__).resolve().parent.parent / "resources" / "icons" / "app"

_VERSION = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1,
                    subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "The Pump Desktop authors"),
      StringStruct("FileDescription", "Pump Desktop"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "pump-desktop"),
      StringStruct("LegalCopyright", "MIT License, the Pump Desktop authors"),
      StringStruct("OriginalFilename", "pump-desktop.exe"),
      StringStruct("ProductName", "Pump Desktop"),
      StringStruct("ProductVersion", "{version}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [1033, 1200])]),
  ],
)
"""


def picture(folder: Path, size: int) -> bytes:
    """Give the PNG of one size."""
    return (folder / f"pump-desktop-{size}.png").read_bytes()


def write_ico(pictures: Path, target: Path) -> Path:
    """Write a Windows icon of all ICO_SIZES, and give its path."""
    images = [picture(pictures, size) for size in ICO_SIZES]
    place = 6 + 16 * len(images)
    entries = []
    for size, image in zip(ICO_SIZES, images, strict=True):
        # 256 is written as 0; 32 bits a pixel.
        entries.append(struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(image), place))
        place += len(image)
    return _written(target, struct.pack("<HHH", 0, 1, len(images)) + b"".join(entries) + b"".join(images))


def write_icns(pictures: Path, target: Path) -> Path:
    """Write a macOS icon of all ICNS_TYPES, and give its path."""
    images = ((kind, picture(pictures, size)) for kind, size in ICNS_TYPES.items())
    body = b"".join(kind.encode() + struct.pack(">I", 8 + len(image)) + image for kind, image in images)
    return _written(target, b"icns" + struct.pack(">I", 8 + len(body)) + body)


def version_numbers(version: str) -> tuple[int, int, int, int]:
    """Give a version as the four numbers Windows knows; what follows the third number is left out."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError(f"version {version!r} does not begin with three numbers")
    first, second, third = map(int, found.groups())
    return first, second, third, 0


def write_windows_version(version: str, target: Path) -> Path:
    """Write the version resource in PyInstaller's form, and give its path."""
    text = _VERSION.format(numbers=version_numbers(version), version=version)
    return _written(target, text.encode())


def _written(target: Path, data: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python3 packaging/app_files.py FILE.ico")
    write_ico(PICTURES, Path(sys.argv[1]))

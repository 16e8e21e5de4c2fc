"""Reads which DLLs a Windows program or library imports, so that nothing is shipped that cannot load."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

IMPORTS, DELAYED = 1, 13
# What Windows 10 itself brings; everything else must be in the payload. Lower case.
SYSTEM_PREFIXES = ("api-ms-win-", "ext-ms-win-")
SYSTEM_NAMES = """
    advapi32 authz avrt bcrypt bcryptprimitives cfgmgr32 combase comctl32 comdlg32 crypt32 cryptbase d2d1 d3d11 d3d12 d3d9
    d3dcompiler_47 dbghelp dnsapi dwmapi dwrite dxgi dxva2 evr fwpuclnt gdi32 gdiplus hid icuuc icuin imm32 iphlpapi
    kernel32 mf mfplat mfreadwrite mpr mscms msvcrt ncrypt netapi32 normaliz ntdll ole32 oleacc oleaut32 opengl32 pdh
    powrprof propsys psapi rpcrt4 rstrtmgr sechost secur32 setupapi shcore shell32 shlwapi sspicli sxs ucrtbase
    uiautomationcore urlmon user32 userenv usp10 uxtheme version winhttp wininet winmm wintrust wldap32 ws2_32 wtsapi32
"""
SYSTEM = frozenset(f"{name}.dll" for name in SYSTEM_NAMES.split()) | {"winspool.drv"}


class NotExecutable(Exception):
    """The file is no 64-bit program or library for Windows."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A library that a shipped file needs and that is neither shipped nor a part of Windows."""

    needed_by: str
    library: str
    delayed: bool


def imports_of(file: Path) -> tuple[set[str], set[str]]:
    """Return the libraries loaded with a file, and those loaded only when first used; lower case."""
    data = file.read_bytes()
    try:
        header = struct.unpack_from("<I", data, 0x3C)[0]
        if data[:2] != b"MZ" or data[header : header + 4] != b"PE\0\0":
            raise NotExecutable(file.name)
        sections_count, optional_bytes = (
            struct.unpack_from("<H", data, header + 6)[0],
            struct.unpack_from("<H", data, header + 20)[0],
        )
        optional = header + 24
        if struct.unpack_from("<H", data, optional)[0] != 0x20B:
            raise NotExecutable(file.name)
        sections = [
            struct.unpack_from("<IIII", data, optional + optional_bytes + 40 * index + 8)
            for index in range(sections_count)
        ]
        return (
            _names(data, sections, _directory(data, optional, IMPORTS), row_bytes=20, name_at=12),
            _names(data, sections, _directory(data, optional, DELAYED), row_bytes=32, name_at=4),
        )
    except struct.error as exc:
        raise NotExecutable(file.name) from exc


def missing_libraries(payload: Path) -> list[Missing]:
    """Return every library that something in the payload needs and that Windows would not find for it.

    A library of the right name in some other package is no help: a worker never looks there, and only a PC on which
    another program has put it into Windows hides the lack.
    """
    files = sorted(
        path for path in payload.rglob("*") if path.suffix.lower() in (".dll", ".pyd", ".exe", ".com")
    )
    shipped: dict[Path, set[str]] = {}
    for path in files:
        shipped.setdefault(path.parent, set()).add(path.name.lower())
    found: list[Missing] = []
    for path in files:
        near = {name for place in _searched_for(path, payload) for name in shipped.get(place, ())}
        for delayed, names in enumerate(imports_of(path)):
            for name in sorted(names - near - SYSTEM):
                if not name.startswith(SYSTEM_PREFIXES):
                    found.append(Missing(path.relative_to(payload).as_posix(), name, bool(delayed)))
    return found


def file_version(file: Path) -> tuple[int, int, int, int]:
    """Return the version in a file's fixed version information; zeros when it has none."""
    data = file.read_bytes()
    at = data.find(struct.pack("<I", 0xFEEF04BD))
    if at < 0:
        return 0, 0, 0, 0
    high, low = struct.unpack_from("<II", data, at + 8)
    return high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF


def _searched_for(path: Path, payload: Path) -> set[Path]:
    """Return the directories Windows looks in for what a shipped file imports.

    Its own and Python's; a package's own directory and its `.libs`, which it names itself when it is imported; for
    PySide6 also shiboken6, which is loaded before it.
    """
    places = {path.parent, payload / "python"}
    parts = path.relative_to(payload).parts
    if parts[0] == "packages" and len(parts) > 2:
        packages, name = payload / "packages", parts[1].removesuffix(".libs")
        places |= {packages / name, packages / f"{name}.libs"}
        if name == "PySide6":
            places.add(packages / "shiboken6")
    return places


def _directory(data: bytes, optional: int, index: int) -> int:
    count = struct.unpack_from("<I", data, optional + 108)[0]
    return int(struct.unpack_from("<I", data, optional + 112 + 8 * index)[0]) if index < count else 0


def _offset(sections: list[tuple[int, ...]], address: int) -> int | None:
    for virtual_bytes, virtual, raw_bytes, raw in sections:
        if virtual <= address < virtual + max(virtual_bytes, raw_bytes):
            return address - virtual + raw
    return None


def _names(
    data: bytes, sections: list[tuple[int, ...]], table: int, *, row_bytes: int, name_at: int
) -> set[str]:
    names: set[str] = set()
    at = _offset(sections, table) if table else None
    while at is not None:
        row = data[at : at + row_bytes]
        if not any(row):
            break
        place = _offset(sections, struct.unpack_from("<I", row, name_at)[0])
        if place is None:
            break
        names.add(data[place : data.index(b"\0", place)].decode("ascii").lower())
        at += row_bytes
    return names

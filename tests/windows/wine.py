"""A Wine prefix in which Windows' own CPython, Qt and OpenCV run, made from nothing in half a minute.

Wine 8 and 10 lack a few functions that our packages import. Each gap is closed by a small DLL in the prefix, built from
`shim/` with mingw: it forwards everything else to Wine's own file under another name. Nothing of it is in the product,
and the product under test is not touched by a byte.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SHIM = Path(__file__).resolve().parent / "shim"
COMPILER = "x86_64-w64-mingw32-gcc"
NEEDED_TOOLS = ("wine", "wineserver", "wineboot", COMPILER, "Xvfb")
# What `apt-get install` brings these with.
DEBIAN_PACKAGES = ("wine64", "wine", "gcc-mingw-w64-x86-64", "xvfb", "nsis", "osslsigncode")

COMPLEX_NAMES = tuple(
    f"{name}{suffix}"
    for name in [
        "creal",
        "cimag",
        "cabs",
        "carg",
        "cexp",
        "clog",
        "csqrt",
        "csin",
        "ccos",
        "ctan",
        "csinh",
        "ccosh",
        "ctanh",
        "cpow",
    ]
    for suffix in ("", "f", "l")
)
# Wine's DLL: our sources, the names they export in it, what they link with. The rest of its exports is forwarded.
GAPS = {
    "ucrtbase": (("complex.c", "copyfile2.c"), COMPLEX_NAMES, ()),
    "propsys": (("propsys.c",), ("VariantToString",), ("-loleaut32",)),
    "mscms": (("mscms.c",), ("WcsCreateIccProfile", "WcsOpenColorProfileW"), ()),
}
# DLLs of Windows 10 that Wine lacks: what ours link with.
ABSENT: dict[str, tuple[str, ...]] = {"icuuc": (), "bcryptprimitives": ("-ladvapi32",)}
SESSION = "session.exe"
BUILTIN_MARK_AT, BUILTIN_MARK = 0x40, b"Wine builtin DLL"
EXPORT_ROW = re.compile(r"^\s*\[\s*\d+\]\s+(?:\+base\[\s*\d+\]\s+[0-9a-f]+\s+)?(\S+)$")


class WineFailed(Exception):
    """A tool that makes or uses the prefix failed; the text holds what it said."""


def missing_tools() -> list[str]:
    """Return the tools this module needs that this machine does not have."""
    return [tool for tool in NEEDED_TOOLS if shutil.which(tool) is None]


@dataclass(slots=True)
class WinePrefix:
    """A prefix with its own server; use it as a context manager, or call close.

    root: the prefix's directory. display: an X display to draw on, or None for none.
    """

    root: Path
    display: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    _session: subprocess.Popen[str] | None = None

    def __enter__(self) -> WinePrefix:
        """Log on: start what Wine would else start from within the first program that needs it."""
        self._session = self.start([self.drive_c / "windows" / SESSION])
        assert self._session.stdout is not None
        if self._session.stdout.readline().strip() != "ready":
            raise WineFailed("Wine's desktop did not start")
        return self

    def __exit__(self, *_: object) -> None:
        """End every Windows process of the prefix."""
        self.close()

    @property
    def drive_c(self) -> Path:
        """Where C: lies."""
        return self.root / "drive_c"

    @property
    def environment(self) -> dict[str, str]:
        """What Wine's programs get, beside the caller's own variables."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "QT_", "VIRTUAL_ENV"))
        }
        kept.pop("DISPLAY", None)
        if self.display is not None:
            kept["DISPLAY"] = self.display
        # No menu entries on the host, no offers to fetch Mono or Gecko. A PC as it comes has no Visual C++ runtime;
        # Wine's own would hide that one of ours is not found.
        overrides = "winemenubuilder.exe=d;mscoree,mshtml=d;msvcp140,msvcp140_1,msvcp140_2,vcruntime140,vcruntime140_1=n"
        return {
            **kept,
            "WINEPREFIX": str(self.root),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": overrides,
            **self.extra,
        }

    def path_of(self, windows: str) -> Path:
        """Return the host's path of a path on C:."""
        drive, _, rest = windows.partition(":")
        if drive.lower() != "c":
            raise ValueError(f"not on C: {windows}")
        return self.drive_c.joinpath(*[part for part in rest.split("\\") if part])

    def windows_path(self, path: Path) -> str:
        """Return a host path as Windows' programs see it: on C: when it lies there, else on Z:."""
        path = path.resolve()
        try:
            return "C:\\" + "\\".join(path.relative_to(self.drive_c.resolve()).parts)
        except ValueError:
            return "Z:" + str(path).replace("/", "\\")

    def start(
        self, command: Sequence[str | Path], *, cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a Windows program with its standard streams on pipes.

        Pipes, because Windows' C library in Wine takes neither /dev/null nor a plain file for a standard stream.
        """
        return subprocess.Popen(
            ["wine", *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=cwd,
            env={**self.environment, **(env or {})},
        )

    def run(
        self,
        command: Sequence[str | Path],
        *,
        timeout_s: float = 300,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        check: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a Windows program to its end; raises WineFailed on a time-out, or on a bad exit code when `check`."""
        child = self.start(command, cwd=cwd, env=env)
        try:
            out, err = child.communicate("", timeout=timeout_s)
        except subprocess.TimeoutExpired as late:
            child.kill()
            raise WineFailed(f"{command[0]} did not end within {timeout_s:.0f} s") from late
        done = subprocess.CompletedProcess(list(map(str, command)), child.returncode, out, err)
        if check and done.returncode != 0:
            raise WineFailed(
                f"{' '.join(done.args)}: exit code {done.returncode}\n{out[-2000:]}\n{err[-4000:]}"
            )
        return done

    def wait_idle(self, timeout_s: float = 60) -> None:
        """Wait until no Windows process is left."""
        subprocess.run(["wineserver", "-w"], env=self.environment, timeout=timeout_s, check=False)

    def close(self) -> None:
        """End every Windows process of the prefix, and its server."""
        subprocess.run(["wineserver", "-k"], env=self.environment, check=False, capture_output=True)
        if self._session is not None:
            self._session.communicate(timeout=30)
            self._session = None


def make_prefix(root: Path, *, display: str | None = None) -> WinePrefix:
    """Make a prefix that says it is Windows 10, with the gaps closed; raises WineFailed."""
    absent = missing_tools()
    if absent:
        raise WineFailed(f"missing: {', '.join(absent)}; apt-get install {' '.join(DEBIAN_PACKAGES)}")
    prefix = WinePrefix(root.resolve(), display)
    root.mkdir(parents=True, exist_ok=True)
    _host(["wineboot", "--init"], prefix)
    _host(["wineserver", "--wait"], prefix)
    close_gaps(prefix)
    _host(["wine", "winecfg", "-v", "win10"], prefix)
    _host(["wineserver", "--wait"], prefix)
    return prefix


def close_gaps(prefix: WinePrefix) -> None:
    """Build the DLLs of `shim/` into the prefix and have Wine prefer them."""
    system = prefix.drive_c / "windows" / "system32"
    for name, (sources, ours, libraries) in GAPS.items():
        own, wines = system / f"{name}.dll", system / f"{name}_wine.dll"
        if not wines.exists():
            data = bytearray(own.read_bytes())
            # Without its mark Wine loads its own file as any other, also under this name.
            if data[BUILTIN_MARK_AT : BUILTIN_MARK_AT + len(BUILTIN_MARK)] != BUILTIN_MARK:
                raise WineFailed(f"{own} is not Wine's own file")
            data[BUILTIN_MARK_AT : BUILTIN_MARK_AT + len(BUILTIN_MARK)] = bytes(len(BUILTIN_MARK))
            wines.write_bytes(data)
        exports = [f"  {export} = {name}_wine.{export}" for export in _exports(wines) if export not in ours]
        exports += [f"  {export} = shim_{export}" for export in ours]
        definition = prefix.root / f"{name}.def"
        definition.write_text(f"LIBRARY {name}.dll\nEXPORTS\n" + "\n".join(exports) + "\n", encoding="ascii")
        _build(own, ["-shared", *(SHIM / source for source in sources), definition, *libraries])
    for name, libraries in ABSENT.items():
        _build(system / f"{name}.dll", ["-shared", SHIM / f"{name}.c", *libraries])
    _build(prefix.drive_c / "windows" / SESSION, [SHIM / "session.c", "-lole32", "-luuid", "-lwbemuuid"])
    registry = prefix.root / "overrides.reg"
    rows = "".join(f'"{name}"="native,builtin"\r\n' for name in [*GAPS, *ABSENT])
    registry.write_text(
        f"REGEDIT4\r\n\r\n[HKEY_CURRENT_USER\\Software\\Wine\\DllOverrides]\r\n{rows}",
        encoding="ascii",
        newline="",
    )
    _host(["wine", "regedit", "/S", str(registry)], prefix)
    _host(["wineserver", "--wait"], prefix)


def _exports(dll: Path) -> list[str]:
    """Return the names a DLL exports."""
    dump = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "-p", str(dll)], capture_output=True, text=True, check=True
    ).stdout
    table = dump.partition("[Ordinal/Name Pointer] Table")[2].splitlines()[1:]
    names = []
    for row in table:
        match = EXPORT_ROW.match(row)
        if match is None:
            break
        names.append(match.group(1))
    if not names:
        raise WineFailed(f"no exports were found in {dll}")
    return names


def _build(target: Path, parts: Sequence[str | Path]) -> None:
    part = target.with_suffix(".part")
    command = [COMPILER, "-O2", "-static-libgcc", "-s", "-o", str(part), *map(str, parts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise WineFailed(f"{' '.join(command)}\n{done.stderr}")
    part.replace(target)


def _host(command: Sequence[str], prefix: WinePrefix, timeout_s: float = 180) -> None:
    """Run one of Wine's own tools."""
    begun = time.monotonic()
    try:
        subprocess.run(
            command,
            env=prefix.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise WineFailed(f"{' '.join(command)} did not end within {time.monotonic() - begun:.0f} s") from late

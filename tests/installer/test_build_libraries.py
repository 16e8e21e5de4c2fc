"""Every library that something shipped needs lies where Windows looks for it, on a PC that has nothing but Windows."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from setup import portable_executable, python_for_windows, tools, wheels
from setup.facts import BuildFailed


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """part.dll, and user.dll that needs it."""
    compiler = tools.find("compiler")
    if compiler is None:
        pytest.skip(tools.how_to_install(["compiler"]))
    place = tmp_path_factory.mktemp("libraries")
    (place / "part.c").write_text("__declspec(dllexport) int part(void) { return 1; }")
    (place / "user.c").write_text("int part(void); __declspec(dllexport) int user(void) { return part(); }")
    tools.run(
        [compiler, "-shared", "-o", "part.dll", "part.c", "-Wl,--out-implib,libpart.a"], what="cc", cwd=place
    )
    tools.run([compiler, "-shared", "-o", "user.dll", "user.c", "-L.", "-lpart"], what="cc", cwd=place)
    return place


@pytest.mark.parametrize(
    ("user", "part"),
    [
        ("packages/user/deep", "packages/user/deep"),
        ("packages/user/deep", "packages/user"),
        ("packages/user", "packages/user.libs"),
        ("packages/user.libs", "packages/user"),
        ("packages/user", "python"),
        ("python/DLLs", "python"),
        ("packages/PySide6/plugins/platforms", "packages/shiboken6"),
    ],
)
def test_library_where_windows_looks_is_found(tmp_path: Path, libraries: Path, user: str, part: str) -> None:
    _lay_out(tmp_path, libraries, user, part)

    assert portable_executable.missing_libraries(tmp_path) == []


@pytest.mark.parametrize(
    ("user", "part"),
    [
        ("packages/user", None),
        ("packages/user", "packages/PySide6"),
        ("packages/user", "packages/shiboken6"),
        ("packages/user", "packages/other.libs"),
        ("packages/user", "packages/user/deep"),
        ("python/DLLs", "packages/other"),
    ],
)
def test_library_in_a_place_of_others_is_missing(
    tmp_path: Path, libraries: Path, user: str, part: str | None
) -> None:
    _lay_out(tmp_path, libraries, user, part)

    missing = portable_executable.missing_libraries(tmp_path)

    assert [(one.needed_by, one.library) for one in missing] == [(f"{user}/user.dll", "part.dll")]


def test_what_is_no_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.dll").write_bytes(b"MZ")
    with pytest.raises(portable_executable.NotExecutable):
        portable_executable.missing_libraries(tmp_path)


def test_newer_runtime_of_the_package_replaces_pythons_and_an_older_does_not(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.mkdir()
    (python / "vcruntime140.dll").write_bytes(_version(14, 42))
    (python / "vcruntime140_1.dll").write_bytes(_version(14, 60))

    python_for_windows.add_cpp_runtime(tmp_path, [_runtime(tmp_path, python_for_windows.CPP_RUNTIME)])

    versions = {path.name: portable_executable.file_version(path)[:2] for path in python.iterdir()}
    assert versions == {
        "msvcp140.dll": (14, 51),
        "vcruntime140.dll": (14, 51),
        "vcruntime140_1.dll": (14, 60),
    }


def test_build_without_the_runtime_is_refused(tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    with pytest.raises(BuildFailed, match="msvc-runtime"):
        python_for_windows.add_cpp_runtime(tmp_path, [])
    with pytest.raises(BuildFailed, match=r"holds no msvcp140\.dll"):
        python_for_windows.add_cpp_runtime(tmp_path, [_runtime(tmp_path, ["vcruntime140.dll"])])


def _lay_out(payload: Path, libraries: Path, user: str, part: str | None) -> None:
    for place, name in ((user, "user.dll"), (part, "part.dll")):
        if place is not None:
            (payload / place).mkdir(parents=True, exist_ok=True)
            (payload / place / name).write_bytes((libraries / name).read_bytes())


def _runtime(directory: Path, names: tuple[str, ...] | list[str]) -> wheels.Wheel:
    path = directory / "msvc_runtime-1.0-cp313-cp313-win_amd64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(f"msvc_runtime-1.0.data/data/Scripts/{name}", _version(14, 51))
    return wheels.Wheel(wheels.Pin("msvc-runtime", "1.0", frozenset()), path, "0" * 64)


def _version(major: int, minor: int) -> bytes:
    """The head of a file's fixed version information (VS_FIXEDFILEINFO)."""
    return b"MZ" + struct.pack("<IIII", 0xFEEF04BD, 0x10000, major << 16 | minor, 0)

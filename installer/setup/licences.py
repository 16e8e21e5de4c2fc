"""Collects the licence of everything that ships, and refuses to build with a part we may not ship."""

from __future__ import annotations

import email.parser
import fnmatch
import re
import shutil
import zipfile
from collections.abc import Sequence
from email.message import Message
from pathlib import Path, PurePosixPath

import notices
from notices import ELSEWHERE, is_allowed, licence_stated
from setup.facts import HERE, PROJECT, BuildFailed
from setup.native_parts import ALSO_ALLOWED, GPL_TEXTS, NATIVE
from setup.python_for_windows import PythonSource
from setup.wheels import Wheel

NAMED_LIKE_LICENCE = re.compile(r"(?i)(licen[sc]e|copying|copyright|notice|authors)[^/]*$")
CODE = {".py", ".pyi", ".pyc", ".pyd", ".dll", ".h", ".c"}
GPL_HEADING = re.compile(r"^\s*GNU (AFFERO )?GENERAL PUBLIC LICENSE", re.MULTILINE)
TEXTS = HERE / "licence_texts"  # LGPL and GPL for Qt, whose wheel brings only the commercial one


def collect(payload: Path, wheels: Sequence[Wheel], python: PythonSource) -> None:
    r"""Write `licences\` of the payload; raises BuildFailed that names every part with a licence we may not ship."""
    target = payload / "licences"
    target.mkdir()
    refused = [*refused_wheels(wheels), *refused_libraries(payload)]
    for wheel in wheels:
        refused += _copy_texts(wheel, target / "packages")
    if refused:
        raise BuildFailed("parts that may not ship:\n" + "\n".join(f"  {line}" for line in refused))
    (payload / "python" / "LICENSE.txt").replace(target / "Python-LICENSE.txt")
    for name, text in _our_texts().items():
        shutil.copyfile(text, target / name)
    listed = third_party(payload, wheels, python)
    (target / "THIRD-PARTY.txt").write_text(listed, encoding="utf-8", newline="\r\n")


def inputs() -> list[Path]:
    """Return the files on which collect depends beside the parts themselves and the modules in setup."""
    return [Path(notices.__file__), *_our_texts().values()]


def _our_texts() -> dict[str, Path]:
    r"""Return name in `licences\` -> the text we keep."""
    resources = PROJECT / "resources"
    return {
        "Foliodesk-LICENSE.txt": PROJECT / "LICENSE",
        "Foliodesk-NOTICE.txt": PROJECT / "NOTICE",
        "Models-LICENSE.txt": resources / "tessdata" / "LICENSE.txt",
        **{text.name: text for text in sorted(TEXTS.glob("*.txt"))},
        **{f"Font-{text.name}": text for text in sorted((resources / "fonts").glob("*LICENSE*"))},
    }


def third_party(payload: Path, wheels: Sequence[Wheel], python: PythonSource) -> str:
    """Return the list of all parts by others, generated from the packages' own metadata."""
    lines = [
        "What Foliodesk for Windows is made of, beside its own program (Apache-2.0)",
        "",
        "Every part is a file or a directory of its own that can be replaced. The texts lie beside this list.",
        "Qt and Qt for Python are used under the LGPL 3 (Qt-README.txt says how to replace them, and where their source is).",
        "",
        f"CPython {python.version}, PSF-2.0, https://www.python.org/",
        "",
        "Python packages (in packages\\)",
        "",
    ]
    for wheel in wheels:
        facts = metadata(wheel)
        lines.append(f"  {wheel.pin.name} {wheel.pin.version}, {licence_of(wheel)}{_home_of(facts)}")
    lines += ["", "Compiled libraries that Python and these packages bring", ""]
    parts = sorted({(name, licence) for path in _libraries(payload) for name, licence in [native_part(path)]})
    lines += [f"  {name}, {licence}" for name, licence in parts]
    lines += [
        "",
        "Other parts",
        "",
        "  Recognition models of tessdata_fast, Apache-2.0",
        "  Recogniser PP-OCRv6_small_rec of PaddleOCR, converted by RapidOCR, last layer cut by us, Apache-2.0",
        "  Inter and Noto fonts, SIL Open Font License 1.1",
        "  Setup program made with NSIS (zlib/libpng licence; LZMA part: Common Public License with exception)",
        "  Foliodesk.exe and foliodesk.com hold start-up code of mingw-w64 (public domain and ZPL-2.1)",
        "",
    ]
    return "\n".join(lines)


def refused_wheels(wheels: Sequence[Wheel]) -> list[str]:
    """Return a line for every wheel whose stated licence is not allowed or not known."""
    return [
        f"{wheel.pin.name} {wheel.pin.version}: licence {licence_of(wheel)!r}"
        for wheel in wheels
        if not is_allowed(licence_of(wheel))
    ]


def refused_libraries(payload: Path) -> list[str]:
    """Return a line for every shipped library that nobody has looked at, or whose licence is not allowed."""
    refused = []
    for path in _libraries(payload):
        name, licence = native_part(path)
        if not name:
            refused.append(f"{path}: not in native_parts.py")
        elif not all(part in ALSO_ALLOWED or is_allowed(part) for part in licence.split(" AND ")):
            refused.append(f"{path}: licence {licence!r}")
    return refused


def native_part(path: str) -> tuple[str, str]:
    """Return (what a library is, its licence), or ("", "")."""
    found = (part for part in NATIVE if fnmatch.fnmatchcase(path.lower(), part[0]))
    _pattern, name, licence = next(found, ("", "", ""))
    return name, licence


def licence_of(wheel: Wheel) -> str:
    """Return the licence a wheel states, as an SPDX expression where it can be told."""
    return ELSEWHERE.get(wheel.pin.name) or licence_stated(metadata(wheel))


def metadata(wheel: Wheel) -> Message:
    """Return a wheel's METADATA."""
    with zipfile.ZipFile(wheel.file) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.parser.Parser().parsestr(archive.read(name).decode("utf-8", "replace"), headersonly=True)


def _libraries(payload: Path) -> list[str]:
    return sorted(
        path.relative_to(payload).as_posix() for path in payload.rglob("*") if path.suffix.lower() == ".dll"
    )


def _home_of(facts: Message) -> str:
    urls = [url for url in [facts.get("Home-page"), *(facts.get_all("Project-URL") or [])] if url]
    return f", {urls[0].rpartition(' ')[2]}" if urls else ""


def _copy_texts(wheel: Wheel, target: Path) -> list[str]:
    """Copy a wheel's licence texts; return a line for every one that holds the GPL unexpectedly."""
    unexpected = []
    place = target / f"{wheel.pin.name}-{wheel.pin.version}"
    with zipfile.ZipFile(wheel.file) as archive:
        for entry in archive.infolist():
            path = PurePosixPath(entry.filename)
            in_folder = (
                any(part in ("licenses", "sboms") for part in path.parts[:-1])
                and ".dist-info" in path.parts[0]
            )
            if (
                entry.is_dir()
                or path.suffix in CODE
                or not (in_folder or NAMED_LIKE_LICENCE.search(path.name))
            ):
                continue
            data = archive.read(entry)
            known = any(
                wheel.pin.name == name and path.name.endswith(end) for name, end, _reason in GPL_TEXTS
            )
            if GPL_HEADING.search(data.decode("utf-8", "replace")) and not known:
                unexpected.append(f"{wheel.pin.name} {wheel.pin.version}: {path} holds the text of the GPL")
            parts = [
                part
                for part in path.parts[1:]
                if part not in ("licenses", ".wheel-licenses", "third-party-licenses")
            ]
            copy = place.joinpath(*(parts or [path.name]))
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
    return unexpected

"""Names of packages and of files inside them that every file system accepts and keeps apart."""

from __future__ import annotations

import re
import unicodedata

from ocr.long_paths import is_reserved

MAX_NAME_CHARACTERS = 80
# NAME_MAX of POSIX file systems counts bytes; Khmer letters take three each.
MAX_NAME_BYTES = 180
# "%" too: RFC 8493 writes it as %25 in manifests, which bagit-python 1.9 does not read.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*%\x00-\x1f\x7f]')


def safe_name(text: str | None, dossier_id: int, *, revision: int = 1) -> str:
    """Return the package name of a dossier, such as ``KH-D-2019-00125--d000012``.

    text: the canonical number, or None for a dossier without one. revision: 2 and more after a refusal, so
    that the corrected package never meets the refused one under the same name.
    """
    stem = re.sub(r"[^0-9A-Za-z]+", "-", text or "").strip("-")[:MAX_NAME_CHARACTERS] or "no-number"
    suffix = "" if revision == 1 else f"-r{revision}"
    return f"{stem}--d{dossier_id:06d}{suffix}"


def safe_file_name(name: str) -> str:
    """Return a file name that Windows and POSIX both accept, as close to name as possible.

    Only the last part of a path is kept. Letters of all scripts stay (in NFC); forbidden characters become
    "_", trailing dots and spaces go, reserved device names get a leading "_", long names are shortened
    before their extension.
    """
    last = re.split(r"[/\\]", name)[-1]
    last = unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode("utf-8"))
    last = "".join(
        "_" if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") else char
        for char in last
    )
    last = _FORBIDDEN.sub("_", last).strip(" ").rstrip(". ") or "_"
    stem, dot, extension = last.rpartition(".")
    if not dot or not stem or len(extension) > 10:
        stem, dot, extension = last, "", ""
    if is_reserved(stem):
        stem = f"_{stem}"
    stem = _shortened(stem, MAX_NAME_CHARACTERS, MAX_NAME_BYTES)
    return f"{stem}{dot}{extension}".rstrip(". ")


def unique_names(names: list[str]) -> list[str]:
    """Return the safe names of names, told apart by "-2", "-3"... where case-insensitively equal."""
    taken: set[str] = set()
    chosen = []
    for name in map(safe_file_name, names):
        stem, dot, extension = name.rpartition(".")
        stem, dot, extension = (stem, dot, extension) if stem else (name, "", "")
        candidate, count = name, 1
        while name_key(candidate) in taken:
            count += 1
            candidate = f"{stem}-{count}{dot}{extension}"
        taken.add(name_key(candidate))
        chosen.append(candidate)
    return chosen


def name_key(name: str) -> str:
    """Return what two names share when a case-insensitive file system takes them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _shortened(stem: str, characters: int, size_bytes: int) -> str:
    stem = stem[:characters]
    while len(stem.encode("utf-8")) > size_bytes:
        stem = stem[:-1]
    return stem.rstrip(". ") or "_"

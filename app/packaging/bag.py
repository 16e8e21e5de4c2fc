"""BagIt 1.0 (RFC 8493): writing the tag files of a bag and verifying a bag found on disk.

Our own writer, because bagit-python writes version 0.97, changes the process's working directory and never
flushes to disk. Verification reports every finding instead of stopping at the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.packaging.durable import hash_file, write_file
from app.packaging.names import name_key

MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+(\S.*)")


@dataclass(frozen=True, slots=True)
class BagInfo:
    """The facts of bag-info.txt. external_identifier: the canonical number, empty when there is none."""

    bagging_date: datetime
    software: str
    external_identifier: str = ""
    source_organization: str = ""
    description: str = ""
    internal_sender_identifier: str = ""


@dataclass(frozen=True, slots=True)
class BagFinding:
    """One thing wrong with a bag.

    code: "not_a_bag" | "manifest_missing" | "manifest_unreadable" | "file_missing" | "file_changed" |
    "file_extra" | "file_unreadable" | "oxum_differs" | "path_unsafe" | "package_differs".
    """

    code: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class BagReport:
    """What verify_bag saw. package_sha256 is empty when there is no readable manifest."""

    path: Path
    package_sha256: str
    payload_files: int
    payload_bytes: int
    findings: tuple[BagFinding, ...]

    @property
    def is_valid(self) -> bool:
        """Whether nothing is missing, changed or added."""
        return not self.findings


def encode_path(path: str) -> str:
    """Encode a bag path for a manifest line: %, CR and LF only (RFC 8493, section 2.1.3)."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def decode_path(path: str) -> str:
    """Undo encode_path; other percent signs stay as they are."""
    codes = {"25": "%", "0D": "\r", "0A": "\n"}
    return re.sub("%(25|0[dDaA])", lambda found: codes[found.group(1).upper()], path)


def write_tag_files(bag: Path, payload: dict[str, str], info: BagInfo) -> str:
    """Write the four tag files of a bag whose payload already stands there; return the package SHA-256.

    payload: path in the bag ("data/...", with slashes) to SHA-256.
    """
    size_bytes = sum((bag / path).stat().st_size for path in payload)
    tags = {
        DECLARATION: "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        INFO: _info_text(info, size_bytes, len(payload)),
        MANIFEST: _manifest_text(payload),
    }
    sums = {name: write_file(bag / name, text.encode("utf-8")) for name, text in tags.items()}
    write_file(bag / TAG_MANIFEST, _manifest_text(sums).encode("utf-8"))
    return sums[MANIFEST]


def read_manifest(bag: Path, name: str = MANIFEST) -> dict[str, str]:
    """Return path to SHA-256 as a manifest states them.

    Raises ValueError for a line that is no manifest line, a doubled or an unsafe path; OSError when the
    file cannot be read.
    """
    listed: dict[str, str] = {}
    keys: set[str] = set()
    # Not splitlines(): it would also cut at U+2028 and its like inside a file name.
    for line in re.split(r"\r\n|\n|\r", (bag / name).read_text(encoding="utf-8-sig")):
        if not line:
            continue
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise ValueError(line)
        path = decode_path(parts.group(2).removeprefix("*").removeprefix("./"))
        key = name_key(path)
        if key in keys or not is_safe_path(path):
            raise ValueError(path)
        keys.add(key)
        listed[path] = parts.group(1).lower()
    return listed


def is_safe_path(path: str) -> bool:
    """Tell whether a manifest path stays inside its bag on every system."""
    parts = path.split("/")
    return not (
        path.startswith(("/", "~"))
        or "\\" in path
        or ":" in path
        or any(part in ("", ".", "..") for part in parts)
    )


def verify_bag(path: Path, *, package_sha256: str | None = None) -> BagReport:
    """Check a bag completely: declaration, manifests, every hash, Payload-Oxum, files nobody listed.

    package_sha256: when given, the bag must be this very package. Reads every byte; changes nothing.
    """
    findings: list[BagFinding] = []
    if not (path / DECLARATION).is_file():
        return BagReport(path, "", 0, 0, (BagFinding("not_a_bag"),))
    payload = _read_listed(path, MANIFEST, findings)
    tags = _read_listed(path, TAG_MANIFEST, findings)
    if payload is None:
        return BagReport(path, "", 0, 0, tuple(findings))
    for listed in (payload, tags or {}):
        for name, expected in listed.items():
            _check_file(path, name, expected, findings)
    findings += _unlisted(path, payload, tags or {})
    found = hash_file(path / MANIFEST)
    if package_sha256 is not None and found != package_sha256:
        findings.append(BagFinding("package_differs", MANIFEST))
    size_bytes = sum((path / name).stat().st_size for name in payload if (path / name).is_file())
    if _stated_oxum(path) not in (None, f"{size_bytes}.{len(payload)}"):
        findings.append(BagFinding("oxum_differs", INFO))
    return BagReport(path, found, len(payload), size_bytes, tuple(findings))


def _read_listed(bag: Path, name: str, findings: list[BagFinding]) -> dict[str, str] | None:
    try:
        listed = read_manifest(bag, name)
    except FileNotFoundError:
        findings.append(BagFinding("manifest_missing", name))
        return None
    except (OSError, ValueError):
        findings.append(BagFinding("manifest_unreadable", name))
        return None
    is_payload = name == MANIFEST
    if any(path.startswith("data/") != is_payload for path in listed):
        findings.append(BagFinding("path_unsafe", name))
    return listed


def _check_file(bag: Path, name: str, expected: str, findings: list[BagFinding]) -> None:
    file = bag / name
    if file.is_symlink():
        findings.append(BagFinding("path_unsafe", name))
        return
    if not file.is_file():
        findings.append(BagFinding("file_missing", name))
        return
    try:
        if hash_file(file) != expected:
            findings.append(BagFinding("file_changed", name))
    except OSError:
        findings.append(BagFinding("file_unreadable", name))


def _unlisted(bag: Path, payload: dict[str, str], tags: dict[str, str]) -> list[BagFinding]:
    known = {*payload, *tags, TAG_MANIFEST}
    found = (item.relative_to(bag).as_posix() for item in sorted(bag.rglob("*")) if not item.is_dir())
    return [BagFinding("file_extra", name) for name in found if name not in known]


def _stated_oxum(bag: Path) -> str | None:
    try:
        text = (bag / INFO).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.search(r"^Payload-Oxum:[ \t]*(\S+)[ \t]*$", text, re.MULTILINE | re.IGNORECASE)
    return found.group(1) if found else None


def _manifest_text(sums: dict[str, str]) -> str:
    return "".join(f"{sums[path]}  {encode_path(path)}\n" for path in sorted(sums))


def _info_text(info: BagInfo, size_bytes: int, count: int) -> str:
    rows = [
        ("Source-Organization", info.source_organization),
        ("External-Identifier", info.external_identifier),
        ("Internal-Sender-Identifier", info.internal_sender_identifier),
        ("External-Description", info.description),
        ("Bagging-Date", info.bagging_date.date().isoformat()),
        ("Payload-Oxum", f"{size_bytes}.{count}"),
        ("Bag-Software-Agent", info.software),
    ]
    # A line break would start another label: RFC 8493 allows folding, nobody needs it.
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in rows if value.strip())

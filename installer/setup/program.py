"""Copies our own program into the payload: only what git knows, so that no scratch file of a working directory ships."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from setup import tools
from setup.facts import PROJECT, BuildFailed

PARTS = ("app", "ocr", "ui", "resources")
NOT_SHIPPED = ("resources/docs/",)  # for maintainers; the guide is shipped
MODELS = "resources/tessdata"


def copy_program(target: Path, *, version: str, allow_changes: bool) -> str:
    r"""Copy the program's files into target (`program\`) and return the commit they are of.

    allow_changes: build from a tree with changes that are not committed; the commit then carries "+changes".
    Raises BuildFailed for such a tree otherwise, and when a model is missing or not the one its hash names.
    """
    commit = _git("rev-parse", "HEAD").strip()
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *PARTS).splitlines()
    if changed and not allow_changes:
        raise BuildFailed(
            "the program has changes that are not committed (--allow-changes builds all the same):\n"
            + "\n".join(changed)
        )
    asked = ["ls-files", "-z", *(["--cached", "--others", "--exclude-standard"] if allow_changes else [])]
    for name in sorted(filter(None, _git(*asked, "--", *PARTS).split("\0"))):
        source = PROJECT / name
        if name.startswith(NOT_SHIPPED) or not source.is_file():
            continue
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    _check_hashes(target / MODELS)
    _check_hashes(target / "resources" / "fonts")
    _write_metadata(target, version)
    return f"{commit}+changes" if changed else commit


def commit_time() -> int:
    """Return the seconds since 1970 of the last commit: the time stamped on everything built."""
    return int(_git("log", "-1", "--format=%ct").strip())


def _check_hashes(directory: Path) -> None:
    """Compare with SHA256SUMS; raises BuildFailed that names what is missing or other than it says."""
    listed = directory / "SHA256SUMS"
    if not listed.is_file():
        raise BuildFailed(f"{listed.relative_to(directory.parent.parent)} is missing")
    wrong = []
    for line in listed.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition(" ")
        path = directory / name.strip().lstrip("*")
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(path.name)
    if wrong:
        raise BuildFailed(f"missing or damaged in {directory.name}: {', '.join(wrong)}")


def _write_metadata(target: Path, version: str) -> None:
    """Let the program find its own version, as importlib.metadata looks for it."""
    place = target / f"foliodesk-{version}.dist-info"
    place.mkdir()
    text = f"Metadata-Version: 2.4\nName: foliodesk\nVersion: {version}\nLicense-Expression: Apache-2.0\n"
    (place / "METADATA").write_text(text, encoding="utf-8", newline="\n")


def _git(*arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise BuildFailed("git was not found: the program's files are taken from it")
    try:
        return tools.run(
            [git, "-c", "core.quotepath=off", *arguments], what=f"git {arguments[0]}", cwd=PROJECT
        )
    except subprocess.SubprocessError as exc:
        raise BuildFailed(str(exc)) from exc

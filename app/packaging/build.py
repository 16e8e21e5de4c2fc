"""Building a package: the work of the packaging job, in a worker process.

Everything is written under `<package_name>.<run>.part`, flushed to disk, and becomes `<package_name>` by one
rename. A run that was killed leaves only a `.part`, which the next run removes. Building the same task again
gives the same bytes, so finding the finished package already there is success; finding another is a Conflict.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import Conflict, MachineError, StoreDamaged
from app.packaging.bag import BagInfo, verify_bag, write_tag_files
from app.packaging.content import PackageResult, PackageTask, Validation
from app.packaging.dossier_json import Payload, StoredFile, describe, encode
from app.packaging.durable import (
    copy_file,
    flush_file,
    flush_tree,
    hash_file,
    rename_directory,
    room_needed,
    write_file,
)
from app.packaging.independent import validate_independently
from app.packaging.names import unique_names
from app.packaging.pdf_check import check_content
from app.packaging.pdfa import read_page_words, write_pdfa
from app.packaging.pictures import GatheredPictures, gather_pictures
from app.packaging.single_frames import with_own_frames
from app.packaging.text_layer import page_text
from ocr.patience import discard, remove_tree

PART_SUFFIX = ".part"


def build_package(task: PackageTask) -> PackageResult:
    """Build the package of a dossier and return what now stands on disk.

    Raises DiskFull("disk_full"), with the unfinished part removed to free its space; StoreDamaged
    ("master_damaged" | "words_damaged" | "package_damaged"); Conflict("package_differs") when another
    package has the name; MachineError ("pdf_not_archival" | "pdf_text_differs" | "pdf_page_count_differs" |
    "pdf_picture_missing" | "page_geometry_differs" | "dossier_json_invalid"). A failed build leaves nothing.
    """
    final = task.target_dir / task.package_name
    part = task.target_dir / f"{task.package_name}.{secrets.token_hex(4)}{PART_SUFFIX}"
    try:
        with room_needed(task.target_dir):
            _remove_earlier(task)
            part.mkdir()
            built = _fill(task, part)
            flush_tree(part)
            return _publish(task, part, final, built)
    except BaseException:
        # Also frees the space after "disk full"; a kill cannot come here and is cleaned up by the next run.
        remove_tree(part)
        raise


def _remove_earlier(task: PackageTask) -> None:
    """Remove what killed runs left of this package.

    Errors are ignored: the worker of a program killed this moment may still write there for a second, which
    is why each run has a directory of its own. What stays is found by the check.
    """
    ours = re.compile(re.escape(task.package_name) + r"(\.[0-9a-f]{8})?" + re.escape(PART_SUFFIX))
    for earlier in task.target_dir.iterdir():
        if ours.fullmatch(earlier.name):
            shutil.rmtree(earlier, ignore_errors=True)


def _fill(task: PackageTask, bag: Path) -> PackageResult:
    frames = bag / "frames"
    task = with_own_frames(task, frames)
    masters = _copy_masters(task, bag)
    remove_tree(frames)
    originals = _copy_originals(task, bag)
    page_texts = [page_text(read_page_words(page)) for page in task.pages]
    pdf = _make_pdf(_with_copied_masters(task, bag, masters), page_texts, bag)
    texts = {
        page.ordinal: _store(bag, f"data/text/{page.ordinal:04d}.txt", _text_bytes(text))
        for page, text in zip(task.pages, page_texts, strict=True)
        if page.words_path is not None
    }
    payload = Payload(pdf.file, masters, originals, texts, pdf.validators, pdf.stacked)
    document = _store(bag, "data/dossier.json", encode(describe(task, payload), task.schema_path))
    stored = [pdf.file, document, *masters.values(), *originals, *texts.values()]
    sums = {file.path: file.sha256 for file in stored}
    return PackageResult(
        path=task.target_dir / task.package_name,
        package_name=task.package_name,
        package_sha256=write_tag_files(bag, sums, _bag_info(task)),
        payload_bytes=sum(file.size_bytes for file in stored),
        payload_files=len(sums),
        page_count=len(task.pages),
        pdf_sha256=pdf.file.sha256,
        validators=pdf.validators,
        stacked_pages=tuple(sorted(pdf.stacked)),
    )


@dataclass(frozen=True, slots=True)
class _MadePdf:
    file: StoredFile
    validators: tuple[Validation, ...]
    stacked: frozenset[int]


def _make_pdf(task: PackageTask, texts: Sequence[str], bag: Path) -> _MadePdf:
    """Write and check the PDF; passing files lie beside the payload and are gone when it is done."""
    path, work_dir = bag / "data/dossier.pdf", bag / "passing"
    work_dir.mkdir()
    try:
        gathered = gather_pictures(task, work_dir)
        own_verdict, stacked = _write_checked(task, gathered, texts, path)
        # Makes room on disk for the parts the independent validator may need.
        discard(gathered.path)
        flush_file(path)
        validators = (own_verdict, validate_independently(path, work_dir))
    finally:
        remove_tree(work_dir)
    return _MadePdf(StoredFile("data/dossier.pdf", hash_file(path), path.stat().st_size), validators, stacked)


def _write_checked(
    task: PackageTask, gathered: GatheredPictures, texts: Sequence[str], path: Path
) -> tuple[Validation, frozenset[int]]:
    """Write the PDF; pages whose text does not come out in place get it line under line instead."""
    stacked: frozenset[int] = frozenset()
    while True:
        own_verdict = _write_archival(task, gathered, path, stacked)
        differing = check_content(path, texts)
        if not differing:
            return own_verdict, stacked
        failed = frozenset(task.pages[index].ordinal for index in differing)
        if failed & stacked:
            raise differing[min(differing)]
        stacked |= failed


def _write_archival(
    task: PackageTask, gathered: GatheredPictures, path: Path, stacked: frozenset[int]
) -> Validation:
    """Write the PDF; a scanner's odd colour profile costs the profile, not the package."""
    try:
        return write_pdfa(task, gathered, path, stacked=stacked)
    except MachineError as exc:
        if exc.code != "pdf_not_archival":
            raise
        return write_pdfa(task, gathered, path, stacked=stacked, keep_profiles=False)


def _publish(task: PackageTask, part: Path, final: Path, built: PackageResult) -> PackageResult:
    """Give the finished part its name, or find that it already stands there."""
    try:
        rename_directory(part, final)
    except FileExistsError:
        report = verify_bag(final)
        remove_tree(part)
        if report.package_sha256 != built.package_sha256:
            raise Conflict("package_differs", package=task.package_name, path=str(final)) from None
        if not report.is_valid:
            worst = report.findings[0]
            raise StoreDamaged("package_damaged", path=str(final), why=worst.code, file=worst.path) from None
        return replace(built, already_there=True)
    return built


def _copy_masters(task: PackageTask, bag: Path) -> dict[str, StoredFile]:
    """Copy each master once, named after the first page that uses it, and check its hash on the way."""
    stored: dict[str, StoredFile] = {}
    for page in task.pages:
        if page.master_sha256 not in stored:
            name = f"data/masters/{page.ordinal:04d}{_clean_extension(page.extension)}"
            stored[page.master_sha256] = _copy(bag, name, page.master_path, page.master_sha256)
    return stored


def _with_copied_masters(task: PackageTask, bag: Path, masters: dict[str, StoredFile]) -> PackageTask:
    """Let the PDF be made from the very bytes whose hashes were just checked."""
    pages = (replace(page, master_path=bag / masters[page.master_sha256].path) for page in task.pages)
    return replace(task, pages=tuple(pages))


def _copy_originals(task: PackageTask, bag: Path) -> tuple[StoredFile, ...]:
    names = unique_names([original.name for original in task.originals])
    return tuple(
        _copy(bag, f"data/originals/{name}", original.path, original.sha256)
        for name, original in zip(names, task.originals, strict=True)
    )


def _copy(bag: Path, name: str, source: Path, sha256: str) -> StoredFile:
    target = bag / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = copy_file(source, target)
    except FileNotFoundError as exc:
        raise StoreDamaged("master_damaged", sha256=sha256, path=str(source), why="missing") from exc
    if found != sha256:
        raise StoreDamaged("master_damaged", sha256=sha256, path=str(source), why="changed")
    return StoredFile(name, sha256, target.stat().st_size)


def _store(bag: Path, name: str, content: bytes) -> StoredFile:
    target = bag / name
    target.parent.mkdir(parents=True, exist_ok=True)
    return StoredFile(name, write_file(target, content), len(content))


def _text_bytes(text: str) -> bytes:
    return (text + "\n").encode("utf-8") if text else b""


def _clean_extension(extension: str) -> str:
    letters = "".join(char for char in extension.lower() if char.isascii() and char.isalnum())[:8]
    return f".{letters}" if letters else ""


def _bag_info(task: PackageTask) -> BagInfo:
    return BagInfo(
        bagging_date=task.created_at,
        software=task.software,
        external_identifier=task.number.canonical if task.number else "",
        source_organization=task.source_organization,
        description=task.title,
        internal_sender_identifier=task.package_name,
    )

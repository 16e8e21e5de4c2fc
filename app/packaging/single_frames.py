"""Masters that hold pages of other dossiers too: of each, only the frame that is a page of this one leaves.

Runs in the packaging worker. A stack scanned into one TIFF is one master for all its folders.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.errors import StoreDamaged
from app.packaging.content import PackagePage, PackageTask
from app.packaging.durable import hash_file, write_file
from ocr.embeddable import lossless_picture
from ocr.errors import SourceRefused
from ocr.tiff_frame import frame_of_tiff


def with_own_frames(task: PackageTask, directory: Path) -> PackageTask:
    """Put each page of a shared master into a file of its own in directory, which the caller removes.

    The picture data are the master's, byte for byte; where they cannot be taken out, the picture is written anew
    without loss. Raises StoreDamaged("master_damaged"): the master is not what its name says, or cannot be read.
    """
    checked: set[str] = set()
    return replace(task, pages=tuple(_own(page, directory, checked, task.max_pixels) for page in task.pages))


def _own(page: PackagePage, directory: Path, checked: set[str], max_pixels: int) -> PackagePage:
    if not page.is_shared_master:
        return page
    if page.master_sha256 not in checked:
        _check(page)
        checked.add(page.master_sha256)
    directory.mkdir(exist_ok=True)
    try:
        content = frame_of_tiff(page.master_path, page.frame) if page.extension == ".tif" else None
        media_type, extension = page.media_type, page.extension
        if content is None:
            content = lossless_picture(page.master_path, page.frame, max_pixels)
            media_type, extension = "image/png", ".png"
    except SourceRefused as exc:
        raise StoreDamaged(
            "master_damaged", page=page.ordinal, sha256=page.master_sha256, why=exc.code
        ) from exc
    path = directory / f"{page.ordinal:06d}{extension}"
    sha256 = write_file(path, content)
    return replace(
        page, master_path=path, master_sha256=sha256, media_type=media_type, extension=extension, frame=0
    )


def _check(page: PackagePage) -> None:
    try:
        found = hash_file(page.master_path)
    except FileNotFoundError as exc:
        path = str(page.master_path)
        raise StoreDamaged("master_damaged", sha256=page.master_sha256, path=path, why="missing") from exc
    if found != page.master_sha256:
        path = str(page.master_path)
        raise StoreDamaged("master_damaged", sha256=page.master_sha256, path=path, why="changed")

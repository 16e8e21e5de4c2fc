"""Small dossiers for tests: pictures drawn here, words placed by rule, a complete packaging task."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw

from app.packaging.content import (
    LinkFacts,
    LinkReason,
    NumberFacts,
    PackageOriginal,
    PackagePage,
    PackageTask,
    RegisterFacts,
    ReleaseFacts,
)
from ocr.types import Box, Word
from ocr.words_file import write_words

ROOT = Path(__file__).parents[2]
DOSSIER_SCHEMA = ROOT / "resources/schemas/dossier.schema.json"
RECEIPT_SCHEMA = ROOT / "resources/schemas/receipt.schema.json"
NOON = datetime(2026, 3, 4, 12, 30, 15, tzinfo=UTC)

KHMER = [["ព្រះរាជាណាចក្រកម្ពុជា"], ["ជាតិ", "សាសនា", "ព្រះមហាក្សត្រ"], ["លេខពាក្យសុំ", "KH/D/២០១៩/០០១២៥"]]
MIXED = [
    ["(21)", "KH/D/2019/00125"],
    ["Số", "đơn", "và", "Ngày", "nộp", "đơn"],
    ["ຄໍາຮ້ອງ", "ເລກທີ"],
    ["เลขที่คำขอ", "๑๔๐๑๐๐๑๒๓๔"],
    ["Demande", "déposée", "à", "Phnom", "Penh"],
    ["a", "line", "that", "ends", "inven-"],
    ["tion", "and", "goes", "on"],
]


def place_words(
    lines: Sequence[Sequence[str]], *, spaced: bool = True, size_px: int = 40
) -> tuple[Word, ...]:
    """Set lines of words on a page, with a space after each but the last of a line (or none at all)."""
    words = []
    for number, line in enumerate(lines):
        left = 60
        for index, text in enumerate(line):
            width = max(8, size_px * len(text) // 2)
            box = Box(left, 80 + number * size_px * 3 // 2, width, size_px)
            words.append(Word(text, box, 0.93, number, spaced and index < len(line) - 1))
            left += width + size_px // 3
    return tuple(words)


def draw_page(width_px: int = 620, height_px: int = 876, *, shade: int = 0) -> Image.Image:
    """Draw a page whose four corners differ, so that no turn or mirroring goes unnoticed."""
    page = Image.new("RGB", (width_px, height_px), (250, 248, 240))
    pen = ImageDraw.Draw(page)
    pen.rectangle((20, 20, width_px // 3, 70), fill=(200, 30, 30 + shade))
    pen.rectangle((width_px - 60, 20, width_px - 20, height_px // 3), fill=(20, 120, 40))
    pen.ellipse((20, height_px - 160, 120, height_px - 60), fill=(20, 40, 180))
    for top in range(150, height_px - 200, 40):
        pen.line((80, top, width_px - 120, top), fill=(0, 0, 0), width=3)
    return page


def save_master(picture: Image.Image, directory: Path, name: str, **options: object) -> Path:
    """Store a picture under a name; the extension decides the format."""
    path = directory / name
    picture.save(path, **options)
    return path


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def page_of(
    master: Path,
    ordinal: int,
    *,
    words: tuple[Word, ...] | None = None,
    size: tuple[int, int] = (620, 876),
    frame: int = 0,
    **facts: object,
) -> PackagePage:
    """Describe a page of a master; words are written beside it."""
    words_path = None
    if words is not None:
        words_path = master.parent / f"{master.name}-{frame}-{ordinal}.words.json.gz"
        write_words(words_path, words, "")
    media = {"jpg": "image/jpeg", "tif": "image/tiff"}.get(master.suffix[1:], f"image/{master.suffix[1:]}")
    return PackagePage(
        ordinal=ordinal,
        master_path=master,
        master_sha256=sha256_of(master),
        media_type=media,
        extension=master.suffix,
        frame=frame,
        width_px=size[0],
        height_px=size[1],
        dpi=75.0,
        words_path=words_path,
        languages=("khm", "eng"),
        mean_confidence=0.93 if words else None,
        original_name=master.name,
        **facts,  # type: ignore[arg-type]
    )


def task_of(pages: Sequence[PackagePage], target_dir: Path, **facts: object) -> PackageTask:
    """Wrap pages into a complete task; facts replace the defaults."""
    values: dict[str, object] = {
        "package_name": "KH-D-2019-00125--d000012",
        "dossier_id": 12,
        "source_name": "ឯកសារ 12",
        "batch_name": "2026-03-04 morning",
        "office": "KH",
        "release": ReleaseFacts("policy", "proven", NOON),
        "link": LinkFacts("proven", (LinkReason("read_on_pages", (("pages", 2),)),), 0.98, "linker", NOON),
        "pages": tuple(pages),
        "created_at": NOON,
        "software": "Foliodesk 0.1.0",
        "target_dir": target_dir,
        "schema_path": DOSSIER_SCHEMA,
        "number": NumberFacts(
            "KH/D/2019/00125", "KH", "design", "KH/D/២០១៩/០០១២៥", "kh-design", 2019, "00125",
            ("KH", "D", "2019", "125"), "KH702019000000125",
        ),
        "register": RegisterFacts("KH/D/2019/00125", "Teapot", "Sok Dara", "2019-05-06"),
        "source_organization": "Department of Industrial Property",
    }  # fmt: skip
    return PackageTask(**{**values, **facts})  # type: ignore[arg-type]


def small_task(directory: Path, *, page_count: int = 3, **facts: object) -> PackageTask:
    """Return a task with page_count drawn pages (JPEG, the last one blank) and one original."""
    masters = directory / "masters"
    masters.mkdir(parents=True, exist_ok=True)
    packages = directory / "packages"
    packages.mkdir(exist_ok=True)
    pages = []
    for ordinal in range(1, page_count + 1):
        is_blank = ordinal == page_count
        picture = Image.new("RGB", (620, 876), "white") if is_blank else draw_page(shade=40 * ordinal)
        master = save_master(picture, masters, f"{ordinal}.jpg", quality=85)
        words = () if is_blank else place_words(KHMER if ordinal % 2 else MIXED)
        pages.append(page_of(master, ordinal, words=words, is_blank=is_blank))
    original = masters / "source.pdf"
    original.write_bytes(b"%PDF-1.4 not looked into\n")
    originals = (PackageOriginal(original, sha256_of(original), "application/pdf", "ឯកសារ 50%.pdf"),)
    return task_of(pages, packages, originals=originals, **facts)

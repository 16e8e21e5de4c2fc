"""One searchable PDF/A-2b per dossier: master pictures, moved into place by a matrix, and an invisible text.

Runs in a worker process. Nothing is rasterised again: turn, stored orientation and skew are realised by the
content matrix, so the picture keeps the master's own data wherever PDF/A permits (ocr.embeddable). The same
task gives the same bytes: dates come from the task and the file identifier from the content.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pikepdf.pdfa

from app.errors import MachineError, StoreDamaged, WorkstationError
from app.packaging.content import PackagePage, PackageTask, Validation
from app.packaging.geometry import Affine, page_frame, picture_matrix
from app.packaging.glyphless import GlyphlessFont
from app.packaging.streams import compressed_stream, is_archival_profile, settle_end
from app.packaging.text_layer import FONT_KEY, draw, lay_out, stack
from ocr.embeddable import Picture, write_picture
from ocr.errors import SourceRefused
from ocr.types import Word
from ocr.words_file import read_words

FLAVOUR = "2b"
PICTURE_KEY = "/Page"
# Pictures wait on disk in PDFs of this many, so a long dossier needs neither much memory nor many open files.
PICTURES_PER_FILE = 64
# Tesseract's language codes to BCP 47; anything else is "und".
_LANGUAGE_TAGS = {
    "eng": "en", "fra": "fr", "ind": "id", "khm": "km", "lao": "lo", "msa": "ms",
    "mya": "my", "tha": "th", "vie": "vi", "chi_sim": "zh-Hans", "chi_tra": "zh-Hant",
}  # fmt: skip


def write_pdfa(
    task: PackageTask,
    words: dict[int, tuple[Word, ...]],
    target: Path,
    work_dir: Path,
    *,
    stacked: frozenset[int] = frozenset(),
    keep_profiles: bool = True,
) -> Validation:
    """Write the PDF/A-2b of a dossier at target and return the writer's own verdict.

    words: by page ordinal, from load_words. work_dir: existing directory for passing files, emptied by the
    caller. stacked: ordinals of pages that get text_layer.stack instead of lay_out. keep_profiles: show
    pictures through their own colour profiles (else as sRGB or plain grey).

    Raises MachineError("pdf_not_archival", findings=...) when the result is not PDF/A-2b and
    StoreDamaged("master_damaged") when a master cannot be shown.
    """
    font = GlyphlessFont()
    with ExitStack() as open_files:
        pdf = open_files.enter_context(pikepdf.new())
        for page, picture in zip(task.pages, _pictures(pdf, task, work_dir, open_files), strict=True):
            arrange = stack if page.ordinal in stacked else lay_out
            frame = page_frame(page.width_px, page.height_px, page.dpi)
            text = draw(arrange(words.get(page.ordinal, ()), frame), font, frame.width_pt)
            _settle(pdf, picture[1], keep_profile=keep_profiles)
            _add_page(pdf, page, text, picture)
        font_object = font.build(pdf)
        for pdf_page in pdf.pages:
            pdf_page.obj.Resources.Font = pikepdf.Dictionary({FONT_KEY: font_object})
        _add_bookmarks(pdf, task)
        _describe(pdf, task)
        _save(pdf, task, target)
    return Validation("pikepdf.pdfa", pikepdf.__version__, "pass")


def load_words(task: PackageTask) -> dict[int, tuple[Word, ...]]:
    """Read the recognised words of every page that has some, by ordinal.

    Raises StoreDamaged("words_damaged") when a words file is missing or unreadable.
    """
    loaded = {}
    for page in task.pages:
        if page.words_path is None:
            continue
        try:
            loaded[page.ordinal] = read_words(page.words_path)[0]
        except WorkstationError as exc:
            raise StoreDamaged("words_damaged", page=page.ordinal, path=str(page.words_path)) from exc
    return loaded


def page_title(page: PackagePage) -> str:
    """Return the bookmark of a page."""
    title = page.title or f"Page {page.ordinal}"
    return f"{title} (blank)" if page.is_blank and not page.title else title


def document_language(task: PackageTask) -> str:
    """Return the BCP 47 tag of the language most pages were read in, "und" when none is known."""
    counts = Counter(page.languages[0] for page in task.pages if page.languages and not page.is_blank)
    return _LANGUAGE_TAGS.get(counts.most_common(1)[0][0], "und") if counts else "und"


def _pictures(
    pdf: pikepdf.Pdf, task: PackageTask, work_dir: Path, open_files: ExitStack
) -> Iterator[tuple[Picture, pikepdf.Object]]:
    for start in range(0, len(task.pages), PICTURES_PER_FILE):
        pages = task.pages[start : start + PICTURES_PER_FILE]
        pictures = [_picture(page, work_dir, task.max_pixels) for page in pages]
        gathered = work_dir / f"pictures-{start:06d}.pdf"
        _gather(pictures, gathered)
        source = open_files.enter_context(pikepdf.open(gathered))
        for picture, pdf_page in zip(pictures, source.pages, strict=True):
            yield picture, pdf.copy_foreign(_image_of(pdf_page))


def _picture(page: PackagePage, work_dir: Path, max_pixels: int) -> Picture:
    try:
        return write_picture(
            page.master_path, page.frame, work_dir / f"{page.ordinal:06d}.pdf", max_pixels=max_pixels
        )
    except SourceRefused as exc:
        raise StoreDamaged(
            "master_damaged", page=page.ordinal, sha256=page.master_sha256, why=exc.code
        ) from exc


def _gather(pictures: list[Picture], target: Path) -> None:
    """Put one-page picture PDFs into one file and remove them."""
    with ExitStack() as open_files, pikepdf.new() as gathered:
        for picture in pictures:
            source = open_files.enter_context(pikepdf.open(picture.pdf_path))
            gathered.pages.append(source.pages[0])
        gathered.save(target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    for picture in pictures:
        picture.pdf_path.unlink()


def _image_of(pdf_page: pikepdf.Page) -> pikepdf.Object:
    (image,) = pdf_page.obj.Resources.XObject.as_dict().values()
    return image


def _add_page(
    pdf: pikepdf.Pdf,
    page: PackagePage,
    text: bytes,
    pictured: tuple[Picture, pikepdf.Object],
) -> None:
    picture, image = pictured
    frame = page_frame(page.width_px, page.height_px, page.dpi)
    matrix = picture_matrix(
        (picture.width_px, picture.height_px),
        frame,
        exif_orientation=page.exif_orientation,
        turn_deg=page.applied_turn_deg,
        skew_deg=page.applied_skew_deg,
    )
    content = _draw_picture(matrix) + text
    pdf_page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, round(frame.width_pt, 4), round(frame.height_pt, 4)],
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary({PICTURE_KEY: image})),
        Contents=compressed_stream(pdf, content),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(pdf_page)))


def _draw_picture(matrix: Affine) -> bytes:
    numbers = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    row = " ".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in numbers).replace("-0 ", "0 ")
    return f"q {row} cm {PICTURE_KEY} Do Q\n".encode("ascii")


def _settle(pdf: pikepdf.Pdf, image: pikepdf.Object, *, keep_profile: bool) -> None:
    """Make a picture fit for PDF/A without touching its pixels: how its data ends, what its colours mean."""
    settle_end(image)
    space = image.get("/ColorSpace")
    if not isinstance(space, pikepdf.Array) or len(space) != 2 or space[0] != pikepdf.Name.ICCBased:
        return
    channels = int(space[1].N)
    profile = space[1].read_bytes()
    if keep_profile and is_archival_profile(profile, channels):
        packed = compressed_stream(pdf, profile)
        packed.N = channels
        image.ColorSpace = pikepdf.Array([pikepdf.Name.ICCBased, packed])
    else:
        image.ColorSpace = pikepdf.Name.DeviceGray if channels == 1 else pikepdf.Name.DeviceRGB


def _add_bookmarks(pdf: pikepdf.Pdf, task: PackageTask) -> None:
    places = {page.ordinal: index for index, page in enumerate(task.pages)}
    inside = {
        ordinal: document
        for document in task.documents
        for ordinal in range(document.first_page, document.last_page + 1)
    }
    with pdf.open_outline() as outline:
        parents: dict[int, pikepdf.OutlineItem] = {}
        for page in task.pages:
            item = pikepdf.OutlineItem(page_title(page), places[page.ordinal])
            document = inside.get(page.ordinal)
            if document is None:
                outline.root.append(item)
                continue
            parent = parents.get(id(document))
            if parent is None:
                parent = pikepdf.OutlineItem(document.title or document.kind, places[page.ordinal])
                parents[id(document)] = parent
                outline.root.append(parent)
            parent.children.append(item)


def _describe(pdf: pikepdf.Pdf, task: PackageTask) -> None:
    """Set title, language, viewer preferences and XMP; DocInfo follows when PDF/A is prepared."""
    pdf.Root.Lang = document_language(task)
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    pdf.Root.PageMode = pikepdf.Name.UseOutlines
    moment = task.created_at.astimezone(UTC).replace(microsecond=0).isoformat()
    canonical = task.number.canonical if task.number else ""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        meta["dc:title"] = document_title(task)
        meta["dc:identifier"] = canonical or task.package_name
        meta["dc:language"] = {document_language(task)}
        meta["xmp:CreatorTool"] = task.software
        meta["xmp:CreateDate"] = moment
        meta["xmp:ModifyDate"] = moment


def document_title(task: PackageTask) -> str:
    """Return the document title: the given one, else number or package name."""
    return task.title or (task.number.canonical if task.number else task.package_name)


def _save(pdf: pikepdf.Pdf, task: PackageTask, target: Path) -> None:
    pikepdf.pdfa.prepare(pdf, FLAVOUR)
    _fix_metadata_date(pdf, task.created_at)
    try:
        # Prepared above, so that the date just fixed is not set to "now" again.
        pikepdf.pdfa.save(
            pdf,
            target,
            FLAVOUR,
            repair=False,
            deterministic_id=True,
            # Plain objects and a plain table: nothing is packed out of our sight, see streams.py.
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    except pikepdf.pdfa.PdfaError as exc:
        findings = [f"{finding.rule} {finding.where}" for finding in exc.report.findings[:5]]
        raise MachineError(
            "pdf_not_archival", validator="pikepdf.pdfa", findings="; ".join(findings)
        ) from exc


def _fix_metadata_date(pdf: pikepdf.Pdf, created_at: datetime) -> None:
    moment = created_at.astimezone(UTC).replace(microsecond=0).isoformat().encode("ascii")
    packet = pdf.Root.Metadata.read_bytes()
    fixed, count = re.subn(
        rb"(<xmp:MetadataDate>)[^<]*(</xmp:MetadataDate>)", rb"\g<1>" + moment + rb"\g<2>", packet
    )
    if count != 1:
        fixed, count = re.subn(rb'(xmp:MetadataDate=")[^"]*(")', rb"\g<1>" + moment + rb"\g<2>", packet)
    if count != 1:
        raise MachineError("pdf_not_archival", validator="metadata", findings="xmp:MetadataDate not found")
    pdf.Root.Metadata.write(fixed)

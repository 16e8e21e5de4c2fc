"""One searchable PDF/A-2b per dossier: master pictures, moved into place by a matrix, and an invisible text.

Runs in a worker process. Nothing is rasterised again: turn, stored orientation and skew are realised by the
content matrix, so the picture keeps the master's own data wherever PDF/A permits (ocr.embeddable). The same
task gives the same bytes: dates come from the task and the file identifier from the content.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pikepdf.pdfa

from app.errors import MachineError, StoreDamaged, WorkstationError
from app.packaging.content import PackagePage, PackageTask, Validation
from app.packaging.geometry import Affine, PageFrame, crop_box, page_frame, picture_matrix
from app.packaging.glyphless import GlyphlessFont
from app.packaging.pictures import GatheredPictures, image_of
from app.packaging.streams import compressed_stream, is_archival_profile
from app.packaging.text_layer import FONT_KEY, draw, lay_out, stack
from ocr.embeddable import Picture
from ocr.types import Word
from ocr.words_file import read_words

FLAVOUR = "2b"
PICTURE_KEY = "/Page"
# Tesseract's language codes to BCP 47; anything else is "und".
_LANGUAGE_TAGS = {
    "eng": "en", "fra": "fr", "ind": "id", "khm": "km", "lao": "lo", "msa": "ms",
    "mya": "my", "tha": "th", "vie": "vi", "chi_sim": "zh-Hans", "chi_tra": "zh-Hant",
}  # fmt: skip


def write_pdfa(
    task: PackageTask,
    gathered: GatheredPictures,
    target: Path,
    *,
    stacked: frozenset[int] = frozenset(),
    keep_profiles: bool = True,
) -> Validation:
    """Write the PDF/A-2b of a dossier at target and return the writer's own verdict.

    gathered: of the same task; only read. stacked: ordinals of pages that get text_layer.stack instead of
    lay_out. keep_profiles: show pictures through their own colour profiles (else as sRGB or plain grey).
    Words are read page by page and pictures copied from file to file, so a long dossier needs little memory.

    Raises MachineError("pdf_not_archival", findings=...) when the result is not PDF/A-2b and
    StoreDamaged("words_damaged").
    """
    font, profiles, pictures = GlyphlessFont(), _Profiles(keep_profiles), _Pictures()
    # What the gathering file says of itself, such as its identifier, must not reach ours: only pages do.
    with pikepdf.open(gathered.path) as pdf:
        if "/ID" in pdf.trailer:
            del pdf.trailer.ID
        for page, picture, pdf_page in zip(task.pages, gathered.pictures, pdf.pages, strict=True):
            arrange = stack if page.ordinal in stacked else lay_out
            frame = page_frame(page.width_px, page.height_px, page.dpi)
            text = draw(arrange(read_page_words(page), frame), font, frame.width_pt)
            image = pictures.once(page, image_of(pdf_page))
            profiles.settle(pdf, image)
            content = _draw_picture(_matrix(page, picture, frame)) + text
            _fill_page(pdf_page, image, frame, compressed_stream(pdf, content))
            if page.box is not None:
                pdf_page.obj.CropBox = [round(side, 4) for side in crop_box(page.box, frame)]
        font_object = font.build(pdf)
        for pdf_page in pdf.pages:
            pdf_page.obj.Resources.Font = pikepdf.Dictionary({FONT_KEY: font_object})
        _add_bookmarks(pdf, task)
        _describe(pdf, task)
        _save(pdf, task, target)
    return Validation("pikepdf.pdfa", pikepdf.__version__, "pass")


def read_page_words(page: PackagePage) -> tuple[Word, ...]:
    """Read the recognised words of a page, none where it has no words file.

    Raises StoreDamaged("words_damaged") when the file is missing or unreadable.
    """
    if page.words_path is None:
        return ()
    try:
        return read_words(page.words_path)[0]
    except WorkstationError as exc:
        raise StoreDamaged("words_damaged", page=page.ordinal, path=str(page.words_path)) from exc


def page_title(page: PackagePage) -> str:
    """Return the bookmark of a page."""
    title = page.title or f"Page {page.ordinal}"
    return f"{title} (blank)" if page.is_blank and not page.title else title


def document_language(task: PackageTask) -> str:
    """Return the BCP 47 tag of the language most pages were read in, "und" when none is known."""
    counts = Counter(page.languages[0] for page in task.pages if page.languages and not page.is_blank)
    return _LANGUAGE_TAGS.get(counts.most_common(1)[0][0], "und") if counts else "und"


def _matrix(page: PackagePage, picture: Picture, frame: PageFrame) -> Affine:
    return picture_matrix(
        (picture.width_px, picture.height_px),
        frame,
        exif_orientation=page.exif_orientation,
        turn_deg=page.applied_turn_deg,
        skew_deg=page.applied_skew_deg,
    )


def _fill_page(
    pdf_page: pikepdf.Page, image: pikepdf.Object, frame: PageFrame, content: pikepdf.Stream
) -> None:
    """Make a dossier's page of one that only carries a picture."""
    obj = pdf_page.obj
    for key in [key for key in obj.keys() if key not in ("/Type", "/Parent")]:  # noqa: SIM118  # no mapping
        del obj[key]
    obj.MediaBox = [0, 0, round(frame.width_pt, 4), round(frame.height_pt, 4)]
    obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({PICTURE_KEY: image}))
    obj.Contents = content


def _draw_picture(matrix: Affine) -> bytes:
    numbers = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    row = " ".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in numbers).replace("-0 ", "0 ")
    return f"q {row} cm {PICTURE_KEY} Do Q\n".encode("ascii")


class _Pictures:
    """The pictures of one PDF: a frame of a master that is two pages is in it once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], pikepdf.Object] = {}

    def once(self, page: PackagePage, image: pikepdf.Object) -> pikepdf.Object:
        """Return the picture to show on a page: this one, or the equal one of an earlier page."""
        return self._known.setdefault((page.master_sha256, page.frame), image)


class _Profiles:
    """The colour profiles of one PDF: what may stay, once each; scanners put the same one into every page."""

    def __init__(self, keep: bool) -> None:
        self._keep = keep
        self._kept: dict[tuple[bytes, int], pikepdf.Object] = {}

    def settle(self, pdf: pikepdf.Pdf, image: pikepdf.Object) -> None:
        """Make what a picture's colours mean fit for PDF/A, without touching its pixels."""
        space = image.get("/ColorSpace")
        if not isinstance(space, pikepdf.Array) or len(space) != 2 or space[0] != pikepdf.Name.ICCBased:
            return
        channels = int(space[1].N)
        profile = space[1].read_bytes()
        if not self._keep or not is_archival_profile(profile, channels):
            image.ColorSpace = pikepdf.Name.DeviceGray if channels == 1 else pikepdf.Name.DeviceRGB
            return
        key = (hashlib.sha256(profile).digest(), channels)
        if key not in self._kept:
            packed = compressed_stream(pdf, profile)
            packed.N = channels
            self._kept[key] = packed
        image.ColorSpace = pikepdf.Array([pikepdf.Name.ICCBased, self._kept[key]])


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

"""One page from master to words: the work order of a worker process.

`process_page` is a pure function of its task: it reads the master, writes three derived files (each whole
or absent) and returns numbers. It knows no database, and doing it again is harmless.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import ocr.worker  # first: it sets OMP_THREAD_LIMIT before Tesseract is loaded
from ocr.curled_pages import FlatSheet, flat_sheet
from ocr.engines.protocol import Layout, RecognizeOptions
from ocr.engines.registry import open_digit_reader, open_engine, open_line_reader
from ocr.engines.word_lines import text_of
from ocr.errors import PageNeedsAttention, SourceRefused
from ocr.faint_copies import read_faint_again
from ocr.headings import head_of
from ocr.intake.decode import DecodedPage, decode_master, with_square_pixels
from ocr.intake.masters import write_atomically
from ocr.intake.resolution import believed_dpi
from ocr.lost_lines import read_lost_lines
from ocr.number_readings import NumberReading, numbers_of, read_numbers_again
from ocr.reading import ReadingPlan, Sheet
from ocr.recipe import RECIPE
from ocr.script import PageReading, read_page
from ocr.second_reading import read_again
from ocr.spare_time import SpareTime
from ocr.stamped_zones import ColouredPage
from ocr.step_clock import StepClock
from ocr.steps.barcode import PageSpace, find_barcodes
from ocr.steps.blank import Blankness, judge_blank
from ocr.steps.deskew import LineTrial, estimate_skew, skew_to_apply, try_lines
from ocr.steps.fingerprint import fingerprint
from ocr.steps.geometry import (
    PixelImage,
    apply_exif,
    level,
    level_part,
    rotate_clockwise,
    to_grey,
)
from ocr.steps.ink import Ink, find_ink
from ocr.steps.one_bit import is_bilevel
from ocr.steps.orient import (
    believable_letters,
    find_turn,
    lines_run_across,
    reads_upright,
    turn_to_apply,
)
from ocr.steps.other_ink import may_separate, other_ink
from ocr.steps.page_box import (
    USE_ABOVE_CONFIDENCE,
    clipped,
    cover_outside,
    cut_out,
    find_page_box,
    middle_within,
    words_within,
)
from ocr.steps.patch_code import find_patch_codes
from ocr.steps.quality import Posture, Reading, judge_quality
from ocr.steps.spread import find_spread
from ocr.steps.streaks import find_streaks
from ocr.steps.thumbnail import jpeg_of, thumbnail_jpeg, viewing_copy
from ocr.types import (
    Barcode,
    Box,
    NumberFormat,
    PageBox,
    PageResult,
    PageTask,
    QualityReason,
    Skew,
    Spread,
    Turn,
    Word,
)
from ocr.word_changes import mean_confidence
from ocr.words_file import write_words

BOX_MARGIN_INCHES = 0.08
"""Words this far beyond the sheet found (2 mm) are kept: its edge is not known better."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """A page as its master shows it: EXIF applied, nothing turned or levelled yet."""

    pixels: PixelImage
    grey: PixelImage
    ink: Ink
    rows: LineTrial | None
    dpi: float


@dataclass(frozen=True, slots=True, eq=False)
class _Upright:
    """A page in page space, how it got there and what was read on it.

    pixels: turned, not levelled. grey: the whole page; sheet: what is read of it. judged: the part that is
    certainly the sheet, None for all of it. kept: a person's box, where it lies on the page. first: the words as
    the first engine read them, whatever was read again since.
    """

    pixels: PixelImage
    grey: PixelImage
    sheet: Sheet
    skew: Skew
    applied_turn_deg: int
    applied_skew_deg: float
    page_box: PageBox | None
    judged: Box | None
    kept: Box | None
    blank: Blankness
    words: tuple[Word, ...]
    first: tuple[Word, ...]
    languages: tuple[str, ...]
    is_upside_down: bool


def process_page(task: PageTask) -> PageResult:
    """Turn, level, judge and read one page.

    Raises PageNeedsAttention ("ocr_timeout", "damaged", "too_large"...), EngineUnavailable
    ("engine_missing", "language_missing", "model_damaged") and MachineError ("disk_full").
    """
    ocr.worker.initialise()
    clock = StepClock()
    languages = task.edits.languages or task.languages
    with clock.step("decode"):
        decoded = _decode(task)
    plan = ReadingPlan(
        open_engine(task.engine, task.tessdata_dir),
        languages,
        task.limits.timeout_s,
        is_chosen=bool(task.edits.languages),
        second=open_line_reader(task.engine, task.tessdata_dir),
        spare=SpareTime(task.limits.timeout_s),
        digits=open_digit_reader(task.engine, task.tessdata_dir),
    )
    shown = _show(task, decoded, clock)
    upright, turn = _make_upright(task, shown, plan, clock)
    with clock.step("second_reading"):
        upright = replace(upright, words=_read_again(upright, plan, task.formats))
    with clock.step("barcodes"):
        barcodes = _barcodes(shown, upright)
        beside = None
        if may_separate(barcodes):
            beside = other_ink(upright.grey, barcodes, upright.words, upright.judged)
    with clock.step("write"):
        viewed = _viewed(upright)
    with clock.step("numbers"):
        rereading = _reread(upright, viewed, plan, task)
    words, blank = rereading.words, upright.blank
    height_px, width_px = upright.grey.shape
    with clock.step("candidates"):
        candidates = numbers_of(upright.first, rereading, barcodes, task.formats, (width_px, height_px))
    reading = Reading(len(words), round(mean_confidence(words), 4))
    is_blank = _is_blank(task, blank, words, has_code=bool(barcodes))
    with clock.step("quality"):
        looked_at = cut_out(upright.grey, upright.judged)
        posture = Posture(turn.confidence, upright.applied_skew_deg)
        quality = judge_quality(
            looked_at, upright.sheet.ink, shown.dpi, reading, is_blank=is_blank, posture=posture
        )
    with clock.step("fingerprint"):
        looks = "" if is_blank else fingerprint(looked_at)
        streaks_px = find_streaks(shown.grey if decoded.exif_orientation == 1 else to_grey(decoded.pixels))
    if not decoded.is_whole:
        # First in the list: nothing else on the page matters as much as what is missing of it.
        quality = (
            QualityReason("file_ends_early", round(1 - decoded.read_share, 3), is_grave=True),
            *quality,
        )
    with clock.step("page_box"):
        spread = _spread(upright)
    text, first_text = text_of(words), text_of(rereading.first)
    with clock.step("write"):
        words_path = task.derived_dir / f"{task.derived_key}.words.json.gz"
        viewing_path = task.derived_dir / f"{task.derived_key}.view.jpg"
        thumbnail_path = task.derived_dir / f"{task.derived_key}.thumb.jpg"
        write_words(words_path, words, text)
        write_atomically(viewing_path, jpeg_of(viewed))
        write_atomically(thumbnail_path, thumbnail_jpeg(_boxed(viewed, upright)))
    return PageResult(
        width_px=width_px,
        height_px=height_px,
        dpi=shown.dpi,
        exif_orientation=decoded.exif_orientation,
        turn=turn,
        skew=upright.skew,
        applied_turn_deg=upright.applied_turn_deg,
        applied_skew_deg=upright.applied_skew_deg,
        is_blank=is_blank,
        ink_share=blank.ink_share,
        quality=quality,
        barcodes=barcodes,
        text=text,
        mean_confidence=reading.mean_confidence,
        word_count=reading.word_count,
        candidates=candidates,
        languages=upright.languages,
        engine=plan.engine.version,
        recipe=RECIPE,
        words_path=words_path,
        viewing_path=viewing_path,
        thumbnail_path=thumbnail_path,
        step_ms=clock.steps,
        page_box=upright.page_box,
        spread=spread,
        fingerprint=looks,
        streaks_px=streaks_px,
        first_text=None if first_text == text else first_text,
        head=head_of(rereading.first, words),
        other_ink=beside,
    )


def _decode(task: PageTask) -> DecodedPage:
    try:
        decoded = decode_master(task.master_path, task.frame, task.limits)
        return with_square_pixels(decoded, task.limits, name=task.master_path.name)
    except SourceRefused as exc:
        raise PageNeedsAttention(exc.code, **exc.facts) from exc


def _show(task: PageTask, decoded: DecodedPage, clock: StepClock) -> _Shown:
    with clock.step("ink"):
        pixels = apply_exif(decoded.pixels, decoded.exif_orientation)
        grey = to_grey(pixels)
        ink = find_ink(grey)
    with clock.step("skew"):
        rows = try_lines(ink, vertical=False)
    return _Shown(
        pixels, grey, ink, rows, believed_dpi(max(decoded.pixels.shape[:2]), (decoded.dpi_x, task.stated_dpi))
    )


def _make_upright(
    task: PageTask, shown: _Shown, plan: ReadingPlan, clock: StepClock
) -> tuple[_Upright, Turn]:
    """Turn, level and read a page, as it lies first: a page that reads well needs no turn."""
    if task.edits.turn_deg is not None:
        return _stand(task, shown, task.edits.turn_deg, plan, clock), Turn(task.edits.turn_deg, 1.0)
    with clock.step("orientation"):
        read_first = lines_run_across(shown.ink, shown.rows)
    as_it_lies = _stand(task, shown, 0, plan, clock, may_be_turned=True) if read_first else None
    if as_it_lies is not None and reads_upright(as_it_lies.words):
        return as_it_lies, Turn(0, 1.0)
    is_upside_down = as_it_lies is not None and as_it_lies.is_upside_down
    with clock.step("orientation"):
        models = as_it_lies.languages if as_it_lies and is_upside_down else plan.languages
        options = RecognizeOptions(models, dpi=300, timeout_s=plan.timeout_s / 4, layout=Layout.BLOCK)
        words = as_it_lies.words if as_it_lies else ()
        turn = find_turn(shown.grey, shown.ink, lambda block: plan.engine.recognize(block, options), words)
    turn_deg = turn_to_apply(turn)
    if as_it_lies is not None and turn_deg == 0 and not is_upside_down:
        return as_it_lies, turn
    return _stand(task, shown, turn_deg, plan, clock), turn


def _stand(
    task: PageTask,
    shown: _Shown,
    turn_deg: int,
    plan: ReadingPlan,
    clock: StepClock,
    *,
    may_be_turned: bool = False,
) -> _Upright:
    """Undo a turn and the tilt that is left, and read; not where the page turns out to lie upside down."""
    with clock.step("skew"):
        pixels, grey, ink, rows = shown.pixels, shown.grey, shown.ink, shown.rows
        if turn_deg:
            pixels, grey = rotate_clockwise(pixels, -turn_deg), rotate_clockwise(grey, -turn_deg)
            ink = find_ink(grey)
            rows = try_lines(ink, vertical=False)
        skew = estimate_skew(ink, rows)
        applied_skew = task.edits.skew_deg if task.edits.skew_deg is not None else skew_to_apply(skew)
        whole = level(grey, applied_skew)
    with clock.step("page_box"):
        kept = clipped(task.edits.box, whole.shape) if task.edits.box else None
        page_box = PageBox(kept, 1.0) if kept else find_page_box(ink.reduced, whole.shape, applied_skew)
        judged = page_box.box if page_box and page_box.confidence >= USE_ABOVE_CONFIDENCE else None
    with clock.step("blank"):
        # The ink is that of the whole picture: of a part of it nothing is known yet.
        blank = judge_blank(whole, ink) if judged is None else judge_blank(cut_out(whole, judged))
    sheet = Sheet(whole, ink, shown.dpi, applied_skew, is_bilevel(shown.grey))
    if kept:
        covered = cover_outside(whole, kept, round(2 * ink.height_px))
        sheet = Sheet(covered, find_ink(covered), shown.dpi, is_one_bit=sheet.is_one_bit)
    with clock.step("recognise"):
        bare = blank.is_blank and blank.ink_share == 0.0
        none = PageReading((), plan.languages)
        flat = FlatSheet(sheet) if bare else flat_sheet(sheet)
        read = again = none if bare else read_page(flat.sheet, plan, may_be_turned=may_be_turned)
        if not bare and not read.is_upside_down:
            again = plan.spare.reading(lambda: read_faint_again(read, flat.sheet, plan), read)
            again = plan.spare.reading(lambda: read_lost_lines(again, flat.sheet, plan), again)
        first, words = flat.on_page(read.words), flat.on_page(again.words)
        if judged:
            margin_px = 0 if kept else round(BOX_MARGIN_INCHES * shown.dpi)
            first, words = (words_within(each, judged, margin_px) for each in (first, words))
    return _Upright(
        pixels=pixels,
        grey=whole,
        sheet=sheet,
        skew=skew,
        applied_turn_deg=turn_deg,
        applied_skew_deg=applied_skew,
        page_box=page_box,
        judged=judged,
        kept=kept,
        blank=blank,
        words=words,
        first=first,
        languages=read.languages,
        is_upside_down=read.is_upside_down,
    )


def _read_again(upright: _Upright, plan: ReadingPlan, formats: Sequence[NumberFormat]) -> tuple[Word, ...]:
    """Have doubtful Latin print read by the second recogniser, once it is known which way up it is."""
    words, sheet, reader, spare = upright.words, upright.sheet, plan.second, plan.spare
    if reader is None:
        return words
    return spare.reading(
        lambda: read_again(words, sheet, reader, upright.languages, spare.left_s, formats), words
    )


def _reread(upright: _Upright, viewed: PixelImage, plan: ReadingPlan, task: PageTask) -> NumberReading:
    coloured = ColouredPage(viewed, partial(_coloured, upright), upright.kept or upright.judged)
    read = PageReading(upright.words, upright.languages)
    return read_numbers_again(read, upright.sheet, coloured, plan, task.formats, upright.first)


def _coloured(upright: _Upright, box: Box) -> PixelImage:
    rows = slice(box.top_px, box.top_px + box.height_px)
    columns = slice(box.left_px, box.left_px + box.width_px)
    return level_part(upright.pixels, upright.applied_skew_deg, (rows, columns))


def _spread(upright: _Upright) -> Spread | None:
    """Offer a split where nobody has said which part is the page, and something is written on it."""
    if upright.kept or upright.blank.is_blank:
        return None
    known = upright.page_box if upright.judged else None
    return find_spread(upright.sheet.ink, upright.grey.shape, upright.applied_skew_deg, known)


def _viewed(upright: _Upright) -> PixelImage:
    """Shrink first: levelling a whole colour page only to look at it cost a tenth of a second."""
    if upright.pixels.ndim == 2:
        return viewing_copy(upright.grey)
    return level(viewing_copy(upright.pixels), upright.applied_skew_deg)


def _boxed(viewed: PixelImage, upright: _Upright) -> PixelImage:
    """Cut the viewing copy to a person's box, for lists."""
    box, scale = upright.kept, viewed.shape[1] / upright.grey.shape[1]
    if box is None:
        return viewed
    left, top = math.floor(box.left_px * scale), math.floor(box.top_px * scale)
    right = max(left + 1, round((box.left_px + box.width_px) * scale))
    bottom = max(top + 1, round((box.top_px + box.height_px) * scale))
    return viewed[top:bottom, left:right]


def _barcodes(shown: _Shown, upright: _Upright) -> tuple[Barcode, ...]:
    """Find codes; those outside a person's box belong to another page."""
    height_px, width_px = shown.grey.shape
    space = PageSpace(width_px, height_px, upright.applied_turn_deg, upright.applied_skew_deg)
    found = find_barcodes(shown.grey, space, shown.ink.reduced)
    found = (*find_patch_codes(shown.ink.binary, space, shown.dpi, found), *found)
    kept = upright.kept
    return found if kept is None else tuple(code for code in found if middle_within(code.box, kept))


def _is_blank(task: PageTask, blank: Blankness, words: Sequence[Word], *, has_code: bool) -> bool:
    """Combine the look of the page with what was read; a person's word wins."""
    if task.edits.is_blank is not None:
        return task.edits.is_blank
    return blank.is_blank and not has_code and believable_letters(words) < 3

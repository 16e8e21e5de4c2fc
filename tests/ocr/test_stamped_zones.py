from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.offices import formats_for, load_offices
from ocr.candidates import find_candidates
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.engines.word_lines import text_of
from ocr.reading import ReadingPlan, Sheet, read_sheet
from ocr.stamped_zones import UNCONFIRMED, ColouredPage, read_under_stamps
from ocr.steps.coloured_ink import find_stamps, sheet_colour, without_coloured_ink
from ocr.steps.geometry import level, level_part, shrink, to_grey
from ocr.steps.ink import find_ink
from ocr.types import Box, NumberCandidate, NumberRole, Word
from tests.helpers.drawn_pages import PROJECT, TESSDATA
from tests.helpers.sealed_pages import BLUE, NUMBER, RED, PreparedEngine, sealed_form, words_of

KH = formats_for(load_offices(PROJECT / "resources" / "offices"), "KH")


def sheet_of(pixels: NDArray[np.uint8]) -> Sheet:
    grey = to_grey(pixels)
    return Sheet(grey, find_ink(grey), 200.0)


def cut_of(pixels: NDArray[np.uint8]) -> Callable[[Box], NDArray[np.uint8]]:
    def cut(box: Box) -> NDArray[np.uint8]:
        return pixels[box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px]

    return cut


def coloured(pixels: NDArray[np.uint8]) -> ColouredPage:
    return ColouredPage(shrink(pixels, 1400), cut_of(pixels))


def own_numbers(words: Sequence[Word]) -> list[NumberCandidate]:
    found = find_candidates(words, barcodes=(), formats=KH, width_px=1654, height_px=1000)
    return [each for each in found if each.role is NumberRole.APPLICATION]


def garbled(number: str = "/D/2026/0O673", confidence: float = 0.4) -> tuple[Word, ...]:
    caption = words_of("(21) Appliditigh No.", left_px=150, top_px=250, confidence=confidence)
    return (*caption, *words_of(number, left_px=190, top_px=330, confidence=confidence, line=1))


def clean(number: str = NUMBER) -> tuple[Word, ...]:
    """As the block is read: boxes in pixels of the zone's cut."""
    caption = words_of("(21) Application No.", left_px=20, top_px=15, confidence=0.95)
    return (*caption, *words_of(number, left_px=60, top_px=80, confidence=0.9, line=1))


def plan_of(engine: PreparedEngine) -> ReadingPlan:
    return ReadingPlan(engine, ("eng",), 60.0)


@pytest.mark.engine
@pytest.mark.parametrize("ink", [BLUE, RED])
@pytest.mark.parametrize("paper", [(246, 242, 230), (214, 222, 205)])
def test_a_number_under_a_seal_is_read(ink: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    page = sealed_form(ink=ink, paper=paper)
    plan, sheet = ReadingPlan(TesserocrEngine(TESSDATA), ("eng",), 60.0), sheet_of(page)
    before = read_sheet(sheet, plan)
    assert NUMBER not in {each.normalised for each in own_numbers(before)}
    after = read_under_stamps(before, sheet, coloured(page), plan, KH)
    found = own_numbers(after.words)
    assert [(each.normalised, each.edits, each.label) for each in found] == [(NUMBER, (), "(21)")]
    assert found[0].confidence <= UNCONFIRMED  # a digit may have lost a stroke with the colour
    assert abs(found[0].box.left_px - 190) < 8
    assert after.earlier
    assert "The applicant requests the grant of a design right." in text_of(after.words)


def test_stamps_are_told_from_paper_and_print() -> None:
    assert find_stamps(sealed_form(ink=None), 200.0) == ()
    assert find_stamps(to_grey(sealed_form()), 200.0) == ()
    assert find_stamps(sealed_form(ink=None, paper=(150, 190, 175)), 200.0) == ()
    (box,) = find_stamps(sealed_form(), 200.0)
    assert box.left_px == pytest.approx(200, abs=12)
    assert box.top_px == pytest.approx(200, abs=12)
    assert box.width_px == pytest.approx(300, abs=24)


def test_black_print_stays_when_coloured_ink_is_removed() -> None:
    page = sealed_form(noise=0)
    cleaned = without_coloured_ink(page, sheet_colour(page))
    print_only = to_grey(sealed_form(ink=None, noise=0))
    assert (cleaned[print_only < 60] < 110).all()
    assert (cleaned[print_only > 230] > 225).mean() > 0.99


def test_a_page_without_coloured_ink_costs_no_reading() -> None:
    engine, given = PreparedEngine(), garbled()
    for page in (sealed_form(ink=None), to_grey(sealed_form())):
        done = read_under_stamps(given, sheet_of(page), coloured(page), plan_of(engine), KH)
        assert (done.words, done.earlier) == (given, ())
    assert engine.asked == []


def test_a_number_read_for_sure_under_a_seal_costs_no_reading() -> None:
    engine = PreparedEngine()
    page = sealed_form()
    rim = words_of("INDUSTR", left_px=260, top_px=420, confidence=0.2, line=2)
    sure = (
        *words_of("(21) No.", left_px=150, top_px=250, confidence=0.95),
        *garbled(NUMBER, 0.95)[-1:],
        *rim,
    )
    assert read_under_stamps(sure, sheet_of(page), coloured(page), plan_of(engine), KH).words == sure
    assert engine.asked == []


def test_a_seal_over_something_else_costs_no_reading() -> None:
    engine = PreparedEngine()
    page = sealed_form()
    dated = tuple(
        replace(word, box=Box(*box))
        for word, box in zip(
            words_of("No. 06/09/2016 For", left_px=150, top_px=330, confidence=0.3),
            ((140, 240, 420, 60), (180, 310, 420, 70), (140, 410, 420, 60)),
            strict=True,
        )
    )
    assert read_under_stamps(dated, sheet_of(page), coloured(page), plan_of(engine), KH).words == dated
    assert engine.asked == []


def test_a_number_two_readings_agree_on_takes_the_place_of_the_first() -> None:
    again = words_of(NUMBER, left_px=20, top_px=20, confidence=0.9)
    engine = PreparedEngine(block=clean(), lines=[again])
    page = sealed_form()
    done = read_under_stamps(garbled(), sheet_of(page), coloured(page), plan_of(engine), KH)
    assert [each.normalised for each in own_numbers(done.words)] == [NUMBER]
    assert done.earlier == garbled()
    assert [word.line for word in done.words] == [0, 0, 0, 1]


def test_a_number_two_readings_differ_about_can_prove_nothing() -> None:
    again = words_of("KH/D/2016/00873", left_px=20, top_px=20, confidence=0.9)
    engine = PreparedEngine(block=clean(), lines=[again])
    page = sealed_form()
    done = read_under_stamps(garbled(), sheet_of(page), coloured(page), plan_of(engine), KH)
    assert own_numbers(done.words)[0].confidence <= UNCONFIRMED


def test_a_number_two_unsure_readings_agree_on_can_prove_nothing() -> None:
    again = words_of(NUMBER, left_px=20, top_px=20, confidence=0.5)
    engine = PreparedEngine(block=clean(), lines=[again])
    page = sealed_form()
    done = read_under_stamps(garbled(), sheet_of(page), coloured(page), plan_of(engine), KH)
    assert own_numbers(done.words)[0].confidence <= UNCONFIRMED


def test_a_doubtful_number_does_not_grow_surer_without_a_second_reading() -> None:
    engine = PreparedEngine(block=clean(), lines=[()])
    page = sealed_form()
    done = read_under_stamps(garbled(NUMBER, 0.35), sheet_of(page), coloured(page), plan_of(engine), KH)
    assert done.earlier
    assert own_numbers(done.words)[0].confidence <= 0.35


def test_a_number_read_before_is_never_lost() -> None:
    engine = PreparedEngine(block=clean("KH/D/2016/00873"))
    page, given = sealed_form(), garbled(NUMBER, 0.5)
    assert read_under_stamps(given, sheet_of(page), coloured(page), plan_of(engine), KH).words == given


def test_a_reading_that_is_believed_less_is_dropped() -> None:
    engine = PreparedEngine(block=words_of("(2 App", left_px=20, top_px=15, confidence=0.3))
    page, given = sealed_form(), garbled()
    assert read_under_stamps(given, sheet_of(page), coloured(page), plan_of(engine), KH).words == given


def test_what_lies_outside_a_persons_box_is_not_read() -> None:
    page = sealed_form()
    sheet = sheet_of(page)
    engine = PreparedEngine(block=clean(), lines=[()])
    within = Box(140, 240, 600, 140)
    view = ColouredPage(
        shrink(page, 1400),
        cut_of(page),
        within,
    )
    seen: list[tuple[int, ...]] = []
    read = engine.recognize

    def spied(image: NDArray[np.uint8], options: object) -> tuple[Word, ...]:
        seen.append(image.shape)
        return read(image, options)  # type: ignore[arg-type]

    engine.recognize = spied  # type: ignore[method-assign]
    read_under_stamps(garbled(), sheet, view, plan_of(engine), KH)
    assert seen[0][0] <= 140


def captioned_date(
    date: str, confidence: float, *, left_px: int = 430, top_px: int = 314
) -> tuple[Word, ...]:
    return words_of(date, left_px=left_px, top_px=top_px, confidence=confidence, line=1)


def block_with(extra: str) -> tuple[Word, ...]:
    """The block of `clean` with more on its second line, at the place of captioned_date."""
    *others, number = clean()
    return (
        *others,
        replace(number, space_after=True),
        *words_of(extra, left_px=430, top_px=80, confidence=0.9, line=1),
    )


@pytest.mark.parametrize(
    ("before", "confidence"),
    [("12.03.2018", 0.5), ("12.03.2018", 0.9), ("1Z.O3.2018", 0.2), ("12 March 2018", 0.5)],
)
def test_a_date_under_a_seal_stays_as_it_was_read(before: str, confidence: float) -> None:
    page = sealed_form()
    after = before.replace("1Z", "12").replace("O3", "08").replace("03", "08").replace("12 M", "13 M")
    first = garbled()
    first = (*first[:-1], replace(first[-1], space_after=True), *captioned_date(before, confidence))
    again = words_of(NUMBER, left_px=20, top_px=20, confidence=0.9)
    engine = PreparedEngine(block=block_with(after), lines=[again])
    done = read_under_stamps(first, sheet_of(page), coloured(page), plan_of(engine), KH)
    assert done.earlier
    assert text_of(done.words) == f"(21) Application No.\n{NUMBER} {before}"


def test_a_date_nobody_read_before_does_not_appear() -> None:
    page = sealed_form()
    engine = PreparedEngine(block=block_with("12.08.2018"), lines=[()])
    done = read_under_stamps(garbled(), sheet_of(page), coloured(page), plan_of(engine), KH)
    assert text_of(done.words) == f"(21) Application No.\n{NUMBER}"


def test_digits_read_for_sure_are_not_replaced_by_others() -> None:
    page = sealed_form()
    first = (*garbled(), *captioned_date("4417", 0.9))
    engine = PreparedEngine(block=block_with("4411"), lines=[()])
    done = read_under_stamps(first, sheet_of(page), coloured(page), plan_of(engine), KH)
    assert "4417" in text_of(done.words)
    assert "4411" not in text_of(done.words)


def test_no_digit_that_was_not_read_before_is_sure() -> None:
    page = sealed_form()
    foreign = "VN 4-2018-12345"
    engine = PreparedEngine(block=block_with(foreign), lines=[()])
    done = read_under_stamps(garbled(), sheet_of(page), coloured(page), plan_of(engine), KH)
    digits = [word for word in done.words if any(map(str.isdigit, word.text))]
    assert all(word.confidence <= UNCONFIRMED for word in digits if word.text != "(21)")


@pytest.mark.parametrize("skew_deg", [0.0, 1.3, -4.0])
def test_a_part_is_levelled_as_the_whole_page_is(skew_deg: float) -> None:
    page = sealed_form()
    part = np.s_[200:460, 130:700]
    cut, whole = level_part(page, skew_deg, part), level(page, skew_deg)[part]
    assert cut.shape == whole.shape
    assert np.abs(cut.astype(int) - whole).max() <= 2


def test_seals_on_very_large_pages_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocr.stamped_zones.MOST_PIXELS", 1_000_000)
    page, engine = sealed_form(), PreparedEngine()
    given = garbled()
    assert read_under_stamps(given, sheet_of(page), coloured(page), plan_of(engine), KH).words == given
    assert engine.asked == []

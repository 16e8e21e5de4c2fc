"""The rule of a page's text, and that readers find it again whatever the boxes are."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import MachineError
from app.packaging.geometry import page_frame
from app.packaging.glyphless import GlyphlessFont, clusters, printable
from app.packaging.pdf_check import compare_text
from app.packaging.text_layer import FONT_KEY, TextLine, draw, lay_out, page_text, stack
from ocr.reading_order import in_reading_order
from ocr.types import Box, Word

FRAME = page_frame(2480, 3508, 300.0)
PIECES = ["a", "l", "1", "0", ".", ",", "-", "'", "(21)", "KH/D/2019/00125", "—", "·", "□", "ខ្មែរ", "កា", "ាំ"]
PIECES += ["\u200b", "ກໍາ", "คำขอ", "đơn", "ﬁ", "é", "\u00a0", "\u00ad"]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)


def word(text: str, left: int, line: int = 0, *, space: bool = True, width: int = 0, top: int = 0) -> Word:
    return Word(text, Box(left, top or 100 + 60 * line, width or 20 * len(text), 40), 0.9, line, space)


def extracted(lines: tuple[TextLine, ...]) -> str:
    with pikepdf.new() as pdf:
        font = GlyphlessFont()
        content = pdf.make_indirect(pikepdf.Stream(pdf, draw(lines, font, FRAME.width_pt)))
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary({FONT_KEY: font.build(pdf)}))
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, FRAME.width_pt, FRAME.height_pt],
            Contents=content,
            Resources=resources,
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        buffer = io.BytesIO()
        pdf.save(buffer)
    document = pypdfium2.PdfDocument(buffer.getvalue())
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def assert_exact(words: tuple[Word, ...], lines: tuple[TextLine, ...]) -> None:
    compare_text(extracted(lines), page_text(words), page=1)


def test_words_are_joined_by_their_space_flags() -> None:
    words = (word("ព្រះ", 0, space=False), word("រាជា", 90), word("KH", 300), word("next", 0, 1))
    assert page_text(words) == "ព្រះរាជា KH\nnext"


def test_breaks_and_control_characters_do_not_leave() -> None:
    assert page_text((word("a\tb\x00\ufeff\ud800c", 0), word("\x07", 50))) == "a bc"


def test_marks_and_subscripts_stay_with_their_letter() -> None:
    assert clusters("ខ្មែរ") == ["ខ្មែ", "រ"]
    assert printable("ក\u200bខ") == "ក\u200bខ"


@st.composite
def sane_pages(draw_value: st.DrawFn) -> tuple[Word, ...]:
    words = []
    for line in range(draw_value(st.integers(1, 6))):
        left, texts = draw_value(st.integers(0, 400)), draw_value(st.lists(TEXTS, min_size=1, max_size=6))
        for index, text in enumerate(texts):
            words.append(word(text, left, line, space=draw_value(st.booleans()) and index < len(texts) - 1))
            left += 20 * len(text) + draw_value(st.integers(0, 40))
    return tuple(words)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=sane_pages())
def test_reader_finds_every_line_of_a_page_in_place(words: tuple[Word, ...]) -> None:
    assert_exact(words, lay_out(words, FRAME))


BOXES = st.builds(
    Box, st.integers(-50, 2500), st.integers(-50, 3500), st.integers(0, 2000), st.integers(0, 900)
)
WILD = st.lists(
    st.builds(Word, TEXTS, BOXES, st.just(0.5), st.integers(0, 8), st.booleans()), max_size=40
).map(tuple)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=WILD)
def test_stacked_lines_are_exact_whatever_the_boxes(words: tuple[Word, ...]) -> None:
    assert_exact(words, stack(words, FRAME))


def test_column_read_before_its_left_neighbour_keeps_its_order() -> None:
    words = (word("RIGHT", 1500, 0, top=100), word("left", 100, 1, top=102), word("below", 100, 2, top=160))
    assert_exact(words, lay_out(words, FRAME))


def test_rows_of_a_form_put_together_are_found_as_they_are_read() -> None:
    captions = [word("caption", 100, row, top=100 + 80 * row) for row in range(6)]
    entries = [word("entry", 1200, 6 + row, top=103 + 80 * row) for row in range(6)]
    words = in_reading_order([replace(each, space_after=False) for each in (*captions, *entries)])
    assert page_text(words) == "\n".join(["caption", "entry"] * 6)
    assert_exact(words, lay_out(words, FRAME))


def test_a_line_parted_between_two_columns_is_found_as_it_is_read() -> None:
    words = (
        word("(54)", 100, 0, top=100), word("TITLE", 300, 1, top=100), word("(51)", 1200, 2, top=101),
        word("Int.", 1400, 3, top=101), word("(73)", 100, 4, top=180), word("Owner", 300, 5, top=182),
        word("(58)", 1200, 6, top=182), word("Search", 1400, 7, top=184),
    )  # fmt: skip
    assert_exact(words, lay_out(words, FRAME))


def test_rule_read_as_one_wide_dash_does_not_swallow_the_next_line() -> None:
    words = (word("—", 100, 0, width=2200), word("second", 1200, 1), word("third", 50, 2))
    assert_exact(words, lay_out(words, FRAME))


def test_hyphen_at_the_end_of_a_line_is_kept() -> None:
    words = (word("inven-", 100, 0), word("tion", 100, 1))
    assert_exact(words, lay_out(words, FRAME))
    assert "inven-" in page_text(words)


def test_empty_box_is_widened_to_a_point() -> None:
    words = (word("商標", 100, 0, width=1), word("end", 400, 0, space=False))
    lines = lay_out(words, FRAME)
    assert lines[0].runs[0].width_pt >= 1.0
    assert_exact(words, lines)


@pytest.mark.parametrize("found", ["KH  D", "KHD", "KH D extra", "", "KH\r\nD", "kh D"])
def test_any_other_text_is_a_difference(found: str) -> None:
    with pytest.raises(MachineError) as caught:
        compare_text(found, "KH D", page=4)
    assert caught.value.code == "pdf_text_differs"
    assert caught.value.facts["page"] == 4


@pytest.mark.parametrize("found", ["one\r\ntwo", "one two", "one \r\n two ", "one\ntwo\r\n"])
def test_only_whitespace_between_lines_may_differ(found: str) -> None:
    compare_text(found, "one\ntwo", page=1)


def test_lines_must_not_run_together() -> None:
    with pytest.raises(MachineError):
        compare_text("onetwo", "one\ntwo", page=1)


def test_every_letter_of_our_scripts_survives_alone_and_inside() -> None:
    scripts = [*range(0x1780, 0x17F0), *range(0xE80, 0xEE0), *range(0xE01, 0xE5C), *range(0x1EA0, 0x1EFA)]
    letters = [chr(code) for code in scripts if chr(code).isprintable() or code in (0x17B4, 0x17B5)]
    for start in range(0, len(letters), 40):
        chosen = letters[start : start + 40]
        words = tuple(
            item
            for line, letter in enumerate(chosen)
            for item in (word(f"x{letter}y", 100, line), word(letter, 400, line, space=False))
        )
        assert_exact(words, lay_out(words, FRAME))

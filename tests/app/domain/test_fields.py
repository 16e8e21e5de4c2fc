"""Fields behind INID codes: read with their kind and place, never made up from a number in brackets."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.domain.fields import FieldDoubt, FieldProposal, read_fields
from app.domain.offices import load_offices
from ocr.engines.protocol import RecognizeOptions
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.types import Box, Word
from tests.fixtures.cases import make_case
from tests.fixtures.page_form import FormLook, draw_form
from tests.fixtures.scanner import ScanLook, scan
from tests.fixtures.sheet import Sheet
from tests.helpers.drawn_pages import SHARED_DATA, TESSDATA

OFFICES = load_offices(Path(__file__).parents[3] / "resources" / "offices")
CHAR_PX, HEIGHT_PX = 20, 40


def page(*lines: tuple[int, int, str]) -> list[Word]:
    """Words of lines that begin at x, y (px); two spaces or more leave so many characters free."""
    words = []
    for number, (x, y, text) in enumerate(lines):
        at = 0
        for part in text.split(" "):
            if part:
                box = Box(x + at * CHAR_PX, y, len(part) * CHAR_PX, HEIGHT_PX)
                words.append(Word(part, box, 0.9, number, space_after=at + len(part) < len(text)))
            at += len(part) + 1
    return words


def fields(words: list[Word], office: str = "KH", **how: str) -> dict[str, FieldProposal]:
    return {each.field.value: each for each in read_fields(words, OFFICES, office, **how)}


def test_number_date_and_names_are_read_with_their_places() -> None:
    words = page(
        (100, 100, "(21) Application No.: KH/P/2019/01017"),
        (100, 180, "(22) Filing date: 23/11/2019"),
        (100, 260, "(54) Title: Anchoring device for"),
        (100, 310, "floating houses"),
        (100, 400, "(71) Applicant: Kirana Samudera Works PT"),
        (100, 480, "(51) Int. Cl. B63B 21/26, B63B 35/44"),
    )
    found = fields(words)
    assert {name: each.value for name, each in found.items()} == {
        "application_number": "KH/P/2019/01017",
        "filing_date": "2019-11-23",
        "title": "Anchoring device for floating houses",
        "applicant": "Kirana Samudera Works PT",
        "ipc": "B63B 21/26; B63B 35/44",
    }
    number = found["application_number"]
    assert [words[index].text for index in number.words] == ["KH/P/2019/01017"]
    assert number.boxes == (words[number.words[0]].box,)
    title = found["title"]
    assert len(title.boxes) == 2
    assert title.boxes[1] == Box(100, 310, 15 * CHAR_PX, HEIGHT_PX)
    assert [words[index].text for index in title.words] == [
        "Anchoring",
        "device",
        "for",
        "floating",
        "houses",
    ]
    assert not number.doubts


def test_values_below_their_captions_in_two_boxes_side_by_side_are_not_mixed() -> None:
    found = fields(
        page(
            (100, 100, "(21) លេខពាក្យសុំ / Application No.          (22) Filing date"),
            (140, 260, "KH/D/2019/00125                           05/03/2019"),
            (100, 360, "(54) ចំណងជើង / Title"),
            (140, 420, "Water filter"),
        )
    )
    assert found["application_number"].value == "KH/D/2019/00125"
    assert found["filing_date"].value == "2019-03-05"
    assert found["filing_date"].others == (date(2019, 5, 3),)
    assert FieldDoubt.DATE_OPEN in found["filing_date"].doubts
    assert found["title"].value == "Water filter"


def test_an_indented_code_ends_where_a_row_further_left_has_its_own() -> None:
    found = read_fields(
        page(
            (100, 20, "(21) Application No. KH/P/2017/00938"),
            (100, 100, "(54) Title: Paddy dryer"),
            (200, 180, "(31) VN 1-2016-02213     (32) 27/11/2016"),
            (100, 260, "(51) Int. Cl."),
            (140, 340, "F26B 3/28"),
        ),
        OFFICES,
        "KH",
    )
    values = [(each.code, each.printed) for each in found if each.code in ("31", "32", "51")]
    assert values == [("31", "VN 1-2016-02213"), ("32", "27/11/2016"), ("51", "F26B 3/28")]


def test_viet_nams_group_codes_give_number_and_date() -> None:
    found = fields(
        page(
            (100, 100, "(200) Số đơn và Ngày nộp đơn 4-2019-11818 25/03/2019"),
            (100, 180, "(730) Chủ đơn/Chủ bằng: Công ty Hoa Sen"),
            (100, 260, "(740) Đại diện SHCN: Văn phòng Luật"),
            (100, 340, "(511) Nhóm sản phẩm/dịch vụ 9, 42"),
            (100, 420, "(531) Phân loại hình 05.03.14"),
        ),
        "VN",
    )
    assert {name: each.value for name, each in found.items()} == {
        "application_number": "4-2019-11818",
        "filing_date": "2019-03-25",
        "applicant_or_owner": "Công ty Hoa Sen",
        "agent": "Văn phòng Luật",
        "nice": "9; 42",
        "vienna": "05.03.14",
    }
    # No other office prints them so.
    assert not fields(page((100, 100, "(20) 4-2019-11818")), "KH")


def test_a_caption_that_was_misread_still_bears_its_code_out() -> None:
    found = fields(
        page((100, 100, "(2l) No. Permohonam Paten : P00201902086"), (100, 180, "(22) 12 Maret 2019")), "ID"
    )
    assert found["application_number"].value == "P00201902086"
    assert found["filing_date"].value == "2019-03-12"
    assert FieldDoubt.CAPTION_UNKNOWN in found["filing_date"].doubts


def test_a_code_that_lost_a_bracket_counts_only_where_the_office_has_it() -> None:
    words = page(
        (100, 100, "21) Application No. KH/P/2019/01017"),
        (100, 180, "(51) Int. Cl."),
        (130, 240, "603] 5/00"),
    )
    found = fields(words)
    assert found["application_number"].value == "KH/P/2019/01017"
    assert "ipc" not in found  # neither a caption nor a symbol bears it out


def test_native_digits_and_buddhist_years_are_read() -> None:
    found = fields(
        page((100, 100, "(21) เลขที่คำขอ ๑๔๐๑๐๐๑๒๓๔"), (100, 180, "(22) วันรับคำขอ ๒๕ มีนาคม พ.ศ. ๒๕๕๗")), "TH"
    )
    assert found["application_number"].value == "1401001234"
    assert (found["filing_date"].value, found["filing_date"].printed) == ("2014-03-25", "๒๕ มีนาคม พ.ศ. ๒๕๕๗")


def test_what_had_to_be_put_right_or_could_not_be_read_says_so() -> None:
    words = page((100, 100, "(21) Application No. KH/P/2O19/0l017"), (100, 180, "(51) Int. Cl. CO2F 1/00"))
    found = fields(words)
    assert found["application_number"].value == "KH/P/2019/01017"
    assert found["application_number"].printed == "KH/P/2O19/0l017"
    assert FieldDoubt.VALUE_REPAIRED in found["application_number"].doubts
    assert found["ipc"].value == "C02F 1/00"
    assert FieldDoubt.VALUE_REPAIRED in found["ipc"].doubts
    unread = fields(page((100, 100, "(21) Application No. 09/844,237 for official use")))[
        "application_number"
    ]
    assert (unread.value, unread.doubts) == ("09/844,237", (FieldDoubt.VALUE_UNREAD,))


DESCRIPTION = (
    (100, 100, "The optical material (54) is held by a screw"),
    (100, 150, "(21) and a nut (22) so that the sleeve"),
    (100, 200, "(71) turns about the shaft (72) when the lever"),
    (100, 250, "(30) is moved. A second screw (74) holds the"),
)


def test_numerals_of_a_description_are_no_fields() -> None:
    assert fields(page(*DESCRIPTION)) == {}
    assert fields(page(*DESCRIPTION), "VN") == {}


def test_numerals_behind_a_field_do_not_take_its_place() -> None:
    found = fields(
        page(
            (100, 100, "(21) Application No. KH/P/2019/01017"),
            (100, 180, "(54) Title: Sleeve and screw"),
            (100, 260, "(57) Abstract: A sleeve turns about a shaft"),
            (100, 310, "when a lever (21) is moved by a nut (54) and"),
        )
    )
    assert found["application_number"].value == "KH/P/2019/01017"
    assert found["title"].value == "Sleeve and screw"


def test_designs_and_patents_share_a_code_and_the_value_tells() -> None:
    assert "locarno" in fields(page((100, 100, "(51) 09-03")))
    assert "ipc" in fields(page((100, 100, "(51) B63B 21/26")))


def test_of_two_places_the_one_with_its_caption_counts() -> None:
    found = fields(
        page((100, 100, "(22) 01/12/2015"), (100, 300, "(22) Filing date 23/11/2019"), (100, 500, "(54) x"))
    )
    assert found["filing_date"].value == "2019-11-23"


def test_goods_are_no_classes() -> None:
    words = page((100, 100, "(511) Goods and services"), (140, 170, "Class 12: carts with 3 wheels"))
    assert fields(words)["nice"].value == "12"
    assert FieldDoubt.VALUE_UNREAD in fields(page((100, 100, "(511) Nice carts, 99 kinds")))["nice"].doubts


def test_an_empty_page_and_an_unknown_office_are_told() -> None:
    assert read_fields([], OFFICES, "KH") == ()
    with pytest.raises(Exception, match="office_unknown"):
        read_fields([], OFFICES, "XX")


ANY_WORDS = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(["(21)", "(22", "54)", "(71/73)", "[51]", "(2l)", "Title", "KH/P/2019/01017", "05/03/2019", "(", ")"]),
            st.text(min_size=1, max_size=6),
        ),
        st.integers(0, 2000),
        st.integers(0, 2000),
        st.integers(0, 5),
    ),
    max_size=25,
)  # fmt: skip


@given(ANY_WORDS, st.sampled_from(sorted(OFFICES)))
@settings(max_examples=150, deadline=None)
def test_whatever_was_recognised_places_are_words_of_the_page(
    given_words: list[tuple[str, int, int, int]], office: str
) -> None:
    words = [Word(text, Box(x, y, 60, 30), 0.5, line, True) for text, x, y, line in given_words]
    for found in read_fields(words, OFFICES, office):
        assert found.words
        assert set(found.words) <= set(range(len(words)))
        assert found.boxes
        assert found.value
        assert 0.0 <= found.confidence <= 1.0


def recognised(grey: np.ndarray, languages: tuple[str, ...], dpi: int) -> list[Word]:
    options = RecognizeOptions(languages=languages, dpi=dpi)
    return list(TesserocrEngine(TESSDATA).recognize(grey, options))


@pytest.mark.engine
@pytest.mark.parametrize(("office", "right"), [("KH", "patent"), ("VN", "trademark")])
def test_a_drawn_form_is_read_by_the_real_engine(office: str, right: str) -> None:
    rng = np.random.default_rng(11)
    case = make_case(office, rng, right=right)
    sheet = Sheet(200, rng, "form")
    draw_form(sheet, case, FormLook(seal=False, reception=False))
    grey = np.asarray(scan(sheet.image, ScanLook(), rng, dpi=200, back=None).convert("L"))

    found = fields(recognised(grey, OFFICES[office].languages, 200), office, right=right)

    assert found["application_number"].value == case.number
    assert found["filing_date"].value == case.filing_date.isoformat()
    assert found["mark" if right == "trademark" else "title"].value == case.title
    assert case.applicant in found["applicant_or_owner" if right == "trademark" else "applicant"].value
    assert case.agent in found["agent"].value
    assert all(each.boxes for each in found.values())


@pytest.mark.engine
@pytest.mark.skipif(
    not (SHARED_DATA / "manifest.csv").is_file(), reason="the shared test data are not beside the project"
)
def test_a_real_front_page_gives_its_fields_and_none_of_its_numerals() -> None:
    grey = np.asarray(Image.open(SHARED_DATA / "ocr" / "en" / "patent.png").convert("L"))

    found = fields(recognised(grey, ("eng",), 300), "PH", right="patent")

    assert found["title"].value == "OPTICALLY MARKED SURFACE"
    assert found["filing_date"].value == "2001-04-25"
    assert found["grant_date"].value == "2004-01-06"
    assert found["ipc"].value == "F21V 5/00"
    assert found["application_number"].printed == "09/844,237"
    assert "Turfstore.Com, Inc." in found["owner"].value
    assert {each.code for each in found.values()} <= {"21", "22", "45", "51", "54", "57", "73", "74"}

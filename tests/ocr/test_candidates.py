"""Numbers are found on pages and know what they are."""

from __future__ import annotations

import pickle
import time

import pytest

from ocr.candidates import find_candidates
from ocr.types import Box, NumberRole, Word
from tests.helpers.paper_folders import HEIGHT_PX, OFFICES, WIDTH_PX, candidates_of, words_of

A, R, C, P, N, M, T, U = (
    NumberRole.APPLICATION,
    NumberRole.REGISTRATION,
    NumberRole.CITED,
    NumberRole.PRIORITY,
    NumberRole.INTERNATIONAL,
    NumberRole.PAYMENT,
    NumberRole.CONTACT,
    NumberRole.UNKNOWN,
)


@pytest.mark.parametrize(
    ("office", "text", "found"),
    [
        ("KH", "(21) KH/D/2019/00125", {"KH/D/2019/00125": A}),
        ("KH", "(2l) Application No.: KH/D/2019/00125", {"KH/D/2019/00125": A}),
        ("KH", "(11) KH/2013/49703", {"KH/2013/49703": R}),
        ("KH", "Application No. KH/2013/49703", {"KH/2013/49703": R}),
        ("KH", "លេខពាក្យសុំ៖ KH/D/២០១៩/០០១២៥", {"KH/D/2019/00125": A}),
        ("KH", "លេខពាក្យសុំKH/D/២០១៩/០០១២៥ចុះថ្ងៃ", {"KH/D/2019/00125": A}),
        ("KH", "(21) KH ／ D ／ ២០១៩ ／ ០០១២៥", {"KH/D/2019/00125": A}),
        ("KH", "KH/D/2019/00125", {"KH/D/2019/00125": U}),
        ("KH", "INDUSTRIAL DESIGN APPLICATION\nKH/D/2019/00125", {"KH/D/2019/00125": A}),
        ("KH", "Application number\nKH/D/2019/00125", {"KH/D/2019/00125": A}),
        (
            "KH",
            "(21) KH/D/2019/00125 (22) 05/03/2019 (30) KH/D/2018/00044",
            {"KH/D/2019/00125": A, "KH/D/2018/00044": P},
        ),
        ("KH", "Priority application No. KH/D/2018/00044", {"KH/D/2018/00044": P}),
        ("KH", "We refer to our application No. KH/D/2018/00044", {"KH/D/2018/00044": C}),
        ("KH", "Opposition against KH/D/2018/00044", {"KH/D/2018/00044": C}),
        ("KH", "in conflict with the earlier mark KH/49703/13", {"KH/49703/13": C}),
        ("KH", "Your ref: KH/D/2018/00044", {"KH/D/2018/00044": C}),
        ("KH", "en conflit avec KH/D/2018/00044", {"KH/D/2018/00044": C}),
        ("KH", "ជំទាស់ទៅលើ KH/D/2018/00044", {"KH/D/2018/00044": C}),
        ("KH", "The Application No. KH/D/2018/00044 was filed by our client in May", {"KH/D/2018/00044": C}),
        ("KH", "PCT/SG2020/123456 WO 2015/012345", {"PCT/SG2020/123456": N, "WO2015/012345": N}),
        ("VN", "(20) Số đơn và Ngày nộp đơn 4-2019-11818 05/03/2019", {"4-2019-11818": A}),
        ("VN", "(10) Số bằng và ngày cấp 1-0017548", {"1-0017548": R}),
        ("VN", "Đơn đối chứng 4-2015-00012", {"4-2015-00012": C}),
        ("KH", "(20) KH/D/2018/00044", {"KH/D/2018/00044": U}),
        ("TH", "เลขที่คำขอ ๑๔๐๑๐๐๑๒๓๔ พ.ศ. ๒๕๕๗", {"1401001234": A}),
        ("TH", "ใบเสร็จเลขที่ 1401001234", {"1401001234": M}),
        ("ID", "(21) No. Permohonan Paten : P00201902086 (22) 12 Maret 2019", {"P00201902086": A}),
        ("ID", "No. EC00202024759", {"EC00202024759": U}),
        ("LA", "(210) 37978 (220) 12/03/2016", {"37978": A}),
        ("LA", "Receipt No. 445566", {"445566": M}),
        ("LA", "Tel: 021 253 100\nFax 445566", {"445566": T}),
        ("LA", "Total 1,250,000 LAK", {}),
        ("LA", "12 March 2016", {}),
        ("LA", "Our file no. 445566", {"445566": C}),
        ("LA", "File no. 445566", {"445566": U}),
        ("SG", "UEN: 200312345G", {}),
        ("SG", "2003123456", {"2003123456": U}),
        ("KH", "(21) Application No. (22) Filing date\nKH/D/2019/00125 05/03/2019", {"KH/D/2019/00125": A}),
        ("KH", "(31) Number (32) Date (33) Country\nKH/D/2018/00044 12/03/2018 KH", {"KH/D/2018/00044": P}),
        ("SG", "Application No: 11202003062O", {"11202003062Q": A}),
        ("PH", "Application No. 4 - 2018 - 00012345", {"4-2018-00012345": A}),
        ("MY", "Application No. 2012051842", {"2012051842": A}),
        ("MY", "Application No. UK(E)14-93Z4", {"UK(E) 14-9324": A}),
        ("MY", "Application No.\n08019041", {"08019041": A}),
        ("MY", "Applicatign No. 08019041", {"08019041": A}),
        ("KH", "Amount USD 120 Tel 023 456 789", {}),
        ("VN", "14-2019-11818 4-2019-11818-2 X4-2019-11818", {}),
    ],
)
def test_captions_and_surroundings_give_the_role(
    office: str, text: str, found: dict[str, NumberRole]
) -> None:
    assert {each.normalised: each.role for each in candidates_of(text, office)} == found


def test_number_split_over_words_has_their_common_box_and_raw_text() -> None:
    found = candidates_of("(21) KH / D / 2019 / 00125", "KH")[0]
    assert found.raw == "KH / D / 2019 / 00125"
    assert found.edits == ()
    assert found.box == Box(200, 100, 420, 40)


def test_zero_width_spaces_inside_a_number_are_no_edits() -> None:
    found = candidates_of("(21) KH/D/2019/0\u200b0125", "KH")[0]
    assert (found.normalised, found.edits) == ("KH/D/2019/00125", ())


def test_every_repair_is_kept_as_an_edit_and_costs_confidence() -> None:
    clean = candidates_of("(21) 4-2019-11818", "VN")[0]
    mended = candidates_of("(21) 4-2O19-1l818", "VN")[0]
    assert [(edit.read, edit.put) for edit in mended.edits] == [("O", "0"), ("l", "1")]
    assert mended.confidence < clean.confidence


def test_bridged_space_between_digits_is_an_edit() -> None:
    found = candidates_of("(21) 4-2019-11 818", "VN")[0]
    assert found.normalised == "4-2019-11818"
    assert [(edit.read, edit.put) for edit in found.edits] == [(" ", "")]


def test_number_that_may_go_on_in_the_next_word_is_doubtful() -> None:
    whole = candidates_of("(21) KH/D/2019/00125", "KH")[0]
    cut = candidates_of("(21) KH/D/2019/001 25", "KH")[0]
    assert cut.normalised == "KH/D/2019/001"
    assert cut.confidence < 0.7 * whole.confidence


def test_weak_recognition_lowers_the_confidence() -> None:
    assert candidates_of("(21) KH/D/2019/00125", "KH", confidence=0.4)[0].confidence <= 0.4


def test_characters_are_repaired_only_towards_the_active_office() -> None:
    assert candidates_of("Receipt 4-2O19-11818", "KH") == ()


@pytest.mark.parametrize(
    ("office", "payload", "normalised", "label"),
    [
        ("KH", "IPF|KH|KH-D-2019-125|vol 1/2", "KH/D/2019/125", "IPF"),
        ("VN", "IPF|VN|4-2019-11818|vol 1/1", "4-2019-11818", "IPF"),
        ("KH", "KH/D/2019/00125", "KH/D/2019/00125", "barcode"),
    ],
)
def test_folder_codes_are_application_evidence(
    office: str, payload: str, normalised: str, label: str
) -> None:
    found = candidates_of("", office, codes=[payload])[0]
    assert (found.normalised, found.role, found.label, found.source) == (normalised, A, label, "barcode")


@pytest.mark.parametrize(
    "payload", ["IPD|POA|2019-03-05", "IPF|KH", "https://example.org/2019", "IPF|KH|x|1"]
)
def test_other_codes_are_no_numbers(payload: str) -> None:
    assert candidates_of("", "KH", codes=[payload]) == ()


def test_bare_digits_in_a_code_do_not_prove_an_application() -> None:
    assert [each.role for each in candidates_of("", "LA", codes=["37978"])] == [U]


def test_caption_in_a_column_to_the_left_counts() -> None:
    words = (
        Word("Application", Box(100, 100, 220, 40), 0.9, 0, True),
        Word("No.", Box(330, 100, 60, 40), 0.9, 0, False),
        Word("KH/D/2019/00125", Box(900, 104, 300, 40), 0.9, 7, False),
    )
    found = find_candidates(
        words, barcodes=(), formats=OFFICES["KH"].formats, width_px=WIDTH_PX, height_px=HEIGHT_PX
    )
    assert found[0].role is A


def test_candidates_travel_between_processes() -> None:
    found = candidates_of("(21) KH/D/2O19/00125", "KH")
    assert pickle.loads(pickle.dumps(found)) == found


def test_empty_page_and_no_formats_give_nothing() -> None:
    assert candidates_of("", "KH") == ()
    assert (
        find_candidates(words_of("KH/D/2019/00125"), barcodes=(), formats=(), width_px=9, height_px=9) == ()
    )


def test_page_of_five_hundred_words_takes_milliseconds() -> None:
    line = "the invention comprises a float 12 and a deck 14 as in claim 3"
    words = words_of("\n".join([line] * 38 + ["(21) Application No. KH/D/2019/00125"]))
    formats = tuple(each for profile in OFFICES.values() for each in profile.formats)
    took = []
    for _ in range(7):
        start = time.process_time()
        find_candidates(words, barcodes=(), formats=formats, width_px=WIDTH_PX, height_px=HEIGHT_PX)
        took.append(time.process_time() - start)
    assert len(words) > 490
    # 4 ms where it was written; the bound only catches a change of order.
    assert min(took) < 0.05


@pytest.mark.parametrize("left_first", [True, False])
@pytest.mark.parametrize(
    ("left", "right", "role"),
    [
        # What stands above the number on the paper speaks of another file, wherever it was read.
        (["Related applications", "Application No. KH/D/2019/00125"], ["Classes", "9"], U),
        (["Related applications", "Application No.", "KH/D/2019/00125"], ["Classes", "9", "none"], U),
        (["Owner", "Application No. KH/D/2019/00125"], ["Notice of opposition", "9"], U),
        # A row of a form may be read as one line or as its cells.
        (["Owner", "Priority claim"], ["Agent", "Application No. KH/D/2019/00125"], U),
        (["Owner", "Priority: none"], ["Agent", "Application No. KH/D/2019/00125"], A),
        # A heading over another column, and an act announced below, speak of something else.
        (["Owner", "Application No. KH/D/2019/00125"], ["Related applications", "none"], A),
        (["Application No. KH/D/2019/00125", "Owner", "Classes"], ["Form 3", "9", "Appeal"], A),
    ],
)
def test_what_stands_above_counts_in_any_order(
    left: list[str], right: list[str], role: NumberRole, left_first: bool
) -> None:
    columns = [(left, 100), (right, 1000)]
    drawn = [
        (text, left_px, 100 + 60 * at)
        for lines, left_px in (columns if left_first else columns[::-1])
        for at, text in enumerate(lines)
    ]
    by_rows = sorted(drawn, key=lambda each: each[2])
    for order in (drawn, by_rows):
        words = tuple(
            Word(text, Box(left_px, top_px, 20 * len(text), 40), 0.9, number, False)
            for number, (text, left_px, top_px) in enumerate(order)
        )
        found = find_candidates(
            words, barcodes=(), formats=OFFICES["KH"].formats, width_px=WIDTH_PX, height_px=HEIGHT_PX
        )
        assert [each.role for each in found if each.normalised == "KH/D/2019/00125"] == [role]

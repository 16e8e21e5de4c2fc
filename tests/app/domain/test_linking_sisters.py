"""Files that look alike to the register, and pages that show by what they say whose they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.linking import Surroundings, decide_link
from tests.helpers.one_folder import (
    COVER,
    DESCRIPTION,
    FORM,
    NEIGHBOUR,
    NUMBER,
    PROSE,
    REGISTER,
    ROW,
    TODAY,
    assert_proven,
    assert_review,
    decide,
)
from tests.helpers.paper_folders import OFFICES, folder_of, register_of

SISTER = NEIGHBOUR.replace("Solar dryer", "Floating house for rivers")


def test_two_readings_do_not_tell_sisters_apart() -> None:
    """One typist's slip stands on every paper, and the sister's row fits all of them."""
    sisters = register_of(ROW, SISTER)
    assert_review(decide([COVER, FORM, DESCRIPTION], sisters), "sister_file")
    evidence = folder_of([COVER, FORM, DESCRIPTION])
    around = Surroundings(bound=frozenset(("KH/D/2019/00126",)))
    assert_proven(
        decide_link(evidence, office=OFFICES["KH"], register=sisters, today=TODAY, surroundings=around)
    )


@pytest.mark.parametrize(
    "page",
    ["RECEIVED\n05/03/2019 10:12\nNo. KH/D/2019/00125", "CERTIFICATE OF REGISTRATION\n(21) KH/D/2019/00125"],
)
def test_the_office_s_own_stamp_or_certificate_tells_sisters_apart(page: str) -> None:
    assert_proven(decide([COVER, FORM, DESCRIPTION, page], register_of(ROW, SISTER)))


def test_the_filing_date_tells_sisters_apart() -> None:
    later = register_of(ROW, SISTER.replace("2019-03-05", "2019-03-07"))
    assert_proven(decide([COVER, FORM, DESCRIPTION], later))
    typed = [each.replace("00125", "00126") for each in (COVER, FORM, DESCRIPTION)]
    assert_review(decide(typed, later), "sister_file")


def test_a_jacket_fed_twice_is_no_second_page() -> None:
    jacket = f"INDUSTRIAL DESIGN FILE\nApplication No.: {NUMBER}\nFloating house for rivers\nMekong Houses Co., Ltd."
    misread = jacket.replace("00125", "0125")
    others = "DESCRIPTION\nWater filter\n" + PROSE
    evidence = folder_of([jacket, misread, others])
    pages = tuple(replace(page, twin_of=1 if page.ordinal == 2 else None) for page in evidence.pages)
    decision = decide_link(
        replace(evidence, pages=pages), office=OFFICES["KH"], register=REGISTER, today=TODAY
    )
    assert_review(decision, "one_page_only")
    assert_review(decide([jacket, jacket, others], REGISTER), "one_page_only")


def test_a_number_misread_on_a_page_of_the_row_is_no_rival() -> None:
    misread = FORM.replace("00125", "08125")
    assert_proven(decide([COVER, misread, DESCRIPTION], REGISTER))
    longer = misread.replace("Floating house", "Improved floating house")
    assert_review(
        decide([COVER, longer, DESCRIPTION], register_of(ROW, "KH/D/2019/08125;Boat;Tonle Boats;2019-03-05")),
        "rival_number",
    )


def test_an_unread_number_on_a_page_of_the_row_needs_no_cover() -> None:
    unread = FORM.replace(NUMBER, "").replace("REQUEST", "Second copy\nREQUEST")
    pages = [f"(21) Application No. {NUMBER}\n{PROSE}", unread, DESCRIPTION]
    assert_proven(decide(pages, REGISTER))
    assert_review(decide(pages, register_of(ROW, SISTER)), "own_number_unread")
    assert_review(
        decide([*pages[:1], unread.replace("05/03/2019", "09/09/2020"), DESCRIPTION], REGISTER),
        "own_number_unread",
    )


def test_another_applicant_and_another_date_on_a_page_make_it_another_file_s() -> None:
    page = "REQUEST FOR REGISTRATION\n(22) 08/03/2019\n(71) Applicant: Stung Veng Agricultural Works"
    assert_review(decide([FORM, DESCRIPTION, page], REGISTER), "page_of_another")

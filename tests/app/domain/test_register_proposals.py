"""What the columns of a register file are taken for: by names, by values, and when nobody needs to be asked."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from app.domain.offices import load_offices
from app.domain.register import RegisterUnreadable, parse_register
from app.domain.register_lines import read_lines
from app.domain.register_mapping import Field, header_signature, named_columns, propose
from app.domain.register_work import PreviewTask, preview
from tests.helpers.register_files import csv_bytes, write, xlsx_bytes

OFFICES = load_offices(Path(__file__).parents[3] / "resources" / "offices")
KH, VN = OFFICES["KH"], OFFICES["VN"]
NUMBERS = [(f"4-2019-{each:05d}", "Nước mắm", "Đồng Tháp", f"{each:02d}/03/2019") for each in range(1, 9)]


def proposed(tmp_path: Path, content: bytes, office: str = "VN") -> dict[Field, int]:
    seen = preview(PreviewTask(write(tmp_path / "register", content), OFFICES[office]))
    return propose(seen.header, seen.numbers, seen.days)


@pytest.mark.parametrize(
    ("header", "places"),
    [
        (("application_number", "title"), {Field.NUMBER: 0, Field.TITLE: 1}),
        (("Applicant ", "APPLICATION_NUMBER"), {Field.APPLICANT: 0, Field.NUMBER: 1}),
        (("application_number", "", ""), {Field.NUMBER: 0}),
        (("title", "applicant"), None),
        (("application_number", "title", "Owner"), None),  # is that the applicant? a person says
    ],
)
def test_own_names_are_certain_when_the_file_has_nothing_else(header, places) -> None:
    assert named_columns(header) == places


def test_a_file_with_two_of_our_columns_is_read_unasked() -> None:
    content = csv_bytes([("KH/P/2018/00001", "Filter")], head=("application_number", "title"))
    (entry,) = parse_register(content, KH).entries
    assert (entry.number.canonical, entry.title, entry.applicant) == ("KH/P/2018/00001", "Filter", "")


@pytest.mark.parametrize("head", [("Nr.", "Name", "Firm", "Date lodged"), ("x", "y", "z", "w")])
@pytest.mark.parametrize("make", [csv_bytes, xlsx_bytes])
def test_values_speak_where_the_header_does_not(tmp_path, head, make) -> None:
    found = proposed(tmp_path, make(NUMBERS, head=head))
    assert (found[Field.NUMBER], found[Field.FILING_DATE]) == (0, 3)


def test_two_columns_of_numbers_or_one_of_registrations_are_left_to_a_person(tmp_path) -> None:
    rows = [(number, number, day) for number, _, _, day in NUMBERS]
    assert Field.NUMBER not in proposed(tmp_path, csv_bytes(rows, head=("a", "b", "c")))
    rows = [(number, day) for number, _, _, day in NUMBERS]
    assert Field.NUMBER not in proposed(tmp_path, csv_bytes(rows, head=("Registration", "c")))
    assert Field.FILING_DATE not in proposed(tmp_path, csv_bytes(rows, head=("a", "Expiry")))


def test_running_numbers_of_rows_are_no_numbers_of_applications(tmp_path) -> None:
    rows = [(str(at), *row) for at, row in enumerate(NUMBERS, 1)]
    assert proposed(tmp_path, csv_bytes(rows, head=("a", "b", "c", "d", "e")))[Field.NUMBER] == 1


def test_a_workbook_shows_its_columns_and_not_the_empty_ones_beside_them(tmp_path) -> None:
    rows = [("KH/P/2018/00001", "Filter", "Mekong", date(2018, 3, 2), *[None] * 30)]
    head = ("application_number", "title", "applicant", "filing_date", *[None] * 60)
    content = xlsx_bytes(rows, head=head)
    seen = preview(PreviewTask(write(tmp_path / "a.xlsx", content), KH))
    assert len(seen.header) == 4
    assert all(len(row) <= 4 for row in seen.rows)
    assert len(parse_register(content, KH).entries) == 1
    assert header_signature(seen.header) == header_signature((*seen.header, "", ""))


def test_a_workbook_column_without_a_name_is_shown_and_refuses_no_row(tmp_path) -> None:
    rows = [("KH/P/2018/00001", "Filter", "a note"), ("KH/P/2018/00002", "Filter", None)]
    content = xlsx_bytes(rows, head=("application_number", "title"))
    seen = preview(PreviewTask(write(tmp_path / "a.xlsx", content), KH))
    assert seen.header == ("application_number", "title", "")
    assert len(parse_register(content, KH).entries) == 2


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_no_text_and_nobody_is_told_of_tcvn3(seed: int) -> None:
    with pytest.raises(RegisterUnreadable) as told:
        list(read_lines(BytesIO(random.Random(seed).randbytes(50_000)), VN).lines)
    assert told.value.code == "register_no_text"


def test_a_pack_is_another_for_a_register_only_when_it_reads_numbers_otherwise() -> None:
    papers = KH.documents[1:]
    same = replace(KH, version=KH.version + 1, issued_by="someone", documents=papers, sha256="1" * 64)
    assert same.reading_sha256 == KH.reading_sha256
    assert replace(KH, date_order="mdy").reading_sha256 != KH.reading_sha256
    assert replace(KH, rules=KH.rules[1:]).reading_sha256 != KH.reading_sha256
    assert VN.reading_sha256 != KH.reading_sha256

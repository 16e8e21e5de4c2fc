"""Register files are read whole: good rows become entries, bad rows become problems."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.domain.offices import load_offices
from app.domain.register import MemoryRegister, RegisterUnreadable, near_keys, parse_register, read_register
from ui.texts import explain

KH = load_offices(Path(__file__).parents[3] / "resources" / "offices")["KH"]
HEAD = "application_number,title,applicant,filing_date\n"


def test_rows_become_entries_under_the_canonical_number() -> None:
    parsed = parse_register((HEAD + 'KH-D-2019-125,Bottle,"Mekong, Ltd.",2019-03-05\n').encode(), KH)
    entry = parsed.entries[0]
    assert (entry.number.canonical, entry.title, entry.applicant, entry.filing_date) == (
        "KH/D/2019/00125",
        "Bottle",
        "Mekong, Ltd.",
        date(2019, 3, 5),
    )
    assert parsed.problems == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_delimiters_and_byte_order_marks(delimiter: str, mark: bytes) -> None:
    text = delimiter.join(["Title", "Application_Number ", "filing_date", "applicant", "extra"])
    text += "\r\n" + delimiter.join(["ដបទឹក", "KH/D/2019/00125", "05/03/2019", "ACME", "x"]) + "\r\n"
    parsed = parse_register(mark + text.encode(), KH)
    assert [(each.number.canonical, each.title) for each in parsed.entries] == [("KH/D/2019/00125", "ដបទឹក")]
    assert parsed.entries[0].filing_date == date(2019, 3, 5)


def test_every_bad_row_is_reported_with_its_line() -> None:
    rows = [
        "KH/D/2019/00125,A,B,2019-03-05",
        ",A,B,2019-03-05",
        "hello,A,B,2019-03-05",
        "",
        "KH/2013/49703,A,B,2013-01-01",
        "KH/D/2019/125,again,B,2019-03-05",
        "KH/D/2019/00126,A,B,soon",
        "KH/D/2019/00127,A,with, comma,2019-03-05",
        '"KH/D/2019/00128","two\nlines",B,2019-03-05',
        "bad,A,B,",
        "KH/D/2019/00129",
    ]
    parsed = parse_register((HEAD + "\n".join(rows) + "\n").encode(), KH)
    assert [(each.line, each.code) for each in parsed.problems] == [
        (3, "number_absent"),
        (4, "number_unreadable"),
        (6, "number_is_registration"),
        (7, "number_twice"),
        (8, "date_unreadable"),
        (9, "too_many_fields"),
        (12, "number_unreadable"),
        (13, "too_few_fields"),
    ]
    assert [each.number.canonical[-5:] for each in parsed.entries] == ["00125", "00126", "00128"]
    assert parsed.entries[0].title == "A"
    assert parsed.rows_read == 10


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "register_empty"),
        (b"\n\n", "register_empty"),
        (b"number;title\n1;2\n", "register_column_missing"),
        ("application_number,title\n".encode("utf-16"), "register_not_utf8"),
    ],
)
def test_files_that_are_no_register_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(RegisterUnreadable) as caught:
        parse_register(content, KH)
    assert caught.value.code == code


def test_missing_file_is_refused_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnreadable, match="register_not_readable"):
        read_register(tmp_path / "none.csv", KH)


def test_lookup_finds_exactly_and_nearby() -> None:
    numbers = ["KH/D/2019/00125", "KH/D/2019/00126", "KH/D/2019/00215", "KH/D/2019/00999"]
    register = MemoryRegister(
        parse_register((HEAD + "".join(f"{each},T,A,\n" for each in numbers)).encode(), KH).entries
    )
    assert register.find("KH/D/2019/00125") is not None
    assert register.find("KH/D/2019/00124") is None
    near = [entry.number.canonical for entry in register.near("KH/D/2019/00125")]
    assert near == ["KH/D/2019/00126", "KH/D/2019/00215"]


def test_near_keys_hold_misread_and_swapped_digits() -> None:
    keys = near_keys("KH/D/2019/00125")
    assert {
        "KH/D/2019/00126",
        "KH/D/2019/00215",
        "KH/D/2018/00125",
        "KH/D/2019/0125",
        "KH/D/2019/001255",
    } <= keys
    assert "KH/D/2019/00125" not in keys


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"number;title\n1;2\n", "lacks application_number, applicant, filing_date."),
        (b"\n", "is empty."),
        ("application_number".encode("utf-16"), "is not a UTF-8 text file."),
        (None, "cannot be read."),
    ],
)
def test_a_file_that_is_no_register_is_named_with_what_it_lacks(tmp_path, content, words):
    path = tmp_path / "list.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RegisterUnreadable) as told:
        read_register(path, KH)
    assert f"The register file {path} {words}" in explain("error", told.value.code, told.value.facts)

"""Foreign register files: encodings, three orders of dates, formulas, workbooks and what is made to do harm."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from app.domain.offices import load_offices
from app.domain.register import ParsedRegister, RegisterUnreadable, parse_register
from app.domain.register_keys import name_key, number_keys
from app.domain.register_mapping import (
    ColumnMapping,
    DateOrder,
    Field,
    header_signature,
    propose,
    read_mapping,
    written_mapping,
)
from tests.helpers.register_files import csv_bytes, with_part, xlsx_bytes
from ui.texts import explain, has_words

OFFICES = load_offices(Path(__file__).parents[3] / "resources" / "offices")
KH, VN, PH = OFFICES["KH"], OFFICES["VN"], OFFICES["PH"]

# "Công ty cổ phần Đầu tư" and "Máy cày nước" as TCVN3 fonts store them, seen as Windows-1252.
TCVN3_ROWS = [
    ("4-2019-11818", "M¸y cµy n\u00adíc", "C«ng ty cæ phÇn §Çu t\u00ad ViÖt", "2019-03-05"),
    ("4-2019-11819", "N\u00adíc m¾m", "C«ng ty Hång Hµ", "2019-03-06"),
]


def dated(*texts: str, office: str = "KH", dates: DateOrder = DateOrder.AUTO) -> ParsedRegister:
    rows = [(f"KH/P/2018/{at:05d}", "T", "A", text) for at, text in enumerate(texts, 1)]
    columns = {field: at for at, field in enumerate(Field)}
    return parse_register(csv_bytes(rows), OFFICES[office], ColumnMapping(columns, dates))


def days(parsed: ParsedRegister) -> list[str | None]:
    return [each.filing_date.isoformat() if each.filing_date else None for each in parsed.entries]


def refusal(content: bytes, office: str = "KH") -> str:
    with pytest.raises(RegisterUnreadable) as told:
        parse_register(content, OFFICES[office])
    assert has_words("error", told.value.code)
    return told.value.code


def test_western_text_in_windows_1252_is_taken_with_a_notice() -> None:
    rows = [("KH/P/2018/00001", "Procédé «léger» – crème", "Société Générale d’Eaux", "2018-03-02")]
    parsed = parse_register(csv_bytes(rows, encoding="cp1252"), KH)
    assert parsed.entries[0].title == "Procédé «léger» – crème"
    assert parsed.notices == ("register_windows_1252",)
    assert has_words("note", parsed.notices[0])


def test_utf8_has_no_notice() -> None:
    assert parse_register(csv_bytes([("KH/P/2018/00001", "Crème", "A", "")]), KH).notices == ()


@pytest.mark.parametrize(
    "content",
    [
        csv_bytes([("KH/P/2018/00001", "เครื่องกรองน้ำ", "A", "")], encoding="cp874"),
        csv_bytes([("KH/P/2018/00001", "T", "A", "")], encoding="utf-16"),
        csv_bytes([("KH/P/2018/00001", "T", "A", "")]) + b"KH/P/2018/00002;\x81\x8d;A;\n",
    ],
)
def test_other_encodings_are_refused(content: bytes) -> None:
    assert refusal(content) == "register_not_utf8"


def test_western_text_of_a_vietnamese_office_is_no_windows_1252() -> None:
    # VNI and Windows-1258 look like Western letters; nothing Vietnamese can be written in Windows-1252.
    content = csv_bytes([("4-2019-11818", "Coâng ty coå phaàn", "A", "")], encoding="cp1252")
    assert refusal(content, "VN") == "register_not_utf8"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_tcvn3_is_recognised_and_refused_with_advice(encoding: str) -> None:
    # As bytes, and as letters that a spreadsheet has carried into Unicode one by one.
    assert refusal(csv_bytes(TCVN3_ROWS * 10, encoding=encoding), "VN") == "register_tcvn3"
    assert "TCVN3 to Unicode" in explain("error", "register_tcvn3", {"path": "a.csv"})


def test_tcvn3_is_noticed_in_two_lines_too_and_trade_mark_signs_are_none() -> None:
    assert refusal(csv_bytes(TCVN3_ROWS), "VN") == "register_tcvn3"
    rows = [(f"KH/P/2018/{at:05d}", "Brand®name", "Maker®s", "") for at in range(1, 30)]
    assert len(parse_register(csv_bytes(rows), KH).entries) == 29
    rows = [(f"KH/P/2018/{at:05d}", "Plain", "A½B" if at % 20 else "Q®a", "") for at in range(1, 300, 19)]
    rows += [(f"KH/P/2019/{at:05d}", "Plain", "Mekong", "") for at in range(1, 300)]
    assert len(parse_register(csv_bytes(rows), KH).entries) == len(rows)


def test_tcvn3_in_a_workbook_is_refused() -> None:
    assert refusal(xlsx_bytes(TCVN3_ROWS * 10), "VN") == "register_tcvn3"


def test_real_vietnamese_and_trade_mark_signs_are_no_tcvn3() -> None:
    rows = [("4-2019-11818", "Nestlé® Công ty", "Đầu tư «Việt» ©", "2019-03-05")] * 40
    parsed = parse_register(csv_bytes(rows), VN)
    assert len(parsed.entries) == 1


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("05/03/2019", "25/12/2019"), ["2019-03-05", "2019-12-25"]),
        (("05/03/2019", "12/25/2019"), ["2019-05-03", "2019-12-25"]),
        (("2019/03/05", "2019-12-25"), ["2019-03-05", "2019-12-25"]),
        (("98/03/05", "97/12/25"), ["1998-03-05", "1997-12-25"]),
        (("05.03.2562",), ["2019-03-05"]),
        (("05/03/2019 00:00:00",), ["2019-03-05"]),
    ],
)
def test_the_column_says_in_which_order_its_dates_are(texts, expected) -> None:
    parsed = dated(*texts)
    assert days(parsed) == expected
    assert parsed.problems == ()


def test_dates_in_two_orders_are_taken_only_where_they_are_certain() -> None:
    parsed = dated("25/12/2019", "12/25/2019", "05/03/2019", "05/05/2019")
    assert days(parsed) == ["2019-12-25", "2019-12-25", None, "2019-05-05"]
    assert [(each.line, each.code, each.is_left_out) for each in parsed.problems] == [
        (4, "date_ambiguous", False)
    ]


def test_an_order_a_person_chose_that_a_line_contradicts_refuses_the_file() -> None:
    with pytest.raises(RegisterUnreadable) as told:
        dated("05/03/2019", "25/12/2019", dates=DateOrder.MDY)
    assert (told.value.code, told.value.facts["line"]) == ("register_dates_mixed", 3)


def test_without_a_telling_date_the_office_decides() -> None:
    assert days(dated("05/03/2019")) == ["2019-03-05"]


def test_formulas_are_not_computed() -> None:
    rows = [
        ('="KH/P/2018/00001"', "T", "A", ""),
        ("=A1&B1", "T", "A", ""),
        ("KH/P/2018/00003", "=HYPERLINK(1)", "A", "=TODAY()"),
        ("KH/P/2018/00004", "=MC2", "= Equal Goods", ""),
    ]
    parsed = parse_register(csv_bytes(rows), KH)
    assert [each.number.canonical[-1] for each in parsed.entries] == ["1", "3", "4"]
    assert [(each.line, each.code) for each in parsed.problems if each.line < 5] == [
        (3, "formula_in_number"),
        (4, "formula_in_field"),
        (4, "formula_in_field"),
    ]


def test_a_workbook_is_read_with_its_dates_and_numbers() -> None:
    rows = [
        ("KH/P/2018/00001", "Filter", "Mekong", datetime(2018, 3, 2)),
        ("KH/P/2018/00002", "ចម្រោះ", None, date(2018, 3, 3)),
        (datetime(2018, 1, 1), "T", "A", None),
        ("=A2", "T", "A", None),
        (None, None, None, None),
        (12.0, "=B2", "A", None),
        ("KH/P/2018/00001", "again", "A", None),
    ]
    parsed = parse_register(xlsx_bytes(rows), KH)
    assert [(each.number.canonical, each.title) for each in parsed.entries] == [
        ("KH/P/2018/00001", "Filter"),
        ("KH/P/2018/00002", "ចម្រោះ"),
    ]
    assert days(parsed) == ["2018-03-02", "2018-03-03"]
    assert [(each.line, each.code) for each in parsed.problems] == [
        (4, "date_in_number"),
        (5, "formula_in_number"),
        (7, "number_unreadable"),
        (8, "number_twice"),
    ]
    assert all(has_words("error", each.code) for each in parsed.problems)


SHARED_PART = "xl/sharedStrings.xml"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook_of_shared_texts(strings: str) -> bytes:
    """A workbook as spreadsheet programs write it, its cells numbers of shared texts, the last used twice."""
    rows = "".join(
        f'<row r="{line}">' + "".join(f'<c r="{c}{line}" t="s"><v>{at}</v></c>' for c, at in zip("ABCD", cells, strict=True)) + "</row>"
        for line, cells in ((1, (0, 1, 2, 3)), (2, (4, 5, 6, 7)))
    )  # fmt: skip
    book = with_part(
        xlsx_bytes([]),
        "xl/worksheets/sheet1.xml",
        f"<worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>".encode(),
    )
    book = with_part(book, SHARED_PART, strings.encode())
    with zipfile.ZipFile(BytesIO(book)) as archive:
        types = archive.read("[Content_Types].xml").replace(
            b"</Types>",
            b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            b'spreadsheetml.sharedStrings+xml"/></Types>',
        )
    return with_part(book, "[Content_Types].xml", types)


def shared(*texts: str) -> str:
    return f"<sst {SPACE}>" + "".join(f"<si>{text}</si>" for text in texts) + "</sst>"


HEADER_TEXTS = tuple(f"<t>{field.value}</t>" for field in Field)


def test_shared_texts_are_read_in_runs_and_without_reading_aids() -> None:
    texts = (
        *HEADER_TEXTS,
        "<t>KH/P/2018/00001</t>",
        "<r><t>Rice </t></r><r><rPr/><t>filter &amp; pump</t></r><rPh sb='0' eb='1'><t>aid</t></rPh>",
        "<t>Mekong_x000D_</t>",
        "<t/>",
    )
    parsed = parse_register(workbook_of_shared_texts(shared(*texts)), KH)
    (entry,) = parsed.entries
    assert (entry.title, entry.applicant, entry.filing_date) == ("Rice filter & pump", "Mekong", None)


@pytest.mark.parametrize(
    "strings",
    [
        shared(*HEADER_TEXTS),
        "<sst",
        " " * 70_000 + f'<!DOCTYPE sst [<!ENTITY a "x">]><sst {SPACE}><si><t>&a;</t></si></sst>',
    ],
)
def test_shared_texts_that_are_missing_broken_or_a_bomb_refuse_the_file(strings: str) -> None:
    assert refusal(workbook_of_shared_texts(strings)) == "register_damaged"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_part(xlsx_bytes([]), "xl/worksheets/sheet1.xml", BOMB), "register_damaged"),
        (with_part(xlsx_bytes([]), "xl/styles.xml", b" " * 60_000_000), "register_too_large"),
        (with_part(xlsx_bytes([]), "xl/workbook.xml", b"<nonsense"), "register_damaged"),
        (xlsx_bytes([("KH/P/2018/00001", "T", "A", "")])[:3000], "register_damaged"),
        (b"PK\x03\x04 and then nothing", "register_damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(512), "register_old_workbook"),
        (csv_bytes([("KH/P/2018/00001", '"never closed', "A", "")] + [("x" * 200,) * 4] * 400), "register_quote_open"),
    ],
)  # fmt: skip
def test_files_made_to_do_harm_or_broken_on_the_way_are_refused(content: bytes, code: str) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize(
    "rows",
    [
        [("KH/P/2018/00001", '"Never closed', "A", ""), ("KH/P/2018/00002", "T", "B", "")],
        [("KH/P/2018/00001", '"Foo', "A", ""), ("KH/P/2018/00002", "T", "B", ""), ("KH/P/2018/00003", '"Baz"', "C", "")],
    ],
)  # fmt: skip
def test_an_open_quote_never_mixes_the_lines_it_would_swallow(rows: list[tuple[str, ...]]) -> None:
    with pytest.raises(RegisterUnreadable) as told:
        parse_register(csv_bytes(rows), KH)
    assert (told.value.code, told.value.facts["line"]) == ("register_quote_open", 2)


def test_a_workbook_that_takes_all_memory_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("app.domain.register_lines._open_book", no_memory)
        assert refusal(xlsx_bytes([])) == "register_too_large"
    monkeypatch.setattr("app.domain.register_lines._book_cell", no_memory)
    assert refusal(xlsx_bytes([])) == "register_too_large"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (("Filed", "Application No.", "Mark", "Owner"), (1, 2, 3, 0)),
        (("(210) Số đơn", "(541) Nhãn hiệu", "(730) Chủ đơn/Chủ bằng", "(220) Ngày nộp đơn"), (0, 1, 2, 3)),
        (("Titre", "Déposant", "Date de dépôt", "Numéro de dépôt"), (3, 0, 1, 2)),
        (("(21) เลขที่คำขอ", "(22) วันรับคำขอ", "(54)", "(71)"), (0, 2, 3, 1)),
        (("ເລກທີຄໍາຮ້ອງ", "(54)", "(71)", "ວັນທີຍື່ນ"), (0, 1, 2, 3)),
        (("លេខពាក្យសុំ", "(540)", "(730)", "កាលបរិច្ឆេទដាក់"), (0, 1, 2, 3)),
    ],
)
def test_columns_are_told_by_their_captions(header: tuple[str, ...], expected: tuple[int, ...]) -> None:
    assert propose(header) == dict(zip(Field, expected, strict=True))


def test_a_registration_number_is_no_application_number() -> None:
    assert propose(("(11) Registration", "Title"))[Field.TITLE] == 1
    assert Field.NUMBER not in propose(("(111)", "Title"))
    assert propose(("Registration Number", "Mark", "Owner", "Expiry date")) == {
        Field.TITLE: 1,
        Field.APPLICANT: 2,
    }
    assert propose(("Publication number", "Reg. No", "Title", "Applicant", "Priority date")) == {
        Field.TITLE: 2,
        Field.APPLICANT: 3,
    }
    assert propose(("เลขที่ทะเบียน", "Date of birth", "Number of pages", "Ngày đăng ký")) == {}


def test_a_proposal_is_written_as_it_is_read() -> None:
    header = ("Filed", "Application No.", "Mark", "Owner")
    found = propose(header)
    assert written_mapping(found) == "number=2,title=3,applicant=4,date=1"
    assert read_mapping(written_mapping(found), header).columns == found


def test_a_mapping_is_written_with_words_numbers_or_letters() -> None:
    header = ("Nr", "Was", "Wer", "Wann")
    mapping = read_mapping("number=A,title=Was,applicant=3,date=D", header)
    assert mapping.columns == {field: at for at, field in enumerate(Field)}
    for wrong in ("title=A", "number=Z", "number=A,title=A", "colour=A"):
        with pytest.raises(RegisterUnreadable, match="register_columns_unknown"):
            read_mapping(wrong, header)


def test_signature_is_of_words_not_of_their_spelling() -> None:
    assert header_signature(("Số đơn ", "TITLE")) == header_signature(("so don", "title"))
    assert header_signature(("a", "b")) != header_signature(("b", "a"))


def test_the_five_synonyms_of_a_number() -> None:
    parsed = parse_register(csv_bytes([("4-2019-01818", "T", "A", "2019-03-05")]), VN)
    keys = number_keys(parsed.entries[0].number)
    assert (keys.masked.endswith("01818"), keys.bare, keys.compact, keys.digits) == (
        True,
        "1818",
        "4201901818",
        "4201901818",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CÔNG TY TNHH Đồng Tháp", "dong thap"),
        ("Société  d’Eaux, S.A.", "societe d eaux s a"),
        ("น\u0e4d\u0e32", "น\u0e33"),
        ("ລາຍກາ\u0e99" + "\u0ecd\u0eb2", "ລາຍກາ\u0e99" + "\u0eb3"),
        ("ក\u200bខ", "កខ"),
    ],
)
def test_names_are_folded_over_accents_and_spellings(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_vowels_of_asian_scripts_stay() -> None:
    assert name_key("ទឹក") != name_key("ទក")
    assert name_key("น้ำ") != name_key("นา")

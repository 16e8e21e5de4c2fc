"""Office data is believed only after it has proved itself."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from app.domain.office_terms import Calendar, Confidence, InidField, OfficeDataInvalid, RetentionAct
from app.domain.offices import OfficeProfile, formats_for, load_offices, load_packs, packs_in_force
from ui import words_en_errors

RESOURCES = Path(__file__).parents[3] / "resources" / "offices"
SHIPPED = load_offices(RESOURCES)


def altered(tmp_path: Path, old: str, new: str) -> Path:
    text = (RESOURCES / "kh.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "kh.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path


def extended(tmp_path: Path, more: str) -> OfficeProfile:
    """Cambodia's pack with something more in it."""
    text = (RESOURCES / "kh.toml").read_text(encoding="utf-8")
    (tmp_path / "kh.toml").write_text(f"{text}\n{more}", encoding="utf-8")
    return load_offices(tmp_path)["KH"]


def test_ten_offices_and_the_international_forms_load() -> None:
    assert set(SHIPPED) == {"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "VN", "WO"}
    assert SHIPPED["KH"].languages == ("khm", "eng")


def test_formats_travel_to_worker_processes() -> None:
    formats = formats_for(SHIPPED, "KH")
    assert pickle.loads(pickle.dumps(formats)) == formats


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ('"KH/49703/13", ', '"KH/D/1", ', "format_example_fails", "formats[KH-tm].examples"),
        (
            r"^KH/G/(?P<year>\d{4})",
            r"^KH/G/(?P<year>\d{4}",
            "format_pattern_invalid",
            "formats[KH-gi].pattern",
        ),
        (
            r"^KH/G/(?P<year>\d{4})",
            r"^KH/G/(?P<year>(?:\d|\d\d)+)",
            "format_pattern_too_slow",
            "formats[KH-gi].pattern",
        ),
        (
            r"^KH/G/(?P<year>\d{4})",
            r"^KH/G/(?P<year>[0-9A]{4})",
            "format_pattern_invalid",
            "formats[KH-gi].pattern",
        ),
        (
            '"KH/D/{year}/{serial:05d}"',
            '"KH/D/{serial:05d}"',
            "canonical_form_unstable",
            "formats[KH-design].examples",
        ),
        (
            '"KH/D/{year}/{serial:05d}"',
            '"KH/D/{yeer}/{serial:05d}"',
            "format_template_wrong",
            "formats[KH-design].canonical",
        ),
        (
            '"KH/D/{year}/{serial:05d}"',
            '"KH/D/{year.__class__}"',
            "format_template_wrong",
            "formats[KH-design].canonical",
        ),
        (
            '"KH/D/{year}/{serial:05d}"',
            '"KH/D/{year}/{serial:099d}"',
            "format_template_wrong",
            "formats[KH-design].canonical",
        ),
        (
            '"KH/D/{year}/{serial}"',
            '"KH/D/{year}"',
            "format_template_wrong",
            "formats[KH-design].ipas_key",
        ),
        (
            'st13_serial = "{serial:09d}"',
            'st13_serial = "{text}"',
            "format_template_wrong",
            "formats[KH-tm].st13_serial",
        ),
        ('id = "KH-patent"', 'id = "KH-design"', "format_id_twice", "formats[KH-design].id"),
        ("start_year = 1950", "start = 1950", "office_key_missing", "start_year"),
        ("start_year = 1950", 'start_year = "long ago"', "office_value_wrong", "start_year"),
        ("start_year = 1950", "start_year = 1950\ndate_ordr = 'mdy'", "office_key_unknown", "date_ordr"),
        ('date_order = "dmy"', 'date_order = "ymd"', "office_value_wrong", "date_order"),
        ('"khmer-dual"', '"mayan"', "office_value_wrong", "calendars"),
        ('"Application No."', '"Receipt No."', "office_label_unknown", "labels.application"),
        ('code = "KH"', 'code = ["KH"', "office_file_unreadable", None),
        ("layout = 1", "layout = 2", "office_layout_unknown", "layout"),
        ('authority = "KH-MOC"', 'authority = "KH-MOX"', "office_reference_unknown", "rights[trademark].authority"),
        ('right = "gi"', 'right = "gis"', "office_reference_unknown", "formats[KH-gi].right"),
        ('name = "Cambodia"', 'name = "Camb\\u202eodia"', "office_value_wrong", "name"),
        ('direction = "incoming"', 'direction = "sideways"', "office_value_wrong", "documents[APP].direction"),
        ('code = "POA"', 'code = "APP"', "office_name_twice", "documents[APP].code"),
    ],
)  # fmt: skip
def test_faulty_office_file_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, code: str, key: str | None
) -> None:
    with pytest.raises(OfficeDataInvalid) as caught:
        load_offices(altered(tmp_path, old, new))
    assert caught.value.code == code
    assert caught.value.facts["file"] == "kh.toml"
    assert caught.value.facts.get("key") == key


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 200_000, b"x = 1\n" * 200_000, b""])
def test_what_is_no_pack_at_all_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kh.toml").write_bytes(content)
    with pytest.raises(OfficeDataInvalid) as caught:
        load_offices(tmp_path)
    assert caught.value.facts["file"] == "kh.toml"


def test_missing_directory_and_unknown_office_have_codes(tmp_path: Path) -> None:
    with pytest.raises(OfficeDataInvalid, match="offices_missing"):
        load_offices(tmp_path / "nowhere")
    with pytest.raises(OfficeDataInvalid, match="office_unknown"):
        formats_for(SHIPPED, "XX")


def test_every_code_of_a_refusal_has_a_sentence() -> None:
    codes = set(re.findall(r'"(\w+)"', OfficeDataInvalid.__doc__ or ""))
    assert len(codes) > 15
    assert codes <= set(words_en_errors.ERRORS)


def test_a_pack_of_the_home_goes_before_the_one_that_ships(tmp_path: Path) -> None:
    altered(tmp_path, "version = 1", "version = 7")
    packs = {pack.profile.code: pack for pack in load_packs(RESOURCES, tmp_path)}
    assert len(packs) == len(SHIPPED)
    assert (packs["KH"].profile.version, packs["KH"].is_own) == (7, True)
    assert not packs["LA"].is_own


def test_a_pack_of_the_home_may_not_use_the_names_of_another_office(tmp_path: Path) -> None:
    text = (RESOURCES / "kh.toml").read_text(encoding="utf-8").replace('code = "KH"', 'code = "XK"', 1)
    (tmp_path / "xk.toml").write_text(text, encoding="utf-8")
    found = packs_in_force(RESOURCES, tmp_path)
    (told,) = found.aside
    assert told.code == "office_pack_aside"
    assert told.facts["file"] == str(tmp_path / "xk.toml")
    assert told.facts["other"] == str(RESOURCES / "kh.toml")
    codes = {pack.profile.code for pack in found.packs}
    assert codes == set(SHIPPED)


def test_an_office_whose_own_pack_is_set_aside_is_not_worked_by_the_shipped_one(tmp_path: Path) -> None:
    altered(tmp_path, 'id = "KH-patent"', 'id = "LA-patent"')
    found = packs_in_force(RESOURCES, tmp_path)
    assert [each.facts["office"] for each in found.aside] == ["KH"]
    assert {pack.profile.code for pack in found.packs} == set(SHIPPED) - {"KH"}


def test_two_packs_of_the_home_that_clash_are_both_named(tmp_path: Path) -> None:
    text = (RESOURCES / "kh.toml").read_text(encoding="utf-8")
    (tmp_path / "kh.toml").write_text(text, encoding="utf-8")
    (tmp_path / "xk.toml").write_text(text.replace('code = "KH"', 'code = "XK"', 1), encoding="utf-8")
    with pytest.raises(OfficeDataInvalid, match="office_packs_clash") as caught:
        load_packs(RESOURCES, tmp_path)
    files = {caught.value.facts["file"], caught.value.facts["other"]}
    assert files == {str(tmp_path / "kh.toml"), str(tmp_path / "xk.toml")}


def test_a_number_of_thousands_of_digits_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    altered(tmp_path, "start_year = 1950", f"start_year = {'9' * 5000}")
    with pytest.raises(OfficeDataInvalid, match="office_file_unreadable"):
        load_packs(RESOURCES, tmp_path)


def test_a_right_says_which_of_cambodias_two_houses_keeps_it() -> None:
    khmer = SHIPPED["KH"]
    kept = {
        right.right_id: house.code if (house := khmer.authority_of(right.right_id)) else None
        for right in khmer.rights
    }
    assert kept == {
        "trademark": "KH-MOC",
        "trademark-madrid": "KH-MOC",
        "trademark-registration": "KH-MOC",
        "patent": "KH",
        "utility-model": "KH",
        "design": "KH",
        "gi": None,  # no source says; to be asked
    }
    assert SHIPPED["LA"].authority_of("trademark") is None


def test_viet_nams_group_codes_hold_number_and_date() -> None:
    codes = {caption.code: caption for caption in SHIPPED["VN"].inid}
    assert codes["20"].field is codes["200"].field is InidField.APPLICATION
    assert codes["200"].captions == {"vie": ("Số đơn và Ngày nộp đơn",)}
    international = {(each.standard, each.code): each.field for each in SHIPPED["WO"].inid}
    assert international["ST.60", "210"] is international["ST.9", "21"] is InidField.APPLICATION_NUMBER


def test_every_working_office_has_document_types_in_its_languages() -> None:
    for code, profile in SHIPPED.items():
        if code == "WO":
            continue
        request = profile.document("APP")
        assert request is not None
        assert {"eng", profile.languages[0]} <= set(request.words), code
        for each in profile.documents:
            assert set(each.confirm) == set(each.words) & {"khm", "lao"}, (code, each.code)


def test_calendars_are_those_of_the_offices_papers() -> None:
    assert Calendar.THAI_APRIL in SHIPPED["TH"].calendars
    assert Calendar.KHMER_DUAL in SHIPPED["KH"].calendars
    assert SHIPPED["PH"].date_order == "mdy"


def test_what_only_the_office_knows_is_left_out_and_can_be_said(tmp_path: Path) -> None:
    assert all(not profile.shelves and not profile.retention for profile in SHIPPED.values())
    assert all(not each.edms_code for profile in SHIPPED.values() for each in profile.documents)
    profile = extended(
        tmp_path,
        """
        [[shelves]]
        name = "shelf and box"
        pattern = '^S(?P<shelf>\\d{1,2})-(?P<box>\\d{1,3})$'
        examples = ["S4-017"]

        [[retention]]
        documents = ["COR"]
        act = "scan_and_destroy"
        years = 10
        source = "letter of the archive"
        confidence = "V"
        """,
    )
    (rule,) = profile.retention
    assert (rule.act, rule.years, rule.confidence) == (RetentionAct.DESTROY, 10, Confidence.VERIFIED)
    assert profile.shelves[0].examples == ("S4-017",)


@pytest.mark.parametrize(
    ("more", "code", "key"),
    [
        (
            "[[shelves]]\nname = 'box'\npattern = '^S\\d$'\nexamples = ['T1']",
            "format_example_fails",
            "shelves[box].examples",
        ),
        (
            "[[retention]]\ndocuments = ['XYZ']\nact = 'scan_and_keep'\nconfidence = 'V'",
            "office_reference_unknown",
            "retention[1].documents",
        ),
        (
            "[[retention]]\ndocuments = ['COR']\nact = 'burn'\nconfidence = 'V'",
            "office_value_wrong",
            "retention[1].act",
        ),
        ("[[forms]]\ncode = 'F1'\nconfidence = '?'", "office_value_wrong", "forms[F1].confidence"),
        (
            "[[forms]]\ncode = 'F1'\ndocument = 'NO'\nconfidence = 'V'",
            "office_reference_unknown",
            "forms[F1].document",
        ),
        (
            "[[inid]]\ncode = '2'\nstandard = 'ST.9'\nfield = 'title'\nconfidence = 'V'",
            "office_value_wrong",
            "inid[1].code",
        ),
    ],
)
def test_what_an_office_adds_is_proven_as_well(tmp_path: Path, more: str, code: str, key: str) -> None:
    with pytest.raises(OfficeDataInvalid) as caught:
        extended(tmp_path, more)
    assert (caught.value.code, caught.value.facts["key"]) == (code, key)

"""Office data is believed only after it has proved itself."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from app.domain.offices import OfficeDataInvalid, formats_for, load_offices

RESOURCES = Path(__file__).parents[3] / "resources" / "offices"


def altered(tmp_path: Path, old: str, new: str) -> Path:
    text = (RESOURCES / "kh.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "kh.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path


def test_ten_offices_and_the_international_forms_load() -> None:
    offices = load_offices(RESOURCES)
    assert set(offices) == {"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "VN", "WO"}
    assert offices["KH"].languages == ("khm", "eng")


def test_formats_travel_to_worker_processes() -> None:
    formats = formats_for(load_offices(RESOURCES), "KH")
    assert pickle.loads(pickle.dumps(formats)) == formats


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("'KH/49703/13', ", "'KH/D/1', ", "format_example_fails"),
        (r"^KH/G/(?P<year>\d{4})", r"^KH/G/(?P<year>\d{4}", "format_pattern_invalid"),
        ("'KH/D/{year}/{serial:05d}'", "'KH/D/{serial:05d}'", "canonical_form_unstable"),
        ("'KH/D/{year}/{serial:05d}'", "'KH/D/{yeer}/{serial:05d}'", "canonical_form_unstable"),
        ("id: KH-patent", "id: KH-design", "format_id_twice"),
        ("start_year: 1950", "start: 1950", "office_key_missing"),
        ("'Application No.'", "'Receipt No.'", "office_label_unknown"),
        ("code: 'KH'", "code: ['KH'", "office_file_unreadable"),
    ],
)
def test_faulty_office_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, code: str) -> None:
    with pytest.raises(OfficeDataInvalid) as caught:
        load_offices(altered(tmp_path, old, new))
    assert caught.value.code == code
    assert caught.value.facts["file"] == "kh.yaml"


def test_missing_directory_and_unknown_office_have_codes(tmp_path: Path) -> None:
    with pytest.raises(OfficeDataInvalid, match="offices_missing"):
        load_offices(tmp_path / "nowhere")
    with pytest.raises(OfficeDataInvalid, match="office_unknown"):
        formats_for(load_offices(RESOURCES), "XX")

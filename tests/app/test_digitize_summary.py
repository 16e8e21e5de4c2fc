"""The summary of digitize says how old the register is, which pages bear marks, and what counts as refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.commands.digitize_report import Report
from app.commands.digitize_summary import _marks, _registers
from app.domain.states import ImportState
from app.queries.marks import count_marks
from ocr.types import QualityReason


def dossier(office, when):
    return SimpleNamespace(
        detail=SimpleNamespace(summary=SimpleNamespace(office=office), register_as_of=when)
    )


def test_the_age_of_each_offices_register_is_said_once():
    when = datetime.now(UTC) - timedelta(days=12, hours=1)
    report = SimpleNamespace(dossiers=(dossier("VN", None), dossier("KH", when), dossier("KH", when)))
    assert _registers(report) == [
        f"Register of KH: {when.astimezone():%Y-%m-%d}, 12 days old",
        "Register of VN: none",
    ]


@pytest.mark.parametrize(
    ("name", "reason", "code"),
    [
        ("Thumbs.db", "system_file", 0),
        ("list.csv", "not_an_image", 0),
        ("0004.tif", "damaged", 1),
        ("scan.doc", "not_an_image", 1),
    ],
)
def test_refused_files_that_clearly_are_no_pages_do_not_count(name, reason, code):
    item = SimpleNamespace(state=ImportState.REFUSED, source_path=Path(name), reason=reason)
    report = Report(Path(), Path(), SimpleNamespace(items=(item,)), (), (), {})
    assert report.exit_code == code


def test_marks_are_told_page_by_page_and_which_of_them_hold():
    pages = [SimpleNamespace(number=number, quality=(QualityReason("cut_edge", 4.0),)) for number in (2, 5)]
    pages.append(SimpleNamespace(number=3, quality=(QualityReason("blurred", 0.4, is_grave=True),)))
    summary = SimpleNamespace(id=7, name="box 1 #4", source="/in/box 1")
    folder = SimpleNamespace(detail=SimpleNamespace(summary=summary), pages=pages, marks=count_marks(pages))
    report = SimpleNamespace(dossiers=(folder,), stacks=())
    assert _marks(report, lambda code, facts: code) == [
        "  ! box 1, page 3: blurred - waits for somebody to look",
        "  ! box 1, page 2, 5: cut_edge",
    ]
    report.stacks = (SimpleNamespace(dossier_ids=(6, 7)),)
    first, _ = _marks(report, lambda code, facts: code)
    assert first.startswith("  ! box 1 #4, page 3:"), "folders of a stack share its path"

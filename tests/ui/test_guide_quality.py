from __future__ import annotations

from ocr.quality_table import CHECKS
from tests.ui.guide_quality import PAGE, table
from ui import texts
from ui.words_en_reasons import QUALITY


def test_guide_tells_every_reason_with_its_threshold() -> None:
    # When this fails: python -m tests.ui.guide_quality, and look at what it wrote.
    assert table() in PAGE.read_text(encoding="utf-8")


def test_every_reason_of_the_table_has_its_sentence() -> None:
    assert [code for code in CHECKS if code not in QUALITY] == []
    assert all("{" not in texts.explain("quality", code, {"value": 2.5}) for code in CHECKS)

"""Writes the table of the guide's page "Why a page is marked": ``python -m tests.ui.guide_quality``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from ocr.quality_table import CHECKS, QualityCheck
from ui.words_en_reasons import QUALITY

PAGE = Path(__file__).parents[2] / "resources" / "guide" / "marked.md"


def table() -> str:
    """One row for each reason, worst first, in the words that people see."""
    head = "| mark | what is measured | marked | grave | why from there |\n|---|---|---|---|---|\n"
    return head + "".join(_row(check) for check in CHECKS.values())


def main() -> int:
    """Put the table of today into the page; all else in it stays."""
    page, count = re.subn(r"(?:^\|.*\n)+", lambda _: table(), PAGE.read_text(encoding="utf-8"), flags=re.M)
    if count != 1:
        raise SystemExit(f"{PAGE} has {count} tables")
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    return 0


def _row(check: QualityCheck) -> str:
    words = re.sub(r"\{value[^}]*\}", "...", QUALITY[check.code])
    side = "under" if check.below else "over"
    marked = "when it happens" if check.unit == "yes or no" else f"{side} {check.threshold:g} {check.unit}"
    return f"| {words} | {check.measured} | {marked} | {_grave(check, side)} | {check.source} |\n"


def _grave(check: QualityCheck, side: str) -> str:
    """From which value on the mark keeps a folder from leaving by itself."""
    if check.grave is None:
        return "never"
    told = "always" if check.grave == check.threshold else f"{side} {check.grave:g}"
    return f"{told}, on a page full of writing" if check.grave_marks else told


if __name__ == "__main__":
    sys.exit(main())

"""The lines of a register that need a look, saved as CSV for whoever has to correct them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from app.domain.register_types import RegisterProblem
from app.errors import OperatorError
from ocr.intake.masters import disk_errors
from ocr.long_paths import reachable

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def save_problems(
    path: Path, problems: Iterable[RegisterProblem], words: Callable[[str, Mapping[str, Any]], str]
) -> None:
    """Write line, value, reason and whether the line was left out, in UTF-8 with a mark that Excel heeds.

    Raises OperatorError("file_not_writable") and MachineError("disk_full").
    """
    try:
        with disk_errors(path), reachable(path).open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(("line", "value", "reason", "left out"))
            for each in problems:
                told = words(each.code, {"value": each.value})
                writer.writerow((each.line, _harmless(each.value), told, "yes" if each.is_left_out else "no"))
    except OSError as exc:
        raise OperatorError("file_not_writable", path=str(path), detail=str(exc)) from exc


def _harmless(value: str) -> str:
    """Keep a spreadsheet from computing what a foreign file had in a cell."""
    return "'" + value if value.startswith(FORMULA_MARKS) else value

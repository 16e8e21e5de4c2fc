"""Register files of all kinds, drawn for tests: CSV in any encoding, XLSX with any cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

HEAD = ("application_number", "title", "applicant", "filing_date")


def csv_bytes(rows: Iterable[Sequence[str]], head: Sequence[str] = HEAD, encoding: str = "utf-8") -> bytes:
    lines = [";".join(head), *(";".join(row) for row in rows)]
    return ("\n".join(lines) + "\n").encode(encoding)


def xlsx_bytes(rows: Iterable[Sequence[object]], head: Sequence[object] = HEAD) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (head, *rows):
        sheet.append(list(row))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def with_part(workbook: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with one part exchanged or added."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, content)
    return target.getvalue()


def numbers(count: int, first: int = 1, title: str = "Rice husk filter") -> list[tuple[str, ...]]:
    """Rows of Cambodian patents."""
    return [
        (f"KH/P/2018/{each:05d}", f"{title} {each}", f"Mekong Works {each}", "2018-03-02")
        for each in range(first, first + count)
    ]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path

"""How long a register of a million rows takes to come in, what memory it needs, and how fast it answers.

    .venv/bin/python tests/benchmarks/register_mirror.py [--rows 1000000] [--kinds csv xlsx] [--keep DIR]

Draws a register of Viet Nam's forms with invented parties, imports it through the real service (worker
process, staged rows, switch), then asks it: the linker's exact and near look-ups, the five spellings, names.
Times on one machine mean little; compare two runs of one.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import psutil

from app.context import AppContext
from app.queries import register
from app.services.register import RegisterRequest
from app.services.register_reading import Watcher
from app.settings import Settings
from tests.helpers.register_files import HEAD, xlsx_bytes

WORDS = tuple(
    re.findall(
        r"\S+",
        "máy nước gạo thuốc chè Đồng Tháp phương pháp xử lý thiết bị lọc bơm sản xuất Cà phê Việt Nam Sài Gòn solar "
        "pump filter rice husk water Mekong Lotus Bridge Salt clay mango crate method device for treating seed oil",
    )
)
SHARED_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/>'
)
FIRMS = ("Công ty TNHH {}", "Công ty Cổ phần {}", "{} Co., Ltd.", "{} Trading Pte. Ltd.", "Viện {}")


def drawn_rows(count: int) -> Iterator[tuple[str, str, str, str]]:
    """Distinct numbers, four rights, 25 years; titles of 2 to 7 words."""
    draw = random.Random(7)
    per_year = count // 100 + 1
    for at in range(count):
        right, year, serial = at % 4 + 1, 2000 + at // 4 % 25, at // 100 + 1
        title = " ".join(draw.choices(WORDS, k=draw.randint(2, 7)))
        firm = draw.choice(FIRMS).format(" ".join(draw.choices(WORDS, k=2)).title())
        day = f"{draw.randint(1, 28):02d}/{draw.randint(1, 12):02d}/{year}"
        assert serial <= per_year
        yield f"{right}-{year}-{serial:05d}", title, firm, day


def write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as target:
        target.write(";".join(HEAD) + "\n")
        target.writelines(";".join(row) + "\n" for row in drawn_rows(count))


def write_xlsx(path: Path, count: int) -> None:
    """As spreadsheet programs write it: texts shared by number."""
    shell = path.with_suffix(".shell")
    shell.write_bytes(xlsx_bytes([]))
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    shared: dict[str, int] = {}
    with (
        zipfile.ZipFile(shell) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"</Types>", SHARED_TYPE + b"</Types>")
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, content)
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet {space}><dimension ref="A1:D{count + 1}"/><sheetData>'.encode())
            for at, row in enumerate((HEAD, *drawn_rows(count)), 1):
                cells = "".join(
                    f'<c r="{column}{at}" t="s"><v>{shared.setdefault(text, len(shared))}</v></c>'
                    for column, text in zip("ABCD", row, strict=True)
                )
                sheet.write(f'<row r="{at}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with new.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            strings.write(f"<sst {space}>".encode())
            for text in shared:
                strings.write(f"<si><t>{escape(text)}</t></si>".encode())
            strings.write(b"</sst>")
    shell.unlink()


class Memory:
    """The most this process and its children have held, looked at ten times a second."""

    def __init__(self) -> None:
        self.own_mb = self.children_mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.1):
            self.own_mb = max(self.own_mb, me.memory_info().rss / 1e6)
            held = 0.0
            for child in me.children(recursive=True):
                try:
                    held += child.memory_info().rss / 1e6
                except psutil.Error:
                    continue
            self.children_mb = max(self.children_mb, held)


def timed_import(context: AppContext, path: Path, *, is_delta: bool = False) -> None:
    stages: dict[str, float] = {}
    last = [time.perf_counter(), "copying"]

    def tell(now) -> None:
        moment = time.perf_counter()
        stages[last[1]] = stages.get(last[1], 0.0) + moment - last[0]
        last[:] = [moment, now.stage]

    began, cpu = time.perf_counter(), _cpu_s()
    with Memory() as memory:
        done = context.register_service.import_extract(
            RegisterRequest(path, "VN", is_delta=is_delta), Watcher(tell)
        )
    took = time.perf_counter() - began
    cpu = _cpu_s() - cpu
    stages[last[1]] = stages.get(last[1], 0.0) + time.perf_counter() - last[0]
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.items())
    print(
        f"{path.suffix[1:]:5} {done.accepted:>9,} rows {took:7.1f} s {done.accepted / took:>8,.0f} rows/s, {cpu:.1f} s CPU  ({told})  "
        f"file {path.stat().st_size / 1e6:.0f} MB, program {memory.own_mb:.0f} MB, worker {memory.children_mb:.0f} MB, "
        f"problems {done.problem_count}",
        flush=True,
    )


def timed_lookup(name: str, ask: Callable[[int], object], times: int = 300) -> None:
    took, cpu = [], time.process_time()
    for at in range(times):
        began = time.perf_counter()
        ask(at)
        took.append((time.perf_counter() - began) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / times
    took.sort()
    print(
        f"{name:28} median {statistics.median(took):6.2f} ms, 99th {took[int(times * 0.99)]:6.2f} ms, worst {took[-1]:6.2f} ms, CPU {cpu:5.2f} ms each",
        flush=True,
    )


def _cpu_s() -> float:
    """CPU time of this process and of the workers that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def ask_all(context: AppContext, rows: int) -> None:
    draw = random.Random(3)
    numbers = [
        f"{at % 4 + 1}-{2000 + at // 4 % 25}-{at // 100 + 1:05d}" for at in draw.sample(range(rows), 300)
    ]
    database = context.database
    with database.read() as session:
        stored = register.StoredRegister(session, context.office("VN"))
        timed_lookup("linker, exact", lambda at: stored.find(numbers[at]))
        timed_lookup("linker, one character away", lambda at: stored.near(numbers[at]))
    for name, change in (
        ("spelling: original", lambda text: text),
        ("spelling: digits only", lambda text: text.replace("-", "")),
        ("spelling: masked serial", lambda text: text.rpartition("-")[2].zfill(9)),
        ("spelling: no leading zeros", lambda text: text.rpartition("-")[2].lstrip("0")),
        ("spelling: not there", lambda text: text + "99"),
    ):
        timed_lookup(
            name,
            lambda at, change=change: register.find_number(
                database, change(numbers[at]), context.office("VN")
            ),
        )
    for name, letters in (("name, one letter", 1), ("name, four letters", 4), ("name, two words", 99)):
        timed_lookup(
            name,
            lambda at, letters=letters: register.find_name(
                database, " ".join((WORDS[at % len(WORDS)], WORDS[at * 7 % len(WORDS)]))[:letters], "VN"
            ),
        )
    timed_lookup("size and age", lambda _: register.info(database))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--kinds", nargs="+", default=["csv", "xlsx"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="register-mirror-") as directory:
        place = Path(directory)
        settings = Settings(engine="fake", office="VN", min_free_bytes=0)
        with AppContext.open(place / "home", background=False, settings=settings) as context:
            for kind in options.kinds:
                path = place / f"register.{kind}"
                (write_csv if kind == "csv" else write_xlsx)(path, options.rows)
                timed_import(context, path)
                path.unlink()
            changes = place / "changes.csv"
            write_csv(changes, 10_000)
            timed_import(context, changes, is_delta=True)
            print(f"database {context.database.path.stat().st_size / 1e6:.0f} MB")
            ask_all(context, options.rows)


if __name__ == "__main__":
    main()

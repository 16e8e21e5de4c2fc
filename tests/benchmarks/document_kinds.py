"""How well papers are told apart: kinds the program reads of drawn folders against what was drawn.

    python -m tests.fixtures.draw_folders --to DIR --folders 14 --seed 11
    foliodesk digitize DIR/KH --home HOME --office KH --release none --to OUT      (and the other offices)
    python -m tests.benchmarks.document_kinds HOME DIR

Reads the recognised text of HOME's database and divides it anew, so that rules can be tried without recognising again.
Prints for each drawn kind what it was taken for, and how often a kind said with some confidence was right.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.domain.document_pages import PaperPage
from app.domain.document_reading import read_documents
from app.domain.offices import load_offices
from app.events import ChangeBus
from app.paths import offices_dir
from app.storage.database import Database
from app.storage.tables import BatchRow, DossierRow, PageResultRow, PageRow

# What a careful person calls each drawn kind; None: nothing on it says what it is.
TRUE_KINDS: dict[str, frozenset[str | None]] = {
    "cover": frozenset({"INT"}),
    "form": frozenset({"APP"}),
    "description": frozenset({"DES"}),
    "claims": frozenset({"CLM"}),
    "letter": frozenset({"COR"}),
    "notice": frozenset({"FRM"}),
    "power_of_attorney": frozenset({"POA"}),
    "receipt": frozenset({"FEE"}),
    "drawing": frozenset({"DRW"}),
    "specimen": frozenset({"SPC"}),
    "priority_document": frozenset({"PRI", "APP"}),
}


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """One drawn page: its kind, the kind of the document it was put into, and whether it began it."""

    office: str
    drawn: str
    said: str | None
    confidence: float
    begins: bool
    where: str


def judge(home: Path, drawn: Path) -> tuple[list[PageVerdict], float]:
    """All pages of the folders that are in both, and the milliseconds of CPU the division took for a page."""
    truth = {
        folder["folder"]: folder
        for path in sorted(drawn.rglob("truth.json"))
        for folder in json.loads(path.read_text(encoding="utf-8"))["folders"]
    }
    offices = load_offices(offices_dir())
    verdicts: list[PageVerdict] = []
    spent_s = 0.0
    database = Database(home / "foliodesk.sqlite3", ChangeBus())
    with database.read() as session:
        dossiers = session.execute(
            select(DossierRow.id, DossierRow.name, BatchRow.office).join(
                BatchRow, BatchRow.id == DossierRow.batch_id
            )
        ).all()
        for dossier_id, name, office in dossiers:
            if name not in truth:
                continue
            rows = session.execute(
                select(PageResultRow.text, PageResultRow.is_blank)
                .join(PageRow, PageRow.id == PageResultRow.page_id)
                .where(PageRow.dossier_id == dossier_id)
                .order_by(PageRow.ordinal, PageRow.id)
            ).all()
            pages = [PaperPage(text, is_blank) for text, is_blank in rows]
            kinds = [page["kind"] for page in truth[name]["pages"]]
            if len(kinds) != len(pages):
                print(f"left out: {name} has {len(pages)} pages, {len(kinds)} were drawn")
                continue
            begun = time.process_time()
            found = read_documents(pages, offices[office])
            spent_s += time.process_time() - begun
            for document in found:
                for place in range(document.first, document.last + 1):
                    verdicts.append(
                        PageVerdict(
                            office, kinds[place], document.kind, document.confidence,
                            place == document.first, f"{name}, page {place + 1}",
                        )
                    )  # fmt: skip
    database.close()
    return verdicts, 1000 * spent_s / max(1, len(verdicts))


def is_right(verdict: PageVerdict) -> bool:
    """Whether the kind said is one a careful person would say."""
    return verdict.said in TRUE_KINDS.get(verdict.drawn, frozenset({None}))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("drawn", type=Path)
    parser.add_argument(
        "--wrong", action="store_true", help="name every page that was taken for another kind"
    )
    options = parser.parse_args()
    verdicts, ms = judge(options.home, options.drawn)
    told = [each for each in verdicts if each.drawn != "blank"]
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for each in told:
        by_kind[each.drawn][each.said or "unknown"] += 1
    print(f"{len(told)} pages with content, {ms:.2f} ms of CPU a page")
    for kind, counts in sorted(by_kind.items()):
        print(f"{kind:20}", ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    said = [each for each in told if each.said is not None]
    right = sum(map(is_right, said))
    print(f"said {len(said)}, right {right}, wrong {len(said) - right}, unknown {len(told) - len(said)}")
    for low, high in ((0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
        some = [each for each in said if low <= each.confidence < high and each.begins]
        if some:
            share = sum(map(is_right, some)) / len(some)
            print(f"confidence {low}..{min(high, 1.0)}: {len(some)} documents, {100 * share:.1f} % right")
    if options.wrong:
        for each in said:
            if not is_right(each):
                print(
                    f"{each.office} {each.where}: drawn {each.drawn}, said {each.said} ({each.confidence:.2f})"
                )


if __name__ == "__main__":
    main()

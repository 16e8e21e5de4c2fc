"""Decide drawn folders again from what a home has read of them, without reading a page anew.

`python -m tests.benchmarks.linking_simulator.drawn TRUTH.json=HOME ...`: truth.json of a drawn set and the home into which
`foliodesk digitize --home` read it, or the directory in which read_drawn.py kept its readings; the register lies beside the truth. Prints what tests.fixtures.evaluate_links
prints, and exits with 1 when a folder was proven wrong.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.linking import DossierEvidence, LinkDecision, PageEvidence, decide_link
from app.domain.linking_model import Surroundings
from app.domain.linking_sheets import own_print_of
from app.domain.register import MemoryRegister, read_register
from app.storage import values
from tests.fixtures.evaluate_links import WRONG, judge, print_tables
from tests.helpers.paper_folders import SHIPPED

TODAY = date(2026, 11, 28)


def decide_home(truth_path: Path, home: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The truth of a set, and a report of it as evaluate_links reads it."""
    truth = json.loads(truth_path.read_text("utf-8"))
    office = SHIPPED[truth["folders"][0]["office"]]
    register = MemoryRegister(read_register(truth_path.with_name("register.csv"), office).entries)
    dossiers = []
    read = _dossiers(home) if (home / "foliodesk.sqlite3").exists() else _kept(home)
    for name, pages in read.items():
        decision = decide_link(DossierEvidence(pages), office=office, register=register, today=TODAY, surroundings=Surroundings())  # fmt: skip
        dossiers.append(_reported(name, decision))
    return truth, {"dossiers": dossiers}


def _reported(name: str, decision: LinkDecision) -> dict[str, Any]:
    number = None if decision.number is None else decision.number.canonical
    probability = next((each.probability for each in decision.candidates if each.canonical == number), 0.0)
    reasons = [reason.code for reason in decision.reasons]
    return {"source": name, "link": decision.link.value, "application_number": number, "probability": probability, "reasons": reasons}  # fmt: skip


def _kept(kept: Path) -> dict[str, tuple[PageEvidence, ...]]:
    """Folders as read_drawn.py keeps them."""
    return {
        file.stem: tuple(
            PageEvidence(
                ordinal=ordinal,
                is_blank=page["is_blank"],
                text=page["text"],
                candidates=values.load_candidates(page["candidates"]),
                mean_confidence=page["mean_confidence"],
                first_text=page["first_text"],
                head=page["head"],
                own_print=own_print_of(page["text"], page["codes"]),
            )
            for ordinal, page in enumerate(json.loads(file.read_text("utf-8")), 1)
        )
        for file in sorted(kept.glob("*.json"))
    }


def _dossiers(home: Path) -> dict[str, tuple[PageEvidence, ...]]:
    database = sqlite3.connect(f"file:{home / 'foliodesk.sqlite3'}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    rows = database.execute(
        "select d.name, r.* from page p join dossier d on d.id = p.dossier_id"
        " join page_result r on r.page_id = p.id order by d.id, p.ordinal, p.id"
    ).fetchall()
    database.close()
    found: dict[str, tuple[PageEvidence, ...]] = {}
    for row in rows:
        here = found.get(row["name"], ())
        page = PageEvidence(
            ordinal=len(here) + 1,
            is_blank=bool(row["is_blank"]),
            text=row["text"],
            candidates=values.load_candidates(json.loads(row["candidates"])),
            mean_confidence=row["mean_confidence"],
            first_text=row["first_text"] if "first_text" in row.keys() else None,  # noqa: SIM118 - sqlite3.Row
            head=row["head"] if "head" in row.keys() else None,  # noqa: SIM118
            own_print=own_print_of(row["text"], (code["text"] for code in json.loads(row["barcodes"]))),
        )
        found[row["name"]] = (*here, page)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", help="TRUTH.json=HOME")
    options = parser.parse_args()
    judgements = []
    for each in options.sets:
        truth, _, home = each.partition("=")
        known, report = decide_home(Path(truth), Path(home))
        # Of a set that is read in part only what is read is judged.
        there = {dossier["source"] for dossier in report["dossiers"]}
        known = {**known, "folders": [each for each in known["folders"] if each["folder"] in there]}
        judgements += judge(report, known)
        for dossier in report["dossiers"]:
            print(
                f"{dossier['source']}: {dossier['link']} {dossier['probability']:.3f} {', '.join(dossier['reasons'])}"
            )
    print_tables(judgements)
    return 1 if any(each.outcome == WRONG for each in judgements) else 0


if __name__ == "__main__":
    sys.exit(main())

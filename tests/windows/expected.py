"""What Linux makes of the sample folders, as a document to compare another system's results with. Standard library only.

`python tests/windows/expected.py HOME REPORT.json` writes samples_on_linux.json anew from a run of ours; a test in the suite
compares the file with a fresh run, so it cannot grow old.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

STORED = Path(__file__).resolve().with_name("samples_on_linux.json")
TEXT_TOLERANCE = 0.005
"""Share of the characters of a folder that may differ: other processors round other ways in Tesseract's networks."""


def results_of(report: Mapping[str, Any], drop: Path) -> dict[str, Any]:
    """Return what matters of a `digitize --json` report, by folder name, with the text of every delivered page.

    drop: the drop folder as this script finds it.
    """
    found: dict[str, Any] = {}
    for dossier in report["dossiers"]:
        delivered = dossier["delivered_path"]
        pages, told = [], {"documents": [], "fields": {}}
        if delivered is not None:
            # A Windows path splits at both slashes.
            data = drop / PureWindowsPath(delivered).name / "data"
            pages = [path.read_text(encoding="utf-8") for path in sorted((data / "text").glob("*.txt"))]
            told = _documents_and_fields(data / "dossier.json")
        found[PureWindowsPath(dossier["source"]).name] = {
            "application_number": dossier["application_number"],
            "link": dossier["link"],
            "reasons": [reason["code"] for reason in dossier["reasons"]],
            "state": dossier["state"],
            "page_count": dossier["page_count"],
            "blank_pages": dossier["blank_pages"],
            "receipt": dossier["receipt"] is not None,
            "text": pages,
            **told,
        }
    return found


def _documents_and_fields(dossier: Path) -> dict[str, Any]:
    """Return what the office is told of the documents in a dossier and of its fields."""
    told = json.loads(dossier.read_text(encoding="utf-8"))
    documents = [
        [each["kind"], each["dated"], each["first_page"], each["last_page"]] for each in told["documents"]
    ]
    return {"documents": documents, "fields": {each["name"]: each["value"] for each in told["fields"]}}


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Tell in words what differs between two results, texts within the tolerance."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found or name not in expected:
            yield f"{name}: {'missing' if name in expected else 'not expected'}"
            continue
        ours, theirs = expected[name], found[name]
        for key in ours:
            if key != "text" and ours[key] != theirs.get(key):
                yield f"{name}: {key} is {theirs.get(key)!r}, on Linux {ours[key]!r}"
        if len(ours["text"]) != len(theirs["text"]):
            yield f"{name}: {len(theirs['text'])} texts, on Linux {len(ours['text'])}"
            continue
        share = text_difference("".join(ours["text"]), "".join(theirs["text"]))
        if share > TEXT_TOLERANCE:
            yield f"{name}: {share:.2%} of the text differ from Linux', {TEXT_TOLERANCE:.1%} may"


def text_difference(one: str, other: str) -> float:
    """Return the share of characters that two texts do not have in common, 0 to 1."""
    if one == other:
        return 0.0
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return 1.0 - matcher.ratio()


def stored() -> dict[str, Any]:
    """Return what is on record."""
    document: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return document


def main(home: Path, report: Path) -> int:
    """Record a run."""
    results = results_of(json.loads(report.read_text(encoding="utf-8")), home / "office-drop")
    STORED.write_text(
        json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))

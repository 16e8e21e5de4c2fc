"""What a check of a home says: findings by code, with counts of what was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

COUNTED = ("masters", "packages", "page_results", "import_items", "pages", "dossiers")


class Severity(StrEnum):
    """How bad: something is lost (ERROR), something waits for a hand or a repair (WARNING), worth knowing (NOTE)."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    code: key of the words in ui/texts.py. subject: "database", "master", "page", "dossier", "import_item",
    "package", "outbox", "job" or "file"; subject_id: row id, hash, package name or path in the home.
    repaired: what could be done was done now; the facts say what ("how").
    """

    code: str
    severity: Severity
    subject: str
    subject_id: int | str
    facts: Mapping[str, Any] = field(default_factory=dict)
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings of one check, in the order found, and how much was looked at."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    repair: bool

    @property
    def is_clean(self) -> bool:
        """True when nothing is left that is worse than a note."""
        return all(each.repaired or each.severity is Severity.NOTE for each in self.findings)

    def to_json(self, trouble: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the document of ``foliodesk check --json`` (resources/schemas/check.schema.json).

        trouble: what ended the check before it had looked at everything.
        """
        return {
            "format": 1,
            "repair": self.repair,
            "clean": self.is_clean and trouble is None,
            "counts": dict(self.counts),
            "findings": [
                {
                    "code": each.code,
                    "severity": each.severity.value,
                    "subject": each.subject,
                    "id": each.subject_id,
                    "facts": dict(each.facts),
                    "repaired": each.repaired,
                }
                for each in self.findings
            ],
            "trouble": trouble,
        }


class FindingLog:
    """Collects findings and counts while a check goes on."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.counts: dict[str, int] = dict.fromkeys(COUNTED, 0)

    def add(self, finding: Finding) -> None:
        """Note a finding."""
        self.findings.append(finding)

    def count(self, what: str, number: int = 1) -> None:
        """Count what was looked at."""
        self.counts[what] += number

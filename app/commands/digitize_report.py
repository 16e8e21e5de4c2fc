"""What `foliodesk digitize` reports: one document, described by resources/schemas/digitize.schema.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.commands.output import ALL_WELL, MACHINE_TROUBLE, NEEDS_PERSON, Words, coded
from app.context import AppContext
from app.domain.import_rules import may_be_a_page
from app.domain.register import RegisterProblem
from app.domain.states import DossierState, ImportState, UploadState
from app.errors import MachineError
from app.queries import dossiers, imports, left_out, pages, stacks, timings, uploads
from app.queries.left_out import LeftOutPage
from app.queries.marks import MarkCount, count_marks
from app.queries.rows import DossierDetail, Ledger, PageSummary, RankedCandidate, Reason, UploadSummary
from app.queries.stacks import StackSummary
from app.services.capture import ImportStarted
from ocr.long_paths import whole

SCHEMA = "foliodesk-digitize-1"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for and how long it took. trouble: why the machine could not go on."""

    started: ImportStarted
    destination: Path
    register_problems: Sequence[RegisterProblem]
    wall_s: float
    trouble: MachineError | None = None


@dataclass(frozen=True, slots=True)
class ReportedDossier:
    """One dossier with everything the report says of it."""

    detail: DossierDetail
    pages: tuple[PageSummary, ...]
    upload: UploadSummary | None
    left_out: tuple[LeftOutPage, ...] = ()

    @property
    def marks(self) -> tuple[MarkCount, ...]:
        """The marks of its pages, worst first."""
        return count_marks(self.pages)

    @property
    def is_settled(self) -> bool:
        """True when nothing is left for a person: out, or waiting only for the office's word."""
        if self.detail.summary.state is DossierState.UPLOADED:
            return True
        return self.awaits_receipt and self.upload_trouble is None

    @property
    def awaits_receipt(self) -> bool:
        """True when it was sent and the office has given no answer that counts."""
        return self.upload is not None and self.upload.state is UploadState.SENT

    @property
    def upload_trouble(self) -> Reason | None:
        """Why it is not sent, or what is wrong with the receipt that came."""
        return None if self.upload is None else self.upload.error


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one call."""

    home: Path
    destination: Path
    ledger: Ledger
    dossiers: tuple[ReportedDossier, ...]
    register_problems: Sequence[RegisterProblem]
    timings: dict[str, Any]
    trouble: MachineError | None = None
    stacks: tuple[StackSummary, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when all is well, 1 when something needs a person, 3 when the machine could not go on."""
        if self.trouble is not None:
            return MACHINE_TROUBLE
        refused = any(
            item.state is ImportState.REFUSED and may_be_a_page(item.source_path.name, item.reason or "")
            for item in self.ledger.items
        )
        settled = all(dossier.is_settled for dossier in self.dossiers)
        astray = any(page.is_astray for dossier in self.dossiers for page in dossier.left_out)
        is_well = settled and not refused and not astray and not self.register_problems
        return ALL_WELL if is_well else NEEDS_PERSON

    def to_json(self, words: Words) -> dict[str, Any]:
        """The document for --json."""
        return {
            "schema": SCHEMA,
            "home": str(self.home),
            "destination": str(self.destination),
            "dossiers": [_dossier(dossier, self.destination, words) for dossier in self.dossiers],
            "import": _ledger(self.ledger, words),
            "stacks": [_stack(stack) for stack in self.stacks],
            "trouble": None if self.trouble is None else coded(self.trouble.code, self.trouble.facts, words),
            "register_problems": [
                {
                    "line": problem.line,
                    "code": problem.code,
                    "message": words(problem.code, {"value": problem.value}),
                }
                for problem in self.register_problems
            ],
            "timings": self.timings,
        }


def build_report(context: AppContext, asked: Asked) -> Report:
    """Read the outcome from the database."""
    reader = context.database
    ids = stacks.with_fellows(reader, asked.started.dossier_ids)
    details = {each.summary.id: each for each in dossiers.get_dossiers(reader, ids)}
    of_dossiers = pages.pages_of(reader, ids)
    by_dossier = {
        upload.dossier_id: upload
        for upload in reversed(uploads.list_uploads(reader, dossier_ids=ids))  # the newest one wins
    }
    taken_out: dict[int, list[LeftOutPage]] = {}
    for page in left_out.left_out(reader, ids):
        taken_out.setdefault(page.dossier_id, []).append(page)
    return Report(
        home=context.paths.root,
        destination=asked.destination,
        ledger=imports.ledger(reader, item_ids=asked.started.item_ids),
        dossiers=tuple(
            ReportedDossier(
                details[each],
                of_dossiers.get(each, ()),
                by_dossier.get(each),
                tuple(taken_out.get(each, ())),
            )
            for each in ids
        ),
        register_problems=asked.register_problems,
        timings=timings.of_import(reader, ids, asked.started.item_ids, asked.wall_s),
        trouble=asked.trouble,
        stacks=stacks.list_stacks(reader, dossier_ids=ids),
    )


def report_without_result(
    home: Path | None, destination: Path | None, trouble: Mapping[str, Any], wall_s: float
) -> dict[str, Any]:
    """The document for --json when an error ended the command before its outcome could be read."""
    return {
        "schema": SCHEMA,
        "home": None if home is None else str(home),
        "destination": None if destination is None else str(whole(destination)),
        "dossiers": [],
        "import": {"offered": 0, "accepted": 0, "waiting": 0, "refused": [], "duplicates": [], "notes": []},
        "stacks": [],
        "trouble": trouble,
        "register_problems": [],
        "timings": timings.of_nothing(wall_s),
    }


def _dossier(dossier: ReportedDossier, destination: Path, words: Words) -> dict[str, Any]:
    detail, summary, upload = dossier.detail, dossier.detail.summary, dossier.upload
    trouble = dossier.upload_trouble
    is_there = upload is not None and upload.state not in (UploadState.QUEUED, UploadState.SENDING)
    proven = detail.candidates[0].application_number if summary.link == "proven" else None
    return {
        "source": summary.source,
        "name": summary.name,
        "id": summary.id,
        "application_number": summary.application_number or proven,
        "link": summary.link.value,
        "reasons": [
            {"code": reason.code, "message": words(reason.code, reason.facts), "facts": reason.facts}
            for reason in detail.reasons
        ],
        "candidates": [_candidate(candidate) for candidate in detail.candidates],
        "page_count": summary.pages,
        "blank_pages": [page.number for page in dossier.pages if page.is_blank],
        "pages_needing_attention": [
            {"page": page.number, "code": page.attention.code}
            for page in dossier.pages
            if page.attention is not None
        ],
        "marks": [
            {
                "code": mark.code,
                "message": words(mark.code, {"value": mark.worst}),
                "pages": list(mark.pages),
                "grave_pages": list(mark.grave_pages),
            }
            for mark in dossier.marks
        ],
        "pages_left_out": [
            {"page": page.number, "code": page.code, "file": page.file, "is_elsewhere": page.is_elsewhere}
            for page in dossier.left_out
        ],
        "package_path": None if detail.package_path is None else str(detail.package_path),
        "delivered_path": str(destination / upload.package_name) if upload and is_there else None,
        "state": summary.state.value,
        "return_reason": _return_reason(summary.return_reason, words),
        "upload": None if upload is None else upload.state.value,
        "upload_trouble": None if trouble is None else coded(trouble.code, trouble.facts, words),
        "receipt": _receipt(upload),
    }


def _return_reason(reason: str | None, words: Words) -> dict[str, str] | None:
    return None if reason is None else {"code": reason, "message": words(reason, {})}


def _candidate(candidate: RankedCandidate) -> dict[str, Any]:
    return {
        "application_number": candidate.application_number,
        "confidence": round(candidate.confidence, 4),
        "role": candidate.role,
        "right": candidate.right,
        "in_register": candidate.in_register,
        "signals": [
            {"code": signal.code, "value": signal.value, "weight": signal.weight}
            for signal in candidate.signals
        ],
        "sightings": [
            {
                "page": sighting.page_number,
                "box": [
                    sighting.box.left_px,
                    sighting.box.top_px,
                    sighting.box.width_px,
                    sighting.box.height_px,
                ],
                "raw": sighting.raw,
                "role": sighting.role,
                "label": sighting.label,
                "confidence": round(sighting.confidence, 4),
                "edits": [list(edit) for edit in sighting.edits],
            }
            for sighting in candidate.sightings
        ],
    }


def _receipt(upload: UploadSummary | None) -> dict[str, Any] | None:
    if upload is None or upload.receipt_verdict is None:
        return None
    return {
        "verdict": upload.receipt_verdict,
        "reference": upload.receipt_reference,
        "office": upload.receipt_office,
        "reason": upload.receipt_reason,
        "time": None if upload.closed_at is None else upload.closed_at.isoformat(),
    }


def _stack(stack: StackSummary) -> dict[str, Any]:
    return {
        "source": stack.source,
        "mode": stack.mode,
        "sheets_each": stack.sheets_each,
        "both_sides": stack.both_sides,
        "folders_expected": stack.expected_folders,
        "folders": len(stack.dossier_ids),
        "dossiers": list(stack.dossier_ids),
        "pages": stack.pages,
        "separators": stack.separators,
        "divided": not stack.is_waiting,
    }


def _ledger(ledger: Ledger, words: Words) -> dict[str, Any]:
    return {
        "offered": ledger.offered,
        "accepted": ledger.accepted,
        "waiting": ledger.waiting,
        "refused": [
            {
                "source": str(item.source_path),
                "reason": item.reason,
                "message": words(item.reason or "", item.facts),
                "facts": item.facts,
            }
            for item in ledger.items
            if item.state is ImportState.REFUSED
        ],
        "duplicates": [
            {"source": str(item.source_path), "same_as": str(item.duplicate_of)}
            for item in ledger.items
            if item.duplicate_of is not None
        ]
        + [
            {
                "source": str(item.source_path),
                "page": twin.page,
                "same_as": str(twin.same_as),
                "same_as_page": twin.same_as_page,
            }
            for item in ledger.items
            for twin in item.twin_pages
        ],
        "notes": [
            {"source": str(item.source_path), "code": note, "message": words(note, {})}
            for item in ledger.items
            for note in item.notes
        ],
    }

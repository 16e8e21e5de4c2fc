"""The report of `foliodesk digitize` for people."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePath

from rich.console import Console
from rich.table import Table

from app.commands.digitize_report import Report, ReportedDossier
from app.commands.output import Words, console
from app.connectors.local_office import office_of
from app.domain.states import ImportState, UploadState
from app.queries.stacks import StackSummary


def print_summary(report: Report, words: Words, screen: Console) -> None:
    """Say what became of every file and every dossier, and where things are."""
    shown = console(for_results=True)
    ledger = report.ledger
    shown.print(
        f"Files: {ledger.offered} offered = {ledger.accepted} accepted + {ledger.refused} refused"
        + (f" + {ledger.waiting} still waiting" if ledger.waiting else "")
    )
    for item in ledger.items:
        if item.state is ImportState.REFUSED:
            said = words(item.reason or "", {"name": item.source_path.name, **item.facts})
            shown.print(f"  ✕ {item.source_path.name}: {said}", markup=False)
        for note in item.notes:
            said = words(note, {"name": item.source_path.name})
            shown.print(f"  ! {item.source_path.name}: {said}", markup=False)
        if item.duplicate_of is not None:
            shown.print(f"  = {item.source_path.name}: same scan as {item.duplicate_of}", markup=False)
        for twin in item.twin_pages:
            told = f"page {twin.page}: same scan as page {twin.same_as_page} of {twin.same_as}"
            shown.print(f"  = {item.source_path.name}, {told}", markup=False)
    for problem in report.register_problems:
        told = words(problem.code, {"value": problem.value})
        shown.print(f"  ! register line {problem.line}: {told}", markup=False)
    for stack in report.stacks:
        shown.print(_stack(stack), markup=False)
    for line in _registers(report):
        shown.print(line, markup=False)
    shown.print(_table(report, words))
    for line in _marks(report, words):
        shown.print(line, markup=False)
    for line in _left_out(report):
        shown.print(line, markup=False)
    shown.print(f"Delivered to: {report.destination}", markup=False, soft_wrap=True)
    if office_of(report.destination):
        shown.print("That is a local drop folder: it answers for itself, no office has seen these dossiers.")
    sent = sum(dossier.awaits_receipt for dossier in report.dossiers)
    if sent:
        shown.print(
            f"{sent} of {len(report.dossiers)} dossiers were sent, and no receipt has come yet; "
            "the same command later looks for it."
        )
    waiting = sum(not dossier.is_settled for dossier in report.dossiers)
    if waiting:
        shown.print(f"{waiting} of {len(report.dossiers)} dossiers wait for a person; open the workstation.")


def _table(report: Report, words: Words) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Folder", "Pages", "Number", "State", "Why, or receipt"):
        table.add_column(title, overflow="fold")
    for dossier in report.dossiers:
        summary = dossier.detail.summary
        number = summary.application_number or (f"{summary.best_guess} ?" if summary.best_guess else "none")
        table.add_row(
            _name(report, dossier),
            str(summary.pages),
            number,
            _state(dossier),
            _last_word(dossier, words),
        )
    return table


def _name(report: Report, dossier: ReportedDossier) -> str:
    """What lies at its path; a folder of a stack shares that with others, and goes by its own name."""
    summary = dossier.detail.summary
    is_of_stack = any(summary.id in stack.dossier_ids for stack in report.stacks)
    return summary.name if is_of_stack else PurePath(summary.source).name


def _stack(stack: StackSummary) -> str:
    """How many folders and separators were seen in a stack, and how many folders were expected."""
    expected = "" if stack.expected_folders is None else f" of {stack.expected_folders} expected"
    seen = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(stack.separators.items()))
    told = f"{len(stack.dossier_ids)} folders{expected}, {stack.pages} pages; separators: {seen or 'none'}"
    return f"Stack {PurePath(stack.source).name} ({stack.mode}): {'not divided yet' if stack.is_waiting else told}"


def _state(dossier: ReportedDossier) -> str:
    """The dossier's state; one that has left says whether the office has it."""
    upload = dossier.upload
    if upload is not None and upload.state is UploadState.SENT:
        return "sent, no receipt yet"
    return dossier.detail.summary.state.value.replace("_", " ")


def _last_word(dossier: ReportedDossier, words: Words) -> str:
    upload = dossier.upload
    if upload is not None and upload.receipt_verdict is not None:
        why = f": {upload.receipt_reason}" if upload.receipt_reason else ""
        return f"{upload.receipt_verdict} {upload.receipt_reference} ({upload.receipt_office}){why}"
    if upload is not None and upload.error is not None:
        return words(upload.error.code, upload.error.facts)
    if dossier.detail.summary.return_reason is not None:
        return words(dossier.detail.summary.return_reason, {})
    against = [reason for reason in dossier.detail.reasons if not reason.facts.get("supports")]
    reasons = against or list(dossier.detail.reasons)
    return words(reasons[0].code, reasons[0].facts) if reasons else ""


def _marks(report: Report, words: Words) -> list[str]:
    """Say which pages bear marks, dossier by dossier, and where these keep it from leaving by itself."""
    lines = []
    for dossier in report.dossiers:
        for mark in dossier.marks:
            where = ", ".join(map(str, mark.pages))
            grave = " - waits for somebody to look" if mark.grave_pages else ""
            told = words(mark.code, {"value": mark.worst})
            lines.append(f"  ! {_name(report, dossier)}, page {where}: {told}{grave}")
    return lines


_LEFT_OUT = {
    "person": "not counted, by hand",
    "not_of_file": "of another file",
    "replaced": "scanned again",
    "taken_back": "insertion taken back",
}


def _left_out(report: Report) -> list[str]:
    """Say which pages people took out, and which of them no folder has yet."""
    return [
        f"  ! {page.dossier}, page {page.number} ({page.file}): {_LEFT_OUT[page.code]}"
        + (" - no folder has it yet" if page.is_astray else "")
        for dossier in report.dossiers
        for page in dossier.left_out
    ]


def _registers(report: Report) -> list[str]:
    """Say how old the register is that the dossiers were compared with, office by office."""
    found = {each.detail.summary.office: each.detail.register_as_of for each in report.dossiers}
    return [
        f"Register of {office}: {when.astimezone():%Y-%m-%d}, {(datetime.now(UTC) - when).days} days old"
        if when is not None
        else f"Register of {office}: none"
        for office, when in sorted(found.items())
    ]

"""`foliodesk check`, `backup` and `restore`: looking after what is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.commands.homes import existing_home
from app.commands.output import ALL_WELL, MACHINE_TROUBLE, NEEDS_PERSON, Words, one_document
from app.context import AppContext
from app.domain.offices import packs_in_force, profiles_of
from app.ending import Ending
from app.errors import WorkstationError
from app.events import ChangeBus
from app.paths import HomePaths, default_home, offices_dir
from app.queries.places import places_of
from app.services.findings import CheckReport, Finding
from app.services.integrity import check, remake_derived
from app.settings import load_settings
from app.start_checks import office_problems, pack_problems
from app.storage.backup import backup
from app.storage.database import Database
from app.storage.migrations.runner import refuse_other_version
from app.storage.restore import restore
from ocr.long_paths import usual

NAMED = 3

# What is being done, units done, units in all.
Tell = Callable[[str, int, int], None]


def check_home(
    home: Path | None,
    *,
    repair: bool,
    backup_dir: Path | None,
    as_json: bool,
    words: Words,
    screen: Console,
    ending: Ending,
) -> int:
    """Verify a home and print the findings; changes nothing without repair.

    backup_dir: a copy made by backup, from which repair may take what is damaged here. With as_json one
    document is printed also when an error ends the check; the error goes on.
    """
    without_result = CheckReport((), {}, repair).to_json
    with one_document(as_json, words, without_result, ending.before_leaving) as show:
        paths = existing_home(home)
        refuse_other_version(paths.database)
        _tell_of_settings(paths, words, screen)
        # Not the whole program: opening that gives back jobs and prepares directories, and a check only looks.
        database = Database(paths.database, ChangeBus())
        try:
            with _progress(screen, "Checking", quiet=as_json) as tell:
                report = check(database, paths, repair=repair, backup_dir=backup_dir, progress=tell)
        finally:
            database.close()
        if as_json:
            show(report.to_json())
        else:
            _print_report(report, paths, words, screen)
    return ALL_WELL if report.is_clean else NEEDS_PERSON


def _tell_of_settings(paths: HomePaths, words: Words, screen: Console) -> None:
    """Say what is wrong with the settings file, which is no part of the data and needs a person's hand."""
    loaded = load_settings(paths.settings, only_look=True)
    problems = list(loaded.problems)
    with suppress(WorkstationError):  # a damaged profile is told by whoever has to work with it
        found = packs_in_force(offices_dir(), paths.offices)
        problems += office_problems(loaded.settings, profiles_of(found.packs)) + pack_problems(found)
    for problem in problems:
        screen.print(f"! {words(problem.code, problem.facts)}", markup=False, soft_wrap=True)


def _print_report(report: CheckReport, paths: HomePaths, words: Words, screen: Console) -> None:
    """Say each kind of finding once, with what it is about; what was mended says so."""
    kinds: dict[tuple[str, str, bool], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        kinds[(finding.severity.value, finding.code, finding.repaired)].append(finding)
    database = Database(paths.database, ChangeBus())
    try:
        for (severity, code, repaired), findings in kinds.items():
            said = f"{len(findings)} times: " if len(findings) > 1 else ""
            is_queued = findings[0].facts.get("how") == "queued_again"
            head = severity if not repaired else ("done at the next start" if is_queued else "mended")
            screen.print(f"{head}: {said}{words(code, findings[0].facts)}", markup=False, soft_wrap=True)
            for finding in findings[:NAMED]:
                places = places_of(database, finding.subject, finding.subject_id)
                about = "; ".join(places) or f"{finding.subject} {finding.subject_id}"
                screen.print(f"    {about}", markup=False, soft_wrap=True)
            if len(findings) > NAMED:
                screen.print(f"    and {len(findings) - NAMED} more (--json lists all)", markup=False)
    finally:
        database.close()
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in report.counts.items())
    count = len(report.findings)
    told = f"Checked {counts}. {count} finding{'' if count == 1 else 's'}."
    screen.print(told, markup=False, soft_wrap=True)


def backup_home(home: Path | None, target: Path, *, verify: bool, words: Words, screen: Console) -> int:
    """Copy a home; what could not be copied whole is named."""
    paths = existing_home(home)
    with _progress(screen, "Copying") as tell:
        report = backup(paths, target, verify=verify, progress=tell)
    for problem in report.problems:
        told = words(problem.code, {"subject": problem.subject, "name": problem.name})
        screen.print(f"✕ {told}", markup=False)
    screen.print(
        f"Backup complete in {report.target}: {report.files_copied} files copied, "
        f"{report.files_kept} were there already.",
        markup=False,
    )
    return MACHINE_TROUBLE if report.problems else ALL_WELL


def restore_home(home: Path | None, source: Path, *, replace: bool, screen: Console) -> int:
    """Bring a copy back into a home."""
    paths = HomePaths(home or default_home())
    with _progress(screen, "Restoring") as tell:
        told = restore(source, paths, replace=replace, progress=tell)
    with AppContext.open(paths.root, background=False) as program:
        pages = remake_derived(program.database, paths)
    screen.print(
        f"Restored into {paths.root}. At the next start the viewing copies of {pages} pages are made again.",
        markup=False,
    )
    for pack in told.packs_aside:
        screen.print(
            f"! Office profile not in the backup, put aside: {usual(pack)}", markup=False, soft_wrap=True
        )
    return ALL_WELL


@contextmanager
def _progress(screen: Console, title: str, *, quiet: bool = False) -> Iterator[Tell | None]:
    if quiet or not screen.is_terminal:
        yield None
        return
    with Progress(console=screen) as bars:
        task = bars.add_task(title, total=None)
        yield lambda _what, done, total: bars.update(task, completed=done, total=total)

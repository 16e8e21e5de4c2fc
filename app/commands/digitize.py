"""The whole line without a screen: import, process, link, package, deliver, collect receipts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.commands.digitize_report import Asked, Report, build_report
from app.connectors.local_office import office_of, prepare_drop_folder
from app.context import AppContext
from app.domain.register_mapping import Field, listed, written_mapping
from app.domain.register_types import RegisterProblem, RegisterUnreadable
from app.domain.separation import Separation
from app.errors import ConnectorError, MachineError, OperatorError
from app.events import Changes
from app.paths import tessdata_dir
from app.queries import progress
from app.queries.progress import Progress as ImportProgress
from app.services.capture import ImportStarted
from app.services.register import RegisterImported
from ocr.engines.models import model_names, require_models
from ocr.long_paths import canonical, reachable, whole

# An office that is not ourselves may take days; we look a moment and leave the rest to the next run.
RECEIPT_PATIENCE_S = 3.0
# Long enough for a disk that is being tidied up, short enough for someone who waits at a prompt.
HELD_PATIENCE_S = 20.0
# Counting costs the recognising workers a little: page by page it is enough to count so often,
LOOK_S = 0.5
# and at once when one of these changed, for that may have been the last.
MAY_END = frozenset({"dossier", "outbox"})
BURST_S = 0.1
PLAIN_PROGRESS_S = 5.0


@dataclass(frozen=True, slots=True)
class DigitizeOptions:
    """One call of `foliodesk digitize`. release: "proven" or "none"."""

    paths: tuple[Path, ...]
    office: str
    languages: tuple[str, ...]
    register: Path | None
    destination: Path | None
    release: str
    quiet: bool = False
    separation: Separation | None = None


def digitize(context: AppContext, options: DigitizeOptions, screen: Console) -> Report:
    """Do the whole line for what is offered and report.

    Raises OperatorError for wrong paths or registers before anything is imported. When the machine cannot go
    on ("disk_full") the report tells how far it came and names the trouble; everything received is safe then
    and the same call goes on later.
    """
    began = time.monotonic()
    context.office(options.office)
    destination = options.destination or context.settings.destination
    place = destination or context.paths.drop
    _open_share(context, place, is_named=options.destination is not None)
    if reachable(place).exists() and not reachable(place).is_dir():
        raise OperatorError("drop_folder_is_a_file", path=str(place))
    _refuse_inside(context, place)
    if options.destination is not None:
        # Naming a new or empty directory here makes it our own drop folder. One from the settings may be an
        # office's, which is empty whenever the office has fetched everything.
        prepare_drop_folder(options.destination)
    problems: tuple[RegisterProblem, ...] = ()
    if options.register is not None:
        imported = _bring_in(context, options.register, options.office)
        # What was taken for granted about the file as a whole is told like a line that needs a look.
        notices = tuple(RegisterProblem(1, code, "") for code in imported.notices)
        problems = (*notices, *imported.problems)
    started = context.capture.import_with(
        options.paths,
        context.import_options(
            office=options.office,
            languages=options.languages,
            release=options.release,
            destination=None if destination is None else whole(destination),
            separation=options.separation,
        ),
    )
    context.start()
    trouble: MachineError | None = None
    try:
        _wait(context, started, screen, is_local=bool(office_of(place)), quiet=options.quiet)
    except MachineError as exc:
        trouble = exc
    asked = Asked(started, whole(place), problems, time.monotonic() - began, trouble)
    return build_report(context, asked)


def _bring_in(context: AppContext, path: Path, office: str) -> RegisterImported:
    """Import a register as it was imported before; raises OperatorError with what to type where nobody has said how."""
    try:
        return context.register_service.import_csv(path, office)
    except RegisterUnreadable as exc:
        if exc.code != "register_column_missing":
            raise
        seen = context.register_service.look(path, office)
        facts = {"path": str(path), "header": listed(seen.preview.header)}
        if Field.NUMBER not in seen.columns:
            raise OperatorError("register_number_typed", **facts) from exc
        raise OperatorError(
            "register_columns_typed", proposal=written_mapping(seen.columns), **facts
        ) from exc


def _open_share(context: AppContext, place: Path, *, is_named: bool) -> None:
    """Open the share of a drop folder. One from the settings may be closed for now: its packages wait."""
    try:
        context.outbox.shares.open(place)
    except ConnectorError:
        if is_named:
            raise


def _refuse_inside(context: AppContext, place: Path) -> None:
    """Raise OperatorError for a drop folder among our own files; the local one of the home is no such file."""
    there = canonical(place)
    is_inside = there.is_relative_to(canonical(context.paths.root))
    if is_inside and not there.is_relative_to(canonical(context.paths.drop)):
        raise OperatorError("drop_folder_in_home", path=str(place))


def _wait(
    context: AppContext, started: ImportStarted, screen: Console, *, is_local: bool, quiet: bool
) -> None:
    news = threading.Event()

    def on_changes(changes: Changes) -> None:
        if not MAY_END.isdisjoint(changes.touched):
            news.set()

    unsubscribe = context.bus.subscribe(on_changes)
    patience = _Patience()
    try:
        with _shown(screen, quiet) as show:
            while True:
                now = progress.of_import(context.database, started.dossier_ids, started.item_ids)
                show(now)
                if _is_over(now, is_local=is_local, patience=patience):
                    return
                patience.look(context.held, now)
                news.wait(LOOK_S)
                news.clear()
                time.sleep(BURST_S)  # let a burst of commits pass before counting again
    finally:
        unsubscribe()


class _Patience:
    """How long nothing has moved, and why."""

    def __init__(self) -> None:
        self._last: ImportProgress | None = None
        self._since = time.monotonic()

    def look(self, held: str | None, now: ImportProgress) -> None:
        """Note whether anything moved; raises MachineError when the machine holds everything up too long."""
        if now != self._last:
            self._last, self._since = now, time.monotonic()
        if held is not None and self.still_s > HELD_PATIENCE_S:
            raise MachineError(held, retryable=True)

    @property
    def still_s(self) -> float:
        """Seconds without any movement."""
        return time.monotonic() - self._since


def _is_over(now: ImportProgress, *, is_local: bool, patience: _Patience) -> bool:
    if now.moving:
        return False
    if now.stuck:
        return patience.still_s > RECEIPT_PATIENCE_S
    if not now.awaiting_receipt:
        return True
    return not is_local and patience.still_s > RECEIPT_PATIENCE_S


class _Shown:
    """Progress on a terminal as bars, elsewhere as a line every few seconds."""

    def __init__(self, screen: Console, quiet: bool) -> None:
        self._screen = screen
        self._quiet = quiet
        self._bars: Progress | None = None
        self._files: TaskID | None = None
        self._pages: TaskID | None = None
        self._out: TaskID | None = None
        self._said_at = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Show bars while the body runs."""
        if self._quiet or not self._screen.is_terminal:
            yield
            return
        columns = (
            TextColumn("{task.description:<22}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._screen) as bars:
            self._bars = bars
            self._files = bars.add_task("Files safe on disk", total=None)
            self._pages = bars.add_task("Pages recognised", total=None)
            self._out = bars.add_task("Dossiers acknowledged", total=None)
            yield

    def __call__(self, now: ImportProgress) -> None:
        """Show these counts."""
        if self._bars is not None and self._files is not None:
            assert self._pages is not None
            assert self._out is not None
            self._bars.update(self._files, completed=now.files_done, total=now.files)
            self._bars.update(self._pages, completed=now.pages_done, total=max(now.pages, 1))
            self._bars.update(self._out, completed=now.dossiers_out, total=now.dossiers)
        elif not self._quiet and time.monotonic() - self._said_at > PLAIN_PROGRESS_S:
            self._said_at = time.monotonic()
            self._screen.print(
                f"files {now.files_done}/{now.files}, pages {now.pages_done}/{now.pages}, "
                f"dossiers acknowledged {now.dossiers_out}/{now.dossiers}"
            )


@contextmanager
def _shown(screen: Console, quiet: bool) -> Iterator[_Shown]:
    shown = _Shown(screen, quiet)
    with shown.running():
        yield shown


def split_languages(text: str | None, usual: Sequence[str]) -> tuple[str, ...]:
    """Read "eng+khm"; None gives the usual ones.

    Raises OperatorError("language_unknown") for one without a recognition model, and EngineUnavailable
    ("language_missing" | "model_damaged") for a model of ours that the installation has lost.
    """
    languages = tuple(usual) if not text else tuple(filter(None, text.replace(",", "+").split("+")))
    known = [name for name in model_names(tessdata_dir()) if name != "osd"]
    for language in languages:
        if language not in known:
            raise OperatorError("language_unknown", language=language, known=", ".join(known))
    require_models(tessdata_dir(), languages)
    return languages

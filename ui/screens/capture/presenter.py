"""Capture as decided: paths become imports, commits become thumbnails and counters.

Only what a commit touched is read again; the whole batch is read when it comes to the front, and now and then
while files arrive. One read runs at a time: an older answer that came later would bring old states back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.domain.ids import BatchId, PageId
from app.domain.states import ImportState
from app.events import Changes
from app.queries.rows import BatchSummary, DossierSummary, Ledger, LedgerItem, PageSummary
from ui.desk import Desk
from ui.pacing import Pace
from ui.screens.capture.stack_memory import keep_way, kept_way, stack_words
from ui.screens.capture.view import CaptureView
from ui.screens.faces import ledger_words
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone

if TYPE_CHECKING:
    from app.services.capture import ImportStarted

# More pages than this in one change are read with the whole batch, which is then cheaper.
MANY_PAGES = 400


@dataclass(frozen=True, slots=True)
class _Whole:
    """What only a read of the whole batch answers. stacks: a sentence on those in it."""

    ledger: Ledger
    dossiers: tuple[DossierSummary, ...]
    stacks: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A read of a batch. pages: all of the batch when whole is given, else those that were touched."""

    batch: BatchSummary
    pages: tuple[PageSummary, ...]
    whole: _Whole | None = None


class CapturePresenter(QObject):
    """Decides for CaptureView."""

    def __init__(self, desk: Desk, view: CaptureView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._batch: BatchId | None = None
        self._dossiers: set[int] = set()
        self._stacks = ""
        self._touched: set[int] = set()
        self._is_reading = False
        self._is_stale = False
        self._is_whole_due = True
        self._has_looked = False
        self._whole_pace = Pace()
        self._whole_timer = QTimer(self)
        self._whole_timer.setSingleShot(True)
        self._whole_timer.timeout.connect(self._read)
        settings = desk.context.settings
        view.profile.set_office(settings.office)
        view.profile.set_languages(settings.languages)
        view.files_asked.connect(self.choose_files)
        view.folder_asked.connect(self.choose_folder)
        view.paste_asked.connect(self.paste)
        view.covers_asked.connect(self._on_covers)
        view.profile.office_chosen.connect(self._on_office)
        view.profile.stack.choose(kept_way(desk.preferences))
        view.profile.stack.changed.connect(self._on_way)
        view.problem_list.chosen.connect(self._on_problem)
        desk.bridge.changed.connect(self._on_changes)

    def activate(self, batch_id: int = 0) -> None:
        """The screen comes to the front; an unfinished batch is offered first."""
        if batch_id:
            self._show(BatchId(batch_id))
        elif self._batch is not None:
            self._show(self._batch)
        elif not self._has_looked:
            self._has_looked = True
            self._desk.tasks.run(self._desk.reading.unfinished_batch, self._on_unfinished)
        self._view.give_focus(self._view.tiles)

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Import with the profile at the top."""
        profile = self._view.profile
        call = partial(
            self._desk.context.capture.import_paths,
            tuple(paths),
            office=profile.chosen_office,
            languages=profile.chosen_languages,
            batch_name=profile.batch_name,
            separation=profile.stack.separation,
        )
        self._desk.tasks.run(call, self._on_started)

    def choose_files(self) -> None:
        """Ask for files and import them."""
        title, pattern = t("capture.choose_files"), t("capture.file_filter")
        chosen, _ = QFileDialog.getOpenFileNames(self._view, title, self._last_place(), pattern)
        self._import_chosen(chosen)

    def choose_folder(self) -> None:
        """Ask for a directory and import it."""
        chosen = QFileDialog.getExistingDirectory(self._view, t("capture.choose_folder"), self._last_place())
        self._import_chosen([chosen] if chosen else [])

    def paste(self) -> None:
        """Import what the clipboard names: files copied in a file browser, or paths as text."""
        paths = clipboard_paths()
        if paths:
            self.import_paths(paths)
        else:
            self._desk.notices.say(t("capture.clipboard_empty"), Tone.CARE)

    def _import_chosen(self, chosen: Sequence[str]) -> None:
        if chosen:
            self._desk.preferences.keep("last_place", str(Path(chosen[0]).parent))
            self.import_paths([Path(name) for name in chosen])

    def _last_place(self) -> str:
        return self._desk.preferences.text("last_place", str(Path.home()))

    def _on_unfinished(self, batch_id: BatchId | None) -> None:
        if batch_id is not None and self._batch is None:
            self._show(batch_id)

    def _on_started(self, started: ImportStarted) -> None:
        if started.known:
            self._desk.notices.say(t("capture.known", n=started.known), Tone.CARE)
        if started.batch_id is None:
            if not started.known:
                self._desk.notices.say(t("capture.nothing_found"), Tone.CARE)
            return
        words = t("capture.started", n=started.offered, folders=len(started.dossier_ids))
        self._desk.notices.say(words, Tone.ACCENT)
        self._view.profile.batch.clear()
        self._view.profile.stack.forget_count()
        self._show(started.batch_id)

    def _show(self, batch_id: BatchId) -> None:
        if batch_id != self._batch:
            self._view.pages.replace(())
            self._view.problems.replace(())
        self._batch = batch_id
        self._is_whole_due = True
        self._read()

    def _on_changes(self, changes: Changes) -> None:
        if self._batch is None or not self._view.isVisible():
            return
        touched = changes.touched.get("page", frozenset())
        if changes.is_unknown or len(touched) > MANY_PAGES:
            self._show(self._batch)
        elif {"page", "import_item", "batch", "dossier"} & set(changes.touched):
            self._touched |= touched
            self._read()

    def _read(self) -> None:
        if self._is_reading or self._batch is None:
            self._is_stale = True
            return
        self._is_reading, self._is_stale = True, False
        touched = [PageId(page_id) for page_id in sorted(self._touched)]
        self._touched.clear()
        if self._is_whole_due or self._whole_pace.wait_ms == 0:
            self._is_whole_due = False
            self._whole_pace.begin()
            call = partial(self._read_whole, self._batch)
        else:
            call = partial(self._read_some, self._batch, touched)
        self._desk.tasks.run(call, self._on_read, self._on_not_read)

    def _read_whole(self, batch_id: BatchId) -> _Answer:
        reading = self._desk.reading
        told = stack_words(reading.stacks(batch_id))
        whole = _Whole(reading.ledger(batch_id), reading.dossiers(batch_id=batch_id), told)
        return _Answer(reading.batch(batch_id), reading.pages(batch_id=batch_id), whole)

    def _read_some(self, batch_id: BatchId, touched: Sequence[PageId]) -> _Answer:
        reading = self._desk.reading
        return _Answer(reading.batch(batch_id), reading.pages_by_id(touched) if touched else ())

    def _on_not_read(self, failure: Failure) -> None:
        self._is_reading, self._is_whole_due = False, True
        self._desk.notices.failure(failure)

    def _on_read(self, answer: _Answer) -> None:
        self._is_reading = False
        whole = answer.whole
        if answer.batch.id != self._batch:
            pass  # another batch is shown since, and its read is due below
        elif whole is None:
            self._merge(answer.pages)
            self._show_figures(answer.batch, None)
        else:
            items = whole.ledger.items
            self._stacks = whole.stacks
            self._dossiers = {int(item.dossier_id) for item in items if item.dossier_id is not None}
            self._dossiers |= {
                int(row.id) for row in whole.dossiers
            }  # a stack's pages lie in others than its files
            self._view.tiles.name_folders({row.id: row.name for row in whole.dossiers})
            self._view.pages.replace(answer.pages)
            self._show_figures(answer.batch, whole.ledger)
        if whole is not None:
            self._whole_pace.end()
        elif not self._whole_timer.isActive():
            # Files of several pages, and refused ones, move the numbers of pages that nothing touched.
            self._whole_timer.start(self._whole_pace.wait_ms + 1)
        if self._is_stale:
            self._read()

    def _merge(self, pages: Sequence[PageSummary]) -> None:
        """Renew touched pages and put fresh ones in their place: files are not taken in in their order."""
        known = self._view.pages
        mine = {page.id: page for page in pages if int(page.dossier_id) in self._dossiers}
        places = {page_id: None if (row := known.row_of(page_id)) is None else row.number for page_id in mine}
        if all(page.number == places[page_id] for page_id, page in mine.items()):
            known.update(mine.values())  # to sort 5,000 takes 10 ms, and a page is touched three times
            return
        shown = {page.id: page for page in known.rows}
        in_order = sorted((shown | mine).values(), key=lambda page: (page.dossier_id, page.number, page.id))
        known.replace(in_order)

    def _show_figures(self, batch: BatchSummary, ledger: Ledger | None) -> None:
        view = self._view
        view.show_batch(batch.name)
        for key, value in (
            ("offered", batch.files_offered),
            ("accepted", batch.files_accepted),
            ("pages", batch.pages),
            ("read", batch.pages_done),
        ):
            view.counters.show_figure(key, value)
        view.counters.show_figure("refused", batch.files_refused, "bad" if batch.files_refused else "")
        if ledger is not None:
            problems = [item for item in ledger.items if is_problem(item)]
            view.problems.replace(problems)
            view.show_problems(len(problems))
        taken = batch.files_accepted + batch.files_refused
        if taken < batch.files_offered:
            words = t("capture.working", done=taken, total=batch.files_offered)
            view.show_state(words, taken, batch.files_offered)
        elif batch.pages_done < batch.pages:
            words = t("capture.reading", done=batch.pages_done, total=batch.pages)
            view.show_state(words, batch.pages_done, batch.pages)
        else:
            view.show_state(t("capture.finished", n=batch.pages) + self._stacks, 1, 0)
        view.show_next(batch.pages_done > 0)

    def _on_office(self, code: str) -> None:
        profile = self._desk.context.offices.get(code)
        if profile is not None:
            self._view.profile.set_languages(profile.languages)

    def _on_covers(self) -> None:
        from ui.dialogs.covers_dialog import CoversDialog

        CoversDialog(self._desk, self._view.profile.chosen_office, self._view).open()

    def _on_way(self) -> None:
        """The way of the last stack is offered for the next one."""
        keep_way(self._desk.preferences, self._view.profile.stack.separation)

    def _on_problem(self, item_id: int) -> None:
        item = self._view.problems.row_of(item_id)
        self._view.show_problem("" if item is None else ledger_words(item))


def is_problem(item: LedgerItem) -> bool:
    """True for a file a person should know about."""
    is_copy = item.duplicate_of is not None or bool(item.twin_pages)
    return item.state is ImportState.REFUSED or is_copy or bool(item.notes)


def clipboard_paths() -> list[Path]:
    """Existing files and directories the clipboard names."""
    data = QGuiApplication.clipboard().mimeData()
    if data is None:
        return []
    if data.hasUrls():
        return url_paths(data.urls())
    lines = (line.strip().strip('"') for line in data.text().splitlines())
    return [path for path in map(Path, filter(None, lines)) if path.is_absolute() and path.exists()]


def url_paths(urls: Sequence[QUrl]) -> list[Path]:
    """Local files and directories among URLs."""
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]

"""What people do in a document tree, on any screen that shows one: written in threads, told, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.domain.ids import DocumentId, DossierId, PageId
from app.queries.document_rows import DossierTree, LastAct
from ui import texts
from ui.desk import Desk
from ui.document_lines import DocumentLines
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone
from ui.widgets.document_tree import DocumentTree
from ui.widgets.kind_picker import KindChoice
from ui.widgets.paint import Badge

if TYPE_CHECKING:
    from app.domain.completeness import Lack
    from app.services.carrying import Ended


@dataclass(frozen=True, slots=True)
class _Shown:
    """A folder as it was read: its documents, its office's types, what is missing."""

    tree: DossierTree
    kinds: tuple[KindChoice, ...]
    findings: tuple[Badge, ...]


class DocumentActs(QObject):
    """Fills a DocumentTree and does what is asked in it. Every act is one transaction in a thread."""

    written = Signal(int)  # dossier: something of it was changed here

    def __init__(self, desk: Desk, tree: DocumentTree, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tree = tree
        self._dossier_id: DossierId | None = None
        self._is_loading = False
        self._is_stale = False
        self._page_wanted: int | None = None
        tree.pages_to_previous.connect(self._on_previous)
        tree.pages_to_next.connect(self._on_next)
        tree.pages_moved.connect(self._on_moved)
        tree.split_asked.connect(self._on_split)
        tree.merge_asked.connect(self._on_merge)
        tree.kind_given.connect(self._on_kind)
        tree.exclude_asked.connect(self._on_exclude)
        tree.include_asked.connect(self._on_include)
        tree.of_another_asked.connect(self._on_of_another)
        lines = DocumentLines(desk, tree, self)
        lines.date_taken.connect(self._on_date)
        lines.link_taken.connect(self._on_link)
        lines.unlink_taken.connect(self._on_unlink)
        tree.insert_asked.connect(self._on_insert)
        tree.replace_asked.connect(self._on_replace)
        tree.undo_asked.connect(self._on_undo)
        tree.redo_asked.connect(self._on_redo)

    def show(self, dossier_id: DossierId | None, page_id: int | None = None) -> None:
        """Show a folder, from a page; None shows nothing."""
        self._dossier_id = dossier_id
        self._page_wanted = page_id
        if dossier_id is None:
            self._tree.show_tree(None)
        else:
            self.renew()

    def choose_page(self, page_id: int) -> None:
        """Choose a page of the folder shown, as soon as that is here."""
        if self._tree.tree is not None and self._tree.tree.dossier_id == self._dossier_id:
            self._tree.choose_page(page_id)
        else:
            self._page_wanted = page_id

    def renew(self) -> None:
        """Read the folder again; many news in a row cost one more reading."""
        if self._dossier_id is None:
            return
        if self._is_loading:
            self._is_stale = True
            return
        self._is_loading, self._is_stale = True, False
        self._desk.tasks.run(partial(self._read, self._dossier_id), self._on_read, self._on_read_failed)

    def _read(self, dossier_id: DossierId) -> _Shown:
        tree = self._desk.reading.tree(dossier_id)
        kinds = self._desk.reading.document_kinds(tree.office)
        names = {kind.code: kind.name for kind in kinds}
        findings = tuple(_badge(each, names) for each in self._desk.reading.completeness(dossier_id))
        return _Shown(tree, tuple(KindChoice(each.code, each.name, each.words) for each in kinds), findings)

    def _on_read(self, shown: _Shown) -> None:
        self._is_loading = False
        if shown.tree.dossier_id == self._dossier_id:
            self._tree.set_kinds(shown.kinds)
            self._tree.show_tree(shown.tree, shown.findings)
            if self._page_wanted is not None:
                self._tree.choose_page(self._page_wanted)
                self._page_wanted = None
        if self._is_stale or shown.tree.dossier_id != self._dossier_id:
            self.renew()

    def _on_read_failed(self, failure: Failure) -> None:
        self._is_loading = False
        if failure.code != "unexpected" or self._dossier_id is not None:
            self._desk.notices.failure(failure)
        if self._is_stale:
            self.renew()

    # --- acts --------------------------------------------------------------------------------------------

    def _on_previous(self, page_ids: list[int]) -> None:
        pages = [PageId(page_id) for page_id in page_ids]
        if pages:
            self._move(partial(self._documents.move_to_previous, pages), len(pages))

    def _on_next(self, page_ids: list[int]) -> None:
        pages = [PageId(page_id) for page_id in page_ids]
        if pages:
            self._move(partial(self._documents.move_to_next, pages), len(pages))

    def _on_moved(self, page_ids: list[int], document_id: int, before: int) -> None:
        pages = [PageId(page_id) for page_id in page_ids]
        place = PageId(before) if before else None
        call = partial(self._documents.move_pages, pages, DocumentId(document_id), before=place)
        self._move(call, len(pages))

    def _on_split(self, page_id: int) -> None:
        if page_id:
            self._do(partial(self._documents.split, PageId(page_id)), t("tree.split"))

    def _on_merge(self, document_id: int) -> None:
        call = partial(self._documents.merge_with_previous, DocumentId(document_id))
        self._do(call, t("tree.merged"))

    def _on_kind(self, document_id: int, code: str) -> None:
        from app.services.documents import DocumentChange

        change = DocumentChange(kind=code) if code else DocumentChange(unknown=frozenset({"kind"}))
        kind = self._tree.list.delegate.names.get(code, code) if code else t("tree.unknown")
        call = partial(self._documents.describe, DocumentId(document_id), change)
        self._do(call, t("tree.described", kind=kind))

    def _on_exclude(self, page_ids: list[int]) -> None:
        pages = [PageId(page_id) for page_id in page_ids]
        if pages:
            self._do(partial(self._documents.exclude, pages), t("tree.excluded", n=len(pages)))

    def _on_of_another(self, page_ids: list[int]) -> None:
        from app.domain.documents import Exclusion

        pages = [PageId(page_id) for page_id in page_ids]
        call = partial(self._documents.exclude, pages, Exclusion.NOT_OF_FILE)
        self._do(call, t("tree.of_another", n=len(pages)))

    def _on_include(self, page_ids: list[int]) -> None:
        pages = [PageId(page_id) for page_id in page_ids]
        self._do(partial(self._documents.include, pages), t("tree.included", n=len(pages)))

    def _on_date(self, document_id: int, day: date | None) -> None:
        from app.services.documents import DocumentChange

        change = DocumentChange(dated=day) if day else DocumentChange(unknown=frozenset({"dated"}))
        words = t("tree.dated", date=texts.day(day)) if day else t("tree.undated")
        self._do(partial(self._documents.describe, DocumentId(document_id), change), words)

    def _on_link(self, document_id: int, number: str) -> None:
        links = self._desk.context.document_links
        self._do(partial(links.link, DocumentId(document_id), number), t("tree.linked", number=number))

    def _on_unlink(self, document_id: int, number: str) -> None:
        links = self._desk.context.document_links
        self._do(partial(links.unlink, DocumentId(document_id), number), t("tree.unlinked", number=number))

    def _on_insert(self, page_id: int) -> None:
        title, pattern = t("tree.choose_insert"), t("capture.file_filter")
        place = self._desk.preferences.text("last_place")
        chosen, _ = QFileDialog.getOpenFileNames(self._tree, title, place, pattern)
        if chosen:
            self.insert_files([Path(name) for name in chosen], page_id)

    def insert_files(self, paths: Sequence[Path], page_id: int) -> None:
        """Read files into the folder shown, behind one of its pages."""
        if self._dossier_id is not None:
            inserting = self._desk.context.inserting
            call = partial(inserting.insert, self._dossier_id, list(paths), after=PageId(page_id))
            self._do(call, t("tree.inserted", n=len(paths)))

    def _on_replace(self, page_id: int) -> None:
        title, pattern = t("tree.choose_replace"), t("capture.file_filter")
        place = self._desk.preferences.text("last_place")
        chosen, _ = QFileDialog.getOpenFileName(self._tree, title, place, pattern)
        if chosen:
            self.replace_page(page_id, Path(chosen))

    def replace_page(self, page_id: int, path: Path) -> None:
        """Read a new scan of a page; it takes the page's place once it is safe."""
        inserting = self._desk.context.inserting
        self._do(partial(inserting.replace, PageId(page_id), path), t("tree.replaced"))

    def _on_undo(self) -> None:
        if self._dossier_id is not None:
            call = partial(self._stepped, self._desk.context.undoing.undo, self._dossier_id, "tree.undone")
            self._desk.tasks.write(call, self._on_stepped, self._on_failed)

    def _on_redo(self) -> None:
        if self._dossier_id is not None:
            call = partial(self._stepped, self._desk.context.undoing.redo, self._dossier_id, "tree.redone")
            self._desk.tasks.write(call, self._on_stepped, self._on_failed)

    def _stepped(self, step: Callable[[DossierId], LastAct], dossier_id: DossierId, words: str) -> str:
        act = step(dossier_id)
        return t(words, what=texts.explain("action", act.code, act.facts))

    def _on_stepped(self, words: str) -> None:
        self._desk.notices.good(words)
        self._tell()

    @property
    def _documents(self):  # type: ignore[no-untyped-def]  # a service, known to the context
        return self._desk.context.documents

    def _do(self, call: Callable[[], object], words: str) -> None:
        self._desk.tasks.write(partial(self._done, call, words), self._on_done, self._on_failed)

    def _move(self, call: Callable[[], Ended], count: int) -> None:
        self._desk.tasks.write(lambda: moved_words(call(), count), self._on_done, self._on_failed)

    def _done(self, call: Callable[[], object], words: str) -> str:
        call()
        return words

    def _on_done(self, words: str) -> None:
        self._desk.notices.say(f"{words} {t('tree.undo_hint')}")
        self._tell()

    def _on_failed(self, failure: Failure) -> None:
        self._desk.notices.failure(failure)
        self.renew()

    def _tell(self) -> None:
        if self._dossier_id is not None:
            self.written.emit(self._dossier_id)
        self.renew()


def moved_words(ended: Ended | None, count: int) -> str:
    """What a move of pages came to, with what people had said of a document that ended by it."""
    if ended is None or not ended.documents:
        return t("tree.moved", n=count)
    words = [t("tree.moved_whole", n=count)]
    for key, said in (("tree.moved_carried", ended.carried), ("tree.moved_dropped", ended.dropped)):
        values = [_said_word(name, value) for name, all_of in said.items() for value in all_of]
        words += [t(key, what=", ".join(values))] if values else []
    return " ".join(words)


def _said_word(name: str, value: str) -> str:
    if name == "dated":
        return texts.day(date.fromisoformat(value))
    if name in ("direction", "access"):
        return t(f"{name}.{value}")
    return t("tree.moved_number", number=value) if name == "number" else value


def _badge(finding: Lack, names: dict[str, str]) -> Badge:
    """What is not as the list has it: a possible loss in the tone of care, the rest plain."""
    facts = dict(finding.facts) | (
        {} if finding.kind is None else {"kind": names.get(finding.kind, finding.kind)}
    )
    words = texts.explain("lack", finding.code, facts)
    return Badge(Tone.CARE, "warn", words) if finding.is_loss else Badge(Tone.PLAIN, "info", words)

"""The next folder, read in a thread while a person works on this one: no key waits for the disk.

What was read is thrown away as soon as anything it shows has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject

from app.domain.ids import DossierId
from app.events import Changes
from app.queries.rows import DossierDetail, PageSummary
from ui.desk import Desk
from ui.images import Picture
from ui.reading import Reading
from ui.screens.indexing import proof
from ui.tasks import Failure


@dataclass(frozen=True, slots=True)
class Folder:
    """All that is shown of a folder at once. first: picture of the page its number stands on."""

    detail: DossierDetail
    pages: tuple[PageSummary, ...]
    first: Picture | None = None


class FolderAhead(QObject):
    """Keeps one folder."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._wanted: DossierId | None = None
        self._held: Folder | None = None
        desk.bridge.changed.connect(self._on_changes)

    def ask(self, dossier_id: DossierId | None) -> None:
        """Read this one ahead."""
        if dossier_id is None or (self._held is not None and self._held.detail.summary.id == dossier_id):
            return
        self._wanted, self._held = dossier_id, None
        self._desk.tasks.run(
            partial(read_folder, self._desk.reading, dossier_id), self._on_read, self._on_failed
        )

    def take(self, dossier_id: DossierId) -> Folder:
        """The folder; read now where it was not foreseen."""
        held, self._held, self._wanted = self._held, None, None
        if held is not None and held.detail.summary.id == dossier_id:
            return held
        return read_folder(self._desk.reading, dossier_id, with_picture=False)

    def _on_read(self, folder: Folder) -> None:
        if folder.detail.summary.id == self._wanted:
            self._held = folder
            if folder.first is not None:
                self._desk.images.pixmap(folder.first)  # decoded in a thread, and there when it is asked for

    def _on_failed(self, _failure: Failure) -> None:
        self._wanted = None  # it is read again, and told, when a person goes there

    def _on_changes(self, changes: Changes) -> None:
        """The folder just confirmed does not concern this one."""
        touched = changes.touched
        pages = touched.get("page", frozenset())
        is_concerned = self._wanted in touched.get("dossier", frozenset()) or (
            bool(pages) if self._held is None else any(page.id in pages for page in self._held.pages)
        )
        if changes.is_unknown or "register" in touched or is_concerned:
            self._held = self._wanted = None


def read_folder(reading: Reading, dossier_id: DossierId, *, with_picture: bool = True) -> Folder:
    """Read a folder by its key."""
    detail = reading.dossier(dossier_id)
    pages = reading.pages(dossier_id=dossier_id)
    place = proof.proposed(detail)
    sighting = proof.best_sighting(detail.candidates[place]) if place >= 0 else None
    if not with_picture or sighting is None:
        return Folder(detail, pages)
    path = reading.page(sighting.page_id).viewing_path
    return Folder(detail, pages, None if path is None else Picture(path))

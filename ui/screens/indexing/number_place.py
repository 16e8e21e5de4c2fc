"""Where the number in the field stands on the pages: words, piece of the page and frame are of it and of no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.ids import DossierId
from app.queries.rows import CandidateSighting, DossierDetail, PageDetail
from ui.screens.indexing import proof
from ui.screens.indexing.field_work import FieldWork
from ui.texts import t

if TYPE_CHECKING:
    from ui.screens.indexing.view import IndexingView


class NumberPlace(QObject):
    """Shows the place of one number; where it was read nowhere, no place of another one stays."""

    def __init__(self, view: IndexingView, fields: FieldWork, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._fields = fields
        self._sighting: CandidateSighting | None = None
        self._shown: tuple[DossierId, str | None, CandidateSighting | None] | None = None
        view.viewer.picture_ready.connect(self._on_picture)

    def propose(self, detail: DossierDetail, number: str, *, go: bool) -> str:
        """Show the number put into the field by the program or by a key; the text it was read as, "" none."""
        candidate = proof.candidate_of(detail, number)
        self._sighting = None if candidate is None else proof.best_sighting(candidate)
        self._shown = (detail.summary.id, number or None, self._sighting)
        self._view.show_where_read(proof.where_read(self._sighting))
        self._view.snippet.say(proof.nothing_proposed(detail) if candidate is None else "")
        self._show(go=go)
        keeps = self._view.viewer.view.keep_place
        if self._sighting is None and go and not keeps:
            self._view.viewer.view.fit()  # nothing to go to: the whole page, not the nearness of the folder before
        return number if self._sighting is None else self._sighting.raw

    def follow(self, detail: DossierDetail, number: str | None, *, is_empty: bool = False) -> None:
        """Show what now stands in the field. number: as the office writes it; None: no number (yet)."""
        candidate = proof.candidate_of(detail, number)
        sighting = None if candidate is None else proof.best_sighting(candidate)
        now = (detail.summary.id, number, sighting)
        if now == self._shown:
            return  # a person may have gone to another page meanwhile, and stays there
        self._shown, self._sighting = now, sighting
        is_unread = number is not None and sighting is None
        self._view.show_where_read(t("index.typed_unread") if is_unread else proof.where_read(sighting))
        self._view.snippet.say(proof.nothing_proposed(detail) if is_empty else "")
        self._show(go=True)

    def _show(self, *, go: bool) -> None:
        viewer, sighting = self._view.viewer, self._sighting
        self._fields.point(sighting)
        self._view.snippet.show_box(None, (1, 1), None)
        if sighting is None:
            viewer.point_at(None)
        elif go:
            viewer.show_page(sighting.page_id)
            viewer.point_at(sighting.box, zoom=True)
        if viewer.detail is not None:
            self._on_picture(viewer.detail)

    def _on_picture(self, page: PageDetail) -> None:
        sighting, pixmap = self._sighting, self._view.viewer.pixmap()
        if sighting is not None and page.summary.id == sighting.page_id and pixmap is not None:
            self._view.snippet.show_box(pixmap, (page.width_px, page.height_px), sighting.box)

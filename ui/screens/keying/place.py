"""The place on the page a judge looks at: marked and enlarged there, and its piece at the field."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.field_kinds import DossierField
from app.queries.fields import FieldPlace
from ui.screens.keying.view import KeyingView


class PlaceOnPage(QObject):
    """Shows one place; where there is none the page stays as it is."""

    def __init__(self, view: KeyingView) -> None:
        super().__init__(view)
        self._view = view
        self._shown: tuple[DossierField, FieldPlace] | None = None
        view.viewer.picture_ready.connect(self._show_snippet)

    def show(self, field: DossierField, place: FieldPlace | None) -> None:
        """Go to the place of a field."""
        self._shown = None if place is None else (field, place)
        if place is not None:
            self._view.viewer.show_page(place.page_id)
            self._view.viewer.point_at(place.boxes[0], zoom=True)
            self._show_snippet()
        self._view.focus_card()

    def forget(self) -> None:
        """Another folder."""
        self._shown = None
        self._view.viewer.point_at(None)

    def _show_snippet(self, _page: object = None) -> None:
        detail, pixmap = self._view.viewer.detail, self._view.viewer.pixmap()
        if self._shown is None or detail is None or pixmap is None:
            return
        field, place = self._shown
        card = self._view.cards.cards.get(field)
        if card is not None and detail.summary.id == place.page_id:
            card.show_snippet(pixmap, (detail.width_px, detail.height_px), place.boxes[0])
            self._view.focus_card()

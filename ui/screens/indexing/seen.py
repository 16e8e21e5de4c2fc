"""Whether a person can have seen the folder in front: a key pressed before that was meant for the one before."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from ui.desk import Desk
from ui.screens.indexing.field_work import FieldWork
from ui.widgets.page_viewer import PageViewer

AFTER_MS = 30
"""From everything being here to its being painted; keys that waited behind the work of showing it come first."""

UNASKED_MS = 300
"""The same after a change that no key of the person caused: nobody looks and presses a key in less."""


class SeenFolder(QObject):
    """Its page and its fields are on the screen, or it is said that the page cannot be."""

    def __init__(self, desk: Desk, viewer: PageViewer, fields: FieldWork, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._fields = fields
        self._is_seen = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._on_painted)
        viewer.page_shown.connect(self._look)
        fields.ready.connect(self._look)
        desk.images.arrived.connect(self._look)

    @property
    def is_seen(self) -> bool:
        """True once it was shown whole; it stays so until another is shown."""
        return self._is_seen

    def begin(self, *, unasked: bool = False) -> None:
        """Another folder is in front, or the same with news. unasked: by no act of the person."""
        self._is_seen = False
        self._timer.stop()
        self._timer.setInterval(UNASKED_MS if unasked else AFTER_MS)
        self._look()

    def _look(self, _news: object = None) -> None:
        if not self._is_seen and not self._timer.isActive() and self._is_here():
            self._timer.start()

    def _is_here(self) -> bool:
        return self._viewer.is_settled and self._fields.fields.is_read

    def _on_painted(self) -> None:
        self._is_seen = self._is_here()

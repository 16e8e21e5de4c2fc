"""The window over a large home, without a screen: what a key costs before the next one can come."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.context import AppContext
from app.paths import resources_root
from app.settings import Settings
from tests.ui.desks import dress
from ui.bridge import Bridge
from ui.desk import Desk
from ui.icons import Icons
from ui.images import Images
from ui.main_window import MainWindow
from ui.notices import Notices
from ui.preferences import Preferences
from ui.reading import Reading
from ui.tasks import Tasks
from ui.theme import Theme, ThemeChoice

PATIENCE_S = 60.0


class Driven:
    """A window on a home whose work stands still; its pictures do not exist."""

    def __init__(self, home: Path) -> None:
        self._app = QApplication.instance() or QApplication([])
        dress(self._app)
        self._owner = QObject()
        settings = Settings(engine="fake", office="KH", min_free_bytes=0)
        self._context = AppContext.open(home, background=False, settings=settings)
        theme = Theme(self._app, resources_root() / "styles", ThemeChoice.LIGHT)
        theme.setParent(self._owner)
        self._desk = Desk(
            context=self._context,
            reading=Reading(self._context),
            tasks=Tasks(self._owner),
            bridge=Bridge(self._context.bus, self._owner),
            theme=theme,
            icons=Icons(resources_root() / "icons"),
            images=Images(self._owner),
            notices=Notices(self._owner),
            preferences=Preferences(home, self._owner),
        )
        self._window = MainWindow(self._desk)
        self._window.show()
        self._view: Any = None
        self._held = False

    def close(self) -> None:
        """End the window and the program."""
        self._window.close()
        self._desk.close()
        self._window.deleteLater()
        self._app.processEvents()
        self._context.close(wait_s=0)

    def go(self, name: str) -> None:
        """Bring a screen to the front and wait until it shows a dossier."""
        self._window.go(name)
        self._view = self._window.screen_named(name)
        self._until(
            lambda: self._view.list.current_id() is not None and self._shows(self._view.list.current_id())
        )

    def next_dossier(self, _round: int) -> None:
        """Go to the next dossier and wait until its pages are there."""
        wanted = self._key()
        self._until(lambda: self._shows(wanted))

    def key_alone(self, _round: int) -> None:
        """The time the key itself takes; call it, then let the screen come to rest outside of the measure."""
        self._key()

    def change(self, _round: int) -> None:
        """Put the dossier shown on hold, or take it off, and wait until the list says so."""
        dossier_id = self._view.list.current_id()
        self._held = not self._held
        self._context.indexing.hold(dossier_id, self._held)
        self._until(lambda: self._row_says(dossier_id, self._held))

    def visit(self, name: str) -> Callable[[int], None]:
        """Go to a screen from another and wait for its rows."""

        def arrive(_round: int) -> None:
            view: Any = self._window.screen_named(name)
            self._window.go("capture")
            view.model.keep_only(())
            self._window.go(name)
            self._until(lambda: bool(view.model.held))

        return arrive

    def _key(self) -> int:
        ids = self._view.model.ids
        wanted = ids[ids.index(self._view.list.current_id()) + 1]
        self._view.folder_moved.emit(1)
        return int(wanted)

    def _shows(self, dossier_id: int) -> bool:
        page = self._view.viewer.detail
        return page is not None and page.summary.dossier_id == dossier_id

    def _row_says(self, dossier_id: int, is_held: bool) -> bool:
        row = self._view.model.row_of(dossier_id)
        return row is not None and row.on_hold is is_held

    def _until(self, is_there: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not is_there():
            if time.monotonic() - began > PATIENCE_S:
                raise TimeoutError("the window does not show it")
            self._app.processEvents()
            time.sleep(0.0005)

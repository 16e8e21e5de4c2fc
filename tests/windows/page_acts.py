"""Confirms a number and turns a page by the keys of Windows: `python.exe page_acts.py HOME`; run by the smoke test.

Runs inside the installed Python on Windows' own Qt platform plugin, with a home in which a folder waits for a person. Keys come as messages of Windows, so that Qt's own way from a key to an act is part of it. Prints one JSON document: the turn of
the page shown, in degrees, before and after each F9; after each of them it was read again.
"""

from __future__ import annotations

import ctypes
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

SIZE_PX = (1366, 768)
READ_S = 120.0
WM_KEYDOWN, WM_KEYUP = 0x0100, 0x0101
VK_RETURN, VK_F9 = 0x0D, 0x78
TURNS = 4
PRESS_EVERY_S = 1.0


def main(home: Path) -> int:
    """Open the window, turn the page shown four times, and tell what became of it each time."""
    from app.context import AppContext
    from app.queries.pages import get_page
    from ui.main import make_application, make_desk
    from ui.main_window import MainWindow

    application = make_application(sys.argv[:1])
    with AppContext.open(home) as context:
        desk = make_desk(application, context, home)
        window = MainWindow(desk)
        window.resize(*SIZE_PX)
        window.show()
        window.activateWindow()
        window.go("indexing")
        indexing: Any = window.screen_named("indexing")
        _until(application, lambda: bool(indexing.field.text()))
        _confirm(application, int(window.winId()), context.database)
        window.go("review")
        review: Any = window.screen_named("review")
        _until(application, lambda: review.pages.rowCount() > 0 and review.viewer.detail is not None)
        page_id = review.viewer.detail.summary.id

        turns = [get_page(context.database, page_id).applied_turn_deg]
        for _time in range(TURNS):
            wanted = (turns[-1] - 90) % 360
            _press(int(window.winId()), VK_F9)
            _until(application, partial(_is_read, context.database, page_id, wanted))
            turns.append(wanted)
        window.close()
        desk.close()
    print(json.dumps({"platform": application.platformName(), "turns_deg": turns}))
    return 0


def _confirm(application: Any, window: int, database: Any) -> None:
    """Press Enter as a person does: again, until fields that wait and the number are confirmed.

    Enter counts only once the folder has been on the screen whole, and goes from field to field that needs work.
    """
    pressed_at = [0.0]

    def is_confirmed() -> bool:
        if _waiting_for_review(database):
            return True
        if time.monotonic() - pressed_at[0] > PRESS_EVERY_S:
            pressed_at[0] = time.monotonic()
            _press(window, VK_RETURN)
        return False

    _until(application, is_confirmed)


def _waiting_for_review(database: Any) -> list[Any]:
    from app.domain.states import DossierState
    from app.queries.dossiers import list_dossiers

    return [row for row in list_dossiers(database) if row.state is DossierState.TO_REVIEW]


def _is_read(database: Any, page_id: Any, turn_deg: int) -> bool:
    """True when the page has been read again, turned so."""
    from app.domain.states import PageState
    from app.queries.pages import get_page

    page = get_page(database, page_id)
    return page.summary.state is PageState.READY and page.applied_turn_deg == turn_deg


def _press(window: int, key: int) -> None:
    user = ctypes.windll.user32  # type: ignore[attr-defined]
    scan = user.MapVirtualKeyW(key, 0) << 16
    user.PostMessageW(window, WM_KEYDOWN, key, scan | 1)
    user.PostMessageW(window, WM_KEYUP, key, (scan | 0xC0000001) - 0x100000000)


def _until(application: Any, holds: Callable[[], bool]) -> None:
    from PySide6.QtCore import QEventLoop

    until = time.monotonic() + READ_S
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {READ_S} s")
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""Grabs every screen of the installed program: `python.exe screens.py HOME DIRECTORY`; run by the smoke test.

Runs inside the installed Python on Windows' own Qt platform plugin and opens the real window on a real home. Writes one
PNG a screen and prints one JSON document: per screen its name, size, how many colours and how many greys it shows.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

SETTLE_S = 3.0
SIZE_PX = (1366, 768)
SAMPLE_STEP_PX = 2


def main(home: Path, directory: Path) -> int:
    """Open the window, go through the screens, grab each."""
    from app.context import AppContext
    from ui.main import make_application, make_desk
    from ui.main_window import MainWindow
    from ui.shell_rail import SCREENS

    application = make_application(sys.argv[:1])
    shots = []
    with_context = AppContext.open(home)
    try:
        desk = make_desk(application, with_context, home)
        window = MainWindow(desk)
        window.resize(*SIZE_PX)
        window.show()
        for name in SCREENS:
            window.go(name)
            _settle(application)
            picture = window.grab().toImage()
            picture.save(str(directory / f"{name}.png"))
            shots.append({"name": name, **_measure(picture)})
        window.close()
        desk.close()
    finally:
        with_context.close()
    print(json.dumps({"platform": application.platformName(), "screens": shots}))
    return 0


def _settle(application: object) -> None:
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    assert isinstance(application, QApplication)
    until = time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        time.sleep(0.01)


def _measure(picture: QImage) -> dict[str, int]:
    """Count the colours of a picture; a window that drew nothing has one or two."""
    colours = {
        picture.pixel(x, y)
        for x in range(0, picture.width(), SAMPLE_STEP_PX)
        for y in range(0, picture.height(), SAMPLE_STEP_PX)
    }
    return {"width": picture.width(), "height": picture.height(), "colours": len(colours)}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))

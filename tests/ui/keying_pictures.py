"""Takes the guide's pictures of second keying and judging: ``python -m tests.ui.keying_pictures``.

The real program on drawn pages: two people and a judge are needed, and folders that stand between them.
``--to DIR`` puts them elsewhere, ``--look dark`` and ``--size 1366x768`` are for looking at them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
REGISTER = """application_number,title,applicant,filing_date
KH/P/2018/00417,Clay water filter with rice husk,Mekong Water Works,2018-03-02
KH/P/2018/00426,Bamboo laminate board,Thang Long Beverage JSC,2017-08-24
KH/P/2018/00440,Solar dryer for fish,Tonle Sap Cooperative,2018-04-17
"""


def main() -> int:
    """Take both pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "resources" / "guide" / "images")
    parser.add_argument("--look", default="light")
    parser.add_argument("--size", default="1600x960")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    asked.to.mkdir(parents=True, exist_ok=True)
    from PySide6.QtWidgets import QApplication

    from tests.ui.desks import dress

    app = QApplication(sys.argv[:1])
    dress(app)
    with tempfile.TemporaryDirectory(prefix="foliodesk-", ignore_cleanup_errors=True) as scratch:
        _take(app, Path(scratch), asked)
    return 0


def _take(app: object, scratch: Path, asked: argparse.Namespace) -> None:
    from PySide6.QtCore import QObject, Qt

    from app.domain.field_kinds import DossierField as F
    from tests.ui.keying_room import FOLDERS, build_room, real_desk
    from tests.ui.take_guide_pictures import _make_small, _settle
    from ui.main_window import MainWindow
    from ui.theme import ThemeChoice

    (scratch / "pages").mkdir()
    fields = ("application_number", "title", "filing_date")
    room = build_room(scratch / "home", {}, scratch / "pages", second_keying_fields=fields)
    (scratch / "register.csv").write_text(REGISTER, encoding="utf-8")
    room.context.register_service.import_csv(scratch / "register.csv", "KH")
    for place in (0, 1, 2):
        room.context.change_operator("Sokha Kim")
        room.context.fields.put(room.folders[place], F.TITLE, FOLDERS[place][2])
        room.context.indexing.confirm(room.folders[place], FOLDERS[place][1])
    room.context.change_operator("Dara Chan")
    typed = {F.APPLICATION_NUMBER: "KH/P/2018/00462", F.TITLE: "Bamboo laminated board", F.FILING_DATE: ""}
    room.context.keying.key(room.folders[1], typed)
    owner = QObject()
    desk = real_desk(app, room.context, ThemeChoice(asked.look), owner)  # type: ignore[arg-type]
    window = MainWindow(desk)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*map(int, asked.size.split("x")))
    window.show()
    window.activateWindow()
    for name, screen, who in (("second-keying", "keying", "Dara Chan"), ("judging", "judging", "Vanna Ros")):
        window._person._on_changed(room.context.change_operator(who))
        window.go(screen)
        _settle()
        view = window.screen_named(screen)
        if screen == "judging":
            view.version_asked.emit(0)
        else:
            number = view.cards.cards[F.APPLICATION_NUMBER]
            number.edit.setText("KH/P/២០១៨/០០៤១៧")
            number.edit.textEdited.emit(number.edit.text())
        _settle()
        _settle()
        window.grab().save(str(asked.to / f"{name}.png"))
        _make_small(asked.to / f"{name}.png")
    window.close()
    desk.close()
    room.context.close()


if __name__ == "__main__":
    sys.exit(main())

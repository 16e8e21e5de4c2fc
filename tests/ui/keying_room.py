"""A home with folders confirmed by one person and their pages drawn, opened as the real program with a real window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.context import AppContext
from app.domain.ids import DossierId
from app.jobs.local_runner import InlineRunner
from app.paths import resources_root
from app.settings import Settings
from app.storage.database import Database
from app.storage.field_tables import FieldValueRow
from app.storage.tables import BatchRow, DossierRow, PageResultRow, PageRow
from tests.helpers.home_builder import NOW, _dossier, _page, build_home
from tests.ui.desks import dress
from tests.ui.drawn_pages import SPACE, DrawnPage, draw_page
from ui.bridge import Bridge
from ui.desk import Desk
from ui.icons import Icons
from ui.images import Images
from ui.notices import Notices
from ui.preferences import Preferences
from ui.reading import Reading
from ui.tasks import Tasks
from ui.theme import Theme, ThemeChoice

FOLDERS = (
    ("Box 14, folder 03", "KH/P/2018/00417", "Clay water filter with rice husk"),
    ("Box 14, folder 04", "KH/P/2018/00426", "Bamboo laminate board"),
    ("Box 14, folder 05", "KH/P/2018/00440", "Solar dryer for fish"),
)
KINDS = ("cover", "form", "text")


@dataclass
class KeyingRoom:
    """The program, and its folders in order."""

    context: AppContext
    folders: list[DossierId]

    def confirm(self, place: int, who: str = "Sokha Kim", number: str = "") -> DossierId:
        """Somebody confirms a folder; back to whoever works."""
        folder = self.folders[place]
        now = self.context.operator
        self.context.change_operator(who)
        self.context.indexing.confirm(folder, number or FOLDERS[place][1])
        self.context.change_operator(now)
        return folder

    def state(self, place: int):
        """How a folder stands."""
        return Reading(self.context).dossier(self.folders[place]).summary


def build_room(root: Path, drawn: dict[str, DrawnPage], files: Path, **settings: object) -> KeyingRoom:
    """Make the home and open it; nothing runs in it."""
    home = build_home(root, pages=0)
    with home.database.write("test") as tx:
        first = tx.session.get_one(DossierRow, 1)
        rows = [first, *(_dossier(tx) for _ in FOLDERS[1:])]
        for row in rows:
            tx.session.get_one(BatchRow, row.batch_id).name = "Box 14"
    folders = []
    for row, (name, number, title) in zip(rows, FOLDERS, strict=True):
        folders.append(DossierId(row.id))
        _fill(home.database, root, row.id, (name, number, title), drawn, files)
    home.database.close()
    chosen = {"second_keying": "confirmed", "operator": "Dara Chan", **settings}
    whole = Settings(engine="fake", min_free_bytes=0, release="none", **chosen)
    context = AppContext.open(root, background=False, settings=whole, runner=InlineRunner)
    return KeyingRoom(context, folders)


def _fill(
    database: Database,
    root: Path,
    dossier_id: int,
    told: tuple[str, str, str],
    drawn: dict[str, DrawnPage],
    files: Path,
) -> None:
    name, number, title = told
    with database.write("test") as tx:
        dossier = tx.session.get_one(DossierRow, dossier_id)
        dossier.name, dossier.source = name, f"/scans/{name}"
        boxes = {}
        from app.paths import HomePaths

        paths = HomePaths(root)
        for place, kind in enumerate(KINDS):
            page = _page(tx, paths, dossier, place, f"{name}{kind}".encode())
            key = f"keying-{kind}-{number}"
            if key not in drawn:
                drawn[key] = draw_page(
                    files, key.replace("/", "-"), kind, number, title, dossier_id * 10 + place
                )
            QImage(str(drawn[key].view)).save(str(paths.derived / f"key{page.id}.view.jpg"), "JPG", 80)
            QImage(str(drawn[key].thumb)).save(str(paths.derived / f"key{page.id}.thumb.jpg"), "JPG", 80)
            page.width_px, page.height_px = SPACE
            result = tx.session.get_one(PageResultRow, page.id)
            result.width_px, result.height_px = SPACE
            boxes[kind] = (page, drawn[key].box)
        page, box = boxes["form"]
        dossier.link_facts = {"reasons": [], "candidates": [_candidate(number, page, box)]}
        tx.session.add(
            FieldValueRow(
                dossier_id=dossier_id,
                field="title",
                printed=title,
                value=title,
                state="to_check",
                source="machine",
                who="machine",
                at=NOW,
                read=_read(title, page),
            )
        )


def _read(title: str, page: PageRow) -> dict[str, object]:
    box = {"left_px": 420, "top_px": 1080, "width_px": 900, "height_px": 70}
    return {
        "printed": title,
        "value": title,
        "state": "to_check",
        "page_id": page.id,
        "boxes": [box],
        "certainty": [],
        "doubts": [],
        "others": [],
        "code": "54",
        "agreeing": 1,
    }


def _candidate(number: str, page: PageRow, box: object) -> dict[str, object]:
    placed = box or type("Box", (), {"left_px": 400, "top_px": 600, "width_px": 600, "height_px": 60})()
    sighting = {
        "page_id": page.id,
        "page_number": 2,
        "box": {side: getattr(placed, side) for side in ("left_px", "top_px", "width_px", "height_px")},
        "raw": number,
        "role": "application",
        "label": "(21)",
        "confidence": 0.94,
        "edits": [],
    }
    return {
        "application_number": number,
        "confidence": 0.94,
        "format_id": "kh-patent",
        "right": "patent",
        "role": "application",
        "in_register": None,
        "sightings": [sighting],
        "signals": [],
    }


def real_desk(app: QApplication, context: AppContext, look: ThemeChoice, parent: QObject) -> Desk:
    """A desk on the real program."""
    dress(app)
    theme = Theme(app, resources_root() / "styles", look)
    theme.setParent(parent)
    return Desk(
        context=context,
        reading=Reading(context),
        tasks=Tasks(parent),
        bridge=Bridge(context.bus, parent),
        theme=theme,
        icons=Icons(resources_root() / "icons"),
        images=Images(parent),
        notices=Notices(parent),
        preferences=Preferences(context.paths.root, parent),
    )

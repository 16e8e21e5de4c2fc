"""Texts to compare, and a cutter that draws them: what a worker would cut from pages, without pages or a worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.domain.field_kinds import DossierField
from app.domain.ids import DossierId, PageId
from app.errors import Conflict
from app.queries.characters import ReadText
from app.services.character_checks import CharacterSaid, CharactersKept, TakenBack
from ocr.character_types import CharactersTask, CutText, TextPlace
from ocr.types import Box
from ui.fonts import number_font

CELL_PX, HEIGHT_PX = 24, 44


def read_text(dossier_id: int, printed: str, read: str = "", **how: Any) -> ReadText:
    """A number as read; read: where a character stands for another."""
    usual: dict[str, Any] = {
        "dossier_id": DossierId(dossier_id),
        "dossier_name": f"Folder {dossier_id}",
        "what": DossierField.APPLICATION_NUMBER,
        "page_id": PageId(dossier_id * 10),
        "box": Box(100, 100, 400, 40),
        "printed": printed,
        "read": read or printed,
        "canonical": read or printed,
        "sureness": (-1.0,) * len(printed),
        "checked": frozenset(),
        "is_bound": False,
        "viewing_path": Path(f"/derived/key{dossier_id}.view.jpg"),
        "words_path": Path(f"/derived/key{dossier_id}.words.json.gz"),
        "width_px": 1_000,
        "height_px": 1_400,
    }
    return ReadText(**{**usual, **how})


class FakeCharacters:
    """The cutter and the service together: drawn strips, and what was said."""

    def __init__(self) -> None:
        self.cut_pages: list[Path] = []
        self.said: list[tuple[CharacterSaid, ...]] = []
        self.taken_back: list[CharactersKept] = []
        self.sureness: dict[tuple[Path, int], float] = {}
        self.fails = False
        self.undo_fails = ""
        self.left: tuple[DossierId, ...] = ()

    def cut(self, task: CharactersTask) -> tuple[CutText | None, ...]:
        self.cut_pages.append(task.viewing_path)
        return tuple(self._cut(task.viewing_path, place) for place in task.places)

    def keep(self, said: list[CharacterSaid]) -> CharactersKept:
        if self.fails:
            self.fails = False
            raise Conflict("check_overtaken", dossier="Folder 1")
        self.said.append(tuple(said))
        return CharactersKept(seen=tuple(each for each in said if each.put is None))

    def take_back(self, kept: CharactersKept) -> TakenBack:
        if self.undo_fails:
            code, self.undo_fails = self.undo_fails, ""
            raise Conflict(code, dossier="Folder 1")
        self.taken_back.append(kept)
        left = frozenset((each, DossierField.APPLICATION_NUMBER) for each in self.left)
        return TakenBack(left, tuple(f"Folder {each}" for each in self.left))

    def strip(self, text: ReadText) -> CutText:
        """A text cut."""
        cut = self._cut(text.viewing_path, TextPlace(text.printed, text.box))
        assert cut is not None
        return cut

    def _cut(self, path: Path, place: TextPlace) -> CutText | None:
        if place.text.startswith("?"):
            return None
        width = CELL_PX * len(place.text)
        image = QImage(width, HEIGHT_PX, QImage.Format.Format_Grayscale8)
        image.fill(QColor("#f4f4f0"))
        painter = QPainter(image)
        painter.setFont(number_font(30))
        painter.setPen(QColor("#202020"))
        for at, char in enumerate(place.text):
            cell = QRect(at * CELL_PX, 0, CELL_PX, HEIGHT_PX)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, char)
        painter.end()
        rows = [bytes(image.constScanLine(row))[:width] for row in range(HEIGHT_PX)]
        spans = tuple((at * CELL_PX + 3, (at + 1) * CELL_PX - 3) for at in range(len(place.text)))
        sure = tuple(self.sureness.get((path, at), 0.95) for at in range(len(place.text)))
        return CutText(width, HEIGHT_PX, b"".join(rows), spans, sure)


class CharacterReading:
    """What screens ask of characters."""

    _context: Any

    def texts_to_check(self) -> tuple[ReadText, ...]:
        return tuple(getattr(self._context, "texts_to_check", ()))

"""Reads which texts are to be compared and has them cut, a few pages at a time, in threads that may wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.queries.characters import ReadText
from ocr.character_types import CharactersTask, CutText, TextPlace
from ocr.errors import WorkstationError
from ui.desk import Desk
from ui.screens.characters.glyphs import Glyph, glyphs_of
from ui.tasks import Failure

PAGES_AT_ONCE = 4
"""A person who frames a part of a page meanwhile waits for these, a fifth of a second."""
IDS_APART = 10_000


@dataclass(frozen=True, slots=True)
class CutPage:
    """Texts of one page with their cuts, None for those that could not be cut."""

    texts: tuple[ReadText, ...]
    cuts: tuple[CutText | None, ...]


class Cutting(QObject):
    """Tells of characters as they come; what was cut once is not cut again while the window is open."""

    came = Signal(list)  # Glyphs
    ended = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._cuts: dict[tuple[object, ...], CutText | None] = {}
        self._waiting: list[tuple[ReadText, ...]] = []
        self._texts = 0
        self._run = 0
        self.uncut = 0

    @property
    def waiting(self) -> int:
        """Texts that are still to be cut."""
        return sum(map(len, self._waiting))

    def begin(self) -> None:
        """Read the texts of now, and cut them."""
        self.stop()
        self.uncut = self._texts = 0
        self._desk.tasks.run_aside(partial(self._read, self._run), self._on_texts, self._on_failed)

    def stop(self) -> None:
        """Nobody looks any more."""
        self._run += 1
        self._waiting = []

    def _read(self, run: int) -> tuple[int, tuple[ReadText, ...]]:
        return run, self._desk.reading.texts_to_check()

    def _on_texts(self, answer: tuple[int, tuple[ReadText, ...]]) -> None:
        run, texts = answer
        if run != self._run:
            return
        by_page: dict[object, list[ReadText]] = {}
        for each in texts:
            if len(each.checked) < sum(char.isalnum() for char in each.read):
                by_page.setdefault(each.viewing_path, []).append(each)
        self._waiting = [tuple(each) for each in by_page.values()]
        self._go_on()

    def _go_on(self) -> None:
        known: list[Glyph] = []
        due: list[tuple[ReadText, ...]] = []
        while self._waiting and len(due) < PAGES_AT_ONCE:
            page = self._waiting.pop(0)
            if all(_name_of(each) in self._cuts for each in page):
                known += self._glyphs(page, [self._cuts[_name_of(each)] for each in page])
            else:
                due.append(page)
        if known:
            self.came.emit(known)
        if due:
            self._desk.tasks.run_aside(partial(self._cut, self._run, due), self._on_cut, self._on_failed)
        else:
            self.ended.emit()

    def _cut(self, run: int, pages: Sequence[tuple[ReadText, ...]]) -> tuple[int, list[CutPage]]:
        """Runs in a thread; a page that cannot be cut keeps the others from nothing."""
        done = []
        for texts in pages:
            first = texts[0]
            task = CharactersTask(
                first.viewing_path,
                first.words_path,
                first.width_px,
                first.height_px,
                tuple(TextPlace(each.printed, each.box) for each in texts),
            )
            try:
                cuts = self._desk.context.characters.cut(task)
            except WorkstationError:
                cuts = (None,) * len(texts)
            done.append(CutPage(texts, cuts))
        return run, done

    def _on_cut(self, answer: tuple[int, list[CutPage]]) -> None:
        run, pages = answer
        for page in pages:
            self._cuts.update(zip(map(_name_of, page.texts), page.cuts, strict=True))
        if run != self._run:
            return
        glyphs = [glyph for page in pages for glyph in self._glyphs(page.texts, page.cuts)]
        self.came.emit(glyphs)
        self._go_on()

    def _on_failed(self, failure: Failure) -> None:
        self._waiting = []
        self.failed.emit(failure)

    def _glyphs(self, texts: Sequence[ReadText], cuts: Sequence[CutText | None]) -> list[Glyph]:
        found: list[Glyph] = []
        for text, cut in zip(texts, cuts, strict=True):
            self._texts += 1
            if cut is None:
                self.uncut += 1
            else:
                found += glyphs_of(text, cut, self._texts * IDS_APART)
        return found


def _name_of(text: ReadText) -> tuple[object, ...]:
    return text.key, text.viewing_path, text.printed, text.box

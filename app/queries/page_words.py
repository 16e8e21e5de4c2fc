"""The recognised words of a page with their places: what a person may pick into a field."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.ids import PageId
from app.paths import HomePaths
from app.storage.database import Database
from app.storage.tables import PageResultRow
from ocr.types import Box
from ocr.words_file import read_words


@dataclass(frozen=True, slots=True)
class PageWord:
    """One word. line: of the page, from 0. has_space: a space stands behind it."""

    text: str
    box: Box
    confidence: float
    line: int
    has_space: bool


def words_of(reader: Database, page_id: PageId) -> tuple[PageWord, ...]:
    """Words in reading order; none for a page that was not recognised. Raises OperatorError("words_file_damaged")."""
    with reader.read() as session:
        row = session.get(PageResultRow, page_id)
        key = None if row is None else row.derived_key
    if key is None:
        return ()
    words, _ = read_words(HomePaths(reader.path.parent).derived / f"{key}.words.json.gz")
    return tuple(
        PageWord(word.text, word.box, word.confidence, word.line, word.space_after) for word in words
    )

"""Chooses with which models a page is read, by the letters that stand on it.

An office's languages are a set such as khm+eng, but most pages hold one script only, and a set reads them slower and
worse than the right model alone: French typescripts 2.7 s and 0.030 wrong with eng+khm, 1.2 s and 0.013 with fra. The
Latin model says itself where it meets another script: whole lines of Khmer come with a confidence of 0.0 to 0.1, Latin
ones with 0.9. So a few lines are tried with it, then the page, and every doubtful place on it is looked at with the
whole set; one sure word of another script there, and the page is read with the whole set after all.
Runs in worker processes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.candidates_text import union
from ocr.engines.line_reader import LineReader
from ocr.engines.protocol import Layout, RecognizeOptions
from ocr.reading import OTHER_SCRIPTS, ReadingPlan, Sheet, read_latin, read_sheet, read_strip
from ocr.steps.geometry import PixelImage, rotate_clockwise
from ocr.steps.lines import line_bands, stacked_lines
from ocr.steps.orient import believable_letters, reads_upright
from ocr.types import Box, Word

LINES_TRIED = 5
"""Lines tried, spread from top to bottom, in a tenth of a page's time."""

LETTER_PX = 20.0
"""Height small letters are scaled to in lines tried and places looked at."""

ENOUGH_LETTERS = 24.0
"""Letters, weighed by confidence, a trial must show."""

DOUBTFUL = 0.6
"""Confidence of a word below which it may be of another script; 9 of 10 Khmer words stay below 0.5."""

MOST_LOOKED_AT, MOST_DOUBTS = 24, 48
"""Doubtful places looked at, worst first (10 to 20 ms each, 40 to 60 with the second recogniser), and those a page may have where there
is no second recogniser to tell faint print from another script: clear Latin pages have five, faint typescripts 16 to 35."""

SURE, FEWEST_SURE = 0.6, 3
"""Confidence from which a letter read in another script is believed, and such letters that prove it stands there: with
two, blurred French came out as Khmer on three of four pages."""

CLEARLY_LATIN = 0.9
"""Confidence of the second recogniser from which a place is Latin whatever else was read there. It knows no other script:
blurred French 0.86 to 1.0, words of two or three letters in Khmer, Lao and Thai 0.0 to 0.87."""

QUITE_SURE, FEWEST_QUITE_SURE = 0.97, 2
"""The same where the second recogniser doubts that it is Latin: so few, but so sure (blurred French 0.87 to 0.98)."""

DOUBTED_LATIN = 0.85
"""Confidence of the second recogniser below which it doubts."""

CLEARLY_READ = 0.25
"""Share of letters believed from which the page is read with the Latin model: faint French shows 0.3, Khmer 0.01."""

FOREIGN = 0.15
"""Mean confidence of six letters and more up to which a place in the trial is taken for another script."""

OTHER_LETTERS = 0.03
"""Share of letters believed up to which lines are plainly another script: Khmer 0.01, English upside down 0.1."""

FRENCH, ENGLISH = "fra", "eng"

COMMON_WORDS = {
    FRENCH: set("le la les de des du et un une en est que qui dans par pour sur au aux ne pas il".split()),  # noqa: SIM905
    ENGLISH: set("the of and to in is that for it was with as by be are this from or at which".split()),  # noqa: SIM905
}
"""The commonest words of each language that are none in the other (French on and me left out): a third of a text."""

FEWEST_COMMON_WORDS, CLEAR_MAJORITY = 6, 4


@dataclass(frozen=True, slots=True)
class PageReading:
    """The words of a page and the models they were read with, the main one first.

    is_upside_down: no words are there, for the lines tried read well only the other way round.
    """

    words: tuple[Word, ...]
    languages: tuple[str, ...]
    is_upside_down: bool = False


def read_page(sheet: Sheet, plan: ReadingPlan, *, may_be_turned: bool = False) -> PageReading:
    """Read the whole page with the models its script asks for.

    Languages a person chose for the page, and sets of one script, are read as they are. may_be_turned: nobody knows yet
    which way up it lies; reading a page upside down takes several times as long and gives nothing.
    """
    latin = tuple(name for name in plan.languages if name not in OTHER_SCRIPTS)
    others = tuple(name for name in plan.languages if name in OTHER_SCRIPTS)
    if plan.is_chosen or not latin or not others:
        return PageReading(read_sheet(sheet, plan), plan.languages)
    trial = _try_lines(sheet, plan, latin)
    if may_be_turned and _is_upside_down(trial, plan, latin):
        return PageReading((), latin, is_upside_down=True)
    if not trial.is_latin:
        return PageReading(read_sheet(sheet, plan), plan.languages)
    knows_french = FRENCH in plan.engine.languages()
    if knows_french and is_french(trial.words):
        latin = (FRENCH,)
    words = read_sheet(sheet, replace(plan, languages=latin))
    if knows_french and FRENCH not in latin and is_french(words):  # lists show few common words in five lines
        latin = (FRENCH,)
        words = read_sheet(sheet, replace(plan, languages=latin))
    if not _holds_other_script(words, sheet, replace(plan, languages=(*others, *latin))):
        return PageReading(words, latin)
    whole = plan.languages if FRENCH not in latin or FRENCH in plan.languages else (FRENCH, *others)
    return PageReading(read_sheet(sheet, replace(plan, languages=whole)), whole)


def is_french(words: Sequence[Word]) -> bool:
    """Tell French from English by their commonest words, also as a model of English reads them."""
    texts = [word.text.strip(".,;:'’()\"").lower() for word in words]
    french, english = (sum(text in COMMON_WORDS[name] for text in texts) for name in (FRENCH, ENGLISH))
    return french >= FEWEST_COMMON_WORDS and french >= CLEAR_MAJORITY * english


def doubtful_places(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """Find neighbours on a line that were read doubtfully and hold letters or digits at all."""
    run: list[Word] = []
    for word in words:
        if run and (word.line != run[-1].line or word.confidence >= DOUBTFUL):
            if _letters(run) >= 2:
                yield tuple(run)
            run = []
        if word.confidence < DOUBTFUL:
            run.append(word)
    if _letters(run) >= 2:
        yield tuple(run)


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """A few lines of the page, and what the Latin model read of them. is_latin: all that can be read of them is Latin."""

    block: PixelImage | None = None
    words: tuple[Word, ...] = ()
    is_latin: bool = False


def _try_lines(sheet: Sheet, plan: ReadingPlan, latin: tuple[str, ...]) -> _Trial:
    """Read a few lines with the Latin model, and tell whether they are of its script."""
    block = _evenly_chosen_lines(sheet)
    if block is None:
        return _Trial()
    words = plan.engine.recognize(block, _for_lines(plan, latin))
    return _Trial(block, words, _is_all_latin(words, block, plan.second))


def _for_lines(plan: ReadingPlan, languages: tuple[str, ...]) -> RecognizeOptions:
    return RecognizeOptions(languages, dpi=300, timeout_s=plan.timeout_s / 4, layout=Layout.BLOCK)


def _evenly_chosen_lines(sheet: Sheet) -> PixelImage | None:
    bands = line_bands(sheet.ink, sheet.tilt_deg)
    if not bands:
        return None
    places = np.unique(np.linspace(0, len(bands) - 1, min(LINES_TRIED, len(bands))).round().astype(int))
    return stacked_lines(
        sheet.grey, [bands[place] for place in places], LETTER_PX / max(sheet.ink.height_px, 1.0)
    )


def _is_all_latin(words: Sequence[Word], block: PixelImage, second: LineReader | None) -> bool:
    believed = believable_letters(words)
    if believed < ENOUGH_LETTERS or believed < CLEARLY_READ * _letters(words):
        return False
    foreign = filter(_is_foreign, doubtful_places(words))
    return all(
        second is not None and read_latin(block, second, union(place)).confidence >= CLEARLY_LATIN
        for place in foreign
    )


def _is_upside_down(trial: _Trial, plan: ReadingPlan, latin: tuple[str, ...]) -> bool:
    """Tell whether lines that read neither as Latin nor as plainly another script read well the other way round."""
    believed, letters = believable_letters(trial.words), _letters(trial.words)
    if trial.block is None or letters < ENOUGH_LETTERS:
        return False
    if not OTHER_LETTERS < believed / letters < CLEARLY_READ:
        return False
    turned = rotate_clockwise(trial.block, 180)
    return reads_upright(plan.engine.recognize(turned, _for_lines(plan, latin)))


def _is_foreign(place: Sequence[Word]) -> bool:
    """Tell places of the trial that look like another script, so that mixed forms are not read twice."""
    letters = _letters(place)
    return letters >= 6 and sum(word.confidence * _letters([word]) for word in place) <= FOREIGN * letters


def _holds_other_script(words: Sequence[Word], sheet: Sheet, plan: ReadingPlan) -> bool:
    places = sorted(doubtful_places(words), key=lambda place: min(word.confidence for word in place))
    if len(places) > MOST_DOUBTS and plan.second is None:
        return True
    return any(_proves_other_script(union(place), sheet, plan) for place in places[:MOST_LOOKED_AT])


def _proves_other_script(place: Box, sheet: Sheet, plan: ReadingPlan) -> bool:
    """Read a place with the whole set; the second recogniser, which takes three times as long, only where that is no proof."""
    symbols = read_strip(sheet, plan, place, LETTER_PX)
    others = [symbol for symbol in symbols if _is_of_other_script(symbol.text)]
    if 2 * len(others) < sum(_letters([symbol]) > 0 for symbol in symbols):
        return False
    is_sure = sum(symbol.confidence >= SURE for symbol in others) >= FEWEST_SURE
    is_quite_sure = sum(symbol.confidence >= QUITE_SURE for symbol in others) >= FEWEST_QUITE_SURE
    if plan.second is None or not (is_sure or is_quite_sure):
        return is_sure
    latin = read_latin(sheet.grey, plan.second, place).confidence
    return latin < CLEARLY_LATIN if is_sure else latin < DOUBTED_LATIN


def _is_of_other_script(text: str) -> bool:
    return any(char.isalnum() and not char.isascii() and not _is_latin(char) for char in text)


def _is_latin(char: str) -> bool:
    return unicodedata.name(char, "").startswith("LATIN")


def _letters(words: Sequence[Word]) -> int:
    return sum(character.isalnum() for word in words for character in word.text)

"""Whatever reads a page again, nothing is proven that the first engine's own words do not prove."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ocr.pipeline
from app.domain.linking import PageEvidence, decide_link
from app.domain.linking_model import DossierEvidence, LinkDecision
from app.domain.offices import formats_for
from app.domain.states import LinkState
from ocr.engines.fake_engine import MODE_VARIABLE, TEXT_VARIABLE
from ocr.engines.word_lines import text_of
from ocr.headings import head_of
from ocr.number_readings import SUPPOSED, NumberReading, numbers_of
from ocr.script import PageReading
from ocr.types import Box, NumberCandidate, NumberRole, PageTask, Word
from tests.helpers.drawn_pages import TESSDATA
from tests.helpers.paper_folders import OFFICES
from tests.helpers.sealed_pages import words_of

HEADING = words_of("Request for the grant of a patent", left_px=50, top_px=40, confidence=0.9)
SIZE = (1600, 800)


def form(line: str, confidence: float = 0.9, **doubted: float) -> tuple[Word, ...]:
    """A request form with one line below its heading; doubted: confidence of single words by their text."""
    words = words_of(line, left_px=50, top_px=100, confidence=confidence, line=1)
    return (*HEADING, *(replace(word, confidence=doubted.get(word.text, confidence)) for word in words))


def numbers(
    first: tuple[Word, ...], second: tuple[Word, ...], office: str = "KH"
) -> tuple[NumberCandidate, ...]:
    return numbers_of(first, NumberReading(second, first), (), formats_for(OFFICES, office), SIZE)


def decided(
    *pages: tuple[tuple[Word, ...], tuple[Word, ...]], office: str = "KH", copies: int = 2
) -> LinkDecision:
    """Decide a folder of pages as first read and as read again, each copies times."""
    evidence = [
        PageEvidence(
            0,
            is_blank=False,
            text=text_of(second),
            candidates=numbers(first, second, office),
            first_text=text_of(first),
            head=head_of(first, second),
        )
        for first, second in pages * copies
    ]
    numbered = tuple(replace(page, ordinal=number + 1) for number, page in enumerate(evidence))
    return decide_link(
        DossierEvidence(numbered), office=OFFICES[office], register=None, today=date(2026, 11, 28)
    )


SURE = form("Application No. KH/P/2018/00417")


def test_what_the_first_reading_proves_stays_proven() -> None:
    assert decided((SURE, SURE)).link is LinkState.PROVEN
    beside = (*SURE, *words_of("Remarks", left_px=50, top_px=300, confidence=0.3, line=2))
    assert decided((SURE, beside)).link is LinkState.PROVEN


@pytest.mark.parametrize(
    ("office", "first", "second"),
    [
        (
            "KH",
            form("Application No. KH/P/ 2018/00417"),
            form("Application No. KH/D/ 2018/00417"),
        ),  # a prefix
        ("MY", form("Application No. PI 2018001234"), form("Application No. UI 2018001234")),
        (
            "KH",
            form("Application No. KH/P/2018/00411", 0.55),
            form("Application No. KH/P/2018/00417"),
        ),  # a copy
        (
            "KH",
            form("Application No. KH/P/2018/00411", 0.4),
            form("Application No. KH/P/2018/00417"),
        ),  # a line
    ],
)
def test_a_number_read_otherwise_again_proves_nothing_and_both_stand(
    office: str, first: tuple[Word, ...], second: tuple[Word, ...]
) -> None:
    found = numbers(first, second, office)
    assert len({each.normalised for each in found}) == 2
    (new,) = [each for each in found if each not in numbers(first, first, office)]
    assert new.confidence <= SUPPOSED
    decision = decided((first, second), office=office)
    assert decision.link is LinkState.NEEDS_REVIEW
    assert len(decision.candidates) == 2


@pytest.mark.parametrize(
    "first",
    [
        form("Application No. KH/P/2018/00417", 0.4),  # too doubtful
        form("Application No. KH/P/ 2018/00417", 0.9, **{"KH/P/": 0.05}),  # its prefix is
        form("Application No. KH/P/2018/0O417"),  # repaired
        form("Appnalion N9, KH/P/2018/00417"),  # no caption
        form("Application No. KH/P/2018/"),  # no number
    ],
)
def test_a_second_reading_of_the_same_is_no_second_witness(first: tuple[Word, ...]) -> None:
    assert decided((first, first)).link is not LinkState.PROVEN
    decision = decided((first, SURE))
    assert decision.link is LinkState.NEEDS_REVIEW
    # Nor does it confirm what stands on another page alone.
    alone = decided((SURE, SURE), copies=1)
    assert alone.link is LinkState.NEEDS_REVIEW
    if not numbers(first, first):
        assert decided((SURE, SURE), (first, SURE), copies=1).link is LinkState.NEEDS_REVIEW


def test_a_clean_second_reading_elsewhere_does_not_clean_a_repaired_number() -> None:
    repaired, unread = form("Application No. KH/P/2018/0O417"), form("Application No. ...")
    assert decided((repaired, repaired), (unread, SURE)).link is LinkState.NEEDS_REVIEW


def test_the_same_number_keeps_the_first_readings_doubt_caption_and_repairs() -> None:
    (first,) = numbers(
        form("Application No. KH/P/2018/0O417", 0.4), form("Application No. KH/P/2018/0O417", 0.4)
    )
    (held,) = numbers(form("Application No. KH/P/2018/0O417", 0.4), form("(21) KH/P/2018/00417"))
    assert (held.edits, held.label, held.confidence) == (first.edits, "application no", first.confidence)
    (lower,) = numbers(SURE, form("Application No. KH/P/2018/00417", 0.5))
    assert lower.confidence < 0.5


def test_a_number_read_twice_on_one_line_counts_once() -> None:
    twice = (*SURE, *words_of("KH/P/2018/00417", left_px=300, top_px=102, confidence=0.9, line=2))
    found = numbers(SURE, twice)
    assert [each.confidence for each in found] == [each.confidence for each in numbers(SURE, SURE)]


def test_a_number_gone_from_the_text_stands_against_others_but_proves_nothing() -> None:
    other = form("Application No. KH/P/2018/00999", 0.3)
    decision = decided((SURE, other))
    assert decision.link is LinkState.NEEDS_REVIEW
    assert len(decision.candidates) >= 2


def test_the_first_words_reach_the_numbers_of_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, text = tmp_path / "page.png", tmp_path / "page.txt"
    picture = np.full((800, 600), 245, np.uint8)
    picture[100:140, 50:500:9] = 30
    Image.fromarray(picture).save(page, dpi=(72, 72))
    text.write_text("Application No. KH/P/2018/00411", encoding="utf-8")
    monkeypatch.setenv(MODE_VARIABLE, "words")
    monkeypatch.setenv(TEXT_VARIABLE, str(text))

    def restored(read: PageReading, *_: object) -> PageReading:
        words = (replace(word, text=word.text.replace("00411", "00417")) for word in read.words)
        return replace(read, words=tuple(words))

    monkeypatch.setattr(ocr.pipeline, "read_faint_again", restored)
    task = PageTask(page, 0, tmp_path, "page", ("eng",), formats_for(OFFICES, "KH"), TESSDATA, engine="fake")
    result = ocr.pipeline.process_page(task)
    assert (result.first_text, result.text) == (
        "Application No. KH/P/2018/00411",
        "Application No. KH/P/2018/00417",
    )
    assert result.head.splitlines() == [result.first_text, result.text]
    found = {each.normalised: each for each in result.candidates}
    assert found["KH/P/2018/00417"].confidence <= SUPPOSED
    assert found["KH/P/2018/00411"].confidence > 0.5
    assert found["KH/P/2018/00411"].role is NumberRole.APPLICATION
    assert isinstance(found["KH/P/2018/00411"].box, Box)

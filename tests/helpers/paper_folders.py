"""Pages and folders as text, laid out as recognition would give them, for the candidates and the linker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.domain.linking import DossierEvidence, PageEvidence
from app.domain.linking_sheets import own_print_of
from app.domain.offices import formats_for, load_offices
from app.domain.register import MemoryRegister, parse_register
from ocr.candidates import find_candidates
from ocr.types import Barcode, Box, NumberCandidate, Word

SHIPPED = load_offices(Path(__file__).parents[2] / "resources" / "offices")
# Rules for work without a register are tested at offices that say so; as shipped none says anything of it.
OFFICES = {code: replace(office, automatic_without_register=0.0) for code, office in SHIPPED.items()}
WIDTH_PX, HEIGHT_PX = 2480, 3508


def words_of(text: str, confidence: float = 0.95) -> tuple[Word, ...]:
    """Lay lines out one below the other, 20 px per character."""
    words = []
    for number, line in enumerate(text.split("\n")):
        left, parts = 100, line.split()
        for index, part in enumerate(parts):
            box = Box(left, 100 + number * 60, len(part) * 20, 40)
            words.append(Word(part, box, confidence, number, index + 1 < len(parts)))
            left += len(part) * 20 + 20
    return tuple(words)


def candidates_of(
    text: str, office: str, *, confidence: float = 0.95, codes: Sequence[str] = ()
) -> tuple[NumberCandidate, ...]:
    """Find the numbers of a page given as text and barcode payloads."""
    return find_candidates(
        words_of(text, confidence),
        barcodes=[Barcode("QRCode", code, Box(10, 10, 90, 90), 0) for code in codes],
        formats=formats_for(OFFICES, office),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
    )


def folder_of(
    pages: Sequence[str],
    office: str = "KH",
    *,
    confidence: float = 0.95,
    codes: Mapping[int, Sequence[str]] | None = None,
) -> DossierEvidence:
    """A folder of pages counted from 1; codes: payloads by page."""
    return DossierEvidence(
        tuple(
            PageEvidence(
                ordinal=ordinal,
                is_blank=not text.strip() and not (codes or {}).get(ordinal),
                text=text,
                candidates=candidates_of(
                    text, office, confidence=confidence, codes=(codes or {}).get(ordinal, ())
                ),
                own_print=own_print_of(text, (codes or {}).get(ordinal, ())),
            )
            for ordinal, text in enumerate(pages, 1)
        )
    )


def register_of(*rows: str, office: str = "KH") -> MemoryRegister:
    """A register of "number;title;applicant;date" rows."""
    content = "application_number;title;applicant;filing_date\n" + "\n".join(rows) + "\n"
    return MemoryRegister(parse_register(content.encode(), OFFICES[office]).entries)

"""How long a kind of paper usually is; in a document that is longer a separator may have been missed. Pure.

No office has measured its papers for us; the figures are generous on purpose, for what is told too often is not read.
What is not in the table may be of any length and is never told: descriptions, claims, drawings, specimens and priority
documents are as long as the invention; replies, oppositions, appeals, cancellations, licences and papers of a court
bring their evidence along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MOST_PAGES: Mapping[str, int] = MappingProxyType(
    {
        "FEE": 2,  # a receipt is one leaf
        "INT": 4,  # a file cover, or a minute of some lines
        "CRT": 4,  # a certificate, its annex in a second language
        "ANN": 4,
        "ABS": 4,  # one paragraph and a figure, in two languages
        "POA": 6,  # one or two leaves, legalised and translated
        "PUB": 6,
        "REN": 8,
        "CHG": 8,
        "FRM": 8,
        "COR": 10,  # a letter of two pages, with a list
        "APP": 12,  # a request of two to four leaves; more with further applicants, or goods in many classes
        "OA": 16,  # with its search report
        "ASG": 16,  # with a schedule of the rights
    }
)
"""Kinds of paper whose usual greatest number of pages is known, blank ones not counted."""


@dataclass(frozen=True, slots=True)
class LongDocument:
    """A document longer than its kind usually is.

    place: among the dossier's documents with pages that count, from 0. pages: with content; usual: at most so many.
    first, last, likely: numbers of pages in the dossier; likely: which looks like the first of another paper, None
    where none does. by_person: a person said which pages it has.
    """

    kind: str
    place: int
    pages: int
    usual: int
    first: int
    last: int
    likely: int | None = None
    by_person: bool = False

    @property
    def code(self) -> str:
        """The code of its sentence in ui/texts.py."""
        return "document_long" if self.likely is None else "document_long_at"

    @property
    def facts(self) -> dict[str, str | int]:
        """The facts of its sentence."""
        told: dict[str, str | int] = {
            "pages": self.pages,
            "usual": self.usual,
            "first": self.first,
            "last": self.last,
        }
        return told if self.likely is None else {**told, "likely": self.likely}


def usual_most(kind: str | None) -> int | None:
    """How many pages a kind of paper has at most, usually; None where it may have any number."""
    return None if kind is None else MOST_PAGES.get(kind)

"""Every reason to look at a page again, worst first: what is measured, from which value on, and why from there.

The one place of these thresholds. The guide's page "Why a page is marked" is written from it (a test compares
them), ocr/steps/quality.py measures, app/domain/page_findings.py compares pages. No import of cv2 here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """One reason. below: a value under the threshold is the bad one, else a value over it.

    measured, source: for the guide and for maintainers; what people see on a page is in ui/words_en_reasons.py.
    grave: the value beyond which a dossier waits for a person because of the mark, None where it never does; on pages
    with fewer marks of letter size than grave_marks it does not either.
    """

    code: str
    measured: str
    unit: str
    threshold: float
    below: bool
    source: str
    grave: float | None = None
    grave_marks: int = 0

    def badness(self, value: float) -> float:
        """How far a value is beyond the threshold, as a ratio of 1 and more: for ordering pages of one reason."""
        worse, better = (self.threshold, value) if self.below else (value, self.threshold)
        return worse / better if better > 0 else 1.0 + abs(worse - better)

    def fails(self, value: float) -> bool:
        """Whether a measured value is a reason to look at the page."""
        return value < self.threshold if self.below else value > self.threshold

    def is_grave(self, value: float, marks: int) -> bool:
        """Whether a measured value, on a page with so many marks of letter size, keeps a dossier from leaving by itself."""
        if self.grave is None or marks < self.grave_marks:
            return False
        return value < self.grave if self.below else value > self.grave


GOOD = "good shared pages"

MANY_MARKS = 100
"""Marks of letter size from which on a page is full of writing: drawings, stamps and notes have fewer."""

_TABLE = (
    QualityCheck(
        "file_ends_early",
        "rows of the picture that the file lacks",
        "yes or no",
        0,
        False,
        "the decoder",
        grave=0,
    ),
    QualityCheck(
        "no_text",
        "marks of letter size where not one word was read",
        "marks",
        20,
        False,
        "stamps and drawings have fewer",
        grave=20,
        grave_marks=MANY_MARKS,
    ),
    QualityCheck(
        "uncertain_text",
        "mean certainty of the words read",
        "of 1",
        0.6,
        True,
        "good typed pages have 0.75 and more; two sheets on top of each other stay under 0.5",
        grave=0.4,
        grave_marks=MANY_MARKS,
    ),
    QualityCheck(
        "turn_unsure",
        "certainty of which way up the page is",
        "of 1",
        0.45,
        True,
        "the certainty from which a page is turned by itself",
    ),
    QualityCheck(
        "turn_of_neighbours",
        "turn in which all surely read pages around a doubtful one lie",
        "degrees",
        0,
        False,
        "a stack is fed one way; at least two of the four pages before and behind must be 0.6 sure and none differ",
    ),
    QualityCheck(
        "blurred",
        "softness of edges as a share of the height of small letters",
        "of that height",
        0.19,
        False,
        f"{GOOD} have up to 0.16; 23 of 24 blurred by a third have more",
        grave=0.22,
    ),
    QualityCheck(
        "soft",
        "softness as above, on a page read with under 0.6 certainty or not at all",
        "of that height",
        0.09,
        False,
        "blur makes letters grow into one another, so that it seems less beside them: drawn pages out of focus by 4 pixels have 0.10 and more, sharp ones up to 0.05",
    ),
    QualityCheck(
        "too_dark",
        "grey level of the paper, 0 black to 255 white",
        "grey levels",
        110,
        True,
        f"the darkest of the {GOOD}, from microfilm, have 158",
        grave=50,
    ),
    QualityCheck(
        "dark_page",
        "part of the page that is dark",
        "of the page",
        0.35,
        False,
        f"a dense newspaper page, the darkest of the {GOOD}, has 0.30",
    ),
    QualityCheck(
        "low_contrast",
        "difference between paper and ink",
        "grey levels",
        60,
        True,
        f"the palest of the {GOOD} have 104",
        grave=25,
    ),
    QualityCheck(
        "cut_edge",
        "letters that touch one edge of the picture",
        "letters",
        2,
        False,
        f"{GOOD} have up to 2; a cut along or across the lines leaves 3 and more",
        grave=5,
    ),
    QualityCheck(
        "folded_corner",
        "length of a slanting edge across a corner",
        "of the width",
        0.06,
        False,
        "a fold of 9 mm on A4; less hides nothing but margin",
        grave=0.1,
    ),
    QualityCheck(
        "double_feed",
        "length of the sheet where it is narrow",
        "inches",
        14.3,
        False,
        "legal paper, the longest office sheet, has 14 inches: two sheets that overlap are longer",
        grave=15.5,
    ),
    QualityCheck(
        "longer_than_others",
        "length beyond the folder's usual, on a scan as wide as usual and of no paper's size",
        "of that length",
        0.06,
        False,
        "a sheet drawn in at 3 degrees is 4 % longer",
    ),
    QualityCheck(
        "strong_skew",
        "tilt of the text lines before it was straightened",
        "degrees",
        5,
        False,
        "feeders tilt by 2 to 3; from 5 on a corner of A4 is off the picture",
    ),
    QualityCheck(
        "low_resolution",
        "resolution of the scan",
        "dpi",
        140,
        True,
        "letters of 10 points get under 9 pixels",
    ),
    QualityCheck(
        "low_for_size",
        "resolution, on a page of under 300 dpi whose small letters have under 11 pixels",
        "dpi",
        290,
        True,
        "fax pages of 200 dpi have 15 pixels and read well",
    ),
    QualityCheck(
        "small_letters",
        "height of small letters",
        "pixels",
        9,
        True,
        "recognition wants 10 and more, see the ocr benchmark",
    ),
    QualityCheck(
        "looks_like",
        "bits by which two pages' fingerprints differ, where their words agree too",
        "bits",
        14,
        True,
        "two scans of one sheet differ by up to 12 of 64, 5 of 4,900 pairs of other pages by less than 14: their words tell them apart",
    ),
    QualityCheck(
        "streak",
        "pages of a folder with a line in the same column; or of all scanned around it, where most have it",
        "pages",
        2,
        False,
        "a rule of a form moves with the sheet, dirt on the glass does not and stays until it is wiped off",
    ),
)

CHECKS = {check.code: check for check in _TABLE}
"""By code, worst first."""

RANKS = {code: rank for rank, code in enumerate(CHECKS)}

COMPARED = frozenset({"turn_of_neighbours", "longer_than_others", "looks_like", "streak"})
"""Reasons that only other pages give; the page engine never finds them."""

"""What a page shows of the paper it belongs to: its heading, its layout, its page number, its language. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.document_words import Heading, Terms, headings_of, plain_line, telling_lines
from app.domain.documents import StartMark
from app.domain.linking_papers import is_cover_page
from ocr.other_files import fold_line

COVER, LETTER, DRAWING = "INT", "COR", "DRW"
"""Kinds of the packs that their layout shows without a caption."""

COVER_SURE, LETTER_SURE, HALF_LETTER_SURE, DRAWING_SURE, FIGURE_SURE = 0.85, 0.85, 0.6, 0.9, 0.7
DRAWING_WORDS = 60
INID_CODES = 4
"""From so many codes of bibliographic data on, a page is a form, a certificate or a page of the gazette."""

_SALUTATION = re.compile(
    r"^\W*(?:dear (?:sirs?|madam|ms|mrs?)\b|to whom it may concern|madame, monsieur|monsieur,|kinh gui|dengan hormat"
    r"|kepada yth|yth\b|tuan/puan)|^\W*(?:เรียน|ຮຽນ|សូមគោរពជូន|គោរពជូន)"
)
_CLOSING = re.compile(
    r"^\W*(?:yours (?:faithfully|sincerely|truly)|(?:best|kind) regards|sincerely yours|veuillez agreer|tran trong"
    r"|hormat kami|yang benar)|ขอแสดงความนับถือ|ຂໍສະແດງຄວາມນັບຖື|សូមគោរព"
)
_SUBJECT = re.compile(r"^\W*(?:re|subject|objet|perihal|hal|v/v)\s*:|^\W*(?:เรื่อง|ເລື່ອງ|កម្មវត្ថុ)")
_FIGURE = re.compile(
    r"\bfigs?(?:ures?)?\s?\.?\s?\d{1,2}[a-z]?\b|\bhinh\s\d{1,2}\b|\bgambar\s\d{1,2}\b|รูปที่\s?\d|ຮູບທີ\s?\d|រូបភាពទី\s?\d"
)
_SHEET_OF = re.compile(r"^\W*(\d{1,3})\s?/\s?(\d{1,3})\W*$")
_PAGE_OF = re.compile(
    r"^\W*(?:page|trang|halaman|หน้า|ໜ້າ|ទំព័រ)\s*:?\s*(\d{1,3})(?:\s*(?:of|/|sur|dari)\s*(\d{1,3}))?\W*$"
)
_ALONE = re.compile(r"^[\s\-–—.]*(\d{1,3})[\s\-–—.]*$")
_INID = re.compile(r"^\W?[(\[]\s?(\d{2,3})\s?[)\]]")
RECEIVED = re.compile(
    r"\b(?:received|recu le|ngay nhan|da nhan|diterima|tanggal penerimaan)\b|ได้รับ|ໄດ້ຮັບ|បានទទួល"
)

# Words that stand on every page of a language and not on those of its neighbours, folded.
_COMMON_WORDS = {
    "eng": frozenset(("the", "of", "and", "to", "for", "is", "that", "with", "which", "by")),
    "fra": frozenset(("le", "les", "des", "du", "et", "une", "dans", "pour", "est", "que")),
    "vie": frozenset(("va", "cua", "cac", "duoc", "cho", "theo", "nguoi", "trong", "mot", "khong")),
    "ind": frozenset(("yang", "dan", "dengan", "untuk", "dari", "pada", "ini", "tersebut", "adalah", "atau")),
    "msa": frozenset(("yang", "dan", "dengan", "untuk", "dari", "pada", "ini", "tersebut", "adalah", "atau")),
    "fil": frozenset(("ang", "mga", "ng", "sa", "na", "ay", "para", "ito", "kung", "nang")),
}
_SCRIPTS = (
    ("khm", "\u1780", "\u17ff"),
    ("tha", "\u0e00", "\u0e7f"),
    ("lao", "\u0e80", "\u0eff"),
    ("mya", "\u1000", "\u109f"),
)
LOCAL_SHARE = 0.3
"""Share of letters in a local script from which on a paper is in it: forms print everything in English as well."""
LEAST_COMMON_WORDS = 3
LANGUAGE_LETTERS = 3000


@dataclass(frozen=True, slots=True)
class PaperPage:
    """A page as the division into documents sees it.

    starts: what marks it as the first of a document. file_id, pages_in_file: the offered file it came in.
    Excluded pages are not given.
    """

    text: str
    is_blank: bool
    starts: StartMark | None = None
    file_id: int = 0
    pages_in_file: int = 1


@dataclass(frozen=True, slots=True)
class PageLook:
    """What one page shows. heading: the surest kind, None when nothing tells; rival: another one nearly as sure.

    number, of: as printed ("2/7"), None without. received: it bears a reception stamp.
    """

    page: PaperPage
    lines: tuple[str, ...]
    words: int
    heading: Heading | None
    rival: Heading | None
    number: int | None
    of: int | None
    inid_codes: int
    received: bool
    is_drawing: bool


NEARLY = 0.05


def look_at(page: PaperPage, terms: Terms) -> PageLook:
    """Judge one page by itself."""
    lines = telling_lines(page.text)
    folded, plain = [fold_line(line) for line in lines], [plain_line(line) for line in lines]
    words = sum(len(line.split()) for line in lines)
    is_drawing = _is_drawing(folded, words)
    found = [*headings_of(lines, terms), *_by_layout(folded, plain, words, is_drawing=is_drawing)]
    found = [each for each in found if each.kind in terms.kinds]
    found.sort(key=lambda each: (-each.confidence, each.line))
    best = found[0] if found and not page.is_blank else None
    rival = next(
        (
            each
            for each in found[1:]
            if best and each.kind != best.kind and best.confidence - each.confidence < NEARLY
        ),
        None,
    )
    number, of = _page_number(page.text)
    return PageLook(
        page=page,
        lines=lines,
        words=words,
        heading=best,
        rival=rival,
        number=number,
        of=of,
        inid_codes=len({code[1] for line in plain if (code := _INID.search(line))}),
        received=any(RECEIVED.search(line) for line in folded if len(line) < 60),
        is_drawing=is_drawing,
    )


def language_of(texts: Sequence[str]) -> str | None:
    """The language most of a paper is written in, as a recognition model's code; None when too little tells.

    Malay and Indonesian share these words: which of the two it is, the office's languages have to say.
    """
    text = "\n".join(texts)
    letters = sum(map(str.isalpha, text))
    if letters < 20:
        return None
    for code, first, last in _SCRIPTS:
        if sum(first <= char <= last for char in text) / letters >= LOCAL_SHARE:
            return code
    # A few hundred words tell it as well as all.
    words = Counter(fold_line(text[:LANGUAGE_LETTERS].replace("\n", " ")).split())
    scores = {code: sum(words[word] for word in common) for code, common in _COMMON_WORDS.items()}
    best = max(scores, key=lambda code: scores[code])
    others = [score for code, score in scores.items() if {code, best} != {"ind", "msa"} and code != best]
    return best if scores[best] >= LEAST_COMMON_WORDS and scores[best] > 1.5 * max(others) else None


def _by_layout(folded: Sequence[str], plain: Sequence[str], words: int, *, is_drawing: bool) -> list[Heading]:
    found = []
    if is_cover_page(folded):
        found.append(Heading(COVER, COVER_SURE, 0, "", "", "cover"))
    signs = [
        any(_SALUTATION.search(line) for line in folded),
        any(_CLOSING.search(line) for line in folded),
        any(_SUBJECT.search(line) for line in folded[:24]),
    ]
    if sum(signs) >= 2:
        found.append(Heading(LETTER, LETTER_SURE, 0, "", "", "letter"))
    elif signs[0]:
        found.append(Heading(LETTER, HALF_LETTER_SURE, 0, "", "", "letter"))
    if is_drawing:
        with_sheet = any(_SHEET_OF.match(line) for line in plain)
        sure = DRAWING_SURE if with_sheet or words <= DRAWING_WORDS // 2 else FIGURE_SURE
        found.append(Heading(DRAWING, sure, 0, "", "", "figures"))
    return found


def _is_drawing(folded: Sequence[str], words: int) -> bool:
    """Figures with their numbers and little else."""
    return words <= DRAWING_WORDS and any(_FIGURE.search(line) and len(line) < 40 for line in folded)


def _page_number(text: str) -> tuple[int | None, int | None]:
    """The page's number at its head or foot, and of how many, where it stands by itself."""
    lines = [plain_line(line.strip()) for line in text.splitlines() if any(map(str.isalnum, line))]
    for line in (*lines[:2], *lines[-2:]):
        for pattern in (_PAGE_OF, _SHEET_OF):
            if found := pattern.match(line):
                number, of = int(found[1]), int(found[2]) if found[2] else None
                return (number, of) if of is None or number <= of else (None, None)
    for line in (*lines[:1], *lines[-1:]):
        if found := _ALONE.match(line):
            return int(found[1]), None
    return None, None

"""What kind of page a number stands on, and the numbers of a dossier gathered page by page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.linking_model import (
    DossierEvidence,
    Occurrence,
    OwnPrint,
    PageEvidence,
    PageKind,
    RankedNumber,
)
from app.domain.linking_papers import is_cover_page, is_later_act, is_of_others, is_own_code, is_own_paper
from app.domain.linking_sheets import top_sheet
from app.domain.offices import OfficeProfile
from ocr.candidates import COVER_LABEL
from ocr.candidates_roles import GENERIC_LABELS
from ocr.numbers import normalise
from ocr.numbers_labels import labels_in, role_of_caption
from ocr.other_files import fold_line, speaks_of_other_file
from ocr.types import Box, NumberCandidate, NumberFormat, NumberRole

RECEIPT_MAX_WORDS = 220
HEAD_LINES = 10
LIST_NUMBERS = 4  # labelled numbers on one page from which on it is a list of other files

_LETTER = re.compile(
    r"dear sir|dear madam|dear ms|dear mr|yours (?:faithfully|sincerely|truly)|(?:best|kind) regards|sincerely yours"
    r"|to whom it may concern|\b(?:re|subject|our ref|your ref|objet) ?:"
    r"|madame, monsieur|monsieur,|veuillez agreer|kinh gui|tran trong|dengan hormat|hormat kami|\byth\b|kepada yth"
    r"|yang benar|tuan/puan|examination report|search report|notice of opposition|opposition against|office action"
    r"|เรียน|ขอแสดงความนับถือ|ຮຽນ|ดวยความเคารพ|ด้วยความเคารพ|ຂໍສະແດງຄວາມນັບຖື|សូមគោរពជូន|សូមជម្រាប|គោរពជូន|កម្មវត្ថុ"
)
_RECEIPT = re.compile(
    r"receipt|invoice|quittance|facture|bien lai|hoa don|kuitansi|bukti (?:bayar|pembayaran)|resit|voucher"
    r"|បង្កាន់ដៃ|វិក្កយបត្រ|ใบเสร็จ|ໃບຮັບເງິນ"
)
# Copies of other offices' papers and other people's files that a folder holds.
_FOREIGN_PAPER = re.compile(
    r"certified copy|priority document|paris convention|tai lieu uu tien|dokumen prioritas"
    r"|prior art|cited document|annexed document|gazette|cong bao|berita resmi"
)
MOST_DOUBTED = 0.2
"""Confidence up to which a number is only supposed: what the page engine gives readings its first one did not have."""
STRAY_CONFIDENCE = 0.3
_WORD = re.compile(r"\w+")


def kind_of(page: PageEvidence, office: OfficeProfile) -> PageKind:
    """Judge a page by its words: only papers that speak of their own file may prove a link.

    It is a paper when none of its readings says otherwise, neither by the lines read first nor by those that stand at
    its top: of two columns read row by row, or one after the other, a heading may be anywhere among the lines.
    """
    at_top = "" if page.head is None else fold_words(page.head)
    kinds = [_kind(text, page, page.candidates, office, at_top) for text in page.readings]
    return next((kind for kind in kinds if kind is not PageKind.PAPER), kinds[0])


def kind_against(page: PageEvidence, office: OfficeProfile) -> PageKind:
    """Judge a page whose numbers may stand against another: it is a paper when one of its readings says so.

    Numbers that only a second reading gives make no list of it.
    """
    sure = [each for each in page.candidates if each.confidence > MOST_DOUBTED]
    kinds = [_kind(text, page, sure, office) for text in page.readings]
    return PageKind.PAPER if PageKind.PAPER in kinds else kinds[0]


def _kind(
    text: str,
    page: PageEvidence,
    candidates: Sequence[NumberCandidate],
    office: OfficeProfile,
    at_top: str = "",
) -> PageKind:
    if page.is_blank:
        return PageKind.BLANK
    is_receipt, is_foreign, is_letter = _looks(text, at_top)
    if is_receipt:
        return PageKind.RECEIPT
    if is_foreign or _labelled(candidates, office) >= LIST_NUMBERS:
        return PageKind.LIST
    return PageKind.LETTER if is_letter else PageKind.PAPER


@lru_cache(maxsize=1024)
def _looks(text: str, at_top: str) -> tuple[bool, bool, bool]:
    """Tell whether a page's words are those of a receipt, of other people's papers, of a letter."""
    folded = fold_words(text)
    head = [line for line in folded.splitlines() if line.strip()][:HEAD_LINES] + at_top.splitlines()
    is_receipt = any(map(_RECEIPT.search, head)) and len(_WORD.findall(folded)) <= RECEIPT_MAX_WORDS
    return is_receipt, any(map(_FOREIGN_PAPER.search, head)), _LETTER.search(folded) is not None


def _labelled(candidates: Sequence[NumberCandidate], office: OfficeProfile) -> int:
    """How many numbers stand under an application's caption."""
    if len(candidates) < LIST_NUMBERS:
        return 0
    own = {rule.format.format_id for rule in office.rules}
    return len(
        {each.normalised for each in candidates if each.format_id in own and _is_labelled(each, office.code)}
    )


def _is_labelled(candidate: NumberCandidate, office: str) -> bool:
    """Tell whether a number stands under an application's caption, be it of another file by the heading above it."""
    if candidate.role is NumberRole.UNKNOWN and candidate.label is not None and candidate.source == "text":
        is_vague = candidate.normalised.isdigit() and candidate.label in GENERIC_LABELS
        return not is_vague and role_of_caption(candidate.label, office=office) is NumberRole.APPLICATION
    return candidate.role is NumberRole.APPLICATION


def gather(evidence: DossierEvidence, office: OfficeProfile) -> tuple[RankedNumber, ...]:
    """Bring all readings of the office's own application numbers together, the strongest number first."""
    formats = {rule.format.format_id: rule.format for rule in office.rules}
    numbers: dict[str, ApplicationNumber] = {}
    places: dict[str, list[Occurrence]] = {}
    top = top_sheet(evidence)
    for page in evidence.pages:
        kinds = kind_of(page, office), kind_against(page, office)
        for candidate in page.candidates:
            number_format = formats.get(candidate.format_id)
            number = _number(candidate, number_format, office)
            if number is None or number_format is None:
                continue
            numbers.setdefault(number.canonical, number)
            place = _as_our_print(_occurrence(page, kinds, candidate, number, office), page, top)
            if place.is_proof:
                place = _weighed(place, page, candidate, office)
            places.setdefault(number.canonical, []).append(place)
    ranked = [
        RankedNumber(canonical, numbers[canonical], _confidence(found), tuple(found))
        for canonical, found in places.items()
    ]
    return tuple(sorted(ranked, key=rank))


def numbers_read(evidence: DossierEvidence, office: OfficeProfile) -> frozenset[str]:
    """The canonical application numbers that stand on the pages, whatever they say of themselves."""
    formats = {rule.format.format_id: rule.format for rule in office.rules}
    found = (
        _number(candidate, formats.get(candidate.format_id), office)
        for page in evidence.pages
        for candidate in page.candidates
    )
    return frozenset(number.canonical for number in found if number is not None)


def rank(each: RankedNumber) -> tuple[bool, float, str]:
    """Sort key: numbers with proving places first, then by confidence."""
    return (not any(place.is_proof for place in each.occurrences), -each.confidence, each.canonical)


def is_cover(place: Occurrence) -> bool:
    """Tell whether the place is the barcode of a folder cover sheet."""
    return place.source == "barcode" and place.label == COVER_LABEL


def is_cover_code(candidate: NumberCandidate) -> bool:
    """Tell whether a number is the barcode of a folder cover sheet."""
    return candidate.source == "barcode" and candidate.label == COVER_LABEL


@lru_cache(maxsize=1024)
def fold_words(text: str) -> str:
    """Lower-case with bare Latin letters, lines kept."""
    return "\n".join(fold_line(line) for line in text.splitlines())


def _number(
    candidate: NumberCandidate, number_format: NumberFormat | None, office: OfficeProfile
) -> ApplicationNumber | None:
    if number_format is None or candidate.role in (
        NumberRole.REGISTRATION,
        NumberRole.INTERNATIONAL,
        NumberRole.PAYMENT,
        NumberRole.CONTACT,
    ):
        return None
    if candidate.normalised.isdigit() and candidate.role not in (NumberRole.APPLICATION, NumberRole.CITED):
        return None
    try:
        return ApplicationNumber.parse(candidate.normalised, office)
    except NotAnApplicationNumber:
        return None


def _occurrence(
    page: PageEvidence,
    kinds: tuple[PageKind, PageKind],
    candidate: NumberCandidate,
    number: ApplicationNumber,
    office: OfficeProfile,
) -> Occurrence:
    """Say what a number read on a page is worth. kinds: of the page where it proves, and where it stands against others."""
    cover = is_cover_code(candidate)
    role, claimed = candidate.role, candidate.role
    if role is NumberRole.APPLICATION and not cover:
        told = [_speaks_of_any_file(text, page, candidate, office) for text in page.readings]
        # Proves nothing where one reading says so, and still stands against another number.
        role = NumberRole.UNKNOWN if any(told) else role
        claimed = NumberRole.UNKNOWN if all(told) else claimed
    return Occurrence(
        page=page.ordinal,
        kind=kinds[0],
        box=candidate.box,
        raw=candidate.raw,
        edits=candidate.edits,
        role=role,
        label=candidate.label,
        source=candidate.source,
        confidence=candidate.confidence,
        is_proof=_speaks_of_its_own(candidate, role, kinds[0]),
        is_clean=not candidate.edits and number.is_regular and number.check_passes is not False,
        is_doubted=is_doubted(candidate, page.text),
        is_claim=_speaks_of_its_own(candidate, claimed, kinds[1]) or _is_stray(candidate, claimed, kinds[1]),
    )


def _as_our_print(place: Occurrence, page: PageEvidence, top: int | None) -> Occurrence:
    """Take the proof from what was printed from the register, but for a whole code of the cover sheet on top.

    Labels come into other folders on copies of jackets, covers get between the pages, and a code without a sum may be
    misread: all these stand against other numbers, and prove nothing.
    """
    if is_cover(place):
        is_on_top = page.own_print is OwnPrint.COVER and page.ordinal == top
        return replace(place, is_proof=place.is_proof and is_on_top, is_claim=True)
    if page.own_print is OwnPrint.UNREAD:
        is_claim = place.is_claim or place.role in (NumberRole.APPLICATION, NumberRole.UNKNOWN)
        return replace(place, is_proof=False, is_doubted=True, is_claim=is_claim)
    return place


def _speaks_of_its_own(candidate: NumberCandidate, role: NumberRole, kind: PageKind) -> bool:
    if role is not NumberRole.APPLICATION:
        return False
    if candidate.source == "barcode" and candidate.normalised.isdigit() and not is_cover_code(candidate):
        return False
    return is_cover_code(candidate) or kind is PageKind.PAPER


def _is_stray(candidate: NumberCandidate, role: NumberRole, kind: PageKind) -> bool:
    """A lone number without caption on a paper page, as in a page header: the page may be misfiled."""
    if role is not NumberRole.UNKNOWN or kind is not PageKind.PAPER:
        return False
    return not candidate.edits and candidate.confidence >= STRAY_CONFIDENCE


def is_doubted(candidate: NumberCandidate, text: str) -> bool:
    """Tell whether a number was hardly read, or was read another way when its page was read again."""
    if candidate.source == "barcode":
        return False
    return candidate.confidence <= MOST_DOUBTED or not stands_in(text, candidate.raw)


def stands_in(text: str, raw: str) -> bool:
    """Tell whether a reading has what was read as a number, spaces apart."""
    squeezed = "".join(raw.split())
    return any(squeezed in "".join(line.split()) for line in text.splitlines())


def _weighed(
    place: Occurrence, page: PageEvidence, candidate: NumberCandidate, office: OfficeProfile
) -> Occurrence:
    """Say what kind of paper a proving place stands on."""
    if place.source == "barcode":
        return replace(place, is_own_paper=True, is_on_cover=is_cover_code(candidate))
    is_denied = any(is_later_act(_folded_down_to(text, place.raw)) for text in page.readings)
    headings = () if is_denied else _headings(page, candidate)
    own = is_own_paper(headings) or is_own_code(place.label, office.code)
    return replace(place, is_own_paper=own, is_on_cover=is_cover_page(headings))


def _headings(page: PageEvidence, candidate: NumberCandidate) -> Sequence[str]:
    """The lines that may head a number: by their place, or all read before it where no places are known."""
    if candidate.above is not None:
        return [fold_line(line) for line in candidate.above]
    if not stands_in(page.believed, candidate.raw):
        return ()
    return _folded_down_to(page.believed, candidate.raw)


def _folded_down_to(text: str, raw: str) -> list[str]:
    """The page from its top to the line of a number; all of it when the number is not there or spans lines."""
    squeezed = "".join(raw.split())
    lines = text.splitlines()
    last = next((at for at, line in enumerate(lines, 1) if squeezed in "".join(line.split())), len(lines))
    return fold_words("\n".join(lines[:last])).splitlines()


def _speaks_of_any_file(
    text: str, page: PageEvidence, candidate: NumberCandidate, office: OfficeProfile
) -> bool:
    is_others = is_of_others(_folded_down_to(text, candidate.raw))
    return is_others or _is_under_other_file(text, page, candidate, office)


def _is_under_other_file(
    text: str, page: PageEvidence, candidate: NumberCandidate, office: OfficeProfile
) -> bool:
    """Tell whether a number stands below a heading that speaks of another file, wherever it stands.

    The engine has looked at what stands above it on the paper (ocr.candidates_roles). Here only the order of lines is
    known, in which cells of other columns may stand between a heading and its number: all lines back to the number
    before it count.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    squeezed = ["".join(line.split()) for line in lines]
    others = {
        "".join(each.raw.split()): _is_above(each.box, candidate.box)
        for each in page.candidates
        if each.source == "text" and each.normalised != candidate.normalised
    }
    raw = "".join(candidate.raw.split())
    return any(
        raw in line and _is_headed_by_other_file(lines[: at + 1], squeezed[: at + 1], others, office.code)
        for at, line in enumerate(squeezed)
    )


def _is_headed_by_other_file(
    lines: Sequence[str], squeezed: Sequence[str], others: Mapping[str, bool], office: str
) -> bool:
    """Look upwards from the last line. others: numbers of the page, and whether they stand above in one column."""
    has_caption = _has_caption(lines[-1], office)
    for line, letters in zip(reversed(lines[:-1]), reversed(squeezed[:-1]), strict=True):
        if speaks_of_other_file(line):
            return True
        here = [is_above for raw, is_above in others.items() if raw in letters]
        if any(here):
            return False
        if _has_caption(line, office) and not here:
            if has_caption:
                return False
            has_caption = True
    return False


def _has_caption(line: str, office: str) -> bool:
    """Tell whether a field begins in a line: an application number's, or one with an INID code."""
    labels = labels_in(normalise(line).text, office=office)
    return any(label.is_inid or label.role is NumberRole.APPLICATION for label in labels)


def _is_above(one: Box, other: Box) -> bool:
    """Tell whether a number stands above another in one column: captions before them may be a number's width apart."""
    apart = max(one.left_px - other.left_px - other.width_px, other.left_px - one.left_px - one.width_px)
    return one.top_px + one.height_px <= other.top_px and apart <= max(one.width_px, other.width_px)


def _confidence(places: Iterable[Occurrence]) -> float:
    """Combine pages as independent witnesses; several places of one page count once."""
    best: dict[int, float] = {}
    for place in places:
        weight = 0.97 if place.is_proof else 0.35
        best[place.page] = max(best.get(place.page, 0.0), place.confidence * weight)
    doubt = 1.0
    for value in best.values():
        doubt *= 1.0 - min(value, 0.99)
    return round(1.0 - doubt, 4)

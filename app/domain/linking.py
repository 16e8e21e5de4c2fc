"""Decides which application a paper folder belongs to, and whether that is proven without a person.

A wrong proven link is the worst error of this product, so every rule below asks for agreement between
things that fail independently, and any doubt leaves the folder to a person. Pure function of its inputs.

| # | rule                                                                                   | else the reason is |
|---|----------------------------------------------------------------------------------------|--------------------|
| 1 | a number of the office was read                                                        | no_number          |
| 2 | somewhere as the file's own: captioned on a paper page, or the whole code of the cover | only_cited, code_alone |
|   | sheet on top; labels, covers further down and codes without a sum are claims, no proof |                    |
|   | and not below a heading of another file or on a paper of another person's act          |                    |
| 3 | its year lies between the office's start and today, and near a captioned filing date   | year_impossible, year_differs |
| 4 | no other number is claimed by a paper page or a cover; a number hardly read, or a       | rival_number       |
|   | character away, on a page that shows the best number's row is that number misread      |                    |
| 5 | read without repaired characters, or the register or check letter confirms them        | repaired_characters, padding_irregular, check_letter_differs |
|   | **with a register**                                                                    |                    |
| 6 | the register has the number, of about that year                                        | not_in_register, filing_date_differs |
| 7 | its title is on the pages; where no title can be compared, applicant or filing date is | title_differs, register_unconfirmed |
| 8 | the number or the title also stands on a second page; a sheet that was fed twice is one, | one_page_only    |
|   | and where no title can be compared the applicant counts; covers alone are no two pages |                    |
| 9 | no register row one character away fits the pages as well, unless two pages or a       | near_neighbour |
|   | barcode read exactly this number                                                       |                    |
|   | **without a register**                                                                 |                    |
| 10| two pages, or text and barcode, or the cover's barcode, read the same; or one page with| single_reading        |
|   | a valid check letter                                                                   |                    |
| 11| bare digits: a second captioned reading, whatever check letter they have                | plain_digits       |
| 12| a place on the folder's own paper: cover, request form, certificate, barcode, or under | no_own_paper          |
|   | its INID code; captions alone name any file                                            |                    |
|   | **either way**                                                                         |                    |
| 13| every paper page with an INID code of its own number gives one, or the cover names it  | own_number_unread  |
|   | and, with a register, the page has its title or applicant and no other filing date;    |                    |
|   | or the page shows by title, and applicant or date, that it is of the register's row    |                    |
| 14| no paper page gives another title and another applicant than the register row           | page_of_another    |
| 15| it is as probable, of all signals, as the office asks (linking_probability)            | probability_low    |
| 16| no cover sheet of ours lies in it whose code could not be read                         | cover_unread       |
| 17| no other row has the same applicant, title and filing date, unless its folder is known, | sister_file        |
|   | or the office's own stamp or certificate gives the number                              |                    |
| 18| there is a register, or it is as probable as the office asks without one               | register_absent    |

Letters, receipts and lists never prove a number and never stand against one that is otherwise proven:
they speak of other files by nature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.domain.linking_case import Case
from app.domain.linking_model import (
    Agreement,
    DossierEvidence,
    Fact,
    LinkDecision,
    Occurrence,
    PageEvidence,
    PageKind,
    RankedNumber,
    Reason,
    Surroundings,
)
from app.domain.linking_pages import gather, is_cover, rank
from app.domain.linking_probability import with_probabilities
from app.domain.linking_register import PageText, RowAgreement, compare, page_texts
from app.domain.linking_rules import cover_unread, objections, supports
from app.domain.linking_sheets import without_own_print
from app.domain.linking_signals import Scene
from app.domain.linking_suggestions import suggest
from app.domain.linking_weights import LINKED_FROM
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterLookup
from app.domain.states import LinkState

__all__ = [
    "Agreement",
    "DossierEvidence",
    "LinkDecision",
    "Occurrence",
    "PageEvidence",
    "PageKind",
    "RankedNumber",
    "Reason",
    "Surroundings",
    "decide_link",
]

NOTHING_AROUND = Surroundings()


def decide_link(
    evidence: DossierEvidence,
    *,
    office: OfficeProfile,
    register: RegisterLookup | None,
    today: date,
    surroundings: Surroundings = NOTHING_AROUND,
) -> LinkDecision:
    """Decide a folder's number from all its pages, the register when given, and what is known around it."""
    evidence = without_own_print(evidence)
    unread = cover_unread(evidence)
    held = () if unread is None else (unread,)
    pages, again = page_texts(evidence, office)
    rows: dict[str, RowAgreement] = {}
    ranked = [_with_register(each, register, pages, rows) for each in gather(evidence, office)]
    ranked.sort(key=_strength)
    if not ranked:
        return LinkDecision(LinkState.NONE, None, (*held, Reason("no_number")), ())
    suggestions = suggest(ranked, register, pages, office)
    scene = Scene(evidence, pages, office, register, surroundings, rows)
    weighed = with_probabilities((*ranked, *suggestions), scene)
    ranked, suggestions = list(weighed[: len(ranked)]), weighed[len(ranked) :]
    best = ranked[0]
    if not any(place.is_proof for place in best.occurrences):
        return LinkDecision(LinkState.NEEDS_REVIEW, None, (*held, _unproven(best)), (*ranked, *suggestions))
    case = Case(best, tuple(ranked[1:]), pages, again, rows, register, office, today, evidence, surroundings)
    against, rivals = objections(case)
    best = replace(best, agreements=supports(case), rivals=rivals)
    candidates = (best, *ranked[1:], *suggestions)
    least = LINKED_FROM if office.automatic_from is None else office.automatic_from
    if not against and best.probability < least:
        facts: dict[str, Fact] = {
            "number": best.canonical,
            "percent": _percent(best.probability),
            "least": _percent(least),
        }
        against = (Reason("probability_low", facts),)
    if not against and register is None and not _may_go_without(best, office):
        against = (Reason("register_absent", {"number": best.canonical}),)
    if against:
        return LinkDecision(LinkState.NEEDS_REVIEW, best.number, against, candidates, best.agreements)
    return LinkDecision(LinkState.PROVEN, best.number, _grounds(best), candidates, best.agreements)


def _may_go_without(best: RankedNumber, office: OfficeProfile) -> bool:
    """Tell whether the office links a number that no register confirms, and whether this one is probable enough."""
    least = office.automatic_without_register
    return least is None or best.probability >= least


def _unproven(best: RankedNumber) -> Reason:
    """Say why nothing proves a number: it is only cited, or stands in codes that prove nothing alone."""
    codes = [place.page for place in best.occurrences if is_cover(place)]
    if codes:
        return Reason("code_alone", {"number": best.canonical, "page": min(codes)})
    return Reason("only_cited", {"number": best.canonical, "n": len(best.pages)})


def _percent(probability: float) -> float:
    """In per cent, rounded down: what is shown never reaches a bound that it misses."""
    return math.floor(probability * 1000) / 10


def _with_register(
    each: RankedNumber,
    register: RegisterLookup | None,
    pages: Sequence[PageText],
    rows: dict[str, RowAgreement],
) -> RankedNumber:
    if register is None:
        return each
    entry = register.find(each.canonical)
    if entry is None:
        return replace(each, in_register=False)
    rows[each.canonical] = compare(entry, pages)
    return replace(each, in_register=True, register_entry=entry, agreements=rows[each.canonical].agreements)


def _strength(each: RankedNumber) -> tuple[bool, float, str]:
    first, confidence, canonical = rank(each)
    bonus = 0.2 if each.in_register else 0.0
    if any(agreement.kind == "title" for agreement in each.agreements):
        bonus += 0.5
    return first, confidence - bonus, canonical


def _grounds(best: RankedNumber) -> tuple[Reason, ...]:
    """Say what a proof rests on."""
    grounds = [Reason("read_on_pages", {"number": best.canonical, "n": len(best.pages)})]
    kinds = {each.kind for each in best.agreements}
    if any(place.edits for place in best.occurrences):
        grounds.append(Reason("repair_confirmed", {"number": best.canonical}))
    codes = {
        "barcode": "barcode_agrees",
        "register": "register_agrees",
        "title": "title_agrees",
        "applicant": "applicant_agrees",
        "filing_date": "filing_date_agrees",
        "check_letter": "check_letter_agrees",
    }
    grounds.extend(Reason(code, {"number": best.canonical}) for kind, code in codes.items() if kind in kinds)
    return tuple(grounds)

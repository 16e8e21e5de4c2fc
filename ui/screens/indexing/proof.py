"""What speaks for a number and what against it, as lines of the proof list. Pure functions of frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.queries.rows import (
    CandidateSighting,
    DossierDetail,
    DossierSummary,
    RankedCandidate,
    Reason,
    RegisterEntryRow,
    RegisterInfo,
)
from ui import texts
from ui.screens.faces import RIVAL_REASONS, reason_tone, return_words
from ui.texts import t
from ui.theme import Tone
from ui.widgets.fact_list import Fact
from ui.words_en_stacks import STACK_REASONS

if TYPE_CHECKING:
    from app.services.indexing import NumberCheck

# The proof list tells these in its own lines; saying them twice would only be noise.
_TOLD_ELSEWHERE = RIVAL_REASONS | {"read_on_pages", "in_register", "not_in_register", "no_number"}

HELD_BACK = frozenset(STACK_REASONS) | {"cover_unread", "pages_fewer", "pages_more"}
"""What the stack or a cover says against the folder as it is, whatever its number: a second Enter, as for a rival."""


OWN_ROLES = ("application", "unknown")
MISREAD = "misread"  # a person has seen that a character of it is wrong


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to say of a number in the field."""

    text: str
    tone: Tone
    needs_second_enter: bool


def judge(check: NumberCheck, detail: DossierDetail, register: RegisterInfo, text: str) -> Verdict:
    """Say plainly what is known of a number typed so; a doubt asks for a second Enter."""
    if check.canonical is None:
        code = check.code or "number_unknown_format"
        return Verdict(texts.explain("error", code, check.facts), Tone.BAD, needs_second_enter=True)
    means = f"{t('field.means', value=check.canonical)} · " if text.strip() != check.canonical else ""
    doubts = []
    if check.linked_to:
        facts = {"folders": ", ".join(check.linked_to)}
        doubts.append(texts.explain("error", "number_linked_elsewhere", facts))
        doubts.append(t("other.key"))
    if check.code is not None:
        doubts.append(texts.explain("error", check.code, check.facts))
    found = candidate_of(detail, check.canonical)
    if detail.candidates and (found is None or not found.sightings):
        doubts.append(t("index.read_never") + ".")
    if found is not None and not _may_be_its_own(found):
        doubts.append(t("index.only_role", role=texts.explain("role", found.role)))
    rival = next((reason for reason in detail.reasons if reason.code in RIVAL_REASONS), None)
    if rival is not None:
        doubts.append(_sentence(rival))
    doubts += [_sentence(reason) for reason in detail.reasons if reason.code in HELD_BACK]
    if doubts:
        return Verdict(means + " ".join(doubts), Tone.CARE, needs_second_enter=True)
    if register.count and check.register is not None:
        return Verdict(means + t("index.good"), Tone.GOOD, needs_second_enter=False)
    return Verdict(means + t("index.good_no_register"), Tone.GOOD, needs_second_enter=False)


def facts_of(
    detail: DossierDetail,
    candidate: RankedCandidate | None,
    check: NumberCheck | None,
    register: RegisterInfo,
) -> tuple[Fact, ...]:
    """The proof list of the number in the field."""
    facts: list[Fact] = []
    if detail.summary.return_reason:
        facts.append(Fact(t("index.proof_returned"), return_words(detail.summary.return_reason), Tone.BAD))
    facts.append(_read_fact(detail, candidate, check))
    facts.extend(_register_facts(detail, candidate, check, register))
    # The linker's reasons speak of its own first candidate, of no other number.
    is_its_number = not detail.candidates or candidate == detail.candidates[0]
    is_judged = candidate is not None or (check is not None and check.canonical is not None)
    for reason in detail.reasons:
        is_held_back = reason.code in HELD_BACK  # told by judge as soon as there is a number to judge
        if not is_judged if is_held_back else is_its_number and reason.code not in _TOLD_ELSEWHERE:
            words = texts.explain("reason", reason.code, reason.facts)
            facts.append(Fact(t("index.proof_page"), words, reason_tone(reason)))
    shown = check.canonical if check is not None else None
    shown = shown or (candidate.application_number if candidate else None)
    rivals = [rival for rival in detail.candidates if rival.application_number != shown]
    for rival in rivals[:3]:
        words = f"{rival.application_number} ({texts.explain('role', rival.role)})"
        speaks = rival.role in OWN_ROLES
        strong = speaks and candidate is not None and rival.confidence > candidate.confidence * 0.8
        facts.append(Fact(t("index.proof_rivals"), words, Tone.CARE if strong else Tone.PLAIN))
    return tuple(facts)


def undecided(detail: DossierDetail) -> frozenset[str]:
    """The numbers of which the program cannot say which it is: none of them has a probability worth telling."""
    rival = next((reason for reason in detail.reasons if reason.code in RIVAL_REASONS), None)
    own = [each for each in detail.candidates if _may_be_its_own(each) and each.in_register is not False]
    if rival is None or any(each.confidence > 0.5 for each in own):
        return frozenset()
    count = 1 + max(1, int(rival.facts.get("rivals", 1)))
    return frozenset(each.application_number for each in own[:count]) if len(own) > 1 else frozenset()


def proposed(detail: DossierDetail) -> int:
    """Place of the candidate to fill in, -1 for none: a number that is only cited is never proposed."""
    is_own = bool(detail.candidates) and _may_be_its_own(detail.candidates[0])
    if detail.candidates and detail.candidates[0].role == MISREAD:
        return -1
    return 0 if is_own or (detail.candidates and detail.summary.application_number) else -1


def nothing_proposed(detail: DossierDetail) -> str:
    """Why the field is empty."""
    if detail.candidates and detail.candidates[0].role == MISREAD:
        return t("index.candidates_misread")
    return t("index.candidates_cited") if detail.candidates else t("index.candidates_none")


def best_sighting(candidate: RankedCandidate) -> CandidateSighting | None:
    """Where a number is best seen: as an application number before all else, then the surest."""
    if not candidate.sightings:
        return None
    return max(candidate.sightings, key=lambda each: (each.role == "application", each.confidence))


def candidate_of(detail: DossierDetail, canonical: str | None) -> RankedCandidate | None:
    """The candidate of a number, if it was read."""
    return next((each for each in detail.candidates if each.application_number == canonical), None)


def where_read(sighting: CandidateSighting | None) -> str:
    """The page a number was read on, and its label there."""
    if sighting is None:
        return ""
    if sighting.label:
        return t("index.read_at_label", page=sighting.page_number, label=sighting.label)
    return t("index.read_at", page=sighting.page_number)


def folder_words(summary: DossierSummary) -> str:
    """Pages of a folder, and how many of them are blank or need a look."""
    parts = [t("count.pages", n=summary.pages)]
    if summary.blank_pages:
        parts.append(f"{summary.blank_pages} {t('view.blank')}")
    return " · ".join(parts)


def _sentence(reason: Reason) -> str:
    words = texts.explain("reason", reason.code, reason.facts)
    return words if words.endswith(("?", ".")) else f"{words}."


def _may_be_its_own(candidate: RankedCandidate) -> bool:
    """False for numbers that speak of another file: cited, priority, receipts, telephones."""
    return candidate.role in OWN_ROLES


def _read_fact(detail: DossierDetail, candidate: RankedCandidate | None, check: NumberCheck | None) -> Fact:
    name = t("index.proof_read")
    if candidate is None:
        is_typed = check is not None and check.canonical is not None
        words = t("index.read_nowhere") if is_typed else nothing_proposed(detail)
        return Fact(name, words, Tone.CARE)
    if not candidate.sightings:
        return Fact(name, t("index.read_nowhere"), Tone.CARE)
    pages = len({sighting.page_number for sighting in candidate.sightings})
    words = t("index.read_agree", n=pages) if pages > 1 else t("index.read_once")
    repaired = any(sighting.edits for sighting in candidate.sightings)
    return Fact(name, words, Tone.CARE if repaired and pages < 2 else Tone.GOOD)


def _register_facts(
    detail: DossierDetail,
    candidate: RankedCandidate | None,
    check: NumberCheck | None,
    register: RegisterInfo,
) -> list[Fact]:
    name = t("index.proof_register")
    if not register.count:
        return [Fact(name, t("index.no_register"))]
    part = register.of(detail.summary.office)
    told_age = texts.register_as_of(part.imported_at if part else detail.register_as_of)
    aged = [Fact(name, told_age)] if told_age else []
    entry = _entry(detail, candidate, check)
    if entry is None:
        number = check.canonical if check is not None else None
        number = number or (candidate.application_number if candidate else None)
        if number is None:
            return []
        told = texts.explain("reason", "not_in_register", {"number": number})
        return [Fact(name, told, Tone.BAD), *aged]
    lines = [Fact(name, entry.title, Tone.GOOD)] if entry.title else []
    filed = t("index.reg_filed").lower() + " " + texts.day(entry.filing_date) if entry.filing_date else ""
    second = " · ".join(part for part in (entry.applicant, filed) if part)
    if second:
        lines.append(Fact(name, second, Tone.GOOD))
    return [*(lines or [Fact(name, t("index.in_register"), Tone.GOOD)]), *aged]


def _entry(
    detail: DossierDetail, candidate: RankedCandidate | None, check: NumberCheck | None
) -> RegisterEntryRow | None:
    if check is not None:
        return check.register
    entry = detail.register
    if (
        entry is not None
        and candidate is not None
        and entry.application_number == candidate.application_number
    ):
        return entry
    return None


def proposed_number(detail: DossierDetail, candidate: RankedCandidate | None) -> str:
    """What stands in the field at first: the number chosen among those read, else the one the folder has."""
    return (detail.summary.application_number or "") if candidate is None else candidate.application_number


def place_of(detail: DossierDetail, number: str | None) -> int:
    """Where a number stands among those read; -1: it is none of them."""
    numbers = [candidate.application_number for candidate in detail.candidates]
    return numbers.index(number) if number in numbers else -1

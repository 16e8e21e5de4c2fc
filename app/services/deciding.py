"""Deciding which number a dossier has, from what its pages, the register and the folders around it say now.

In one open session, milliseconds; the job that links asks, and whoever lets a dossier go by itself asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.documents import Exclusion
from app.domain.linking import DossierEvidence, LinkDecision, PageEvidence, Reason, decide_link
from app.domain.linking_pages import numbers_read
from app.domain.linking_sheets import own_print_of
from app.domain.offices import OfficeProfile
from app.domain.states import LinkState
from app.queries.register import StoredRegister, count_in
from app.queries.surroundings import around
from app.services import likeness
from app.services.character_checks import carry_over, is_misread
from app.services.link_facts import candidate_facts, reason_facts
from app.services.stack_reasons import remarks_on_lengths
from app.storage import values
from app.storage.database import Transaction
from app.storage.tables import DossierRow, PageResultRow, PageRow


@dataclass(frozen=True, slots=True)
class Rule:
    """What a decision is made by besides what is stored: the offices' packs, and what day it is."""

    offices: Mapping[str, OfficeProfile]
    today: Callable[[], date] = date.today


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision, which page bears which number in the dossier, and what pages say together."""

    decision: LinkDecision
    page_ids: Mapping[int, int]
    findings: likeness.Findings

    @property
    def number(self) -> str | None:
        """The number it speaks for, in its one form."""
        return None if self.decision.number is None else self.decision.number.canonical

    def facts(self, told: Sequence[Reason]) -> dict[str, Any]:
        """The decision as it is stored with the dossier, after what else there is to tell."""
        decision = self.decision
        return {
            "reasons": [reason_facts(reason) for reason in (*told, *decision.reasons)],
            "candidates": [candidate_facts(ranked, self.page_ids) for ranked in decision.candidates],
            "agreements": [asdict(agreement) for agreement in decision.agreements],
        }


def decide(session: Session, dossier_id: int, office: str, rule: Rule) -> Decided:
    """Decide from all pages and the register.

    Where only sister files stand against a number it is decided again, as their folders may be known.
    """
    profile = rule.offices[office]
    findings = likeness.compare_pages(session, dossier_id)
    evidence, page_ids = evidence_of(session, dossier_id, findings)
    register = StoredRegister(session, profile) if count_in(session, office) else None
    ask = partial(decide_link, evidence, office=profile, register=register, today=rule.today())
    read = numbers_read(evidence, profile)
    decision = ask(surroundings=around(session, dossier_id, read))
    if register is not None and [reason.code for reason in decision.reasons] == ["sister_file"]:
        entry = None if decision.number is None else register.find(decision.number.canonical)
        sisters = () if entry is None else register.sisters(entry)
        read |= {sister.number.canonical for sister in sisters}
        decision = ask(surroundings=around(session, dossier_id, read))
    return Decided(decision, page_ids, findings)


def keep_decision(
    tx: Transaction, dossier: DossierRow, decided: Decided, found: Sequence[Reason], office: OfficeProfile
) -> None:
    """Store a decision with its dossier; a number of which a person marked a character as wrong is not proven.

    found: what keeps it from leaving by itself.
    """
    told = (*found, *remarks_on_lengths(tx, dossier, office))
    dossier.link_facts = carry_over(tx, dossier.link_facts, decided.facts(told), office)
    number = decided.number
    is_doubted = number is not None and is_misread(dossier.link_facts, number)
    dossier.link = LinkState.NEEDS_REVIEW if is_doubted else decided.decision.link
    dossier.updated_at = tx.now


def evidence_of(
    session: Session, dossier_id: int, findings: likeness.Findings
) -> tuple[DossierEvidence, dict[int, int]]:
    """What the pages of a dossier say; and for each page number in it, which page that is."""
    rows = session.execute(
        select(PageRow, PageResultRow)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id)
        .order_by(PageRow.ordinal, PageRow.id)
    ).all()
    numbers = {page.id: number for number, (page, _) in enumerate(rows, start=1)}
    pages = tuple(
        replace(_page_evidence(numbers[page.id], page, result), twin_of=_twin(page, findings, numbers))
        for page, result in rows
        # What is no page of the file says nothing of its number; a cover sheet does so by its code.
        if page.exclusion in (None, Exclusion.SEPARATOR.value)
    )
    return DossierEvidence(pages), {number: page_id for page_id, number in numbers.items()}


def _twin(page: PageRow, findings: likeness.Findings, numbers: Mapping[int, int]) -> int | None:
    """The number of an earlier page that is the same sheet, by its picture or by its looks."""
    like = (each.other for each in findings.get(page.id, ()) if each.other is not None)
    other = next(like, page.duplicate_of)
    return None if other is None else numbers.get(other)


def _page_evidence(number: int, page: PageRow, result: PageResultRow | None) -> PageEvidence:
    if result is None:
        return PageEvidence(number, is_blank=False, text="", candidates=(), mean_confidence=0.0)
    said_blank = page.edits.get("is_blank")
    codes = (code.text for code in values.load_barcodes(result.barcodes))
    is_separator = page.exclusion == Exclusion.SEPARATOR.value
    # Of a result that tells nothing of its first reading, nothing may speak for a number.
    first_text = "" if result.head is None else result.first_text
    return PageEvidence(
        ordinal=number,
        is_blank=result.is_blank if said_blank is None else bool(said_blank),
        text=result.text,
        candidates=values.load_candidates(result.candidates),
        mean_confidence=result.mean_confidence,
        first_text=first_text,
        head=result.head,
        own_print=own_print_of(result.text, codes, is_separator=is_separator),
    )

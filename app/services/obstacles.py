"""What keeps a dossier from leaving by itself although its number may be proven.

Asked when the rule links it, and again in the transaction that lets it go.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast, func, or_, select

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.import_rules import may_be_a_page
from app.domain.linking import LinkDecision, Reason
from app.domain.linking_pages import gather
from app.domain.linking_sheets import without_own_print
from app.domain.offices import OfficeProfile
from app.domain.states import DossierState, ImportState, LinkState, PageState
from app.queries.completeness import holding_findings
from app.services import release, stacks
from app.services.deciding import Rule, evidence_of
from app.services.page_reasons import TOLD_OF_FILES, page_reasons, pages_cut_off
from app.services.stack_reasons import placed_since_linked, stack_reasons
from app.services.twins import twin_reasons
from app.storage.database import Transaction
from app.storage.tables import BatchRow, DossierRow, ImportItemRow, PageResultRow, PageRow
from ocr.types import NumberRole


def obstacles(tx: Transaction, dossier: DossierRow, decision: LinkDecision, rule: Rule) -> tuple[Reason, ...]:
    """What keeps a dossier from leaving by itself although its number may be proven."""
    office = tx.session.get_one(BatchRow, dossier.batch_id).office
    profile = rule.offices[office]
    found = list(() if release.active_link(tx, dossier.id) is None else placed_since_linked(tx, dossier))
    found += persons_say(dossier)
    found += stack_reasons(tx, dossier, profile)
    attention = tx.session.scalar(
        select(func.count()).where(
            PageRow.dossier_id == dossier.id,
            PageRow.state == PageState.NEEDS_ATTENTION,
            PageRow.exclusion.is_(None),
        )
    )
    if attention:
        found.append(Reason("pages_need_attention", {"pages": attention}))
    found += page_reasons(tx.session, dossier.id)
    items = tx.session.scalars(
        # A page that is missing of a stack may be any of its folders'.
        select(ImportItemRow).where(
            ImportItemRow.dossier_id.in_(stacks.ids_with_fellows(tx.session, dossier)),
            ~ImportItemRow.superseded,
        )
    ).all()
    refused = [
        item
        for item in items
        if item.state is ImportState.REFUSED and may_be_a_page(item.source_path, item.reason or "")
    ]
    if refused:
        found.append(Reason("files_refused", {"files": len(refused)}))
    cut_files = sum(TOLD_OF_FILES in item.notes for item in items)
    if cut := max(cut_files, pages_cut_off(tx.session, dossier.id)):
        found.append(Reason("pages_cut_off", {"n": cut}))
    repaired = [item for item in items if "pdf_repaired" in item.notes]
    if repaired:
        found.append(Reason("files_repaired", {"n": len(repaired)}))
    if (later := _files_came_later(tx, dossier)) is not None:
        found.append(Reason("files_came_later", {"dossier": later}))
    found += twin_reasons(tx.session, dossier.id)
    if decision.number is not None:
        others = release.linked_elsewhere(tx, dossier, decision.number.canonical)
        if others:
            found.append(Reason("linked_elsewhere", {"dossier": others[0], "dossiers": len(others)}))
        rival = _claimant(tx, dossier, decision.number.canonical)
        if rival is None and decision.link is LinkState.PROVEN:
            rival = _fellow_with(tx, dossier, decision.number, profile)
        if rival is not None:
            found.append(Reason("claimed_elsewhere", {"dossier": rival}))
    return (*found, *_incomplete(tx, dossier, office, (decision, rule)))


def _files_came_later(tx: Transaction, dossier: DossierRow) -> str | None:
    """Name of a dossier with files of the same place that came when this one took no more: they may be its own."""
    statement = (
        select(DossierRow)
        .join(ImportItemRow, ImportItemRow.dossier_id == DossierRow.id)
        .where(
            DossierRow.source == dossier.source,
            DossierRow.id > dossier.id,
            DossierRow.state != DossierState.DISSOLVED,
            ~ImportItemRow.superseded,
        )
        .order_by(DossierRow.id)
    )
    if dossier.stack_id is not None:
        statement = statement.where(DossierRow.stack_id.is_distinct_from(dossier.stack_id))
    found = tx.session.scalar(statement.limit(1))
    return None if found is None else found.name


def _claimant(tx: Transaction, dossier: DossierRow, number: str) -> str | None:
    """Name of a dossier of the same batch or stack that waits for a person and seems to have the same number.

    Two paper folders of one number are two volumes, or one of them is in the wrong cover: a person sees both.
    """
    beside = DossierRow.batch_id == dossier.batch_id
    if dossier.stack_id is not None:
        beside = or_(beside, DossierRow.stack_id == dossier.stack_id)
    waiting = tx.session.scalars(
        select(DossierRow).where(
            beside,
            DossierRow.id != dossier.id,
            DossierRow.state.in_((DossierState.TO_INDEX, DossierState.RETURNED)),
        )
    )
    for other in waiting:
        best = next(iter(other.link_facts.get("candidates", ())), None)
        if best is not None and best["application_number"] == number and best["role"] == "application":
            return other.name
    return None


def _fellow_with(
    tx: Transaction, dossier: DossierRow, number: ApplicationNumber, profile: OfficeProfile
) -> str | None:
    """Name of a folder of the same stack, decided or not, whose own pages claim the number.

    The stack was read as a whole: whichever of two is linked first, both wait for a person. Of the other folders' pages
    only those are taken up whose numbers hold the serial.
    """
    if dossier.stack_id is None:
        return None
    found = tx.session.execute(
        select(DossierRow.id, DossierRow.name, PageResultRow.candidates)
        .join(PageRow, PageRow.dossier_id == DossierRow.id)
        .join(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(
            DossierRow.stack_id == dossier.stack_id,
            DossierRow.id != dossier.id,
            DossierRow.state != DossierState.DISSOLVED,
            cast(PageResultRow.candidates, String).contains(number.serial, autoescape=True),
        )
        .order_by(DossierRow.id)
    )
    names: dict[int, str] = {
        other_id: name
        for other_id, name, candidates in found
        if _reads(candidates, number.canonical, profile)
    }
    for other_id, name in names.items():
        evidence, _ = evidence_of(tx.session, other_id, {})
        claimed = (each for each in gather(without_own_print(evidence), profile))
        places = (
            place for each in claimed if each.canonical == number.canonical for place in each.occurrences
        )
        if any(place.is_claim and place.role is NumberRole.APPLICATION for place in places):
            return name
    return None


def _reads(candidates: list[Any], canonical: str, profile: OfficeProfile) -> bool:
    """Whether one of a page's stored candidates is the number."""
    for each in candidates:
        try:
            if ApplicationNumber.parse(each["normalised"], profile).canonical == canonical:
                return True
        except NotAnApplicationNumber:
            continue
    return False


def persons_say(dossier: DossierRow) -> tuple[Reason, ...]:
    """What people, or the office, have against a dossier; only a person's confirmation ends it."""
    reason = dossier.return_reason or ""
    if dossier.on_hold:
        return (Reason("held", {"reason": reason}),)
    return () if dossier.return_reason is None else (Reason("returned", {"reason": reason}),)


def _incomplete(
    tx: Transaction, dossier: DossierRow, office: str, by: tuple[LinkDecision, Rule]
) -> tuple[Reason, ...]:
    decision, rule = by
    number = None if decision.number is None else decision.number.canonical
    tx.session.flush()
    found = holding_findings(tx.session, dossier, office, rule.offices, number)
    return tuple(
        Reason(each.code, {**each.facts, **({} if each.kind is None else {"kind": each.kind})})
        for each in found
    )

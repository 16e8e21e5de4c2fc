"""Dossiers as lines and in full."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, func, select
from sqlalchemy.orm import Session

from app.domain.ids import BatchId, DossierId, PageId
from app.domain.states import DossierState, PageState
from app.paths import HomePaths
from app.queries.register import as_of, entry_of
from app.queries.rows import (
    CandidateSighting,
    CandidateSignal,
    DossierDetail,
    DossierSummary,
    RankedCandidate,
    Reason,
)
from app.storage.database import Database
from app.storage.tables import BatchRow, DossierRow, LinkRow, PackageRow, PageResultRow, PageRow
from ocr.long_paths import usual
from ocr.types import Box

LINKED_BY_POLICY = "policy:proven"  # what the release rule writes where else a person's name stands

OWN_ROLES = ("application", "unknown", "suggestion")


def list_dossiers(
    reader: Database,
    *,
    batch_id: BatchId | None = None,
    states: Collection[DossierState] | None = None,
    ids: Collection[DossierId] | None = None,
) -> tuple[DossierSummary, ...]:
    """Dossiers in the order they were offered; what is on hold last."""
    conditions: list[ColumnElement[bool]] = []
    if batch_id is not None:
        conditions.append(DossierRow.batch_id == batch_id)
    if states is not None:
        conditions.append(DossierRow.state.in_(states))
    if ids is not None:
        conditions.append(DossierRow.id.in_(ids))
    with reader.read() as session:
        return _summaries(session, *conditions)


def get_dossier(reader: Database, dossier_id: DossierId) -> DossierDetail:
    """One dossier in full; raises LookupError for an unknown id."""
    with reader.read() as session:
        found = _summaries(session, DossierRow.id == dossier_id)
        if not found:
            raise LookupError(dossier_id)
        row = session.get_one(DossierRow, dossier_id)
        link = session.scalar(
            select(LinkRow)
            .where(LinkRow.dossier_id == dossier_id, LinkRow.withdrawn_at.is_(None))
            .order_by(LinkRow.id.desc())
            .limit(1)
        )
        package = session.scalar(
            select(PackageRow)
            .where(PackageRow.dossier_id == dossier_id)
            .order_by(PackageRow.id.desc())
            .limit(1)
        )
        candidates = candidates_of(row.link_facts)
        number = row.application_number or (candidates[0].application_number if candidates else None)
        return DossierDetail(
            summary=found[0],
            reasons=reasons_of(row.link_facts),
            candidates=candidates,
            register_as_of=as_of(session, found[0].office),
            register=None if number is None else entry_of(session, number, found[0].office),
            linked_by=None if link is None else link.linked_by,
            linked_at=None if link is None else link.linked_at,
            package_path=None
            if package is None
            else usual(HomePaths(reader.path.parent).packages / package.name),
        )


def reasons_of(link_facts: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Why the linker, or the release policy, says what it says."""
    return tuple(Reason(each["code"], each["facts"]) for each in link_facts.get("reasons", ()))


def candidates_of(link_facts: Mapping[str, Any]) -> tuple[RankedCandidate, ...]:
    """Candidates as the linker ranked them."""
    return tuple(
        RankedCandidate(
            application_number=each["application_number"],
            confidence=each["confidence"],
            format_id=each["format_id"],
            right=each["right"],
            role=each["role"],
            in_register=each["in_register"],
            sightings=tuple(_sighting(sighting) for sighting in each["sightings"]),
            signals=tuple(CandidateSignal(**signal) for signal in each.get("signals", ())),
        )
        for each in link_facts.get("candidates", ())
    )


def _sighting(stored: Mapping[str, Any]) -> CandidateSighting:
    return CandidateSighting(
        page_id=PageId(stored["page_id"]),
        page_number=stored["page_number"],
        box=Box(**stored["box"]),
        raw=stored["raw"],
        role=stored["role"],
        label=stored["label"],
        confidence=stored["confidence"],
        edits=tuple((edit["position"], edit["read"], edit["put"]) for edit in stored["edits"]),
    )


def _summaries(session: Session, *conditions: ColumnElement[bool]) -> tuple[DossierSummary, ...]:
    done = PageRow.state.in_((PageState.READY, PageState.NEEDS_ATTENTION))
    pages = (
        select(
            PageRow.dossier_id,
            func.count().label("pages"),
            _count(done).label("done"),
            _count(PageRow.state == PageState.NEEDS_ATTENTION).label("attention"),
            _count(PageResultRow.is_blank.is_(True)).label("blank"),
        )
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        # Without this every look at one dossier would count the pages of the whole home.
        .where(PageRow.dossier_id.in_(select(DossierRow.id).where(*conditions)))
        .group_by(PageRow.dossier_id)
        .subquery()
    )
    by_policy = (
        select(LinkRow.id)
        .where(LinkRow.dossier_id == DossierRow.id, LinkRow.withdrawn_at.is_(None))
        .where(LinkRow.linked_by == LINKED_BY_POLICY)
        .exists()
    )
    statement = (
        select(
            DossierRow,
            BatchRow.name,
            BatchRow.office,
            pages.c.pages,
            pages.c.done,
            pages.c.attention,
            pages.c.blank,
            by_policy.label("by_policy"),
        )
        .join(BatchRow, BatchRow.id == DossierRow.batch_id)
        .outerjoin(pages, pages.c.dossier_id == DossierRow.id)
        .where(*conditions)
        .order_by(DossierRow.on_hold, DossierRow.batch_id, DossierRow.ordinal, DossierRow.id)
    )
    return tuple(_summary(*row) for row in session.execute(statement))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0), type_=Integer)


def _summary(
    row: DossierRow,
    batch_name: str,
    office: str,
    pages: int | None,
    done: int | None,
    attention: int | None,
    blank: int | None,
    by_policy: bool,
) -> DossierSummary:
    candidates = row.link_facts.get("candidates", ())
    reasons = reasons_of(row.link_facts)
    updated_at: datetime = row.updated_at
    return DossierSummary(
        id=DossierId(row.id),
        batch_id=BatchId(row.batch_id),
        batch_name=batch_name,
        office=office,
        name=row.name,
        source=row.source,
        state=row.state,
        link=row.link,
        application_number=row.application_number,
        # A number that is only cited is another file's; showing it as a guess would invite the wrong link.
        best_guess=candidates[0]["application_number"]
        if candidates and candidates[0]["role"] in OWN_ROLES
        else None,
        pages=pages or 0,
        pages_done=done or 0,
        pages_attention=attention or 0,
        blank_pages=blank or 0,
        on_hold=row.on_hold,
        return_reason=row.return_reason,
        first_reason=reasons[0] if reasons else None,
        updated_at=updated_at,
        by_policy=bool(by_policy),
    )


def names_linked_to(reader: Database, number: str, *, besides: DossierId | None = None) -> tuple[str, ...]:
    """Names of the dossiers that are linked to a canonical number now."""
    statement = (
        select(DossierRow.name)
        .join(LinkRow, LinkRow.dossier_id == DossierRow.id)
        .where(LinkRow.application_number == number, LinkRow.withdrawn_at.is_(None))
        .order_by(DossierRow.id)
    )
    if besides is not None:
        statement = statement.where(DossierRow.id != besides)
    with reader.read() as session:
        return tuple(session.scalars(statement))

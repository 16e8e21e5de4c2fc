"""Dossiers as lines and in full."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, func, literal_column, or_, select
from sqlalchemy.orm import Session

from app.domain.ids import BatchId, DossierId, PageId
from app.domain.states import DossierState, KeyingState, PageState
from app.paths import HomePaths
from app.queries.keyings import REASONS, is_open, waiting_dossiers
from app.queries.pages import page_numbers
from app.queries.register import as_of, entry_of
from app.queries.rows import (
    CandidateSighting,
    CandidateSignal,
    DossierDetail,
    DossierSummary,
    QueueEntry,
    RankedCandidate,
    Reason,
)
from app.storage.among import among, among_named, as_list
from app.storage.database import Database
from app.storage.keying_tables import KeyingRow
from app.storage.tables import BatchRow, DossierRow, LinkRow, PackageRow, PageResultRow, PageRow
from ocr.long_paths import usual
from ocr.types import Box

LINKED_BY_POLICY = "policy:proven"  # what the release rule writes where else a person's name stands

OWN_ROLES = ("application", "unknown", "suggestion")

_ORDER = (DossierRow.on_hold, DossierRow.batch_id, DossierRow.ordinal, DossierRow.id)
# Written out as in the conditions of the partial indexes, which hold only for these very words.
_BY_POLICY = (
    LinkRow.linked_by == literal_column(f"'{LINKED_BY_POLICY}'"),
    LinkRow.withdrawn_at.is_(None),
)
_IS_BLANK = (
    select(PageResultRow.page_id)
    .where(PageResultRow.page_id == PageRow.id, PageResultRow.is_blank == literal_column("1"))
    .exists()
)


def list_dossiers(
    reader: Database,
    *,
    batch_id: BatchId | None = None,
    states: Collection[DossierState] | None = None,
    ids: Collection[DossierId] | None = None,
) -> tuple[DossierSummary, ...]:
    """Dossiers in the order they were offered; what is on hold last.

    One whose pages are all in other dossiers is only given when it is named, by its id or its state.
    """
    if ids is not None and batch_id is None and states is None:
        with reader.read() as session:
            return _summaries_by_id(session, ids)
    conditions: list[ColumnElement[bool]] = []
    if batch_id is not None:
        conditions.append(DossierRow.batch_id == batch_id)
    if states is not None:
        conditions.append(DossierRow.state.in_(states))
    if ids is not None:
        conditions.append(among(DossierRow.id, ids))
    elif states is None:
        conditions.append(DossierRow.state != DossierState.DISSOLVED)
    with reader.read() as session:
        return _summaries(session, *conditions)


def list_queue(reader: Database, states: Collection[DossierState]) -> tuple[QueueEntry, ...]:
    """Every dossier in some states, in the order of list_dossiers, by its place alone.

    One up for review that waits for a second keying or its judge has its place among those (queries.keyings).
    """
    return _entries(reader, DossierRow.state.in_(states), *_not_keyed_again(states))


def list_released(reader: Database, states: Collection[DossierState]) -> tuple[QueueEntry, ...]:
    """The same of those whose number the release policy believed without a person."""
    by_policy = select(LinkRow.dossier_id).where(*_BY_POLICY)
    in_states = DossierRow.state.in_(states)
    return _entries(reader, DossierRow.id.in_(by_policy), in_states, *_not_keyed_again(states))


def _not_keyed_again(states: Collection[DossierState]) -> tuple[ColumnElement[bool], ...]:
    if DossierState.TO_REVIEW not in states:
        return ()
    return (or_(DossierRow.state != DossierState.TO_REVIEW, DossierRow.id.not_in(waiting_dossiers())),)


def _entries(reader: Database, *conditions: ColumnElement[bool]) -> tuple[QueueEntry, ...]:
    statement = select(DossierRow.id, DossierRow.on_hold, DossierRow.state).where(*conditions)
    with reader.read() as session:
        return tuple(
            QueueEntry(DossierId(dossier_id), on_hold, state)
            for dossier_id, on_hold, state in session.execute(statement.order_by(*_ORDER))
        )


def count_released(reader: Database, states: Collection[DossierState]) -> int:
    """How many list_released would name; from indexes, without reading a dossier that has left."""
    others = [state for state in DossierState if state not in states]
    elsewhere = (
        select(func.count(LinkRow.dossier_id.distinct()))
        .join(DossierRow, DossierRow.id == LinkRow.dossier_id)
        .where(*_BY_POLICY, DossierRow.state.in_(others))
    )
    with reader.read() as session:
        every = session.scalar(select(func.count(LinkRow.dossier_id.distinct())).where(*_BY_POLICY)) or 0
        return every - (session.scalar(elsewhere) or 0) - _count_keyed_again(session, states)


def _count_keyed_again(session: Session, states: Collection[DossierState]) -> int:
    """How many released by the rule wait for a person to key them again."""
    if DossierState.TO_REVIEW not in states:
        return 0
    waiting = (
        select(func.count(LinkRow.dossier_id.distinct()))
        .join(DossierRow, DossierRow.id == LinkRow.dossier_id)
        .where(*_BY_POLICY, DossierRow.state == DossierState.TO_REVIEW)
        .where(LinkRow.dossier_id.in_(waiting_dossiers()))
    )
    return session.scalar(waiting) or 0


def get_dossier(reader: Database, dossier_id: DossierId) -> DossierDetail:
    """One dossier in full; raises LookupError for an unknown id."""
    found = get_dossiers(reader, (dossier_id,))
    if not found:
        raise LookupError(dossier_id)
    return found[0]


def get_dossiers(reader: Database, ids: Collection[DossierId]) -> tuple[DossierDetail, ...]:
    """Some dossiers in full, in the order of list_dossiers; those that are gone are left out."""
    with reader.read() as session:
        summaries = _summaries_by_id(session, ids)
        facts: dict[int, dict[str, Any]] = dict(
            session.execute(
                select(DossierRow.id, DossierRow.link_facts).where(among(DossierRow.id, ids))
            ).all()
        )
        links = {
            row.dossier_id: row  # the newest one wins
            for row in session.scalars(
                select(LinkRow)
                .where(among(LinkRow.dossier_id, ids), LinkRow.withdrawn_at.is_(None))
                .order_by(LinkRow.id)
            )
        }
        packages = dict(
            session.execute(
                select(PackageRow.dossier_id, PackageRow.name)
                .where(among(PackageRow.dossier_id, ids))
                .order_by(PackageRow.id)
            ).all()
        )
        ages = {office: as_of(session, office) for office in {each.office for each in summaries}}
        numbers = page_numbers(session, ids)
        directory = HomePaths(reader.path.parent).packages
        return tuple(
            _detail(
                session,
                each,
                facts[each.id],
                links.get(each.id),
                usual(directory / packages[each.id]) if each.id in packages else None,
                ages[each.office],
                numbers,
            )
            for each in summaries
        )


def _detail(
    session: Session,
    summary: DossierSummary,
    link_facts: Mapping[str, Any],
    link: LinkRow | None,
    package_path: Path | None,
    register_as_of: datetime | None,
    page_numbers_now: Mapping[int, int],
) -> DossierDetail:
    candidates = candidates_of(link_facts, page_numbers_now)
    number = summary.application_number or (candidates[0].application_number if candidates else None)
    return DossierDetail(
        summary=summary,
        reasons=(*_keying_reasons(summary.keying), *reasons_of(link_facts)),
        candidates=candidates,
        register_as_of=register_as_of,
        register=None if number is None else entry_of(session, number, summary.office),
        linked_by=None if link is None else link.linked_by,
        linked_at=None if link is None else link.linked_at,
        package_path=package_path,
    )


def reasons_of(link_facts: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Why the linker, or the release policy, says what it says."""
    return tuple(Reason(each["code"], each["facts"]) for each in link_facts.get("reasons", ()))


def _keying_reasons(keying: KeyingState | None) -> tuple[Reason, ...]:
    return () if keying is None else (Reason(REASONS[keying], {}),)


def candidates_of(
    link_facts: Mapping[str, Any], page_numbers_now: Mapping[int, int]
) -> tuple[RankedCandidate, ...]:
    """Candidates as the linker ranked them, on the pages as they are numbered now."""
    return tuple(
        RankedCandidate(
            application_number=each["application_number"],
            confidence=each["confidence"],
            format_id=each["format_id"],
            right=each["right"],
            role=each["role"],
            in_register=each["in_register"],
            sightings=tuple(_sighting(sighting, page_numbers_now) for sighting in each["sightings"]),
            signals=tuple(CandidateSignal(**signal) for signal in each.get("signals", ())),
        )
        for each in link_facts.get("candidates", ())
    )


def _sighting(stored: Mapping[str, Any], page_numbers_now: Mapping[int, int]) -> CandidateSighting:
    return CandidateSighting(
        page_id=PageId(stored["page_id"]),
        page_number=page_numbers_now.get(stored["page_id"], stored["page_number"]),
        box=Box(**stored["box"]),
        raw=stored["raw"],
        role=stored["role"],
        label=stored["label"],
        confidence=stored["confidence"],
        edits=tuple((edit["position"], edit["read"], edit["put"]) for edit in stored["edits"]),
    )


def _summaries(session: Session, *conditions: ColumnElement[bool]) -> tuple[DossierSummary, ...]:
    return tuple(_summary(*row) for row in session.execute(_statement(*conditions)))


def _summaries_by_id(session: Session, ids: Collection[DossierId]) -> tuple[DossierSummary, ...]:
    return tuple(_summary(*row) for row in session.execute(_statement_by_id(), {"ids": as_list(ids)}))


@lru_cache
def _statement_by_id() -> Any:
    """Make the question once that a window asks for each row it shows."""
    return _statement(among_named(DossierRow.id, "ids"))


def _statement(*conditions: ColumnElement[bool]) -> Any:
    done = PageRow.state.in_((PageState.READY, PageState.NEEDS_ATTENTION))
    pages = (
        select(
            PageRow.dossier_id,
            func.count().label("pages"),
            _count(done).label("done"),
            _count((PageRow.state == PageState.NEEDS_ATTENTION) & PageRow.exclusion.is_(None)).label(
                "attention"
            ),
            _count(_IS_BLANK).label("blank"),
        )
        # Without this every look at one dossier would count the pages of the whole home.
        .where(PageRow.dossier_id.in_(select(DossierRow.id).where(*conditions)))
        .group_by(PageRow.dossier_id)
        .subquery()
    )
    by_policy = select(LinkRow.id).where(LinkRow.dossier_id == DossierRow.id, *_BY_POLICY).exists()
    keying = (
        select(KeyingRow.state)
        .where(KeyingRow.dossier_id == DossierRow.id, is_open(), DossierRow.state == DossierState.TO_REVIEW)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            DossierRow,
            BatchRow.name,
            BatchRow.office,
            pages.c.pages,
            pages.c.done,
            pages.c.attention,
            pages.c.blank,
            by_policy.label("by_policy"),
            keying.label("keying"),
        )
        .join(BatchRow, BatchRow.id == DossierRow.batch_id)
        .outerjoin(pages, pages.c.dossier_id == DossierRow.id)
        .where(*conditions)
        .order_by(*_ORDER)
    )


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
    keying: KeyingState | None,
) -> DossierSummary:
    candidates = row.link_facts.get("candidates", ())
    reasons = (*_keying_reasons(keying), *reasons_of(row.link_facts))
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
        keying=keying,
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

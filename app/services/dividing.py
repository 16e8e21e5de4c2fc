"""Divides a stack into dossiers, in one transaction: pages change their dossier, nothing else of them.

The first time all pages are placed. Later only those that came late are: the borders people have seen stand, and so
do their own words on them. Pages of a dossier that has left are never moved; what came late for it makes a dossier
of its own, held for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.documents import Exclusion, StartMark
from app.domain.ids import PageId
from app.domain.offices import OfficeProfile
from app.domain.separation import (
    Mode,
    PlacedPage,
    Segment,
    divide,
)
from app.domain.separator_marks import SheetKind, Starts
from app.domain.states import CLOSED, LEFT, DossierState, LinkState
from app.jobs import store
from app.services import flow, release, stacks
from app.services.document_starts import mark_starts
from app.services.moving import Moving
from app.services.stack_doubts import dossiers_beside, is_shifted
from app.services.stack_pages import PageFacts, stack_page
from app.storage.database import Transaction
from app.storage.tables import BatchRow, DossierRow, ImportItemRow, PageResultRow, PageRow, StackRow

_MARKS = {
    SheetKind.PATCH_T: StartMark.PATCH_T,
    SheetKind.PATCH_2: StartMark.PATCH_2,
    SheetKind.BLANK_SHEET: StartMark.BLANK,
}

NOT_DIVIDED = "not_divided"
"""Reason of a dossier whose stack could not be divided."""

PAGES_PLACED = "pages_placed"
"""Audit of a dossier: how many pages the division of its stack put into it and took out of it."""


@dataclass(frozen=True, slots=True)
class Division:
    """What a stack is to become. covers: expected sheets by page, as covers of the office say.

    is_anew: made from the beginning, as if nothing were placed.
    """

    segments: tuple[Segment, ...]
    covers: Mapping[int, int]
    is_anew: bool = False


def plan_division(
    session: Session, stack: StackRow, profile: OfficeProfile, *, is_anew: bool = False
) -> Division:
    """Look at the pages of a stack and say which folder each belongs to. is_anew: forget what is placed."""
    separation = stacks.separation_of(stack)
    rows = _rows(session, stack)
    late = _late([page for page, _ in rows], stack)
    has_places = bool(stack.placed_up_to) and not is_anew
    pages, covers, place = [], {}, 0
    for page, result in rows:
        is_back = separation.both_sides and place % 2 == 1 and not page.part
        place += not page.part
        holder = page.dossier_id if has_places and page.id not in late else None
        facts = None if result is None else PageFacts.of(session, result, profile)
        pages.append(stack_page(page, facts, separation, is_back=is_back, holder=holder))
        expected = None if facts is None else facts.expected_sheets
        if expected is not None:
            covers[page.id] = expected
    return Division(divide(pages, separation), covers, is_anew)


def has_late_pages(session: Session, stack: StackRow) -> bool:
    """Whether a stack that was divided has pages that have no place yet."""
    return bool(stack.placed_up_to and _late([page for page, _ in _rows(session, stack)], stack))


def is_of_all_pages(session: Session, stack: StackRow, division: Division) -> bool:
    """Whether a division speaks of exactly the pages the stack has now."""
    planned = {page_id for segment in division.segments for page_id in _ids(segment)}
    return planned == {page.id for page, _ in _rows(session, stack)}


def place_pages(tx: Transaction, stack: StackRow, division: Division) -> None:
    """Carry a division out."""
    Placing(tx, stack, division).run()


class Placing:
    """One division being carried out in one transaction."""

    def __init__(self, tx: Transaction, stack: StackRow, division: Division) -> None:
        self._tx = tx
        self._stack = stack
        self._division = division
        self._pages = {page.id: page for page, _ in _rows(tx.session, stack)}
        self._late = _late(self._pages.values(), stack) if stack.placed_up_to else set()
        self._dossiers = {row.id: row for row in stacks.dossiers_of(tx.session, stack.id)}
        self._claimed: set[int] = set()
        self._moving = Moving(tx, tuple(self._dossiers), self._late)

    def run(self) -> None:
        """Put every page where it belongs, then have every dossier concerned looked at."""
        tx, stack = self._tx, self._stack
        is_first = not stack.placed_up_to
        for number, segment in enumerate(self._division.segments, start=1):
            self._place(segment, number if is_first else None)
        self._moving.move_inserted()
        self._moving.finish()
        self._dissolve_empty()
        stack.state, stack.divided_at = stacks.DIVIDED, tx.now
        stack.placed_up_to = max(self._pages, default=stack.placed_up_to)
        tx.audit("stack", stack.id, "divided", **self._told())
        changed = self._note_changed()
        look_again(tx, stack.id, changed if is_first else changed | self._beside())

    def _place(self, segment: Segment, number: int | None) -> None:
        by_page = {page_id: self._pages[page_id].dossier_id for page_id in _ids(segment)}
        held = [page_id for page_id in by_page if self._is_closed(by_page[page_id], page_id)]
        free = [each for each in segment.pages if each.page_id not in held]
        if not free:
            return
        if held:
            left = self._dossiers[by_page[held[0]]]
            dossier = self._new(None, {"code": "came_late", "facts": {"dossier": left.name}})
            dossier.name = stacks.late_name(self._tx, left.name, self._stack.source)
        else:
            dossier = self._owner(by_page) or self._new(number, {})
        self._claimed.add(dossier.id)
        if number is not None and len(self._division.segments) > 1:
            dossier.name = f"{self._stack.name} #{number}"  # nobody has decided on any of them
        for each in free:
            self._moving.move(self._pages[each.page_id], dossier)
            self._note(each)
        self._expect(dossier, free)

    def _is_closed(self, dossier_id: int, page_id: int) -> bool:
        return self._dossiers[dossier_id].state in LEFT and page_id not in self._late

    def _owner(self, by_page: Mapping[int, int]) -> DossierRow | None:
        """The dossier that has most of the pages already, if no other folder of the stack has taken it."""
        is_first, first = not self._stack.placed_up_to, next(iter(by_page))
        placed = Counter(by_page[page_id] for page_id in by_page if is_first or page_id not in self._late)
        for dossier_id, _ in placed.most_common():
            # Only a border that came late takes pages out of the dossier people have seen them in.
            if dossier_id not in self._claimed or (not is_first and first not in self._late):
                return self._dossiers[dossier_id]
        into = self._stack.taken_into
        holds_others = any(
            page.dossier_id == into and page_id not in self._late for page_id, page in self._pages.items()
        )
        if into is None or into in self._claimed or holds_others or self._dossiers[into].state in LEFT:
            return None
        return self._dossiers[into]

    def _new(self, number: int | None, facts: dict[str, Any]) -> DossierRow:
        dossier = new_dossier(self._tx, self._stack, number)
        dossier.stack_facts = facts
        self._dossiers[dossier.id] = dossier
        return dossier

    def _note(self, placed: PlacedPage) -> None:
        """Write what is seen on a page that had no place yet; of others people may have decided otherwise."""
        page = self._pages[placed.page_id]
        if self._stack.placed_up_to and placed.page_id not in self._late:
            return
        page.sheet = None if placed.sheet is None else placed.sheet.value
        page.sheet_facts = dict(placed.facts)
        if placed.sheet is not None:
            self._tx.audit("page", page.id, "separator_seen", sheet=placed.sheet.value, paper=placed.is_paper)
        if page.exclusion in (None, Exclusion.SEPARATOR.value):
            page.exclusion = None if placed.is_paper else Exclusion.SEPARATOR.value
        if placed.starts is Starts.DOCUMENT:
            mark = (
                StartMark.SEPARATOR if placed.sheet is None else _MARKS.get(placed.sheet, StartMark.SEPARATOR)
            )
            mark_starts(self._tx, {PageId(page.id): mark})

    def _expect(self, dossier: DossierRow, placed: Sequence[PlacedPage]) -> None:
        told = next(
            (self._division.covers[each.page_id] for each in placed if each.page_id in self._division.covers),
            None,
        )
        if (
            told is not None
            and dossier.expected_pages is None
            and not stacks.separation_of(self._stack).both_sides
        ):
            dossier.expected_pages = told

    def _dissolve_empty(self) -> None:
        for dossier in self._dossiers.values():
            if dossier.id not in self._claimed and dossier.state not in CLOSED:
                dissolve_if_empty(self._tx, dossier)

    def _note_changed(self) -> set[int]:
        """Say of each dossier how many pages came and went; returns the dossiers that changed."""
        pages, moved = self._pages, self._moving.moved
        came = Counter(pages[key].dossier_id for key in pages if key in moved or key in self._late)
        went = Counter(was for key, was in moved.items() if key not in self._late)
        for dossier_id in sorted({*came, *went}):
            self._tx.audit("dossier", dossier_id, PAGES_PLACED, came=came[dossier_id], went=went[dossier_id])
        inserted = {
            dossier_id
            for key, was in moved.items()
            if key not in pages
            for dossier_id in (was, self._tx.session.get_one(PageRow, key).dossier_id)
        }
        return {*came, *moved.values(), *inserted}

    def _beside(self) -> set[int]:
        """Dossiers that have the same pages as before, but whose borders are less certain now."""
        tx, stack = self._tx, self._stack
        tx.session.flush()
        if stacks.separation_of(stack).mode is Mode.COUNT and is_shifted(tx.session, stack.id):
            return set(self._dossiers)
        return set(dossiers_beside(tx.session, stack.id))

    def _told(self) -> dict[str, Any]:
        placed = [each for segment in self._division.segments for each in segment.pages]
        seen = Counter(each.sheet.value for each in placed if each.sheet is not None)
        return {
            "folders": len(self._division.segments),
            "pages": len(placed),
            "late": len(self._late),
            "separators": dict(seen),
            "mode": stacks.separation_of(self._stack).mode.value,
        }


def new_dossier(tx: Transaction, stack: StackRow, number: int | None = None) -> DossierRow:
    """A dossier of a stack without pages yet; it stands beside those of its batch. number: the next free one if None."""
    into = tx.session.get(DossierRow, stack.taken_into)
    dossier = DossierRow(
        batch_id=stack.batch_id if into is None else into.batch_id,
        ordinal=0 if into is None else into.ordinal,
        name=_free_name(tx, stack) if number is None else f"{stack.name} #{number}",
        source=stack.source,
        state=DossierState.OPEN,
        link=LinkState.NONE,
        updated_at=tx.now,
        stack_id=stack.id,
        stack_facts={},
    )
    tx.session.add(dossier)
    tx.session.flush()
    tx.audit("dossier", dossier.id, "opened", to_state=DossierState.OPEN, stack=stack.id)
    tx.move(dossier, DossierState.PROCESSING, "divided")
    return dossier


def _free_name(tx: Transaction, stack: StackRow) -> str:
    """The next number behind all that dossiers of the stack ever had: one name never means two folders."""
    names = set(tx.session.scalars(select(DossierRow.name).where(DossierRow.stack_id == stack.id)))
    number = len(names) + 1
    while f"{stack.name} #{number}" in names:
        number += 1
    return f"{stack.name} #{number}"


def dissolve_if_empty(tx: Transaction, dossier: DossierRow) -> bool:
    """End a dossier whose pages are all in others: its link is withdrawn, its row stays for the record."""
    tx.session.flush()
    if tx.session.scalar(select(func.count()).where(PageRow.dossier_id == dossier.id)):
        return False
    if dossier.state is DossierState.OPEN:
        return False  # every file was refused: that must stay in sight
    flow.reopen(tx, dossier)
    release.unlink(tx, dossier)
    tx.move(dossier, DossierState.DISSOLVED, "dissolved")
    dossier.updated_at = tx.now
    return True


def look_again(tx: Transaction, stack_id: int, changed: set[int]) -> None:
    """Have dossiers linked anew: those with other pages than before, and those nobody decided on.

    How many folders a stack has, and how long its others are, is a reason for or against each of them.
    """
    for dossier in stacks.dossiers_of(tx.session, stack_id):
        if dossier.state in CLOSED:
            continue
        said = {reason["code"] for reason in dossier.link_facts.get("reasons", ())}
        if (dossier.id in changed or NOT_DIVIDED in said) and dossier.state is not DossierState.OPEN:
            flow.reopen(tx, dossier)
        if dossier.state is DossierState.PROCESSING:
            flow.settle(tx, dossier.id)
        elif dossier.state is DossierState.TO_INDEX:
            store.enqueue(tx, flow.LINK, dossier.id, priority=flow.PRIORITY[flow.LINK])


def office_of(session: Session, stack: StackRow) -> str:
    """Code of the office whose stack it is."""
    return session.get_one(BatchRow, stack.batch_id).office


def _rows(session: Session, stack: StackRow) -> list[tuple[PageRow, PageResultRow | None]]:
    """Pages in the order they were scanned in; what people inserted stays where they put it."""
    found = session.execute(
        select(PageRow, PageResultRow)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(DossierRow.stack_id == stack.id, ImportItemRow.placing.is_(None))
        .order_by(ImportItemRow.ordinal, ImportItemRow.id, PageRow.source_page, PageRow.part)
    )
    return [(page, result) for page, result in found]


def _late(pages: Iterable[PageRow], stack: StackRow) -> set[int]:
    """Pages that have no place yet. The half of a spread is late as its scan is, whenever it was split."""
    pages = list(pages)
    scans = {
        (page.import_item_id, page.source_page)
        for page in pages
        if page.id > abs(stack.placed_up_to) and page.dossier_id == stack.taken_into and not page.part
    }
    return {page.id for page in pages if (page.import_item_id, page.source_page) in scans}


def _ids(segment: Segment) -> list[int]:
    return [each.page_id for each in segment.pages]

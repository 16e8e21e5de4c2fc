"""What people do to pages: turn, straighten, crop, mark as blank, recognise again. Masters never change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.ids import PageId
from app.domain.page_boxes import turned_box, turned_size, within
from app.domain.states import CLOSED
from app.errors import Conflict
from app.jobs import store
from app.paths import HomePaths
from app.services import acts, flow
from app.services.readings import ReadingBefore, kept_reading, put_back_reading
from app.storage import values
from app.storage.database import Database, Transaction
from app.storage.tables import DossierRow, PageResultRow, PageRow
from ocr.types import Box, PageEdits

MOST_SKEW_DEG = 45.0


@dataclass(frozen=True, slots=True)
class EditChange:
    """What to change of the edits of pages; None leaves a word as it is.

    turn_deg, skew_deg: clockwise, of the content, as in PageEdits; turn_by_deg and skew_by_deg are added to what
    is applied to each page. given_back: names of PageEdits the engine shall decide again.
    """

    turn_deg: int | None = None
    turn_by_deg: int | None = None
    skew_deg: float | None = None
    skew_by_deg: float | None = None
    box: Box | None = None
    brightness: int | None = None
    is_blank: bool | None = None
    languages: tuple[str, ...] | None = None
    given_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EditsBefore:
    """The edits of a page before a change, for taking it back."""

    page_id: PageId
    edits: PageEdits


class Pages:
    """Edits are rows replayed by the page engine; no machine step overwrites them."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def edit(self, page_ids: Sequence[PageId], change: EditChange) -> tuple[EditsBefore, ...]:
        """Change the edits of pages, all or none; pages whose reading it concerns are done again.

        Returns what the edits of the changed pages were, for restore. A page whose box would not touch it, or on
        which all is so already, is left alone. Raises Conflict("dossier_closed"), or ("pages_of_two_folders"): some
        have gone to another since they were chosen, and an act is taken back whole, in its dossier.
        """
        before = []
        with self._database.write(self._who) as tx:
            for page in _of_one_dossier(tx, page_ids):
                old = values.load_edits(page.edits)
                new = _changed(old, change, _Standing.of(tx, page, old))
                if new != old:
                    _put(tx, page, old, new, "edited")
                    before.append(EditsBefore(PageId(page.id), old))
            _note(tx, "pages_edited", before)
        return tuple(before)

    def turn_like_neighbours(self, page_ids: Sequence[PageId]) -> tuple[EditsBefore, ...]:
        """Turn those of the pages for which the pages around them propose a turn; what a person decided stays.

        Returns what the edits of the turned pages were, for restore. Raises as edit.
        """
        before = []
        with self._database.write(self._who) as tx:
            for page in _of_one_dossier(tx, page_ids):
                old = values.load_edits(page.edits)
                proposed = _proposed_turn(tx, page)
                if proposed is not None and old.turn_deg is None:
                    new = _changed(old, EditChange(turn_deg=proposed), _Standing.of(tx, page, old))
                    _put(tx, page, old, new, "turned_like_neighbours")
                    before.append(EditsBefore(PageId(page.id), old))
            _note(tx, "turned_like_neighbours", before)
        return tuple(before)

    def restore(self, before: Sequence[EditsBefore]) -> None:
        """Give pages the edits they had. Raises Conflict("dossier_closed") or ("page_gone")."""
        edits = {each.page_id: each.edits for each in before}
        stood = []
        with self._database.write(self._who) as tx:
            for page in open_pages(tx, list(edits)):
                old, new = values.load_edits(page.edits), edits[PageId(page.id)]
                if new != old:
                    _put(tx, page, old, new, "edit_undone")
                    stood.append(EditsBefore(PageId(page.id), old))
            _note(tx, "edits_restored", stood)

    def reprocess(self, page_ids: Sequence[PageId]) -> tuple[ReadingBefore, ...]:
        """Recognise pages again, before everything that waits.

        Returns how those stood that had been read, for restore_readings. Raises Conflict("dossier_closed").
        """
        before = []
        derived = HomePaths(self._database.path.parent).derived
        with self._database.write(self._who) as tx:
            for page in open_pages(tx, page_ids):
                kept = kept_reading(tx, page, derived)
                do_again(tx, page)
                before += [] if kept is None else [kept]
        return tuple(before)

    def restore_readings(self, before: Sequence[ReadingBefore]) -> None:
        """Give pages the readings they had; one that no longer holds is made again.

        Raises Conflict("dossier_closed") or ("page_gone").
        """
        readings = {each.page_id: each for each in before}
        derived = HomePaths(self._database.path.parent).derived
        with self._database.write(self._who) as tx:
            for page in open_pages(tx, list(readings)):
                if not put_back_reading(tx, page, readings[PageId(page.id)], derived):
                    do_again(tx, page)


def open_pages(tx: Transaction, page_ids: Iterable[PageId]) -> Iterable[PageRow]:
    """The pages named, as long as nothing that left or is leaving holds them."""
    for page_id in page_ids:
        page = tx.session.get(PageRow, page_id)
        if page is None:
            raise Conflict("page_gone")
        dossier = tx.session.get_one(DossierRow, page.dossier_id)
        if dossier.state in CLOSED:
            raise Conflict("dossier_closed", dossier=dossier.name, state=dossier.state.value)
        yield page


def demand_one_dossier(pages: Sequence[PageRow]) -> None:
    """Refuse pages that lie in several dossiers; raises Conflict("pages_of_two_folders")."""
    if len({page.dossier_id for page in pages}) > 1:
        raise Conflict("pages_of_two_folders")


def _of_one_dossier(tx: Transaction, page_ids: Iterable[PageId]) -> list[PageRow]:
    pages = list(open_pages(tx, page_ids))
    demand_one_dossier(pages)
    return pages


def do_again(tx: Transaction, page: PageRow) -> None:
    """Have a page recognised before everything that waits; its dossier is looked for again."""
    flow.reopen(tx, tx.session.get_one(DossierRow, page.dossier_id))
    flow.ask_for_page(tx, page, priority=store.INTERACTIVE)


def put_edits(tx: Transaction, page: PageRow, edits: PageEdits) -> None:
    """Give a page these edits and have it done again where the page engine is concerned."""
    old = values.load_edits(page.edits)
    if edits != old:
        _put(tx, page, old, edits, "edited")


def _note(tx: Transaction, code: str, before: Sequence[EditsBefore]) -> None:
    """Keep the change as an act of each dossier concerned."""
    told: dict[int, dict[str, dict[str, list[Any]]]] = {}
    for each in before:
        page = tx.session.get_one(PageRow, each.page_id)
        changes = acts.edit_changes(values.dump_edits(each.edits), page.edits)
        if changes:
            told.setdefault(page.dossier_id, {})[str(page.id)] = changes
    for dossier_id, pages in told.items():
        names = sorted({name.removeprefix(acts.EDIT) for changes in pages.values() for name in changes})
        acts.note_changes(
            tx, dossier_id, code, {"page": pages}, {"pages": [int(key) for key in pages], "names": names}
        )


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a page stands with its edits of now, whether or not they were replayed yet. size: of its page space."""

    turn_deg: int
    skew_deg: float
    size: tuple[int, int]

    @classmethod
    def of(cls, tx: Transaction, page: PageRow, edits: PageEdits) -> _Standing:
        result = tx.session.get(PageResultRow, page.id)
        turn, skew, size = 0, 0.0, (page.width_px, page.height_px)
        if result is not None:
            turn, skew = result.applied_turn_deg, result.applied_skew_deg
            size = (result.width_px, result.height_px)
        said_turn = turn if edits.turn_deg is None else edits.turn_deg
        said_skew = skew if edits.skew_deg is None else edits.skew_deg
        return cls(said_turn, said_skew, turned_size(size, said_turn - turn))


def standing_box(tx: Transaction, page: PageRow) -> tuple[PageEdits, tuple[int, int]]:
    """Edits of a page with its turn and tilt pinned to what is applied, and the size of its page space.

    A box is only right on the page as it was seen: the engine may not turn it under a person's frame.
    """
    edits = values.load_edits(page.edits)
    standing = _Standing.of(tx, page, edits)
    return replace(edits, turn_deg=standing.turn_deg, skew_deg=standing.skew_deg), standing.size


def _changed(old: PageEdits, change: EditChange, standing: _Standing) -> PageEdits:
    given_back: dict[str, Any] = dict.fromkeys(change.given_back)
    new = replace(old, **given_back)
    told = {name: getattr(change, name) for name in ("brightness", "is_blank", "languages")}
    new = replace(new, **{name: value for name, value in told.items() if value is not None})
    if change.skew_deg is not None or change.skew_by_deg is not None:
        wanted = change.skew_deg if change.skew_deg is not None else standing.skew_deg
        wanted += change.skew_by_deg or 0.0
        new = replace(new, skew_deg=round(max(-MOST_SKEW_DEG, min(MOST_SKEW_DEG, wanted)), 2))
    turn = change.turn_deg if change.turn_deg is not None else standing.turn_deg
    by_deg = (turn + (change.turn_by_deg or 0) - standing.turn_deg) % 360
    if change.turn_deg is not None or change.turn_by_deg is not None:
        new = replace(new, turn_deg=(standing.turn_deg + by_deg) % 360)
    if new.box is not None and by_deg:
        new = replace(new, box=turned_box(new.box, standing.size, by_deg))
    if change.box is not None:
        box = within(change.box, turned_size(standing.size, by_deg))
        if box is not None:
            pinned_turn = standing.turn_deg if new.turn_deg is None else new.turn_deg
            pinned_skew = standing.skew_deg if new.skew_deg is None else new.skew_deg
            new = replace(new, box=box, turn_deg=pinned_turn, skew_deg=pinned_skew)
    return new


def _proposed_turn(tx: Transaction, page: PageRow) -> int | None:
    """What the last comparison of the dossier's pages found; a page read again since then has none."""
    result = tx.session.get(PageResultRow, page.id)
    reasons = values.load_quality(result.quality) if result is not None else ()
    return next((int(each.value) % 360 for each in reasons if each.code == "turn_of_neighbours"), None)


def _put(tx: Transaction, page: PageRow, old: PageEdits, new: PageEdits, action: str) -> None:
    page.edits = values.dump_edits(new)
    was, now = values.dump_edits(old), values.dump_edits(new)
    names = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    tx.audit("page", page.id, action, changed={name: now.get(name) for name in names})
    if values.for_engine(old) != values.for_engine(new):
        do_again(tx, page)

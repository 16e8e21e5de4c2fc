"""Texts of waiting folders whose characters a person may compare: numbers, dates and registration numbers as read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.field_kinds import DossierField, FieldSource
from app.domain.field_typing import latin_digits
from app.domain.ids import DossierId, PageId
from app.domain.states import OPEN_KEYINGS, DossierState, LinkState
from app.paths import HomePaths
from app.storage.among import among
from app.storage.database import Database
from app.storage.field_tables import FieldValueRow
from app.storage.keying_tables import KeyingRow
from app.storage.tables import DossierRow, PageResultRow, PageRow
from ocr.types import Box

CHECKED = "characters_checked"
"""In DossierRow.link_facts, by what was read: the text, its page, and the places a person has seen to be right."""
MISREAD = "misread"
"""Role of a candidate of which a person has marked a character as wrong: never proposed again."""
NUMBER = DossierField.APPLICATION_NUMBER

BEING_INDEXED = (DossierState.TO_INDEX, DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE)
FIELDS = (DossierField.FILING_DATE, DossierField.DOCUMENT_DATE, DossierField.REGISTRATION_NUMBER)
OWN_ROLES = ("application", "unknown")
MOST_FOLDERS = 2_000
REPAIRED_SURENESS = 0.2
"""Of a character that was read as another one and put right by the form of the number."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as read on a page. printed: as it stands there; read: what each character that is no space was read as.

    canonical: the number, or what the field holds. sureness: 0..1 for each character of read, below 0 where only
    the word is measured. checked: places in read that a person has seen. is_bound: linked, and not released yet.
    """

    dossier_id: DossierId
    dossier_name: str
    what: DossierField
    page_id: PageId
    box: Box
    printed: str
    read: str
    canonical: str
    sureness: tuple[float, ...]
    checked: frozenset[int]
    is_bound: bool
    viewing_path: Path
    words_path: Path
    width_px: int
    height_px: int

    @property
    def key(self) -> tuple[int, str]:
        """Which text it is."""
        return int(self.dossier_id), self.what.value


def texts_to_check(reader: Database) -> tuple[ReadText, ...]:
    """Texts of the folders that wait for a number, in their order, and of those linked but not released yet.

    What another person is to key unseen is not shown here.
    """
    # One sent back to indexing waits for no second person until it is confirmed again.
    keyed_unseen = select(KeyingRow.id).where(
        KeyingRow.dossier_id == DossierRow.id,
        KeyingRow.state.in_(OPEN_KEYINGS),
        DossierRow.state == DossierState.TO_REVIEW,
    )
    with reader.read() as session:
        dossiers = session.scalars(
            select(DossierRow)
            .where(
                DossierRow.state.in_(BEING_INDEXED)
                | ((DossierRow.state == DossierState.TO_REVIEW) & (DossierRow.link == LinkState.PROVEN)),
                ~keyed_unseen.exists(),
            )
            .order_by(DossierRow.on_hold, DossierRow.batch_id, DossierRow.ordinal, DossierRow.id)
            .limit(MOST_FOLDERS)
        ).all()
        told = [each for dossier in dossiers if (each := _number_of(dossier)) is not None]
        told += _fields_of(session, {each.id: each for each in dossiers if each.state in BEING_INDEXED})
        pages = _pages(session, {each.page_id for each in told})
        derived = HomePaths(reader.path.parent).derived
        return tuple(_whole(each, *pages[each.page_id], derived) for each in told if each.page_id in pages)


def shown_sighting(candidate: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Where a number is best compared: in print before a code, as application number, the surest."""
    return max(
        candidate["sightings"],
        key=lambda each: (
            each["box"]["width_px"]
            > 2 * each["box"]["height_px"],  # a line of print; a barcode shows no digits
            each["role"] == "application",
            each["confidence"],
        ),
        default=None,
    )


def proposed_candidate(dossier: DossierRow) -> Mapping[str, Any] | None:
    """The candidate a folder is bound to, or that is proposed for it."""
    candidates = dossier.link_facts.get("candidates", ())
    bound = dossier.application_number
    if bound is not None:
        own = (each for each in candidates if each["application_number"] == bound)
        return next((each for each in own if each["role"] != MISREAD), None)
    first = candidates[0] if candidates else None
    return first if first is not None and first["role"] in OWN_ROLES else None


def letters_of(text: str) -> list[str]:
    """Characters that are compared: letters and digits."""
    return [char for char in text if char.isalnum()]


def read_as(printed: str, canonical: str) -> str:
    """What each character of a printed text was read as: that of the number where they go together, else its own."""
    own = "".join(char for char in printed if not char.isspace())
    letters, wanted = letters_of(own), letters_of(canonical)
    if len(letters) != len(wanted):
        return latin_digits(own)
    instead = iter(wanted)
    return "".join(next(instead) if char.isalnum() else char for char in own)


@dataclass(frozen=True, slots=True)
class _Told:
    dossier: DossierRow
    what: DossierField
    page_id: int
    box: Mapping[str, int]
    printed: str
    canonical: str
    certainty: tuple[float, ...]
    is_bound: bool


def _number_of(dossier: DossierRow) -> _Told | None:
    candidate = proposed_candidate(dossier)
    place = None if candidate is None else shown_sighting(candidate)
    if candidate is None or place is None:
        return None
    number, printed = candidate["application_number"], place["raw"]
    read = read_as(printed, number)
    own = latin_digits("".join(char for char in printed if not char.isspace())).upper()
    sure = tuple(-1.0 if one == other else REPAIRED_SURENESS for one, other in zip(own, read, strict=False))
    is_bound = dossier.state is DossierState.TO_REVIEW
    return _Told(dossier, NUMBER, place["page_id"], place["box"], printed, number, sure, is_bound)


def _fields_of(session: Session, dossiers: Mapping[int, DossierRow]) -> Iterable[_Told]:
    rows = session.scalars(
        select(FieldValueRow)
        .where(
            among(FieldValueRow.dossier_id, dossiers),
            FieldValueRow.field.in_([each.value for each in FIELDS]),
            FieldValueRow.source == FieldSource.MACHINE.value,
            FieldValueRow.page_id.is_not(None),
        )
        .order_by(FieldValueRow.dossier_id, FieldValueRow.field)
    )
    for row in rows:
        if len(row.boxes) != 1 or not row.printed or row.page_id is None:
            continue  # what stands in two rows is compared in its field
        pairs = zip(row.printed, row.certainty or [-1.0] * len(row.printed), strict=False)
        certainty = tuple(sure for char, sure in pairs if not char.isspace())
        dossier = dossiers[row.dossier_id]
        what = DossierField(row.field)
        yield _Told(dossier, what, row.page_id, row.boxes[0], row.printed, row.printed, certainty, False)


def _pages(session: Session, page_ids: set[int]) -> Mapping[int, tuple[str, int, int]]:
    """Derived key and size of page space of the pages that count."""
    rows = session.execute(
        select(
            PageResultRow.page_id, PageResultRow.derived_key, PageResultRow.width_px, PageResultRow.height_px
        )
        .join(PageRow, PageRow.id == PageResultRow.page_id)
        .where(among(PageResultRow.page_id, page_ids), PageRow.exclusion.is_(None))
    )
    return {page_id: (key, width, height) for page_id, key, width, height in rows}


def _whole(told: _Told, key: str, width_px: int, height_px: int, derived: Path) -> ReadText:
    read = read_as(told.printed, told.canonical)
    seen = told.dossier.link_facts.get(CHECKED, {}).get(told.what.value, {})
    is_same = (seen.get("text"), seen.get("page_id")) == (told.printed, told.page_id)
    return ReadText(
        dossier_id=DossierId(told.dossier.id),
        dossier_name=told.dossier.name,
        what=told.what,
        page_id=PageId(told.page_id),
        box=Box(**told.box),
        printed=told.printed,
        read=read,
        canonical=told.canonical,
        sureness=told.certainty if len(told.certainty) == len(read) else (-1.0,) * len(read),
        checked=frozenset(seen.get("places", ()) if is_same else ()),
        is_bound=told.is_bound,
        viewing_path=derived / f"{key}.view.jpg",
        words_path=derived / f"{key}.words.json.gz",
        width_px=width_px,
        height_px=height_px,
    )

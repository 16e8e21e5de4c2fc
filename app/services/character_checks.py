"""What people say of single characters on the wall of look-alikes: right as read, wrong, or another one.

Nothing is linked here. A number with a wrong character goes back to a person: it is not proposed any more, and what it
would be with the character put right is proposed instead, where that is a number of the office. Each call is one
transaction, audited, and can be taken back whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.field_kinds import DossierField
from app.domain.ids import DossierId, PageId
from app.domain.office_profile import OfficeProfile
from app.domain.states import DossierState, LinkState
from app.errors import Conflict
from app.queries import register
from app.queries.characters import (
    BEING_INDEXED,
    CHECKED,
    MISREAD,
    NUMBER,
    proposed_candidate,
    read_as,
    shown_sighting,
)
from app.services.fields import FieldBefore, doubt_value, put_back
from app.storage.database import Database, Transaction
from app.storage.field_tables import FieldValueRow
from app.storage.tables import BatchRow, DossierRow

SURE_IN_REGISTER, SURE_UNCOMPARED, SURE_UNKNOWN = 0.9, 0.5, 0.1
"""How likely a number with a character put right is said to be: in the register, without one, or not in it."""


@dataclass(frozen=True, slots=True)
class CharacterSaid:
    """One character a person has looked at. place: among those of the text that are no space.

    text, page_id: as it was shown; where it is another by now, nothing is kept. put: None: right as read; "": wrong;
    else what it is.
    """

    dossier_id: DossierId
    what: DossierField
    page_id: PageId
    text: str
    place: int
    put: str | None = None


@dataclass(frozen=True, slots=True)
class NumberBefore:
    """A dossier before its number was doubted, and when it was changed, for taking that back."""

    dossier_id: DossierId
    state: DossierState
    link: LinkState
    return_reason: str | None
    candidates: tuple[Mapping[str, Any], ...]
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CharactersKept:
    """What was kept of one act. outdated: characters whose text is another by now."""

    seen: tuple[CharacterSaid, ...] = ()
    numbers: tuple[NumberBefore, ...] = ()
    fields: tuple[FieldBefore, ...] = ()
    outdated: int = 0


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What of an act was left as it is, for something came after it; and the names of its folders."""

    left: frozenset[tuple[DossierId, DossierField]] = frozenset()
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class _Keeping:
    seen: list[CharacterSaid] = field(default_factory=list)
    numbers: list[NumberBefore] = field(default_factory=list)
    fields: list[FieldBefore] = field(default_factory=list)
    outdated: int = 0


class CharacterChecks:
    """Keeps what is said of characters, and takes it back."""

    def __init__(self, database: Database, who: str, offices: Mapping[str, OfficeProfile]) -> None:
        self._database = database
        self._who = who
        self._offices = offices

    def keep(self, said: Sequence[CharacterSaid]) -> CharactersKept:
        """Keep what was said of some characters, all in one; those of texts that changed meanwhile are left alone."""
        keeping = _Keeping()
        by_text: dict[tuple[int, DossierField], list[CharacterSaid]] = {}
        for each in said:
            by_text.setdefault((each.dossier_id, each.what), []).append(each)
        with self._database.write(self._who) as tx:
            for (dossier_id, what), mine in by_text.items():
                dossier = tx.session.get(DossierRow, dossier_id)
                if dossier is None or not _still_reads(tx, dossier, what, mine[0]):
                    keeping.outdated += len(mine)
                    continue
                self._keep_text(tx, dossier, mine, keeping)
        return CharactersKept(
            tuple(keeping.seen), tuple(keeping.numbers), tuple(keeping.fields), keeping.outdated
        )

    def take_back(self, kept: CharactersKept) -> TakenBack:
        """Take an act back: each of its texts whole, but for those that something came after.

        Raises Conflict("check_overtaken") where that is so of all; then nothing is touched.
        """
        by_text: dict[tuple[DossierId, DossierField], list[CharacterSaid]] = {}
        for one in kept.seen:
            by_text.setdefault((one.dossier_id, one.what), []).append(one)
        doubted = [(each.dossier_id, NUMBER) for each in kept.numbers]
        doubted += [(each.dossier_id, each.field) for each in kept.fields]
        with self._database.write(self._who) as tx:
            left = {(each.dossier_id, NUMBER) for each in kept.numbers if not _put_number_back(tx, each)}
            left |= {(each.dossier_id, each.field) for each in kept.fields if not _put_field_back(tx, each)}
            if left and left.issuperset((*by_text, *doubted)):
                raise Conflict("check_overtaken", dossier=_name_of(tx, next(iter(left))[0]))
            for (dossier_id, what), mine in by_text.items():
                dossier = tx.session.get(DossierRow, dossier_id)
                if dossier is not None and (dossier_id, what) not in left:
                    _mark(dossier, mine, is_seen=False)
                    _audit_quietly(tx, dossier, "characters_unseen", mine)
            return TakenBack(frozenset(left), tuple(sorted({_name_of(tx, each) for each, _ in left})))

    def _keep_text(
        self, tx: Transaction, dossier: DossierRow, said: Sequence[CharacterSaid], keeping: _Keeping
    ) -> None:
        seen = [each for each in said if each.put is None]
        wrong = {each.place: each.put for each in said if each.put is not None}
        if seen:
            _mark(dossier, seen, is_seen=True)
            keeping.seen += seen
            _audit_quietly(tx, dossier, "characters_seen", seen)
        if not wrong:
            return
        office = self._offices[tx.session.get_one(BatchRow, dossier.batch_id).office]
        first = said[0]
        if first.what is NUMBER:
            keeping.numbers.append(_doubt_number(tx, dossier, first, wrong, office))
        else:
            text = _corrected(first.text, wrong)
            keeping.fields.append(doubt_value(tx, dossier.id, first.what, text or first.text, office))


def carry_over(
    tx: Transaction, old: Mapping[str, Any], new: Mapping[str, Any], office: OfficeProfile
) -> dict[str, Any]:
    """What people said of characters, in facts the linker has made anew: it holds while the same text stands there.

    A number marked as misread is not proposed again; what it is with its characters put right still comes first.
    """
    earlier = old.get("candidates", ())
    doubted = {
        (each["application_number"], *at)
        for each in earlier
        if each["role"] == MISREAD
        for at in _places(each)
    }
    candidates = [
        {**each, "role": MISREAD}
        if any((each["application_number"], *at) in doubted for at in _places(each))
        else each
        for each in new["candidates"]
    ]
    made_from = [each["sightings"] for each in earlier if each["role"] == MISREAD]
    standing = {at for each in candidates if each["role"] == MISREAD for at in _places(each)}
    for each in earlier:
        # What was put right has the places of what was misread, and stands where that one stands.
        if each["role"] == MISREAD or each["sightings"] not in made_from or not _places(each) & standing:
            continue
        number = _parsed(each["application_number"], office)
        if number is not None:
            candidates = [one for one in candidates if one["application_number"] != number.canonical]
            candidates.insert(0, _candidate_of(tx, number, each, office))
    return {**new, "candidates": candidates, **({CHECKED: old[CHECKED]} if CHECKED in old else {})}


def is_misread(facts: Mapping[str, Any], number: str) -> bool:
    """Whether a person has said that a number which the linker decided for is misread."""
    return any(
        each["application_number"] == number and each["role"] == MISREAD for each in facts["candidates"]
    )


def _places(candidate: Mapping[str, Any]) -> set[tuple[int, str]]:
    return {(place["page_id"], place["raw"]) for place in candidate["sightings"]}


def _still_reads(tx: Transaction, dossier: DossierRow, what: DossierField, said: CharacterSaid) -> bool:
    if what is NUMBER:
        candidate = proposed_candidate(dossier)
        place = None if candidate is None else shown_sighting(candidate)
        is_open = dossier.state in (*BEING_INDEXED, DossierState.TO_REVIEW)
        return is_open and place is not None and (place["raw"], place["page_id"]) == (said.text, said.page_id)
    row = tx.session.scalar(select(FieldValueRow).filter_by(dossier_id=dossier.id, field=what.value))
    return (
        dossier.state in BEING_INDEXED
        and row is not None
        and (row.printed, row.page_id) == (said.text, said.page_id)
    )


def _audit_quietly(tx: Transaction, dossier: DossierRow, action: str, said: Sequence[CharacterSaid]) -> None:
    """Record it without telling lists: nothing that they show of the folder is different."""
    is_told = dossier.id in tx.touched.get("dossier", set())
    places = [each.place for each in said]
    tx.audit("dossier", dossier.id, action, what=said[0].what.value, text=said[0].text, places=places)
    if not is_told:
        tx.touched["dossier"].discard(dossier.id)
        if not tx.touched["dossier"]:
            del tx.touched["dossier"]
    tx.touch("characters", dossier.id)


def _mark(dossier: DossierRow, said: Sequence[CharacterSaid], *, is_seen: bool) -> None:
    told = {what: dict(each) for what, each in dossier.link_facts.get(CHECKED, {}).items()}
    first = said[0]
    mine = told.get(first.what.value, {})
    if (mine.get("text"), mine.get("page_id")) != (first.text, first.page_id):
        mine = {"text": first.text, "page_id": first.page_id, "places": []}
    places = {each.place for each in said}
    before = set(mine["places"])
    mine["places"] = sorted(before | places if is_seen else before - places)
    dossier.link_facts = {**dossier.link_facts, CHECKED: {**told, first.what.value: mine}}


def _corrected(text: str, wrong: Mapping[int, str]) -> str | None:
    """The text with characters put right, spaces left out of the count; None where one is only said to be wrong."""
    if not all(wrong.values()):
        return None
    places = [at for at, char in enumerate(text) if not char.isspace()]
    chars = list(text)
    for place, put in wrong.items():
        chars[places[place]] = put
    return "".join(chars)


def _doubt_number(
    tx: Transaction,
    dossier: DossierRow,
    said: CharacterSaid,
    wrong: Mapping[int, str],
    office: OfficeProfile,
) -> NumberBefore:
    candidate = proposed_candidate(dossier)
    assert candidate is not None, "its text was just compared"
    candidates = dossier.link_facts["candidates"]
    read = read_as(said.text, candidate["application_number"])
    corrected = _corrected(read, wrong)
    number = None if corrected is None else _parsed(corrected, office)
    doubted = {**candidate, "role": MISREAD}
    rest = [doubted if each is candidate else each for each in candidates]
    if number is not None:
        rest = [each for each in rest if each["application_number"] != number.canonical]
        rest.insert(0, _candidate_of(tx, number, candidate, office))
    words = _words(candidate["application_number"], read, wrong, number)
    before = NumberBefore(
        DossierId(dossier.id),
        dossier.state,
        dossier.link,
        dossier.return_reason,
        tuple(candidates),
        tx.now,
    )
    dossier.link_facts = {**dossier.link_facts, "candidates": rest}
    dossier.link = LinkState.NEEDS_REVIEW
    dossier.return_reason = _with_reason(dossier.return_reason, words)
    dossier.updated_at = tx.now
    if dossier.state is DossierState.TO_REVIEW:
        tx.move(dossier, DossierState.RETURNED, "returned", reason=dossier.return_reason)
    facts = {"number": candidate["application_number"], "places": sorted(wrong), "words": words}
    tx.audit("dossier", dossier.id, "number_doubted", **facts)
    return before


def _with_reason(reason: str | None, words: str) -> str:
    """Why it goes back; what somebody had against it before stays told."""
    if not reason:
        return f"misread: {words}"
    return f"{reason} · {words}" if ": " in reason else f"{reason}: {words}"


def _parsed(text: str, office: OfficeProfile) -> ApplicationNumber | None:
    try:
        return ApplicationNumber.parse(text, office)
    except NotAnApplicationNumber:
        return None


def _candidate_of(
    tx: Transaction, number: ApplicationNumber, instead: Mapping[str, Any], office: OfficeProfile
) -> dict[str, Any]:
    """The number a person reads where the program read another, as a candidate of its own."""
    has_register = register.count_in(tx.session, office.code) > 0
    is_known = register.entry_of(tx.session, number.canonical, office.code) is not None
    sure = SURE_IN_REGISTER if is_known else SURE_UNKNOWN if has_register else SURE_UNCOMPARED
    return {
        **instead,
        "application_number": number.canonical,
        "confidence": sure,
        "format_id": number.format_id,
        "right": number.right,
        "in_register": is_known if has_register else None,
        "signals": [],
    }


def _words(canonical: str, read: str, wrong: Mapping[int, str], number: ApplicationNumber | None) -> str:
    """What is wrong, for whoever gets the folder next: "KH/P/2018/00417, 7 is 1: KH/P/2018/00411"."""
    parts = [f"{read[place]} → {put or '?'}" for place, put in sorted(wrong.items())]
    told = f"{canonical}, {', '.join(parts)}"
    return told if number is None else f"{told}: {number.canonical}"


def _put_number_back(tx: Transaction, before: NumberBefore) -> bool:
    """Returns whether nothing came after it."""
    dossier = tx.session.get(DossierRow, before.dossier_id)
    if dossier is None or dossier.updated_at != before.changed_at:
        return False
    if dossier.state is not before.state:
        for state in _way_back(before.state):
            tx.move(dossier, state, "doubt_undone")
    dossier.link, dossier.return_reason = before.link, before.return_reason
    dossier.link_facts = {**dossier.link_facts, "candidates": list(before.candidates)}
    dossier.updated_at = tx.now
    tx.audit("dossier", dossier.id, "doubt_undone", reason=before.return_reason)
    return True


def _put_field_back(tx: Transaction, before: FieldBefore) -> bool:
    """Returns whether nothing came after it: what was confirmed with the field as it is now is not changed behind."""
    dossier = tx.session.get(DossierRow, before.dossier_id)
    if dossier is None or dossier.state not in BEING_INDEXED:
        return False
    try:
        put_back(tx, before)
    except Conflict:
        return False
    return True


def _name_of(tx: Transaction, dossier_id: DossierId) -> str:
    dossier = tx.session.get(DossierRow, dossier_id)
    return "" if dossier is None else dossier.name


def _way_back(state: DossierState) -> Iterable[DossierState]:
    """From RETURNED to where it was sent back from; its link still holds."""
    return (DossierState.TO_INDEX, state) if state is DossierState.TO_REVIEW else (state,)

"""What people say of a dossier's fields, and what the machine read of them. A person's word is never changed by a machine.

Each act is one transaction with its audit row and returns how the field stood, so that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.dossier_fields import FieldReading, state_of, type_of_number
from app.domain.field_kinds import DossierField, FieldSource, FieldState
from app.domain.field_typing import TypedValue, read_typed
from app.domain.ids import DossierId, PageId
from app.domain.office_profile import OfficeProfile
from app.domain.states import DossierState
from app.errors import Conflict, OperatorError
from app.queries.dossiers import OWN_ROLES
from app.storage.database import Database, Transaction
from app.storage.field_tables import FieldValueRow
from app.storage.tables import BatchRow, DossierRow, PageRow
from ocr.types import Box

MOST_LETTERS = 2_000
MACHINE = "machine"
_KEPT = (
    "printed",
    "value",
    "state",
    "source",
    "page_id",
    "boxes",
    "certainty",
    "doubts",
    "others",
    "who",
    "at",
)
_INDEXED = (DossierState.TO_INDEX, DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE)


@dataclass(frozen=True, slots=True)
class PickedPlace:
    """Where on a page a person took a value from. certainty: of each character, where it was read."""

    page_id: PageId
    boxes: tuple[Box, ...]
    certainty: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldBefore:
    """A field before an act. kept: its columns, None where nothing was known of it.

    now: printed and state since; by: who said so and when, None for when it is a machine's.
    """

    dossier_id: DossierId
    field: DossierField
    kept: Mapping[str, Any] | None
    now: tuple[str, str]
    by: tuple[str, datetime | None] = (MACHINE, None)


class Fields:
    """The indexer's acts on fields; the application number is bound by app.services.indexing."""

    def __init__(self, database: Database, who: str, offices: Mapping[str, OfficeProfile]) -> None:
        self._database = database
        self._who = who
        self._offices = offices

    def read(self, field: DossierField, text: str, office: str) -> TypedValue:
        """Read a text as what the field holds, without keeping anything; asks no database."""
        return read_typed(field, text, self._offices[office])

    def choices(self, office: str) -> Mapping[str, str]:
        """The types of an office's files: id and name, in the office's order."""
        return {right.right_id: right.name for right in self._offices[office].rights}

    def accept(self, dossier_id: DossierId, field: DossierField, seen: str) -> FieldBefore:
        """A person has looked at the value and says it is right; "" says that the paper has none.

        seen: the value as shown. Raises Conflict("field_changed") when it is another by now, OperatorError
        ("field_wrong_kind") for a value that is not of the field's kind, "dossier_not_being_indexed".
        """
        with self._database.write(self._who) as tx:
            row, before = self._begin(tx, dossier_id, field)
            if row.printed != seen:
                raise Conflict("field_changed", seen=seen, now=row.printed)
            if row.state == FieldState.INVALID:
                raise OperatorError("field_wrong_kind", value=row.printed)
            _say(tx, row, FieldState.ACCEPTED)
            return _done(tx, row, before, "field_accepted")

    def put(
        self,
        dossier_id: DossierId,
        field: DossierField,
        text: str,
        place: PickedPlace | None = None,
        seen: str | None = None,
    ) -> FieldBefore:
        """A person types a value, or takes it from a place of a page; "" says that the paper has none.

        seen: the value it stands for, as shown; None where nothing was. Raises Conflict("field_changed") when another
        person has said something else since. A value that is not of the field's kind is kept and marked. Raises OperatorError("field_too_long"),
        ("page_of_another_dossier"), "dossier_not_being_indexed".
        """
        if len(text) > MOST_LETTERS:
            raise OperatorError("field_too_long", length=len(text), limit=MOST_LETTERS)
        with self._database.write(self._who) as tx:
            row, before = self._begin(tx, dossier_id, field)
            is_anothers = row.source == FieldSource.PERSON and row.who != self._who
            if seen is not None and is_anothers and row.printed != seen:
                raise Conflict("field_changed", seen=seen, now=row.printed)
            if place is not None and tx.session.get_one(PageRow, place.page_id).dossier_id != dossier_id:
                raise OperatorError("page_of_another_dossier")
            _put_typed(tx, row, text, self._office_of(tx, dossier_id), place)
            return _done(tx, row, before, "field_typed")

    def give_back(self, dossier_id: DossierId, field: DossierField) -> FieldBefore:
        """Take a person's word out: what the machine reads stands again. Raises "dossier_not_being_indexed"."""
        with self._database.write(self._who) as tx:
            row, before = self._begin(tx, dossier_id, field)
            _put_reading(row, row.read)
            row.source, row.who, row.at = FieldSource.MACHINE, MACHINE, tx.now
            return _done(tx, row, before, "field_given_back")

    def restore(self, before: FieldBefore) -> None:
        """Take an act back. Raises Conflict("field_changed") when somebody has said something else since."""
        with self._database.write(self._who) as tx:
            _being_indexed(tx, before.dossier_id)
            put_back(tx, before)

    def _begin(
        self, tx: Transaction, dossier_id: DossierId, field: DossierField
    ) -> tuple[FieldValueRow, Mapping[str, Any] | None]:
        if field is DossierField.APPLICATION_NUMBER:
            raise ValueError("the application number is bound by Indexing.confirm")
        _being_indexed(tx, dossier_id)
        row = _row_of(tx, dossier_id, field)
        if row is None:
            row = _empty_row(tx, dossier_id, field)
            return row, None
        return row, {name: getattr(row, name) for name in _KEPT}

    def _office_of(self, tx: Transaction, dossier_id: DossierId) -> OfficeProfile:
        dossier = tx.session.get_one(DossierRow, dossier_id)
        return self._offices[tx.session.get_one(BatchRow, dossier.batch_id).office]


def judge_field(
    tx: Transaction, dossier_id: DossierId, field: DossierField, text: str, office: OfficeProfile
) -> FieldBefore:
    """Let a judge say what a field holds, in the open transaction, wherever the dossier is."""
    row = _row_of(tx, dossier_id, field)
    before = None if row is None else {name: getattr(row, name) for name in _KEPT}
    row = row or _empty_row(tx, dossier_id, field)
    _put_typed(tx, row, text, office, None)
    return _done(tx, row, before, "field_judged")


def put_back(tx: Transaction, before: FieldBefore) -> None:
    """Take an act back, in the open transaction. Raises as Fields.restore does."""
    row = _row_of(tx, before.dossier_id, before.field)
    if row is None or (row.printed, row.state) != before.now or _by(row) != before.by:
        raise Conflict("field_changed", seen=before.now[0], now="" if row is None else row.printed)
    # A machine's value may be outdated by now: what it reads today is the one that comes back.
    if before.kept is None or before.kept["source"] == FieldSource.MACHINE:
        _put_reading(row, row.read)
        row.source, row.who, row.at = FieldSource.MACHINE, MACHINE, tx.now
    else:
        for name, value in before.kept.items():
            setattr(row, name, value)
        if row.page_id is not None and tx.session.get(PageRow, row.page_id) is None:
            row.page_id, row.boxes = None, []
    _done(tx, row, before.kept, "field_undone")


def keep_readings(
    tx: Transaction,
    dossier_id: int,
    readings: Mapping[DossierField, FieldReading],
    office: OfficeProfile,
    register: Mapping[DossierField, str],
) -> None:
    """Keep what the machine reads of a dossier now; what a person said stays, with the new reading beside it.

    A machine's value that is read no more is emptied: it stood on a page that is gone, or was misread before.
    """
    rules = {rule.field: rule for rule in office.field_rules}
    for field, rule in rules.items():
        if field is DossierField.APPLICATION_NUMBER:
            continue
        reading = readings.get(field)
        row = _row_of(tx, dossier_id, field)
        if row is None and reading is None:
            continue
        row = row or _empty_row(tx, dossier_id, field)
        told = None if reading is None else _told(reading, state_of(reading, rule, register.get(field, "")))
        row.read = told
        if row.source != FieldSource.PERSON:
            _put_reading(row, told)
            row.at = tx.now
    tx.audit("dossier", dossier_id, "fields_read", fields=sorted(readings))
    _touch_only_fields(tx, dossier_id)


def _touch_only_fields(tx: Transaction, dossier_id: int) -> None:
    """Tell screens of the fields, not of the dossier: lists of thousands would be read again for every value."""
    tx.touched.get("dossier", set()).discard(dossier_id)
    if not tx.touched.get("dossier"):
        tx.touched.pop("dossier", None)
    tx.touch("field", dossier_id)


def doubt_value(
    tx: Transaction, dossier_id: int, field: DossierField, text: str, office: OfficeProfile
) -> FieldBefore:
    """Have a value looked at again, in the open transaction: a person has seen a character of it that is wrong.

    text: with that character put right, or as it stands. It is a person's word from then on, and nobody's last one.
    """
    row = _row_of(tx, dossier_id, field) or _empty_row(tx, dossier_id, field)
    before = {name: getattr(row, name) for name in _KEPT}
    _put_typed(tx, row, text, office, None)
    if row.state == FieldState.ACCEPTED:
        row.state = FieldState.TO_CHECK.value
    return _done(tx, row, before, "field_doubted")


def follow_number(tx: Transaction, dossier_id: int, right: str) -> None:
    """Let the type of the dossier follow the number it was bound to, unless a person named the type."""
    if not right:
        return
    row = _row_of(tx, dossier_id, DossierField.TYPE) or _empty_row(tx, dossier_id, DossierField.TYPE)
    if row.source == FieldSource.PERSON or row.value == right:
        return
    row.read = _told(type_of_number(right, 1.0), FieldState.ACCEPTED)
    _put_reading(row, row.read)
    row.at = tx.now


def leave_number(tx: Transaction, dossier: DossierRow, office: OfficeProfile) -> None:
    """Take the type of a number back that the dossier is bound to no more; a type a person named stays."""
    row = _row_of(tx, dossier.id, DossierField.TYPE)
    rule = next((each for each in office.field_rules if each.field is DossierField.TYPE), None)
    if row is None or rule is None:
        return
    _, right, sure = number_of(dossier, office)
    reading = type_of_number(right, sure) if right else None
    row.read = None if reading is None else _told(reading, state_of(reading, rule, ""))
    if row.source != FieldSource.PERSON:
        _put_reading(row, row.read)
        row.at = tx.now


def number_of(dossier: DossierRow, office: OfficeProfile) -> tuple[str, str, float]:
    """The number a dossier is bound to, or else the likeliest; the right it names; how sure (0..1). "" for none."""
    candidates = [each for each in dossier.link_facts.get("candidates", ()) if each["role"] in OWN_ROLES]
    bound = dossier.application_number
    own = next((each for each in candidates if bound in (None, each["application_number"])), None)
    if bound is not None:
        try:
            right = ApplicationNumber.parse(bound, office).right
        except NotAnApplicationNumber:  # an office may have changed its forms since
            right = ""
        if right:
            return bound, right, 1.0
    if own is None:
        return bound or "", "", 0.0
    return own["application_number"], own["right"], own["confidence"]


def _being_indexed(tx: Transaction, dossier_id: DossierId) -> None:
    dossier = tx.session.get_one(DossierRow, dossier_id)
    if dossier.state not in _INDEXED:
        raise OperatorError("dossier_not_being_indexed", dossier=dossier.name, state=dossier.state.value)


def _row_of(tx: Transaction, dossier_id: int, field: DossierField) -> FieldValueRow | None:
    return tx.session.scalar(select(FieldValueRow).filter_by(dossier_id=dossier_id, field=field.value))


def _empty_row(tx: Transaction, dossier_id: int, field: DossierField) -> FieldValueRow:
    row = FieldValueRow(
        dossier_id=dossier_id,
        field=field.value,
        read=None,
        source=FieldSource.MACHINE.value,
        who=MACHINE,
        at=tx.now,
    )
    _put_reading(row, None)
    tx.session.add(row)
    return row


def _told(reading: FieldReading, state: FieldState) -> dict[str, Any]:
    return {
        "printed": reading.printed,
        "value": reading.value,
        "state": state.value,
        "page_id": reading.page_id,
        "boxes": [asdict(box) for box in reading.boxes],
        "certainty": list(reading.certainty),
        "doubts": list(reading.doubts),
        "others": [day.isoformat() for day in reading.others],
        "code": reading.code,
        "agreeing": reading.agreeing,
    }


def _put_reading(row: FieldValueRow, read: Mapping[str, Any] | None) -> None:
    """Let the machine's reading be the value in force."""
    told = read or {}
    row.printed, row.value = told.get("printed", ""), told.get("value", "")
    row.state = told.get("state", FieldState.TO_CHECK.value)
    row.page_id, row.boxes = told.get("page_id"), told.get("boxes", [])
    row.certainty, row.doubts = told.get("certainty", []), told.get("doubts", [])
    row.others = told.get("others", [])


def _put_typed(
    tx: Transaction, row: FieldValueRow, text: str, office: OfficeProfile, place: PickedPlace | None
) -> None:
    """Let what a person typed, or took from a page, be the value in force."""
    typed = read_typed(DossierField(row.field), text, office)
    printed = " ".join(text.split())
    row.value, row.doubts = typed.value, [typed.doubt] if typed.doubt else []
    row.others = [day.isoformat() for day in typed.others]
    if place is not None:
        row.page_id, row.boxes = place.page_id, [asdict(box) for box in place.boxes]
        row.certainty = list(place.certainty) if len(place.certainty) == len(printed) else []
    elif printed != row.printed:
        row.certainty = []
    row.printed = printed
    _say(tx, row, FieldState.ACCEPTED if typed.is_valid else FieldState.INVALID)


def _say(tx: Transaction, row: FieldValueRow, state: FieldState) -> None:
    row.state, row.source, row.who, row.at = state.value, FieldSource.PERSON.value, tx.who, tx.now


def _done(tx: Transaction, row: FieldValueRow, before: Mapping[str, Any] | None, action: str) -> FieldBefore:
    tx.session.flush()
    was = "" if before is None else before["printed"]
    tx.audit("dossier", row.dossier_id, action, field=row.field, value=row.printed, before=was)
    _touch_only_fields(tx, row.dossier_id)
    now = (row.printed, row.state)
    return FieldBefore(DossierId(row.dossier_id), DossierField(row.field), before, now, _by(row))


def _by(row: FieldValueRow) -> tuple[str, datetime | None]:
    return row.who, row.at if row.source == FieldSource.PERSON else None

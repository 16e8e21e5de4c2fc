"""Fields without a database: the rows of each folder, and the acts on them by the rules of the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.field_kinds import DEFAULT_RULES, KIND_OF, DossierField, FieldRule, FieldSource, FieldState
from app.domain.field_typing import TypedValue, read_typed
from app.domain.ids import PageId
from app.domain.offices import OfficeProfile, load_offices
from app.errors import Conflict
from app.queries.fields import NOTHING, DossierFieldRow, FieldPlace, FieldValue
from app.queries.keyings import NO_KEYINGS, KeyingPlaces
from app.queries.page_words import PageWord
from app.services.fields import FieldBefore, PickedPlace
from ocr.types import Box, ZoneReading
from tests.ui.fake_tree import TreeReading

if TYPE_CHECKING:
    from tests.ui.fake_context import FakeContext

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

ME = "Sokha Kim"
USUAL_BOX = Box(500, 700, 600, 60)
RULES = {rule.field: rule for rule in DEFAULT_RULES}


@cache
def kh() -> OfficeProfile:
    return load_offices(Path(__file__).parents[2] / "resources" / "offices")["KH"]


def row(
    field: DossierField,
    printed: str = "",
    *,
    page: int = 0,
    number: int = 2,
    box: Box = USUAL_BOX,
    sure: float = 0.97,
    weak: Mapping[int, float] | None = None,
    state: FieldState | None = None,
    doubts: tuple[str, ...] = (),
    rule: FieldRule | None = None,
    code: str = "",
) -> DossierFieldRow:
    """A field as read. page: id of the page it stands on, 0 for none; weak: sureness of single characters."""
    if not printed:
        return DossierFieldRow(
            field, KIND_OF[field], rule or RULES[field], NOTHING, FieldSource.MACHINE, "", None, None
        )
    certainty = [sure] * len(printed)
    for place, each in (weak or {}).items():
        certainty[place] = each
    typed = read_typed(field, printed, kh())
    usual = FieldState.ACCEPTED if min(certainty) >= 0.9 and not doubts else FieldState.TO_CHECK
    place = FieldPlace(PageId(page), number, (box,)) if page else None
    value = FieldValue(
        printed, typed.value, state or usual, place, tuple(certainty), doubts, typed.others, code
    )
    return DossierFieldRow(
        field, KIND_OF[field], rule or RULES[field], value, FieldSource.MACHINE, "machine", NOW, value
    )


class FakeFields:
    """What app.services.fields does, on rows in memory."""

    def __init__(self, context: FakeContext) -> None:
        self._context = context
        self.rows: dict[int, dict[DossierField, DossierFieldRow]] = {}
        self.words: dict[int, tuple[PageWord, ...]] = {}
        self.known: dict[DossierField, tuple[str, ...]] = {}
        self.awaited: set[int] = set()  # folders whose fields are being read

    def give(self, dossier_id: int, *rows: DossierFieldRow) -> None:
        self.rows[dossier_id] = {each.field: each for each in rows}

    def read(self, field: DossierField, text: str, _office: str) -> TypedValue:
        return read_typed(field, text, kh())

    def choices(self, _office: str) -> Mapping[str, str]:
        return {right.right_id: right.name for right in kh().rights}

    def read_zone(self, page_id: PageId, box: Box, languages: Sequence[str] = ()) -> ZoneReading:
        self._context._fail()
        self._context.calls.append(("zone", page_id, box, tuple(languages)))
        return self._context.zone_says

    def accept(self, dossier_id: int, field: DossierField, seen: str) -> FieldBefore:
        self._context._fail()
        held = self.rows[dossier_id][field]
        if held.said.printed != seen:
            raise Conflict("field_changed", seen=seen, now=held.said.printed)
        self._context.calls.append(("field_accept", dossier_id, field.value, seen))
        return self._say(dossier_id, field, replace(held.said, state=FieldState.ACCEPTED))

    def put(
        self,
        dossier_id: int,
        field: DossierField,
        text: str,
        place: PickedPlace | None = None,
        seen: str | None = None,
    ) -> FieldBefore:
        self._context._fail()
        before = self.rows[dossier_id][field]
        is_anothers = before.source is FieldSource.PERSON and before.who != ME
        if seen is not None and is_anothers and before.said.printed != seen:
            raise Conflict("field_changed", seen=seen, now=before.said.printed)
        self._context.calls.append(("field_put", dossier_id, field.value, text))
        typed = read_typed(field, text, kh())
        state = FieldState.ACCEPTED if typed.is_valid else FieldState.INVALID
        held = self.rows[dossier_id][field].said
        said = replace(
            held, printed=text, value=typed.value, state=state, certainty=(), doubts=(), others=typed.others
        )
        if place is not None:
            number = self._context.pages_by_id[place.page_id].summary.number
            said = replace(
                said, place=FieldPlace(place.page_id, number, place.boxes), certainty=place.certainty
            )
        return self._say(dossier_id, field, said)

    def restore(self, before: FieldBefore) -> None:
        self._context.calls.append(("field_restore", before.dossier_id, before.field.value))
        assert before.kept is not None
        self.rows[before.dossier_id][before.field] = before.kept["row"]
        self._context.tell(field=[before.dossier_id])

    def _say(self, dossier_id: int, field: DossierField, said: FieldValue) -> FieldBefore:
        held = self.rows[dossier_id][field]
        kept: Mapping[str, Any] = {"row": held}
        now = replace(held, said=said, source=FieldSource.PERSON, who=ME)
        self.rows[dossier_id][field] = now
        self._context.tell(field=[dossier_id])
        return FieldBefore(dossier_id, field, kept, (said.printed, said.state))  # type: ignore[arg-type]


class Working:
    """Who sits at the window."""

    operator = "Sokha Kim"


class FieldReading(TreeReading):
    """What screens ask of fields and documents, from a FakeContext."""

    _context: Any

    def keyings(self) -> KeyingPlaces:
        return NO_KEYINGS

    def fields(self, dossier_id: int, office: str) -> tuple[DossierFieldRow, ...]:
        return tuple(self._context.fields.rows.get(dossier_id, {}).values())

    def fields_awaited(self, dossier_id: int) -> bool:
        return dossier_id in self._context.fields.awaited

    def known_values(self, field: DossierField, office: str) -> tuple[str, ...]:
        return self._context.fields.known.get(field, ())

    def page_words(self, page_id: int) -> tuple[PageWord, ...]:
        return self._context.fields.words.get(page_id, ())

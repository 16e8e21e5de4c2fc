"""What a field's card says: its state, where it was read, what is doubtful, the three-way proof. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.domain.field_kinds import DossierField, FieldKind, FieldSource, FieldState
from app.domain.field_typing import agrees, has_native_digits, holds, latin_digits
from app.queries.rows import RegisterEntryRow
from ui import texts
from ui.texts import t
from ui.theme import Tone
from ui.widgets.fact_list import Fact
from ui.widgets.field_edit import SURE
from ui.widgets.paint import Badge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.field_typing import TypedValue
    from app.queries.fields import DossierFieldRow

_OF_NO_NEWS = frozenset({"field_of_number"})


@dataclass(frozen=True, slots=True)
class CardText:
    """What stands in and around one field's edit. shown: what a person reads for the value."""

    badge: Badge
    verdict: str
    where: str
    note: str
    proof: tuple[Fact, ...]


def shown_text(row: DossierFieldRow, choices: Mapping[str, str]) -> str:
    """The value as a person reads it: a type by its name, all else as printed."""
    if row.kind is FieldKind.CHOICE:
        return choices.get(row.said.value, row.said.printed)
    return row.said.printed


def register_value(field: DossierField, entry: RegisterEntryRow | None) -> str:
    """What the register says of a field, "" nothing."""
    if entry is None:
        return ""
    if field is DossierField.FILING_DATE:
        return "" if entry.filing_date is None else entry.filing_date.isoformat()
    told = {DossierField.TITLE: entry.title, DossierField.APPLICANT: entry.applicant}
    return told.get(field, "")


def is_disputed(row: DossierFieldRow, entry: RegisterEntryRow | None) -> bool:
    """Tell whether the register of the number in the field above contradicts what only a machine has said.

    A person may have chosen another number than the machine: what was read on the other file's papers is then no
    longer sure.
    """
    told = register_value(row.field, entry)
    if not told or row.is_empty or row.source is FieldSource.PERSON:
        return False
    return not (agrees(row.field, row.said.value, told) or holds(row.said.value, told))


def card_text(
    row: DossierFieldRow,
    typed: TypedValue,
    text: str,
    entry: RegisterEntryRow | None,
    choices: Mapping[str, str],
) -> CardText:
    """Everything said of a field. typed: what the text in the edit now means."""
    is_own = text == shown_text(row, choices)
    badge = _badge(row, typed, text, is_own=is_own)
    if is_own and badge.tone is Tone.GOOD and is_disputed(row, entry):
        badge = Badge(Tone.CARE, "warn", t("field.state_check"))
    verdict = badge.tone.value if badge.tone in (Tone.GOOD, Tone.CARE, Tone.BAD) else ""
    return CardText(
        badge,
        verdict,
        _where(row),
        _note(row, typed, text, is_own=is_own),
        _proof(row, typed, text, entry, choices),
    )


def _badge(row: DossierFieldRow, typed: TypedValue, text: str, *, is_own: bool) -> Badge:
    if not is_own:
        if not typed.is_valid:
            return Badge(Tone.BAD, "cross", t("field.state_invalid"))
        return Badge(Tone.ACCENT, "info", t("field.state_typed"))
    said = row.said
    if said.state is FieldState.INVALID:
        return Badge(Tone.BAD, "cross", t("field.state_invalid"))
    if not text:
        if said.state is FieldState.ACCEPTED and row.source is FieldSource.PERSON:
            return Badge(Tone.GOOD, "check", t("field.state_none"))
        if row.needs_work:
            return Badge(Tone.BAD, "warn", t("field.state_needed"))
        return Badge(Tone.PLAIN, "blank", t("field.state_empty"))
    if said.state is FieldState.ACCEPTED:
        word = t("field.state_said" if row.source is FieldSource.PERSON else "field.state_sure")
        return Badge(Tone.GOOD, "check", word)
    unsure = sum(sure < SURE for sure in said.certainty)
    if unsure and row.kind is not FieldKind.CHOICE:
        return Badge(Tone.CARE, "warn", t("field.state_unsure", n=unsure))
    return Badge(Tone.CARE, "warn", t("field.state_check"))


def _where(row: DossierFieldRow) -> str:
    place = row.said.place
    if place is None:
        return "" if row.said.printed else t("field.read_nowhere")
    code = row.said.code or (row.read.code if row.read is not None and row.read.place == place else "")
    if code:
        return t("field.read_code", code=code, page=place.page_number)
    return t("field.read_page", page=place.page_number)


def _note(row: DossierFieldRow, typed: TypedValue, text: str, *, is_own: bool) -> str:
    """Doubts in words, and the value in Latin digits and as it is understood, where that is not what stands there."""
    notes = []
    if is_own and row.said.doubts and row.source is FieldSource.MACHINE:
        others = _days(row.said.others)
        notes = [
            texts.explain("field_doubt", code, {"others": others})
            for code in row.said.doubts
            if code not in _OF_NO_NEWS
        ]
    elif typed.doubt:
        notes = [texts.explain("field_doubt", typed.doubt, {"others": _days(typed.others)})]
    if text and typed.is_valid:
        means = _meaning(row, typed, text)
        if means:
            notes.insert(0, t("field.means", value=means))
    return " · ".join(notes)


def _meaning(row: DossierFieldRow, typed: TypedValue, text: str) -> str:
    if row.kind is FieldKind.DATE and typed.value:
        return texts.day(date.fromisoformat(typed.value))
    if has_native_digits(text):
        return latin_digits(text)
    if row.kind in (FieldKind.CLASSES, FieldKind.NUMBER) and typed.value != text:
        return typed.value
    return ""


def _days(days: tuple[date, ...]) -> str:
    return ", ".join(map(texts.day, days))


def _proof(
    row: DossierFieldRow,
    typed: TypedValue,
    text: str,
    entry: RegisterEntryRow | None,
    choices: Mapping[str, str],
) -> tuple[Fact, ...]:
    """Typed, read and register side by side; nothing where there is nothing to compare."""
    value = typed.value if typed.is_valid else ""
    registered = register_value(row.field, entry)
    read = row.read
    if not registered and (read is None or agrees(row.field, value, read.value)):
        return ()
    facts = [Fact(t("field.typed"), text or "–", Tone.PLAIN)]
    if read is not None and read.printed:
        words = choices.get(read.value, read.printed) if row.kind is FieldKind.CHOICE else read.printed
        facts.append(Fact(t("field.read"), words, _tone(row.field, value, read.value)))
    if registered:
        words = texts.day(date.fromisoformat(registered)) if row.kind is FieldKind.DATE else registered
        facts.append(Fact(t("field.register"), words, _tone(row.field, value, registered)))
    return tuple(facts)


def _tone(field: DossierField, value: str, other: str) -> Tone:
    if agrees(field, value, other) or (value and holds(value, other)):
        return Tone.GOOD
    return Tone.CARE

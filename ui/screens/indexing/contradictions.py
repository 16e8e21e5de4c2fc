"""A value typed or carried over that the number's form or its register contradicts: told, and asked twice. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.domain.field_kinds import DossierField, FieldKind
from app.domain.field_typing import TypedValue, agrees, holds
from app.queries.fields import DossierFieldRow
from app.queries.rows import RegisterEntryRow
from ui import texts
from ui.screens.indexing.field_words import CardText, register_value
from ui.texts import t
from ui.theme import Tone
from ui.widgets.paint import Badge


@dataclass(frozen=True, slots=True)
class NumberSays:
    """What is known of the number in the field above. right: what its form says; "" while it is no number."""

    register: RegisterEntryRow | None = None
    right: str = ""


def contradiction(
    row: DossierFieldRow, typed: TypedValue, number: NumberSays, choices: Mapping[str, str]
) -> str:
    """What speaks against a value that a person is about to say, in words; "" nothing."""
    if not typed.is_valid or not typed.value:
        return ""
    if row.field is DossierField.TYPE:
        is_other = number.right and typed.value != number.right
        return t("field.number_says", value=choices.get(number.right, number.right)) if is_other else ""
    told = register_value(row.field, number.register)
    if not told or agrees(row.field, typed.value, told) or holds(typed.value, told):
        return ""
    words = texts.day(date.fromisoformat(told)) if row.kind is FieldKind.DATE else told
    return t("field.register_says", value=words)


def warned(told: CardText, against: str) -> CardText:
    """What a card says, with what speaks against the value."""
    if not against:
        return told
    note = " · ".join(part for part in (told.note, against) if part)
    badge = Badge(Tone.CARE, "warn", t("field.state_check"))
    return replace(told, badge=badge, verdict=Tone.CARE.value, note=note)

"""Values a person keeps for the next folders, as they are or counted up; for as long as the window is open. No widgets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.field_kinds import DossierField
from ui.texts import t

_LAST_DIGITS = re.compile(r"(\d+)(?=\D*$)")


@dataclass(frozen=True, slots=True)
class Repeat:
    """The value last accepted, and whether the next one is counted up from it."""

    text: str
    counts: bool


class Repeats:
    """By field. What they propose is accepted with Enter like all else."""

    def __init__(self) -> None:
        self._kept: dict[DossierField, Repeat] = {}

    def toggle(self, field: DossierField, text: str, *, counts: bool) -> None:
        """Keep a value, or count it up; the same again ends it."""
        if field in self._kept and self._kept[field].counts == counts:
            del self._kept[field]
        else:
            self._kept[field] = Repeat(text, counts)

    def said(self, field: DossierField, text: str) -> None:
        """A value was accepted: the next folder goes on from it."""
        if field in self._kept and text:
            self._kept[field] = Repeat(text, self._kept[field].counts)

    def next_for(self, field: DossierField) -> str:
        """What to propose in the next folder, "" nothing."""
        kept = self._kept.get(field)
        if kept is None:
            return ""
        return counted_up(kept.text) if kept.counts else kept.text

    def words(self, field: DossierField) -> str:
        """What to say at the field."""
        kept = self._kept.get(field)
        if kept is None:
            return ""
        return t("field.counting") if kept.counts else t("field.sticky")


def can_count(text: str) -> bool:
    """Whether there is a number in it that can be counted up."""
    return _LAST_DIGITS.search(text) is not None


def counted_up(text: str) -> str:
    """The text with its last number one higher, as wide as before: "KH/2016/00099" is followed by "KH/2016/00100"."""
    hit = _LAST_DIGITS.search(text)
    if hit is None:
        return text
    return f"{text[: hit.start()]}{int(hit[1]) + 1:0{len(hit[1])}d}{text[hit.end() :]}"

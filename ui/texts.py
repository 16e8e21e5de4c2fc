"""The only place where codes become sentences and where screens get their words.

Words are data (``words_en`` and its neighbours): another language is another set of the same keys. Missing
facts never raise: a clerk must see the sentence even when a number in it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from ocr.quality_table import CHECKS
from ui import (
    words_en,
    words_en_characters,
    words_en_codes,
    words_en_documents,
    words_en_errors,
    words_en_fields,
    words_en_keying,
    words_en_pages,
    words_en_reasons,
    words_en_register,
    words_en_stacks,
)

_KINDS: Mapping[str, Mapping[str, str]] = {
    "error": words_en_errors.ERRORS,
    "finding": words_en_errors.FINDINGS,
    "reason": words_en_reasons.REASONS,
    "signal": words_en_reasons.SIGNALS,
    "quality": words_en_reasons.QUALITY,
    "note": words_en_reasons.NOTES,
    "state": words_en_codes.STATES,
    "action": words_en_codes.ACTIONS,
    "role": words_en_codes.ROLES,
    "right": words_en_codes.RIGHTS,
    "field": words_en_fields.FIELD_NAMES,
    "field_doubt": words_en_fields.FIELD_DOUBTS,
    "why": words_en_documents.WHY,
    "lack": words_en_documents.LACKS,
}


_SCREEN: Mapping[str, str] = {
    **words_en.SCREEN,
    **words_en_characters.CHARACTERS,
    **words_en_fields.FIELDS,
    **words_en_keying.KEYING,
    **words_en_documents.DOCUMENTS,
    **words_en_pages.PAGES,
    **words_en_register.REGISTER,
    **words_en_stacks.STACKS,
}


class _Missing:
    """Stands in for a fact that was not given."""

    def __format__(self, spec: str) -> str:
        return "?"


class _Number:
    """A number that can carry its noun: ``{n:page|pages}``."""

    def __init__(self, value: int) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        if "|" in spec:
            one, many = spec.split("|", 1)
            return f"{self._value:,} {one if self._value == 1 else many}"
        return format(self._value, spec) if spec else f"{self._value:,}"


class _Words(str):
    """Text where a sentence may expect a number: its format is passed over."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return f"{self!s} {spec.split('|', 1)[1]}" if "|" in spec else str(self)


class _Facts(dict[str, Any]):
    """Facts for format_map that forgive."""

    def __missing__(self, key: str) -> _Missing:
        return _Missing()


def t(key: str, **facts: object) -> str:
    """Words of a screen; a key without words is a bug and raises KeyError."""
    return _fill(_SCREEN[key], facts)


def explain(kind: str, code: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence of a code. kind: "error", "reason", "finding", "quality", "note", "action", "role", "right".

    A code without words of its own gets an honest general sentence that names it.
    """
    words = _KINDS[kind].get(code) or words_en_codes.FALLBACK[kind].replace("{code}", code.replace("_", " "))
    return _fill(words, _with_count(facts or {}))


def quality(code: str, value: float) -> str:
    """A mark of a page with the number behind it: "Faint (48 of 255, good from 60)"."""
    words, measured = explain("quality", code, {"value": value}), words_en_reasons.MEASURED.get(code)
    check = CHECKS.get(code)
    if measured is None or (check is not None and value == check.threshold):
        return words  # it happened, but no amount of it is known
    limit = None if check is None else check.threshold
    facts = {
        "value": value,
        "percent": round(value * 100),
        "limit": limit,
        "limit_percent": None if limit is None else round(limit * 100),
    }
    return f"{words} ({_fill(measured, facts)})"


def sentence(code: str, facts: Mapping[str, Any]) -> str:
    """The sentence of a code whatever its kind; for the command line, which mixes them."""
    kind = next(
        (kind for kind in ("error", "finding", "reason", "note", "quality") if has_words(kind, code)), "error"
    )
    return explain(kind, code, facts)


def state(state: StrEnum) -> str:
    """The word of a state."""
    kind = type(state).__name__.removesuffix("State").lower()
    return explain("state", f"{kind}.{state.value}") if _has_state(kind, state) else str(state.value)


def has_words(kind: str, code: str) -> bool:
    """True when a code has a sentence of its own."""
    return code in _KINDS[kind]


def language_names(codes: tuple[str, ...] | list[str]) -> str:
    """Names of languages: ("khm", "eng") reads "Khmer + English"."""
    return " + ".join(words_en.LANGUAGES.get(code, code) for code in codes)


def office_name(code: str) -> str:
    """Name of an office: "KH" reads "Cambodia (KH)"."""
    name = words_en.OFFICES.get(code)
    return f"{name} ({code})" if name else code


def moment(when: datetime | None, now: datetime | None = None) -> str:
    """A moment in local time, short: "today 14:05", "3 Nov 2026 14:05"."""
    if when is None:
        return t("date.never")
    local = when.astimezone()
    today = (now or datetime.now(UTC)).astimezone().date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return t("date.today", time=clock)
    if (today - local.date()).days == 1:
        return t("date.yesterday", time=clock)
    return f"{day(local.date())} {clock}"


def day(when: date | None) -> str:
    """A day, unmistakable in every country: "24 Aug 2017"."""
    return "" if when is None else f"{when.day} {when:%b} {when.year}"


def age(when: datetime, now: datetime | None = None) -> str:
    """How old something of a moment is, in days: "from today", "12 days old"."""
    today = (now or datetime.now(UTC)).astimezone().date()
    days = (today - when.astimezone().date()).days
    return t("register.age_days", n=days) if days > 0 else t("register.age_today")


def register_as_of(when: datetime | None) -> str:
    """Which register speaks: "register of 3 Nov 2026, 12 days old"; "" when that is not known."""
    if when is None:
        return ""
    return t("register.as_of", date=day(when.astimezone().date()), age=age(when))


def turned(applied_turn_deg: int) -> str:
    """How a page was turned, as a person sees it: 270 reads "turned right once"; "" when it was not.

    applied_turn_deg: how the content lay, clockwise; a page is turned by as much the other way.
    """
    return t(f"turned.{applied_turn_deg}") if applied_turn_deg else ""


def size(size_bytes: int) -> str:
    """A size with its unit, decimal as disks are sold: "412 GB"."""
    value, units = float(size_bytes), ("B", "kB", "MB", "GB", "TB")
    for unit in units:
        if value < 1000 or unit == units[-1]:
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


def _has_state(kind: str, state: StrEnum) -> bool:
    return f"{kind}.{state.value}" in words_en_codes.STATES


def _with_count(facts: Mapping[str, Any]) -> dict[str, Any]:
    # Codes name their count as suits them ("pages", "count", "edits"); sentences call it n.
    told = dict(facts)
    if told.get("field") in words_en_fields.FIELD_NAMES:
        told["field"] = words_en_fields.FIELD_NAMES[told["field"]]
    if "n" not in told:
        for name in ("count", "pages", "edits", "files", "characters", "readings"):
            value = told.get(name)
            if isinstance(value, (list, tuple)):
                value = len(value)
            if isinstance(value, int):
                told["n"] = value
                break
    for name in ("rival", "number"):
        if name not in told:
            found = next(
                (told[key] for key in ("rivals", "canonical", "application_number") if key in told), None
            )
            if found is not None:
                told[name] = found
    return told


def _fill(words: str, facts: Mapping[str, Any]) -> str:
    return words.format_map(_Facts({name: _plain(value) for name, value in facts.items()}))


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return _Missing() if value is None else value
    if isinstance(value, int):
        return _Number(value)
    if isinstance(value, float):
        return value
    if isinstance(value, (list, tuple)):
        return _Words(", ".join(str(part) for part in value))
    return _Words(str(value))

"""Numbers as people type them in a hurry: without separators, with spaces, without leading zeros.

Only for what somebody types or looks up, never for what is read off a page: there a lost zero is a lost digit. Taken is
what can be meant in one way: the year has four digits, the serial is the rest. Pure functions.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.number_forms import NumberRule
from app.domain.offices import OfficeProfile
from ocr.numbers import normalise
from ocr.types import NumberRole

_SEPARATORS = r"[\s/.\-]*"
_YEAR = r"(?:19|20)\d{2}"
_FIELD = re.compile(r"\{(\w+)(?::\w+)?\}")
_SERIAL_DIGITS = re.compile(r"\(\?P<serial>\\d\{(?:\d,)?(\d)\}\)")
_KIND = re.compile(r"\(\?P<(kind|route)>([^()]+)\)")


def parse_typed(text: str, profile: OfficeProfile) -> ApplicationNumber:
    """Read a number as printed, else as typed in a hurry; raises NotAnApplicationNumber."""
    try:
        return ApplicationNumber.parse(text, profile)
    except NotAnApplicationNumber as exc:
        if exc.code != "number_unreadable":
            raise
        meant = _meant(normalise(text).text.strip(), profile)
        if not meant:
            raise
        if len(meant) > 1:
            raise NotAnApplicationNumber("number_ambiguous", text=text, office=profile.code) from exc
        return replace(ApplicationNumber.parse(meant.pop(), profile), raw=text)


def _meant(plain: str, profile: OfficeProfile) -> set[str]:
    """Canonical spellings that a text may stand for."""
    found = set()
    for rule in profile.rules:
        shape = _shape(rule.canonical, rule.format.pattern)
        hit = None if shape is None else shape.fullmatch(plain)
        if hit is None or not _is_whole(hit, rule):
            continue
        year = int(hit["year"])
        values = {**hit.groupdict(), "year": year, "yy": year % 100, "serial": int(hit["serial"])}
        canonical = rule.canonical.format_map(values)
        if rule.format.own_role is NumberRole.REGISTRATION:
            found.add(canonical)
            continue
        try:
            number = ApplicationNumber.parse(canonical, profile)
        except NotAnApplicationNumber:
            continue
        if number.year == year:
            found.add(number.canonical)
    return found


@lru_cache(maxsize=256)
def _shape(template: str, pattern: str) -> re.Pattern[str] | None:
    """How a form may be typed; None where it has no year and serial, or nothing else to know it by."""
    names = _FIELD.findall(template)
    digits = _SERIAL_DIGITS.search(pattern)
    known = {"year", "yy", "serial", "kind", "route"}
    if "serial" not in names or not {"year", "yy"} & set(names) or digits is None or set(names) - known:
        return None
    if not _FIELD.sub("", template).strip("/-"):
        return None
    kinds = dict(_KIND.findall(pattern))
    parts = []
    for literal, name in re.findall(r"([^{}]*)(?:\{(\w+)(?::\w+)?\})?", template):
        parts += [re.escape(char) if char.isalnum() else "" for char in literal]
        if literal:
            parts.append("")
        if name in ("year", "yy"):
            parts.append(f"(?P<year>{_YEAR})")
        elif name == "serial":
            parts.append(rf"(?P<serial>\d{{1,{digits[1]}}})")
        elif name:
            if name not in kinds:
                return None
            parts.append(f"(?P<{name}>{kinds[name]})")
    return re.compile(_SEPARATORS.join(part for part in parts if part))


def _is_whole(hit: re.Match[str], rule: NumberRule) -> bool:
    """A serial with some of its zeros has lost a digit; digits alone without a break must be all there."""
    padding = re.search(r"\{serial:0(\d)d\}", rule.canonical)
    if padding is None or len(hit["serial"]) >= int(padding[1]):
        return True
    return not hit["serial"].startswith("0") and not hit.string.isdigit()

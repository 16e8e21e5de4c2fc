"""Office profiles: the printed number formats of each office as data, tested against their own examples.

Loaded once in the parent process; worker processes get the plain NumberFormat tuples in their task.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from app.domain.number_forms import NumberRule, render
from app.errors import OperatorError
from ocr.numbers import is_plain, match
from ocr.numbers_labels import role_of_caption
from ocr.types import NumberFormat, NumberRole

INTERNATIONAL_OFFICE = "WO"


class OfficeDataInvalid(OperatorError):
    """The office data cannot be trusted.

    Codes: "offices_missing", "office_file_unreadable", "office_key_missing", "office_code_twice",
    "format_id_twice", "format_pattern_invalid", "format_example_fails", "canonical_form_unstable",
    "office_label_unknown", "office_unknown".
    """


@dataclass(frozen=True, slots=True)
class OfficeProfile:
    """One office: what it prints, in which languages, since when.

    code: ST.3. languages: recognition models, most important first. rules: one per printed form, in order of
    preference. labels: captions the office prints before a number, by what they announce. date_order: "dmy"
    or "mdy", how the office writes dates in digits.
    """

    code: str
    name: str
    languages: tuple[str, ...]
    rules: tuple[NumberRule, ...]
    labels: Mapping[NumberRole, tuple[str, ...]]
    start_year: int
    time_zone: str
    date_order: str = "dmy"
    calendars: tuple[str, ...] = ("gregorian",)

    @property
    def formats(self) -> tuple[NumberFormat, ...]:
        """The office's own printed forms, for matching."""
        return tuple(rule.format for rule in self.rules)

    def rule(self, format_id: str) -> NumberRule | None:
        """Find the rule of a format by its id."""
        return next((rule for rule in self.rules if rule.format.format_id == format_id), None)


def load_offices(directory: Path) -> Mapping[str, OfficeProfile]:
    """Read every office file of a directory and prove each format against its examples.

    Raises OfficeDataInvalid with the file, the format and the failing example.
    """
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        raise OfficeDataInvalid("offices_missing", directory=str(directory))
    profiles: dict[str, OfficeProfile] = {}
    seen: set[str] = set()
    for path in paths:
        profile = _profile(_read(path), path)
        if profile.code in profiles:
            raise OfficeDataInvalid("office_code_twice", file=path.name, office=profile.code)
        for rule in profile.rules:
            if rule.format.format_id in seen:
                raise OfficeDataInvalid("format_id_twice", file=path.name, format=rule.format.format_id)
            seen.add(rule.format.format_id)
        _self_test(profile, path)
        profiles[profile.code] = profile
    return MappingProxyType(_Profiles(profiles))


class _Profiles(dict[str, OfficeProfile]):
    """Profiles by office; one that is asked for and not there is named, for work may still wait for it."""

    def __missing__(self, code: str) -> OfficeProfile:
        raise OfficeDataInvalid("office_unknown", office=code, known=known_offices(self))


def choosable_offices(profiles: Mapping[str, OfficeProfile]) -> tuple[str, ...]:
    """List the offices one can work for: not the international forms, which belong to all of them."""
    return tuple(sorted(profiles.keys() - {INTERNATIONAL_OFFICE}))


def known_offices(profiles: Mapping[str, OfficeProfile]) -> str:
    """The same for a sentence."""
    return ", ".join(choosable_offices(profiles))


def formats_for(profiles: Mapping[str, OfficeProfile], code: str) -> tuple[NumberFormat, ...]:
    """Choose the formats to look for on the pages of one office, the office's own first.

    International forms follow, then other offices' forms that cannot be mistaken for plain digits, so that
    a misfiled foreign page is noticed without turning every amount into a number.
    Raises OfficeDataInvalid("office_unknown").
    """
    if code not in profiles:
        raise OfficeDataInvalid("office_unknown", office=code, known=known_offices(profiles))
    own = profiles[code].formats
    international = profiles[INTERNATIONAL_OFFICE].formats if INTERNATIONAL_OFFICE in profiles else ()
    foreign = tuple(
        each
        for other, profile in sorted(profiles.items())
        if other not in (code, INTERNATIONAL_OFFICE)
        for each in profile.formats
        if not is_plain(each)
    )
    return own + (international if code != INTERNATIONAL_OFFICE else ()) + foreign


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise OfficeDataInvalid("office_file_unreadable", file=path.name, detail=str(exc)) from exc
    if not isinstance(content, dict):
        raise OfficeDataInvalid("office_file_unreadable", file=path.name, detail="not a mapping")
    return content


def _profile(content: dict[str, Any], path: Path) -> OfficeProfile:
    try:
        code = str(content["code"])
        labels = {
            NumberRole(role): tuple(str(each) for each in captions)
            for role, captions in content["labels"].items()
        }
        return OfficeProfile(
            code=code,
            name=str(content["name"]),
            languages=tuple(content["languages"]),
            rules=tuple(_rule(each, code) for each in content["formats"]),
            labels=labels,
            start_year=int(content["start_year"]),
            time_zone=str(content["time_zone"]),
            date_order=str(content["date_order"]),
            calendars=tuple(content["calendars"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise OfficeDataInvalid("office_key_missing", file=path.name, detail=repr(exc)) from exc


def _rule(entry: dict[str, Any], office: str) -> NumberRule:
    number_format = NumberFormat(
        format_id=str(entry["id"]),
        office=office,
        right=str(entry["right"]),
        pattern=str(entry["pattern"]),
        examples=tuple(str(each) for each in entry["examples"]),
        st13_type=str(entry.get("st13_type", "")),
        ipas_key=str(entry.get("ipas_key", "")),
        confidence=str(entry["confidence"]),
        note=str(entry.get("note", "")),
        own_role=NumberRole(entry["role"]),
        check=str(entry.get("check", "")),
    )
    return NumberRule(
        format=number_format,
        canonical=str(entry["canonical"]),
        st13_serial=str(entry.get("st13_serial", "")),
        gbd_serial=str(entry.get("gbd_serial", "")),
        by_type={
            str(digits): (str(kind["right"]), str(kind["st13_type"]))
            for digits, kind in entry.get("by_type", {}).items()
        },
    )


def _self_test(profile: OfficeProfile, path: Path) -> None:
    for rule in profile.rules:
        try:
            re.compile(rule.format.pattern)
        except re.error as exc:
            facts = {"file": path.name, "format": rule.format.format_id}
            raise OfficeDataInvalid("format_pattern_invalid", **facts, detail=str(exc)) from exc
    for rule in profile.rules:
        facts = {"file": path.name, "format": rule.format.format_id}
        if not rule.format.examples:
            raise OfficeDataInvalid("format_example_fails", **facts, example="")
        for example in rule.format.examples:
            _test_example(profile, rule, example, facts)
    for role, captions in profile.labels.items():
        for caption in captions:
            if role_of_caption(caption, office=profile.code) is not role:
                raise OfficeDataInvalid(
                    "office_label_unknown", file=path.name, label=caption, role=role.value
                )


def _test_example(profile: OfficeProfile, rule: NumberRule, example: str, facts: dict[str, str]) -> None:
    matches = match(example, (rule.format,), repair=False)
    if not matches:
        raise OfficeDataInvalid("format_example_fails", **facts, example=example)
    try:
        forms = render(rule, matches[0].text, dict(matches[0].groups), start_year=profile.start_year)
    except (KeyError, ValueError) as exc:
        raise OfficeDataInvalid(
            "canonical_form_unstable", **facts, example=example, detail=repr(exc)
        ) from exc
    again = match(forms.canonical, profile.formats, repair=False)
    rendered = {
        render(other, each.text, dict(each.groups), start_year=profile.start_year).canonical
        for each in again
        if (other := profile.rule(each.format.format_id)) is not None
    }
    if forms.canonical not in rendered:
        raise OfficeDataInvalid(
            "canonical_form_unstable", **facts, example=example, canonical=forms.canonical
        )

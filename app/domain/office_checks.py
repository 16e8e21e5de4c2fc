"""Proves a profile against itself: nothing of a pack is believed because it is written there.

Every example must match its own pattern and keep one canonical form, every caption must be one the reader
knows, every name must lead to something, and no pattern may take long.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from app.domain.number_forms import NumberRule, render
from app.domain.number_patterns import PatternFacts, PatternRefused, pattern_facts
from app.domain.office_profile import OfficeProfile
from app.domain.office_terms import OfficeDataInvalid
from ocr.numbers import match
from ocr.numbers_labels import role_of_caption
from ocr.numbers_shapes import expand

OF_NO_RIGHT = frozenset({"any", "all"})
"""What a format may say when its digits, not the format, name the right."""

_FIELD = re.compile(r"\{(-?[a-z_]+)(?::0(\d{1,2})d)?\}")
_DERIVED = frozenset({"text", "serial_text", "-div", "-suf"})
_NUMBERS = frozenset({"serial", "year", "yy"})
_COUNTED = ("serial", "year", "yy", "be_yy")
_MAX_WIDTH = 20
_ST13 = re.compile(r"[A-Z]{2}\d{15}")


def prove(profile: OfficeProfile, file: str) -> None:
    """Check all a profile says. file: the pack's name, for people. Raises OfficeDataInvalid."""
    _prove_references(profile, file)
    for rule in profile.rules:
        facts = _prove_pattern(rule.format.pattern, file, f"formats[{rule.format.format_id}].pattern")
        _prove_groups(rule, facts, file)
        _prove_templates(rule, facts, file)
    for rule in profile.rules:
        key = f"formats[{rule.format.format_id}].examples"
        if not rule.format.examples:
            raise _fault("format_example_fails", file, key, format=rule.format.format_id, example="")
        for example in rule.format.examples:
            _prove_example(profile, rule, example, file, key)
    _prove_shelves(profile, file)
    _prove_labels(profile, file)


def _prove_references(profile: OfficeProfile, file: str) -> None:
    authorities = {each.code for each in profile.authorities}
    rights = {each.right_id for each in profile.rights}
    documents = {each.code for each in profile.documents}
    for right in profile.rights:
        if right.authority:
            _prove_known(right.authority, authorities, file, f"rights[{right.right_id}].authority")
    for rule in profile.rules:
        key = f"formats[{rule.format.format_id}]"
        if rule.format.right not in OF_NO_RIGHT:
            _prove_known(rule.format.right, rights, file, f"{key}.right")
        for digits, (right_id, _) in rule.by_type.items():
            _prove_known(right_id, rights, file, f"{key}.by_type.{digits}.right")
    for form in profile.forms:
        if form.document:
            _prove_known(form.document, documents, file, f"forms[{form.code}].document")
    for number, keeping in enumerate(profile.retention, 1):
        for code in keeping.documents:
            _prove_known(code, documents, file, f"retention[{number}].documents")
    for checklist in profile.checklists:
        key = f"checklists[{checklist.name}]"
        if not profile.documents:
            continue  # what all offices share names kinds that each office's pack has
        for right_id in checklist.rights:
            _prove_known(right_id, rights, file, f"{key}.rights")
        for name in ("required", "usual", "once"):
            for code in getattr(checklist, name):
                _prove_known(code, documents, file, f"{key}.{name}")
    seen: set[tuple[str, str]] = set()
    for number, caption in enumerate(profile.inid, 1):
        if (caption.standard, caption.code) in seen:
            raise _fault("office_name_twice", file, f"inid[{number}].code", name=caption.code)
        seen.add((caption.standard, caption.code))


def _prove_known(name: str, known: Collection[str], file: str, key: str) -> None:
    if name not in known:
        raise _fault("office_reference_unknown", file, key, name=name, known=", ".join(sorted(known)))


def _prove_pattern(pattern: str, file: str, key: str) -> PatternFacts:
    try:
        facts = pattern_facts(pattern)
    except PatternRefused as exc:
        code = "format_pattern_too_slow" if exc.is_slow else "format_pattern_invalid"
        raise _fault(code, file, key, pattern=pattern, detail=str(exc)) from exc
    expand(pattern)  # what repairs misread characters must be able to read it as well
    return facts


def _prove_groups(rule: NumberRule, facts: PatternFacts, file: str) -> None:
    key = f"formats[{rule.format.format_id}]"
    groups = re.compile(rule.format.pattern).groupindex
    for name in _COUNTED:
        if name in groups and name not in facts.digits:
            raise _fault(
                "format_pattern_invalid",
                file,
                f"{key}.pattern",
                pattern=rule.format.pattern,
                detail=f"{name} holds more than digits",
            )
    if rule.format.check == "damm" and not {"year", "serial", "check"} <= facts.always:
        raise _fault(
            "format_pattern_invalid",
            file,
            f"{key}.check",
            pattern=rule.format.pattern,
            detail="needs the groups year, serial and check",
        )


def _prove_templates(rule: NumberRule, facts: PatternFacts, file: str) -> None:
    """Templates may only name what every match has; anything else would fail on somebody's folder later."""
    known = set(facts.always | _DERIVED)
    has_year = bool({"year", "yy", "be_yy"} & facts.always)
    known |= {"year", "yy"} if has_year else set()
    known |= {"irn_short"} if "irn" in facts.always else set()
    key = f"formats[{rule.format.format_id}]"
    templates = {
        "canonical": rule.canonical,
        "st13_serial": rule.st13_serial,
        "gbd_serial": rule.gbd_serial,
        "ipas_key": rule.format.ipas_key,
    }
    for name, template in templates.items():
        if why := _template_fault(template, known):
            raise _fault("format_template_wrong", file, f"{key}.{name}", template=template, detail=why)
    if rule.format.ipas_key and not _is_ipas_key(rule.format.ipas_key, facts):
        raise _fault(
            "format_template_wrong",
            file,
            f"{key}.ipas_key",
            template=rule.format.ipas_key,
            detail="SEQ/TYP/SER/NBR, the last two of digits",
        )
    if not rule.canonical:
        raise _fault("format_template_wrong", file, f"{key}.canonical", template="", detail="empty")


def _template_fault(template: str, known: Collection[str]) -> str:
    if set(_FIELD.sub("", template)) & set("{}"):
        return "braces"
    for hit in _FIELD.finditer(template):
        name, width = str(hit[1]), hit[2]
        if name not in known:
            return name
        if width and (name not in _NUMBERS or int(width) > _MAX_WIDTH):
            return f"{name}:0{width}d"
    return ""


def _is_ipas_key(template: str, facts: PatternFacts) -> bool:
    parts = template.split("/")
    digits = facts.digits | _NUMBERS
    return len(parts) == 4 and all(
        part.isdigit() or ((hit := _FIELD.fullmatch(part)) is not None and hit[1] in digits)
        for part in parts[2:]
    )


def _prove_example(profile: OfficeProfile, rule: NumberRule, example: str, file: str, key: str) -> None:
    shown = {"format": rule.format.format_id, "example": example}
    matches = match(example, (rule.format,), repair=False)
    if not matches:
        raise _fault("format_example_fails", file, key, **shown)
    try:
        forms = render(rule, matches[0].text, dict(matches[0].groups), start_year=profile.start_year)
    except (KeyError, ValueError) as exc:
        raise _fault("canonical_form_unstable", file, key, **shown, detail=repr(exc)) from exc
    again = match(forms.canonical, profile.formats, repair=False)
    rendered = {
        render(other, each.text, dict(each.groups), start_year=profile.start_year).canonical
        for each in again
        if (other := profile.rule(each.format.format_id)) is not None
    }
    if forms.canonical not in rendered:
        raise _fault("canonical_form_unstable", file, key, **shown, canonical=forms.canonical)
    if forms.st13 is not None and _ST13.fullmatch(forms.st13) is None:
        wrong = f"formats[{rule.format.format_id}].st13_serial"
        raise _fault("format_template_wrong", file, wrong, template=rule.st13_serial, detail=forms.st13)


def _prove_shelves(profile: OfficeProfile, file: str) -> None:
    for shelf in profile.shelves:
        key = f"shelves[{shelf.name}]"
        _prove_pattern(shelf.pattern, file, f"{key}.pattern")
        failing = [each for each in shelf.examples if re.fullmatch(shelf.pattern, each) is None]
        if failing or not shelf.examples:
            example = failing[0] if failing else ""
            raise _fault("format_example_fails", file, f"{key}.examples", format=shelf.name, example=example)


def _prove_labels(profile: OfficeProfile, file: str) -> None:
    for role, captions in profile.labels.items():
        for caption in captions:
            if role_of_caption(caption, office=profile.code) is not role:
                raise _fault(
                    "office_label_unknown", file, f"labels.{role.value}", label=caption, role=role.value
                )


def _fault(code: str, file: str, key: str, **facts: object) -> OfficeDataInvalid:
    return OfficeDataInvalid(code, file=file, key=key, **facts)

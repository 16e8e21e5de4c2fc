"""The application number as a value: one canonical spelling, whatever way it was printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.number_forms import NumberForms, NumberRule, render
from app.domain.offices import OfficeProfile
from app.errors import OperatorError
from ocr.numbers import FormatMatch, match, normalise
from ocr.numbers_labels import strip_label
from ocr.types import NumberRole


class NotAnApplicationNumber(OperatorError):
    """A text is no application number of the office.

    Codes: "number_unreadable" (fits no format), "number_is_registration", "number_is_international",
    "number_of_other_kind", "number_ambiguous" (an application and a registration read alike).
    """


@dataclass(frozen=True, slots=True)
class ApplicationNumber:
    """A validated number. canonical is the key; raw is what was printed or typed.

    year: of filing, None where the office numbers without years. serial: as digits without padding, or the
    international registration number. ipas_key: (sequence, type, series, number). st13: ST.3 code and the
    15-character machine form, None where digits cannot carry the number. gbd_id: the laxer id of WIPO's
    databases. check_passes: None without a check letter. is_regular: False when the printed zeros do not fit
    the office's padding, as in a number cut short.
    """

    raw: str
    canonical: str
    office: str
    right: str
    year: int | None
    serial: str
    ipas_key: tuple[str, str, int, int] | None
    st13: str | None
    format_id: str
    gbd_id: str | None = None
    check_passes: bool | None = None
    is_regular: bool = True

    @classmethod
    def parse(cls, text: str, profile: OfficeProfile, *, filing_year: int | None = None) -> ApplicationNumber:
        """Read a number as the office prints it, with or without its caption, or as its IPAS key.

        Never repairs a character. filing_year: completes gbd_id of numbers without a year.
        Raises NotAnApplicationNumber.
        """
        token = normalise(text).text.strip()
        matches = _matches(token, profile) or _matches(strip_label(token), profile)
        applications = [each for each in matches if each.format.own_role is NumberRole.APPLICATION]
        if not applications:
            raise _refusal(text, matches, profile)
        if len(applications) < len(matches):
            raise NotAnApplicationNumber("number_ambiguous", text=text, office=profile.code)
        return _build(text, applications[0], profile, filing_year)

    @property
    def madrid_number(self) -> str | None:
        """The international registration number with its letter suffix ("1421820A"), for Madrid forms."""
        if "madrid" not in self.right:
            return None
        series = self.canonical.partition("/")[0]
        suffix = series if series in ("A", "B") else ""
        return self.serial.lstrip("0") + suffix


def parse_in_any(text: str, profiles: Iterable[OfficeProfile]) -> tuple[ApplicationNumber, ...]:
    """Read a number under every office that prints such a form, in the order given."""
    found = []
    for profile in profiles:
        try:
            found.append(ApplicationNumber.parse(text, profile))
        except NotAnApplicationNumber:
            continue
    return tuple(found)


def _matches(token: str, profile: OfficeProfile) -> tuple[FormatMatch, ...]:
    found = match(token, profile.formats, repair=False)
    if found:
        return found
    compact = "".join(token.split())
    found = match(compact, profile.formats, repair=False)
    return found or _from_ipas_key(compact, profile)


def _from_ipas_key(token: str, profile: OfficeProfile) -> tuple[FormatMatch, ...]:
    """Read SEQ-TYP-SER-NBR, the key printed with dashes or slashes as on folder covers."""
    parts = token.replace("-", "/").split("/")
    if len(parts) != 4 or not (parts[2].isdigit() and parts[3].isdigit()):
        return ()
    for rule in profile.rules:
        template = rule.format.ipas_key
        if template.split("/")[:2] != parts[:2] or "{year}" not in template or "{serial}" not in template:
            continue
        values = {"year": int(parts[2]), "yy": int(parts[2]) % 100, "serial": int(parts[3])}
        try:
            return match(rule.canonical.format_map(values), profile.formats, repair=False)
        except KeyError:
            continue
    return ()


def _build(
    text: str, found: FormatMatch, profile: OfficeProfile, filing_year: int | None
) -> ApplicationNumber:
    rule = _rule(profile, found)
    printed = render(
        rule, found.text, dict(found.groups), start_year=profile.start_year, filing_year=filing_year
    )
    rule, forms = _settled(rule, printed, profile, filing_year)
    return ApplicationNumber(
        raw=text,
        canonical=forms.canonical,
        office=profile.code,
        right=forms.right,
        year=forms.year,
        serial=forms.serial,
        ipas_key=forms.ipas_key,
        st13=forms.st13,
        format_id=rule.format.format_id,
        gbd_id=forms.gbd_id,
        check_passes=found.check_passes,
        is_regular=_is_regular(printed.serial_text, rule.canonical),
    )


def _settled(
    rule: NumberRule, printed: NumberForms, profile: OfficeProfile, filing_year: int | None
) -> tuple[NumberRule, NumberForms]:
    """Read the canonical spelling once more: a publication id names its right only by a digit."""
    for found in match(printed.canonical, profile.formats, repair=False):
        if found.format.own_role is not NumberRole.APPLICATION:
            continue
        again = _rule(profile, found)
        forms = render(
            again, found.text, dict(found.groups), start_year=profile.start_year, filing_year=filing_year
        )
        if forms.canonical == printed.canonical:
            return again, forms
    return rule, printed


def _is_regular(serial_text: str, template: str) -> bool:
    """Printed zeros must fill the office's padding: "0012" of a five-digit serial has lost a digit."""
    padding = re.search(r"\{serial:0(\d)d\}", template)
    if padding is None or not serial_text.startswith("0"):
        return True
    return len(serial_text) >= int(padding[1])


def _rule(profile: OfficeProfile, found: FormatMatch) -> NumberRule:
    rule = profile.rule(found.format.format_id)
    if rule is None:
        raise NotAnApplicationNumber("number_unreadable", text=found.text, office=profile.code)
    return rule


def _refusal(text: str, matches: tuple[FormatMatch, ...], profile: OfficeProfile) -> NotAnApplicationNumber:
    codes = {
        NumberRole.REGISTRATION: "number_is_registration",
        NumberRole.INTERNATIONAL: "number_is_international",
    }
    code = "number_unreadable"
    if matches:
        code = codes.get(matches[0].format.own_role, "number_of_other_kind")
    return NotAnApplicationNumber(code, text=text, office=profile.code)

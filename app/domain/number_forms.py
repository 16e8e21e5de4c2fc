"""Renders what a matched number means: one canonical spelling, the IPAS key and the ST.13 form.

A printed form is only a presentation; padding, separators and prefixes differ from desk to desk. Each
format therefore carries templates (data in resources/offices) that turn its groups into one spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ocr.types import NumberFormat

ST13_SERIAL_LENGTH = 9


@dataclass(frozen=True, slots=True)
class NumberRule:
    """What the application knows of a format beyond matching it.

    canonical, st13_serial, gbd_serial: str.format templates over the groups of the pattern ("serial" as a
    number, "serial_text" as printed, "yy", "irn_short" without leading zeros, "-div" with its dash or
    nothing, "text" for the whole). by_type: printed type digits -> (right, ST.13 type).
    """

    format: NumberFormat
    canonical: str
    st13_serial: str = ""
    gbd_serial: str = ""
    by_type: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NumberForms:
    """The forms of one number. st13 only where digits can carry all of it; gbd_id as WIPO's databases write it."""

    canonical: str
    right: str
    year: int | None
    serial: str
    serial_text: str
    ipas_key: tuple[str, str, int, int] | None
    st13: str | None
    gbd_id: str | None


def render(
    rule: NumberRule, text: str, groups: Mapping[str, str], *, start_year: int, filing_year: int | None = None
) -> NumberForms:
    """Derive every form of a number from the groups its format matched.

    filing_year: used for the office databases' id where the number itself has no year.
    """
    year = read_year(groups, start_year)
    values = _template_values(text, groups, year)
    right, st13_type = rule.by_type.get(groups.get("type", ""), (rule.format.right, rule.format.st13_type))
    prefix = f"{rule.format.office}{st13_type}"
    st13 = None
    if rule.st13_serial and st13_type and year is not None:
        st13 = f"{prefix}{year:04d}" + rule.st13_serial.format_map(values).zfill(ST13_SERIAL_LENGTH)
    gbd_year = year if year is not None else filing_year
    gbd_serial = rule.gbd_serial or rule.st13_serial
    gbd_id = None
    if gbd_serial and st13_type and gbd_year is not None:
        gbd_id = f"{prefix}{gbd_year:04d}" + gbd_serial.format_map(values).zfill(ST13_SERIAL_LENGTH)
    return NumberForms(
        canonical=rule.canonical.format_map(values),
        right=right,
        year=year,
        serial=str(values.get("serial", values.get("irn", ""))),
        serial_text=str(values.get("serial_text", "")),
        ipas_key=_ipas_key(rule.format.ipas_key, values),
        st13=st13,
        gbd_id=gbd_id,
    )


def read_year(groups: Mapping[str, str], start_year: int) -> int | None:
    """Read the year a number carries; two digits mean the first such year from start_year on."""
    if "be_yy" in groups:  # Thai geographical indications count in the Buddhist Era
        return 2500 + int(groups["be_yy"]) - 543
    year = groups.get("year") or groups.get("yy")
    if not year:
        return None
    if len(year) == 4:
        return int(year)
    return start_year + (int(year) - start_year) % 100


def _template_values(text: str, groups: Mapping[str, str], year: int | None) -> dict[str, str | int]:
    values: dict[str, str | int] = {"text": text, "-div": "", "-suf": "", "serial_text": ""}
    values.update(groups)
    if "serial" in groups:
        values["serial"] = int(groups["serial"])
        values["serial_text"] = groups["serial"]
    if year is not None:
        values["year"] = year
        values["yy"] = year % 100
    if "irn" in groups:
        values["irn_short"] = groups["irn"].lstrip("0")
    for name in ("div", "suf"):
        if name in groups:
            values[f"-{name}"] = f"-{groups[name]}"
    return values


def _ipas_key(template: str, values: Mapping[str, str | int]) -> tuple[str, str, int, int] | None:
    if not template:
        return None
    origin, kind, series, number = template.format_map(dict(values)).split("/")
    return origin, kind, int(series), int(number)

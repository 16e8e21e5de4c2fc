"""Made-up applications of an office: rows of its register, next to each other as offices number them.

Numbers come from the office packs: an example of a form is filled with another year and serial.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.number_forms import NumberRule
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterEntry, near_keys
from app.domain.register_types import SisterRows
from ocr.numbers import damm_letter
from ocr.types import NumberRole
from tests.fixtures.inventions import AGENTS, APPLICANTS, INVENTORS, SUBJECTS
from tests.fixtures.office_papers import OFFICE_PAPERS

FIRST_YEAR, LAST_YEAR = 2008, 2024
FAMILY, SAME_TITLE = 0.10, 0.35

_THINGS = (
    "dryer", "water pump", "crate", "mooring device", "loom shuttle", "rice transplanter", "clay stove", "fishing net float",
    "jointing sleeve", "husking tool", "umbrella handle", "bottle cap", "side stand alarm", "silk reeling basin", "knife guard",
    "rolling table", "shoe sole", "door latch", "hand lamp", "seed drill", "salt scraper", "cable clip", "fermentation jar",
    "bicycle trailer", "water filter", "noodle cutter", "roof tile", "brick mould", "boat propeller guard", "fish feeder",
)  # fmt: skip
_QUALITIES = (
    "Solar-assisted", "Foot-operated", "Stackable", "Folding", "Portable", "Adjustable", "Two-stage", "Low-cost", "Floating",
    "Hand-cranked", "Ventilated", "Insulated", "Modular", "Improved", "Compact", "Reversible", "Self-cleaning", "Double-walled",
)  # fmt: skip
_USES = (
    "for paddy rice", "for small farms", "for fresh mangoes", "for floating houses", "for village workshops", "with replaceable parts",
    "with hinged lid", "without additives", "of recycled foam", "with measuring cup", "for fishing boats", "with ceramic candle",
    "for palm sugar", "for sloping ground", "with locking pin", "having a drainage channel", "and method of making it",
)  # fmt: skip
_SYLLABLES = ("SA", "TUK", "LO", "MEAS", "VAN", "DA", "KRI", "NAM", "PHO", "RA", "SOL", "MAY", "BAN", "TRA", "LIN", "QUO", "ZEN", "HAI", "KO", "VI")  # fmt: skip
_ENDINGS = ("", "", " GOLD", " PLUS", " CO", " 88", " FRESH", " & SONS")
_VARIANTS = (", type I", ", type II", " (improved)", " and its use", " with cover")


@dataclass(frozen=True, slots=True)
class Application:
    """One application: what its file says. row: what the register says, None when it lacks it."""

    number: ApplicationNumber
    printed: str
    title: str
    native_title: str
    applicant: str
    address: str
    inventor: str
    agent: str
    filed: date
    row: RegisterEntry | None = None
    row_is_right: bool = True

    @property
    def canonical(self) -> str:
        """The key."""
        return self.number.canonical


class IndexedRegister:
    """A register as the program's own answers: near rows by their exact spellings."""

    def __init__(self, entries: Iterable[RegisterEntry]) -> None:
        self._rows: Mapping[str, RegisterEntry] = {each.number.canonical: each for each in entries}
        self._sisters = SisterRows(self._rows.values())

    def find(self, canonical: str) -> RegisterEntry | None:
        """The row of a number."""
        return self._rows.get(canonical)

    def near(self, canonical: str) -> tuple[RegisterEntry, ...]:
        """Rows one misread, lost, added or swapped digit away."""
        return tuple(self._rows[key] for key in sorted(near_keys(canonical)) if key in self._rows)

    def sisters(self, entry: RegisterEntry) -> tuple[RegisterEntry, ...]:
        """Rows of the same applicant and title."""
        return self._sisters.of(entry)

    def __len__(self) -> int:
        return len(self._rows)


@dataclass(frozen=True)
class OfficeWorld:
    """An office: its applications in order of their numbers, and its register."""

    office: OfficeProfile
    runs: tuple[tuple[Application, ...], ...]
    register: IndexedRegister

    @property
    def applications(self) -> tuple[Application, ...]:
        """All of them."""
        return tuple(each for run in self.runs for each in run)


def make_world(office: OfficeProfile, rng: random.Random, *, rows: int) -> OfficeWorld:
    """Make up an office with about so many register rows."""
    rules = [rule for rule in office.rules if rule.format.own_role is NumberRole.APPLICATION]
    rng.shuffle(rules)
    runs: list[tuple[Application, ...]] = []
    taken: set[str] = set()
    count = 0
    while count < rows:
        rule = rules[min(int(rng.expovariate(0.9)), len(rules) - 1)]
        year = rng.randint(FIRST_YEAR, LAST_YEAR)
        run = tuple(_run(office, rule, year, rng, taken, length=rng.randint(12, 60)))
        if run:
            runs.append(run)
        count += max(1, len(run))
    entries = (each.row for run in runs for each in run if each.row is not None)
    return OfficeWorld(office, tuple(runs), IndexedRegister(entries))


def number_like(rule: NumberRule, year: int, serial: int, rng: random.Random) -> str | None:
    """A number in one of the rule's printed forms."""
    example = rng.choice(rule.format.examples)
    hit = re.fullmatch(rule.format.pattern, example)
    if hit is None:
        return None
    text, shift = example, 0
    for name in sorted((key for key, value in hit.groupdict().items() if value), key=hit.start):
        width = hit.end(name) - hit.start(name)
        value = _filling(name, width, year, serial, hit[name])
        start = hit.start(name) + shift
        text = text[:start] + value + text[start + width :]
        shift += len(value) - width
    if rule.format.check == "damm":
        again = re.fullmatch(rule.format.pattern, text)
        if again is None:
            return None
        letter = damm_letter(again["year"] + again["serial"])
        text = text[: again.start("check")] + letter + text[again.end("check") :]
    return text


def _filling(name: str, width: int, year: int, serial: int, here: str) -> str:
    if name == "year":
        return f"{year:04d}" if width == 4 else f"{year % 100:02d}"
    if name == "yy":
        return f"{year % 100:02d}"
    if name == "be_yy":
        return f"{(year + 543) % 100:02d}"
    if name == "serial":
        return f"{serial % 10**width:0{width}d}"
    if name == "irn":
        return f"{(1200000 + serial) % 10**width:0{width}d}" if here.isdigit() else here
    return here


def parse(text: str, office: OfficeProfile) -> ApplicationNumber | None:
    """The number, or None where the text is none."""
    try:
        return ApplicationNumber.parse(text, office)
    except NotAnApplicationNumber:
        return None


def _run(
    office: OfficeProfile, rule: NumberRule, year: int, rng: random.Random, taken: set[str], *, length: int
) -> Iterable[Application]:
    serial = rng.randint(120, 28000)
    filed = date(year, 1, 5) + timedelta(days=rng.randint(0, 330))
    last: Application | None = None
    for _ in range(length):
        serial += 1 if rng.random() < 0.85 else rng.randint(2, 9)
        filed = min(filed + timedelta(days=rng.choice((0, 0, 0, 1, 1, 3))), date(year, 12, 30))
        printed = number_like(rule, year, serial, rng)
        number = None if printed is None else parse(printed, office)
        if number is None or printed is None or number.canonical in taken:
            continue
        taken.add(number.canonical)
        here = _application(number, printed, filed, rule.format.right, rng)
        if last is not None and rng.random() < FAMILY:
            title = last.title if rng.random() < SAME_TITLE else last.title + rng.choice(_VARIANTS)
            here = replace(
                here, title=title, applicant=last.applicant, address=last.address, agent=last.agent
            )
        last = here
        yield _registered(here, rng)


def _application(
    number: ApplicationNumber, printed: str, filed: date, right: str, rng: random.Random
) -> Application:
    subject = rng.choice(SUBJECTS)
    paper = OFFICE_PAPERS.get(number.office)
    native = subject.titles.get(paper.language, "") if paper is not None else ""
    if "mark" in right:
        title = "".join(rng.sample(_SYLLABLES, rng.randint(2, 3))) + rng.choice(_ENDINGS)
    elif native and rng.random() < 0.2:
        title = native  # the register itself is in the local script
    else:
        title = f"{rng.choice(_QUALITIES)} {rng.choice(_THINGS)} {rng.choice(_USES)}"
    applicant = rng.choice(APPLICANTS) if rng.random() < 0.5 else f"{rng.choice(_SYLLABLES).title()} {rng.choice(APPLICANTS)}"  # fmt: skip
    return Application(
        number, printed, title, native, applicant, f"No. {rng.randint(2, 290)}, Street {rng.randint(3, 400)}",
        rng.choice(INVENTORS), rng.choice(AGENTS), filed,
    )  # fmt: skip


def _registered(file: Application, rng: random.Random) -> Application:
    """Give a file its register row: mostly right, sometimes missing, sometimes with a slip in it."""
    at = rng.random()
    entry = RegisterEntry(file.number, file.title, file.applicant, file.filed)
    if at < 0.04:
        return replace(file, row=None)
    if at < 0.06:
        return replace(file, row=replace(entry, filing_date=_other_day(file.filed, rng)), row_is_right=False)
    if at < 0.07:
        return replace(file, row=replace(entry, title=""), row_is_right=False)
    if at < 0.08:
        return replace(file, row=replace(entry, title=_misspelt(file.title, rng)), row_is_right=False)
    if at < 0.09:
        return replace(file, row=replace(entry, applicant=rng.choice(APPLICANTS)), row_is_right=False)
    return replace(file, row=entry)


def _other_day(day: date, rng: random.Random) -> date:
    if rng.random() < 0.4 and day.day <= 12:
        return date(day.year, day.day, day.month)  # day and month exchanged by a clerk
    if rng.random() < 0.3:
        return day.replace(year=day.year + rng.choice((-10, -5, 6, 10)), day=min(day.day, 28))
    return day + timedelta(days=rng.choice((-30, -1, 1, 10, 31)))


def _misspelt(title: str, rng: random.Random) -> str:
    at = rng.randrange(len(title))
    return title[:at] + title[at + 1 :]

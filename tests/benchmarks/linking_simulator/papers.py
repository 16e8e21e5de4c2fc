"""The papers of a folder as lines of text: covers, forms, letters, receipts, other people's papers.

A line says where it stands and whether it prints the folder's own number in a place of its own; what is printed
there is the caller's: papers know nothing of traps.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tests.benchmarks.linking_simulator.applications import Application
from tests.fixtures.cases import print_date
from tests.fixtures.office_numbers import to_native_digits
from tests.fixtures.office_papers import ENGLISH, FORM_ENGLISH, OFFICE_PAPERS

LEFT, SECOND = 100, 1150
_MONEY = ("Filing fee", "Publication fee", "Search fee", "Renewal fee", "Stamp duty")


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line. own: it prints the folder's own number under a caption of its own."""

    text: str
    left: int = LEFT
    own: bool = False
    covered: bool = False  # a seal or a fold lies over it


@dataclass(frozen=True, slots=True)
class Paper:
    """One side of a sheet. level: how much worse than usual it reads."""

    kind: str
    lines: tuple[Line, ...]
    codes: tuple[str, ...] = ()
    level: float = 1.0


@dataclass(frozen=True, slots=True)
class Print:
    """How this folder prints things: which digits, which layout, which spelling of the number."""

    office: str
    native: bool = False
    layout: int = 0
    number: str | None = None  # typed instead of the file's own, as a typist's slip
    owns: bool = True  # ... and whether what is typed counts as the folder's own number
    priority: str | None = None
    pct: str | None = None
    with_number: bool = True
    covered: bool = False
    extra: tuple[str, ...] = field(default=())

    def digits(self, text: str) -> str:
        """In the office's own digits where this paper is printed in them."""
        return to_native_digits(text, self.office) if self.native else text

    def shown(self, file: Application) -> str:
        """The number as this paper prints it."""
        return self.digits(self.number or file.printed)

    def day(self, day: date) -> str:
        """A date as this paper prints it."""
        return print_date(day, self.office, native=self.native)

    def caption(self, name: str) -> str:
        """A caption in the office's language and in English."""
        paper = OFFICE_PAPERS.get(self.office)
        local = "" if paper is None else paper.captions.get(name, "")
        if not local:
            return ENGLISH[name]
        return local if self.layout == 3 else f"{local} / {ENGLISH[name]}"


def is_mark(file: Application) -> bool:
    """Whether the file is a mark's."""
    return "mark" in file.number.right


def _right(file: Application) -> str:
    if is_mark(file):
        return "trademark"
    return "design" if "design" in file.number.right else "patent"


def _head(office: str, place: str = "INTELLECTUAL PROPERTY OFFICE") -> list[Line]:
    paper = OFFICE_PAPERS.get(office)
    return [Line(line, 700) for line in (paper.head if paper else (place,))]


def _number_lines(file: Application, how: Print, caption: str, left: int = LEFT) -> list[Line]:
    number = how.shown(file)
    own = how.owns
    if not how.with_number:
        return [Line(f"{caption}", left)]
    if how.layout in (1, 3):
        return [Line(caption, left), Line(number, left + 40, own=own, covered=how.covered)]
    joint = ":" if how.layout == 2 else ""
    return [Line(f"{caption}{joint} {number}", left, own=own, covered=how.covered)]


def cover(file: Application, how: Print, code: str | None = None) -> Paper:
    """The folder's jacket."""
    words = {"patent": "PATENT FILE", "design": "INDUSTRIAL DESIGN FILE", "trademark": "TRADE MARK FILE"}
    lines = [*_head(how.office), Line(words[_right(file)], 700)]
    lines += _number_lines(file, how, how.caption("number"))
    title = "mark" if is_mark(file) else "title"
    lines += [
        Line(how.caption(title)),
        Line(file.title, 140),
        Line(how.caption("applicant")),
        Line(file.applicant, 140),
    ]
    lines += [Line(how.caption("date")), Line(how.day(file.filed), 140)]
    lines += [
        Line("Date out Sent to Returned Initials"),
        Line("Vol. 1 / 1"),
        Line("Return to the archive room by 16:30."),
    ]
    return Paper("cover", tuple(lines), () if code is None else (code,))


def form(file: Application, how: Print, rng: random.Random) -> Paper:
    """The first page of a request."""
    paper = OFFICE_PAPERS.get(how.office)
    right = _right(file)
    is_vn = how.office == "VN"
    number_code = ("(200)" if is_vn else "(210)") if right == "trademark" else ("(20)" if is_vn else "(21)")
    date_code = "(220)" if right == "trademark" else "(22)"
    lines = [*_head(how.office), Line("Form No. 1", 1800)]
    if paper is not None:
        lines.append(Line(paper.form_local[right], 700))
    lines.append(Line(FORM_ENGLISH[right], 700))
    number, day = how.shown(file), how.day(file.filed)
    caption, when = f"{number_code} {how.caption('number')}", f"{date_code} {how.caption('date')}"
    if how.layout in (0, 2):
        lines += [Line(f"{caption} {when}"), Line(f"{number if how.with_number else ''}  {day}".strip(), 160, own=how.owns and how.with_number, covered=how.covered)]  # fmt: skip
    else:
        lines += [*_number_lines(file, replace(how, layout=2), caption), Line(f"{when}: {day}")]
    codes = ("(540)", "(730)", "(740)", "(300)") if right == "trademark" else ("(54)", "(71)", "(74)", "(30)")
    title = how.caption("mark" if right == "trademark" else "title")
    lines += [Line(f"{codes[0]} {title}"), Line(_shown_title(file, how), 160)]
    lines += [
        Line(f"{codes[1]} {how.caption('applicant')}"),
        Line(file.applicant, 160),
        Line(file.address, 160),
    ]
    lines += [Line(f"{codes[2]} {how.caption('agent')}"), Line(file.agent, 160)]
    lines.append(Line(f"Tel. +855 23 {rng.randint(200, 990)} {rng.randint(100, 999)}", 160))
    if how.priority or how.pct:
        lines.append(Line(f"{codes[3]} {how.caption('priority')}"))
        earlier = print_date(file.filed - timedelta(days=rng.randint(100, 360)), "SG")
        if how.priority:
            lines.append(
                Line(f"{'(310)' if right == 'trademark' else '(31)'} {how.priority}  (32) {earlier}", 160)
            )
        if how.pct:
            lines.append(Line(f"(86) International application {how.pct}", 160))
    lines += [Line(each) for each in how.extra]
    lines += [
        Line("Description, 2 copies Claims"),
        Line("Drawings Power of attorney"),
        *stamp(file, how, rng, numbered=False),
    ]
    return Paper("form", tuple(lines))


def _shown_title(file: Application, how: Print) -> str:
    if how.native and file.native_title and not is_mark(file) and file.title != file.native_title:
        return f"{file.native_title} {file.title}" if how.layout % 2 else file.title
    return file.title


def stamp(file: Application, how: Print, rng: random.Random, *, numbered: bool) -> list[Line]:
    """The reception stamp, with the number where the office stamps it."""
    day = f"{file.filed:%d/%m/%Y}  {rng.randint(8, 16):02d}:{rng.randint(10, 59)}"
    lines = [Line("RECEIVED", 1300), Line(day, 1300)]
    if numbered:
        lines.append(Line(f"No. {how.shown(file)}", 1300))
    return lines


def prose(rng: random.Random, file: Application, count: int = 5) -> list[Line]:
    """A few sentences of a description."""
    stock = (
        "The present invention relates to a device which can be made in a village workshop",
        "from material that is at hand and repaired without special tools by any person.",
        "Attempts have been made to overcome this by larger machines, but these are heavy,",
        f"as shown in Fig. 1, the frame ({rng.randint(1, 9)}) rests on four legs of hardwood, and the",
        f"deck ({rng.randint(10, 40)}) is joined to the frame so that water cannot enter between them.",
        f"In a trial over thirty days with {rng.randint(100, 900)} kg each day no repair was needed.",
        "The object is met by what is said in claim 1; preferred forms are in the other claims.",
        f"Losses fell from {rng.randint(8, 20)}.5 per cent to 2.1 per cent over the whole season.",
    )
    return [Line(text) for text in rng.sample(stock, min(count, len(stock)))]


def description(
    file: Application, how: Print, rng: random.Random, *, head: bool, title: bool = True
) -> Paper:
    """A page of the description; head: the number stands above the text."""
    lines = []
    if head:
        number = how.shown(file)
        text = (f"{number}    {rng.randint(1, 9)}", number, f"Application No. {number}")[how.layout % 3]
        lines.append(Line(text, 900, own=how.owns and how.layout % 3 == 2))
    if title:
        lines += [Line("DESCRIPTION", 900), Line(_shown_title(file, how), 300)]
    return Paper("description", (*lines, *prose(rng, file)))


def claims(file: Application, rng: random.Random) -> Paper:
    """Claims, or the specimen of a mark."""
    if is_mark(file):
        lines = [
            Line("SPECIMEN OF THE MARK", 800),
            Line(file.title, 800),
            Line(f"Applicant: {file.applicant}"),
            Line("Class: 7"),
        ]
        return Paper("specimen", tuple(lines))
    return Paper("claims", (Line("CLAIMS", 900), Line("What is claimed is:"), *prose(rng, file, 4)))


def drawing(rng: random.Random) -> Paper:
    """A sheet of drawings."""
    return Paper(
        "drawing",
        (Line("1/2", 1100), Line(f"{rng.randint(1, 9)}  {rng.randint(10, 30)}", 600), Line("Fig. 1", 1100)),
    )


def letter(
    file: Application,
    how: Print,
    rng: random.Random,
    *,
    subject: str | None = None,
    body: Sequence[str] = (),
    ours: str = "",
) -> Paper:
    """An agent's letter. subject: the number it is about; ours: the agent's own reference; body: whole sentences."""
    lines = [
        Line(file.agent),
        Line(print_date(file.filed + timedelta(days=rng.randint(20, 700)), "SG"), 1500),
    ]
    if ours:
        lines.append(Line(f"Our ref: {ours}"))
    if subject is not None:
        lines.append(Line(f"Re: Application No. {subject}", own=False))
    lines += [Line("Dear Sirs,"), *[Line(text) for sentence in body for text in _wrapped(sentence)]]
    lines += [
        Line("We ask you to place these papers on the file and to confirm their receipt."),
        Line("Yours faithfully,"),
    ]
    return Paper("letter", tuple(lines))


def _wrapped(sentence: str, width: int = 78) -> list[str]:
    lines, line = [], ""
    for word in sentence.split():
        if len(line) + len(word) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def notice(file: Application, how: Print, rng: random.Random) -> Paper:
    """A notification of the office about one file."""
    lines = [*_head(how.office), Line("NOTIFICATION", 900)]
    lines += _number_lines(file, how, how.caption("number"))
    lines += [
        Line(f"Applicant: {file.applicant}"),
        Line("The application has been examined as to form."),
        Line("The papers are in order and the fee has been paid."),
    ]
    return Paper("notice", (*lines, *stamp(file, how, rng, numbered=rng.random() < 0.4)))


def receipt(file: Application, rng: random.Random, number: str, *, own: str | None) -> Paper:
    """A fee receipt; own: the application number it names."""
    lines = [
        Line("OFFICIAL RECEIPT", 900),
        Line(f"Receipt No. {number}", 1300),
        Line(f"Received from: {file.applicant}"),
    ]
    if own is not None:
        lines.append(Line(f"Application No.: {own}"))
    lines += [Line(f"{rng.choice(_MONEY)} {rng.randint(20, 900)},000") for _ in range(3)]
    return Paper("receipt", tuple(lines))


def power_of_attorney(file: Application, rng: random.Random) -> Paper:
    """A power of attorney without a number."""
    text = (
        f"We, {file.applicant}, do hereby appoint {file.agent} to be our agents and to act for us in all matters that concern "
        f'our application for "{file.title}", to sign and file papers, to pay fees and to receive communications.'
    )
    return Paper(
        "power_of_attorney", (Line("POWER OF ATTORNEY", 900), *[Line(line) for line in _wrapped(text)])
    )


def certificate(file: Application, how: Print, rng: random.Random, registration: str) -> Paper:
    """A certificate: registration number under (11), the application's under (21)."""
    is_trademark = is_mark(file)
    lines = [*_head(how.office), Line("CERTIFICATE OF REGISTRATION", 800)]
    lines.append(Line(f"{'(111)' if is_trademark else '(11)'} Registration No. {registration}"))
    lines += _number_lines(
        file, replace(how, layout=2), f"{'(210)' if is_trademark else '(21)'} {how.caption('number')}"
    )
    lines += [
        Line(f"{'(220)' if is_trademark else '(22)'} {how.caption('date')} {how.day(file.filed)}"),
        Line(file.title),
        Line(file.applicant),
    ]
    return Paper("certificate", tuple(lines))


def others_act(numbers: Sequence[str], rng: random.Random) -> Paper:
    """A paper of another person's act, about a file."""
    head = rng.choice(("STATUTORY DECLARATION", "NOTICE OF OPPOSITION", "REQUEST FOR INVALIDATION", "Third party observations on", "In the matter of"))  # fmt: skip
    lines = [Line(head, 800), *[Line(f"Application No.: {number}") for number in numbers]]
    return Paper(
        "others_act",
        (*lines, Line("I declare that I have used my own mark since the year 2001 in all provinces.")),
    )


def later_act(number: str, rng: random.Random) -> Paper:
    """A recordal that names a file, perhaps one of many."""
    head = rng.choice(("REQUEST FOR RECORDAL OF AN ASSIGNMENT", "DEED OF ASSIGNMENT", "LICENCE AGREEMENT", "REQUEST FOR A DIVISIONAL APPLICATION"))  # fmt: skip
    return Paper(
        "later_act",
        (Line(head, 800), Line(f"Application No.: {number}"), Line("The parties agree as follows.")),
    )


def cited_copy(file: Application, how: Print, rng: random.Random) -> Paper:
    """A copy from another file, marked as such."""
    first = rng.choice(("Annexed document 2", "Copy from patent file", "Cited document D1", "Exhibit A"))
    inner = form(file, how, rng)
    return Paper("cited_copy", (Line(first, 900), *inner.lines[-12:]))


def gazette(numbers: Sequence[str]) -> Paper:
    """A gazette page: many numbers with their codes."""
    lines = [Line("OFFICIAL GAZETTE", 900)]
    lines += [Line(f"(210) {number}") for number in numbers]
    return Paper("gazette", tuple(lines))


def foreign_form(number: str, rng: random.Random, office: str) -> Paper:
    """A certified copy of another office's application."""
    lines = [Line("CERTIFIED COPY", 900), Line(f"{office} patent office"), Line(f"(21) Application No. {number}"), Line(f"(22) Filing date {rng.randint(1, 28):02d}/06/{rng.randint(2005, 2020)}")]  # fmt: skip
    return Paper("priority_document", (*lines, Line("This is a true copy of the documents as filed.")))


def blank() -> Paper:
    """The back of a sheet."""
    return Paper("blank", ())

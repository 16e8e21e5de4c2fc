"""Kinds of dossier: what lies in them and what the truth about them is.

`PLAIN` folders say whose they are. `TRAPS` say so too, and hold numbers that must not win. In `UNSURE` ones nothing on
the papers proves the truth, or what is typed is wrong: whatever is linked there by itself is judged by the truth.
`BLIND` ones cannot be told from right ones by anything the machine has; they are counted apart.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from app.domain.offices import OfficeProfile
from ocr.sheet_codes import folder_code
from tests.benchmarks.linking_simulator import papers
from tests.benchmarks.linking_simulator.applications import Application, OfficeWorld, parse
from tests.benchmarks.linking_simulator.papers import Paper, Print
from tests.fixtures.office_numbers import NATIVE_ZERO, pct_number

COVERS_WITH_CODE = 0.4


@dataclass(frozen=True)
class Folder:
    """A dossier as it lies on the scanner. truth: the canonical number it belongs to, None where there is no one answer."""

    kind: str
    papers: tuple[Paper, ...]
    truth: str | None
    is_provable: bool
    is_blind: bool = False


@dataclass(frozen=True)
class Drawer:
    """What a kind is made from. neighbours: the files next to this one on the shelf."""

    file: Application
    world: OfficeWorld
    rng: random.Random
    neighbours: tuple[Application, ...]
    how: Print = field(default=Print("KH"))

    @property
    def office(self) -> OfficeProfile:
        """The office."""
        return self.world.office

    def other(self) -> Application:
        """Some other file: half the time one from the shelf beside."""
        if self.neighbours and self.rng.random() < 0.5:
            return self.rng.choice(self.neighbours)
        while True:
            run = self.rng.choice(self.world.runs)
            found = self.rng.choice(run)
            if found.canonical != self.file.canonical:
                return found

    def layout(self, **changes: object) -> Print:
        """The folder's print in a layout of this paper's own."""
        return replace(self.how, layout=self.rng.randrange(4), **changes)  # type: ignore[arg-type]

    # Papers in the folder's own print.
    def cover(self, **changes: object) -> Paper:
        """Its jacket; in a running project most carry a code by now."""
        has_code = (
            not changes and self.rng.random() < COVERS_WITH_CODE and parse(self.file.canonical, self.office)
        )
        return papers.cover(self.file, self.layout(**changes), payload_of(self.file) if has_code else None)

    def form(self, **changes: object) -> Paper:
        """Its request form."""
        return papers.form(self.file, self.layout(**changes), self.rng)

    def description(self, *, head: bool | None = None, **changes: object) -> Paper:
        """A page of its description."""
        head = self.rng.random() < 0.5 if head is None else head
        return papers.description(self.file, self.layout(**changes), self.rng, head=head)

    def claims(self) -> Paper:
        """Its claims or specimen."""
        return papers.claims(self.file, self.rng)

    def letter(self, **more: object) -> Paper:
        """A letter about it."""
        return papers.letter(self.file, self.how, self.rng, **more)  # type: ignore[arg-type]

    def notice(self, **changes: object) -> Paper:
        """A notification about it."""
        return papers.notice(self.file, self.layout(**changes), self.rng)

    def folder(
        self,
        kind: str,
        found: list[Paper],
        *,
        provable: bool = True,
        truth: str | None = "",
        blind: bool = False,
    ) -> Folder:
        """Put the papers together with what any folder may hold besides."""
        rng = self.rng
        if rng.random() < 0.35:
            found.append(papers.power_of_attorney(self.file, rng))
        if rng.random() < 0.3:
            found.append(
                papers.receipt(
                    self.file,
                    rng,
                    receipt_number(self),
                    own=self.file.printed if rng.random() < 0.6 else None,
                )
            )
        if rng.random() < 0.04:
            found.append(
                papers.receipt(self.file, rng, str(rng.randint(10000, 99999)), own=self.other().printed)
            )  # misfiled
        if rng.random() < 0.25:
            found.append(papers.drawing(rng))
        if rng.random() < 0.25:
            found.insert(rng.randint(1, len(found)), papers.blank())
        if rng.random() < 0.06:
            found.insert(1, found[0])  # fed twice: one sheet, read anew
        return Folder(kind, tuple(found), self.file.canonical if truth == "" else truth, provable, blind)


def payload_of(file: Application) -> str:
    """What the code on a folder's cover says: every other file has a cover sheet of ours, the others a label."""
    return folder_code(file.number.office, file.canonical, volume="vol 1/1", is_sheet=_has_sheet(file))


def _has_sheet(file: Application) -> bool:
    return sum(file.canonical.encode()) % 2 == 0


def receipt_number(d: Drawer) -> str:
    """A receipt's number, in the shape of one of the office's own as often as not."""
    rng = d.rng
    if rng.random() < 0.4:
        return d.other().printed
    return rng.choice((f"R-{d.file.filed.year}/{rng.randint(100, 99999)}", str(rng.randint(10000, 9999999))))


def near(d: Drawer, how: str | None = None) -> str | None:
    """The file's printed number with one slip in it that is a number still: a digit, two exchanged, one lost."""
    rng, text = d.rng, d.file.printed
    spots = [at for at, char in enumerate(text) if char.isdigit()]
    for _ in range(40):
        slip = how or rng.choice(("digit", "digit", "look", "swap", "next"))
        at = rng.choice(spots[-5:])
        if slip == "swap":
            at = rng.choice(spots[:-1])
            changed = text[:at] + text[at + 1] + text[at] + text[at + 2 :] if text[at + 1].isdigit() else text
        elif slip == "next":
            digit = str((int(text[spots[-1]]) + rng.choice((1, 9))) % 10)
            changed = text[: spots[-1]] + digit + text[spots[-1] + 1 :]
        elif slip == "look":
            like = {
                "0": "86",
                "1": "7",
                "2": "7",
                "3": "8",
                "4": "9",
                "5": "6",
                "6": "58",
                "7": "1",
                "8": "3",
                "9": "4",
            }
            changed = text[:at] + rng.choice(like[text[at]]) + text[at + 1 :]
        else:
            changed = text[:at] + rng.choice("0123456789") + text[at + 1 :]
        number = parse(changed, d.office)
        if number is not None and number.canonical != d.file.canonical:
            return changed
    return None


def plain(d: Drawer) -> Folder:
    pages = [d.cover(), d.form(), d.description(), d.claims()]
    if d.rng.random() < 0.5:
        pages.append(d.letter(subject=d.file.printed))
    return d.folder("plain", pages)


def no_cover(d: Drawer) -> Folder:
    return d.folder("no_cover", [d.form(), d.description(), d.claims(), d.letter(subject=d.file.printed)])


def cover_code(d: Drawer) -> Folder:
    code = payload_of(d.file) if parse(d.file.canonical, d.office) else None
    return d.folder(
        "cover_code", [papers.cover(d.file, d.layout(), code), d.description(head=False), d.claims()]
    )


def native(d: Drawer) -> Folder:
    changed = replace(d, how=replace(d.how, native=d.office.code in NATIVE_ZERO))
    return d.folder("native", [d.cover(), changed.form(), d.description(head=True), changed.notice()])


def granted(d: Drawer) -> Folder:
    registration = str(d.rng.randint(1000, 99999)) if d.rng.random() < 0.5 else f"{d.office.code}/{d.file.filed.year + 2}/{d.rng.randint(10000, 99999)}"  # fmt: skip
    return d.folder(
        "granted",
        [papers.certificate(d.file, d.layout(), d.rng, registration), d.form(), d.notice(), d.claims()],
    )


def stamped(d: Drawer) -> Folder:
    """The number is stamped on the form; later papers carry it as their subject."""
    form = d.form(with_number=False)
    form = replace(form, lines=(*form.lines, *papers.stamp(d.file, d.how, d.rng, numbered=True)))
    return d.folder("stamped", [form, d.notice(), d.description(head=True), d.letter(subject=d.file.printed)])


def thick(d: Drawer) -> Folder:
    pages = [
        d.cover(),
        d.form(),
        *[d.description(head=True) for _ in range(5)],
        d.claims(),
        d.notice(),
        d.letter(subject=d.file.printed),
    ]
    return d.folder("thick", pages)


def spaced(d: Drawer) -> Folder:
    """Full-width slashes, spaces round separators, zero-width spaces."""
    joint = d.rng.choice((" / ", "／", "/ ", " ／ "))
    shown = d.file.printed.replace("/", joint).replace("-", d.rng.choice(("‑", "–", " - ")))
    return d.folder("spaced", [d.cover(), d.form(number=shown), d.description(head=True), d.claims()])


def cited_rivals(d: Drawer) -> Folder:
    numbers = [d.other().printed, near(d) or d.other().printed]
    body = (
        f"The Examiner has cited the prior application {numbers[0]} of another applicant against novelty.",
        f"Our client is also the proprietor of application {numbers[1]}, which is not at issue here.",
    )
    return d.folder(
        "cited_rivals", [d.form(), d.letter(subject=d.file.printed, body=body), d.description(), d.claims()]
    )


def our_reference(d: Drawer) -> Folder:
    ours = d.rng.choice(
        (d.other().printed, f"{d.rng.randint(10000, 99999)}/TM", str(d.rng.randint(100000, 999999)))
    )
    return d.folder(
        "our_reference", [d.cover(), d.form(), d.letter(subject=d.file.printed, ours=ours), d.claims()]
    )


def priority(d: Drawer) -> Folder:
    abroad = f"{d.rng.choice(('JP', 'VN', 'PH'))} {d.rng.choice(('1-', ''))}{d.file.filed.year - 1}-{d.rng.randint(1000, 99999):05d}"
    first = abroad if d.rng.random() < 0.6 else d.other().printed
    return d.folder("priority", [d.cover(), d.form(priority=first, pct=pct_number(d.file.filed.year - 1, d.rng.randint(1, 49999))), d.description()])  # fmt: skip


def foreign_page(d: Drawer) -> Folder:
    other = d.rng.choice(("VN", "PH", "JP", "ID"))
    number = f"1-{d.file.filed.year - 1}-{d.rng.randint(100, 99999):05d}"
    return d.folder(
        "foreign_page",
        [d.cover(), d.form(), papers.foreign_form(number, d.rng, other), d.description(head=True)],
    )


def receipt_like(d: Drawer) -> Folder:
    return d.folder(
        "receipt_like",
        [d.cover(), d.form(), papers.receipt(d.file, d.rng, d.other().printed, own=None), d.claims()],
    )


def telephone_like(d: Drawer) -> Folder:
    digits = "".join(char for char in d.other().printed if char.isdigit())
    letter = d.letter(subject=d.file.printed, body=(f"Please call us at Tel. {digits} on any working day.",))
    return d.folder("telephone_like", [d.form(), letter, d.description(), d.claims()])


def sealed(d: Drawer) -> Folder:
    return d.folder(
        "sealed", [d.form(covered=True), d.letter(subject=d.file.printed), d.description(head=True)]
    )


def faded(d: Drawer) -> Folder:
    pages = [d.cover(), d.form(), d.description(head=True), d.claims()]
    return d.folder("faded", [replace(page, level=d.rng.uniform(2.0, 6.0)) for page in pages])


def copies_of_others(d: Drawer) -> Folder:
    other = d.other()
    copy = papers.cited_copy(other, replace(d.layout(), number=None), d.rng)
    return d.folder("copies_of_others", [d.cover(), d.form(), d.description(head=True), copy])


def own_opposition(d: Drawer) -> Folder:
    pages = [d.cover(), d.form(), d.claims(), papers.others_act([d.file.printed], d.rng)]
    return d.folder("own_opposition", pages)


def later_acts(d: Drawer) -> Folder:
    return d.folder(
        "later_acts", [d.cover(), d.form(), d.description(), papers.later_act(d.file.printed, d.rng)]
    )


def gazetted(d: Drawer) -> Folder:
    numbers = [d.other().printed for _ in range(5)]
    numbers.insert(d.rng.randint(0, 5), d.file.printed)
    return d.folder("gazetted", [d.cover(), d.form(), d.claims(), papers.gazette(numbers)])


def divisional(d: Drawer) -> Folder:
    parent = d.other()
    extra = (
        d.rng.choice(("(62)", "Divided from application No.", "Parent application:")) + f" {parent.printed}",
    )
    return d.folder("divisional", [d.cover(), d.form(extra=extra), d.description(), d.claims()])

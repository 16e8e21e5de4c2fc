"""Kinds of dossier in which nothing proves the truth, or what is typed is wrong; and how often each kind comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.benchmarks.linking_simulator import papers
from tests.benchmarks.linking_simulator.applications import parse
from tests.benchmarks.linking_simulator.folders import (
    Drawer,
    Folder,
    cited_rivals,
    copies_of_others,
    cover_code,
    divisional,
    faded,
    foreign_page,
    gazetted,
    granted,
    later_acts,
    native,
    near,
    no_cover,
    our_reference,
    own_opposition,
    payload_of,
    plain,
    priority,
    receipt_like,
    receipt_number,
    sealed,
    spaced,
    stamped,
    telephone_like,
    thick,
)


def others_act(d: Drawer) -> Folder:
    """An opposition that names another file: put in here rightly, or misfiled; a person has to look."""
    pages = [d.cover(), d.form(), d.claims(), papers.others_act([d.other().printed], d.rng)]
    return d.folder("others_act", pages, provable=False)


def acts_of_another(d: Drawer) -> Folder:
    """An assignment that names another file: one of several it is about, or misfiled; a person has to look."""
    pages = [d.cover(), d.form(), d.description(), papers.later_act(d.other().printed, d.rng)]
    return d.folder("acts_of_another", pages, provable=False)


def only_cited(d: Drawer) -> Folder:
    body = (
        f"We ask that these papers be kept until a decision is reached on our earlier application {d.other().printed}.",
    )
    pages = [d.letter(body=body), papers.power_of_attorney(d.file, d.rng), d.claims()]
    return d.folder("only_cited", pages, provable=False)


def two_files(d: Drawer) -> Folder:
    """A separator was missed: two files in one."""
    second = replace(d, file=d.other())
    pages = [d.cover(), d.form(), d.description(), second.cover(), second.form(), second.description()]
    if d.rng.random() < 0.4:
        pages = [pages[1], pages[2], pages[4], pages[5]]
    return d.folder("two_files", pages, provable=False, truth=None)


def tail_of_another(d: Drawer) -> Folder:
    """The last papers of the file before lie on top, without a jacket of their own."""
    second = replace(d, file=d.other())
    pages = [second.notice(), second.claims(), d.cover(), d.form(), d.description()]
    return d.folder("tail_of_another", pages, provable=False)


def misfiled(d: Drawer) -> Folder:
    other = replace(d, file=d.other())
    page = d.rng.choice((other.notice, other.form, lambda: other.description(head=True)))()
    return d.folder("misfiled", [d.cover(), d.form(), d.description(head=True), page], provable=False)


def wrong_jacket(d: Drawer) -> Folder:
    """Papers of this file in another's jacket, perhaps with that jacket's code: the papers' file is meant."""
    other = replace(d, file=d.other())
    code = payload_of(other.file) if d.rng.random() < 0.5 else None
    pages = [papers.cover(other.file, other.layout(), code), d.form(), d.description(), d.claims()]
    return d.folder("wrong_jacket", pages, provable=False)


def jacket_only(d: Drawer) -> Folder:
    """Another's jacket round papers that give no number; the code of its old file may be on it still."""
    other = replace(d, file=d.other())
    code = payload_of(other.file) if d.rng.random() < 0.3 else None
    pages = [
        papers.cover(other.file, other.layout(), code),
        d.description(head=False),
        d.claims(),
        papers.power_of_attorney(d.file, d.rng),
    ]
    return d.folder("jacket_only", pages, provable=False, truth=None, blind=other.file.title == d.file.title)


def slip_on_form(d: Drawer) -> Folder:
    return d.folder(
        "slip_on_form", [d.cover(), d.form(number=near(d), owns=False), d.description()], provable=False
    )


def slip_on_cover(d: Drawer) -> Folder:
    return d.folder(
        "slip_on_cover", [d.cover(number=near(d), owns=False), d.form(), d.description()], provable=False
    )


def slip_everywhere(d: Drawer) -> Folder:
    """One wrong number on every page. Blind where nothing the machine has speaks against it."""
    wrong = near(d)
    pages = [
        d.cover(number=wrong, owns=False),
        d.form(number=wrong, owns=False),
        d.description(head=True, number=wrong, owns=False),
    ]
    if d.rng.random() < 0.5:
        pages = pages[1:]
    number = parse(wrong, d.office) if wrong else None
    row = d.world.register.find(number.canonical) if number else None
    fits = row is not None and (row.title == d.file.title or not row.title)
    return d.folder("slip_everywhere", pages, provable=False, blind=fits)


def slip_to_family(d: Drawer) -> Folder:
    """One wrong number on every page, and its register row is this file's sister: same title, same applicant."""
    sisters = [each for each in d.neighbours if each.title == d.file.title and each.row is not None]
    if not sisters:
        return slip_everywhere(d)
    wrong = d.rng.choice(sisters).printed
    pages = [
        d.cover(number=wrong, owns=False),
        d.form(number=wrong, owns=False),
        d.description(head=True, number=wrong, owns=False),
    ]
    return d.folder("slip_to_family", pages, provable=False, blind=True)


def handwritten(d: Drawer) -> Folder:
    pages = [d.cover(with_number=False), d.form(with_number=False), papers.power_of_attorney(d.file, d.rng)]
    return d.folder("handwritten", pages, provable=False)


def separators_lost(d: Drawer) -> Folder:
    """Typed without its slashes and dashes."""
    bare = d.file.printed.replace("/", "").replace("-", "").replace(" ", "")
    return d.folder(
        "separators_lost",
        [d.form(number=bare, owns=False), d.description(head=True, number=bare, owns=False)],
        provable=False,
    )


def receipt_only(d: Drawer) -> Folder:
    pages = [papers.receipt(d.file, d.rng, receipt_number(d), own=None), d.description(head=False)]
    return d.folder("receipt_only", pages, provable=False)


def letters_only(d: Drawer) -> Folder:
    """Letters about the file, and no paper of its own."""
    pages = [
        d.letter(subject=d.file.printed),
        d.letter(subject=d.file.printed),
        papers.power_of_attorney(d.file, d.rng),
    ]
    return d.folder("letters_only", pages, provable=False)


def others_act_only(d: Drawer) -> Folder:
    """Another person's papers about some file."""
    named = d.other().printed
    return d.folder(
        "others_act_only", [papers.others_act([named], d.rng), papers.later_act(named, d.rng)], provable=False
    )


def number_of_certificate(d: Drawer) -> Folder:
    """Only a registration number, which is some other file's application number."""
    paper = papers.certificate(d.file, d.layout(with_number=False), d.rng, d.other().printed)
    return d.folder("number_of_certificate", [paper, d.claims()], provable=False)


Kind = Callable[[Drawer], Folder]
PLAIN: dict[Kind, float] = {
    plain: 14,
    no_cover: 6,
    cover_code: 4,
    native: 4,
    granted: 5,
    stamped: 3,
    thick: 2,
    spaced: 2,
}
TRAPS: dict[Kind, float] = {
    cited_rivals: 4, our_reference: 3, priority: 4, foreign_page: 3, receipt_like: 3, telephone_like: 3, sealed: 2, faded: 4,
    copies_of_others: 3, own_opposition: 2, later_acts: 2, gazetted: 2, divisional: 2,
}  # fmt: skip
UNSURE: dict[Kind, float] = {
    only_cited: 2, two_files: 3, tail_of_another: 2, misfiled: 3, wrong_jacket: 3, jacket_only: 2, slip_on_form: 2, slip_on_cover: 2,
    slip_everywhere: 3, handwritten: 2, separators_lost: 1, receipt_only: 1.5, letters_only: 1.5, others_act_only: 1, others_act: 1, acts_of_another: 1,
    number_of_certificate: 1,
}  # fmt: skip
BLIND: dict[Kind, float] = {slip_to_family: 0.4}
ALL_KINDS: dict[Kind, float] = {**PLAIN, **TRAPS, **UNSURE, **BLIND}

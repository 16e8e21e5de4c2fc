"""Whatever recognition does to some pages, a folder is never proven to belong to another application.

Folders are drawn from a small world of applications whose numbers lie as close together as misreading can
bring them; pages are corrupted with the confusions of real recognition, and rivals, receipts, letters and
misfiled pages are thrown in.
"""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.linking import LinkDecision, decide_link
from app.domain.register import MemoryRegister
from app.domain.states import LinkState
from tests.helpers.paper_folders import OFFICES, folder_of, register_of

TODAY = date(2026, 11, 22)
CONFUSIONS = {
    "0": "86OD", "1": "7lI", "2": "7Z", "3": "8", "4": "9", "5": "6S", "6": "5b8", "7": "1", "8": "30B", "9": "4g",
}  # fmt: skip
NUMBERS = {
    "KH": "KH/D/2019/{:05d}", "VN": "4-2019-{:05d}", "PH": "1/2019/{:06d}", "ID": "P002019{:05d}", "LA": "{}", "TH": "1901{:06d}",
}  # fmt: skip
TITLES = (
    "Floating house for rivers",
    "Solar dryer for paddy rice",
    "Boat with outrigger",
    "Water pump driven by wind",
    "Fishing net float of foam",
    "Seed drill for mung beans",
    "Household filter with candle",
    "Folding market stall",
)
PROSE = (
    "The invention relates to an apparatus of the kind that is used in villages during the rainy season and\n"
    "which can be repaired without special tools by any person who has the usual skill in that trade.\n"
    "It has a frame, a deck and a cover, and these parts are joined so that water cannot enter between them."
)
ANYONES_PAPERS = (
    "In the matter of Application No.: {}",
    "STATUTORY DECLARATION\nI own the mark under\nApplication No.: {}",
    "Third party observations on\nApplication No.: {}",
    "REQUEST FOR INVALIDATION\nApplication No.: {}",
    "Request for registration of an assignment of the patent\nApplication No.: {}",
    "First application No.: {}",
    "Application No.: {}",
)
SERIALS = (125, 126, 128, 135, 185, 725, 1125, 12)

worlds = st.fixed_dictionaries(
    {
        "office": st.sampled_from(sorted(NUMBERS)),
        "own": st.sampled_from(SERIALS),
        "other": st.sampled_from(SERIALS),
        "seed": st.integers(0, 10**9),
        "papers": st.lists(st.sampled_from(["cover", "form", "description", "head"]), min_size=1, max_size=4),
        "extras": st.lists(st.sampled_from(["letter", "receipt", "priority", "subject"]), max_size=3),
        "rate": st.sampled_from([0.0, 0.03, 0.1, 0.25]),
        "same_title": st.booleans(),
    }
)


def number_of(office: str, serial: int) -> str:
    return NUMBERS[office].format(serial + (37000 if office == "LA" else 0))


def title_of(world: dict, serial: int) -> str:
    return TITLES[0] if world["same_title"] else TITLES[SERIALS.index(serial)]


def paper(kind: str, number: str, title: str, other: str) -> str:
    return {
        "cover": f"APPLICATION FILE\nApplication No. {number}\nTitle: {title}",
        "form": f"REQUEST\n(21) Application No. {number} (22) 05/03/2019\n(54) Title: {title}\n(71) Mekong Works Ltd.",
        "description": f"DESCRIPTION\n{title}\n{PROSE}",
        "head": f"{number}\n{PROSE}\n{title}",
        "letter": f"Dear Sir,\nWe refer to our earlier application No. {other} of 2018\nYours faithfully,",
        "receipt": f"RECEIPT\nReceipt No. {other}\nAmount 120",
        "priority": f"(30) {other}\n{PROSE}",
        "subject": f"Dear Sir,\nRe: Application No. {number}\nYours faithfully,",
    }[kind]


def misread(text: str, rng: random.Random, rate: float) -> str:
    return "".join(
        rng.choice(CONFUSIONS[char]) if char in CONFUSIONS and rng.random() < rate else char for char in text
    )


def register_of_world(world: dict) -> MemoryRegister:
    rows = [
        f"{number_of(world['office'], serial)};{title_of(world, serial)};Mekong Works Ltd.;2019-03-05"
        for serial in SERIALS
    ]
    return register_of(*rows, office=world["office"])


def link(world: dict, pages: list[str], register: MemoryRegister | None) -> LinkDecision:
    evidence = folder_of(pages, world["office"])
    return decide_link(evidence, office=OFFICES[world["office"]], register=register, today=TODAY)


def pages_of(world: dict, rng: random.Random, *, spoil_all: bool) -> list[str]:
    """The folder's pages; unless spoil_all, misreading strikes one paper only (pages fail independently)."""
    number, other = number_of(world["office"], world["own"]), number_of(world["office"], world["other"])
    title = title_of(world, world["own"])
    kinds = [*world["papers"], *world["extras"]]
    struck = rng.randrange(len(world["papers"]))
    pages = []
    for at, kind in enumerate(kinds):
        text = paper(kind, number, title, other)
        pages.append(misread(text, rng, world["rate"]) if spoil_all or at == struck else text)
    return pages


def assert_not_wrong(world: dict, decision: LinkDecision) -> None:
    if decision.link is not LinkState.PROVEN:
        return
    assert decision.number is not None
    own = OFFICES[world["office"]]
    expected = number_of(world["office"], world["own"])
    assert decision.number.canonical == type(decision.number).parse(expected, own).canonical, decision


@settings(max_examples=120, deadline=None)
@given(worlds)
def test_one_misread_page_never_proves_another_application(world: dict) -> None:
    pages = pages_of(world, random.Random(world["seed"]), spoil_all=False)
    assert_not_wrong(world, link(world, pages, None))
    assert_not_wrong(world, link(world, pages, register_of_world(world)))


@settings(max_examples=120, deadline=None)
@given(worlds.filter(lambda world: not world["same_title"]))
def test_misreading_everywhere_never_proves_a_neighbour_of_another_title(world: dict) -> None:
    pages = pages_of(world, random.Random(world["seed"]), spoil_all=True)
    assert_not_wrong(world, link(world, pages, register_of_world(world)))


@settings(max_examples=60, deadline=None)
@given(worlds.filter(lambda world: world["own"] != world["other"]), st.booleans())
def test_folder_of_two_applications_is_never_proven(world: dict, with_register: bool) -> None:
    title, other_title = title_of(world, world["own"]), title_of(world, world["other"])
    number, other = number_of(world["office"], world["own"]), number_of(world["office"], world["other"])
    pages = [paper(kind, number, title, other) for kind in ("cover", "form", "description")]
    pages += [paper(kind, other, other_title, number) for kind in ("form", "description")]
    random.Random(world["seed"]).shuffle(pages)
    decision = link(world, pages, register_of_world(world) if with_register else None)
    assert decision.link is LinkState.NEEDS_REVIEW


@settings(max_examples=60, deadline=None)
@given(worlds, st.booleans())
def test_letters_receipts_and_priorities_alone_never_prove(world: dict, with_register: bool) -> None:
    number, other = number_of(world["office"], world["own"]), number_of(world["office"], world["other"])
    kinds = [*world["extras"], "letter", "subject", "description"]
    pages = [paper(kind, number, title_of(world, world["own"]), other) for kind in kinds]
    decision = link(world, pages, register_of_world(world) if with_register else None)
    assert decision.link is not LinkState.PROVEN


@settings(max_examples=60, deadline=None)
@given(worlds, st.lists(st.sampled_from(ANYONES_PAPERS), min_size=1, max_size=4))
def test_papers_about_any_file_never_prove_without_a_register(world: dict, papers: list[str]) -> None:
    cited, title = number_of(world["office"], world["other"]), title_of(world, world["own"])
    pages = [paper(kind, cited, title, cited) for kind in (*world["extras"], "description")]
    pages += [each.format(cited) for each in papers]
    random.Random(world["seed"]).shuffle(pages)
    assert link(world, pages, None).link is not LinkState.PROVEN


@settings(max_examples=60, deadline=None)
@given(worlds, st.booleans(), st.booleans())
def test_unread_own_number_never_lets_another_be_proven(
    world: dict, with_register: bool, is_cover_there: bool
) -> None:
    number, title = number_of(world["office"], world["own"]), title_of(world, world["own"])
    unread = f"REQUEST\n(21) Application No.:\n(54) Title: {title}\n{PROSE}"
    pages = [unread, *(paper(kind, number, title, number) for kind in ("form", "description", "form"))]
    if is_cover_there:
        pages.append(paper("cover", number, title, number))
    random.Random(world["seed"]).shuffle(pages)
    decision = link(world, pages, register_of_world(world) if with_register else None)
    assert is_cover_there or decision.link is LinkState.NEEDS_REVIEW


@pytest.mark.parametrize("office", sorted(NUMBERS))
@pytest.mark.parametrize("with_register", [True, False])
def test_clean_folders_are_proven_at_every_office(office: str, with_register: bool) -> None:
    world = {"office": office, "own": 725, "other": 12, "same_title": False}
    number, other = number_of(office, 725), number_of(office, 12)
    kinds = ("cover", "form", "description", "letter", "receipt", "priority")
    pages = [paper(kind, number, title_of(world, 725), other) for kind in kinds]
    decision = link(world, pages, register_of_world(world) if with_register else None)
    assert decision.link is LinkState.PROVEN, decision.reasons
    assert_not_wrong(world, decision)

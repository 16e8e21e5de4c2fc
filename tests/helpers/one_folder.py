"""One folder as text, its register row, and what the linker says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from app.domain.linking import LinkDecision, decide_link
from app.domain.register import MemoryRegister
from app.domain.states import LinkState
from tests.helpers.paper_folders import OFFICES, folder_of, register_of

TODAY = date(2026, 11, 22)
NUMBER = "KH/D/2019/00125"
COVER = f"KINGDOM OF CAMBODIA\nINDUSTRIAL DESIGN APPLICATION\n{NUMBER}"
FORM = (
    f"REQUEST FOR REGISTRATION\n(21) Application No. {NUMBER} (22) 05/03/2019\n(54) Title: Floating house for rivers\n"
    "(71) Applicant: Mekong Houses Co., Ltd."
)
PROSE = (
    "The invention relates to a house that floats and is moored in a river when water rises in the rainy season.\n"
    "It has pontoons, a deck and a roof made of palm leaves, and people live in it during the whole year.\n"
    "The pontoons are joined by a frame of bamboo, which is repaired without special tools by any villager."
)
DESCRIPTION = f"DESCRIPTION\nFloating house for rivers\n{PROSE}"
LETTER = (
    "Dear Sir,\nWe refer to our earlier application No. KH/D/2018/00044 and to the Solar dryer of KH/D/2019/00126\n"
    "as well as to the priority application No. KH/D/2017/00001.\nYours faithfully,"
)
RECEIPT = "OFFICIAL RECEIPT\nReceipt No. 0012345\nAmount 1,250,000\nTel: 023 456 789"
ROW = f"{NUMBER};Floating house for rivers;Mekong Houses Co., Ltd.;2019-03-05"
NEIGHBOUR = "KH/D/2019/00126;Solar dryer;Mekong Houses Co., Ltd.;2019-03-05"
OTHER = "KH/D/2018/00044;Boat with outrigger;Mekong Houses Co., Ltd.;2018-03-05"
REGISTER = register_of(ROW, NEIGHBOUR, OTHER)


def decide(
    pages: Sequence[str],
    register: MemoryRegister | None = None,
    office: str = "KH",
    *,
    confidence: float = 0.95,
    codes: Mapping[int, Sequence[str]] | None = None,
) -> LinkDecision:
    evidence = folder_of(pages, office, confidence=confidence, codes=codes)
    return decide_link(evidence, office=OFFICES[office], register=register, today=TODAY)


def codes_of(decision: LinkDecision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def assert_proven(decision: LinkDecision, canonical: str = NUMBER) -> None:
    assert decision.link is LinkState.PROVEN, decision.reasons
    assert decision.number is not None
    assert decision.number.canonical == canonical


def assert_review(decision: LinkDecision, code: str) -> None:
    assert decision.link is LinkState.NEEDS_REVIEW, decision.reasons
    assert code in codes_of(decision)

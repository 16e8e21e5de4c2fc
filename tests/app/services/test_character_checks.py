"""What people say of single characters: nothing is linked by it, a wrong one goes back to a person, all is taken back."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from itertools import count

import pytest

from app.domain.field_kinds import DossierField, FieldState
from app.domain.ids import DossierId, PageId
from app.domain.offices import load_offices
from app.domain.second_keying import SecondKeying
from app.domain.states import DossierState, LinkState
from app.errors import Conflict
from app.paths import offices_dir
from app.queries import audit
from app.queries.characters import CHECKED, MISREAD, ReadText, texts_to_check
from app.queries.dossiers import get_dossier
from app.queries.fields import fields_of
from app.services import release
from app.services.character_checks import CharacterChecks, CharacterSaid, carry_over, is_misread
from app.services.fields import keep_readings
from app.services.indexing import Indexing
from app.services.review import Review
from app.storage.tables import DossierRow
from ocr.types import Box
from tests.app.services.test_fields import reading
from tests.helpers.home_builder import NOW, build_home

OFFICES = load_offices(offices_dir())
DOSSIER = DossierId(1)
NUMBER = DossierField.APPLICATION_NUMBER
READ = "KH/P/2018/00417"


@pytest.fixture
def home(tmp_path):
    built = build_home(tmp_path / "home")
    ticks = count(1)
    built.database.clock = lambda: NOW + timedelta(seconds=next(ticks))
    sighting = {
        "page_id": built.page_ids[1], "page_number": 2, "box": asdict(Box(10, 10, 80, 12)), "raw": "KH/P/2O18/00417",
        "role": "application", "label": "(21)", "confidence": 0.9, "edits": [],
    }  # fmt: skip
    candidate = {
        "application_number": READ, "confidence": 0.97, "format_id": "KH-P", "right": "patent", "role": "application",
        "in_register": None, "sightings": [sighting], "signals": [],
    }  # fmt: skip
    with built.database.write("machine") as tx:
        dossier = tx.session.get_one(DossierRow, DOSSIER)
        dossier.link = LinkState.PROVEN
        dossier.link_facts = {"reasons": [], "candidates": [candidate]}
    yield built
    built.database.close()


@pytest.fixture
def checks(home):
    return CharacterChecks(home.database, "sokha", OFFICES)


def text_of(home, what=NUMBER) -> ReadText | None:
    return next((each for each in texts_to_check(home.database) if each.what is what), None)


def said(home, place, put=None, what=NUMBER):
    text = text_of(home, what)
    return CharacterSaid(DOSSIER, what, text.page_id, text.printed, place, put)


def test_characters_are_what_they_were_read_as_and_repaired_ones_are_least_sure(home):
    text = text_of(home)
    assert (text.printed, text.read, text.canonical) == ("KH/P/2O18/00417", READ, READ)
    assert [place for place, sure in enumerate(text.sureness) if sure >= 0] == [6]
    assert not text.checked
    assert not text.is_bound


def test_characters_seen_to_be_right_link_nothing_and_are_not_shown_again(home, checks):
    kept = checks.keep([said(home, place) for place in (0, 1, 14)])
    assert text_of(home).checked == {0, 1, 14}
    detail = get_dossier(home.database, DOSSIER)
    assert (detail.summary.state, detail.summary.application_number) == (DossierState.TO_INDEX, None)
    assert [line.action for line in audit.story(home.database, DOSSIER)][-1] == "characters_seen"
    checks.take_back(kept)
    assert not text_of(home).checked


def test_a_corrected_character_proposes_the_number_it_makes_and_waits_for_a_person(home, checks):
    kept = checks.keep([said(home, 14, "1"), said(home, 0)])
    detail = get_dossier(home.database, DOSSIER)
    assert [(each.application_number, each.role) for each in detail.candidates] == [
        ("KH/P/2018/00411", "application"),
        (READ, MISREAD),
    ]
    assert detail.summary.state is DossierState.TO_INDEX
    assert detail.summary.link is LinkState.NEEDS_REVIEW
    assert detail.summary.return_reason == f"misread: {READ}, 7 → 1: KH/P/2018/00411"
    assert audit.story(home.database, DOSSIER)[-1].action == "number_doubted"
    checks.take_back(kept)
    detail = get_dossier(home.database, DOSSIER)
    assert [each.application_number for each in detail.candidates] == [READ]
    assert (detail.summary.link, detail.summary.return_reason) == (LinkState.PROVEN, None)


def test_a_character_only_said_to_be_wrong_takes_the_number_out_of_what_is_proposed(home, checks):
    checks.keep([said(home, 14, "")])
    detail = get_dossier(home.database, DOSSIER)
    assert [(each.application_number, each.role) for each in detail.candidates] == [(READ, MISREAD)]
    assert detail.summary.best_guess is None
    assert text_of(home) is None


def test_what_a_reviewer_had_against_a_folder_stays_told(home, checks):
    with home.database.write("dara") as tx:
        tx.session.get_one(DossierRow, DOSSIER).return_reason = "missing_page: after page 3"
    checks.keep([said(home, 14, "")])
    reason = get_dossier(home.database, DOSSIER).summary.return_reason
    assert reason == f"missing_page: after page 3 · {READ}, 7 → ?"


def test_what_makes_no_number_of_the_office_is_not_proposed(home, checks):
    checks.keep([said(home, 0, "X")])
    assert [each.role for each in get_dossier(home.database, DOSSIER).candidates] == [MISREAD]


def test_a_linked_folder_goes_back_by_the_usual_way_and_comes_again_when_that_is_taken_back(home, checks):
    Indexing(home.database, "dara", OFFICES).confirm(DOSSIER, READ)
    with home.database.write("machine") as tx:
        tx.session.get_one(DossierRow, DOSSIER).link = LinkState.PROVEN
    assert text_of(home).is_bound
    kept = checks.keep([said(home, 14, "1")])
    assert get_dossier(home.database, DOSSIER).summary.state is DossierState.RETURNED
    checks.take_back(kept)
    detail = get_dossier(home.database, DOSSIER)
    assert (detail.summary.state, detail.summary.application_number) == (DossierState.TO_REVIEW, READ)
    with home.database.read() as session:
        assert release.active_link(_Reading(session), DOSSIER) is not None


class _Reading:
    def __init__(self, session):
        self.session = session


def test_what_another_person_is_to_key_unseen_is_not_shown(home):
    twice = SecondKeying(whose="confirmed")
    Indexing(home.database, "dara", OFFICES, twice).confirm(DOSSIER, READ)
    with home.database.write("machine") as tx:
        tx.session.get_one(DossierRow, DOSSIER).link = LinkState.PROVEN
    assert text_of(home) is None
    Review(home.database, "vanna").return_to_indexing(DOSSIER, "x")  # until it is confirmed again
    assert text_of(home) is not None


def test_taking_back_is_refused_whole_when_a_person_has_gone_on(home, checks):
    kept = checks.keep([said(home, 14, "1"), said(home, 0)])
    Indexing(home.database, "dara", OFFICES).confirm(DOSSIER, "KH/P/2018/00411")
    with pytest.raises(Conflict, match="check_overtaken"):
        checks.take_back(kept)
    assert get_dossier(home.database, DOSSIER).summary.application_number == "KH/P/2018/00411"


def test_a_text_that_is_read_otherwise_by_now_is_left_alone(home, checks):
    old = said(home, 14, "1")
    with home.database.write("machine") as tx:
        dossier = tx.session.get_one(DossierRow, DOSSIER)
        (candidate,) = dossier.link_facts["candidates"]
        (place,) = candidate["sightings"]
        dossier.link_facts = {
            "candidates": [{**candidate, "sightings": [{**place, "raw": "KH/P/2018/00418"}]}]
        }
    kept = checks.keep([old])
    assert (kept.outdated, kept.numbers) == (1, ())
    assert get_dossier(home.database, DOSSIER).summary.return_reason is None


@pytest.mark.parametrize("seen", [(), (0,)], ids=["nothing seen", "one seen"])
@pytest.mark.parametrize(
    ("put", "proposed"),
    [("", [(READ, MISREAD)]), ("1", [("KH/P/2018/00411", "application"), (READ, MISREAD)])],
    ids=["wrong", "put right"],
)
def test_what_was_said_holds_when_the_linker_decides_anew_on_the_same_text(home, checks, seen, put, proposed):
    with home.database.read() as session:
        fresh = session.get_one(DossierRow, DOSSIER).link_facts
    checks.keep([said(home, 14, put), *(said(home, place) for place in seen)])
    with home.database.write("machine") as tx:
        old = tx.session.get_one(DossierRow, DOSSIER).link_facts
        again = carry_over(tx, old, fresh, OFFICES["KH"])
    assert [(each["application_number"], each["role"]) for each in again["candidates"]] == proposed
    assert again.get(CHECKED) == old.get(CHECKED)
    assert is_misread(again, READ)


def test_a_number_of_another_text_is_proposed_as_ever(home, checks):
    with home.database.read() as session:
        (fresh,) = session.get_one(DossierRow, DOSSIER).link_facts["candidates"]
    checks.keep([said(home, 14, "1")])
    (place,) = fresh["sightings"]
    other = {**fresh, "sightings": [{**place, "raw": "KH/P/2018/00417"}]}
    with home.database.write("machine") as tx:
        old = tx.session.get_one(DossierRow, DOSSIER).link_facts
        assert carry_over(tx, old, {"candidates": [other]}, OFFICES["KH"])["candidates"] == [other]


@pytest.fixture
def dated(home):
    page = PageId(home.page_ids[0])
    date = reading(DossierField.FILING_DATE, "24/08/2017", "2017-08-24", page_id=page)
    with home.database.write("machine") as tx:
        keep_readings(tx, DOSSIER, {date.field: date}, OFFICES["KH"], {})
    return home


def date_of(home):
    said_of = {each.field: each for each in fields_of(home.database, DOSSIER, OFFICES["KH"])}
    return said_of[DossierField.FILING_DATE]


def test_a_date_with_a_wrong_character_is_looked_at_again(dated, home, checks):
    kept = checks.keep([said(home, 1, "1", DossierField.FILING_DATE)])
    row = date_of(home)
    assert (row.said.printed, row.said.value, row.said.state) == (
        "21/08/2017",
        "2017-08-21",
        FieldState.TO_CHECK,
    )
    assert row.needs_work
    assert text_of(home, DossierField.FILING_DATE) is None, "a person's word is no reading any more"
    checks.take_back(kept)
    assert text_of(home, DossierField.FILING_DATE).printed == "24/08/2017"


def test_no_date_is_changed_behind_what_was_confirmed_or_approved(dated, home, checks):
    kept = checks.keep([said(home, 1, "1", DossierField.FILING_DATE), said(home, 0)])
    assert len(kept.fields) == 1
    Indexing(home.database, "dara", OFFICES).confirm(DOSSIER, READ)
    alone = replace(kept, seen=())
    with pytest.raises(Conflict, match="check_overtaken"):
        checks.take_back(alone)
    Review(home.database, "dara").approve(DOSSIER)
    with pytest.raises(Conflict, match="check_overtaken"):
        checks.take_back(alone)
    assert date_of(home).said.printed == "21/08/2017"


def test_of_an_act_on_many_texts_only_what_was_overtaken_stays(dated, home, checks):
    kept = checks.keep([said(home, 1, "1", DossierField.FILING_DATE), said(home, 0)])
    Indexing(home.database, "dara", OFFICES).confirm(DOSSIER, READ)
    taken = checks.take_back(kept)
    assert taken.left == {(DOSSIER, DossierField.FILING_DATE)}
    assert taken.names == (get_dossier(home.database, DOSSIER).summary.name,)
    with home.database.read() as session:
        assert session.get_one(DossierRow, DOSSIER).link_facts[CHECKED][NUMBER.value]["places"] == []


def test_what_left_is_not_touched(home, checks):
    one = said(home, 14, "1")
    Indexing(home.database, "dara", OFFICES).confirm(DOSSIER, READ)
    Review(home.database, "dara").approve(DOSSIER)
    assert checks.keep([one]).outdated == 1

"""Keying twice, on a real database: another person, unseen, compared by meaning; what differs goes to a judge."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from app.domain.field_kinds import DossierField as F
from app.domain.ids import DossierId
from app.domain.offices import load_offices
from app.domain.second_keying import SecondKeying
from app.domain.states import DossierState, KeyingState
from app.errors import Conflict, OperatorError
from app.paths import offices_dir
from app.queries import batches, dossiers, judgements, keyings, work
from app.queries.audit import story
from app.services import release, second_keying
from app.services.fields import Fields
from app.services.indexing import Indexing
from app.services.keying_acts import KeyingActs
from app.services.review import Review
from app.storage.keying_tables import KeyingRow
from app.storage.tables import DossierRow, LinkRow
from tests.helpers.home_builder import BuiltHome, build_home

OFFICES = load_offices(offices_dir())
CONFIRMED = SecondKeying("confirmed")
WITH_TITLE = replace(CONFIRMED, fields=(F.TITLE, F.CLASSES, F.FILING_DATE))
FOLDER = DossierId(1)
NUMBER, OTHER, THIRD = "KH/P/2018/00417", "KH/P/2018/00471", "KH/P/2018/00714"


@dataclass(frozen=True)
class Room:
    """A home and the people in it."""

    home: BuiltHome

    def indexing(self, who: str = "Sokha Kim", wanted: SecondKeying = CONFIRMED) -> Indexing:
        return Indexing(self.home.database, who, OFFICES, wanted)

    def acts(self, who: str) -> KeyingActs:
        return KeyingActs(self.home.database, who, OFFICES, "pc-7")

    def fields(self, who: str = "Sokha Kim") -> Fields:
        return Fields(self.home.database, who, OFFICES)

    def key(self, who: str, number: str = NUMBER, **others: str):
        return self.acts(who).key(
            FOLDER, {F.APPLICATION_NUMBER: number, **{F[k.upper()]: v for k, v in others.items()}}
        )

    def judge(self, who: str, number: str):
        return self.acts(who).judge(FOLDER, {F.APPLICATION_NUMBER: number})

    def approve(self) -> None:
        Review(self.home.database, "Vanna").approve(FOLDER)

    @property
    def folder(self):
        return dossiers.get_dossier(self.home.database, FOLDER).summary

    @property
    def row(self) -> KeyingRow:
        with self.home.database.read() as session:
            row = session.query(KeyingRow).order_by(KeyingRow.id.desc()).first()
            session.expunge(row)
            return row

    def told(self, action: str):
        return [line for line in story(self.home.database, FOLDER) if line.action == action]


@pytest.fixture
def room(tmp_path):
    home = build_home(tmp_path, pages=1)
    yield Room(home)
    home.database.close()


def test_nobody_keys_twice_where_the_office_does_not_want_it(room):
    room.indexing(wanted=SecondKeying()).confirm(FOLDER, NUMBER)
    room.approve()
    assert room.folder.state is DossierState.APPROVED


def test_a_confirmed_folder_waits_and_nobody_may_release_it(room):
    room.indexing().confirm(FOLDER, NUMBER)
    with pytest.raises(Conflict) as refused:
        room.approve()
    assert (refused.value.code, refused.value.facts) == ("second_keying_awaited", {"dossier": "folder-ថត"})
    assert room.folder.state is DossierState.TO_REVIEW
    assert room.folder.first_reason.code == "second_keying_awaited"


def test_it_is_work_of_indexing_and_not_yet_of_review(room):
    before = work.waiting(room.home.database)
    room.indexing().confirm(FOLDER, NUMBER)
    assert dossiers.list_queue(room.home.database, [DossierState.TO_REVIEW]) == ()
    after = work.waiting(room.home.database)
    assert (before.to_index, after.to_index, after.to_review) == (1, 1, 0)
    assert batches.list_batches(room.home.database)[0].keyed_again == 1
    room.key("Dara Chan")
    assert batches.list_batches(room.home.database)[0].keyed_again == 0
    assert [each.id for each in dossiers.list_queue(room.home.database, [DossierState.TO_REVIEW])] == [FOLDER]


@pytest.mark.parametrize("name", ["Sokha Kim", "SOKHA  KIM", "kim, sokha", "OFFICE\\sokha.kim", "sokha"])
def test_whoever_confirmed_it_is_not_taken_for_another(room, name):
    room.indexing().confirm(FOLDER, NUMBER)
    with pytest.raises(OperatorError) as refused:
        room.key(name)
    assert refused.value.code == "keying_by_the_same"
    assert keyings.places_for(room.home.database, name) == keyings.KeyingPlaces((), (), 1)


def test_whoever_typed_a_field_of_it_is_not_taken_for_another(room):
    room.fields("Bopha Nhem").put(FOLDER, F.TITLE, "Clay filter")
    room.indexing(wanted=WITH_TITLE).confirm(FOLDER, NUMBER)
    with pytest.raises(OperatorError) as refused:
        room.key("Bopha Nhem", title="Clay filter", classes="", filing_date="")
    assert refused.value.code == "keying_by_the_same"


def test_the_second_person_is_told_no_value(room):
    room.fields().put(FOLDER, F.TITLE, "Clay filter")
    room.indexing(wanted=WITH_TITLE).confirm(FOLDER, NUMBER)
    task = keyings.task_of(room.home.database, FOLDER)
    assert task.fields == (F.APPLICATION_NUMBER, F.TITLE, F.FILING_DATE, F.CLASSES)
    assert not {"Clay", NUMBER} & set(repr(task).split("'"))


@pytest.mark.parametrize(
    "typed", [NUMBER, "kh/p/2018/417", " KH / P / 2018 / 00417 ", "KH/P/២០១៨/០០៤១៧", "KHP2018417"]
)
def test_values_are_compared_by_meaning(room, typed):
    room.indexing().confirm(FOLDER, NUMBER)
    assert room.key("Dara Chan", typed).state is KeyingState.AGREED
    room.approve()
    assert room.folder.state is DossierState.APPROVED


def test_fields_agree_in_other_calendars_orders_and_spellings(room):
    room.fields().put(FOLDER, F.TITLE, "Nước mắm, cá cơm")
    room.fields().put(FOLDER, F.FILING_DATE, "24/08/2017")
    room.fields().put(FOLDER, F.CLASSES, "9, 35")
    room.indexing(wanted=WITH_TITLE).confirm(FOLDER, NUMBER)
    done = room.key("Dara Chan", title="nuoc mam ca com", filing_date="២៤/០៨/២០១៧", classes="35; 9")
    assert (done.state, room.row.differing) == (KeyingState.AGREED, [])


def test_one_field_that_differs_is_enough_for_a_judge(room):
    room.fields().put(FOLDER, F.TITLE, "Clay water filter")
    room.indexing(wanted=replace(CONFIRMED, fields=(F.TITLE,))).confirm(FOLDER, NUMBER)
    done = room.key("Dara Chan", title="Clay water fitter")
    assert (done.state, room.row.differing) == (KeyingState.DIFFERS, ["title"])
    (dispute,) = judgements.judgement_of(room.home.database, FOLDER, OFFICES["KH"]).disputes
    assert (dispute.first.value, dispute.second.value) == ("Clay water filter", "Clay water fitter")
    room.acts("Vanna").judge(FOLDER, {F.TITLE: "Clay water filter"})
    room.approve()
    assert room.folder.application_number == NUMBER


def test_what_differs_waits_for_a_judge_who_is_neither_of_the_two(room):
    room.indexing("Rith Sam", SecondKeying()).confirm(FOLDER, THIRD)  # a third person has worked here
    room.indexing("Rith Sam").withdraw(FOLDER)
    room.indexing().confirm(FOLDER, NUMBER)
    room.key("Dara Chan", OTHER)
    with pytest.raises(Conflict) as held:
        room.approve()
    assert held.value.code == "keying_differs"
    for party in ("sokha kim", "Dara Chan"):
        with pytest.raises(OperatorError) as refused:
            room.judge(party, OTHER)
        assert refused.value.code == "judge_is_a_party"
        assert keyings.places_for(room.home.database, party).for_others == 1
    assert keyings.places_for(room.home.database, "Vanna").judge[0].id == FOLDER


def test_the_judge_keeps_the_first_number(room):
    room.indexing().confirm(FOLDER, NUMBER)
    room.key("Dara Chan", OTHER)
    room.judge("Vanna", "KH/P/2018/417")
    assert (room.row.state, room.folder.state) == (KeyingState.JUDGED, DossierState.TO_REVIEW)
    assert (room.folder.application_number, room.folder.keying) == (NUMBER, None)
    room.approve()


@pytest.mark.parametrize("chosen", [OTHER, THIRD])
def test_another_number_is_bound_as_by_any_confirmation_and_all_values_are_recorded(room, chosen):
    room.indexing().confirm(FOLDER, NUMBER)
    room.key("Dara Chan", OTHER)
    room.judge("Vanna", chosen)
    with room.home.database.read() as session:
        links = session.query(LinkRow).order_by(LinkRow.id).all()
        assert [link.application_number for link in links] == [NUMBER, chosen]
        assert links[0].withdrawn_at is not None
        assert (links[1].linked_by, links[1].proof["judged_by"]) == ("Vanna", "Vanna")
    (line,) = room.told("keying_judged")
    told = line.facts["values"]["application_number"]
    assert (told["first"], told["second"]) == (
        {"value": NUMBER, "who": "Sokha Kim"},
        {"value": OTHER, "who": "Dara Chan"},
    )
    assert (told["chosen"], line.facts["judge_keyed_it"], line.facts["account"]) == (chosen, False, "pc-7")
    room.approve()


def test_where_only_two_work_one_of_them_judges_and_it_is_recorded(room):
    room.indexing().confirm(FOLDER, NUMBER)
    room.key("Dara Chan", OTHER)
    room.judge("Dara Chan", NUMBER)
    assert room.told("keying_judged")[0].facts["judge_keyed_it"] is True


def test_a_withdrawn_confirmation_calls_its_second_keying_off(room):
    room.indexing().confirm(FOLDER, NUMBER)
    room.key("Dara Chan", OTHER)
    room.indexing().withdraw(FOLDER)
    assert (room.row.state, room.folder.state) == (KeyingState.CANCELLED, DossierState.TO_INDEX)
    with pytest.raises(Conflict) as gone:
        room.judge("Vanna", NUMBER)
    assert gone.value.code == "keying_gone"
    room.indexing().confirm(FOLDER, OTHER)
    assert room.row.state is KeyingState.AWAITED


@pytest.mark.parametrize("typed", [NUMBER, OTHER])
def test_the_second_person_takes_it_back(room, typed):
    room.indexing().confirm(FOLDER, NUMBER)
    done = room.key("Dara Chan", typed)
    room.acts("Dara Chan").take_back(done)
    assert (room.row.state, room.row.keyed, room.row.second_by) == (KeyingState.AWAITED, None, None)
    assert room.key("Dara Chan").state is KeyingState.AGREED
    room.approve()
    with pytest.raises(Conflict) as late:
        room.acts("Dara Chan").take_back(replace(done, state=KeyingState.AGREED))
    assert late.value.code == "keying_went_on"


def test_only_whoever_keyed_it_takes_it_back(room):
    room.indexing().confirm(FOLDER, NUMBER)
    done = room.key("Dara Chan", OTHER)
    with pytest.raises(OperatorError) as refused:
        room.acts("Sokha Kim").take_back(done)
    assert refused.value.code == "keying_by_another"
    assert room.row.state is KeyingState.DIFFERS


def test_a_number_given_back_with_its_folder_is_keyed_again_from_the_beginning(room):
    room.indexing().confirm(FOLDER, NUMBER)
    room.key("Dara Chan", OTHER)
    with room.home.database.write("Sokha Kim") as tx:
        link = release.active_link(tx, FOLDER)
        release.unlink(tx, tx.session.get_one(DossierRow, FOLDER))
        assert second_keying.open_keying(tx, FOLDER) is None
        link.withdrawn_at = None
        second_keying.ask_again(tx, link)
    assert (room.row.state, room.row.second_by) == (KeyingState.AWAITED, None)


def test_the_judge_takes_it_back_number_fields_and_all(room):
    room.fields().put(FOLDER, F.TITLE, "Clay water filter")
    room.indexing(wanted=replace(CONFIRMED, fields=(F.TITLE,))).confirm(FOLDER, NUMBER)
    room.key("Dara Chan", OTHER, title="Clay fitter")
    texts = {F.APPLICATION_NUMBER: THIRD, F.TITLE: "Clay filters"}
    done = room.acts("Vanna").judge(FOLDER, texts)
    assert room.folder.application_number == THIRD
    room.acts("Vanna").take_back(done)
    assert (room.folder.application_number, room.folder.state) == (NUMBER, DossierState.TO_REVIEW)
    assert (room.row.state, room.row.judgement) == (KeyingState.DIFFERS, None)
    first, second = judgements.judgement_of(room.home.database, FOLDER, OFFICES["KH"]).disputes
    assert (first.first.value, first.second.value, second.first.printed) == (
        NUMBER,
        OTHER,
        "Clay water filter",
    )
    room.acts("Vanna").judge(FOLDER, texts)
    room.approve()


def test_a_folder_sent_back_and_confirmed_anew_is_keyed_anew(room):
    room.indexing().confirm(FOLDER, NUMBER)
    room.key("Dara Chan")
    Review(room.home.database, "Vanna").return_to_indexing(FOLDER, "wrong_number")
    room.indexing().confirm(FOLDER, OTHER)
    with pytest.raises(Conflict) as refused:
        room.approve()
    assert refused.value.code == "second_keying_awaited"


def test_a_folder_sent_back_while_it_waits_is_keyed_by_nobody(room):
    room.indexing().confirm(FOLDER, NUMBER)
    Review(room.home.database, "Dara Chan").return_to_indexing(FOLDER, "poor_scan")
    with pytest.raises(Conflict) as refused:
        room.key("Dara Chan")
    assert refused.value.code == "keying_gone"
    assert keyings.places_for(room.home.database, "Dara Chan").count == 0
    assert room.folder.first_reason is None


def test_a_number_of_no_form_is_refused_and_nothing_is_kept(room):
    room.indexing().confirm(FOLDER, NUMBER)
    with pytest.raises(OperatorError):
        room.key("Dara Chan", "12")
    assert (room.row.state, room.row.keyed) == (KeyingState.AWAITED, None)


def test_a_date_that_is_none_is_refused(room):
    room.indexing(wanted=replace(CONFIRMED, fields=(F.FILING_DATE,))).confirm(FOLDER, NUMBER)
    with pytest.raises(OperatorError) as refused:
        room.key("Dara Chan", filing_date="yesterday")
    assert refused.value.code == "field_wrong_kind"


def test_a_death_in_the_middle_leaves_nothing_half(room, monkeypatch):
    room.indexing().confirm(FOLDER, NUMBER)
    room.key("Dara Chan", OTHER)
    before = story(room.home.database, FOLDER)

    def die(*_arguments, **_facts):
        raise KeyboardInterrupt

    monkeypatch.setattr("app.services.indexing.follow_number", die)
    with pytest.raises(KeyboardInterrupt):
        room.judge("Vanna", THIRD)
    monkeypatch.undo()
    assert (room.row.state, room.folder.application_number) == (KeyingState.DIFFERS, NUMBER)
    assert story(room.home.database, FOLDER) == before
    room.judge("Vanna", THIRD)
    assert room.folder.application_number == THIRD

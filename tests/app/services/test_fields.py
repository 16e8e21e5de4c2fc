"""Fields by value: what people say stands, whatever is read again; every act has its audit row and can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.dossier_fields import FieldReading
from app.domain.field_kinds import DossierField, FieldRule, FieldSource, FieldState
from app.domain.ids import DossierId, PageId
from app.domain.offices import load_offices
from app.domain.states import DossierState
from app.errors import Conflict, OperatorError
from app.queries.fields import DossierFieldRow, fields_of, known_values
from app.queries.pages import list_pages
from app.services.fields import Fields, PickedPlace, follow_number, keep_readings
from app.storage.tables import AuditRow, DossierRow, PageRow
from ocr.types import Box
from tests.helpers.home_builder import BuiltHome, build_home

OFFICES = load_offices(Path(__file__).parents[3] / "resources" / "offices")
KH = OFFICES["KH"]
DOSSIER = DossierId(1)
F = DossierField


@pytest.fixture
def home(tmp_path: Path):
    built = build_home(tmp_path / "home")
    yield built
    built.database.close()


@pytest.fixture
def fields(home: BuiltHome) -> Fields:
    return Fields(home.database, "Sokha Kim", OFFICES)


def reading(
    field: DossierField, printed: str, value: str = "", *, sure: float = 0.95, **how: object
) -> FieldReading:
    usual = FieldReading(field, printed, value or printed, 1, (Box(1, 2, 30, 9),), (sure,) * len(printed))
    return replace(usual, **how)  # type: ignore[arg-type]


def keep(home: BuiltHome, *readings: FieldReading, office=KH, register=None) -> None:
    with home.database.write("machine") as tx:
        keep_readings(tx, DOSSIER, {each.field: each for each in readings}, office, register or {})


def shown(home: BuiltHome, field: DossierField, office=KH) -> DossierFieldRow:
    return next(row for row in fields_of(home.database, DOSSIER, office) if row.field is field)


def acts(home: BuiltHome) -> list[tuple[str, str, dict[str, object]]]:
    with home.database.read() as session:
        rows = session.scalars(
            select(AuditRow)
            .where(AuditRow.action.startswith("field_", autoescape=True))
            .order_by(AuditRow.id)
        )
        return [(row.who, row.action, row.facts) for row in rows]


def test_sure_value_needs_nobody_and_an_unsure_one_does(home):
    keep(home, reading(F.APPLICANT, "Lotus Quay Ltd."), reading(F.AGENT, "Kampot IP", sure=0.6))
    applicant, agent = shown(home, F.APPLICANT), shown(home, F.AGENT)
    assert (applicant.said.state, applicant.source, applicant.needs_work) == (
        FieldState.ACCEPTED,
        FieldSource.MACHINE,
        False,
    )
    assert agent.needs_work
    assert agent.said.place is not None
    assert (agent.said.place.page_number, agent.said.place.boxes) == (1, (Box(1, 2, 30, 9),))
    assert not shown(home, F.PRIORITY).needs_work


def test_office_may_ask_for_a_field_to_be_confirmed_always_or_not_to_be_empty(home):
    office = replace(
        KH, fields=(FieldRule(F.APPLICANT, is_always=True), FieldRule(F.FILING_DATE, is_required=True))
    )
    keep(home, reading(F.APPLICANT, "Lotus Quay Ltd."), office=office)
    rows = fields_of(home.database, DOSSIER, office)
    assert [(row.field, row.needs_work) for row in rows] == [(F.APPLICANT, True), (F.FILING_DATE, True)]
    assert office.field_rules[0] == FieldRule(F.APPLICATION_NUMBER, is_always=True, is_required=True)


def test_accepted_value_is_a_persons_and_survives_another_reading(home, fields):
    keep(home, reading(F.APPLICANT, "Lotus Quay Ltd.", sure=0.5))
    fields.accept(DOSSIER, F.APPLICANT, "Lotus Quay Ltd.")
    keep(home, reading(F.APPLICANT, "Lotus Quav Ltd.", sure=0.99))
    row = shown(home, F.APPLICANT)
    assert (row.said.printed, row.source, row.who) == ("Lotus Quay Ltd.", FieldSource.PERSON, "Sokha Kim")
    assert row.read is not None
    assert row.read.printed == "Lotus Quav Ltd."
    assert acts(home)[0] == (
        "Sokha Kim",
        "field_accepted",
        {"field": "applicant", "value": "Lotus Quay Ltd.", "before": "Lotus Quay Ltd."},
    )


def test_value_that_changed_meanwhile_is_not_accepted_unseen(home, fields):
    keep(home, reading(F.APPLICANT, "Lotus Quay Ltd.", sure=0.5))
    keep(home, reading(F.APPLICANT, "Lotus Quav Ltd.", sure=0.5))
    with pytest.raises(Conflict, match="field_changed"):
        fields.accept(DOSSIER, F.APPLICANT, "Lotus Quay Ltd.")
    assert shown(home, F.APPLICANT).source is FieldSource.MACHINE


def test_typed_date_is_kept_as_printed_and_as_iso_in_any_digits(home, fields):
    fields.put(DOSSIER, F.FILING_DATE, "២៤/០៨/២០១៧")
    said = shown(home, F.FILING_DATE).said
    assert (said.printed, said.value, said.state) == ("២៤/០៨/២០១៧", "2017-08-24", FieldState.ACCEPTED)


def test_open_date_tells_the_other_day_it_may_mean(home, fields):
    fields.put(DOSSIER, F.FILING_DATE, "05/03/2019")
    said = shown(home, F.FILING_DATE).said
    assert (said.value, said.others, said.doubts) == ("2019-03-05", (date(2019, 5, 3),), ("field_date_open",))


@pytest.mark.parametrize(
    ("field", "text", "doubt"),
    [
        (F.FILING_DATE, "soon", "field_not_a_date"),
        (F.FILING_DATE, "31/02/2017", "field_not_a_date"),
        (F.CLASSES, "46", "field_not_classes"),
        (F.CLASSES, "9, chairs", "field_not_classes"),
        (F.TYPE, "boat", "field_right_unknown"),
        (F.REGISTRATION_NUMBER, "none", "field_not_a_number"),
    ],
)
def test_value_of_another_kind_is_kept_marked_and_still_needs_work(home, fields, field, text, doubt):
    fields.put(DOSSIER, field, text)
    row = shown(home, field)
    assert (row.said.printed, row.said.state, row.said.doubts) == (text, FieldState.INVALID, (doubt,))
    assert row.needs_work
    with pytest.raises(OperatorError, match="field_wrong_kind"):
        fields.accept(DOSSIER, field, text)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (F.CLASSES, "9, 42,9", "9; 42"),
        (F.CLASSES, "០៩", "9"),
        (F.CLASSES, "09-31", "09-31"),
        (F.CLASSES, "f26b 3/28", "F26B 3/28"),
        (F.TYPE, "industrial design", "design"),
        (F.REGISTRATION_NUMBER, "kh/២០១៦/59123", "KH/2016/59123"),
        (F.TITLE, "  Bamboo   board ", "Bamboo board"),
    ],
)
def test_value_is_read_as_its_kind(home, fields, field, text, value):
    fields.put(DOSSIER, field, text)
    assert shown(home, field).said.value == value
    assert not shown(home, field).needs_work


def test_empty_field_can_be_said_to_be_empty(home, fields):
    keep(home, reading(F.PRIORITY, "VN 1-2016", sure=0.4))
    fields.put(DOSSIER, F.PRIORITY, "")
    row = shown(home, F.PRIORITY)
    assert (row.is_empty, row.source, row.needs_work) == (True, FieldSource.PERSON, False)


def test_undo_gives_back_what_stood_there_and_refuses_over_anothers_word(home, fields):
    keep(home, reading(F.TITLE, "Bamboo board", sure=0.5))
    before = fields.put(DOSSIER, F.TITLE, "Bamboo boards")
    fields.restore(before)
    row = shown(home, F.TITLE)
    assert (row.said.printed, row.source, row.said.state) == (
        "Bamboo board",
        FieldSource.MACHINE,
        FieldState.TO_CHECK,
    )
    again = fields.put(DOSSIER, F.TITLE, "Bamboo boards")
    Fields(home.database, "Dara Chan", OFFICES).put(DOSSIER, F.TITLE, "Bamboo floor")
    with pytest.raises(Conflict, match="field_changed"):
        fields.restore(again)
    assert [each[1] for each in acts(home)] == ["field_typed", "field_undone", "field_typed", "field_typed"]


def test_undo_refuses_over_another_persons_word_for_the_same_value(home, fields):
    keep(home, reading(F.TITLE, "Bamboo board", sure=0.5))
    before = fields.put(DOSSIER, F.TITLE, "Bamboo floor")
    Fields(home.database, "Dara Chan", OFFICES).accept(DOSSIER, F.TITLE, "Bamboo floor")
    with pytest.raises(Conflict, match="field_changed"):
        fields.restore(before)
    row = shown(home, F.TITLE)
    assert (row.said.printed, row.who) == ("Bamboo floor", "Dara Chan")


def test_acts_of_one_person_are_undone_one_after_the_other(home, fields):
    keep(home, reading(F.TITLE, "Bamboo board", sure=0.5))
    first = fields.put(DOSSIER, F.TITLE, "Bamboo floor")
    second = fields.accept(DOSSIER, F.TITLE, "Bamboo floor")
    third = fields.give_back(DOSSIER, F.TITLE)
    for before, stands in ((third, "Bamboo floor"), (second, "Bamboo floor"), (first, "Bamboo board")):
        fields.restore(before)
        assert shown(home, F.TITLE).said.printed == stands
    assert shown(home, F.TITLE).source == FieldSource.MACHINE


def test_undo_back_to_the_machine_takes_what_it_reads_now(home, fields):
    keep(home, reading(F.APPLICANT, "Lotus Quay Ltd.", sure=0.5))
    before = fields.accept(DOSSIER, F.APPLICANT, "Lotus Quay Ltd.")
    keep(home, reading(F.APPLICANT, "Mekong Water Works"))
    fields.restore(before)
    row = shown(home, F.APPLICANT)
    assert row.read is not None
    assert (row.said.printed, row.read.printed) == ("Mekong Water Works", "Mekong Water Works")
    assert (row.source, row.said.state) == (FieldSource.MACHINE, FieldState.ACCEPTED)


def test_value_another_person_gave_meanwhile_is_not_typed_over_unseen(home, fields):
    keep(home, reading(F.TITLE, "Bamboo board", sure=0.5))
    Fields(home.database, "Dara Chan", OFFICES).put(DOSSIER, F.TITLE, "Bamboo floor")
    with pytest.raises(Conflict, match="field_changed"):
        fields.put(DOSSIER, F.TITLE, "Bamboo wall", seen="Bamboo board")
    assert shown(home, F.TITLE).said.printed == "Bamboo floor"
    fields.put(DOSSIER, F.TITLE, "Bamboo wall", seen="Bamboo floor")
    assert shown(home, F.TITLE).said.printed == "Bamboo wall"


def test_undo_of_a_field_nothing_was_known_of_leaves_it_empty(home, fields):
    fields.restore(fields.put(DOSSIER, F.AGENT, "Kampot IP"))
    row = shown(home, F.AGENT)
    assert (row.is_empty, row.source) == (True, FieldSource.MACHINE)


def test_field_given_back_to_the_machine_follows_its_reading(home, fields):
    keep(home, reading(F.TITLE, "Bamboo board", sure=0.5))
    fields.put(DOSSIER, F.TITLE, "x")
    fields.give_back(DOSSIER, F.TITLE)
    assert shown(home, F.TITLE).said.printed == "Bamboo board"


def test_value_taken_from_the_page_keeps_its_place(home, fields):
    place = PickedPlace(PageId(2), (Box(5, 6, 70, 8),), (0.9, 0.4))
    fields.put(DOSSIER, F.TITLE, "ab", place)
    said = shown(home, F.TITLE).said
    assert said.place is not None
    assert (said.place.page_number, said.place.boxes, said.certainty) == (2, (Box(5, 6, 70, 8),), (0.9, 0.4))


def test_page_that_is_gone_takes_the_place_along_not_the_value(home, fields):
    with home.database.write("test") as tx:
        lone = tx.session.get_one(PageRow, 1)
        copy = PageRow(
            **{
                each.key: getattr(lone, each.key)
                for each in PageRow.__table__.columns
                if each.key not in ("id", "part")
            },
            part=1,
        )
        tx.session.add(copy)
        tx.session.flush()
        half = copy.id
    fields.put(DOSSIER, F.TITLE, "Bamboo", PickedPlace(PageId(half), (Box(5, 6, 70, 8),)))
    with home.database.write("test") as tx:
        tx.session.delete(tx.session.get_one(PageRow, half))
    said = shown(home, F.TITLE).said
    assert (said.printed, said.place) == ("Bamboo", None)


def test_fields_of_a_dossier_that_is_not_being_indexed_stay_as_they_are(home, fields):
    before = fields.put(DOSSIER, F.TITLE, "Bamboo board")
    with home.database.write("test") as tx:
        tx.session.get_one(DossierRow, 1).state = DossierState.APPROVED
    for act in (
        lambda: fields.put(DOSSIER, F.TITLE, "x"),
        lambda: fields.accept(DOSSIER, F.TITLE, "Bamboo board"),
        lambda: fields.restore(before),
    ):
        with pytest.raises(OperatorError, match="dossier_not_being_indexed"):
            act()
    assert shown(home, F.TITLE).said.printed == "Bamboo board"


def test_text_without_end_is_refused(home, fields):
    with pytest.raises(OperatorError, match="field_too_long"):
        fields.put(DOSSIER, F.TITLE, "x" * 2001)


def test_type_follows_the_number_unless_a_person_named_it(home, fields):
    with home.database.write("Sokha Kim") as tx:
        follow_number(tx, 1, "design")
    assert shown(home, F.TYPE).said.value == "design"
    fields.put(DOSSIER, F.TYPE, "Patent")
    with home.database.write("Sokha Kim") as tx:
        follow_number(tx, 1, "design")
    assert shown(home, F.TYPE).said.value == "patent"


def test_register_that_says_otherwise_asks_for_a_look(home):
    sure = reading(F.TITLE, "Bamboo board", doubts=("register_differs",))
    keep(home, sure, register={F.TITLE: "Rice basket"})
    assert shown(home, F.TITLE).needs_work


def test_register_that_agrees_settles_what_was_read_unsurely(home):
    keep(home, reading(F.APPLICANT, "Lotus Quay Ltd.", sure=0.3), register={F.APPLICANT: "Lotus Quay Ltd"})
    assert not shown(home, F.APPLICANT).needs_work


def test_machine_value_that_is_read_no_more_is_emptied(home):
    keep(home, reading(F.TITLE, "Bamboo board"))
    keep(home)
    row = shown(home, F.TITLE)
    assert (row.is_empty, row.read) == (True, None)


def test_values_people_gave_are_known_by_use(home, fields):
    fields.put(DOSSIER, F.AGENT, "Kampot IP")
    keep(home, reading(F.APPLICANT, "Lotus Quay Ltd."))
    assert known_values(home.database, F.AGENT, "KH") == ("Kampot IP",)
    assert known_values(home.database, F.APPLICANT, "KH") == ()
    assert known_values(home.database, F.AGENT, "LA") == ()


def test_page_of_a_value_is_numbered_as_people_see_it_though_one_before_it_is_excluded(home):
    first, second = home.page_ids[:2]
    keep(home, reading(F.APPLICANT, "Lotus Quay Ltd.", page_id=second))
    with home.database.write("Dara") as tx:
        tx.session.get_one(PageRow, first).exclusion = "person"
    place = shown(home, F.APPLICANT).said.place
    assert place is not None
    listed = {page.id: page.number for page in list_pages(home.database, dossier_id=DOSSIER)}
    assert place.page_number == listed[PageId(second)] == 2

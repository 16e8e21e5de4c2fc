"""What two people said is what leaves: where something else stands there later, a second person keys it once more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.field_kinds import DossierField as F
from app.domain.second_keying import SecondKeying
from app.domain.states import DossierState, KeyingState
from app.errors import Conflict, OperatorError
from app.queries import dossiers, keyings, pages
from app.storage.keying_tables import KeyingRow
from app.storage.tables import BatchRow, DossierRow
from tests.helpers.drawn_stacks import cover, draw_stack
from tests.helpers.program import PROOF, finish, open_program, write_page
from tests.helpers.stacks_at_work import dossier, offer

NUMBER, OTHER = "KH/P/2018/00417", "KH/P/2018/00471"
TITLE = "Clay water filter with rice husk"


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(
        tmp_path / "home",
        monkeypatch,
        release="none",
        second_keying="confirmed",
        second_keying_fields=["title"],
    ) as opened:
        yield opened


def take(program, tmp_path, *names):
    for number, name in enumerate(names or ("folder",)):
        write_page(tmp_path / name / "1.png", number)
    program.capture.import_paths([tmp_path / name for name in names or ("folder",)])
    finish(program)


def key(program, who, number=NUMBER, dossier_id=1):
    program.change_operator(who)
    return program.keying.key(dossier_id, {F.APPLICATION_NUMBER: number, F.TITLE: TITLE})


def keying(program, dossier_id=1):
    with program.database.read() as session:
        row = session.scalar(select(KeyingRow).filter_by(dossier_id=dossier_id))
        session.expunge(row)
        return row


def read_again_as(program, text):
    (program.database.path.parent / "fake-text.txt").write_text(text, encoding="utf-8")
    program.pages.reprocess([each.id for each in pages.list_pages(program.database)])
    finish(program)


def test_another_reading_of_what_was_agreed_on_is_keyed_again(program, tmp_path):
    take(program, tmp_path)
    program.indexing.confirm(1, NUMBER)
    key(program, "Dara Chan")
    read_again_as(program, PROOF)
    assert keying(program).state is KeyingState.AGREED
    read_again_as(program, PROOF.replace("rice husk", "rice musk"))
    again = keying(program)
    assert (again.state, again.second_by, again.keyed) == (KeyingState.AWAITED, None, None)
    with pytest.raises(Conflict, match="second_keying_awaited"):
        program.review.approve(1)
    key(program, "Dara Chan")
    assert keying(program).state is KeyingState.DIFFERS


def test_the_field_agreed_on_beside_a_judged_number_is_keyed_again(program, tmp_path):
    take(program, tmp_path)
    program.indexing.confirm(1, OTHER)
    key(program, "Dara Chan", NUMBER)
    program.change_operator("Vanna Ros")
    program.keying.judge(1, {F.APPLICATION_NUMBER: NUMBER})
    read_again_as(program, PROOF)
    assert keying(program).state is KeyingState.JUDGED
    read_again_as(program, PROOF.replace("rice husk", "rice musk"))
    again = keying(program)
    assert (again.state, again.judged_by, again.first_by) == (KeyingState.AWAITED, None, ["Vanna Ros"])
    key(program, "Dara Chan", NUMBER)
    assert keying(program).differing == ["title"]


def test_pages_that_came_with_a_join_are_keyed_again(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", second_keying="confirmed") as program:
        draw_stack(tmp_path / "box", (cover(1), "page", cover(2), "page"))
        offer(program, tmp_path / "box")
        first, second = (dossier(program, name).id for name in ("box #1", "box #2"))
        program.indexing.confirm(first, "KH/P/2018/00001")
        program.change_operator("Dara Chan")
        program.keying.key(first, {F.APPLICATION_NUMBER: "KH/P/2018/00001"})
        program.divisions.join(second)
        finish(program)
        found = dossiers.get_dossier(program.database, first).summary
        assert (found.state, found.keying) == (DossierState.TO_REVIEW, KeyingState.AWAITED)


def test_whoever_reviews_here_could_judge_so_neither_of_the_two_may(program, tmp_path):
    take(program, tmp_path, "a", "b")
    program.indexing.confirm(2, OTHER)
    key(program, "Dara Chan", OTHER, 2)
    program.change_operator("Vanna Ros")
    program.review.approve(2)
    program.change_operator("sokha")
    program.indexing.confirm(1, NUMBER)
    key(program, "Dara Chan", OTHER)
    with pytest.raises(OperatorError, match="judge_is_a_party"):
        program.keying.judge(1, {F.APPLICATION_NUMBER: OTHER})
    with program.database.read() as session:
        assert keyings.people_in(session) == {"sokha", "Dara Chan", "Vanna Ros"}


def test_people_are_found_by_an_index_and_not_in_all_acts(program):
    query = f"EXPLAIN QUERY PLAN SELECT min(who) FROM audit WHERE {keyings.PEOPLES_ACTS} AND who > ?"
    with program.database.read() as session:
        plan = session.connection().exec_driver_sql(query, ("",)).all()
    assert "ix_audit_people" in str(plan)


def test_in_another_batch_a_folder_draws_no_other_lot(program, tmp_path, monkeypatch):
    lots = []
    monkeypatch.setattr(SecondKeying, "wants", lambda self, *, by_machine, lot: lots.append(lot))
    take(program, tmp_path)
    program.indexing.confirm(1, NUMBER)
    program.indexing.withdraw(1)
    finish(program)
    with program.database.write("test") as tx:
        of = tx.session.get_one(BatchRow, 1)
        told = {
            c.name: getattr(of, c.name)
            for c in BatchRow.__table__.columns
            if c.name not in ("id", "created_at")
        }
        tx.session.add(BatchRow(**told, created_at=tx.now))
        tx.session.flush()
        tx.session.get_one(DossierRow, 1).batch_id = 2
    program.indexing.confirm(1, NUMBER)
    assert len(lots) == 2
    assert len(set(lots)) == 1

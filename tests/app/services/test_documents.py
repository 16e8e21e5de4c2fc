"""What people do to documents and pages: nothing is lost, everything is taken back, the machine leaves it alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.documents import Exclusion, StartMark
from app.domain.states import DossierState
from app.errors import Conflict, OperatorError
from app.queries import audit
from app.queries.documents import holders_of
from app.services.document_starts import mark_starts
from app.services.documents import DocumentChange, Documents
from app.services.undoing import Undoing
from app.storage.database import Database
from app.storage.tables import DossierRow, LinkRow, PageRow
from tests.helpers.home_builder import NOW
from tests.helpers.papers import (
    BLANK,
    CLAIMS,
    DESCRIPTION,
    FORM,
    LETTER,
    POWER,
    RECEIPT,
    SECOND_LEAF,
    Desk,
    desk_with,
)
from ui.document_acts import moved_words

FOLDER = (FORM, POWER, SECOND_LEAF, DESCRIPTION, CLAIMS, RECEIPT, LETTER)
AS_READ = [("APP", [1]), ("POA", [2, 3]), ("DES", [4]), ("CLM", [5]), ("FEE", [6]), ("COR", [7])]


@pytest.fixture
def desk(tmp_path) -> Desk:
    return desk_with(tmp_path / "home", FOLDER)


def test_papers_of_a_folder_become_documents(desk: Desk) -> None:
    assert desk.shape() == AS_READ
    power, letter = desk.tree().documents[1], desk.tree().documents[5]
    assert (power.direction, power.language, power.access) == ("incoming", "eng", None)
    assert (power.dated, power.dated_role) == (date(2018, 3, 14), "document")
    assert letter.dated == date(2018, 5, 2)
    assert [each.code for each in power.reasons] == ["by_caption", "pages_follow"]


def test_reading_again_keeps_every_document_under_its_number(desk: Desk) -> None:
    before = [each.id for each in desk.tree().documents]
    desk.read()
    assert [each.id for each in desk.tree().documents] == before


def test_a_page_goes_to_the_document_before_and_behind(desk: Desk) -> None:
    desk.documents.move_to_previous([desk.page_ids[3]])
    assert desk.shape()[1] == ("POA", [2, 3, 4])
    desk.undoing.undo(desk.dossier_id)
    assert desk.shape() == AS_READ
    desk.documents.move_to_next([desk.page_ids[2]])
    assert desk.shape()[1:3] == [("POA", [2]), ("DES", [3, 4])]
    desk.undoing.undo(desk.dossier_id)
    desk.undoing.redo(desk.dossier_id)
    assert desk.shape()[1:3] == [("POA", [2]), ("DES", [3, 4])]


def test_what_was_said_of_a_document_goes_along_with_its_only_page_or_is_told(desk: Desk) -> None:
    letter = desk.document(5)
    desk.documents.describe(letter, DocumentChange(kind="RSP", dated=date(2018, 4, 4)))
    desk.links.link(letter, "KH P 2018 418")
    ended = desk.documents.move_to_previous([desk.page_ids[6]])
    last = desk.tree().documents[4]
    assert [each.application_number for each in last.links] == ["KH/P/2018/00418"]
    assert (last.kind, last.dated, last.said["dated"]) == ("FEE", date(2018, 4, 4), "sokha")
    assert ended.carried == {"dated": ("2018-04-04",), "number": ("KH/P/2018/00418",)}
    assert ended.dropped == {"kind": ("Reply to an examination report",)}
    assert "Reply to an examination report" in moved_words(ended, 1)
    desk.undoing.undo(desk.dossier_id)
    back = desk.tree().documents[5]
    assert (back.kind, back.dated, len(back.links)) == ("RSP", date(2018, 4, 4), 1)
    assert desk.documents.move_to_previous([desk.page_ids[2]]).documents == 0


def test_pages_are_put_before_a_page_of_another_document(desk: Desk) -> None:
    ids = desk.page_ids
    desk.documents.move_pages([ids[6], ids[5]], desk.document(1), before=ids[2])
    assert desk.shape() == [("APP", [1]), ("POA", [2, 7, 6, 3]), ("DES", [4]), ("CLM", [5])]
    with desk.database.read() as session:
        assert session.get_one(DossierRow, desk.dossier_id).is_ordered
    desk.undoing.undo(desk.dossier_id)
    assert desk.shape() == AS_READ
    with desk.database.read() as session:
        assert not session.get_one(DossierRow, desk.dossier_id).is_ordered


def test_split_and_merge(desk: Desk) -> None:
    new = desk.documents.split(desk.page_ids[2])
    assert desk.shape()[1:3] == [("POA", [2]), (None, [3])]
    desk.documents.merge_with_previous(new)
    assert desk.shape() == AS_READ
    for _ in range(2):
        desk.undoing.undo(desk.dossier_id)
    assert desk.shape() == AS_READ
    desk.undoing.redo(desk.dossier_id)
    assert desk.document(2) == new
    with pytest.raises(Conflict, match="document_begins_here"):
        desk.documents.split(desk.page_ids[2])
    with pytest.raises(Conflict, match="no_document_before"):
        desk.documents.merge_with_previous(desk.document(0))


def test_a_document_is_moved_whole(desk: Desk) -> None:
    desk.documents.move_document(desk.document(1), before=desk.document(5))
    assert [kind for kind, _ in desk.shape()] == ["APP", "DES", "CLM", "FEE", "POA", "COR"]
    desk.documents.move_document(desk.document(0))
    assert desk.shape()[-1] == ("APP", [1])
    desk.undoing.undo(desk.dossier_id)
    desk.undoing.undo(desk.dossier_id)
    assert desk.shape() == AS_READ


def test_what_a_person_said_is_not_read_again(desk: Desk) -> None:
    power = desk.document(1)
    desk.documents.describe(power, DocumentChange(kind="ASG", dated=date(1999, 1, 2)))
    desk.documents.move_to_previous([desk.page_ids[4]])
    desk.read()
    assert desk.shape()[1:3] == [("ASG", [2, 3]), ("DES", [4, 5])]
    said = desk.tree().documents[1]
    assert (said.dated, said.said) == (date(1999, 1, 2), {"kind": "sokha", "dated": "sokha"})
    desk.documents.describe(power, DocumentChange(given_back=frozenset({"kind", "dated"})))
    assert desk.tree().documents[1].kind == "POA"
    assert desk.tree().documents[1].dated == date(2018, 3, 14)


def test_nobody_knows_is_an_answer_too(desk: Desk) -> None:
    desk.documents.describe(desk.document(1), DocumentChange(unknown=frozenset({"dated", "kind"})))
    desk.read()
    power = desk.tree().documents[1]
    assert (power.kind, power.dated, power.confidence) == (None, None, 0.0)
    desk.undoing.undo(desk.dossier_id)
    assert desk.tree().documents[1].kind == "POA"


def test_a_kind_the_office_does_not_have_is_refused_with_those_it_has(desk: Desk) -> None:
    with pytest.raises(OperatorError, match="document_kind_unknown") as refusal:
        desk.documents.describe(desk.document(1), DocumentChange(kind="XYZ"))
    assert "POA" in str(refusal.value.facts["known"])
    assert desk.tree().documents[1].said == {}


def test_excluded_pages_stay_and_are_told(desk: Desk) -> None:
    desk.documents.exclude([desk.page_ids[5]], Exclusion.NOT_OF_FILE)
    desk.read()
    told = [page for each in desk.tree().documents for page in each.pages]
    assert len(told) == len(FOLDER)
    assert [page.exclusion for page in told if page.exclusion] == ["not_of_file"]
    lines = audit.story(desk.database, desk.dossier_id)
    assert [line.action for line in lines if line.subject == "page"] == ["excluded"]
    desk.undoing.undo(desk.dossier_id)
    desk.read()
    assert desk.shape() == AS_READ


def test_expected_pages_are_said_and_taken_back(desk: Desk) -> None:
    desk.documents.expect_pages(desk.dossier_id, 8)
    assert desk.tree().expected_pages == 8
    desk.undoing.undo(desk.dossier_id)
    assert desk.tree().expected_pages is None
    with pytest.raises(OperatorError, match="page_count_impossible"):
        desk.documents.expect_pages(desk.dossier_id, 0)


def test_undo_survives_a_restart_and_a_new_act_ends_redo(desk: Desk) -> None:
    desk.documents.split(desk.page_ids[2])
    desk.documents.exclude([desk.page_ids[0]])
    path, bus = desk.database.path, desk.database._bus
    desk.database.close()
    desk.database = Database(path, bus)
    again = Undoing(desk.database, "dara")
    assert again.undo(desk.dossier_id).code == "pages_excluded"
    assert again.undo(desk.dossier_id).code == "document_split"
    assert desk.shape() == AS_READ
    with pytest.raises(Conflict, match="nothing_to_undo"):
        again.undo(desk.dossier_id)
    assert again.redo(desk.dossier_id).code == "document_split"
    Documents(desk.database, "dara", {"KH": desk.office}).exclude([desk.page_ids[6]])
    with pytest.raises(Conflict, match="nothing_to_redo"):
        again.redo(desk.dossier_id)
    desk.database.close()


def test_an_act_that_was_overtaken_is_refused_whole(desk: Desk) -> None:
    desk.documents.move_to_previous([desk.page_ids[3]])
    before = desk.shape()
    with desk.database.write("elsewhere") as tx:
        tx.session.get_one(PageRow, desk.page_ids[3]).document_id = desk.document(0)
    with pytest.raises(Conflict, match="act_overtaken"):
        desk.undoing.undo(desk.dossier_id)
    with desk.database.write("elsewhere") as tx:
        tx.session.get_one(PageRow, desk.page_ids[3]).document_id = desk.document(1)
    assert desk.shape() == before
    desk.undoing.undo(desk.dossier_id)
    assert desk.shape() == AS_READ


def test_nothing_is_changed_once_a_dossier_left(desk: Desk) -> None:
    desk.documents.split(desk.page_ids[2])
    with desk.database.write("test") as tx:
        tx.session.get_one(DossierRow, desk.dossier_id).state = DossierState.UPLOADED
    before = desk.shape()
    for act in (
        lambda: desk.documents.exclude([desk.page_ids[0]]),
        lambda: desk.documents.split(desk.page_ids[1]),
        lambda: desk.documents.describe(desk.document(0), DocumentChange(kind="COR")),
        lambda: desk.links.link(desk.document(0), "KH/P/2018/00418"),
        lambda: desk.undoing.undo(desk.dossier_id),
    ):
        with pytest.raises(Conflict, match="dossier_closed"):
            act()
    assert desk.shape() == before


def test_a_paper_of_several_files_is_linked_to_each(desk: Desk) -> None:
    letter = desk.document(5)
    with desk.database.write("test") as tx:
        tx.session.get_one(DossierRow, desk.dossier_id).application_number = "KH/P/2018/00417"
    number = desk.links.link(letter, "KH/P/2018/00418")
    assert desk.links.link(letter, "KH/P/2018/418") == number
    (told,) = desk.tree().documents[5].links
    assert (told.application_number, told.linked_by, told.dossiers) == (number, "sokha", ())
    (holder,) = holders_of(desk.database, number)
    assert (holder.dossier_id, holder.by_document) == (desk.dossier_id, letter)
    with pytest.raises(OperatorError, match="number_is_own"):
        desk.links.link(letter, "KH/P/2018/00417")
    desk.documents.merge_with_previous(letter)
    assert [each.application_number for each in desk.tree().documents[4].links] == [number]
    desk.undoing.undo(desk.dossier_id)
    assert [each.application_number for each in desk.tree().documents[5].links] == [number]
    desk.links.unlink(letter, number)
    assert desk.tree().documents[5].links == ()
    desk.undoing.undo(desk.dossier_id)
    assert len(desk.tree().documents[5].links) == 1


def test_a_number_bound_twice_shows_both_dossiers(desk: Desk) -> None:
    with desk.database.write("test") as tx:
        first = tx.session.get_one(DossierRow, desk.dossier_id)
        second = DossierRow(
            batch_id=first.batch_id, ordinal=1, name="volume 2", source="/paper/2", state=first.state,
            link=first.link, updated_at=NOW,
        )  # fmt: skip
        tx.session.add(second)
        tx.session.flush()
        for dossier in (first, second):
            tx.session.add(
                LinkRow(
                    dossier_id=dossier.id, application_number="KH/P/2018/00417", format_id="KH-pat",
                    linked_by="sokha", linked_at=NOW, proof={},
                )
            )  # fmt: skip
    both = holders_of(desk.database, "KH/P/2018/00417")
    assert [(each.name, each.pages) for each in both] == [("folder-ថត", 7), ("volume 2", 0)]
    assert both[0].first_page == desk.page_ids[0]
    assert [each.name for each in holders_of(desk.database, "KH/P/2018/00417", besides=desk.dossier_id)] == [
        "volume 2"
    ]


def test_separators_begin_documents_and_people_go_before_them(desk: Desk) -> None:
    with desk.database.write("machine") as tx:
        assert (
            mark_starts(tx, {desk.page_ids[2]: StartMark.PATCH_T, desk.page_ids[3]: StartMark.PATCH_T}) == 2
        )
        assert mark_starts(tx, {desk.page_ids[2]: StartMark.PATCH_T}) == 0
    desk.read()
    assert desk.shape()[1:4] == [("POA", [2]), (None, [3]), ("DES", [4])]
    assert desk.tree().documents[2].reasons[0].code == "begins_by_mark"


def test_blank_backs_stay_with_their_sheet(tmp_path) -> None:
    desk = desk_with(tmp_path / "home", (FORM, BLANK, POWER, BLANK, SECOND_LEAF, BLANK))
    assert desk.shape() == [("APP", [1, 2]), ("POA", [3, 4, 5, 6])]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(0, 6)), max_size=8))
def test_any_acts_keep_every_page_once_and_undo_to_the_beginning(tmp_path_factory, acts) -> None:
    desk = desk_with(tmp_path_factory.mktemp("home") / "home", FOLDER)
    pages = desk.page_ids
    done = 0
    for kind, one, other in acts:
        tree = desk.tree()
        document = tree.documents[one % len(tree.documents)].id
        try:
            match kind:
                case 0:
                    desk.documents.move_to_previous([pages[one]])
                case 1:
                    desk.documents.move_to_next([pages[one]])
                case 2:
                    desk.documents.split(pages[one])
                case 3:
                    desk.documents.merge_with_previous(document)
                case 4:
                    desk.documents.move_pages([pages[one]], document, before=pages[other])
                case _:
                    desk.documents.exclude([pages[one]])
        except Conflict:
            continue
        told = [page for each in desk.tree().documents for page in each.pages]
        assert sorted(page.page.id for page in told) == sorted(pages)
        assert [page.page.number for page in told] == list(range(1, len(pages) + 1))
    while desk.tree().undo is not None:
        desk.undoing.undo(desk.dossier_id)
        done += 1
    assert desk.shape() == AS_READ
    while desk.tree().redo is not None:
        desk.undoing.redo(desk.dossier_id)
        done -= 1
    assert done == 0
    desk.database.close()

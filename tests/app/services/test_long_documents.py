"""A document with more pages than its kind usually has may be two: told with its place, and held where a stack was divided."""

from __future__ import annotations

import pytest

from app.domain.documents import Exclusion
from app.domain.separation import Mode, Separation
from app.domain.states import DossierState
from app.queries import dossiers
from app.queries.completeness import findings_of
from app.services.documents import DocumentChange
from app.services.stack_reasons import remarks_on_lengths, stack_reasons
from app.services.stacks import open_stack
from app.storage.tables import DossierRow
from tests.helpers.papers import BLANK, DESCRIPTION, FORM, POWER, SECOND_LEAF, desk_with
from tests.helpers.program import finish, open_program, write_page

HALF_LETTER = (
    "Dear Sirs,\nwe return to what was said on the telephone last week, and to your question of the fee."
)
TEXTS = (FORM, POWER, *[SECOND_LEAF] * 3, BLANK, SECOND_LEAF, HALF_LETTER, SECOND_LEAF)
FACTS = {"pages": 7, "usual": 6, "first": 2, "last": 9, "likely": 8}


@pytest.fixture
def desk(tmp_path):
    desk = desk_with(tmp_path / "home", TEXTS)
    assert desk.shape() == [("APP", [1]), ("POA", [2, 3, 4, 5, 6, 7, 8, 9])]
    yield desk
    desk.database.close()


def told(desk):
    found = findings_of(desk.database, desk.dossier_id, {"KH": desk.office})
    return [
        (each.kind, each.documents, each.facts) for each in found if each.code.startswith("document_long")
    ]


def reasons(desk):
    """What holds the folder, and what is only told of it."""
    with desk.database.write("machine") as tx:
        dossier = tx.session.get_one(DossierRow, desk.dossier_id)
        found = (call(tx, dossier, desk.office) for call in (stack_reasons, remarks_on_lengths))
        held, remarks = ([each for each in some if each.code.startswith("document_long")] for some in found)
    return [each.facts for each in held], [each.facts for each in remarks]


def test_it_is_told_with_its_pages_and_the_likely_place(desk):
    assert told(desk) == [("POA", (1,), FACTS)]
    assert [each.longer_than for each in desk.tree().documents] == [None, 6]


def test_it_is_no_longer_told_when_a_page_less_counts_or_its_kind_may_be_long(desk):
    desk.documents.exclude([desk.page_ids[8]], Exclusion.NOT_OF_FILE)
    assert (told(desk), desk.tree().documents[1].longer_than) == ([], None)
    desk.undoing.undo(desk.dossier_id)
    assert len(told(desk)) == 1
    desk.documents.describe(desk.document(1), DocumentChange(kind="DES"))
    assert told(desk) == []


def test_dividing_it_at_the_place_ends_it(desk):
    desk.documents.split(desk.page_ids[7])
    assert (told(desk), reasons(desk)) == ([], ([], []))


def test_a_page_before_it_that_does_not_count_keeps_its_number(desk):
    desk.documents.exclude([desk.page_ids[0]])
    assert told(desk) == [("POA", (0,), FACTS)]


def test_a_folder_of_a_stack_waits_and_one_scanned_alone_only_says_so(desk):
    expected = {"kind": "POA", "name": "Power of attorney", **FACTS}
    assert reasons(desk) == ([], [expected])
    with desk.database.write("test") as tx:
        open_stack(tx, tx.session.get_one(DossierRow, desk.dossier_id), Separation(Mode.COVERS))
    assert reasons(desk) == ([expected], [])


def test_a_person_who_chose_its_pages_is_not_asked_again(desk):
    desk.documents.merge_with_previous(desk.document(1))
    desk.documents.describe(desk.document(0), DocumentChange(kind="POA"))
    assert len(told(desk)) == 1
    assert reasons(desk) == ([], [])


def test_description_of_many_pages_is_not_told(tmp_path):
    desk = desk_with(tmp_path / "home", (DESCRIPTION, *[SECOND_LEAF] * 20))
    assert (told(desk), reasons(desk)) == ([], ([], []))
    desk.database.close()


def test_a_proven_folder_scanned_alone_leaves_and_its_reasons_say_it(tmp_path, monkeypatch):
    monkeypatch.setattr("app.queries.long_documents.usual_most", lambda _kind: 0)
    with open_program(tmp_path / "home", monkeypatch, release="proven") as program:
        for number in (1, 2):
            write_page(tmp_path / "folder" / f"{number}.png", number)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        (dossier,) = dossiers.list_dossiers(program.database)
        assert dossier.state is DossierState.UPLOADED
        facts, *_ = [
            each.facts
            for each in dossiers.get_dossier(program.database, dossier.id).reasons
            if each.code == "document_long"
        ]
        assert (facts["name"], facts["pages"]) == ("Request form", 1)

"""What people do to the pages of a folder holds against imports, rescans, divisions and the machine's own reading."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.domain.documents import Exclusion
from app.domain.states import DossierState
from app.errors import Conflict
from app.jobs.kinds import link_job
from app.queries.documents import dossier_tree
from app.services.documents import DocumentChange
from app.services.integrity import check
from app.storage.document_tables import DocumentRow
from app.storage.tables import DossierRow, ImportItemRow, PageRow, StackRow
from tests.helpers.drawn_stacks import NO_NUMBER, draw_stack
from tests.helpers.people_at_pages import counted, exclusions, only_dossier, page
from tests.helpers.program import finish, open_program, write_page
from tests.helpers.stacks_at_work import dossier, is_sound, offer, reasons


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


class TestInsertedFromADirectory:
    """A file inserted by hand is still a page of the directory it lies in."""

    def test_inserted_elsewhere_and_taken_back(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        draw_stack(tmp_path / "g", ("page",) * 3)
        offer(program, tmp_path / "f", tmp_path / "g", separation=None)
        late = write_page(tmp_path / "f" / "0031.png", 31)
        wrong = dossier(program, "g").id
        program.inserting.insert(wrong, [late], after=None)
        finish(program)
        program.undoing.undo(wrong)
        finish(program)

        offer(program, tmp_path / "f", separation=None)

        assert counted(program, dossier(program, "f").id) == ["0001.png", "0011.png", "0021.png", "0031.png"]
        assert counted(program, wrong) == ["0001.png", "0011.png", "0021.png"]

    def test_inserted_elsewhere_and_left_there(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        draw_stack(tmp_path / "g", ("page",) * 3)
        offer(program, tmp_path / "f", tmp_path / "g", separation=None)
        late = write_page(tmp_path / "f" / "0031.png", 31)
        program.inserting.insert(dossier(program, "g").id, [late], after=None)
        finish(program)

        offer(program, tmp_path / "f", separation=None)

        assert "0031.png" in counted(program, dossier(program, "f").id)
        assert "same_scan_twice" in reasons(program, "f")

    def test_inserted_into_its_own_folder_it_is_not_taken_in_twice(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        late = write_page(tmp_path / "f" / "0031.png", 31)
        program.inserting.insert(only_dossier(program).id, [late], after=page(program, "0001.png").id)
        finish(program)

        started = offer(program, tmp_path / "f", separation=None)

        assert (started.offered, started.known) == (4, 4)
        assert counted(program, only_dossier(program).id) == ["0001.png", "0031.png", "0011.png", "0021.png"]

    def test_rescan_saved_over_its_page_is_no_other_paper(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        program.inserting.replace(page(program, "0011.png").id, write_page(tmp_path / "f" / "0011.png", 77))
        finish(program)

        started = offer(program, tmp_path / "f", separation=None)

        assert started.known == 3
        assert counted(program, only_dossier(program).id) == ["0001.png", "0011.png", "0021.png"]
        write_page(tmp_path / "f" / "0031.png", 31)
        offer(program, tmp_path / "f", separation=None)
        assert counted(program, only_dossier(program).id)[-1] == "0031.png"

    def test_refused_rescan_is_not_forgotten(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        damaged = tmp_path / "r" / "new.png"
        damaged.parent.mkdir()
        damaged.write_bytes(b"")
        program.inserting.replace(page(program, "0011.png").id, damaged)
        finish(program)
        assert "files_refused" in reasons(program, "f")

        offer(program, tmp_path / "f", separation=None)

        assert "files_refused" in reasons(program, "f")


class TestLeftOutAndScannedAgain:
    """What a person said of a page holds for its rescan, and comes through taking that back."""

    def test_page_of_another_file_has_no_rescan(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        lost = page(program, "0011.png").id
        program.documents.exclude([lost], Exclusion.NOT_OF_FILE)
        with pytest.raises(Conflict) as refused:
            program.inserting.replace(lost, write_page(tmp_path / "r" / "new.png", 77))
        assert refused.value.code == "page_left_out"
        assert exclusions(program) == {"0011.png": "not_of_file"}

    def test_left_out_while_the_rescan_is_read(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        program.inserting.replace(page(program, "0011.png").id, write_page(tmp_path / "r" / "new.png", 77))
        program.documents.exclude([page(program, "0011.png").id], Exclusion.NOT_OF_FILE)
        finish(program)

        assert exclusions(program) == {"0011.png": "not_of_file", "new.png": "not_of_file"}
        assert counted(program, only_dossier(program).id) == ["0001.png", "0021.png"]

    def test_left_out_after_it_was_replaced(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        program.inserting.replace(page(program, "0011.png").id, write_page(tmp_path / "r" / "new.png", 77))
        finish(program)
        program.documents.exclude([page(program, "0011.png").id], Exclusion.NOT_OF_FILE)
        found = only_dossier(program).id
        program.undoing.undo(found)
        program.undoing.undo(found)
        finish(program)
        assert exclusions(program) == {"new.png": "taken_back"}
        program.undoing.redo(found)
        finish(program)
        assert exclusions(program) == {"0011.png": "replaced"}


class TestSaidWhileTheMachineReads:
    """A document a person spoke of keeps its pages, its words and its numbers."""

    def test_described_and_linked_meanwhile(self, program, tmp_path, monkeypatch):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        found = only_dossier(program).id
        plain, said = link_job.find_documents, []

        def find(session, dossier_id, office):
            read = plain(session, dossier_id, office)
            if not said:
                said.append(dossier_tree(program.database, dossier_id).documents[0].id)
                change = DocumentChange(kind="POA", dated=date(2019, 1, 2))
                program.documents.describe(said[0], change)
                program.document_links.link(said[0], "KH/P/2018/00009")
            return read

        monkeypatch.setattr(link_job, "find_documents", find)
        offer(program, tmp_path / "f", separation=None)

        first = dossier_tree(program.database, found).documents[0]
        assert said == [first.id]
        assert (first.kind, first.dated) == ("POA", date(2019, 1, 2))
        assert [each.application_number for each in first.links] == ["KH/P/2018/00009"]
        assert len(first.pages) == 3
        self._no_empty_document(program)

    def test_linked_document_is_not_divided_anew(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        found = only_dossier(program).id
        document = dossier_tree(program.database, found).documents[0]
        program.document_links.link(document.id, "KH/P/2018/00009")
        program.documents.exclude([document.pages[0].page.id])
        finish(program)
        program.undoing.undo(found)
        finish(program)
        (same,) = dossier_tree(program.database, found).documents
        assert same.id == document.id
        assert [each.application_number for each in same.links] == ["KH/P/2018/00009"]
        self._no_empty_document(program)

    def _no_empty_document(self, program):
        with program.database.read() as session:
            held = set(session.scalars(select(PageRow.document_id)))
            standing = session.scalars(select(DocumentRow.id).where(DocumentRow.gone_at.is_(None))).all()
        assert set(standing) <= held


class TestDividedMeanwhile:
    """Insertions that are on their way, and acts, when their folder is cut or joined."""

    def test_a_rescan_goes_where_its_page_is(self, program, tmp_path):
        """As from a home that was cut before that was refused: the file is read after its page has moved."""
        draw_stack(tmp_path / "f", ("page",) * 4)
        offer(program, tmp_path / "f", separation=None)
        cut = program.divisions.cut(page(program, "0021.png").id)
        finish(program)
        program.inserting.replace(page(program, "0031.png").id, write_page(tmp_path / "r" / "new.png", 77))
        with program.database.write("test") as tx:
            item = tx.session.scalar(select(ImportItemRow).where(ImportItemRow.placing.is_not(None)))
            item.dossier_id = cut.from_id
        finish(program)
        assert counted(program, cut.dossier_id) == ["0021.png", "new.png"]
        assert counted(program, cut.from_id) == ["0001.png", "0011.png"]
        with program.database.read() as session:
            assert {row.state for row in session.scalars(select(DossierRow))} == {DossierState.TO_INDEX}
        assert is_sound(program)

    def test_acts_on_pages_that_went_elsewhere_are_passed_over(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 4)
        offer(program, tmp_path / "f", separation=None)
        found = only_dossier(program).id
        program.documents.exclude([page(program, "0001.png").id])
        program.documents.exclude([page(program, "0031.png").id])
        finish(program)
        cut = program.divisions.cut(page(program, "0021.png").id)
        finish(program)

        assert dossier_tree(program.database, found).undo.facts == {"pages": [page(program, "0001.png").id]}
        program.undoing.undo(found)
        finish(program)
        assert exclusions(program) == {"0031.png": "person"}
        with pytest.raises(Conflict) as nothing:
            program.undoing.undo(found)
        assert nothing.value.code == "nothing_to_undo"

        program.divisions.uncut(cut)
        finish(program)
        program.undoing.undo(found)
        assert exclusions(program) == {}

    def test_taking_back_does_not_reach_into_a_folder_that_leaves(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 4)
        offer(program, tmp_path / "f", separation=None)
        found = only_dossier(program).id
        program.inserting.replace(page(program, "0031.png").id, write_page(tmp_path / "r" / "new.png", 77))
        finish(program)
        cut = program.divisions.cut(page(program, "0021.png").id)
        finish(program)
        program.indexing.confirm(cut.dossier_id, "KH/P/2018/00002")
        program.review.approve(cut.dossier_id)
        with pytest.raises(Conflict) as nothing:
            program.undoing.undo(found)
        assert nothing.value.code == "nothing_to_undo"
        finish(program)
        assert exclusions(program) == {"0031.png": "replaced"}
        assert counted(program, cut.dossier_id) == ["0021.png", "new.png"]
        assert not check(program.database, program.paths).findings


def test_refused_file_taken_out_of_a_stack_no_longer_holds_it(program, tmp_path):
    """Also where late files go to another dossier of the stack by now."""
    draw_stack(tmp_path / "f", ("page",) * 3)
    empty = tmp_path / "f" / "0015.png"
    empty.write_bytes(b"")
    offer(program, tmp_path / "f", separation=None)
    cut = program.divisions.cut(page(program, "0011.png").id)
    finish(program)
    assert "files_refused" in reasons(program, "f #2")
    with program.database.write("test") as tx:
        tx.session.scalar(select(StackRow)).taken_into = cut.dossier_id
    empty.unlink()
    write_page(tmp_path / "f" / "0031.png", 31)
    offer(program, tmp_path / "f", separation=None)
    for name in ("f", "f #2"):
        assert "files_refused" not in reasons(program, name)

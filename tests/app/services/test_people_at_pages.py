"""What people do to the pages of a folder holds against imports, rescans, divisions and the machine's own reading."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.domain.documents import Exclusion
from app.domain.states import DossierState
from app.errors import Conflict
from app.jobs.kinds import link_job
from app.queries import dossiers, pages
from app.queries.documents import dossier_tree
from app.queries.left_out import left_out
from app.services.documents import DocumentChange
from app.services.integrity import check
from app.storage.document_tables import DocumentRow
from app.storage.tables import DossierRow, ImportItemRow, PageRow, StackRow
from tests.helpers.drawn_stacks import NO_NUMBER, cover, draw_sheet, draw_stack
from tests.helpers.program import PROOF, finish, open_program, write_page
from tests.helpers.stacks_at_work import dossier, folders, is_sound, offer, reasons


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


def page(program, name):
    return next(each for each in pages.list_pages(program.database) if each.source_name == name)


def only_dossier(program):
    (found,) = dossiers.list_dossiers(program.database)
    return found


def counted(program, dossier_id):
    """Files of the pages that count, as they are read."""
    with program.database.read() as session:
        rows = session.scalars(
            select(ImportItemRow.source_path)
            .join(PageRow, PageRow.import_item_id == ImportItemRow.id)
            .where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
            .order_by(PageRow.ordinal, PageRow.id)
        )
        return [path.replace("\\", "/").rsplit("/", 1)[-1] for path in rows]


def exclusions(program):
    with program.database.read() as session:
        rows = session.execute(
            select(ImportItemRow.source_path, PageRow.exclusion)
            .join(PageRow, PageRow.import_item_id == ImportItemRow.id)
            .where(PageRow.exclusion.is_not(None))
        )
        return {path.replace("\\", "/").rsplit("/", 1)[-1]: code for path, code in rows}


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


class TestLeavingByPolicy:
    """A page taken out by a person holds its folder: a person confirms what leaves."""

    @pytest.fixture
    def proven(self, tmp_path, monkeypatch):
        with open_program(tmp_path / "proven", monkeypatch, release="proven", text=PROOF) as program:
            draw_stack(tmp_path / "f", ("page",) * 3)
            draw_sheet(tmp_path / "f" / "0031.png", cover(999))
            offer(program, tmp_path / "f", separation=None)
            assert only_dossier(program).state is DossierState.TO_INDEX
            yield program

    @pytest.mark.parametrize("code", [Exclusion.PERSON, Exclusion.NOT_OF_FILE])
    def test_excluding_what_speaks_against_the_number(self, proven, code):
        proven.documents.exclude([page(proven, "0031.png").id], code)
        finish(proven)
        assert only_dossier(proven).state is DossierState.TO_INDEX
        assert reasons(proven, "f")["pages_left_out"] == {"n": 1, "pages": "4"}
        proven.undoing.undo(only_dossier(proven).id)
        finish(proven)
        assert exclusions(proven) == {}
        assert only_dossier(proven).state is DossierState.TO_INDEX

    def test_replacing_what_speaks_against_the_number(self, proven, tmp_path):
        proven.inserting.replace(page(proven, "0031.png").id, write_page(tmp_path / "r" / "new.png", 77))
        finish(proven)
        assert only_dossier(proven).state is DossierState.TO_INDEX
        assert "pages_left_out" in reasons(proven, "f")

    def test_a_person_lets_it_go(self, proven):
        proven.documents.exclude([page(proven, "0031.png").id])
        finish(proven)
        found = only_dossier(proven).id
        proven.indexing.confirm(found, "KH/P/2018/00417")
        proven.review.approve(found)
        finish(proven)
        assert only_dossier(proven).state is DossierState.UPLOADED


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


class TestHalvesOfASpread:
    """A scan leaves whole, so a half never leaves beside one that does not."""

    @pytest.fixture
    def second(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",))
        write_page(tmp_path / "f" / "0011.png", 11, size=(1200, 850))
        offer(program, tmp_path / "f", separation=None)
        split = program.spreads.split(page(program, "0011.png").id)
        finish(program)
        return split.second_id

    @pytest.mark.parametrize("code", [Exclusion.PERSON, Exclusion.NOT_OF_FILE])
    def test_half_of_another_file(self, program, second, code):
        found = only_dossier(program).id
        program.documents.exclude([second], code)
        finish(program)
        assert reasons(program, "f")["half_left_out"] == {"n": 1, "pages": "2"}
        program.indexing.confirm(found, "KH/P/2018/00001")
        with pytest.raises(Conflict) as refused:
            program.review.approve(found)
        assert refused.value.code == "half_left_out"
        assert only_dossier(program).state is DossierState.TO_REVIEW

    def test_scanned_again_alone_it_leaves(self, program, second, tmp_path):
        found = only_dossier(program).id
        program.documents.exclude([second], Exclusion.NOT_OF_FILE)
        finish(program)
        program.inserting.replace(page(program, "0011.png").id, write_page(tmp_path / "r" / "new.png", 77))
        finish(program)
        assert "half_left_out" not in reasons(program, "f")
        program.indexing.confirm(found, "KH/P/2018/00001")
        program.review.approve(found)
        finish(program)
        sent = dossiers.get_dossier(program.database, found).package_path
        assert len(list(sent.glob("data/masters/*"))) == 2
        assert only_dossier(program).state is DossierState.UPLOADED

    def test_approved_before_this_was_known_it_comes_back(self, program, second):
        found = only_dossier(program).id
        program.indexing.confirm(found, "KH/P/2018/00001")
        program.review.approve(found)
        with program.database.write("test") as tx:
            tx.session.get_one(PageRow, second).exclusion = Exclusion.NOT_OF_FILE.value
        finish(program)
        row = only_dossier(program)
        assert (row.state, row.return_reason) == (DossierState.RETURNED, "half_left_out")


class TestDividedMeanwhile:
    """Insertions that are on their way, and acts, when their folder is cut or joined."""

    def test_no_cut_while_a_rescan_is_read(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 4)
        offer(program, tmp_path / "f", separation=None)
        program.inserting.replace(page(program, "0031.png").id, write_page(tmp_path / "r" / "new.png", 77))
        with pytest.raises(Conflict) as refused:
            program.divisions.cut(page(program, "0021.png").id)
        assert refused.value.code == "stack_waits"
        finish(program)
        program.divisions.cut(page(program, "0021.png").id)
        finish(program)
        assert {name: len(names) for name, names in folders(program).items()} == {"f": 2, "f #2": 3}
        assert counted(program, dossier(program, "f #2").id) == ["0021.png", "new.png"]
        assert is_sound(program)

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


class TestPagesOfAnotherFile:
    """A page that lay in the wrong folder is named until its own folder has it."""

    @pytest.fixture
    def astray(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",) * 3)
        offer(program, tmp_path / "f", separation=None)
        found = page(program, "0011.png").id
        program.documents.exclude([found], Exclusion.NOT_OF_FILE)
        finish(program)
        return found

    def test_it_is_named_while_no_folder_has_it(self, program, astray):
        (told,) = left_out(program.database, [only_dossier(program).id])
        assert (told.page_id, told.number, told.file, told.is_astray) == (astray, 2, "0011.png", True)
        (finding,) = check(program.database, program.paths).findings
        assert (finding.code, finding.severity, finding.subject_id) == ("page_astray", "warning", astray)
        assert finding.facts == {"folder": "f", "page": 2, "file": "0011.png"}

    def test_it_is_named_after_its_folder_has_left(self, program, astray):
        found = only_dossier(program).id
        program.indexing.confirm(found, "KH/P/2018/00001")
        program.review.approve(found)
        finish(program)
        assert [each.code for each in check(program.database, program.paths).findings] == ["page_astray"]

    def test_its_own_folder_has_it(self, program, astray, tmp_path):
        draw_stack(tmp_path / "g", ("page",))
        offer(program, tmp_path / "g", separation=None)
        program.inserting.insert(dossier(program, "g").id, [tmp_path / "f" / "0011.png"], after=None)
        finish(program)
        (told,) = left_out(program.database, [dossier(program, "f").id])
        assert (told.is_elsewhere, told.is_astray) == (True, False)
        assert is_sound(program)

    def test_other_half_of_the_same_scan_is_not_it(self, program, tmp_path):
        draw_stack(tmp_path / "f", ("page",))
        scan = write_page(tmp_path / "f" / "0011.png", 11, size=(1200, 850))
        draw_stack(tmp_path / "g", ("page",))
        offer(program, tmp_path / "f", tmp_path / "g", separation=None)
        second = program.spreads.split(page(program, "0011.png").id).second_id
        program.documents.exclude([second], Exclusion.NOT_OF_FILE)
        finish(program)
        g = dossier(program, "g").id
        program.inserting.insert(g, [scan], after=None)
        finish(program)
        (first,) = [each for each in pages.list_pages(program.database, dossier_id=g) if each.number == 1]
        assert not left_out(program.database, [dossier(program, "f").id])[0].is_astray
        half = program.spreads.split(first.id)
        program.documents.exclude([half.second_id])
        finish(program)
        assert left_out(program.database, [dossier(program, "f").id])[0].is_astray
        program.documents.include([half.second_id])
        program.documents.exclude([first.id])
        assert not left_out(program.database, [dossier(program, "f").id])[0].is_astray


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

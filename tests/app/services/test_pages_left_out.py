"""Pages that people took out of a folder: they hold it, no scan carries them away, and they are named until found."""

from __future__ import annotations

import json

import jsonschema
import pytest
from rich.console import Console

from app.commands.digitize_report import Asked, build_report
from app.commands.digitize_summary import print_summary
from app.commands.output import NEEDS_PERSON, plain_words
from app.domain.documents import Exclusion
from app.domain.states import DossierState
from app.errors import Conflict
from app.paths import schemas_dir
from app.queries import dossiers, pages
from app.queries.left_out import left_out
from app.services.integrity import check
from app.storage.tables import PageRow
from tests.helpers.drawn_stacks import NO_NUMBER, cover, draw_sheet, draw_stack
from tests.helpers.people_at_pages import exclusions, only_dossier, page
from tests.helpers.program import PROOF, finish, open_program, write_page
from tests.helpers.stacks_at_work import dossier, is_sound, offer, reasons


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


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

    def test_the_report_names_it(self, program, astray, tmp_path, capsys):
        started = offer(program, tmp_path / "f", separation=None)
        report = build_report(program, Asked(started, program.paths.drop, (), 1.0))
        document = report.to_json(plain_words)
        schema = json.loads((schemas_dir() / "digitize.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(document)
        told = {"page": 2, "code": "not_of_file", "file": "0011.png", "is_elsewhere": False}
        assert document["dossiers"][0]["pages_left_out"] == [told]
        assert report.exit_code == NEEDS_PERSON
        print_summary(report, plain_words, Console())
        assert "f, page 2 (0011.png): of another file - no folder has it yet" in capsys.readouterr().out

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

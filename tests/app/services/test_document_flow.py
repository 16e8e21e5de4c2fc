"""Documents through the whole program: pages inserted and scanned again, late files, the package that leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pikepdf
import pytest

from app.domain.documents import Exclusion
from app.domain.ids import DossierId
from app.domain.states import DossierState, ImportState
from app.errors import Conflict, OperatorError
from app.packaging.bag import verify_bag
from app.queries import dossiers
from app.queries.completeness import findings_of
from app.queries.document_rows import TreePage
from app.queries.documents import dossier_tree
from app.queries.imports import ledger
from app.storage.tables import ImportItemRow, PageRow
from tests.helpers.program import finish, open_program, write_page

NUMBER = "KH/P/2018/00417"


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none") as program:
        for number in (1, 2, 4):
            write_page(tmp_path / "folder" / f"{number}.png", number)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        yield program


def the_dossier(program) -> DossierId:
    (dossier,) = dossiers.list_dossiers(program.database)
    return dossier.id


def told(program) -> list[TreePage]:
    return [
        page for each in dossier_tree(program.database, the_dossier(program)).documents for page in each.pages
    ]


def names(program) -> list[tuple[str, str | None]]:
    return [(page.page.source_name, page.exclusion) for page in told(program)]


def package_of(program) -> tuple[Path, dict]:
    path = dossiers.get_dossier(program.database, the_dossier(program)).package_path
    assert path is not None
    return path, json.loads((path / "data" / "dossier.json").read_text(encoding="utf-8"))


def test_linking_makes_documents(program) -> None:
    tree = dossier_tree(program.database, the_dossier(program))
    assert [each.kind for each in tree.documents] == ["APP"] * 3
    assert tree.right == "patent"
    assert all(each.id is not None for each in tree.documents)


def test_a_page_is_inserted_where_it_belongs(program, tmp_path) -> None:
    first = told(program)[1]
    program.inserting.insert(
        the_dossier(program), [write_page(tmp_path / "late" / "3a.png", 30), write_page(tmp_path / "late" / "3b.png", 31)],
        after=first.page.id,
    )  # fmt: skip
    finish(program)
    assert [name for name, _ in names(program)] == ["1.png", "2.png", "3a.png", "3b.png", "4.png"]
    assert program.undoing.undo(the_dossier(program)).code == "pages_inserted"
    finish(program)
    assert names(program)[2:4] == [("3a.png", "taken_back"), ("3b.png", "taken_back")]
    program.undoing.redo(the_dossier(program))
    assert [exclusion for _, exclusion in names(program)] == [None] * 5


def test_an_insertion_taken_back_before_it_was_read_leaves_pages_that_do_not_count(program, tmp_path) -> None:
    program.inserting.insert(the_dossier(program), [write_page(tmp_path / "late.png", 30)], after=None)
    program.undoing.undo(the_dossier(program))
    finish(program)
    assert names(program)[0] == ("late.png", "taken_back")


def test_a_rescan_takes_the_place_and_the_old_page_is_kept(program, tmp_path) -> None:
    old = told(program)[1].page.id
    program.inserting.replace(old, write_page(tmp_path / "again" / "2 again.png", 20))
    assert [exclusion for _, exclusion in names(program)] == [None] * 3, "not before the new one is safe"
    finish(program)
    assert names(program) == [("1.png", None), ("2.png", "replaced"), ("2 again.png", None), ("4.png", None)]
    with program.database.read() as session:
        kept = session.get_one(PageRow, old)
        assert session.get_one(PageRow, kept.replaced_by).ordinal == kept.ordinal + 1
        assert program.masters.path_of(kept.master_sha256, ".png").is_file()
    with pytest.raises(Conflict, match="page_replaced_already"):
        program.inserting.replace(old, tmp_path / "again" / "2 again.png")
    program.undoing.undo(the_dossier(program))
    finish(program)
    assert [exclusion for _, exclusion in names(program)] == [None, None, "taken_back", None]
    program.undoing.redo(the_dossier(program))
    assert [exclusion for _, exclusion in names(program)] == [None, "replaced", None, None]


def test_a_rescan_that_cannot_be_read_replaces_nothing(program, tmp_path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    program.inserting.replace(told(program)[0].page.id, bad)
    finish(program)
    assert [exclusion for _, exclusion in names(program)] == [None] * 3
    with program.database.read() as session:
        item = session.query(ImportItemRow).order_by(ImportItemRow.id.desc()).first()
        assert (item.state, item.reason is not None) == (ImportState.REFUSED, True)
    assert ledger(program.database).waiting == 0


def test_a_path_that_is_not_there_is_refused_at_once(program, tmp_path) -> None:
    with pytest.raises(OperatorError, match="path_missing"):
        program.inserting.insert(the_dossier(program), [tmp_path / "none.png"], after=None)
    with pytest.raises(OperatorError, match="nothing_offered"):
        program.inserting.insert(the_dossier(program), [], after=None)


def test_late_files_find_their_place_in_a_persons_order(program, tmp_path) -> None:
    pages = told(program)
    first = dossier_tree(program.database, the_dossier(program)).documents[0].id
    program.documents.move_pages([pages[2].page.id], first, before=pages[0].page.id)
    assert [name for name, _ in names(program)] == ["4.png", "1.png", "2.png"]
    write_page(tmp_path / "folder" / "3.png", 3)
    program.capture.import_paths([tmp_path / "folder"])
    finish(program)
    assert [name for name, _ in names(program)] == ["4.png", "1.png", "2.png", "3.png"]
    assert len(dossiers.list_dossiers(program.database)) == 1


def test_inserted_files_do_not_make_the_folder_another_one(program, tmp_path) -> None:
    program.inserting.insert(the_dossier(program), [write_page(tmp_path / "stick" / "x.png", 30)], after=None)
    finish(program)
    (tmp_path / "stick" / "x.png").unlink()
    write_page(tmp_path / "folder" / "5.png", 5)
    program.capture.import_paths([tmp_path / "folder"])
    finish(program)
    assert [name for name, _ in names(program)] == ["x.png", "1.png", "2.png", "4.png", "5.png"]


def test_the_package_tells_documents_and_leaves_excluded_pages_here(program) -> None:
    dossier_id = the_dossier(program)
    tree = dossier_tree(program.database, dossier_id)
    letter = tree.documents[2].id
    program.documents.exclude([tree.documents[1].pages[0].page.id], Exclusion.NOT_OF_FILE)
    finish(program)
    program.document_links.link(letter, "KH/P/2018/00418")
    program.indexing.confirm(dossier_id, NUMBER)
    program.review.approve(dossier_id)
    finish(program)
    bag, sheet = package_of(program)
    assert verify_bag(bag).is_valid
    assert (sheet["format_version"], sheet["pdf"]["page_count"], len(sheet["pages"])) == ("1.3", 2, 2)
    assert [(each["kind"], each["first_page"], each["last_page"]) for each in sheet["documents"]] == [
        ("APP", 1, 1), ("APP", 2, 2)
    ]  # fmt: skip
    assert sheet["documents"][1]["application_numbers"] == ["KH/P/2018/00418"]
    assert (sheet["documents"][0]["direction"], sheet["documents"][0]["access"]) == ("incoming", None)
    (excluded,) = sheet["excluded_pages"]
    assert (excluded["reason"], excluded["original_name"]) == ("not_of_file", "2.png")
    masters = {each["master"]["sha256"] for each in sheet["pages"]}
    assert excluded["master"]["sha256"] not in masters
    assert len(list((bag / "data" / "masters").iterdir())) == 2, "a page of another file does not travel"
    with pikepdf.open(bag / "data" / "dossier.pdf") as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Request form", "Request form"]
        assert len(pdf.pages) == 2


def test_a_dossier_without_pages_that_count_does_not_leave(program) -> None:
    dossier_id = the_dossier(program)
    program.indexing.confirm(dossier_id, NUMBER)
    program.documents.exclude([page.page.id for page in told(program)])
    with pytest.raises(Conflict, match="no_paper_pages"):
        program.review.approve(dossier_id)


def test_completeness_tells_what_the_list_of_the_right_misses(program) -> None:
    dossier_id = the_dossier(program)
    found = {(each.code, each.kind) for each in findings_of(program.database, dossier_id, program.offices)}
    assert found == {
        ("document_missing", "DES"), ("document_missing", "CLM"), ("document_not_seen", "ABS"),
        ("document_not_seen", "FEE"), ("document_doubled", "APP"),
    }  # fmt: skip
    program.documents.expect_pages(dossier_id, 4)
    codes = [each.code for each in findings_of(program.database, dossier_id, program.offices)]
    assert codes[0] == "pages_fewer"


def test_another_count_of_pages_keeps_a_proven_dossier_from_leaving(tmp_path, monkeypatch) -> None:
    with open_program(tmp_path / "home", monkeypatch, release="proven") as program:
        write_page(tmp_path / "folder" / "1.png", 1)
        program.capture.import_paths([tmp_path / "folder"])
        (dossier,) = dossiers.list_dossiers(program.database)
        program.documents.expect_pages(dossier.id, 2)
        finish(program)
        detail = dossiers.get_dossier(program.database, dossier.id)
        assert detail.summary.state is DossierState.TO_INDEX
        assert detail.reasons[0].code == "pages_fewer"

"""What was said of characters on the wall, when the same folder is offered to the whole program again."""

from __future__ import annotations

import pytest

from app.domain.states import DossierState
from app.queries.characters import MISREAD, NUMBER, texts_to_check
from app.queries.dossiers import get_dossier
from app.services.character_checks import CharacterSaid
from tests.helpers.program import finish, open_program, write_page

READ, RIGHT = "KH/P/2018/00417", "KH/P/2018/00411"


@pytest.mark.parametrize(
    ("put", "proposed"), [("", [(READ, MISREAD)]), ("1", [(RIGHT, "application"), (READ, MISREAD)])]
)
def test_a_misread_number_is_neither_proposed_again_nor_linked_by_itself(
    tmp_path, monkeypatch, put, proposed
):
    with open_program(tmp_path / "home", monkeypatch, release="none") as program:
        write_page(tmp_path / "folder" / "1.png", 1)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        text = next(each for each in texts_to_check(program.database) if each.what is NUMBER)
        place = text.read.rindex("7")  # the only one: nothing else of the text has been seen
        one = CharacterSaid(text.dossier_id, text.what, text.page_id, text.printed, place, put)
        program.character_checks.keep([one])
        program.indexing.confirm(text.dossier_id, RIGHT)
        program.indexing.withdraw(text.dossier_id)  # nobody has anything against the folder any more
        finish(program)
        options = program.import_options(release="proven")
        program.capture.import_with([tmp_path / "folder"], options)
        finish(program)
        detail = get_dossier(program.database, text.dossier_id)
        assert [(each.application_number, each.role) for each in detail.candidates] == proposed
        assert (detail.summary.state, detail.summary.application_number) == (DossierState.TO_INDEX, None)

from __future__ import annotations

import pytest

from app.domain.states import LinkState
from app.queries import dossiers
from tests.helpers.program import PROOF, finish, open_program, write_page


@pytest.mark.parametrize("release", ["proven", "none"])
def test_only_what_the_rule_released_counts_as_gone_on_by_itself(tmp_path, monkeypatch, release):
    for number in (1, 2):
        write_page(tmp_path / "folder" / f"{number}.png", number)
    with open_program(tmp_path / "home", monkeypatch, release=release, text=PROOF) as program:
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        (dossier,) = dossiers.list_dossiers(program.database)
        assert dossier.link is LinkState.PROVEN
        if release == "none":
            program.indexing.confirm(dossier.id, dossier.best_guess)
            (dossier,) = dossiers.list_dossiers(program.database)
        assert dossier.by_policy is (release == "proven")

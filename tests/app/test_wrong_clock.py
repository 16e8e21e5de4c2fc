"""A clock that was set wrong for a while delays nothing for longer than the usual waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.connectors.local_office import prepare_drop_folder
from app.domain.states import DossierState
from app.queries import dossiers, uploads
from app.start_checks import start_problems
from tests.helpers.program import finish, open_program, write_page


def set_clock(program, days):
    program.database.clock = lambda: datetime.now(UTC) + timedelta(days=days)


def test_what_was_put_back_by_a_clock_ahead_is_delivered_when_it_is_right_again(tmp_path, monkeypatch):
    for number in (1, 2):
        write_page(tmp_path / "folder" / f"{number}.png", number)
    away = tmp_path / "away"
    with open_program(tmp_path / "home", monkeypatch, release="proven", destination=away) as program:
        set_clock(program, 3650)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        (upload,) = uploads.list_uploads(program.database)
        assert upload.not_before > datetime.now(UTC) + timedelta(days=3000)
        prepare_drop_folder(away)

        set_clock(program, 0)
        finish(program)

        (dossier,) = dossiers.list_dossiers(program.database)
        assert dossier.state is DossierState.UPLOADED


def test_a_clock_behind_the_last_work_is_told_once_it_is_hours(tmp_path, monkeypatch):
    write_page(tmp_path / "folder" / "1.png", 1)
    with open_program(tmp_path / "home", monkeypatch) as program:
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        told = {}
        for days in (1, 0, -0.05, -1):
            set_clock(program, days)
            found = start_problems(program.database, program.settings, tmp_path, program.offices)
            told[days] = [problem.code for problem in found]
        assert told == {1: [], 0: [], -0.05: [], -1: ["clock_behind"]}


def test_an_office_without_profile_and_models_that_are_missing_are_told(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch) as program:
        settings = program.settings.model_copy(update={"office": "XX", "engine": "tesserocr"})
        found = start_problems(program.database, settings, tmp_path, program.offices)
        assert [problem.code for problem in found] == [
            "language_missing",
            "language_missing",
            "office_unknown",
        ]
        assert found[0].facts["file"] == str(tmp_path / "eng.traineddata")

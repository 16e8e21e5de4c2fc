"""Where folders are counted a late page moves every border behind it: counted anew, or held where people decided."""

from __future__ import annotations

import pytest

from app.domain.field_kinds import DossierField
from app.domain.separation import Mode, Separation
from app.domain.states import DossierState
from app.errors import MachineError
from app.jobs.kinds import separate_job
from tests.helpers.drawn_stacks import NO_NUMBER, draw_on, draw_patch, draw_stack
from tests.helpers.program import open_program, write_page
from tests.helpers.stacks_at_work import audit, by_number, dossier, folders, is_sound, offer, reasons

TWO_EACH = Separation(Mode.COUNT, sheets_each=2)
NUMBER = "KH/P/2018/00002"


@pytest.fixture
def box(tmp_path):
    return tmp_path / "box"


@pytest.fixture
def program(tmp_path, box, monkeypatch):
    """Five pages of a stack in folders of two sheets; 0011 was refused and lies between the first and the second."""
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        draw_stack(box, ("page",) * 6)
        (box / "0011.png").write_bytes(b"\x89PNG damaged")
        offer(program, box, separation=TWO_EACH)
        assert folders(program)["box #2"] == by_number(31, 41)
        yield program


def break_division(monkeypatch):
    def broken(*_, **__):
        raise MachineError("broken")

    monkeypatch.setattr(separate_job, "plan_division", broken)


def test_a_late_separator_with_print_shifts_all_borders_behind_it_too(program, box):
    program.indexing.confirm(dossier(program, "box #3").id, NUMBER)
    draw_on(draw_patch(box / "0011.png", "T"))
    offer(program, box, separation=TWO_EACH)
    assert {"separator_with_print", "pages_came_late", "count_shifted"} <= set(reasons(program, "box #1"))
    assert "count_shifted" in reasons(program, "box #2")


def test_a_typed_field_is_a_decision_that_no_count_goes_over(program, box):
    program.fields.put(dossier(program, "box #2").id, DossierField.APPLICANT, "Owner of 0031 and 0041")
    write_page(box / "0011.png", 11)
    offer(program, box, separation=TWO_EACH)
    assert folders(program)["box #2"] == by_number(31, 41)
    assert "count_shifted" in reasons(program, "box #2")


def test_a_count_that_failed_forgets_no_border_that_people_decided_on_since(program, box, monkeypatch):
    with monkeypatch.context() as patched:
        break_division(patched)
        write_page(box / "0011.png", 11)
        offer(program, box, separation=TWO_EACH)
    program.indexing.confirm(dossier(program, "box #2").id, NUMBER)
    write_page(box / "0061.png", 61)
    offer(program, box, separation=None)
    assert folders(program)["box #2"] == by_number(31, 41)
    assert dossier(program, "box #2").state is DossierState.TO_REVIEW
    assert is_sound(program)


def test_a_hold_while_the_count_is_being_made_stands(program, box, monkeypatch):
    plan = separate_job.SeparateKind.run

    def held_meanwhile(self, task):
        planned = plan(self, task)
        assert planned.is_anew
        program.indexing.hold(dossier(program, "box #2").id, "ask the archive")
        return planned

    monkeypatch.setattr(separate_job.SeparateKind, "run", held_meanwhile)
    write_page(box / "0011.png", 11)
    offer(program, box, separation=TWO_EACH)
    assert folders(program)["box #2"] == by_number(31, 41)
    assert audit(program, "divided_anew") == []


def test_another_division_that_failed_goes_over_nothing_people_decided_since(program, box, monkeypatch):
    (box / "0011.png").unlink()
    with monkeypatch.context() as patched:
        break_division(patched)
        offer(program, box, separation=Separation(Mode.COUNT, sheets_each=3))
    program.indexing.confirm(dossier(program, "box #2").id, NUMBER)
    write_page(box / "0061.png", 61)
    offer(program, box, separation=None)
    assert folders(program)["box #2"] == by_number(31, 41)
    assert "not_divided_anew" in reasons(program, "box #1")
    assert is_sound(program)

"""Fields are read when a folder's pages are done, go into its package, and never delay or undo what people say."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.domain.field_kinds import DossierField, FieldSource
from app.jobs import store
from app.jobs.zone_reader import ZoneReader
from app.queries.fields import fields_of
from app.services import flow
from app.storage.tables import AuditRow, DossierRow, JobRow, PageResultRow, PageRow
from ocr.errors import OperatorError
from ocr.types import Box, Word, ZoneReading
from ocr.words_file import write_words
from tests.helpers.program import finish, open_program, write_page

F = DossierField


def words(*lines: str) -> list[Word]:
    found = []
    for row, text in enumerate(lines):
        at = 0
        for part in text.split(" "):
            box = Box(100 + at * 20, 100 + row * 60, len(part) * 20, 40)
            found.append(Word(part, box, 0.96, row, space_after=at + len(part) < len(text)))
            at += len(part) + 1
    return found


FORM = words(
    "(54) Title: Folding rice basket", "(71) Applicant: Lotus Quay Ltd.", "(22) Filing date: 23/11/2019"
)


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none") as opened:
        write_page(tmp_path / "paper" / "0.jpg", 0)
        opened.capture.import_paths([tmp_path / "paper"])
        finish(opened)
        yield opened


def read_as(program, page_words) -> None:
    """Let the page have been read so, and ask for the fields again."""
    text = "\n".join(" ".join(word.text for word in page_words if word.line == row) for row in range(9))
    with program.database.write("test") as tx:
        result = tx.session.scalars(select(PageResultRow)).one()
        result.text = text
        key = result.derived_key
        dossier_id = tx.session.scalars(select(PageRow.dossier_id)).one()
        store.enqueue(tx, flow.FIELDS, dossier_id)
    write_words(program.paths.derived / f"{key}.words.json.gz", page_words, text)
    program.loop.wake()
    finish(program)


def shown(program) -> dict[str, tuple[str, str]]:
    rows = fields_of(program.database, 1, program.offices["KH"])
    told = {row.field.value: (row.said.printed, row.source.value) for row in rows if not row.is_empty}
    assert told.pop("type", ("patent", "machine"))[1] == "machine"
    return told


def test_linking_asks_for_fields_and_they_are_kept(program):
    with program.database.read() as session:
        assert session.scalar(select(JobRow.state).where(JobRow.kind == flow.FIELDS)) == "done"
    read_as(program, FORM)
    assert shown(program) == {
        "title": ("Folding rice basket", "machine"),
        "applicant": ("Lotus Quay Ltd.", "machine"),
        "filing_date": ("23/11/2019", "machine"),
    }


def test_pages_read_again_refresh_what_nobody_decided(program):
    read_as(program, FORM)
    program.fields.put(1, F.APPLICANT, "Lotus Quay Limited")
    read_as(program, words("(54) Title: Folding rice baskets", "(71) Applicant: Lotus Quav Ltd."))
    assert shown(program) == {
        "title": ("Folding rice baskets", "machine"),
        "applicant": ("Lotus Quay Limited", "person"),
    }


def test_damaged_words_file_leaves_fields_empty_and_the_job_done(program):
    read_as(program, FORM)
    with program.database.write("test") as tx:
        key = tx.session.scalars(select(PageResultRow.derived_key)).one()
        store.enqueue(tx, flow.FIELDS, 1)
    (program.paths.derived / f"{key}.words.json.gz").write_bytes(b"\x1f\x8b" + b"x" * 40)
    program.loop.wake()
    finish(program)
    assert shown(program) == {}


def test_act_on_a_field_tells_screens_of_fields_not_of_the_folder(program):
    heard = []
    stop = program.bus.subscribe(heard.append)
    program.fields.put(1, F.TITLE, "Bamboo board")
    stop()
    assert [dict(each.touched) for each in heard] == [{"field": frozenset({1})}]
    with program.database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "field_typed")).one()
        assert (row.subject, row.facts["value"]) == ("dossier", "Bamboo board")


def test_confirmed_number_gives_the_folder_its_type(program):
    program.indexing.confirm(1, "KH/D/2019/00125")
    rows = fields_of(program.database, 1, program.offices["KH"])
    assert next(row.said.value for row in rows if row.field is F.TYPE) == "design"


def test_package_holds_the_fields_with_whose_word_they_are(program):
    read_as(program, FORM)
    program.fields.put(1, F.APPLICANT, "Lotus Quay Limited")
    program.indexing.confirm(1, "KH/D/2019/00125")
    program.review.approve(1)
    program.loop.wake()
    finish(program)
    with program.database.read() as session:
        state = session.get_one(DossierRow, 1).state.value
    assert state in ("queued", "uploaded")
    found = next(program.paths.packages.rglob("dossier.json"))
    fields = {each["name"]: each for each in json.loads(found.read_text(encoding="utf-8"))["fields"]}
    assert fields["filing_date"]["value"] == "2019-11-23"
    assert fields["filing_date"]["page"] == 1
    told = fields["applicant"]
    assert (told["printed"], told["state"], told["by"]) == (
        "Lotus Quay Limited",
        "accepted",
        program.settings.operator,
    )
    assert fields["title"]["by"] == FieldSource.MACHINE.value


class FakeZones:
    """A runner that answers with what it is given."""

    def __init__(self, outcome) -> None:
        self.outcome = outcome
        self.tasks = []
        self.is_closed = False

    def submit(self, run, task, timeout_s, done):
        self.tasks.append(task)
        done(self.outcome)

    def capacity(self):
        return 1

    def cancel(self, handle):
        pass

    def close(self, *, wait_s):
        self.is_closed = True


def zones(program, outcome):
    runner = FakeZones(outcome)
    return runner, ZoneReader(program.database, program.masters, program.paths.root, "fake", lambda: runner)


def test_zone_is_read_as_the_page_was_turned_in_the_languages_asked_for(program):
    from app.jobs.protocol import Outcome

    runner, reader = zones(program, Outcome(result=ZoneReading("ab", (), (0.9, 0.8))))
    assert reader.read(1, Box(1, 2, 30, 40), ("khm",)).text == "ab"
    task = runner.tasks[0]
    assert (task.box, task.languages, task.frame) == (Box(1, 2, 30, 40), ("khm",), 0)
    reader.close()
    assert runner.is_closed
    with pytest.raises(OperatorError, match="zone_not_read"):
        reader.read(1, Box(1, 2, 30, 40))


def test_zone_that_kills_its_worker_or_takes_too_long_is_told(program):
    from app.jobs.protocol import Outcome

    for outcome in (
        Outcome(error=RuntimeError("x"), crashed=True),
        Outcome(error=TimeoutError(), timed_out=True),
    ):
        _, reader = zones(program, outcome)
        with pytest.raises(OperatorError, match="zone_not_read"):
            reader.read(1, Box(1, 2, 30, 40))
        reader.close()


def test_what_a_worker_says_of_a_zone_is_looked_at_first(program):
    from app.errors import MachineError
    from app.jobs.protocol import Outcome

    for result in ("text", ZoneReading("ab", (), (0.9,)), ZoneReading("a", (), (7.0,))):
        _, reader = zones(program, Outcome(result=result))
        with pytest.raises(MachineError, match="result_implausible"):
            reader.read(1, Box(1, 2, 30, 40))
        reader.close()


def test_zone_of_a_page_that_was_not_read_is_refused(program):
    from app.jobs.protocol import Outcome

    _, reader = zones(program, Outcome())
    with pytest.raises(OperatorError, match="zone_page_unread"):
        reader.read(99, Box(1, 2, 30, 40))
    reader.close()

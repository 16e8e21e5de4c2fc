"""A register comes into force whole or not at all, is found by every spelling, and is told in the audit."""

from __future__ import annotations

import csv
import hashlib
import json
import random

import pytest
from sqlalchemy import func, select

from app.domain.register import MemoryRegister, RegisterUnreadable, near_keys, parse_register
from app.domain.register_mapping import ColumnMapping, DateOrder, Field
from app.errors import DiskFull, MachineError, OperatorError
from app.queries import register
from app.services import register_reading, register_staging
from app.services.register import RegisterRequest
from app.services.register_problems import save_problems
from app.services.register_reading import Watcher
from app.storage.tables import AuditRow, RegisterExtractRow, RegisterRow
from tests.helpers.program import open_program
from tests.helpers.register_files import csv_bytes, numbers, write, xlsx_bytes
from ui import texts


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, office="KH") as opened:
        yield opened


def load(program, tmp_path, rows, name="register.csv", **options):
    path = write(tmp_path / name, csv_bytes(rows) if name.endswith("csv") else xlsx_bytes(rows))
    return program.register_service.import_extract(RegisterRequest(path, "KH", **options))


def held(program):
    """Numbers in force, and all rows there are."""
    with program.database.read() as session:
        rows = session.scalar(select(func.count()).select_from(RegisterRow))
    return register.count_of(program.database, "KH"), rows


def last_audit(program):
    with program.database.read() as session:
        row = session.scalars(
            select(AuditRow).where(AuditRow.subject == "register").order_by(AuditRow.id.desc())
        ).first()
        return row.facts


def title_of(program, canonical):
    found = register.find(program.database, canonical, "KH")
    return None if found is None else found.title


def test_a_full_extract_replaces_the_former_register(program, tmp_path):
    load(program, tmp_path, numbers(5))
    load(program, tmp_path, numbers(4, first=3, title="New"))
    assert held(program) == (4, 4)
    assert title_of(program, "KH/P/2018/00001") is None
    assert title_of(program, "KH/P/2018/00003") == "New 3"


def test_changes_add_and_renew_and_leave_the_rest(program, tmp_path):
    load(program, tmp_path, numbers(5))
    load(program, tmp_path, numbers(3, first=4, title="New"), is_delta=True)
    assert held(program) == (6, 6)
    assert (title_of(program, "KH/P/2018/00001"), title_of(program, "KH/P/2018/00005")) == (
        "Rice husk filter 1",
        "New 5",
    )


def test_numbers_of_two_offices_stay_apart(program, tmp_path):
    load(program, tmp_path, numbers(3))
    path = write(tmp_path / "vn.csv", csv_bytes([("4-2019-11818", "Nước", "A", "05/03/2019")]))
    program.register_service.import_extract(RegisterRequest(path, "VN"))
    told = register.info(program.database)
    assert [(each.office, each.count) for each in told.offices] == [("KH", 3), ("VN", 1)]
    assert register.find(program.database, "4-2019-11818", "KH") is None
    assert register.find(program.database, "4-2019-11818", "VN").title == "Nước"


@pytest.mark.parametrize(
    "typed",
    ["4-2019-01818", "4201901818", "000001818", "1818", "៤-២០១៩-០១៨១៨"],
)
def test_a_number_is_found_by_each_of_its_spellings(program, tmp_path, typed):
    rows = [
        ("4-2019-01818", "Nước mắm", "Công ty TNHH Đồng Tháp", "2019-03-05"),
        ("4-2019-01819", "T", "B", ""),
    ]
    path = write(tmp_path / "vn.csv", csv_bytes(rows))
    program.register_service.import_extract(RegisterRequest(path, "VN"))
    found = register.find_number(program.database, typed, program.offices["VN"])
    assert [each.application_number for each in found] == ["4-2019-01818"]
    assert [each.title for each in register.find_name(program.database, "dong th", "VN")] == ["Nước mắm"]
    assert [each.title for each in register.find_name(program.database, "NUOC", "VN")] == ["Nước mắm"]


def test_the_audit_names_the_extract_by_its_hash(program, tmp_path):
    done = load(program, tmp_path, [*numbers(2), ("nonsense", "T", "A", "")])
    content = (tmp_path / "register.csv").read_bytes()
    facts = last_audit(program)
    assert facts["sha256"] == done.sha256 == hashlib.sha256(content).hexdigest()
    assert (facts["file"], facts["accepted"], facts["refused"], facts["size_bytes"]) == (
        "register.csv", 2, 1, len(content),
    )  # fmt: skip
    assert facts["hash_confirmed"] is False


def test_a_checksum_beside_the_file_is_compared(program, tmp_path):
    path = write(tmp_path / "register.csv", csv_bytes(numbers(2)))
    beside = tmp_path / "register.csv.sha256"
    beside.write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  register.csv\n")
    program.register_service.import_extract(RegisterRequest(path, "KH"))
    assert last_audit(program)["hash_confirmed"] is True
    path.write_bytes(csv_bytes(numbers(3)))
    with pytest.raises(RegisterUnreadable, match="register_hash_differs"):
        program.register_service.import_extract(RegisterRequest(path, "KH"))
    assert held(program) == (2, 2)


def test_a_workbook_is_read_in_a_worker(program, tmp_path):
    done = load(program, tmp_path, [*numbers(9_000), ("=A1", "T", "A", "")], "register.xlsx")
    assert (done.accepted, [each.code for each in done.problems]) == (9_000, ["formula_in_number"])
    assert held(program) == (9_000, 9_000)
    assert not list((tmp_path / "home" / "register-staging").iterdir())


def test_columns_a_person_has_mapped_are_remembered_for_the_office_and_header(program, tmp_path):
    path = write(tmp_path / "a.csv", csv_bytes(numbers(2), head=("Nr", "Was", "Wer", "Wann")))
    service = program.register_service
    assert not service.look(path, "KH").is_remembered
    with pytest.raises(RegisterUnreadable, match="register_column_missing"):
        service.import_csv(path, "KH")
    columns = {field: at for at, field in enumerate(Field)}
    service.import_extract(RegisterRequest(path, "KH", ColumnMapping(columns, DateOrder.DMY)))
    seen = service.look(path, "KH")
    assert (dict(seen.columns), seen.dates, seen.is_remembered) == (columns, DateOrder.DMY, True)
    assert not service.look(path, "VN").is_remembered
    assert service.import_csv(path, "KH").accepted == 2


def test_a_full_extract_that_lacks_most_numbers_needs_a_word(program, tmp_path):
    load(program, tmp_path, numbers(10))
    with pytest.raises(OperatorError, match="register_shrinks") as told:
        load(program, tmp_path, numbers(4))
    assert told.value.facts == {"before": 10, "after": 4}
    assert held(program) == (10, 10)
    load(program, tmp_path, numbers(4), may_shrink=True)
    assert held(program) == (4, 4)


@pytest.mark.parametrize("name", ["register.csv", "register.xlsx"])
def test_a_file_without_a_number_of_the_office_changes_nothing(program, tmp_path, name):
    load(program, tmp_path, numbers(3))
    with pytest.raises(OperatorError, match="register_without_numbers"):
        load(program, tmp_path, [("nonsense", "T", "A", "")], name)
    assert held(program) == (3, 3)


def test_dates_that_contradict_late_in_the_file_leave_the_former_register(program, tmp_path):
    load(program, tmp_path, numbers(3))
    rows = [(f"KH/P/2019/{each:05d}", "T", "A", "25/12/2019") for each in range(1, 9_000)]
    rows.append(("KH/P/2019/09999", "T", "A", "12/25/2019"))
    with pytest.raises(RegisterUnreadable, match="register_dates_mixed"):
        load(program, tmp_path, rows)
    assert held(program) == (3, 3)


def test_an_import_can_be_stopped(program, tmp_path):
    load(program, tmp_path, numbers(3))
    path = write(tmp_path / "big.xlsx", xlsx_bytes(numbers(20_000)))
    watcher = Watcher()
    watcher.tell = lambda now: watcher.stopped.set() if now.rows else None
    with pytest.raises(OperatorError, match="register_stopped"):
        program.register_service.import_extract(RegisterRequest(path, "KH"), watcher)
    in_force, rows = held(program)
    assert in_force == 3
    assert rows > 3  # whoever stops does not wait until they are gone
    assert not list((tmp_path / "home" / "register-staging").iterdir())
    load(program, tmp_path, numbers(3))
    assert held(program) == (3, 3)


def test_a_full_disk_in_the_midst_leaves_the_former_register(program, tmp_path, monkeypatch):
    load(program, tmp_path, numbers(3))
    enter = register_staging.StagedExtract.enter

    def full_after_the_first(staged, rows):
        if staged.rows:
            raise DiskFull("disk_full", retryable=True, where="database")
        enter(staged, rows)

    monkeypatch.setattr(register_staging.StagedExtract, "enter", full_after_the_first)
    with pytest.raises(DiskFull):
        load(program, tmp_path, numbers(9_000, first=100))
    assert held(program) == (3, 3)
    monkeypatch.undo()
    load(program, tmp_path, numbers(9_000, first=100))
    assert held(program) == (9_000, 9_000)


def test_no_room_to_tidy_is_no_failure_of_what_is_in_force(program, tmp_path, monkeypatch):
    from app.services import register as service

    load(program, tmp_path, numbers(3))

    def no_room(*_):
        raise DiskFull("disk_full", retryable=True, where="database")

    swept = iter((lambda *_: 0, no_room))  # before the import, and after it
    monkeypatch.setattr(service, "clean", lambda *given: next(swept)(*given))
    assert load(program, tmp_path, numbers(4)).accepted == 4
    assert held(program) == (4, 7)
    monkeypatch.undo()
    load(program, tmp_path, numbers(5))
    assert held(program) == (5, 5)


def test_what_a_dead_program_staged_is_removed_by_the_next_import(program, tmp_path):
    load(program, tmp_path, numbers(3))
    left = tmp_path / "home" / "register-staging" / "0123-4567"
    (left / "portions").mkdir(parents=True)
    staged = register_staging.StagedExtract.begin(
        program.database,
        "x",
        tmp_path / "home" / "owners" / ("0" * 32 + ".lock"),
        "KH",
        is_delta=False,
        file_name="a",
        sha256=None,
        size_bytes=1,
    )
    rows = [
        dict.fromkeys(register_staging.TEXTS, "a") | {"canonical": f"KH/P/2018/{each}", "filing_date": None}
        for each in range(7)
    ]
    staged.enter(rows)
    assert held(program) == (3, 10)
    assert register.find(program.database, "KH/P/2018/4", "KH") is None
    load(program, tmp_path, numbers(1, first=50), is_delta=True)
    assert held(program) == (4, 4)
    assert not left.exists()
    with program.database.read() as session:
        assert session.get(RegisterExtractRow, staged.id).state == "retired"


@pytest.mark.parametrize(
    "row",
    [
        "text",
        {},
        dict.fromkeys(register_staging.TEXTS, "a") | {"filing_date": "soon"},
        dict.fromkeys(register_staging.TEXTS, "a" * 9_000) | {"filing_date": None},
        dict.fromkeys(register_staging.TEXTS, 7) | {"filing_date": None},
        dict.fromkeys(register_staging.TEXTS, "") | {"filing_date": None},
    ],
)
def test_rows_of_a_worker_are_not_believed_blindly(row):
    with pytest.raises(MachineError, match="result_implausible"):
        register_staging.believed([row])


def test_problems_are_saved_as_csv_that_no_spreadsheet_computes(program, tmp_path):
    done = load(program, tmp_path, [*numbers(1), ("=cmd|x", "T", "A", ""), ("@nonsense", "T", "A", "")])
    save_problems(tmp_path / "errors.csv", done.problems, texts.sentence)
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as source:
        saved = list(csv.reader(source))
    assert saved[0] == ["line", "value", "reason", "left out"]
    assert [row[:2] for row in saved[1:]] == [["3", "'=cmd|x"], ["4", "'@nonsense"]]
    assert all(row[3] == "yes" for row in saved[1:])


def test_portions_that_are_missing_are_noticed(program, tmp_path, monkeypatch):
    load(program, tmp_path, numbers(3))
    monkeypatch.setattr(register_reading, "portion_path", lambda directory, number: directory / "elsewhere")
    with pytest.raises(RegisterUnreadable, match="register_damaged"):
        load(program, tmp_path, numbers(50), "register.xlsx")
    assert held(program) == (3, 3)


def test_the_commands_import_and_show(tmp_path, capfd, monkeypatch):
    from app.cli import run

    monkeypatch.setenv("FOLIODESK_OPERATOR", "sokha")
    path = write(
        tmp_path / "a.csv",
        csv_bytes([*numbers(2), ("nonsense", "T", "A", "")], head=("Nr", "Was", "Wer", "Wann")),
    )
    home = ["--home", str(tmp_path / "home"), "--json"]
    errors = tmp_path / "errors.csv"
    options = ["--office", "KH", "--map", "number=1,title=Was,applicant=C,date=4", "--errors", str(errors)]
    assert run(["register", "import", str(path), *options, *home]) == 1
    done = json.loads(capfd.readouterr().out)
    assert (done["accepted"], done["problem_count"], done["problems"][0]["line"]) == (2, 1, 4)
    assert errors.exists()
    assert run(["register", "show", *home]) == 0
    (extract,) = json.loads(capfd.readouterr().out)["extracts"]
    assert (extract["office"], extract["entries"], extract["sha256"]) == ("KH", 2, done["sha256"])
    assert run(["register", "show", "khp201800002", "--office", "KH", *home]) == 0
    (entry,) = json.loads(capfd.readouterr().out)["entries"]
    assert entry["title"] == "Rice husk filter 2"


def test_the_linker_is_answered_as_by_a_register_in_memory(program, tmp_path):
    draw = random.Random(5)
    serials = draw.sample(range(1, 99_999), 1_500)
    rows = [(f"KH/P/2018/{serial:05d}", f"Title {serial}", f"A {serial}", "2018-03-02") for serial in serials]
    renewed = [(number, f"New {title}", who, day) for number, title, who, day in rows[:300]]
    load(program, tmp_path, rows)
    load(program, tmp_path, renewed, is_delta=True)
    profile = program.office("KH")
    memory = MemoryRegister(parse_register(csv_bytes([*renewed, *rows]), profile).entries)
    asked = [row[0] for row in rows[::10]] + [f"KH/P/2018/{draw.randrange(99_999):05d}" for _ in range(150)]
    with program.database.read() as session:
        stored = register.StoredRegister(session, profile)
        for number in asked:
            assert _told(stored.find(number)) == _told(memory.find(number))
            keys = near_keys(number)
            expected = [_told(each) for each in memory.near(number) if each.number.canonical in keys]
            assert [_told(each) for each in stored.near(number)] == sorted(expected)


def test_rows_a_later_change_renewed_are_told_once_even_before_they_are_removed(
    program, tmp_path, monkeypatch
):
    from app.services import register as service

    load(program, tmp_path, numbers(5))
    monkeypatch.setattr(service, "clean", lambda *_: 0)
    load(program, tmp_path, numbers(2, first=2, title="New"), is_delta=True)
    assert held(program) == (5, 7)
    assert [
        each.title for each in register.find_number(program.database, "KHP201800002", program.offices["KH"])
    ] == ["New 2"]
    assert register.find_name(program.database, "Rice husk filter 2", "KH") == ()
    with program.database.read() as session:
        near = register.StoredRegister(session, program.office("KH")).near("KH/P/2018/00009")
    assert [each.title for each in near if each.number.serial.endswith("2")] == ["New 2"]


def _told(entry):
    return (
        None if entry is None else (entry.number.canonical, entry.title, entry.applicant, entry.filing_date)
    )


def test_changes_join_the_register_below_them_and_go_with_it(program, tmp_path):
    load(program, tmp_path, numbers(5))
    for day in range(3):
        load(program, tmp_path, numbers(2, first=5 + day, title=f"Day {day}"), is_delta=True)
    with program.database.read() as session:
        assert session.scalar(select(func.count(func.distinct(RegisterRow.extract_id)))) == 1
    assert held(program) == (8, 8)
    assert [title_of(program, f"KH/P/2018/{each:05d}") for each in (4, 5, 6, 8)] == [
        "Rice husk filter 4",
        "Day 0 5",
        "Day 1 6",
        "Day 2 8",
    ]
    load(program, tmp_path, numbers(6, first=50))
    assert held(program) == (6, 6)


def test_changes_to_nothing_are_the_whole_register(program, tmp_path):
    load(program, tmp_path, numbers(3), is_delta=True)
    (extract,) = register.extracts(program.database)
    assert (extract.is_delta, extract.entries) == (False, 3)

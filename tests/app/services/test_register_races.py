"""Two imports at once, of one program or of two: neither takes the other's rows, and one register is whole."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import func, select

from app.errors import MachineError, OperatorError
from app.services import register_staging
from app.services.register import RegisterRequest
from app.services.register_reading import Watcher
from app.services.register_staging import StagedExtract, clean
from app.storage.owners import OwnerLock
from app.storage.tables import RegisterExtractRow, RegisterRow
from tests.helpers.program import open_program
from tests.helpers.register_files import csv_bytes, numbers, write


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, office="KH") as opened:
        yield opened


@pytest.fixture
def other(program):
    """Another program on the same home that lives."""
    with OwnerLock.acquire(program.paths.owners) as lock:
        yield lock


def begin(program, owner, office="KH", *, is_delta=False):
    facts = {"file_name": "a", "sha256": None, "size_bytes": 1}
    return StagedExtract.begin(program.database, "x", owner, office, is_delta=is_delta, **facts)


def rows(count, first=0, **given):
    usual = dict.fromkeys(register_staging.TEXTS, "a") | {"filing_date": None}
    return [usual | {"canonical": f"KH/P/2018/{each}"} | given for each in range(first, first + count)]


def rows_of(program, extract_id):
    with program.database.read() as session:
        counted = select(func.count()).select_from(RegisterRow)
        return session.scalar(counted.where(RegisterRow.extract_id == extract_id))


def state_of(program, extract_id):
    with program.database.read() as session:
        return session.get(RegisterExtractRow, extract_id).state


def test_two_that_tidy_at_once_never_take_a_row_that_was_just_staged(program, other, monkeypatch):
    old = begin(program, other.path)
    old.enter(rows(50))
    old.abandon()
    write_, comes, goes_on = program.database.write, threading.Event(), threading.Event()

    @contextmanager
    def held_up(who):
        if threading.current_thread() is slow:
            comes.set()
            assert goes_on.wait(20)
        with write_(who) as tx:
            yield tx

    monkeypatch.setattr(program.database, "write", held_up)
    slow = threading.Thread(target=clean, args=(program.database, "slow"))
    slow.start()
    assert comes.wait(20)
    clean(program.database, "quick")
    fresh = begin(program, other.path)
    fresh.enter(rows(50, 100))
    goes_on.set()
    slow.join()
    fresh.switch(file="b")
    assert rows_of(program, fresh.id) == 50


def test_an_id_of_a_row_is_never_given_twice(program, other):
    old = begin(program, other.path)
    old.enter(rows(3))
    old.abandon()
    clean(program.database, "x")
    fresh = begin(program, other.path)
    fresh.enter(rows(3))
    with closing(sqlite3.connect(program.database.path)) as connection:
        (least,) = connection.execute("SELECT min(id) FROM register_entry").fetchone()
    assert least > 3


def test_an_extract_taken_for_one_of_a_dead_program_never_comes_into_force(program, other):
    staged = begin(program, other.path)
    staged.enter(rows(5))
    with program.database.write("x") as tx:
        register_staging.retire_dead(tx, program.paths.owners / "elsewhere", (), "nobody")
    with pytest.raises(MachineError, match="register_lost"):
        staged.switch(file="a")
    assert state_of(program, staged.id) == "retired"


def test_an_extract_that_lost_rows_never_comes_into_force(program, other):
    staged = begin(program, other.path)
    staged.enter(rows(5))
    with program.database.write("x") as tx:
        tx.session.delete(tx.session.scalars(select(RegisterRow)).first())
    with pytest.raises(MachineError, match="register_lost"):
        staged.switch(file="a")
    assert state_of(program, staged.id) == "staging"


def test_a_second_import_for_an_office_waits_for_the_first(program, other, tmp_path):
    begin(program, other.path, is_delta=True)
    path = write(tmp_path / "register.csv", csv_bytes(numbers(3)))
    with pytest.raises(OperatorError, match="register_busy"):
        program.register_service.import_extract(RegisterRequest(path, "KH"))
    vietnamese = write(tmp_path / "vn.csv", csv_bytes([("4-2019-11818", "T", "A", "2019-03-05")]))
    assert program.register_service.import_extract(RegisterRequest(vietnamese, "VN")).accepted == 1
    other.release()
    assert program.register_service.import_extract(RegisterRequest(path, "KH")).accepted == 3


def test_a_sweep_never_retires_an_import_of_its_own_program_that_just_began(program, tmp_path, monkeypatch):
    service, swept = program.register_service, threading.Event()
    begin_ = StagedExtract.begin

    def sweep():
        service._sweep(Watcher())
        swept.set()

    sweeper = threading.Thread(target=sweep)

    def begun(*given, **facts):
        staged = begin_(*given, **facts)
        sweeper.start()
        swept.wait(0.5)  # as long as it would need if nothing held it
        return staged

    monkeypatch.setattr(StagedExtract, "begin", begun)
    path = write(tmp_path / "register.csv", csv_bytes(numbers(3)))
    assert service.import_extract(RegisterRequest(path, "KH")).accepted == 3
    sweeper.join()


def test_the_copy_of_a_program_that_starts_meanwhile_stays(program, tmp_path, monkeypatch):
    from app.services import register as service

    staging = program.paths.register_staging
    living = service.living_owners

    def one_more_starts(directory):
        found = living(directory)
        (staging / "newcomer-1234").mkdir(parents=True)
        return found

    monkeypatch.setattr(service, "living_owners", one_more_starts)
    path = write(tmp_path / "register.csv", csv_bytes(numbers(3)))
    program.register_service.import_extract(RegisterRequest(path, "KH"))
    assert (staging / "newcomer-1234").exists()

"""Lists by their places alone, counts from indexes, and ids beyond what one statement may name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from app.domain.states import DossierState, LinkState, PageState, UploadState
from app.queries import batches, dossiers, imports, pages, progress, timings, uploads
from app.storage.among import among
from app.storage.tables import (
    BatchRow,
    DossierRow,
    JobRow,
    LinkRow,
    OutboxRow,
    PackageRow,
    PageResultRow,
    PageRow,
    ReceiptRow,
)
from tests.helpers.home_builder import build_home

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
MORE_THAN_VARIABLES = range(1, 40_001)
"""SQLite takes 32,766 variables in one statement."""


@pytest.fixture
def home(tmp_path):
    built = build_home(tmp_path / "home", packaged=True)
    yield built
    built.database.close()


def add_dossier(home, name, state, *, on_hold=False, linked_by=None, ordinal=1):
    with home.database.write("test") as tx:
        row = DossierRow(
            batch_id=1,
            ordinal=ordinal,
            name=name,
            source=f"/paper/{name}",
            state=state,
            link=LinkState.NEEDS_REVIEW,
            on_hold=on_hold,
            updated_at=NOW,
        )
        tx.session.add(row)
        tx.session.flush()
        if linked_by:
            facts = {"format_id": "x", "linked_by": linked_by, "linked_at": NOW, "proof": {}}
            tx.session.add(LinkRow(dossier_id=row.id, application_number="KH/D/2019/00126", **facts))
        return row.id


def add_upload(home, dossier_id, name, *, destination, state, office=None):
    with home.database.write("test") as tx:
        package = PackageRow(
            dossier_id=dossier_id,
            name=name,
            manifest_sha256="0" * 64,
            payload_bytes=1,
            page_count=1,
            validators=[],
            built_at=NOW,
        )
        tx.session.add(package)
        tx.session.flush()
        times = {"not_before": NOW, "queued_at": NOW}
        row = OutboxRow(package_id=package.id, destination=destination, state=state, **times)
        tx.session.add(row)
        tx.session.flush()
        if office:
            said = {"reference": "R-77", "sha256": "0" * 64, "received_at": NOW, "raw": {}}
            tx.session.add(ReceiptRow(outbox_id=row.id, verdict="accepted", office=office, **said))
        return row.id


def test_a_queue_names_every_place_in_the_order_of_the_list(home):
    for ordinal, (name, is_held) in enumerate((("b", True), ("a", False), ("c", False)), start=1):
        add_dossier(home, name, DossierState.TO_INDEX, on_hold=is_held, ordinal=ordinal)
    states = (DossierState.TO_INDEX, DossierState.UPLOADED)
    found = dossiers.list_queue(home.database, states)
    listed = dossiers.list_dossiers(home.database, states=states)
    assert [each.id for each in found] == [each.id for each in listed]
    assert [(each.on_hold, each.state) for each in found] == [(row.on_hold, row.state) for row in listed]
    assert [row.name for row in listed][-1] == "b"


def test_released_folders_are_those_the_policy_linked_wherever_they_are_now(home):
    out = add_dossier(home, "out", DossierState.UPLOADED, linked_by="policy:proven")
    add_dossier(home, "back", DossierState.REFUSED_BY_OFFICE, linked_by="policy:proven")
    add_dossier(home, "by hand", DossierState.UPLOADED, linked_by="Sokha Kim")
    states = (DossierState.UPLOADED, DossierState.TO_REVIEW)
    assert [each.id for each in dossiers.list_released(home.database, states)] == [out]
    assert dossiers.count_released(home.database, states) == 1
    assert dossiers.count_released(home.database, tuple(DossierState)) == 2
    (row,) = dossiers.list_dossiers(home.database, ids=[out])
    assert row.by_policy


def test_a_withdrawn_link_of_the_policy_counts_no_more(home):
    out = add_dossier(home, "out", DossierState.UPLOADED, linked_by="policy:proven")
    with home.database.write("test") as tx:
        tx.session.scalars(select(LinkRow).where(LinkRow.dossier_id == out)).one().withdrawn_at = NOW
    assert dossiers.count_released(home.database, tuple(DossierState)) == 0


def test_blank_pages_and_states_are_counted_without_their_results(home):
    with home.database.write("test") as tx:
        first, second, _ = home.page_ids
        tx.session.get_one(PageResultRow, first).is_blank = True
        tx.session.get_one(PageRow, second).state = PageState.NEEDS_ATTENTION
    (row,) = dossiers.list_dossiers(home.database)
    assert (row.pages, row.pages_done, row.pages_attention, row.blank_pages) == (3, 3, 1, 1)


def test_more_ids_than_a_statement_takes_variables(home):
    reader, many = home.database, MORE_THAN_VARIABLES
    (row,) = dossiers.list_dossiers(reader, ids=many)
    assert [each.summary.id for each in dossiers.get_dossiers(reader, many)] == [row.id]
    assert len(pages.get_pages(reader, many)) == len(pages.pages_of(reader, many)[row.id]) == 3
    assert imports.ledger(reader, item_ids=many).accepted == 3
    assert progress.of_import(reader, many, many).pages == 3
    assert timings.of_import(reader, many, many, 1.0)["stages"]["process"]["jobs"] == 0
    assert len(uploads.list_uploads(reader, dossier_ids=many)) == 1
    assert len(batches.get_batches(reader, many)) == 1


def test_no_ids_name_nothing(home):
    with home.database.read() as session:
        assert session.scalars(select(PageRow.id).where(among(PageRow.id, ()))).all() == []


def test_time_of_jobs_is_counted_for_the_import_alone(home):
    with home.database.write("test") as tx:
        job = tx.session.scalars(select(JobRow).where(JobRow.subject_id == home.page_ids[0])).one()
        job.started_at = job.finished_at = NOW
        times = {"not_before": NOW, "created_at": NOW, "started_at": NOW, "finished_at": NOW}
        other = {"kind": "page", "subject_id": 999_999, "state": "done", "priority": 1, "attempts": 1}
        tx.session.execute(
            insert(JobRow.__table__).values(**other, crashes=0, token=0, error_facts={}, **times)
        )
    (row,) = dossiers.list_dossiers(home.database)
    found = timings.of_import(home.database, [row.id], [], 1.0)
    assert found["stages"]["process"]["jobs"] == 1


def test_the_newest_unfinished_batch_is_found_by_its_files_or_its_pages(home):
    assert batches.newest_unfinished(home.database) is None
    with home.database.write("test") as tx:
        tx.session.get_one(PageRow, home.page_ids[0]).state = PageState.PROCESSING
        tx.session.add(BatchRow(name="later", office="KH", languages=[], created_at=NOW, created_by="test"))
    assert batches.newest_unfinished(home.database) == 1
    heads = batches.batch_heads(home.database)
    assert [head.name for head in heads] == ["later", "lot"]


def test_uploads_are_searched_by_any_name_in_any_case(home):
    dossier_id = add_dossier(home, "Đồng Tháp 100%", DossierState.UPLOADED)
    found = add_upload(
        home, dossier_id, "KH-1--d2", destination="//s/in", state=UploadState.ACCEPTED, office="IPO"
    )
    for words in (["đồng"], ["ĐỒNG", "tháp"], ["r-77"], ["kh-1--"], ["100%"]):
        assert uploads.upload_ids(home.database, words) == (found,), words
    assert uploads.upload_ids(home.database, ["nowhere"]) == ()
    assert uploads.upload_ids(home.database, ["1_0"]) == ()
    assert len(uploads.upload_ids(home.database)) == 2


def test_destinations_tell_what_is_unanswered_and_who_answered_last(home):
    dossier_id = add_dossier(home, "two", DossierState.QUEUED)
    add_upload(home, dossier_id, "a", destination="//s/in", state=UploadState.ACCEPTED, office="IPO")
    add_upload(home, dossier_id, "b", destination="//s/in", state=UploadState.SENT)
    first, second = uploads.destinations(home.database)
    assert (first.place, first.total, first.unanswered, first.answered_by) == ("//s/in", 2, 1, "IPO")
    assert (second.total, second.unanswered, second.answered_by) == (1, 0, "local drop folder")
    assert uploads.count_answered_by(home.database, "IPO") == 1

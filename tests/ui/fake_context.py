"""A context without a database: the same services and answers, with realistic rows held in memory.

It obeys the state tables, so that a screen that asks for an impossible move is told so as in real life.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.domain.ids import BatchId, DossierId, OutboxId, PageId
from app.domain.register_mapping import DateOrder, Field
from app.domain.register_work import Preview
from app.domain.states import DossierState, PageState, UploadState, move
from app.errors import Conflict
from app.events import ChangeBus, Changes
from app.queries import rows
from app.queries.covers import CoversAsked, CoversFound
from app.queries.left_out import LeftOutPage
from app.queries.stacks import StackSummary
from app.services.capture import ImportStarted
from app.services.indexing import NumberCheck
from app.services.pages import EditChange, EditsBefore
from app.services.readings import ReadingBefore
from app.services.register import RegisterImported, RegisterLook, RegisterRequest
from app.services.register_reading import RegisterProgress, Watcher
from app.services.spreads import SpreadMerge, SpreadSplit
from app.settings import Settings
from ocr.types import PageEdits, ZoneReading
from tests.ui.fake_divisions import fake_divisions
from tests.ui.fake_fields import FakeFields, FieldReading, Working

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TO_INDEX = (DossierState.TO_INDEX, DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE)
UNDER_WAY = (UploadState.QUEUED, UploadState.SENDING, UploadState.SENT)


class FakeContext(Working):
    """Rows by id, services that change them, a bus that tells."""

    def __init__(self, home: Path) -> None:
        self.bus = ChangeBus()
        self.settings = Settings(operator="Sokha Kim", office="KH", languages=("khm", "eng"))
        self.settings_problems: tuple[Any, ...] = ()
        self.paths = SimpleNamespace(root=home, settings=home / "settings.toml")
        self.offices = {
            code: SimpleNamespace(languages=languages)
            for code, languages in (
                ("KH", ("khm", "eng")),
                ("LA", ("lao", "eng")),
                ("VN", ("vie", "eng")),
                ("TH", ("tha", "eng")),
            )
        }
        self.batches: dict[int, rows.BatchSummary] = {}
        self.dossiers: dict[int, rows.DossierDetail] = {}
        self.pages_by_id: dict[int, rows.PageDetail] = {}
        self.uploads_by_id: dict[int, rows.UploadSummary] = {}
        self.ledgers: dict[int, rows.Ledger] = {}
        self.stories: dict[int, list[rows.AuditLine]] = {}
        self.register: dict[str, rows.RegisterEntryRow] = {}
        self.register_age: datetime | None = None
        self.status = rows.WorkStatus(0, 0, 0, 0, 0, 0, 0, 0, None, 412_000_000_000, None)
        self.calls: list[tuple[Any, ...]] = []
        self.fails_with: Exception | None = None
        self.capture = SimpleNamespace(import_paths=self._import_paths)
        self.indexing = SimpleNamespace(
            check_number=self._check,
            confirm=self._confirm,
            withdraw=self._withdraw,
            hold=self._hold,
            report_problem=self._problem,
        )
        self.fields = FakeFields(self)
        self.zones, self.zone_says = SimpleNamespace(read=self.fields.read_zone), ZoneReading("", (), ())
        self.review = SimpleNamespace(approve=self._approve, return_to_indexing=self._return)
        self.pages = SimpleNamespace(
            edit=self._edit,
            restore=self._restore,
            reprocess=self._reprocess,
            restore_readings=self._note("restore_readings"),
            turn_like_neighbours=self._turn_like_neighbours,
        )
        self.stacks: tuple[StackSummary, ...] = ()
        self.covers = CoversFound((), ())
        self.divisions = fake_divisions(self)
        self.spreads = SimpleNamespace(split=self._split, merge=self._merge, unmerge=self._unmerge)
        self.uploads = SimpleNamespace(retry=self._note("retry"))
        self.outbox = SimpleNamespace(
            shares=SimpleNamespace(log_in=self._note("log_in")), wake=self._note("wake")
        )
        self.register_service = SimpleNamespace(look=self._look, import_extract=self._import_extract)
        self.register_columns = dict(zip(Field, range(4), strict=True))
        self.register_done = RegisterImported(7, ())
        self.import_goes_on = threading.Event()
        self.import_goes_on.set()
        self.look_goes_on = threading.Event()
        self.look_goes_on.set()
        self.next_import: ImportStarted | None = None

    def _look(self, path: Path, office: str, watcher: Watcher) -> RegisterLook:
        self._fail()
        self.calls.append(("look", path, office))
        while not self.look_goes_on.wait(0.02):
            watcher.check()
        seen = Preview(
            ("Số đơn", "Nhãn hiệu", "Chủ đơn", "Ngày nộp đơn", "Ghi chú"),
            tuple(
                (
                    f"4-2019-{each:05d}",
                    "Nước mắm cá cơm",
                    "Công ty TNHH Đồng Tháp",
                    f"{each:02d}/03/2019",
                    "",
                )
                for each in range(1, 13)
            ),
            ("register_windows_1252",),
        )
        return RegisterLook(seen, self.register_columns, DateOrder.AUTO, False, "5e" * 32)

    def _import_extract(self, request: RegisterRequest, watcher: Watcher) -> RegisterImported:
        self._fail()
        self.calls.append(("import_extract", request))
        watcher.tell(RegisterProgress("reading", 0.42, 420_000))
        while not self.import_goes_on.wait(0.02):
            watcher.check()
        return self.register_done

    def tell(self, **touched: Collection[int]) -> None:
        self.bus.publish(Changes({kind: frozenset(ids) for kind, ids in touched.items()}))

    def set_dossier(self, dossier_id: int, **changes: Any) -> None:
        detail = self.dossiers[dossier_id]
        self.dossiers[dossier_id] = replace(detail, summary=replace(detail.summary, **changes))
        self.tell(dossier=[dossier_id])

    def _note(self, name: str) -> Any:
        def call(*arguments: Any) -> None:
            self._fail()
            self.calls.append((name, *arguments))

        return call

    def _edit(self, page_ids: Sequence[PageId], change: EditChange) -> tuple[EditsBefore, ...]:
        self._fail()
        self.calls.append(("edit", tuple(page_ids), change))
        before = tuple(EditsBefore(page_id, self.pages_by_id[page_id].edits) for page_id in page_ids)
        names = ("box", "brightness", "is_blank", "languages")
        told = {name: value for name in names if (value := getattr(change, name)) is not None}
        for each in before:
            self._put_edits(each.page_id, replace(each.edits, **told))
        return before

    def _reprocess(self, page_ids: Sequence[PageId]) -> tuple[ReadingBefore, ...]:
        self._fail()
        self.calls.append(("reprocess", tuple(page_ids)))
        return tuple(
            ReadingBefore(page_id, PageState.READY, {}, None, None, {})
            for page_id in page_ids
            if self.pages_by_id[page_id].summary.state is PageState.READY
        )

    def _turn_like_neighbours(self, page_ids: Sequence[PageId]) -> tuple[EditsBefore, ...]:
        self._fail()
        self.calls.append(("turn_like_neighbours", tuple(page_ids)))
        return tuple(EditsBefore(page_id, self.pages_by_id[page_id].edits) for page_id in page_ids)

    def _restore(self, before: Sequence[EditsBefore]) -> None:
        self._fail()
        self.calls.append(("restore", tuple(before)))
        for each in before:
            self._put_edits(each.page_id, each.edits)

    def _put_edits(self, page_id: PageId, edits: PageEdits) -> None:
        self.pages_by_id[page_id] = replace(self.pages_by_id[page_id], edits=edits)
        self.tell(page=[page_id])

    def _split(self, page_id: PageId, gutter_px: int | None = None) -> SpreadSplit:
        self._fail()
        self.calls.append(("split", page_id))
        page = self.pages_by_id[page_id]
        self.pages_by_id[page_id] = replace(page, is_half=True)
        self.tell(page=[page_id])
        return SpreadSplit(EditsBefore(page_id, page.edits), PageId(page_id + 100_000))

    def _merge(self, page_id: PageId, edits: PageEdits | None = None) -> SpreadMerge:
        self._fail()
        self.calls.append(("merge", page_id, edits))
        page = self.pages_by_id[page_id]
        self.pages_by_id[page_id] = replace(page, is_half=False)
        self.tell(page=[page_id])
        first = EditsBefore(page_id, page.edits)
        return SpreadMerge(first, replace(first, page_id=PageId(page_id + 100_000)))

    def _unmerge(self, merged: SpreadMerge) -> None:
        self._fail()
        page_id = merged.first.page_id
        self.calls.append(("unmerge", page_id, merged.second.page_id))
        self.pages_by_id[page_id] = replace(self.pages_by_id[page_id], is_half=True)
        self.tell(page=[page_id])

    def _fail(self) -> None:
        if self.fails_with is not None:
            error, self.fails_with = self.fails_with, None
            raise error

    def _import_paths(self, paths: Sequence[Path], **options: Any) -> ImportStarted:
        self._fail()
        self.calls.append(("import_paths", tuple(paths), options))
        return self.next_import or ImportStarted(None, (), (), 0, 0)

    def _check(self, text: str, office: str, dossier_id: DossierId | None = None) -> NumberCheck:
        canonical = text.strip().upper().replace(" ", "")
        if not canonical:
            return NumberCheck(None, "number_empty")
        if not canonical.startswith(office + "/") or canonical.count("/") != 3:
            return NumberCheck(None, "number_unknown_format", {"number": text})
        entry = self.register.get(canonical)
        others = tuple(
            each.summary.name
            for each in self.dossiers.values()
            if each.summary.application_number == canonical and each.summary.id != dossier_id
        )
        code = "not_in_register" if self.register and entry is None else None
        return NumberCheck(canonical, code, {"number": canonical}, entry, others, "design")

    def _move(self, dossier_id: int, wanted: DossierState, **changes: Any) -> None:
        self._fail()
        summary = self.dossiers[dossier_id].summary
        self.set_dossier(dossier_id, state=move(summary.state, wanted), **changes)

    def _confirm(self, dossier_id: DossierId, text: str) -> str:
        state = self.dossiers[dossier_id].summary.state
        if state in (DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE):
            self._move(dossier_id, DossierState.TO_INDEX)
        number = text.strip().upper()
        self.calls.append(("confirm", dossier_id, number))
        self._move(dossier_id, DossierState.TO_REVIEW, application_number=number)
        return number

    def _withdraw(self, dossier_id: DossierId) -> None:
        self.calls.append(("withdraw", dossier_id))
        self._move(dossier_id, DossierState.TO_INDEX, application_number=None)

    def _hold(self, dossier_id: DossierId, on: bool = True) -> None:
        self._fail()
        self.calls.append(("hold", dossier_id, on))
        self.set_dossier(dossier_id, on_hold=on)

    def _problem(self, dossier_id: DossierId, reason: str) -> None:
        self.calls.append(("report_problem", dossier_id, reason))
        self.set_dossier(dossier_id, on_hold=True, return_reason=reason)

    def _approve(self, dossier_id: DossierId, number: str | None = None) -> None:
        now = self.dossiers[dossier_id].summary.application_number
        if number is not None and now != number:
            raise Conflict("number_changed", seen=number, now=now)
        self.calls.append(("approve", dossier_id))
        self._move(dossier_id, DossierState.APPROVED)

    def _return(self, dossier_id: DossierId, reason: str) -> None:
        self.calls.append(("return", dossier_id, reason))
        self._move(dossier_id, DossierState.RETURNED, return_reason=reason)


def _names(row: rows.UploadSummary) -> str:
    parts = (row.dossier_name, row.application_number, row.receipt_reference, row.package_name)
    return " ".join(part for part in parts if part).casefold()


class FakeReading(FieldReading):
    """What ui.reading.Reading answers, from a FakeContext."""

    def __init__(self, context: FakeContext) -> None:
        self._context = context

    def batch_heads(self) -> tuple[rows.BatchHead, ...]:
        found = sorted(self._context.batches.values(), key=lambda row: -row.id)
        return tuple(rows.BatchHead(row.id, row.name, row.office, row.created_by) for row in found)

    def batches_by_id(self, ids: Sequence[int]) -> tuple[rows.BatchSummary, ...]:
        return tuple(self._context.batches[BatchId(each)] for each in ids)

    def unfinished_batch(self) -> BatchId | None:
        for row in sorted(self._context.batches.values(), key=lambda row: -row.id):
            if row.files_offered > row.files_accepted + row.files_refused or row.pages_done < row.pages:
                return row.id
        return None

    def batch(self, batch_id: BatchId) -> rows.BatchSummary:
        return self._context.batches[batch_id]

    def dossiers(
        self, *, batch_id: BatchId | None = None, states: Collection[DossierState] | None = None
    ) -> tuple[rows.DossierSummary, ...]:
        found = [each.summary for each in self._context.dossiers.values()]
        found = [row for row in found if batch_id is None or row.batch_id == batch_id]
        found = [row for row in found if states is None or row.state in states]
        return tuple(sorted(found, key=lambda row: (row.on_hold, row.id)))

    def dossiers_by_id(self, ids: Sequence[int]) -> tuple[rows.DossierSummary, ...]:
        return tuple(row for row in self.dossiers() if row.id in ids)

    def queue(self, states: Collection[DossierState]) -> tuple[rows.QueueEntry, ...]:
        return tuple(rows.QueueEntry(row.id, row.on_hold, row.state) for row in self.dossiers(states=states))

    def released(self, states: Collection[DossierState]) -> tuple[rows.QueueEntry, ...]:
        found = [row for row in self.dossiers(states=states) if row.by_policy]
        return tuple(rows.QueueEntry(row.id, row.on_hold, row.state) for row in found)

    def count_released(self, states: Collection[DossierState]) -> int:
        return len(self.released(states))

    def dossier(self, dossier_id: DossierId) -> rows.DossierDetail:
        return self._context.dossiers[dossier_id]

    def pages(
        self, *, dossier_id: DossierId | None = None, batch_id: BatchId | None = None
    ) -> tuple[rows.PageSummary, ...]:
        mine = {row.id for row in self.dossiers(batch_id=batch_id)} if batch_id is not None else {dossier_id}
        found = [
            page.summary for page in self._context.pages_by_id.values() if page.summary.dossier_id in mine
        ]
        return tuple(sorted(found, key=lambda page: (page.dossier_id, page.number)))

    def pages_by_id(self, page_ids: Sequence[PageId]) -> tuple[rows.PageSummary, ...]:
        known = self._context.pages_by_id
        return tuple(known[page_id].summary for page_id in page_ids if page_id in known)

    def page(self, page_id: PageId) -> rows.PageDetail:
        return self._context.pages_by_id[page_id]

    def ledger(self, batch_id: BatchId) -> rows.Ledger:
        return self._context.ledgers.get(batch_id, rows.Ledger(0, 0, 0, 0, ()))

    def stacks(self, batch_id: BatchId) -> tuple[StackSummary, ...]:
        return tuple(stack for stack in self._context.stacks if stack.batch_id == batch_id)

    def left_out(self, dossier_id: DossierId) -> tuple[LeftOutPage, ...]:
        return ()

    def covers(self, asked: CoversAsked, office: str) -> CoversFound:
        self._context._fail()
        self._context.calls.append(("covers", asked, office))
        return self._context.covers

    def upload_ids(self, words: Sequence[str] = ()) -> tuple[OutboxId, ...]:
        found = sorted(self._context.uploads_by_id.values(), key=lambda row: -row.id)
        return tuple(row.id for row in found if all(word.casefold() in _names(row) for word in words))

    def uploads_by_id(self, ids: Sequence[int]) -> tuple[rows.UploadSummary, ...]:
        return tuple(self._context.uploads_by_id[each] for each in ids)

    def uploads_in_trouble(self) -> tuple[rows.UploadSummary, ...]:
        every = self._context.uploads_by_id.values()
        return tuple(row for row in every if row.state is UploadState.QUEUED and row.error is not None)

    def destinations(self) -> tuple[rows.Destination, ...]:
        every = list(self._context.uploads_by_id.values())
        found = []
        for place in dict.fromkeys(row.destination for row in every):
            here = [row for row in every if row.destination == place]
            answers = [row.receipt_office for row in here if row.receipt_office]
            unanswered = len(here) - len(answers)
            found.append(rows.Destination(place, len(here), unanswered, answers[-1] if answers else None))
        return tuple(found)

    def count_answered_by(self, office: str) -> int:
        return sum(row.receipt_office == office for row in self._context.uploads_by_id.values())

    def story(self, dossier_id: DossierId) -> tuple[rows.AuditLine, ...]:
        return tuple(self._context.stories.get(dossier_id, ()))

    def work(self) -> rows.WorkStatus:
        return self._context.status

    def waiting(self) -> rows.WaitingCounts:
        states = [each.summary.state for each in self._context.dossiers.values()]
        uploads = [each.state for each in self._context.uploads_by_id.values()]
        return rows.WaitingCounts(
            processing=sum(state in (DossierState.OPEN, DossierState.PROCESSING) for state in states),
            to_index=sum(state in TO_INDEX for state in states),
            to_review=states.count(DossierState.TO_REVIEW),
            uploads_open=sum(state in UNDER_WAY for state in uploads),
            uploads_refused=states.count(DossierState.REFUSED_BY_OFFICE),
        )

    def register_info(self) -> rows.RegisterInfo:
        age, count = self._context.register_age, 84_210 if self._context.register else 0
        offices = () if age is None or not count else (rows.OfficeRegister("KH", count, age),)
        return rows.RegisterInfo(count, age, offices)

    def register_entry(self, canonical: str) -> rows.RegisterEntryRow | None:
        return self._context.register.get(canonical)

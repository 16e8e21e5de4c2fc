"""Fills a FakeContext with a working room: batches in every stage, folders of every kind, deliveries, faults."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.domain.ids import BatchId, DossierId, ImportItemId, OutboxId, PageId
from app.domain.states import DossierState, ImportState, LinkState, PageState, UploadState
from app.queries import rows
from ocr.types import Box, PageBox, PageEdits, QualityReason, Spread
from tests.ui.drawn_pages import SPACE, DrawnPage, draw_page
from tests.ui.fake_context import NOW, FakeContext

LONG_KHMER = "សំណុំលិខិតស្នើសុំចុះបញ្ជីម៉ាកពាណិជ្ជកម្មក្រុមហ៊ុនភេសជ្ជៈថាងឡុង ឆ្នាំ ២០១៧ ប្រអប់លេខ ១៤ ធ្នើ ខ"
TITLES = ("Bamboo laminate board", "Folding rice basket", "Bottle with woven grip", "Solar dryer for fish")


@dataclass
class Room:
    """Builds rows; every method adds to the context."""

    context: FakeContext
    directory: Path
    drawn: dict[str, DrawnPage] = field(default_factory=dict)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def picture(self, kind: str, number: str, title: str, seed: int) -> DrawnPage:
        key = f"{kind}-{seed}"
        if key not in self.drawn:
            self.drawn[key] = draw_page(self.directory, key, kind, number, title, seed)
        return self.drawn[key]

    def batch(self, name: str, **changes: Any) -> BatchId:
        batch_id = BatchId(len(self.context.batches) + 1)
        values: dict[str, Any] = {
            "id": batch_id,
            "name": name,
            "office": "KH",
            "languages": ("khm", "eng"),
            "created_at": NOW - timedelta(hours=30 * (5 - batch_id)),
            "created_by": "Sokha Kim",
            "release": "proven",
            "files_offered": 0,
            "files_accepted": 0,
            "files_refused": 0,
            "pages": 0,
            "pages_done": 0,
            "pages_attention": 0,
            "dossiers": 0,
            "dossiers_by_state": {},
        }
        self.context.batches[batch_id] = rows.BatchSummary(**(values | changes))
        return batch_id

    def folder(
        self,
        batch_id: BatchId,
        name: str,
        number: str | None,
        state: DossierState,
        *,
        link: LinkState = LinkState.NEEDS_REVIEW,
        pages: int = 5,
        raw: str | None = None,
        rival: str | None = None,
        reasons: tuple[rows.Reason, ...] = (),
        linked: bool = False,
        **changes: Any,
    ) -> DossierId:
        dossier_id = DossierId(len(self.context.dossiers) + 1)
        title = TITLES[dossier_id % len(TITLES)]
        kinds = ["cover", "form", *["text"] * max(0, pages - 4), "letter", "blank"][:pages]
        shown = [
            self._page(dossier_id, place, kind, number or "KH/D/2017/00000", title)
            for place, kind in enumerate(kinds)
        ]
        candidates = self._candidates(number, raw, rival, shown)
        values: dict[str, Any] = {
            "id": dossier_id,
            "batch_id": batch_id,
            "batch_name": self.context.batches[batch_id].name,
            "office": "KH",
            "name": name,
            "source": f"D:/scans/{name}",
            "state": state,
            "link": link,
            "application_number": number if linked else None,
            "best_guess": number,
            "pages": len(shown),
            "pages_done": len(shown),
            "pages_attention": 0,
            "blank_pages": sum(page.summary.is_blank for page in shown),
            "on_hold": False,
            "return_reason": None,
            "first_reason": next(
                (each for each in reasons if each.code not in ("read_on_pages", "register_agrees")), None
            ),
            "updated_at": NOW,
            "by_policy": linked and link is LinkState.PROVEN,
        }
        self.context.dossiers[dossier_id] = rows.DossierDetail(
            summary=rows.DossierSummary(**(values | changes)),
            reasons=reasons,
            candidates=candidates,
            register=None if number is None else self.context.register.get(number),
            linked_by="policy:proven" if link is LinkState.PROVEN else "Sokha Kim" if linked else None,
            linked_at=NOW - timedelta(minutes=12) if linked else None,
            package_path=None,
        )
        return dossier_id

    def _candidates(
        self, number: str | None, raw: str | None, rival: str | None, pages: list[rows.PageDetail]
    ) -> tuple[rows.RankedCandidate, ...]:
        if number is None:
            return ()
        found = [
            self._candidate(
                number, raw or number, "application", 0.93, pages[1:2] or pages[:1], "(21)", "form"
            )
        ]
        if rival is not None:
            found.append(self._candidate(rival, rival, "cited", 0.81, pages[-2:-1], None, "letter"))
        return tuple(found)

    def _candidate(
        self,
        number: str,
        raw: str,
        role: str,
        sure: float,
        pages: list[rows.PageDetail],
        label: str | None,
        kind: str,
    ) -> rows.RankedCandidate:
        box = next(
            (page.box for key, page in self.drawn.items() if key.startswith(kind) and page.box),
            Box(900, 300, 700, 90),
        )
        edits = ((9, "T", "7"),) if raw != number else ()
        sightings = tuple(
            rows.CandidateSighting(page.summary.id, page.summary.number, box, raw, role, label, sure, edits)
            for page in pages
        )
        entry = number in self.context.register if self.context.register else None
        return rows.RankedCandidate(number, sure, "kh-design", "design", role, entry, sightings)

    def _page(self, dossier_id: DossierId, place: int, kind: str, number: str, title: str) -> rows.PageDetail:
        seed = dossier_id if kind in ("cover", "form", "letter") else place % 3
        drawn = self.picture(kind, number, title, seed)
        page_id = PageId(next(self.ids))
        summary = rows.PageSummary(
            id=page_id,
            dossier_id=dossier_id,
            number=place + 1,
            state=PageState.READY,
            thumbnail_path=drawn.thumb,
            is_blank=kind == "blank",
            attention=None,
            quality=(QualityReason("low_contrast", 0.3),) if page_id % 7 == 0 else (),
            mean_confidence=0.97 - place * 0.02,
            may_be_two=kind == "letter" and dossier_id == 8,
            source_name=f"scan_{place + 1:04}.tif",
        )
        detail = rows.PageDetail(
            summary=summary,
            master_path=drawn.view,
            frame=0,
            viewing_path=drawn.view,
            width_px=SPACE[0],
            height_px=SPACE[1],
            dpi=300.0,
            applied_turn_deg=0,
            applied_skew_deg=1.8 if kind == "form" else 0.0,
            skew_confidence=0.97,
            text="",
            languages=("khm", "eng"),
            barcodes=(),
            edits=PageEdits(),
            turn_confidence=0.98,
            page_box=PageBox(Box(90, 120, 2260, 3240), 0.91) if kind == "form" else None,
            spread=Spread(1240, 0.88) if summary.may_be_two else None,
        )
        self.context.pages_by_id[page_id] = detail
        return detail

    def upload(self, dossier_id: DossierId, state: UploadState, **changes: Any) -> OutboxId:
        summary = self.context.dossiers[dossier_id].summary
        outbox_id = OutboxId(len(self.context.uploads_by_id) + 1)
        is_closed = state in (UploadState.ACCEPTED, UploadState.REFUSED)
        name = (summary.application_number or "KH").replace("/", "-")
        values: dict[str, Any] = {
            "id": outbox_id,
            "dossier_id": dossier_id,
            "dossier_name": summary.name,
            "application_number": summary.application_number,
            "package_name": f"{name}-{dossier_id:06}",
            "package_path": self.directory / f"{name}-{dossier_id:06}",
            "size_bytes": 4_200_000 + 310_000 * dossier_id,
            "destination": str(self.directory / "office-drop"),
            "state": state,
            "attempts": 1,
            "not_before": NOW + timedelta(minutes=5),
            "error": None,
            "queued_at": NOW - timedelta(minutes=40),
            "sent_at": NOW - timedelta(minutes=38) if state is not UploadState.QUEUED else None,
            "closed_at": NOW - timedelta(minutes=37) if is_closed else None,
            "receipt_verdict": state.value if is_closed else None,
            "receipt_reference": f"LOCAL-2026-{outbox_id:05}" if is_closed else None,
            "receipt_office": "local drop folder" if is_closed else None,
            "receipt_reason": None,
        }
        self.context.uploads_by_id[outbox_id] = rows.UploadSummary(**(values | changes))
        self.context.stories[dossier_id] = _story(dossier_id)
        return outbox_id

    def ledger(self, batch_id: BatchId, files: list[tuple[str, ImportState, dict[str, Any]]]) -> None:
        items = []
        for place, (name, state, changes) in enumerate(files):
            values: dict[str, Any] = {
                "id": ImportItemId(batch_id * 1000 + place),
                "dossier_id": DossierId(1),
                "source_path": Path(f"D:/scans/{name}"),
                "state": state,
                "pages": 1,
                "size_bytes": 812_000,
                "reason": None,
                "facts": {},
                "notes": (),
                "duplicate_of": None,
            }
            items.append(rows.LedgerItem(**(values | changes)))
        states = [item.state for item in items]
        taken, refused = states.count(ImportState.ACCEPTED), states.count(ImportState.REFUSED)
        waiting = states.count(ImportState.OFFERED)
        self.context.ledgers[batch_id] = rows.Ledger(len(items), taken, refused, waiting, tuple(items))
        batch = self.context.batches[batch_id]
        self.context.batches[batch_id] = replace(
            batch, files_offered=len(items), files_accepted=taken, files_refused=refused
        )


def _story(dossier_id: DossierId) -> list[rows.AuditLine]:
    acts = (
        ("created", "Sokha Kim", 60, {}),
        ("linked", "machine", 52, {}),
        ("returned", "Dara Chan", 49, {"reason": "poor_scan: page 4"}),
        ("linked", "Sokha Kim", 45, {}),
        ("approved", "Dara Chan", 42, {}),
        ("packaged", "machine", 40, {}),
        ("sent", "machine", 38, {}),
        ("accepted", "local drop folder", 37, {}),
    )
    return [
        rows.AuditLine(NOW - timedelta(minutes=ago), who, "dossier", dossier_id, action, None, None, facts)
        for action, who, ago, facts in acts
    ]


def fill(context: FakeContext, directory: Path, drawn: dict[str, DrawnPage] | None = None) -> Room:
    """A room in the middle of its day; drawn keeps pages from one room to the next."""
    directory.mkdir(parents=True, exist_ok=True)
    room = Room(context, directory, {} if drawn is None else drawn)
    for place, number in enumerate(
        ("KH/D/2017/00938", "KH/D/2017/00940", "KH/D/2018/00012", "KH/M/2016/10442", "KH/P/2014/00031")
    ):
        context.register[number] = rows.RegisterEntryRow(
            number, TITLES[place % 4], "Thang Long Beverage JSC", date(2017, 8, 24)
        )
    context.register_age = NOW - timedelta(days=3)
    S = DossierState
    done = room.batch(
        "Box 11, shelf A",
        files_offered=212,
        files_accepted=212,
        pages=212,
        pages_done=212,
        dossiers=38,
        dossiers_by_state={S.UPLOADED: 38},
        created_by="Dara Chan",
    )
    room.batch(
        "Box 12, shelf A · late papers",
        files_offered=96,
        files_accepted=93,
        files_refused=3,
        pages=140,
        pages_done=140,
        dossiers=17,
        dossiers_by_state={S.UPLOADED: 9, S.QUEUED: 3, S.TO_REVIEW: 4, S.RETURNED: 1},
    )
    named = room.batch(
        LONG_KHMER,
        files_offered=40,
        files_accepted=40,
        pages=61,
        pages_done=61,
        pages_attention=2,
        dossiers=9,
        dossiers_by_state={S.TO_REVIEW: 5, S.TO_INDEX: 4},
    )
    box = room.batch(
        "Box 14, shelf B",
        files_offered=504,
        files_accepted=430,
        pages=504,
        pages_done=312,
        pages_attention=1,
        dossiers=31,
        dossiers_by_state={S.UPLOADED: 4, S.APPROVED: 2, S.TO_REVIEW: 6, S.TO_INDEX: 7, S.PROCESSING: 12},
    )
    R = rows.Reason
    room.folder(
        box,
        "Folder 12",
        "KH/D/2017/00938",
        S.TO_INDEX,
        raw="KH/D/201T/00938",
        rival="KH/P/2014/00031",
        reasons=(R("repaired_characters", {"n": 1}), R("title_agrees", {}), R("filing_date_agrees", {})),
    )
    room.folder(
        box,
        "Folder 13",
        "KH/D/2017/00940",
        S.TO_INDEX,
        pages=7,
        rival="KH/D/2018/00012",
        reasons=(R("rival_number", {"rival": "KH/D/2018/00012"}),),
    )
    room.folder(
        box, "Folder 14", None, S.TO_INDEX, link=LinkState.NONE, pages=3, reasons=(R("no_number", {}),)
    )
    room.folder(box, LONG_KHMER, "KH/D/2018/00012", S.TO_INDEX, pages=4, reasons=(R("single_reading", {}),))
    room.folder(
        named,
        "Folder 15",
        "KH/M/2019/99999",
        S.RETURNED,
        return_reason="wrong_number: see page 2",
        reasons=(R("not_in_register", {"number": "KH/M/2019/99999"}),),
    )
    room.folder(named, "Folder 16", "KH/M/2016/10442", S.TO_INDEX, on_hold=True, return_reason="missing_page")
    for place in range(6):
        number = f"KH/M/2015/{10400 + place}"
        proven = place % 2 == 0
        room.folder(
            box,
            f"Folder {20 + place}",
            number,
            S.TO_REVIEW,
            linked=True,
            link=LinkState.PROVEN if proven else LinkState.NEEDS_REVIEW,
            pages=9 if place == 0 else 6,
            pages_attention=1 if place == 1 else 0,
        )
    states = (
        UploadState.SENDING,
        UploadState.SENT,
        UploadState.QUEUED,
        UploadState.ACCEPTED,
        UploadState.REFUSED,
        UploadState.ACCEPTED,
        UploadState.ACCEPTED,
    )
    for place, state in enumerate(states):
        dossier_state = {UploadState.ACCEPTED: S.UPLOADED, UploadState.REFUSED: S.REFUSED_BY_OFFICE}.get(
            state, S.QUEUED
        )
        name = LONG_KHMER if place == 5 else f"Folder {place + 1}"
        dossier = room.folder(
            done, name, f"KH/P/2013/0{4100 + place}", dossier_state, linked=True, link=LinkState.PROVEN
        )
        changes: dict[str, Any] = {}
        if state is UploadState.QUEUED:
            changes = {"error": R("drop_unreachable", {"path": "E:/office-drop"}), "attempts": 3}
        if state is UploadState.REFUSED:
            changes = {"receipt_reason": "page 4 cannot be read"}
        room.upload(dossier, state, **changes)
    accepted = [
        (f"box14/folder{place // 9:02}/scan_{place:04}.tif", ImportState.ACCEPTED, {}) for place in range(40)
    ]
    problems: list[tuple[str, ImportState, dict[str, Any]]] = [
        ("box14/folder07/scan_0063.tif", ImportState.REFUSED, {"reason": "empty_file", "pages": 0}),
        ("box14/folder07/វិញ្ញាបនបត្រ.pdf", ImportState.REFUSED, {"reason": "encrypted", "pages": 0}),
        ("box14/folder08/scan_0071.jpg", ImportState.ACCEPTED, {"notes": ("file_ends_early",)}),
        (
            "box14/folder09/scan_0080.tif",
            ImportState.ACCEPTED,
            {"duplicate_of": Path("D:/scans/box12/scan_0011.tif")},
        ),
    ]
    waiting = [(f"box14/folder31/scan_{place:04}.tif", ImportState.OFFERED, {}) for place in range(20)]
    room.ledger(box, [*problems, *accepted, *waiting])
    context.status = rows.WorkStatus(20, 190, 2, 312, 504, 1, 2, 0, 58.0, 412_000_000_000, None, 504)
    return room

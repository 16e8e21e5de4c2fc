"""What people do to the documents of a dossier and to the pages in them.

Each call is one transaction with its audit, kept as an act that can be taken back (app.services.undoing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.documents import Access, DateRole, Exclusion
from app.domain.ids import DocumentId, DossierId, PageId
from app.domain.office_terms import Direction
from app.domain.offices import OfficeProfile
from app.errors import Conflict, OperatorError
from app.services import acts
from app.services.arranging import Arrangement, Run, open_dossier
from app.services.carrying import Ended, carry
from app.services.document_findings import read_again
from app.services.document_links import move_links, open_document
from app.services.pages import demand_one_dossier
from app.services.undoing import look_again
from app.storage.database import Database, Transaction
from app.storage.document_tables import DocumentRow
from app.storage.tables import BatchRow, DossierRow, PageRow

MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """What a person says of a document; None leaves a word as it is.

    kind: a code of the office pack. unknown: names of DocumentChange the person says nobody knows, such as the
    date of an undated paper. given_back: names the machine shall say again when it next reads the dossier.
    """

    kind: str | None = None
    dated: date | None = None
    dated_role: DateRole | None = None
    direction: Direction | None = None
    language: str | None = None
    access: Access | None = None
    unknown: frozenset[str] = frozenset()
    given_back: frozenset[str] = frozenset()


SAID = ("kind", "dated", "direction", "language", "access")


class Documents:
    """The acts of people. All raise Conflict "dossier_closed" once a dossier left, and "dossier_gone"."""

    def __init__(self, database: Database, who: str, offices: Mapping[str, OfficeProfile]) -> None:
        self._database = database
        self._who = who
        self._offices = offices

    def describe(self, document_id: DocumentId, change: DocumentChange) -> None:
        """Say type, date, direction, language or access of a document; the machine leaves it so.

        Direction and access follow from the type unless a person said them. Raises Conflict "document_gone",
        OperatorError "document_kind_unknown" with the codes the office knows.
        """
        with self._database.write(self._who) as tx:
            document, dossier = open_document(tx, document_id)
            arrangement, before = _arrangement(tx, dossier)
            profile = self._profile(tx, dossier)
            names = _describe(tx, document, change, profile)
            read_again(tx, [arrangement.run_of(document_id)], profile)
            acts.note(
                tx,
                dossier,
                "document_described",
                before,
                {"document": document_id, "names": names, "kind": document.kind},
            )

    def move_pages(
        self,
        page_ids: Sequence[PageId],
        document_id: DocumentId,
        *,
        before: PageId | None = None,
    ) -> Ended:
        """Put pages into a document in the order named, before one of its pages or at its end. Raises Conflict "page_gone" or "document_gone"."""
        with self._database.write(self._who) as tx:
            arrangement, standing = self._open(tx, document_id)
            target = arrangement.run_of(document_id)
            taken = {page.id: page for page in arrangement.take(page_ids)}
            place = len(target.pages)
            if before is not None:
                place = next((n for n, page in enumerate(target.pages) if page.id == before), place)
            target.pages[place:place] = [taken[page_id] for page_id in page_ids]
            arrangement.keep(target)
            ended = carry(arrangement, target, self._profile(tx, arrangement.dossier))
            self._finish(arrangement, "pages_moved", standing, pages=list(page_ids), document=document_id)
            return ended

    def move_to_previous(self, page_ids: Sequence[PageId]) -> Ended:
        """Put pages at the end of the document before theirs. Raises Conflict "no_document_before"."""
        return self._move_beside(page_ids, back=True)

    def move_to_next(self, page_ids: Sequence[PageId]) -> Ended:
        """Put pages at the head of the document behind theirs. Raises Conflict "no_document_behind"."""
        return self._move_beside(page_ids, back=False)

    def move_document(self, document_id: DocumentId, *, before: DocumentId | None = None) -> None:
        """Put a document with all its pages before another one, or at the end of the dossier."""
        with self._database.write(self._who) as tx:
            arrangement, standing = self._open(tx, document_id)
            run = arrangement.run_of(document_id)
            target = None if before is None else arrangement.run_of(before)
            if target is not run:
                arrangement.runs.remove(run)
                place = len(arrangement.runs) if target is None else arrangement.runs.index(target)
                arrangement.runs.insert(place, run)
            arrangement.keep(run)
            self._finish(arrangement, "document_moved", standing, document=document_id)

    def split(self, page_id: PageId) -> DocumentId:
        """Begin a document of unknown type at a page: it and those behind it in its document go there.

        Pages that are in no document become one. Raises Conflict "page_gone" or "document_begins_here".
        """
        with self._database.write(self._who) as tx:
            arrangement, standing = self._open_at(tx, page_id)
            run = arrangement.run_with(page_id)
            place = [page.id for page in run.pages].index(page_id)
            if place == 0 and run.document is not None:
                raise Conflict("document_begins_here")
            head, tail = run.pages[:place], run.pages[place:]
            run.pages = head
            arrangement.keep(run)
            new = arrangement.add(tail, after=run)
            assert new.document is not None
            self._finish(arrangement, "document_split", standing, page=page_id, document=new.document.id)
            return DocumentId(new.document.id)

    def merge_with_previous(self, document_id: DocumentId) -> None:
        """Put all pages of a document behind those of the one before, with its further numbers. Raises Conflict "document_gone" or "no_document_before"."""
        with self._database.write(self._who) as tx:
            arrangement, standing = self._open(tx, document_id)
            run = arrangement.run_of(document_id)
            previous = arrangement.before(run)
            if previous is None or previous.document is None:
                raise Conflict("no_document_before")
            previous.pages += run.pages
            run.pages = []
            arrangement.keep(previous)
            assert run.document is not None
            move_links(tx, run.document, previous.document)
            self._finish(
                arrangement, "documents_merged", standing, document=previous.document.id, gone=document_id
            )

    def exclude(self, page_ids: Sequence[PageId], reason: Exclusion = Exclusion.PERSON) -> None:
        """Keep pages but count them as no pages of the paper file.

        Raises Conflict "page_gone", or "pages_of_two_folders": taken back is a whole act, and acts are a dossier's.
        """
        self._exclude(page_ids, reason)

    def include(self, page_ids: Sequence[PageId]) -> None:
        """Count pages as the file's again. Raises as exclude."""
        self._exclude(page_ids, None)

    def expect_pages(self, dossier_id: DossierId, pages: int | None) -> None:
        """Say how many pages the paper file has by its cover; None: nobody knows.

        Raises OperatorError("page_count_impossible") outside 1..100,000.
        """
        if pages is not None and not 1 <= pages <= MOST_PAGES:
            raise OperatorError("page_count_impossible", pages=pages, most=MOST_PAGES)
        with self._database.write(self._who) as tx:
            dossier = open_dossier(tx, dossier_id)
            before = acts.standing_of(tx, dossier)
            dossier.expected_pages = pages
            acts.note(tx, dossier, "pages_expected", before, {"expected": pages})

    def _move_beside(self, page_ids: Sequence[PageId], *, back: bool) -> Ended:
        if not page_ids:
            return Ended()
        with self._database.write(self._who) as tx:
            arrangement, standing = self._open_at(tx, page_ids[0])
            own = arrangement.run_with(page_ids[0])
            target = arrangement.before(own) if back else arrangement.after(own)
            if target is None:
                raise Conflict("no_document_before" if back else "no_document_behind")
            taken = arrangement.take(page_ids)
            target.pages = [*target.pages, *taken] if back else [*taken, *target.pages]
            arrangement.keep(target)
            ended = carry(arrangement, target, self._profile(tx, arrangement.dossier))
            self._finish(arrangement, "pages_moved", standing, pages=list(page_ids), document=_id_of(target))
            return ended

    def _exclude(self, page_ids: Sequence[PageId], reason: Exclusion | None) -> None:
        with self._database.write(self._who) as tx:
            pages = [tx.session.get(PageRow, page_id) for page_id in page_ids]
            found = [page for page in pages if page is not None]
            if len(found) != len(pages):
                raise Conflict("page_gone")
            demand_one_dossier(found)
            if found:
                _exclude_of(tx, open_dossier(tx, DossierId(found[0].dossier_id)), found, reason)

    def _finish(self, arrangement: Arrangement, code: str, before: acts.Standing, **facts: Any) -> None:
        tx, dossier = arrangement.tx, arrangement.dossier
        arrangement.write()
        read_again(tx, arrangement.changed, self._profile(tx, dossier))
        acts.note(tx, dossier, code, before, facts)

    def _profile(self, tx: Transaction, dossier: DossierRow) -> OfficeProfile:
        return self._offices[tx.session.get_one(BatchRow, dossier.batch_id).office]

    def _open(self, tx: Transaction, document_id: DocumentId) -> tuple[Arrangement, acts.Standing]:
        return _arrangement(tx, open_document(tx, document_id)[1])

    def _open_at(self, tx: Transaction, page_id: PageId) -> tuple[Arrangement, acts.Standing]:
        page = tx.session.get(PageRow, page_id)
        if page is None:
            raise Conflict("page_gone")
        return _arrangement(tx, open_dossier(tx, DossierId(page.dossier_id)))


def _arrangement(tx: Transaction, dossier: DossierRow) -> tuple[Arrangement, acts.Standing]:
    return Arrangement(tx, dossier), acts.standing_of(tx, dossier)


def _id_of(run: Run) -> int | None:
    return None if run.document is None else run.document.id


def _describe(
    tx: Transaction, document: DocumentRow, change: DocumentChange, profile: OfficeProfile
) -> list[str]:
    """Write what was said; returns the names of what a person has said or given back."""
    said, names = dict(document.said), []
    for name in SAID:
        value = getattr(change, name)
        if name in change.given_back:
            said.pop(name, None)
        elif value is not None or name in change.unknown:
            setattr(document, name, value)
            said[name] = tx.who
        else:
            continue
        names.append(name)
    document.said = said
    if "dated" in names and "dated" in said:
        document.dated_printed = ""
        document.dated_role = (change.dated_role or DateRole.DOCUMENT).value if change.dated else ""
    if change.kind is not None:
        _follow_kind(document, change.kind, profile)
    elif "kind" in change.unknown:
        document.kind_confidence = 0.0
    document.updated_at = tx.now
    return names


def _follow_kind(document: DocumentRow, code: str, profile: OfficeProfile) -> None:
    kind = profile.document(code)
    if kind is None:
        known = ", ".join(each.code for each in profile.documents)
        raise OperatorError("document_kind_unknown", kind=code, known=known)
    document.kind_confidence = 1.0
    if "direction" not in document.said and kind.direction is not None:
        document.direction = kind.direction.value
    if "access" not in document.said:
        document.access = access_of(kind.is_public)


def access_of(is_public: bool | None) -> str | None:
    """Who may see papers of a kind; None where the office has not said."""
    if is_public is None:
        return None
    return (Access.PUBLIC if is_public else Access.CONFIDENTIAL).value


def _exclude_of(
    tx: Transaction, dossier: DossierRow, pages: Sequence[PageRow], reason: Exclusion | None
) -> None:
    before = acts.standing_of(tx, dossier)
    changed = []
    for page in pages:
        wanted = None if reason is None else reason.value
        if page.exclusion != wanted:
            page.exclusion = wanted
            tx.audit("page", page.id, "included" if reason is None else "excluded", reason=wanted)
            changed.append(page.id)
    code = "pages_included" if reason is None else "pages_excluded"
    if acts.note(tx, dossier, code, before, {"pages": changed}) is not None:
        look_again(tx, dossier)

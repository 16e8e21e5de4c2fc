"""The reading side as screens see it: one small method per question, answered with frozen rows.

Reads by key and of short lists are quick enough for the GUI thread; ``Tasks`` carries the long ones.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from app.domain.field_kinds import DossierField
from app.domain.ids import BatchId, DossierId, OutboxId, PageId
from app.domain.states import DossierState
from app.queries import rows

if TYPE_CHECKING:
    from app.context import AppContext
    from app.domain.completeness import Lack
    from app.queries.characters import ReadText
    from app.queries.covers import CoversAsked, CoversFound
    from app.queries.document_rows import DocumentKind, DossierTree, NumberHolder
    from app.queries.fields import DossierFieldRow
    from app.queries.judgements import Judgement
    from app.queries.keyings import KeyingPlaces, KeyingTask
    from app.queries.left_out import LeftOutPage
    from app.queries.page_words import PageWord
    from app.queries.stacks import StackSummary


class Reading:
    """Asks app.queries on behalf of the window."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._database = context.database

    def batch_heads(self) -> tuple[rows.BatchHead, ...]:
        """All batches without their counts, newest first."""
        from app.queries import batches

        return batches.batch_heads(self._database)

    def batches_by_id(self, ids: Sequence[int]) -> tuple[rows.BatchSummary, ...]:
        """Some batches with their counts."""
        from app.queries import batches

        return batches.get_batches(self._database, [BatchId(each) for each in ids]) if ids else ()

    def unfinished_batch(self) -> BatchId | None:
        """The newest batch with a file or page still to be done."""
        from app.queries import batches

        return batches.newest_unfinished(self._database)

    def batch(self, batch_id: BatchId) -> rows.BatchSummary:
        """One batch."""
        from app.queries import batches

        return batches.get_batch(self._database, batch_id)

    def dossiers(
        self, *, batch_id: BatchId | None = None, states: Collection[DossierState] | None = None
    ) -> tuple[rows.DossierSummary, ...]:
        """Dossiers of a batch, or in some states, or all."""
        from app.queries import dossiers

        return dossiers.list_dossiers(self._database, batch_id=batch_id, states=states)

    def dossiers_by_id(self, ids: Sequence[int]) -> tuple[rows.DossierSummary, ...]:
        """Some dossiers; those that are gone are left out."""
        from app.queries import dossiers

        return dossiers.list_dossiers(self._database, ids=[DossierId(each) for each in ids]) if ids else ()

    def queue(self, states: Collection[DossierState]) -> tuple[rows.QueueEntry, ...]:
        """The places of all dossiers in some states, in the order of work."""
        from app.queries import dossiers

        return dossiers.list_queue(self._database, states)

    def released(self, states: Collection[DossierState]) -> tuple[rows.QueueEntry, ...]:
        """The places of those that the rule released without a person."""
        from app.queries import dossiers

        return dossiers.list_released(self._database, states)

    def count_released(self, states: Collection[DossierState]) -> int:
        """How many those are."""
        from app.queries import dossiers

        return dossiers.count_released(self._database, states)

    def dossier(self, dossier_id: DossierId) -> rows.DossierDetail:
        """All about one dossier."""
        from app.queries import dossiers

        return dossiers.get_dossier(self._database, dossier_id)

    def pages(
        self, *, dossier_id: DossierId | None = None, batch_id: BatchId | None = None
    ) -> tuple[rows.PageSummary, ...]:
        """Pages of a dossier or of a batch, in reading order."""
        from app.queries import pages

        return pages.list_pages(self._database, dossier_id=dossier_id, batch_id=batch_id)

    def left_out(self, dossier_id: DossierId) -> tuple[LeftOutPage, ...]:
        """Pages people took out of a dossier, as they lie in it."""
        from app.queries import left_out

        return left_out.left_out(self._database, [dossier_id])

    def pages_by_id(self, page_ids: Sequence[PageId]) -> tuple[rows.PageSummary, ...]:
        """Some pages; those that are gone are left out."""
        from app.queries import pages

        return pages.get_pages(self._database, page_ids)

    def page(self, page_id: PageId) -> rows.PageDetail:
        """All about one page."""
        from app.queries import pages

        return pages.get_page(self._database, page_id)

    def fields(self, dossier_id: DossierId, office: str) -> tuple[DossierFieldRow, ...]:
        """The fields of a dossier an office asks for, in the order of work."""
        from app.queries import fields

        return fields.fields_of(self._database, dossier_id, self._context.office(office))

    def keyings(self) -> KeyingPlaces:
        """What waits for whoever is working to be keyed again or judged."""
        from app.queries import keyings

        return keyings.places_for(self._database, self._context.operator)

    def keying_task(self, dossier_id: DossierId) -> KeyingTask | None:
        """What is to be keyed again of a dossier, without any value; None where nothing is."""
        from app.queries import keyings

        return keyings.task_of(self._database, dossier_id)

    def judgement(self, dossier_id: DossierId, office: str) -> Judgement | None:
        """What is to be judged of a dossier; None where nothing is."""
        from app.queries import judgements

        return judgements.judgement_of(self._database, dossier_id, self._context.office(office))

    def fields_awaited(self, dossier_id: DossierId) -> bool:
        """True while the fields of a dossier are about to be read."""
        from app.queries import fields

        return fields.fields_awaited(self._database, dossier_id)

    def texts_to_check(self) -> tuple[ReadText, ...]:
        """Read numbers and dates whose characters may be compared; long, so in a thread."""
        from app.queries import characters

        return characters.texts_to_check(self._database)

    def known_values(self, field: DossierField, office: str) -> tuple[str, ...]:
        """What people gave a field lately."""
        from app.queries import fields

        return fields.known_values(self._database, field, office)

    def page_words(self, page_id: PageId) -> tuple[PageWord, ...]:
        """The words of a page with their places; long, so in a thread."""
        from app.queries import page_words

        return page_words.words_of(self._database, page_id)

    def tree(self, dossier_id: DossierId) -> DossierTree:
        """A dossier's documents with their pages."""
        from app.queries import documents

        return documents.dossier_tree(self._database, dossier_id)

    def document_kinds(self, office: str) -> tuple[DocumentKind, ...]:
        """Kinds of paper of an office."""
        from app.queries import documents

        return documents.document_kinds(self._context.offices, office)

    def completeness(self, dossier_id: DossierId) -> tuple[Lack, ...]:
        """What a dossier lacks by its office's checklist."""
        from app.queries import completeness

        return completeness.findings_of(self._database, dossier_id, self._context.offices)

    def holders(self, number: str, besides: DossierId | None = None) -> tuple[NumberHolder, ...]:
        """Dossiers bound to a number, by themselves or by one of their papers."""
        from app.queries import documents

        return documents.holders_of(self._database, number, besides=besides)

    def ledger(self, batch_id: BatchId) -> rows.Ledger:
        """What was offered, and what became of it."""
        from app.queries import imports

        return imports.ledger(self._database, batch_id)

    def stacks(self, batch_id: BatchId) -> tuple[StackSummary, ...]:
        """The stacks of a batch, and what they were divided into."""
        from app.queries import stacks

        return stacks.list_stacks(self._database, batch_id=batch_id)

    def covers(self, asked: CoversAsked, office: str) -> CoversFound:
        """Cover sheets for numbers, with what the register knows of them."""
        from app.queries.covers import covers_for

        return covers_for(self._database, asked, self._context.office(office))

    def upload_ids(self, words: Sequence[str] = ()) -> tuple[OutboxId, ...]:
        """Packages on their way and done, newest first; with words, those that have all of them."""
        from app.queries import uploads

        return uploads.upload_ids(self._database, words)

    def uploads_by_id(self, ids: Sequence[int]) -> tuple[rows.UploadSummary, ...]:
        """Some packages."""
        from app.queries import uploads

        return uploads.list_uploads(self._database, ids=[OutboxId(each) for each in ids]) if ids else ()

    def uploads_in_trouble(self) -> tuple[rows.UploadSummary, ...]:
        """Packages that could not be sent, each with its reason."""
        from app.queries import uploads

        return uploads.waiting_with_error(self._database)

    def destinations(self) -> tuple[rows.Destination, ...]:
        """Where packages go, the most used place first."""
        from app.queries import uploads

        return uploads.destinations(self._database)

    def count_answered_by(self, office: str) -> int:
        """How many packages an office has answered."""
        from app.queries import uploads

        return uploads.count_answered_by(self._database, office)

    def story(self, dossier_id: DossierId) -> tuple[rows.AuditLine, ...]:
        """Everything that was done to a dossier, in order."""
        from app.queries import audit

        return audit.story(self._database, dossier_id)

    def work(self) -> rows.WorkStatus:
        """What runs now."""
        from app.queries import work

        return work.status(self._context)

    def waiting(self) -> rows.WaitingCounts:
        """How much waits where."""
        from app.queries import work

        return work.waiting(self._database)

    def register_info(self) -> rows.RegisterInfo:
        """Size and age of the register."""
        from app.queries import register

        return register.info(self._database)

    def register_entry(self, canonical: str) -> rows.RegisterEntryRow | None:
        """What the register says of a number."""
        from app.queries import register

        return register.find(self._database, canonical)

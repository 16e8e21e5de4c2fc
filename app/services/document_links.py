"""A paper that concerns several files is linked to each of their numbers, beside the one of its own dossier."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from app.domain.ids import DocumentId, DossierId
from app.domain.offices import OfficeProfile
from app.domain.typed_numbers import parse_typed
from app.errors import Conflict, OperatorError
from app.queries import register
from app.services import acts, release
from app.services.arranging import open_dossier
from app.storage.database import Database, Transaction
from app.storage.document_tables import DocumentLinkRow, DocumentRow
from app.storage.tables import BatchRow, DossierRow


class DocumentLinks:
    """Each call is one transaction, kept as an act that can be taken back."""

    def __init__(self, database: Database, who: str, offices: Mapping[str, OfficeProfile]) -> None:
        self._database = database
        self._who = who
        self._offices = offices

    def link(self, document_id: DocumentId, number_text: str) -> str:
        """Link a document to a further number; returns it in its canonical form. Harmless when repeated.

        Raises NotAnApplicationNumber, OperatorError("number_is_own") for the number of its own dossier,
        Conflict "document_gone" or "dossier_closed".
        """
        with self._database.write(self._who) as tx:
            document, dossier = open_document(tx, document_id)
            before = acts.standing_of(tx, dossier)
            office = tx.session.get_one(BatchRow, dossier.batch_id).office
            number = parse_typed(number_text, self._offices[office])
            if number.canonical == dossier.application_number:
                raise OperatorError("number_is_own", number=number.canonical, dossier=dossier.name)
            if any(each.application_number == number.canonical for each in active_links(tx, document.id)):
                return number.canonical
            proof = {
                "typed": number_text,
                "in_register": register.entry_of(tx.session, number.canonical, office) is not None,
                "linked_elsewhere": list(release.linked_elsewhere(tx, dossier, number.canonical)),
            }
            tx.session.add(
                DocumentLinkRow(
                    document_id=document.id,
                    application_number=number.canonical,
                    format_id=number.format_id,
                    linked_by=tx.who,
                    linked_at=tx.now,
                    proof=proof,
                )
            )
            facts = {"document": document_id, "number": number.canonical}
            acts.note(tx, dossier, "document_linked", before, facts)
            return number.canonical

    def unlink(self, document_id: DocumentId, number: str) -> None:
        """Withdraw the link of a document to a canonical number; history stays.

        Raises Conflict "number_not_linked", "document_gone" or "dossier_closed".
        """
        with self._database.write(self._who) as tx:
            document, dossier = open_document(tx, document_id)
            before = acts.standing_of(tx, dossier)
            found = [each for each in active_links(tx, document.id) if each.application_number == number]
            if not found:
                raise Conflict("number_not_linked", number=number)
            for each in found:
                each.withdrawn_at = tx.now
            facts = {"document": document_id, "number": number}
            acts.note(tx, dossier, "document_unlinked", before, facts)


def open_document(tx: Transaction, document_id: DocumentId) -> tuple[DocumentRow, DossierRow]:
    """A document and its dossier while they may be changed; raises Conflict."""
    document = tx.session.get(DocumentRow, document_id)
    if document is None or document.gone_at is not None:
        raise Conflict("document_gone")
    return document, open_dossier(tx, DossierId(document.dossier_id))


def move_links(tx: Transaction, source: DocumentRow, target: DocumentRow) -> None:
    """Give the numbers of a document that ends to the one its pages went to; those it has already stay behind."""
    known = {each.application_number for each in active_links(tx, target.id)}
    for each in active_links(tx, source.id):
        if each.application_number not in known:
            each.document_id = target.id


def active_links(tx: Transaction, document_id: int) -> list[DocumentLinkRow]:
    """The links of a document that stand."""
    tx.session.flush()
    return list(
        tx.session.scalars(
            select(DocumentLinkRow)
            .where(DocumentLinkRow.document_id == document_id, DocumentLinkRow.withdrawn_at.is_(None))
            .order_by(DocumentLinkRow.id)
        )
    )

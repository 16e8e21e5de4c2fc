"""Documents without a database: each folder of a FakeContext is a form, a power of attorney and letters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.completeness import Lack
from app.domain.ids import DocumentId, DossierId
from app.queries.document_rows import DocumentKind, DossierTree, TreeDocument, TreePage
from tests.ui.fake_characters import CharacterReading

KINDS = (DocumentKind("APP", "Application form"), DocumentKind("POA", "Power of attorney"))
USUAL = TreeDocument(None, None, 0.0, (), None, "", None, None, None, None)


class TreeReading(CharacterReading):
    """What screens ask of documents."""

    _context: Any

    def tree(self, dossier_id: DossierId) -> DossierTree:
        self._context.calls.append(("tree", dossier_id))
        summary = self._context.dossiers[dossier_id].summary
        pages = sorted(
            (
                page.summary
                for page in self._context.pages_by_id.values()
                if page.summary.dossier_id == dossier_id
            ),
            key=lambda page: page.number,
        )
        parts = (("APP", 0.97, pages[:2]), ("POA", 0.72, pages[2:3]), (None, 0.0, pages[3:]))
        documents = tuple(
            replace(
                USUAL,
                id=DocumentId(dossier_id * 10 + place),
                kind=kind,
                confidence=sure,
                pages=tuple(TreePage(page, DocumentId(dossier_id * 10 + place)) for page in mine),
            )
            for place, (kind, sure, mine) in enumerate(parts)
            if mine
        )
        return DossierTree(
            dossier_id, summary.batch_id, summary.office, None, summary.state, True, None, documents
        )

    def document_kinds(self, office: str) -> tuple[DocumentKind, ...]:
        return KINDS

    def completeness(self, dossier_id: DossierId) -> tuple[Lack, ...]:
        return ()

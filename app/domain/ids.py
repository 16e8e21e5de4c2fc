"""Identifiers: one NewType each, so that a page's id never passes for a dossier's."""

from __future__ import annotations

from typing import NewType

BatchId = NewType("BatchId", int)
DossierId = NewType("DossierId", int)
PageId = NewType("PageId", int)
ImportItemId = NewType("ImportItemId", int)
JobId = NewType("JobId", int)
PackageId = NewType("PackageId", int)
OutboxId = NewType("OutboxId", int)
DocumentId = NewType("DocumentId", int)
ActId = NewType("ActId", int)
Sha256 = NewType("Sha256", str)

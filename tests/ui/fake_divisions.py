"""Borders between folders for screen tests: what was asked is noted, nothing moves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from app.domain.ids import DossierId, PageId
from app.services.divisions import FolderCut, FolderJoin

if TYPE_CHECKING:
    from tests.ui.fake_context import FakeContext


def fake_divisions(context: FakeContext) -> SimpleNamespace:
    """What app.services.divisions.Divisions does, as far as screens see it."""

    def cut(page_id: PageId) -> FolderCut:
        context._fail()
        context.calls.append(("cut", page_id))
        dossier_id = context.pages_by_id[page_id].summary.dossier_id
        return FolderCut(DossierId(dossier_id + 500), dossier_id, page_id, None)

    def join(dossier_id: DossierId) -> FolderJoin:
        context._fail()
        context.calls.append(("join", dossier_id))
        return FolderJoin(dossier_id, DossierId(dossier_id - 1), (), None, None)

    return SimpleNamespace(cut=cut, join=join, uncut=context._note("uncut"), unjoin=context._note("unjoin"))

"""Fields of the sample room's folders: sure ones, unsure ones, one the register disputes, empty ones."""

from __future__ import annotations

from app.domain.field_kinds import DossierField
from app.queries.page_words import PageWord
from ocr.types import Box
from tests.ui.fake_context import FakeContext
from tests.ui.fake_fields import row

F = DossierField
WORDS = ("Bamboo", "laminate", "board", "for", "floors")


def give_fields(context: FakeContext, dossier_id: int) -> int:
    """Give a folder fields on its form; returns the id of that page."""
    pages = [each for each in context.pages_by_id.values() if each.summary.dossier_id == dossier_id]
    form = int(next(each for each in pages if each.summary.number == min(2, len(pages))).summary.id)
    context.fields.give(
        dossier_id,
        row(F.TYPE, "Industrial design"),
        row(
            F.TITLE,
            "Folding rice basket",
            page=form,
            box=Box(310, 538, 1000, 70),
            code="54",
            weak={8: 0.71, 14: 0.42},
        ),
        row(F.APPLICANT, "Thang Long Beverage JSC", page=form, box=Box(310, 630, 1100, 70), code="71"),
        row(F.AGENT, page=form),
        row(
            F.FILING_DATE,
            "០៥/០៣/២០១៧",
            page=form,
            box=Box(310, 446, 760, 70),
            code="22",
            doubts=("date_open",),
        ),
        row(F.DOCUMENT_DATE),
        row(F.REGISTRATION_NUMBER),
        row(
            F.CLASSES, "09-31", page=form, box=Box(310, 722, 900, 70), code="51", doubts=("caption_unknown",)
        ),
        row(F.PRIORITY),
    )
    context.fields.words[form] = tuple(
        PageWord(
            text, Box(310 + 230 * place, 538, 210, 60), 0.95 - 0.1 * (place == 1), 3, place + 1 < len(WORDS)
        )
        for place, text in enumerate(WORDS)
    )
    return form

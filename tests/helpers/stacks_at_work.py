"""Stacks offered to a whole program, and what became of them."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.separation import Mode, Separation
from app.queries import dossiers, pages
from app.services.integrity import check
from app.storage.tables import AuditRow
from tests.helpers.drawn_stacks import cover, document
from tests.helpers.program import finish

COVERS = Separation(Mode.COVERS)
PLAN = (cover(1), "page", "page", document(), "page", cover(2), "page", cover(3), "page", "page", "page")


def offer(program, *paths, separation=COVERS):
    started = program.capture.import_paths(paths, separation=separation)
    finish(program)
    return started


def folders(program):
    """Names of the pages' files by dossier, in the order of the stack."""
    listed = dossiers.list_dossiers(program.database)
    names = {
        row.name: [
            page.source_name.removesuffix(".png")
            for page in pages.list_pages(program.database, dossier_id=row.id)
        ]
        for row in listed
    }
    return dict(sorted(names.items(), key=lambda each: each[1]))


def dossier(program, name):
    return next(row for row in dossiers.list_dossiers(program.database) if row.name == name)


def reasons(program, name):
    return {
        each.code: each.facts
        for each in dossiers.get_dossier(program.database, dossier(program, name).id).reasons
    }


def audit(program, action):
    with program.database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id))
        return [(row.subject, row.facts) for row in rows]


def is_sound(program):
    assert [(each.code, each.subject_id) for each in check(program.database, program.paths).findings] == []
    return True


def by_number(*numbers):
    return [f"{number:04d}" for number in numbers]

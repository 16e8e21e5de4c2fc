"""What people did to the pages of a folder, as tests ask for it."""

from __future__ import annotations

from sqlalchemy import select

from app.queries import dossiers, pages
from app.storage.tables import ImportItemRow, PageRow


def page(program, name):
    return next(each for each in pages.list_pages(program.database) if each.source_name == name)


def only_dossier(program):
    (found,) = dossiers.list_dossiers(program.database)
    return found


def counted(program, dossier_id):
    """Files of the pages that count, as they are read."""
    with program.database.read() as session:
        rows = session.scalars(
            select(ImportItemRow.source_path)
            .join(PageRow, PageRow.import_item_id == ImportItemRow.id)
            .where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
            .order_by(PageRow.ordinal, PageRow.id)
        )
        return [path.replace("\\", "/").rsplit("/", 1)[-1] for path in rows]


def exclusions(program):
    with program.database.read() as session:
        rows = session.execute(
            select(ImportItemRow.source_path, PageRow.exclusion)
            .join(PageRow, PageRow.import_item_id == ImportItemRow.id)
            .where(PageRow.exclusion.is_not(None))
        )
        return {path.replace("\\", "/").rsplit("/", 1)[-1]: code for path, code in rows}

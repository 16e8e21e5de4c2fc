"""Pages know the scan they hold and the earlier page that holds the same one.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Add both columns; pages of files known to be copies are told which pages they repeat.

    Pages taken in earlier have no hash: they are not decoded again for it.
    """
    # As SQL: alembic would remake the whole table for a column with a foreign key.
    op.execute("ALTER TABLE page ADD COLUMN picture_hash VARCHAR(64)")
    op.execute(
        "ALTER TABLE page ADD COLUMN duplicate_of INTEGER "
        "CONSTRAINT fk_page_duplicate_of_page REFERENCES page (id)"
    )
    op.create_index("ix_page_picture_hash", "page", ["picture_hash"])
    op.create_index("ix_page_duplicate_of", "page", ["duplicate_of"])
    op.execute(
        "UPDATE page SET duplicate_of = ("
        " SELECT earlier.id FROM import_item JOIN page AS earlier"
        " ON earlier.import_item_id = import_item.duplicate_of AND earlier.source_page = page.source_page"
        " WHERE import_item.id = page.import_item_id)"
        " WHERE import_item_id IN (SELECT id FROM import_item WHERE duplicate_of IS NOT NULL)"
    )

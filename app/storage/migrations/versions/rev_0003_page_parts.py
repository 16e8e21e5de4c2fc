"""A scan of two pages side by side may be two pages; results tell of sheet, gutter, likeness and streaks.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Add the columns; the page table is remade, for SQLite cannot exchange a constraint.

    Its numbers are never given twice from now on: a half that is put back to its page is deleted, and what the
    audit says of it must not come to mean another page.
    """
    for column in (
        sa.Column("page_box", sa.JSON()),
        sa.Column("spread", sa.JSON()),
        sa.Column("fingerprint", sa.String(16), nullable=False, server_default=""),
        sa.Column("streaks_px", sa.JSON(), nullable=False, server_default="[]"),
    ):
        op.add_column("page_result", column)
    with op.batch_alter_table("page", recreate="always", table_kwargs={"sqlite_autoincrement": True}) as page:
        page.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
        page.drop_constraint("uq_page_import_item_id_source_page", type_="unique")
        page.create_unique_constraint(
            "uq_page_import_item_id_source_page_part", ["import_item_id", "source_page", "part"]
        )

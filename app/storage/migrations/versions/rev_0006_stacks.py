"""Stacks: many paper folders scanned in one run, divided into dossiers by their separators.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Make the table, and say of every dossier and page that no stack was divided for it."""
    op.create_table(
        "stack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("separation", sa.JSON(), nullable=False),
        sa.Column("taken_into", sa.Integer()),
        sa.Column("placed_up_to", sa.Integer(), nullable=False),
        sa.Column("divided_at", sa.String(32)),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_stack_batch_id_batch"),
        sa.PrimaryKeyConstraint("id", name="pk_stack"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stack_batch_id", "stack", ["batch_id"])
    op.create_index("ix_stack_source", "stack", ["source"])
    # As SQL: alembic would remake the whole table for a column with a foreign key.
    op.execute(
        "ALTER TABLE dossier ADD COLUMN stack_id INTEGER CONSTRAINT fk_dossier_stack_id_stack REFERENCES stack (id)"
    )
    op.create_index("ix_dossier_stack_id", "dossier", ["stack_id"])
    for table, column in (
        ("dossier", sa.Column("stack_facts", sa.JSON(), nullable=False, server_default="{}")),
        ("page", sa.Column("sheet", sa.String(16))),
        ("page", sa.Column("sheet_facts", sa.JSON(), nullable=False, server_default="{}")),
        ("page", sa.Column("border_said", sa.String(8))),
    ):
        op.add_column(table, column)

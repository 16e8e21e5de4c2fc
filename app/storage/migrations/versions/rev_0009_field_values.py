"""Dossiers have fields by value: what was read, what a person said, where it stands.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset({"job"})


def upgrade() -> None:
    """Make the table; the fields of dossiers that wait for a person are read at the next start."""
    op.create_table(
        "field_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("printed", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("page_id", sa.Integer()),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("certainty", sa.JSON(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("read", sa.JSON()),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_field_value"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_field_value_dossier_id_dossier"),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_field_value_page_id_page", ondelete="SET NULL"
        ),
        sa.UniqueConstraint("dossier_id", "field", name="uq_field_value_dossier_id_field"),
    )
    op.create_index("ix_field_value_page_id", "field_value", ["page_id"])
    op.create_index("ix_field_value_field_source_value", "field_value", ["field", "source", "value"])
    op.execute(
        "INSERT INTO job (kind, subject_id, state, priority, not_before, attempts, crashes, token, error_facts, created_at)"
        " SELECT 'fields', id, 'queued', 75, updated_at, 0, 0, 0, '{}', updated_at FROM dossier"
        " WHERE state IN ('to_index', 'returned', 'refused_by_office')"
    )

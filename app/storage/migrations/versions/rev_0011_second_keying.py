"""Confirmed dossiers may be keyed again by a second person; what differs goes to a judge.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Make the table; what was confirmed before stands as it is."""
    op.create_table(
        "keying",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("first_by", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.String(32), nullable=False),
        sa.Column("second_by", sa.String()),
        sa.Column("second_at", sa.String(32)),
        sa.Column("keyed", sa.JSON()),
        sa.Column("differing", sa.JSON(), nullable=False),
        sa.Column("judged_by", sa.String()),
        sa.Column("judged_at", sa.String(32)),
        sa.Column("judgement", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_keying"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_keying_dossier_id_dossier"),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_keying_link_id_link"),
        sa.UniqueConstraint("link_id", name="uq_keying_link_id"),
    )
    op.create_index("ix_keying_dossier_id", "keying", ["dossier_id"])
    op.create_index("ix_keying_state_dossier_id", "keying", ["state", "dossier_id"])

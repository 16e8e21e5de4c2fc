"""Dossiers have documents: typed, dated runs of pages, with further numbers and a list of acts to take back.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Make the tables and add the columns; no dossier has documents until it is looked at again."""
    _documents()
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("undone_at", sa.String(32)),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_act"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_act_dossier_id_dossier"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_act_dossier_id", "act", ["dossier_id", "id"])
    op.add_column("dossier", sa.Column("expected_pages", sa.Integer()))
    op.add_column("dossier", sa.Column("is_ordered", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("import_item", sa.Column("placing", sa.JSON()))
    op.add_column("page", sa.Column("starts_document", sa.String(16)))
    op.add_column("page", sa.Column("exclusion", sa.String(32)))
    # As SQL: alembic would remake the whole table for a column with a foreign key.
    for column, table in (("document_id", "document"), ("replaced_by", "page")):
        op.execute(
            f"ALTER TABLE page ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_page_{column}_{table} REFERENCES {table} (id)"
        )
        op.create_index(f"ix_page_{column}", "page", [column])


def _documents() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8)),
        sa.Column("kind_confidence", sa.Double(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("dated", sa.Date()),
        sa.Column("dated_printed", sa.String(), nullable=False),
        sa.Column("dated_role", sa.String(16), nullable=False),
        sa.Column("direction", sa.String(16)),
        sa.Column("language", sa.String(8)),
        sa.Column("access", sa.String(16)),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("gone_at", sa.String(32)),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_document_dossier_id_dossier"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_document_dossier_id", "document", ["dossier_id"])
    op.create_table(
        "document_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("application_number", sa.String(), nullable=False),
        sa.Column("format_id", sa.String(), nullable=False),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.Column("linked_at", sa.String(32), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_document_link"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_document_link_document_id_document"
        ),
    )
    op.create_index("ix_document_link_document_id", "document_link", ["document_id"])
    op.create_index("ix_document_link_application_number", "document_link", ["application_number"])

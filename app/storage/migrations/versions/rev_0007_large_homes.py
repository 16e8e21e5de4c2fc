"""Homes of 100,000 dossiers: lists, counts and the pace of work are answered from indexes alone.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Make the indexes, and drop those that are the beginning of one of them."""
    op.create_index("ix_dossier_queue", "dossier", ["state", "on_hold", "batch_id", "ordinal"])
    op.create_index("ix_dossier_batch_id_state", "dossier", ["batch_id", "state"])
    op.create_index("ix_import_item_batch_id_state", "import_item", ["batch_id", "state"])
    op.create_index("ix_page_in_dossier", "page", ["dossier_id", "ordinal", "state", "exclusion"])
    op.create_index("ix_page_result_finished_at", "page_result", ["finished_at"])
    op.create_index("ix_page_result_blank", "page_result", ["page_id"], sqlite_where=sa.text("is_blank = 1"))
    op.create_index(
        "ix_link_by_policy",
        "link",
        ["dossier_id"],
        sqlite_where=sa.text("linked_by = 'policy:proven' AND withdrawn_at IS NULL"),
    )
    op.create_index("ix_outbox_destination_state", "outbox", ["destination", "state"])
    op.create_index("ix_receipt_office", "receipt", ["office"])
    for name, table in (
        ("ix_dossier_state", "dossier"),
        ("ix_dossier_batch_id", "dossier"),
        ("ix_import_item_batch_id", "import_item"),
        ("ix_page_dossier_id", "page"),
    ):
        op.drop_index(name, table)

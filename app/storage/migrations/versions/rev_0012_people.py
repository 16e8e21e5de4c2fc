"""Who works here is answered from an index: it is asked while a judge waits.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Make the index of the acts by which people are known, and remember of which pages was keyed."""
    op.create_index(
        "ix_audit_people",
        "audit",
        ["who"],
        sqlite_where=sa.text(
            "action IN ('linked', 'approved', 'returned', 'second_keyed', 'keying_judged', 'operator_changed')"
        ),
    )
    op.add_column("keying", sa.Column("pages", sa.JSON()))

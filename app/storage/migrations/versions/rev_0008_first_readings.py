"""Results tell what the first reading of a page gave, and what stands at its top by its place.

Results of earlier recipes tell neither, so they have NULL in both. Frozen history: name columns and types here, never import
app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Add both columns, without remaking the table."""
    op.add_column("page_result", sa.Column("first_text", sa.String()))
    op.add_column("page_result", sa.Column("head", sa.String()))

"""Results tell how much is drawn or written on a separator sheet beside its code.

Earlier results do not, and have NULL. Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Add the column, without remaking the table."""
    op.add_column("page_result", sa.Column("other_ink", sa.Double()))

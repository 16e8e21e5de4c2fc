"""${message}.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()  # tables whose number of rows this revision changes on purpose


def upgrade() -> None:
    """Change the tables."""
    ${upgrades if upgrades else "pass"}

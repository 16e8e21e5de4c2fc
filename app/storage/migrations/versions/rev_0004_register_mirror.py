"""The register is kept by extracts, so that a new one is staged beside the one in force and then switched to.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()

COPY = """
INSERT INTO register_entry (extract_id, office, canonical, title, applicant, filing_date, masked, bare, compact, digits,
    title_key, applicant_key)
SELECT x.id, o.office, o.canonical, o.title, o.applicant, o.filing_date, '', '', compact_of(o.canonical),
    digits_of(o.canonical), name_key(o.title), name_key(o.applicant)
FROM register_entry_old o JOIN register_extract x ON x.office = o.office ORDER BY o.canonical
"""


def upgrade() -> None:
    """Make the tables; what was imported becomes one extract for each office, in force and found as before."""
    op.create_table(
        "register_extract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("is_delta", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("size_bytes", sa.Integer()),
        sa.Column("pack_sha256", sa.String(64)),
        sa.Column("reading", sa.String(64)),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("imported_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_register_extract"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_register_extract_office_state", "register_extract", ["office", "state"])
    op.create_table(
        "register_mapping",
        sa.Column("office", sa.String(8), nullable=False),
        sa.Column("signature", sa.String(32), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("dates", sa.String(8), nullable=False),
        sa.Column("used_by", sa.String(), nullable=False),
        sa.Column("used_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("office", "signature", name="pk_register_mapping"),
    )
    op.drop_index("ix_register_entry_office", "register_entry")
    op.rename_table("register_entry", "register_entry_old")
    texts = (
        "canonical",
        "title",
        "applicant",
        "masked",
        "bare",
        "compact",
        "digits",
        "title_key",
        "applicant_key",
    )
    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extract_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(8), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("filing_date", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_register_entry"),
        sa.ForeignKeyConstraint(
            ["extract_id"], ["register_extract.id"], name="fk_register_entry_extract_id_register_extract"
        ),
        sqlite_autoincrement=True,
    )
    _copy()
    op.drop_table("register_entry_old")
    op.create_index("ix_register_entry_extract_id", "register_entry", ["extract_id"])
    for name in ("canonical", "masked", "bare", "compact", "digits", "title_key", "applicant_key"):
        op.create_index(f"ix_register_entry_{name}", "register_entry", [name])


def _copy() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(
        "INSERT INTO register_extract (office, state, is_delta, file_name, entries, imported_by, imported_at) "
        "SELECT office, 'current', 0, '', count(*), '', max(imported_at) FROM register_entry_old GROUP BY office"
    )
    raw = connection.connection.dbapi_connection
    assert raw is not None
    for function in (compact_of, digits_of, name_key):
        raw.create_function(function.__name__, 1, function, deterministic=True)
    connection.exec_driver_sql(COPY)


def compact_of(text: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def digits_of(text: str) -> str:
    """Digits only."""
    return re.sub(r"[^0-9]", "", text)


def name_key(text: str) -> str:
    """Lower case without accents, good enough until the next extract."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(char for char in plain if not unicodedata.name(char, "").startswith("COMBINING"))
    return " ".join(re.sub(r"[^\w\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+|_", " ", bare).split())[:80]

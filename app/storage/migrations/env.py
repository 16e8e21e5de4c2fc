"""Alembic's entry: runs the revisions on the connection that the runner hands over. Not imported, executed."""

from __future__ import annotations

from alembic import context

from app.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    compare_type=True,
    transaction_per_migration=False,  # all revisions or none; the runner owns the transaction
)
context.run_migrations()

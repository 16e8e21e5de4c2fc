"""First tables.

Frozen history: name columns and types here, never import app.storage.tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

changes_rows: frozenset[str] = frozenset()


def upgrade() -> None:
    """Create the tables, those first that others refer to."""
    _audit()
    _batch()
    _job()
    _master()
    _register_entry()
    _dossier()
    _import_item()
    _link()
    _package()
    _outbox()
    _page()
    _page_result()
    _receipt()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(48), nullable=False),
        sa.Column("from_state", sa.String()),
        sa.Column("to_state", sa.String()),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject", "subject_id"])


def _batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("office", sa.String(8), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("release", sa.String(16), nullable=False),
        sa.Column("destination", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("error", sa.String()),
        sa.Column("error_facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("started_at", sa.String(32)),
        sa.Column("finished_at", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("kind", "subject_id", name="uq_job_kind_subject_id"),
    )
    op.create_index("ix_job_claim", "job", ["state", "kind", "priority", "id"])


def _master() -> None:
    op.create_table(
        "master",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("extension", sa.String(8), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_master"),
    )


def _register_entry() -> None:
    op.create_table(
        "register_entry",
        sa.Column("canonical", sa.String(), nullable=False),
        sa.Column("office", sa.String(8), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("applicant", sa.String(), nullable=False),
        sa.Column("filing_date", sa.Date()),
        sa.Column("imported_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("canonical", name="pk_register_entry"),
    )
    op.create_index("ix_register_entry_office", "register_entry", ["office"])


def _dossier() -> None:
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column(
            "link",
            sa.String(32),
            nullable=False,
        ),
        sa.Column("application_number", sa.String()),
        sa.Column("link_facts", sa.JSON(), nullable=False),
        sa.Column("return_reason", sa.String()),
        sa.Column("on_hold", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_dossier_batch_id_batch"),
        sa.PrimaryKeyConstraint("id", name="pk_dossier"),
    )
    op.create_index("ix_dossier_application_number", "dossier", ["application_number"])
    op.create_index("ix_dossier_batch_id", "dossier", ["batch_id"])
    op.create_index("ix_dossier_source", "dossier", ["source"])
    op.create_index("ix_dossier_state", "dossier", ["state"])


def _import_item() -> None:
    op.create_table(
        "import_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer()),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source_path", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("size_bytes", sa.Integer()),
        sa.Column("page_count", sa.Integer()),
        sa.Column("reason", sa.String()),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("duplicate_of", sa.Integer()),
        sa.Column("original_sha256", sa.String(64)),
        sa.Column("mtime_ns", sa.Integer()),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_import_item_batch_id_batch"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_import_item_dossier_id_dossier"),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["import_item.id"], name="fk_import_item_duplicate_of_import_item"
        ),
        sa.ForeignKeyConstraint(
            ["original_sha256"], ["master.sha256"], name="fk_import_item_original_sha256_master"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_item"),
    )
    op.create_index("ix_import_item_batch_id", "import_item", ["batch_id"])
    op.create_index("ix_import_item_dossier_id", "import_item", ["dossier_id"])
    op.create_index("ix_import_item_sha256", "import_item", ["sha256"])
    op.create_index("ix_import_item_source_path", "import_item", ["source_path"])


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("application_number", sa.String(), nullable=False),
        sa.Column("format_id", sa.String(), nullable=False),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.Column("linked_at", sa.String(32), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", sa.String(32)),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_link_dossier_id_dossier"),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
    )
    op.create_index("ix_link_application_number", "link", ["application_number"])
    op.create_index("ix_link_dossier_id", "link", ["dossier_id"])


def _package() -> None:
    op.create_table(
        "package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
        sa.Column("payload_bytes", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("validators", sa.JSON(), nullable=False),
        sa.Column("built_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_package_dossier_id_dossier"),
        sa.PrimaryKeyConstraint("id", name="pk_package"),
        sa.UniqueConstraint("name", name="uq_package_name"),
    )
    op.create_index("ix_package_dossier_id", "package", ["dossier_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.String(32), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("error", sa.String()),
        sa.Column("error_facts", sa.JSON(), nullable=False),
        sa.Column("queued_at", sa.String(32), nullable=False),
        sa.Column("sent_at", sa.String(32)),
        sa.Column("closed_at", sa.String(32)),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name="fk_outbox_package_id_package"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("package_id", name="uq_outbox_package_id"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state"])


def _page() -> None:
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("import_item_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source_page", sa.Integer(), nullable=False),
        sa.Column("master_sha256", sa.String(64), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("dpi", sa.Double()),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("thumbnail", sa.String()),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.Column("attention", sa.String()),
        sa.Column("attention_facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_page_dossier_id_dossier"),
        sa.ForeignKeyConstraint(
            ["import_item_id"], ["import_item.id"], name="fk_page_import_item_id_import_item"
        ),
        sa.ForeignKeyConstraint(["master_sha256"], ["master.sha256"], name="fk_page_master_sha256_master"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("import_item_id", "source_page", name="uq_page_import_item_id_source_page"),
    )
    op.create_index("ix_page_dossier_id", "page", ["dossier_id"])
    op.create_index("ix_page_master_sha256", "page", ["master_sha256"])
    op.create_index("ix_page_state", "page", ["state"])


def _page_result() -> None:
    op.create_table(
        "page_result",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("derived_key", sa.String(), nullable=False),
        sa.Column("recipe", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("dpi", sa.Double(), nullable=False),
        sa.Column("exif_orientation", sa.Integer(), nullable=False),
        sa.Column("turn_deg", sa.Integer(), nullable=False),
        sa.Column("turn_confidence", sa.Double(), nullable=False),
        sa.Column("skew_deg", sa.Double(), nullable=False),
        sa.Column("skew_confidence", sa.Double(), nullable=False),
        sa.Column("applied_turn_deg", sa.Integer(), nullable=False),
        sa.Column("applied_skew_deg", sa.Double(), nullable=False),
        sa.Column("is_blank", sa.Boolean(), nullable=False),
        sa.Column("ink_share", sa.Double(), nullable=False),
        sa.Column("mean_confidence", sa.Double(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("quality", sa.JSON(), nullable=False),
        sa.Column("barcodes", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("step_ms", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_page_result_page_id_page"),
        sa.PrimaryKeyConstraint("page_id", name="pk_page_result"),
    )


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("received_at", sa.String(32), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_receipt_outbox_id_outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
        sa.UniqueConstraint("outbox_id", name="uq_receipt_outbox_id"),
    )

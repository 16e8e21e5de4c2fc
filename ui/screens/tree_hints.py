"""The keys of a document tree, told by every screen that shows one."""

from __future__ import annotations

from ui.screens.screen import KeyHint

TREE_HINTS = (
    KeyHint("Ctrl Shift ↑ ↓", "keys.page_to_document"),
    KeyHint("Alt Shift ↑ ↓", "keys.page_place"),
    KeyHint("←  →", "keys.document_fold"),
    KeyHint("Insert", "keys.document_split"),
    KeyHint("Backspace", "keys.document_merge"),
    KeyHint("F2  Enter", "keys.document_kind"),
    KeyHint("Ctrl F2  Shift F2", "keys.document_date"),
    KeyHint("Delete  Shift Delete", "keys.page_exclude"),
    KeyHint("Shift Insert  Ctrl Insert", "keys.page_insert"),
    KeyHint("Ctrl Z  Ctrl Y", "keys.document_undo"),
)

"""The keys of a document tree, told by every screen that shows one."""

from __future__ import annotations

from ui.screens.screen import KeyHint

IN_TREE = "keys.group_tree"

TREE_HINTS = (
    KeyHint("Ctrl Shift ↑ ↓", "keys.page_to_document", IN_TREE),
    KeyHint("Alt Shift ↑ ↓", "keys.page_place", IN_TREE),
    KeyHint("←  →", "keys.document_fold", IN_TREE),
    KeyHint("Insert", "keys.document_split", IN_TREE),
    KeyHint("Backspace", "keys.document_merge", IN_TREE),
    KeyHint("F2  Enter", "keys.document_kind", IN_TREE),
    KeyHint("Ctrl F2  Shift F2", "keys.document_date", IN_TREE),
    KeyHint("Delete  Shift Delete", "keys.page_exclude", IN_TREE),
    KeyHint("Shift Insert  Ctrl Insert", "keys.page_insert", IN_TREE),
    KeyHint("Ctrl Z  Ctrl Y", "keys.document_undo", IN_TREE),
)

"""The head of a column of a screen."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget


def head_row(parent: QWidget, left: QWidget, right: QWidget) -> QFrame:
    """The head of a column: a name at the left, an aside at the right, a line under both."""
    head = QFrame(parent)
    head.setProperty("edge", "bottom")
    head.setFixedHeight(47)
    row = QHBoxLayout(head)
    row.setContentsMargins(16, 0, 16, 0)
    row.setSpacing(12)
    row.addWidget(left, 1)
    row.addWidget(right)
    return head

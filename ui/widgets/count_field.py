"""A small whole number to type, in whatever digits the keyboard has; empty means that nobody counted."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QWidget


class CountField(QLineEdit):
    """Takes up to most; hint: what stands there while it is empty."""

    def __init__(self, most: int, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self.setPlaceholderText(hint)
        self.setMaxLength(len(str(most)))
        digits = QRegularExpression(r"\d*", QRegularExpression.PatternOption.UseUnicodePropertiesOption)
        self.setValidator(QRegularExpressionValidator(digits, self))

    @property
    def count(self) -> int | None:
        """The number, at most most; None while it is empty or nought."""
        text = self.text().strip()
        return min(int(text), self._most) or None if text else None

    def show_count(self, count: int | None) -> None:
        """Show a number, or none."""
        self.setText("" if count is None else str(count))

"""The one dialog: the program cannot open, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox


def show_trouble(title: str, text: str) -> None:
    """Say why the program cannot open, and wait."""
    box = QMessageBox(QMessageBox.Icon.Critical, title, text, QMessageBox.StandardButton.Close)
    box.exec()

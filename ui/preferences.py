"""How a person likes the window: its place, zoom lock, last directory. Kept in the home, written at the end.

What a person chose on purpose, such as the look, is a setting and lives in settings.toml.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings

FILE_NAME = "window.ini"


class Preferences(QObject):
    """Small values by name; a damaged or unwritable file only means defaults."""

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(str(home / FILE_NAME), QSettings.Format.IniFormat, self)

    def text(self, name: str, default: str = "") -> str:
        """A stored word."""
        return str(self._store.value(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        """A stored yes or no."""
        return self.text(name, "true" if default else "false") == "true"

    def blob(self, name: str) -> QByteArray | None:
        """Stored bytes, such as a window's geometry."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) else None

    def keep(self, name: str, value: str | bool | QByteArray) -> None:
        """Remember a value."""
        self._store.setValue(name, ("true" if value else "false") if isinstance(value, bool) else value)

    def save(self) -> None:
        """Write now."""
        self._store.sync()

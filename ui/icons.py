"""Our own line icons: SVG files drawn in one stroke, tinted when used."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_RATIOS = (1, 2, 3)


class Icons:
    """Draws icons of one directory; keeps the drawings, not the pixels of each use."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._sources: dict[str, str] = {}

    def names(self) -> tuple[str, ...]:
        """All icons there are."""
        return tuple(sorted(path.stem for path in self._directory.glob("*.svg")))

    def paint(self, painter: QPainter, name: str, rect: QRectF, color: QColor) -> None:
        """Draw one icon into rect."""
        _renderer(self._source(name), color.name()).render(painter, rect)

    def pixmap(self, name: str, color: QColor, size_px: int, ratio: float = 1.0) -> QPixmap:
        """One icon as pixels for a screen of this ratio."""
        pixmap = QPixmap(QSize(round(size_px * ratio), round(size_px * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter, name, QRectF(0, 0, size_px, size_px), color)
        painter.end()
        return pixmap

    def icon(self, name: str, color: QColor, size_px: int = 18) -> QIcon:
        """One icon for buttons, sharp at the usual screen ratios."""
        icon = QIcon()
        for ratio in _RATIOS:
            icon.addPixmap(self.pixmap(name, color, size_px, ratio))
        return icon

    def _source(self, name: str) -> str:
        if name not in self._sources:
            self._sources[name] = (self._directory / f"{name}.svg").read_text(encoding="utf-8")
        return self._sources[name]


@lru_cache(maxsize=256)
def _renderer(source: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(source.replace("currentColor", color).encode("utf-8")))

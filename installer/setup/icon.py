"""Maintainer's command: draw the icon and the setup's side picture anew from resources/icons/foliodesk.svg.

.venv/bin/python installer/setup/icon.py
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

SIZES_PX = (16, 20, 24, 32, 40, 48, 64, 128, 256)
SIDE_PX = (164, 314)
GREEN = "#0b6e6e"
ICONS = Path(__file__).resolve().parents[2] / "resources" / "icons"


def main() -> int:
    """Write the icon with a picture for every size Windows asks for; return an exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    pictures = [_png(ICONS / "foliodesk.svg", size_px) for size_px in SIZES_PX]
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(head) + 16 * len(pictures)
    rows = b""
    for size_px, picture in zip(SIZES_PX, pictures, strict=True):
        rows += struct.pack("<BBBBHHII", size_px % 256, size_px % 256, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    (ICONS / "foliodesk.ico").write_bytes(head + rows + b"".join(pictures))
    _write_side(ICONS / "foliodesk.svg", Path(__file__).resolve().parent / "side.bmp")
    return 0


def _write_side(drawing: Path, target: Path) -> None:
    """Draw the left side of the setup's last page."""
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(*SIDE_PX, QImage.Format.Format_RGB32)
    image.fill(QColor(GREEN))
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter, QRectF(34, 60, 96, 96))
    painter.end()
    image.convertToFormat(QImage.Format.Format_Indexed8).save(str(target), "BMP")


def _png(drawing: Path, size_px: int) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


if __name__ == "__main__":
    sys.exit(main())

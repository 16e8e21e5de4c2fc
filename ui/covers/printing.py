"""Cover sheets to a PDF or a printer, page by page."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLoggingCategory, QMarginsF
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from app.domain.cover_sheets import Sheet
from app.errors import MachineError
from app.paths import resources_root
from ocr.patience import discard, replace_file
from ui.covers.drawing import INCH_MM, Layout, draw_page
from ui.fonts import load_fonts
from ui.texts import t

RESOLUTION = 600


def write_covers(sheets: Sequence[Sheet], layout_name: str, path: Path) -> int:
    """Write sheets to a PDF and return how many pages it has; the file is whole or absent.

    layout_name: "one", "two", "four" or "labels". Raises MachineError("covers_not_written", path=...).
    """
    application = _application()
    layout = Layout[layout_name.upper()]
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        writer = QPdfWriter(str(part))
        writer.setTitle(t("covers.file_title"))
        writer.setCreator(t("app.name"))
        writer.setResolution(RESOLUTION)
        writer.setPageLayout(_page())
        count = paint_covers(writer, sheets, layout)
        if count is None:
            raise MachineError("covers_not_written", path=str(path))
        replace_file(part, path)
    except OSError as exc:
        raise MachineError("covers_not_written", path=str(path), reason=str(exc)) from exc
    finally:
        discard(part)
    del application
    return count


def print_covers(sheets: Sequence[Sheet], layout: Layout, printer: QPrinter) -> bool:
    """Send sheets to a printer that a person chose; False when it did not take them."""
    printer.setPageLayout(_page())
    printer.setFullPage(True)
    return paint_covers(printer, sheets, layout) is not None


def paint_covers(device: QPdfWriter | QPrinter, sheets: Sequence[Sheet], layout: Layout) -> int | None:
    """Paint all pages on a device; None when it cannot be painted on."""
    painter = QPainter()
    if not painter.begin(device):
        return None
    try:
        painter.scale(device.logicalDpiX() / INCH_MM, device.logicalDpiY() / INCH_MM)
        pages = range(0, len(sheets), layout.count)
        for number, start in enumerate(pages):
            if number:
                device.newPage()
            draw_page(painter, tuple(sheets[start : start + layout.count]), layout)
        return len(pages)
    finally:
        painter.end()


def _page() -> QPageLayout:
    return QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        QPageLayout.Orientation.Portrait,
        QMarginsF(0, 0, 0, 0),
        QPageLayout.Unit.Millimeter,
        QMarginsF(0, 0, 0, 0),
    )


def _application() -> QGuiApplication:
    """The application Qt needs to set type. On the command line one without a window is made."""
    there = QApplication.instance()
    if isinstance(there, QGuiApplication):
        return there
    if sys.platform.startswith("linux") and not os.environ.get("QT_QPA_PLATFORM"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # nothing is shown, and there may be no display
    # Inter, the first face, has no Khmer: Qt says so each time before it takes the next.
    QLoggingCategory.setFilterRules("qt.text.font.db=false")
    made = QApplication(["foliodesk"])
    load_fonts(made, resources_root() / "fonts")
    return made

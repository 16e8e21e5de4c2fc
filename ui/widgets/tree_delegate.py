"""Paints the rows of a document tree: a document with type, date and state; under it its pages, small."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.queries.document_rows import TreeDocument
from ui import texts
from ui.fonts import ASIDE_PX, WORK_PX, work_font
from ui.images import Images, Picture
from ui.models.row_model import ROW_ROLE, Index
from ui.models.tree_model import TreeRow
from ui.texts import t
from ui.theme import Tone
from ui.widgets.page_tiles import page_badge
from ui.widgets.paint import Badge, Look, draw_pill, draw_ring, elided, pill_width

DOCUMENT_PX, PAGE_PX = 54, 46
THUMB_WIDTH, THUMB_HEIGHT = 27.0, 36.0
LEAST_WORDS_PX = 96.0
"""Room the words of a row keep beside a pill; the pill's word is shortened before, its icon stays."""
SURE = 0.85
"""Below, a type the program read is to be compared."""


def kind_name(document: TreeDocument, names: Mapping[str, str]) -> str:
    """The name of a document's type."""
    if document.id is None:
        return t("tree.loose")
    return t("tree.unknown") if document.kind is None else names.get(document.kind, document.kind)


def document_badge(document: TreeDocument) -> Badge | None:
    """Its state as icon and word; that it is long goes before how its type is known. None for pages that are in no document."""
    if document.id is None:
        return Badge(Tone.CARE, "warn", t("tree.word_unknown"))
    if document.longer_than is not None:
        return Badge(Tone.CARE, "warn", t("tree.word_long"))
    if "kind" in document.said:
        return Badge(Tone.GOOD, "check", t("tree.word_said"))
    if document.kind is None:
        return Badge(Tone.CARE, "warn", t("tree.word_unknown"))
    if document.confidence < SURE:
        return Badge(Tone.CARE, "search", t("tree.word_unsure"))
    return Badge(Tone.PLAIN, "check", t("tree.word_read"))


def document_words(document: TreeDocument) -> str:
    """Second line: date, direction, who may see it, how many pages, further numbers."""
    if document.dated is None:
        dated = t("tree.no_date")
    elif document.dated_role == "reception":
        dated = t("tree.received", date=texts.day(document.dated))
    else:
        dated = texts.day(document.dated)
    pages, usual = len(document.paper_pages), document.longer_than
    parts = [dated, t("tree.pages", n=pages) if usual is None else t("tree.pages_long", n=pages, usual=usual)]
    if document.id is None:
        parts = parts[1:]
    if document.links:
        parts.append(t("tree.also", numbers=", ".join(each.application_number for each in document.links)))
    if document.direction is not None:
        parts.append(t(f"direction.{document.direction}"))
    if document.access is not None:
        parts.append(t(f"access.{document.access}"))
    return " · ".join(parts)


def row_words(row: TreeRow, names: Mapping[str, str]) -> str:
    """A row in words, for screen readers and tests."""
    if row.page is None:
        badge = document_badge(row.document)
        return ", ".join(
            part
            for part in (
                kind_name(row.document, names),
                badge.word if badge else "",
                document_words(row.document),
            )
            if part
        )
    badge = tree_page_badge(row)
    number = t("tree.page", number=row.page.page.number)
    return f"{number}, {row.page.page.source_name}" + (f", {badge.word}" if badge else "")


def tree_page_badge(row: TreeRow) -> Badge | None:
    """What is to be said of a page: first that it does not count."""
    assert row.page is not None, "only rows of pages have one"
    if row.page.exclusion is not None:
        return Badge(Tone.PLAIN, "cross", t(f"exclusion.{row.page.exclusion}"))
    return page_badge(row.page.page)


class TreeDelegate(QStyledItemDelegate):
    """Paints one row. names: types by code."""

    def __init__(self, look: Look, images: Images, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._images = images
        self.names: Mapping[str, str] = {}
        self.places: Mapping[int, str] = {}  # what was read on a page, by its id

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(ROW_ROLE)
        return QSize(160, DOCUMENT_PX if row is None or row.page is None else PAGE_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if row is None:
            return
        rect = QRectF(option.rect)
        state = option.state
        theme = self._look.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("accent_soft"))
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("accent"))
        elif row.page is None:
            painter.fillRect(rect, theme.color("background"))
        if row.page is None:
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), theme.color("line"))
            self._paint_document(painter, rect.adjusted(10, 7, -10, -7), row)
        else:
            self._paint_page(painter, rect.adjusted(30, 5, -10, -5), row)
        if state & QStyle.StateFlag.State_HasFocus:
            draw_ring(painter, self._look, rect.adjusted(3, 2, -3, -2), 6)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        row = index.data(ROW_ROLE)
        if event.type() == QEvent.Type.ToolTip and row is not None:
            QToolTip.showText(event.globalPos(), "\n".join(self.tip(row)), view)
            return True
        return super().helpEvent(event, view, option, index)

    def tip(self, row: TreeRow) -> list[str]:
        """All that is known of a row: what could not be painted in full, and why the type is believed."""
        if row.page is not None:
            badge = tree_page_badge(row)
            told = (row.page.page.source_name, badge.word if badge else "", self.places.get(row.id, ""))
            return [each for each in told if each]
        document = row.document
        lines = [kind_name(document, self.names), document_words(document)]
        lines += [texts.explain("why", each.code, each.facts) for each in document.reasons]
        if document.longer_than is not None:
            lines.append(t("tree.too_long"))
        lines += [t("tree.said_by", who=who) for who in dict.fromkeys(document.said.values())]
        for link in document.links:
            lines += [f"{link.application_number}: {name}" for _, name in link.dossiers]
        return lines

    def _paint_document(self, painter: QPainter, rect: QRectF, row: TreeRow) -> None:
        theme = self._look.theme
        arrow = QRectF(rect.left(), rect.top() + 4, 13, 13)
        icon = "chevron-down" if row.is_open else "chevron-right"
        self._look.icons.paint(painter, icon, arrow, theme.color("dim"))
        left, right = rect.left() + 20, rect.right()
        badge = document_badge(row.document)
        if badge is not None:
            room = max(28.0, min(pill_width(badge), right - left - LEAST_WORDS_PX))
            right -= draw_pill(painter, self._look, QPointF(right, rect.top() + 10), badge, room) + 8
        painter.setFont(work_font(WORK_PX, weight=QFont.Weight.DemiBold))
        painter.setPen(theme.color("ink"))
        title = elided(painter, kind_name(row.document, self.names), right - left)
        painter.drawText(QRectF(left, rect.top(), right - left, 21), Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(work_font(ASIDE_PX))
        painter.setPen(theme.color("dim"))
        words = elided(painter, document_words(row.document), rect.right() - left)
        line = QRectF(left, rect.top() + 21, rect.right() - left, 19)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_page(self, painter: QPainter, rect: QRectF, row: TreeRow) -> None:
        assert row.page is not None, "a row of a page"
        theme, page = self._look.theme, row.page.page
        is_out = row.page.exclusion is not None
        self._paint_thumbnail(painter, QRectF(rect.left(), rect.top(), THUMB_WIDTH, THUMB_HEIGHT), row)
        left, right = rect.left() + THUMB_WIDTH + 10, rect.right()
        painter.setFont(work_font(WORK_PX, weight=QFont.Weight.Medium))
        number = str(page.number)
        width = painter.fontMetrics().horizontalAdvance(number)
        badge = tree_page_badge(row)
        if badge is not None:
            room = max(28.0, min(pill_width(badge), right - left - width - 12))
            right -= draw_pill(painter, self._look, QPointF(right, rect.center().y()), badge, room) + 8
        painter.setFont(work_font(WORK_PX, weight=QFont.Weight.Medium))
        painter.setPen(theme.color("dim" if is_out else "ink"))
        painter.drawText(
            QRectF(left, rect.top(), width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, number
        )
        left += width + 10
        painter.setFont(work_font(ASIDE_PX))
        place = self.places.get(row.id, "")
        painter.setPen(theme.color("accent" if place else "dim"))
        if right - left > 30:
            name = elided(painter, place or page.source_name, right - left)
            painter.drawText(
                QRectF(left, rect.top(), right - left, rect.height()), Qt.AlignmentFlag.AlignVCenter, name
            )

    def _paint_thumbnail(self, painter: QPainter, room: QRectF, row: TreeRow) -> None:
        assert row.page is not None, "a row of a page"
        theme = self._look.theme
        pixmap = None
        path = row.page.page.thumbnail_path
        if path is not None:
            side = round(THUMB_HEIGHT * painter.device().devicePixelRatioF() * 2)
            pixmap = self._images.pixmap(Picture(path, long_side_px=side))
        painter.setPen(QPen(theme.color("line_strong"), 1))
        painter.setBrush(theme.color("paper" if pixmap is not None else "plain_soft"))
        sheet = room
        if pixmap is not None and not pixmap.isNull():
            scale = min(room.width() / pixmap.width(), room.height() / pixmap.height())
            width, height = pixmap.width() * scale, pixmap.height() * scale
            sheet = QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)
        painter.drawRect(sheet)
        if pixmap is not None and not pixmap.isNull():
            painter.setOpacity(0.45 if row.page.exclusion is not None else 1.0)
            painter.drawPixmap(sheet, pixmap, QRectF(pixmap.rect()))
            painter.setOpacity(1.0)
        if row.page.exclusion is not None:
            painter.setPen(QPen(theme.color("dim"), 1.4))
            painter.drawLine(room.topLeft(), room.bottomRight())

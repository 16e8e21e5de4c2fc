"""Small things that widgets and delegates draw alike: pills, key caps, bars, focus rings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from ui.fonts import ASIDE_PX, work_font
from ui.icons import Icons
from ui.theme import Theme, Tone

PILL_HEIGHT = 24.0
CAP_HEIGHT = 20.0
_ICON = 13.0


@dataclass(frozen=True, slots=True)
class Look:
    """Theme and icons together, for whatever paints."""

    theme: Theme
    icons: Icons


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as icon, word and tone; never a colour alone."""

    tone: Tone
    icon: str
    word: str


def pill_width(badge: Badge) -> float:
    """Width a pill needs."""
    metrics = QFontMetricsF(_pill_font())
    return metrics.horizontalAdvance(badge.word) + _ICON + (24.0 if badge.word else 12.0)


def draw_pill(
    painter: QPainter, look: Look, right_center: QPointF, badge: Badge, room_px: float = 10_000.0
) -> float:
    """Draw a pill whose right end is at right_center, its words shortened to the room; returns its width."""
    ink, ground = look.theme.tone(badge.tone)
    width = min(room_px, pill_width(badge))
    rect = QRectF(right_center.x() - width, right_center.y() - PILL_HEIGHT / 2, width, PILL_HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 6, 6)
    icon = QRectF(rect.left() + 7, rect.center().y() - _ICON / 2, _ICON, _ICON)
    look.icons.paint(painter, badge.icon, icon, ink)
    painter.setPen(ink)
    painter.setFont(_pill_font())
    words = rect.adjusted(_ICON + 12, 0, -6, 0)
    shown = badge.word
    if width < pill_width(badge):
        shown = elided(painter, badge.word, words.width())
    painter.drawText(words.adjusted(0, 0, 6, 0), Qt.AlignmentFlag.AlignVCenter, shown)
    painter.restore()
    return width


def cap_width(text: str) -> float:
    """Width of a key cap."""
    return QFontMetricsF(_cap_font()).horizontalAdvance(text) + 12.0


def draw_cap(painter: QPainter, rect: QRectF, text: str, ink: QColor, line: QColor) -> None:
    """Draw a key cap."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(ink)
    painter.setFont(_cap_font())
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def draw_stack(
    painter: QPainter, rect: QRectF, ground: QColor, shares: Sequence[tuple[float, QColor]]
) -> None:
    """Draw one bar of several steps, each share (0..1) reaching from the left; later ones lie on top."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    clip = QPainterPath()
    clip.addRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    painter.setClipPath(clip)
    painter.fillRect(rect, ground)
    for share, color in shares:
        if share > 0:
            width = max(rect.height() / 2, rect.width() * min(1.0, share))
            painter.fillRect(QRectF(rect.left(), rect.top(), width, rect.height()), color)
    painter.restore()


def draw_ring(painter: QPainter, look: Look, rect: QRectF, radius: float = 7.0) -> None:
    """Draw the focus ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.theme.color("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def elided(painter: QPainter, text: str, width: float) -> str:
    """Text shortened to a width."""
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))


def step_colors(theme: Theme) -> tuple[QColor, QColor, QColor, QColor, QColor]:
    """Five steps from pale to full: imported, read, indexed, approved, accepted."""
    start, end = theme.color("accent_soft"), theme.color("accent")
    steps = [_mix(start, end, share) for share in (0.12, 0.34, 0.56, 0.8)]
    return steps[0], steps[1], steps[2], steps[3], theme.color("good")


def _mix(start: QColor, end: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        start.redF() + (end.redF() - start.redF()) * share,
        start.greenF() + (end.greenF() - start.greenF()) * share,
        start.blueF() + (end.blueF() - start.blueF()) * share,
    )


def _pill_font() -> QFont:
    return work_font(ASIDE_PX, weight=QFont.Weight.Medium)


def _cap_font() -> QFont:
    return work_font(11.5, weight=QFont.Weight.Medium)

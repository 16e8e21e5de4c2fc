"""The numbers read on the pages of a folder: each with its sureness, where it stood and its key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.queries.rows import RankedCandidate
from ui import texts
from ui.fonts import ASIDE_PX, number_font, work_font
from ui.texts import t
from ui.theme import Tone
from ui.widgets.paint import CAP_HEIGHT, Look, cap_width, draw_cap, elided

ROW_PX = 50


class CandidateList(QWidget):
    """Paints candidates; chosen by mouse here, by keys from the number field."""

    picked = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._candidates: tuple[RankedCandidate, ...] = ()
        self._undecided: frozenset[str] = frozenset()
        self._chosen = -1
        self._hovered = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def chosen(self) -> int:
        """Place of the chosen candidate, -1 for none."""
        return self._chosen

    def show_candidates(
        self, candidates: Sequence[RankedCandidate], chosen: int, undecided: frozenset[str] = frozenset()
    ) -> None:
        """Show these; undecided: those among which nobody knows, so that none is sure to so many per cent."""
        self._undecided = undecided
        self._candidates = tuple(candidates)
        self._chosen = chosen
        self.setFixedHeight(len(self._candidates) * ROW_PX)
        self.setAccessibleName(", ".join(each.application_number for each in self._candidates))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, len(self._candidates) * ROW_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = int(event.position().y()) // ROW_PX
        if 0 <= place < len(self._candidates):
            self.picked.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = int(event.position().y()) // ROW_PX
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, candidate in enumerate(self._candidates):
            rect = QRectF(0.5, place * ROW_PX + 1.5, self.width() - 1, ROW_PX - 4)
            self._paint_row(painter, rect, place, candidate)
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRectF, place: int, candidate: RankedCandidate) -> None:
        theme = self._look.theme
        is_chosen = place == self._chosen
        ground = "accent_soft" if is_chosen else "plain_soft" if place == self._hovered else "panel"
        painter.setPen(QPen(theme.color("accent" if is_chosen else "line"), 1))
        painter.setBrush(theme.color(ground))
        painter.drawRoundedRect(rect, 8, 8)
        key = f"Alt {place + 1}"
        cap = QRectF(
            rect.right() - cap_width(key) - 10, rect.center().y() - CAP_HEIGHT / 2, cap_width(key), CAP_HEIGHT
        )
        draw_cap(painter, cap, key, theme.color("dim"), theme.color("line_strong"))
        width = cap.left() - rect.left() - 20
        painter.setFont(number_font(14.5, weight=QFont.Weight.DemiBold))
        painter.setPen(theme.color("ink"))
        line = QRectF(rect.left() + 12, rect.top() + 4, width, 20)
        painter.drawText(
            line, Qt.AlignmentFlag.AlignVCenter, elided(painter, candidate.application_number, width)
        )
        line.translate(QPointF(0, 19))
        is_undecided = candidate.application_number in self._undecided
        if candidate.in_register is not None and not is_undecided:
            tone = Tone.GOOD if candidate.in_register else Tone.CARE
            icon = "check" if candidate.in_register else "warn"
            self._look.icons.paint(
                painter, icon, QRectF(line.left(), line.top() + 3, 14, 14), theme.tone(tone)[0]
            )
            line.setLeft(line.left() + 19)
        painter.setFont(work_font(ASIDE_PX))
        painter.setPen(theme.color("dim"))
        painter.drawText(
            line,
            Qt.AlignmentFlag.AlignVCenter,
            elided(painter, _words(candidate, len(self._undecided) if is_undecided else 0), line.width()),
        )


def _words(candidate: RankedCandidate, among: int) -> str:
    """among: of so many numbers one must be it, and nobody knows which; 0: it has a probability of its own."""
    sure = t("index.sure", percent=int(candidate.confidence * 100))
    parts = [t("index.undecided", n=among) if among else sure]
    pages = sorted({sighting.page_number for sighting in candidate.sightings})
    if pages:
        parts.append(t("index.pages_short", pages=", ".join(map(str, pages[:4]))))
    if candidate.role != "application":
        parts.append(texts.explain("role", candidate.role))
    if candidate.in_register and not among:  # of those among which nobody knows each is there
        parts.append(t("index.in_register"))
    return " · ".join(parts)

"""Taking a value from the page into a field: a word, words in a row, or a framed part that is read again.

By mouse: a click takes a word, a drag frames a part. By keys: arrows go from word to word, Shift takes more of the
row, Space draws a frame. Words come from what was read of the page; a frame is read by a worker, in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.domain.ids import PageId
from ocr.types import Box
from ui.desk import Desk
from ui.tasks import Failure
from ui.texts import t
from ui.widgets.page_overlay import Frame
from ui.widgets.page_view import Mark
from ui.widgets.page_viewer import PageViewer, Shown

if TYPE_CHECKING:
    from app.queries.page_words import PageWord
    from app.queries.rows import PageDetail
    from ocr.types import ZoneReading

STEP_PX, FINE_PX, CLICK_PX = 24, 4, 6
"""CLICK_PX: a press that moves less (on the screen) is a click."""

_WAYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Way(StrEnum):
    """How a value is being taken."""

    WORD = "word"
    FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Picked:
    """A text and where it stands. certainty: 0..1 for each character."""

    text: str
    page_id: PageId
    boxes: tuple[Box, ...]
    certainty: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Zone:
    """A framed part of a page, as it was read."""

    page_id: PageId
    box: Box
    reading: ZoneReading


class _Asked(QObject):
    """One question to a page. What it brings, an answer or a failure, belongs to the picking that asked."""

    answered = Signal(object, object)  # itself, answer
    failed = Signal(object, object)  # itself, Failure

    def on_done(self, answer: object) -> None:
        """The answer is here."""
        self.answered.emit(self, answer)
        self.deleteLater()

    def on_failed(self, failure: Failure) -> None:
        """There will be none."""
        self.failed.emit(self, failure)
        self.deleteLater()


class Picking(QObject):
    """One at a time; ``taken`` or ``left`` ends it."""

    taken = Signal(object)  # Picked
    left = Signal()

    def __init__(self, desk: Desk, viewer: PageViewer, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._viewer = viewer
        self._view = viewer.view
        self._words: tuple[PageWord, ...] = ()
        self._page_id: PageId | None = None
        self._way = Way.WORD
        self._at = 0
        self._until = 0
        self._frame: Frame | None = None
        self._near: Box | None = None
        self._languages: tuple[str, ...] = ()
        self._pressed: QPointF | None = None
        self._is_on = False
        self._words_asked: _Asked | None = None
        self._zone_asked: _Asked | None = None
        viewer.page_shown.connect(self._on_page_shown)
        viewer.painted.connect(self._on_painted)

    @property
    def is_on(self) -> bool:
        """True while a value is being taken."""
        return self._is_on

    def begin(self, near: Box | None, languages: Sequence[str] = ()) -> None:
        """Begin on the page shown. near: where the value may stand; languages: of a framed part, () the page's."""
        page = self._viewer.detail
        if page is None or self._is_on:
            return
        if self._viewer.is_original:  # places are those of the page as it was read
            self._viewer.show_side(Shown.STRAIGHTENED)
        self._is_on, self._zone_asked = True, None
        self._page_id, self._near, self._languages = page.summary.id, near, tuple(languages)
        self._words, self._way, self._frame = (), Way.WORD, None
        self._viewer.say(t("field.pick_word"))
        self._view.installEventFilter(self)
        self._view.viewport().installEventFilter(self)
        self._view.setFocus()
        self._view.viewport().setCursor(Qt.CursorShape.CrossCursor)
        asked = self._words_asked = self._ask(self._on_words)
        call = partial(self._desk.reading.page_words, self._page_id)
        self._desk.tasks.run(call, asked.on_done, asked.on_failed)

    def end(self) -> None:
        """Stop without taking anything."""
        if not self._is_on:
            return
        self._is_on = False
        self._words_asked = self._zone_asked = None
        self._view.removeEventFilter(self)
        self._view.viewport().removeEventFilter(self)
        self._view.viewport().unsetCursor()
        self._view.show_frame(None)
        self._viewer.say("")
        self._viewer.point_at(self._near)
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._is_on:
            return False
        if watched is self._view and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # arrows, Space, Tab and Esc are ours now, whatever the screen uses them for
            return isinstance(event, QKeyEvent) and self._is_ours(event)
        if watched is self._view and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        if isinstance(event, QMouseEvent) and watched is self._view.viewport():
            return self._on_mouse(event)
        return False

    def _is_ours(self, event: QKeyEvent) -> bool:
        keys = {
            *_WAYS,
            Qt.Key.Key_Space,
            Qt.Key.Key_Tab,
            Qt.Key.Key_Escape,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        }
        return Qt.Key(event.key()) in keys

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif key == Qt.Key.Key_Space:
            self._change_way()
        elif key in _WAYS and self._way is Way.FRAME and self._frame is not None:
            across, down = _WAYS[key]
            step = FINE_PX if shift else STEP_PX
            self._draw(self._frame.moved(across * step, down * step, self._space()))
        elif key in _WAYS:
            self._go(*_WAYS[key], takes_more=shift)
        elif key == Qt.Key.Key_Tab and self._frame is not None:
            self._draw(self._frame.other_corner())
        else:
            return False
        return True

    def _on_mouse(self, event: QMouseEvent) -> bool:
        spot = event.position()
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = spot
        elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
            if (spot - self._pressed).manhattanLength() > CLICK_PX:
                self._draw(Frame(self._box_between(self._pressed, spot)))
        elif event.type() == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            was_drag = (spot - self._pressed).manhattanLength() > CLICK_PX
            self._pressed = None
            if was_drag:
                self._take()
            else:
                self._click(spot)
        else:
            return event.type() in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonPress)
        return True

    def _click(self, spot: QPointF) -> None:
        place = self._view.mapToScene(spot.toPoint())
        for number, word in enumerate(self._words):
            box = word.box
            if (
                box.left_px <= place.x() <= box.left_px + box.width_px
                and box.top_px <= place.y() <= box.top_px + box.height_px
            ):
                self._way, self._at, self._until = Way.WORD, number, number
                self._take()
                return

    def _box_between(self, one: QPointF, other: QPointF) -> Box:
        first, second = self._view.mapToScene(one.toPoint()), self._view.mapToScene(other.toPoint())
        width, height = self._space()
        left, right = sorted(min(max(0, round(each)), width) for each in (first.x(), second.x()))
        top, bottom = sorted(min(max(0, round(each)), height) for each in (first.y(), second.y()))
        return Box(left, top, max(1, right - left), max(1, bottom - top))

    def _space(self) -> tuple[int, int]:
        page = self._viewer.detail
        return (1, 1) if page is None else (page.width_px, page.height_px)

    def _on_page_shown(self, page: PageDetail) -> None:
        if self._is_on and page.summary.id != self._page_id:
            self._near = None  # it stood on the page before
            self.end()

    def _on_painted(self) -> None:
        """The page was shown anew: what is chosen is marked again. Nothing stands in the original where it was read."""
        if self._is_on and self._viewer.is_original:
            self.end()
        elif self._is_on:
            self._mark_chosen()

    def _ask(self, on_answer: Callable[[_Asked, Any], None]) -> _Asked:
        asked = _Asked(self)
        asked.answered.connect(on_answer)
        asked.failed.connect(self._on_failed)
        return asked

    def _on_words(self, asked: _Asked, words: tuple[PageWord, ...]) -> None:
        if asked is not self._words_asked:
            return
        self._words = words
        if not words:
            self._viewer.say(t("field.no_words"))
            self._change_way()
            return
        self._at = self._until = self._nearest()
        if self._way is Way.WORD:
            self._show_words()

    def _nearest(self) -> int:
        if self._near is None:
            return 0
        across, down = self._near.left_px, self._near.top_px
        return min(
            range(len(self._words)),
            key=lambda each: (
                abs(self._words[each].box.left_px - across) + 3 * abs(self._words[each].box.top_px - down)
            ),
        )

    def _go(self, across: int, down: int, *, takes_more: bool) -> None:
        """To the next word of the row, or to the word above or below."""
        if not self._words or self._way is not Way.WORD:
            return
        if down:
            self._at = self._until = self._in_row_beyond(down)
        elif takes_more:
            wanted = self._until + across
            if 0 <= wanted < len(self._words) and self._words[wanted].line == self._words[self._at].line:
                self._until = max(self._at, wanted)
        else:
            start = self._until if across > 0 else self._at
            self._at = self._until = min(len(self._words) - 1, max(0, start + across))
        self._show_words()

    def _in_row_beyond(self, down: int) -> int:
        now = self._words[self._at].box
        middle, height = now.left_px + now.width_px / 2, max(1, now.height_px)
        beyond = [
            number
            for number, word in enumerate(self._words)
            if (word.box.top_px - now.top_px) * down > 0.6 * height
        ]
        if not beyond:
            return self._at

        def distance(number: int) -> float:
            box = self._words[number].box
            return 3 * abs(box.top_px - now.top_px) + abs(box.left_px + box.width_px / 2 - middle)

        return min(beyond, key=distance)

    def _show_words(self) -> None:
        self._mark_chosen()
        self._view.ensure_seen(self._words[self._until].box)

    def _mark_chosen(self) -> None:
        chosen = self._words[self._at : self._until + 1] if self._way is Way.WORD else ()
        self._view.mark([Mark(word.box, "care") for word in chosen])

    def _change_way(self) -> None:
        """From words to a frame around them, and back."""
        if self._way is Way.FRAME and self._words:
            self._way, self._frame = Way.WORD, None
            self._view.show_frame(None)
            self._viewer.say(t("field.pick_word"))
            self._show_words()
            return
        width, height = self._space()
        box = self._words[self._at].box if self._words else self._near
        box = box or Box(width // 4, height // 4, width // 3, height // 20)
        grown = Box(
            max(0, box.left_px - 12), max(0, box.top_px - 12), box.width_px + 24, max(40, box.height_px + 24)
        )
        self._viewer.say(t("field.pick_frame"))
        self._draw(Frame(grown).other_corner())

    def _draw(self, frame: Frame) -> None:
        self._way, self._frame = Way.FRAME, frame
        self._mark_chosen()
        self._view.show_frame(frame)
        self._view.ensure_seen(frame.box)

    def _take(self) -> None:
        page_id = self._page_id
        if page_id is None or self._zone_asked is not None:
            return
        if self._way is Way.FRAME and self._frame is not None:
            asked = self._zone_asked = self._ask(self._on_zone)
            self._viewer.say(t("field.reading"))
            call = partial(self._read_zone, asked, (page_id, self._frame.box, self._languages))
            self._desk.tasks.run_aside(call, asked.on_done, asked.on_failed)
        elif self._words:
            self._give(picked_words(page_id, self._words[self._at : self._until + 1]))

    def _read_zone(self, asked: _Asked, part: tuple[PageId, Box, tuple[str, ...]]) -> _Zone | None:
        """Runs in a thread. None: nobody waits for it any more, and it would hold up the next one."""
        if asked is not self._zone_asked:
            return None
        return _Zone(*part[:2], self._desk.context.zones.read(*part))

    def _on_zone(self, asked: _Asked, zone: _Zone | None) -> None:
        if zone is None or asked is not self._zone_asked:
            return  # of a picking that has ended: what it read belongs to another field
        self._zone_asked = None
        reading, page_id, box = zone.reading, zone.page_id, zone.box
        if not reading.text.strip():
            self._viewer.say(t("field.picked_nothing"))
            return
        text, certainty = one_line(reading.text, reading.certainty)
        self._give(Picked(text, page_id, (box,), certainty))

    def _give(self, picked: Picked) -> None:
        self._near = picked.boxes[0]
        self.end()
        self.taken.emit(picked)

    def _on_failed(self, asked: _Asked, failure: Failure) -> None:
        if asked in (self._words_asked, self._zone_asked):
            self._zone_asked = None
            self._desk.notices.failure(failure)
            self._viewer.say(t("field.pick_frame" if self._way is Way.FRAME else "field.pick_word"))


def picked_words(page_id: PageId, words: Sequence[PageWord]) -> Picked:
    """Words as one text, with the sureness of each character and one box around them."""
    text, certainty = "", []
    for number, word in enumerate(words):
        text += word.text
        certainty += [round(word.confidence, 3)] * len(word.text)
        if word.has_space and number + 1 < len(words):
            text += " "
            certainty.append(1.0)
    left, top = min(word.box.left_px for word in words), min(word.box.top_px for word in words)
    right = max(word.box.left_px + word.box.width_px for word in words)
    bottom = max(word.box.top_px + word.box.height_px for word in words)
    return Picked(text, page_id, (Box(left, top, right - left, bottom - top),), tuple(certainty))


def one_line(text: str, certainty: Sequence[float]) -> tuple[str, tuple[float, ...]]:
    """Rows joined to one, spaces at the ends and doubled ones left out, each character with its sureness."""
    kept: list[tuple[str, float]] = []
    for char, sure in zip(text, certainty, strict=True):
        if not char.isspace():
            kept.append((char, sure))
        elif kept and kept[-1][0] != " ":
            kept.append((" ", 1.0))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return "".join(char for char, _ in kept), tuple(sure for _, sure in kept)

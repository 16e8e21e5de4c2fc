"""The bar that has the keys while a page is being straightened or cropped, and says what they do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ocr.types import Box
from ui.texts import t
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import label
from ui.widgets.page_overlay import Frame
from ui.widgets.page_view import PageView
from ui.widgets.paint import Look

FINE_DEG, COARSE_DEG, MOST_DEG = 0.1, 1.0, 15.0
# Of the longer side of the page: an arrow moves an edge by a two-hundredth, with Shift by a fortieth.
FINE_SHARE, COARSE_SHARE = 1 / 200, 1 / 40
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class AdjustBar(QFrame):
    """Straightens or crops on the view before anything is applied. Not a dialog: it shows and hides in place."""

    straightened = Signal(float)  # degrees to level more, clockwise tilt of what is seen
    cropped = Signal(object)  # Box in page space
    given_back = Signal(str)  # "skew_deg" or "box": let the engine decide again
    left = Signal()

    def __init__(self, look: Look, view: PageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._deg: float | None = None
        self._frame: Frame | None = None
        self._space = (1, 1)
        self.setProperty("ground", "raised")
        self.setProperty("edge", "top")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._what = label(size="strong", wrap=True, parent=self)
        self._keys = label(tone="dim", size="aside", wrap=True, parent=self)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._keys)
        take = KeyButton(t("adjust.apply"), look, key="↵", kind="primary", parent=self)
        take.clicked.connect(self.take)
        leave = KeyButton(t("go.cancel"), look, key="Esc", parent=self)
        leave.clicked.connect(self.leave)
        for button in (take, leave):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrows must stay with the page
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(take)
        row.addWidget(leave)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        view.frame_drawn.connect(self._on_drawn)
        self.hide()

    @property
    def is_active(self) -> bool:
        """True while something is being adjusted."""
        return self._deg is not None or self._frame is not None

    def straighten(self, applied_deg: float) -> None:
        """Begin to straighten a page that is levelled by applied_deg already."""
        self._end()
        self._deg, self._applied_deg = 0.0, applied_deg
        self._begin("adjust.straighten_keys")

    def crop(self, box: Box, space: tuple[int, int]) -> None:
        """Begin to crop a page, from a box."""
        self._end()
        self._frame, self._space = Frame(box), space
        self._begin("adjust.crop_keys")

    def take(self) -> None:
        """Apply what is seen."""
        deg, frame = self._deg, self._frame
        self._end()
        if deg is not None:
            self.straightened.emit(deg)
        elif frame is not None:
            self.cropped.emit(frame.box)

    def leave(self) -> None:
        """Leave the page as it was."""
        if self.is_active:
            self._end()
            self.left.emit()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_ours(event)
        ):
            event.accept()  # or Esc and Enter would go to the screen behind
            return True
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
            and self._frame is not None
        ):
            self._frame = self._frame.other_corner()
            self._show()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            name = "skew_deg" if self._deg is not None else "box"
            self._end()
            self.given_back.emit(name)
        elif Qt.Key(key) in STEPS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            is_coarse = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(*STEPS[Qt.Key(key)], is_coarse=is_coarse)
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _is_ours(event: QKeyEvent) -> bool:
        keys = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, *STEPS)
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        return plain and event.key() in keys

    def _step(self, across: int, down: int, *, is_coarse: bool) -> None:
        if self._deg is not None:
            # The right arrow turns what is seen clockwise, so it levels less.
            by = (COARSE_DEG if is_coarse else FINE_DEG) * (across or down)
            self._deg = round(max(-MOST_DEG, min(MOST_DEG, self._deg - by)), 1)
        elif self._frame is not None:
            by_px = max(1, round(max(self._space) * (COARSE_SHARE if is_coarse else FINE_SHARE)))
            self._frame = self._frame.moved(across * by_px, down * by_px, self._space)
        self._show()

    def _begin(self, keys: str) -> None:
        self._keys.setText(t(keys))
        self._view.fit()
        self.show()
        self._show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        if self._deg is not None:
            self._view.preview_level(self._deg)
            shown = self._applied_deg + self._deg
            self._what.setText(t("adjust.straighten", by=f"{self._deg:+.1f}", all=f"{shown:+.1f}"))
        elif self._frame is not None:
            self._view.show_frame(self._frame)
            box = self._frame.box
            corner = t(f"adjust.{self._frame.corner.value}")
            across, down = 100 * box.width_px / self._space[0], 100 * box.height_px / self._space[1]
            self._what.setText(t("adjust.crop", across=f"{across:.0f}", down=f"{down:.0f}", corner=corner))

    def _end(self) -> None:
        self._deg = self._frame = None
        self._view.preview_level(None)
        self._view.show_frame(None)
        self.hide()

    def _on_drawn(self, box: Box) -> None:
        if self._frame is not None and box.width_px > 8 and box.height_px > 8:
            self._frame = Frame(box, self._frame.corner)
            self._show()

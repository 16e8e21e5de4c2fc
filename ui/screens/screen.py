"""What every screen is to the shell: a widget with a name, keys, and a moment when it comes to the front."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.texts import t


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key and what it does here; words is a key of ui.texts; group: of the head it stands under."""

    keys: str
    words: str
    group: str = ""

    @property
    def text(self) -> str:
        """What the key does, in words."""
        return t(self.words)


class Screen(QWidget):
    """Base of the five screens."""

    name = ""
    asks_for = Signal(str, int)  # name of another screen, id to show there (0: none)
    crumb_changed = Signal(str)

    def activate(self, subject_id: int = 0) -> None:
        """Come to the front; subject_id: what to show first, 0 for whatever was shown."""

    def give_focus(self, widget: QWidget) -> None:
        """Give a part of this screen the focus, unless another screen is in front: answers may come late.

        Qt would give it to a widget of a hidden screen too, and every key after that would be lost.
        """
        if self.isVisible() or not self.window().isVisible():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def foot_px(self) -> int:
        """Height at the bottom right that notices leave free: pages and acts there are being used."""
        return 0

    def notices_left_px(self) -> int | None:
        """Where notices begin, at the left of a page; None: at the right, where nothing is read."""
        return None

    def key_hints(self) -> tuple[KeyHint, ...]:
        """The keys of this screen."""
        return ()

    @property
    def can_change_keys(self) -> bool:
        """Whether a person may choose other keys here."""
        return False

    def change_keys(self) -> None:
        """Let a person choose other keys."""

    def crumb(self) -> str:
        """What of the screen is shown, for the top bar; empty when there is nothing to add."""
        return ""

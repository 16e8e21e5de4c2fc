"""Lines under a page: what is remarkable, what was done to it, and how bright it is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from ui.brightness import LEAST, MOST, STEP
from ui.texts import t
from ui.widgets.labels import ElidedLabel, label, set_tone


class PageFacts(QFrame):
    """Shows words; the slider tells what is wanted."""

    brightness_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "panel")
        self.setProperty("edge", "top")
        self.facts = ElidedLabel(parent=self, tone="dim", size="aside")
        # Whole, however many lines: whoever works by keys alone sees no tooltip.
        self.reasons = label(parent=self, size="strong", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.reasons)
        words.addWidget(self.facts)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(LEAST, MOST)
        self.slider.setSingleStep(STEP)
        self.slider.setPageStep(STEP * 3)
        self.slider.setFixedWidth(110)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName(t("facts.brightness"))
        self.slider.setToolTip(t("facts.brightness_hint"))
        self.slider.valueChanged.connect(self._on_value)
        self._value = label(tone="dim", size="aside", parent=self)
        right = QVBoxLayout()
        right.setSpacing(1)
        right.addWidget(self._value)
        right.addWidget(self.slider)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 5)
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addLayout(right)
        self.show_brightness(0)

    def show_words(self, facts: str, reasons: str, *, is_remarkable: bool) -> None:
        """Say these of the page."""
        self.facts.setText(facts)
        self.reasons.setText(reasons)
        set_tone(self.reasons, "care" if is_remarkable else "dim")

    def show_brightness(self, brightness: int) -> None:
        """Put the slider without telling it."""
        self.slider.blockSignals(True)
        self.slider.setValue(brightness)
        self.slider.blockSignals(False)
        self._say(brightness)

    def step_brightness(self, by: int) -> None:
        """Brighter or darker by steps."""
        self.slider.setValue(self.slider.value() + by * STEP)

    def _on_value(self, brightness: int) -> None:
        self._say(brightness)
        self.brightness_wanted.emit(brightness)

    def _say(self, brightness: int) -> None:
        self._value.setText(t("facts.brightness_at", value=f"{brightness:+d}" if brightness else "0"))

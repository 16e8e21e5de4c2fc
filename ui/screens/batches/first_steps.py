"""What a person sees before the first batch: the three steps from paper to receipt."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.texts import t
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import label
from ui.widgets.paint import Look

_STEPS = (("capture", "step1"), ("indexing", "step2"), ("send", "step3"))


class FirstSteps(QWidget):
    """Three cards and the button that begins."""

    acted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icons: list[tuple[QLabel, str]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 32)
        column.setSpacing(20)
        column.addStretch(2)
        title = label(t("batches.empty"), size="title", parent=self)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(title)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        for place, (icon, key) in enumerate(_STEPS):
            row.addWidget(self._card(place + 1, icon, key), 6)
        row.addStretch(1)
        column.addLayout(row)
        self.button = KeyButton(
            t("batches.import"), look, icon="plus", key="Ctrl 2", kind="primary", parent=self
        )
        self.button.clicked.connect(self.acted)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        look.theme.changed.connect(self._tint)
        self._tint()

    def _card(self, number: int, icon: str, key: str) -> QFrame:
        card = QFrame(self)
        card.setProperty("ground", "card")
        card.setMaximumWidth(300)
        card.setMinimumHeight(190)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(20, 20, 20, 20)
        inner.setSpacing(8)
        picture = QLabel(card)
        self._icons.append((picture, icon))
        inner.addWidget(picture)
        inner.addWidget(label(f"{number}. {t(f'batches.{key}')}", size="head", parent=card))
        words = label(t(f"batches.{key}_text"), tone="dim", wrap=True, parent=card)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner.addWidget(words, 1)
        return card

    def _tint(self) -> None:
        color = self._look.theme.color("accent")
        for picture, icon in self._icons:
            picture.setPixmap(self._look.icons.pixmap(icon, color, 32, self.devicePixelRatioF()))

"""The profile of an import: which office, which languages, which batch, one folder each or stacks of many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.screens.capture.stack_bar import StackBar
from ui.texts import language_names, office_name, t
from ui.widgets.buttons import ChoiceButton
from ui.widgets.labels import label
from ui.widgets.paint import Look
from ui.words_en import LANGUAGES

SHIPPED = ("eng", "khm", "lao", "tha", "vie", "ind", "fra")


class ProfileBar(QWidget):
    """Office, languages and batch name, at the top of Capture."""

    office_chosen = Signal(str)

    def __init__(self, look: Look, offices: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._order: dict[str, int] = {}
        self.office = QComboBox(self)
        for code in offices:
            self.office.addItem(office_name(code), code)
        self.languages = ChoiceButton(look, self)
        self.languages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.languages.setMinimumWidth(190)
        menu = QMenu(self.languages)
        self._choices: dict[str, QAction] = {}
        for code in SHIPPED:
            action = menu.addAction(LANGUAGES[code])
            action.setCheckable(True)
            action.toggled.connect(self._tell)
            self._choices[code] = action
        self.languages.setMenu(menu)
        self.batch = QLineEdit(self)
        self.batch.setPlaceholderText(t("capture.batch_hint"))
        self.batch.setMaxLength(120)
        self.stack = StackBar(self)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(12)
        lines.addLayout(row)
        lines.addWidget(self.stack)
        for key, widget, share in (
            ("capture.office", self.office, 3),
            ("capture.languages", self.languages, 4),
            ("capture.batch", self.batch, 5),
        ):
            cell = QVBoxLayout()
            cell.setSpacing(4)
            name = label(t(key), tone="dim", size="aside", parent=self)
            name.setBuddy(widget)
            widget.setAccessibleName(t(key))
            widget.setFixedHeight(34)
            cell.addWidget(name)
            cell.addWidget(widget)
            row.addLayout(cell, share)
        self.office.currentIndexChanged.connect(self._on_office)

    def set_office(self, code: str) -> None:
        """Choose an office."""
        place = self.office.findData(code, Qt.ItemDataRole.UserRole)
        if place >= 0:
            self.office.setCurrentIndex(place)

    def set_languages(self, codes: Sequence[str]) -> None:
        """Choose languages."""
        self._order = {code: place for place, code in enumerate(codes)}
        for code, action in self._choices.items():
            action.setChecked(code in codes)
        self._tell()

    @property
    def chosen_office(self) -> str:
        """ST.3 code of the office."""
        return str(self.office.currentData())

    @property
    def chosen_languages(self) -> tuple[str, ...]:
        """Languages chosen, at least one."""
        chosen = [code for code, action in self._choices.items() if action.isChecked()]
        return tuple(sorted(chosen, key=lambda code: self._order.get(code, len(SHIPPED)))) or ("eng",)

    @property
    def batch_name(self) -> str | None:
        """Name typed, None when none was."""
        return self.batch.text().strip() or None

    def _on_office(self, _place: int) -> None:
        self.office_chosen.emit(self.chosen_office)

    def _tell(self) -> None:
        self.languages.setText(language_names(self.chosen_languages))
        self.languages.setToolTip(self.languages.text())

"""Whether what is offered is a stack of many folders, and how it is to be divided: the second line of the profile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.separation import Mode, Separation
from ui.texts import t
from ui.widgets.count_field import CountField
from ui.widgets.labels import label

USUAL_SHEETS, MOST_SHEETS, MOST_FOLDERS = 10, 9999, 5000


class StackBar(QWidget):
    """A choice of ways, and what belongs to the way chosen. Nothing chosen: one folder for each directory or file."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.way = QComboBox(self)
        self.way.setAccessibleName(t("capture.stack"))
        self.way.addItem(t("capture.stack_none"), "")
        for mode in Mode:
            self.way.addItem(t(f"capture.stack_{mode.value}"), mode.value)
        self.sheets = CountField(MOST_SHEETS, str(USUAL_SHEETS), self)
        self.folders = CountField(MOST_FOLDERS, t("capture.stack_folders_any"), self)
        self.both_sides = QCheckBox(t("capture.stack_both"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._cells = {
            widget: self._cell(row, key, widget, share)
            for key, widget, share in (
                ("capture.stack", self.way, 5),
                ("capture.stack_sheets", self.sheets, 2),
                ("capture.stack_folders", self.folders, 2),
            )
        }
        row.addWidget(self.both_sides, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        self.both_sides.setFixedHeight(34)
        self.way.currentIndexChanged.connect(self._on_way)
        for number in (self.sheets, self.folders):
            number.textChanged.connect(self._tell)
        self.both_sides.toggled.connect(self._tell)
        self._show_parts()

    def _cell(self, row: QHBoxLayout, key: str, widget: QWidget, share: int) -> QWidget:
        """A field with its name above it, as in the line before."""
        cell = QWidget(self)
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        name = label(t(key), tone="dim", size="aside", parent=cell)
        name.setBuddy(widget)
        widget.setAccessibleName(t(key))
        widget.setFixedHeight(34)
        column.addWidget(name)
        column.addWidget(widget)
        row.addWidget(cell, share)
        return cell

    @property
    def separation(self) -> Separation | None:
        """How stacks are divided, None for one folder each."""
        if not self.way.currentData():
            return None
        mode = Mode(self.way.currentData())
        return Separation(
            mode,
            (self.sheets.count or USUAL_SHEETS) if mode is Mode.COUNT else None,
            self.both_sides.isChecked(),
            self.folders.count,
        )

    def choose(self, separation: Separation | None) -> None:
        """Show a way, as it was chosen for a batch."""
        place = self.way.findData("" if separation is None else separation.mode.value)
        self.way.setCurrentIndex(max(0, place))
        if separation is not None:
            self.sheets.show_count(separation.sheets_each)
            self.both_sides.setChecked(separation.both_sides)

    def forget_count(self) -> None:
        """How many folders lie in a stack is said anew for each."""
        self.folders.show_count(None)

    def _on_way(self, _place: int) -> None:
        self._show_parts()
        self.changed.emit()

    def _tell(self) -> None:
        self.changed.emit()

    def _show_parts(self) -> None:
        way = self.way.currentData()
        self._cells[self.sheets].setVisible(way == Mode.COUNT.value)
        self._cells[self.folders].setVisible(bool(way))
        self.both_sides.setVisible(bool(way))

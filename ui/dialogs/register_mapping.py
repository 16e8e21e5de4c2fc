"""The page that asks what the columns of a register file are: proposed, checked against the first rows."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.register_mapping import ColumnMapping, DateOrder, Field
from app.queries.rows import RegisterInfo
from app.services.register import RegisterLook, RegisterRequest
from ui import texts
from ui.texts import t
from ui.theme import Tone
from ui.widgets.labels import label
from ui.widgets.message import Message
from ui.widgets.paint import Look

NO_COLUMN = -1
TEXT_PX = 250
FIELD_WORDS = {
    Field.NUMBER: "register.application_number",
    Field.TITLE: "register.title_field",
    Field.APPLICANT: "register.applicant",
    Field.FILING_DATE: "register.filing_date",
}
SHORT_WORDS = {
    Field.NUMBER: "register.short_application_number",
    Field.TITLE: "register.short_title",
    Field.APPLICANT: "register.short_applicant",
    Field.FILING_DATE: "register.short_filing_date",
}
DATE_WORDS = {
    DateOrder.AUTO: "register.dates_auto",
    DateOrder.DMY: "register.dates_dmy",
    DateOrder.MDY: "register.dates_mdy",
    DateOrder.YMD: "register.dates_ymd",
    DateOrder.MIXED: "register.dates_mixed",
}


class MappingPage(QWidget):
    """Shows the first rows and takes a mapping; everything goes by Tab, arrows and Alt with the marked letter."""

    def __init__(
        self, paint: Look, look: RegisterLook, path: Path, office: str, info: RegisterInfo, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._office = office
        self._header = look.preview.header
        self._seen_sha256 = look.sha256
        self.message = Message(paint, self)
        self._boxes: dict[Field, QComboBox] = {}
        self.dates = QComboBox(self)
        self.scope = QComboBox(self)
        self.may_shrink = QCheckBox(t("register.may_shrink"), self)
        self.may_shrink.hide()
        self._rows = QTableWidget(len(look.preview.rows), len(self._header), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(_in_force(info, office), tone="dim", wrap=True, parent=self))
        for code in look.preview.notices:
            notice = Message(paint, self)
            notice.say(texts.explain("note", code), Tone.CARE)
            column.addWidget(notice)
        column.addWidget(label(t("register.columns"), size="head", parent=self))
        told = t("register.remembered") if look.is_remembered else t("register.proposed")
        column.addWidget(label(told, tone="dim", size="aside", wrap=True, parent=self))
        column.addLayout(self._form(look, has_register=info.of(office) is not None))
        column.addWidget(label(t("register.first_rows"), size="head", parent=self))
        self._fill_rows(look)
        column.addWidget(self._rows, 1)
        column.addWidget(self.message)
        self._mark()
        self._rows.resizeColumnsToContents()
        for at in range(len(self._header)):
            # Texts may be cut, they show their whole when pointed at; numbers and dates are what is checked here.
            most = (
                TEXT_PX if at in (look.columns.get(Field.TITLE), look.columns.get(Field.APPLICANT)) else 280
            )
            self._rows.setColumnWidth(at, max(96, min(most, self._rows.columnWidth(at) + 8)))

    def order_keys(self, *following: QWidget) -> None:
        """Let Tab go through all of it as it is read, then through what follows."""
        own = (*self._boxes.values(), self.dates, self.scope, self.may_shrink, self._rows)
        for before, after in pairwise((*own, *following)):
            QWidget.setTabOrder(before, after)

    def focus_first(self) -> None:
        """Put the focus on the number's column."""
        self._boxes[Field.NUMBER].setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_may_shrink(self, is_asked: bool) -> None:
        """Show or hide the box; hidden it is unticked, for nobody could see what they say."""
        self.may_shrink.setVisible(is_asked)
        if not is_asked:
            self.may_shrink.setChecked(False)

    def request(self) -> RegisterRequest | None:
        """What is asked for, or None with the message that says what is wrong."""
        columns = {field: box.currentData() for field, box in self._boxes.items()}
        chosen = {field: at for field, at in columns.items() if at != NO_COLUMN}
        try:
            mapping = ColumnMapping(chosen, DateOrder(self.dates.currentData()))
        except ValueError:
            self.message.say(t("register.columns_wrong"), Tone.BAD)
            return None
        return RegisterRequest(
            self._path,
            self._office,
            mapping,
            is_delta=bool(self.scope.currentData()),
            may_shrink=self.may_shrink.isChecked(),
            seen_sha256=self._seen_sha256,
        )

    def _form(self, look: RegisterLook, *, has_register: bool) -> QGridLayout:
        for field in Field:
            self._boxes[field] = self._column_box(field, look.columns)
        for order in DateOrder:
            self.dates.addItem(t(DATE_WORDS[order]), order.value)
        self.dates.setCurrentIndex(self.dates.findData(look.dates.value))
        self.scope.addItem(t("register.scope_whole"), False)
        self.scope.addItem(t("register.scope_changes"), True)
        self.scope.setEnabled(has_register)
        rows = [(FIELD_WORDS[field], box) for field, box in self._boxes.items()]
        rows += [("register.dates", self.dates), ("register.scope", self.scope)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        for place, (words, box) in enumerate(rows):
            name = label(t(words), parent=self)
            name.setTextFormat(Qt.TextFormat.AutoText)
            name.setBuddy(box)
            line, side = place % 3, place // 3 * 2
            grid.addWidget(name, line, side)
            grid.addWidget(box, line, side + 1)
        grid.addWidget(self.may_shrink, 3, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return grid

    def _column_box(self, field: Field, columns: Mapping[Field, int]) -> QComboBox:
        box = QComboBox(self)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(18)
        # The number must be in the file: nothing is chosen for it, rather than that it is not there.
        none = "register.choose_column" if field is Field.NUMBER else "register.no_column"
        box.addItem(t(none), NO_COLUMN)
        for at in range(len(self._header)):
            box.addItem(self._column_name(at), at)
        box.setCurrentIndex(max(0, box.findData(columns.get(field, NO_COLUMN))))
        box.currentIndexChanged.connect(self._on_chosen)
        return box

    def _column_name(self, at: int) -> str:
        letter = chr(ord("A") + at) if at < 26 else str(at + 1)
        return f"{letter} · {self._header[at]}"

    def _fill_rows(self, look: RegisterLook) -> None:
        table = self._rows
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setTabKeyNavigation(False)
        table.setProperty("ring", "true")
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        # Its style works out one line; what a column is taken for stands on a second.
        table.horizontalHeader().setMinimumHeight(2 * table.fontMetrics().lineSpacing() + 12)
        for line, row in enumerate(look.preview.rows):
            for at, text in enumerate(row[: len(self._header)]):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(line, at, item)

    def _on_chosen(self, _index: int) -> None:
        self.message.say("")
        self._mark()

    def _mark(self) -> None:
        """Write above each column of the first rows what it is taken for."""
        meant = {box.currentData(): field for field, box in self._boxes.items()}
        for at in range(len(self._header)):
            field = meant.get(at)
            told = t(SHORT_WORDS[field]) if field is not None else ""
            self._rows.setHorizontalHeaderItem(
                at, QTableWidgetItem(f"{self._column_name(at)}\n{told or '–'}")
            )


def _in_force(info: RegisterInfo, office: str) -> str:
    part = info.of(office)
    if part is None:
        return t("register.none_in_force")
    date = texts.day(part.imported_at.astimezone().date())
    return t("register.in_force", n=part.count, date=date, age=texts.age(part.imported_at))

"""Cover sheets from the window: numbers typed or a pull list in, a PDF or paper out.

Keys: Tab goes on, Ctrl+L chooses a pull list, Ctrl+S saves a PDF, Ctrl+P prints, Esc closes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.cover_sheets import PatchSheet, Sheet
from app.domain.offices import choosable_offices
from app.queries.covers import CoversAsked, CoversFound
from ui import texts
from ui.covers.drawing import Layout
from ui.covers.printing import print_covers, write_covers
from ui.desk import Desk
from ui.tasks import Failure
from ui.texts import office_name, t
from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.count_field import CountField
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.message import Message
from ui.widgets.paint import Look

SIZE_PX = (720, 600)
PROBLEMS_SHOWN = 3
LAYOUTS = {"one": Layout.ONE, "two": Layout.TWO, "four": Layout.FOUR, "labels": Layout.LABELS}
PATCHES = ("3", "2", "T")


@dataclass(frozen=True, slots=True)
class _Job:
    """Where the sheets go. path None: to a printer, once they are made."""

    layout: str
    path: Path | None


class CoversDialog(QDialog):
    """One window of it; modal to its parent, without a loop of its own."""

    def __init__(self, desk: Desk, office: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._list: Path | None = None
        self._paint = Look(desk.theme, desk.icons)
        self.setWindowTitle(t("covers.window"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.office = QComboBox(self)
        for code in choosable_offices(desk.context.offices):
            self.office.addItem(office_name(code), code)
        self.office.setCurrentIndex(max(0, self.office.findData(office)))
        self.kind = QComboBox(self)
        self.kind.addItem(t("covers.kind_cover"), "")
        for patch in PATCHES:
            self.kind.addItem(t("covers.kind_patch", patch=patch), patch)
        self.numbers = QPlainTextEdit(self)
        self.numbers.setPlaceholderText(t("covers.numbers_hint"))
        self.numbers.setTabChangesFocus(True)
        self.volume = QLineEdit(self)
        self.volume.setPlaceholderText(t("covers.volume_hint"))
        self.sheets = CountField(9999, t("covers.sheets_unknown"), self)
        self.copies = CountField(500, "1", self)
        self.layout_choice = QComboBox(self)
        for name in LAYOUTS:
            self.layout_choice.addItem(t(f"covers.layout_{name}"), name)
        self.message = Message(self._paint, self)
        self._list_name = ElidedLabel(t("covers.list_none"), self, tone="dim")
        self.choose = KeyButton(t("covers.list_choose"), self._paint, key="Ctrl L", parent=self)
        self.save = KeyButton(t("covers.save"), self._paint, key="Ctrl S", kind="primary", parent=self)
        self.print_out = KeyButton(t("covers.print"), self._paint, key="Ctrl P", parent=self)
        self.leave = KeyButton(t("go.close"), self._paint, key="Esc", parent=self)
        self._build()
        self._wire()
        self.resize(*SIZE_PX)
        self.numbers.setFocus()

    def take_list(self, path: Path) -> None:
        """Print what a pull list names, besides the numbers typed."""
        self._list = path
        self._list_name.setText(str(path))

    def save_as(self, path: Path) -> None:
        """Write the PDF."""
        self._start(_Job(self._layout_name, path))

    def _build(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(9)
        listed = QHBoxLayout()
        listed.addWidget(self._list_name, 1)
        listed.addWidget(self.choose)
        rows: tuple[tuple[str, QWidget | QHBoxLayout], ...] = (
            ("covers.office", self.office),
            ("covers.kind", self.kind),
            ("covers.numbers", self.numbers),
            ("covers.list", listed),
            ("covers.volume", self.volume),
            ("covers.sheets_in", self.sheets),
            ("covers.copies", self.copies),
            ("covers.layout", self.layout_choice),
        )
        for key, widget in rows:
            name = label(t(key), tone="dim", parent=self)
            if isinstance(widget, QWidget):
                widget.setAccessibleName(t(key))
                name.setBuddy(widget)
            form.addRow(name, widget)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.leave, self.print_out, self.save):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addWidget(label(t("covers.window"), size="title", parent=self))
        column.addLayout(form, 1)
        column.addWidget(self.message)
        column.addLayout(buttons)

    def _wire(self) -> None:
        self.choose.clicked.connect(self._on_choose)
        self.save.clicked.connect(self._on_save)
        self.print_out.clicked.connect(self._on_print)
        self.leave.clicked.connect(self.reject)
        self.kind.currentIndexChanged.connect(self._on_kind)
        keys = (("Ctrl+L", self._on_choose), ("Ctrl+S", self._on_save), ("Ctrl+P", self._on_print))
        for sequence, act in keys:
            QShortcut(QKeySequence(sequence), self).activated.connect(act)

    @property
    def _layout_name(self) -> str:
        return "one" if self.kind.currentData() else str(self.layout_choice.currentData())

    def _on_kind(self, _place: int) -> None:
        is_cover = not self.kind.currentData()
        for widget in (self.numbers, self.choose, self.volume, self.sheets, self.layout_choice):
            widget.setEnabled(is_cover)

    def _on_choose(self) -> None:
        title, pattern = t("covers.list_choose"), t("covers.list_filter")
        chosen, _ = QFileDialog.getOpenFileName(self, title, "", pattern)
        if chosen:
            self.take_list(Path(chosen))

    def _on_save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, t("covers.save"), "covers.pdf", t("covers.pdf_filter"))
        if chosen:
            self.save_as(Path(chosen))

    def _on_print(self) -> None:
        self._start(_Job(self._layout_name, None))

    def _start(self, job: _Job) -> None:
        self.message.say("")
        call = partial(self._made, job, self._asked(), str(self.kind.currentData()), self.copies.count or 1)
        self._desk.tasks.run(call, self._on_made, self._on_failed)

    def _asked(self) -> CoversAsked:
        typed = tuple(
            filter(None, map(str.strip, self.numbers.toPlainText().replace(",", "\n").splitlines()))
        )
        return CoversAsked(typed, self._list, self.volume.text().strip(), self.sheets.count)

    def _made(
        self, job: _Job, asked: CoversAsked, patch: str, copies: int
    ) -> tuple[_Job, tuple[Sheet, ...], CoversFound]:
        """Runs in a thread: asks the register, and writes the PDF if that is wanted."""
        found = CoversFound((), ())
        sheets: tuple[Sheet, ...] = (PatchSheet(patch),) * copies
        if not patch:
            found = self._desk.reading.covers(asked, str(self.office.currentData()))
            sheets = tuple(cover for cover in found.covers for _ in range(copies))
        if sheets and job.path is not None:
            write_covers(sheets, job.layout, job.path)
        return job, sheets, found

    def _on_made(self, made: tuple[_Job, tuple[Sheet, ...], CoversFound]) -> None:
        job, sheets, found = made
        told = [
            f"{each.value}: {texts.explain('error', each.code, {'value': each.value})}"
            for each in found.problems
        ]
        if not sheets:
            self.message.say(" ".join(told[:PROBLEMS_SHOWN]) or t("covers.nothing"), Tone.BAD)
            return
        if job.path is None:
            if not self._printed(sheets, LAYOUTS[job.layout]):
                return
            words = t("covers.printed", n=len(sheets))
        else:
            words = t("covers.saved", n=len(sheets), path=str(job.path))
        more = t("covers.more_problems", n=len(told) - PROBLEMS_SHOWN) if len(told) > PROBLEMS_SHOWN else ""
        self.message.say(
            " ".join([words, *told[:PROBLEMS_SHOWN], more]).strip(), Tone.CARE if told else Tone.GOOD
        )

    def _printed(self, sheets: tuple[Sheet, ...], layout: Layout) -> bool:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec() != QDialog.DialogCode.Accepted:
            return False
        if print_covers(sheets, layout, printer):
            return True
        self.message.say(texts.explain("error", "covers_not_printed"), Tone.BAD)
        return False

    def _on_failed(self, failure: Failure) -> None:
        self.message.say(texts.explain("error", failure.code, failure.facts), Tone.BAD)

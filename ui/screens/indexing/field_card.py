"""One field of a dossier as laid out: name, place, edit with its state, and while it has the focus its piece of the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.field_kinds import KIND_OF, DossierField, FieldKind
from ocr.types import Box
from ui import texts
from ui.screens.indexing.field_words import CardText
from ui.shell_status import layout_words
from ui.texts import t
from ui.widgets.fact_list import FactList
from ui.widgets.field_edit import FieldEdit
from ui.widgets.labels import ElidedLabel, label, set_property
from ui.widgets.paint import Badge, Look
from ui.widgets.snippet import Snippet
from ui.widgets.suggestions import Suggestions


class FieldCard(QWidget):
    """Lays out and emits; FieldsPresenter decides."""

    entered = Signal(object)  # DossierField: it got the focus
    accept_asked = Signal(object)
    edited = Signal(object)
    moved = Signal(object, int)

    def __init__(self, field: DossierField, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._look = look
        self._told: CardText | None = None
        self._name = texts.explain("field", field.value)
        self.edit = FieldEdit(look, self)
        self.edit.is_free_text = KIND_OF[field] in (FieldKind.TEXT, FieldKind.CHOICE)
        self.snippet = Snippet(look, self)
        self.proof = FactList(look, self)
        self.suggestions = Suggestions(look, self)
        self._build()
        self.edit.installEventFilter(self)
        self.edit.returnPressed.connect(self._on_return)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.moved.connect(self._on_moved)
        self.suggestions.picked.connect(self._on_suggested)

    @property
    def text(self) -> str:
        """What stands in the edit, without needless spaces."""
        return " ".join(self.edit.text().split())

    @property
    def note(self) -> str:
        """What is said below the edit."""
        return self._note.text()

    def put(self, text: str, certainty: Sequence[float] = ()) -> None:
        """Fill the edit; where the text stands there already, selection and cursor stay: somebody may be about to type."""
        if self.edit.text() == text:
            self.edit.expect(text, certainty)
            return
        self.edit.setText(text)
        self.edit.expect(text, certainty)
        self.edit.setCursorPosition(0)

    def show_text(self, told: CardText) -> None:
        """Say how the field stands."""
        self._told = told
        self._show_state()
        set_property(self.edit, "verdict", told.verdict)
        self.edit.setAccessibleDescription(" · ".join(part for part in (told.badge.word, told.note) if part))
        self._note.setText(told.note)
        self._note.setVisible(bool(told.note))
        self.proof.show_facts(told.proof)
        self.proof.setVisible(bool(told.proof) and self.edit.hasFocus())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_state()

    def _show_state(self) -> None:
        """The state stands in the edit; beside a long value only its icon does, and the word above it."""
        told = self._told
        if told is None:
            return
        if self.edit.fits(told.badge):
            self.edit.show_state(told.badge)
            self._where.setText(told.where)
        else:
            self.edit.show_state(Badge(told.badge.tone, told.badge.icon, ""))
            self._where.setText(" · ".join(part for part in (told.badge.word, told.where) if part))

    def show_repeat(self, words: str) -> None:
        """Say that the value goes on to the next folders; "" when it does not."""
        self._repeat.setText(words)
        self._repeat.setVisible(bool(words))

    def show_snippet(self, pixmap: QPixmap | None, space: tuple[int, int], box: Box | None) -> None:
        """Show the piece of the page the value stands on; nothing where there is none."""
        self.snippet.show_box(pixmap, space, box)
        self.snippet.setVisible(box is not None and pixmap is not None and self.edit.hasFocus())

    def offer(self, choices: Sequence[str]) -> None:
        """Let one of these be chosen by typing a part of it."""
        self.suggestions.offer(choices)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit and event.type() == QEvent.Type.FocusIn:
            self._show_keyboard()
            self.proof.setVisible(bool(self.proof.facts))
            self.entered.emit(self.field)
        elif watched is self.edit and event.type() == QEvent.Type.FocusOut:
            self.proof.hide()
            self.snippet.hide()
            self.suggestions.hide()
            self._keyboard.hide()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._where = ElidedLabel(parent=self, tone="dim", size="aside")
        self._where.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._repeat = label(tone="accent", size="aside", parent=self)
        self._repeat.hide()
        self._keyboard = label(tone="dim", size="aside", parent=self)
        self._keyboard.hide()
        head.addWidget(label(self._name, tone="dim", size="aside", parent=self))
        head.addWidget(self._repeat)
        head.addWidget(self._keyboard)
        head.addWidget(self._where, 1)
        self._note = label(tone="dim", size="aside", wrap=True, parent=self)
        self._note.hide()
        self.edit.setAccessibleName(self._name)
        self.edit.setPlaceholderText(
            t("field.type_list" if self.field is DossierField.TYPE else "field.type_it")
        )
        self.snippet.hide()
        self.proof.hide()
        column.addLayout(head)
        for widget in (self.edit, self.suggestions, self._note, self.snippet, self.proof):
            column.addWidget(widget)

    def _show_keyboard(self) -> None:
        words = layout_words(QGuiApplication.platformName(), QGuiApplication.inputMethod().locale())
        self._keyboard.setText(words)
        self._keyboard.setVisible(bool(words))

    def _on_return(self) -> None:
        self.accept_asked.emit(self.field)

    def _on_edited(self, text: str) -> None:
        self.suggestions.suggest(text)
        self.edited.emit(self.field)

    def _on_suggested(self, text: str) -> None:
        self.edit.setText(text)
        self.suggestions.hide()
        self.edited.emit(self.field)

    def _on_moved(self, by: int) -> None:
        """Among the suggestions while there are some, else to another field."""
        if not self.suggestions.isVisible():
            self.moved.emit(self.field, by)
            return
        chosen = self.suggestions.step(by)
        if chosen:
            self.edit.setText(chosen)
            self.edited.emit(self.field)

"""The fields of one folder to be keyed again, or to be judged with what everybody said beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.field_kinds import KIND_OF, DossierField, FieldKind
from ui.fonts import number_font
from ui.screens.indexing.field_card import FieldCard
from ui.screens.indexing.field_list import FieldList
from ui.texts import t
from ui.widgets.key_caps import KeyCaps
from ui.widgets.labels import label, set_property, set_tone
from ui.widgets.paint import Look

VALUE_PX = 15


@dataclass(frozen=True, slots=True)
class Version:
    """What one of them says of a field. whose: name, or who else; told: what is known of the value."""

    whose: str
    value: str
    told: str = ""


class VersionRow(QFrame):
    """One version: whose, the value with what differs underlined, what is known of it, and the key that takes it."""

    picked = Signal(int)

    def __init__(self, look: Look, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._place = place
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 5, 10, 6)
        column.setSpacing(1)
        head = QHBoxLayout()
        self._whose = label(tone="dim", size="aside", parent=self)
        head.addWidget(self._whose, 1)
        head.addWidget(KeyCaps(look, f"Alt {place + 1}", self))
        self._value = label(wrap=True, parent=self)
        self._value.setTextFormat(Qt.TextFormat.RichText)
        self._value.setFont(number_font(VALUE_PX))
        self._told = label(tone="dim", size="aside", wrap=True, parent=self)
        column.addLayout(head)
        column.addWidget(self._value)
        column.addWidget(self._told)

    def show_version(self, version: Version, beside: str, *, is_chosen: bool) -> None:
        """Show it; beside: the value it is compared with."""
        self._whose.setText(version.whose)
        self._value.setText(marked(version.value, beside) or escape(t("keying.nothing")))
        self._told.setText(version.told)
        self._told.setVisible(bool(version.told))
        set_property(self, "ground", "good" if is_chosen else "card")
        self.setAccessibleName(f"{version.whose}: {version.value}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self._place)


class VersionList(QWidget):
    """All versions of one field."""

    picked = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._versions: tuple[Version, ...] = ()
        self._rows: list[VersionRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 4)
        self._column.setSpacing(4)

    @property
    def versions(self) -> tuple[Version, ...]:
        """What is shown."""
        return self._versions

    def show_versions(self, versions: Sequence[Version], chosen: str | None) -> None:
        """Show these; chosen: what stands in the edit, None while nothing was taken or typed."""
        self._versions = tuple(versions)
        while len(self._rows) < len(versions):
            row = VersionRow(self._look, len(self._rows), self)
            row.picked.connect(self._on_picked)
            self._rows.append(row)
            self._column.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(versions))
            if place < len(versions):
                # The first stands against the second, every other against the first.
                beside = versions[1 if place == 0 and len(versions) > 1 else 0].value
                row.show_version(versions[place], beside, is_chosen=versions[place].value == chosen)

    def value(self, place: int) -> str:
        """The value at a place; "" beyond the last."""
        return self._versions[place].value if 0 <= place < len(self._versions) else ""

    def beside(self, text: str, by: int) -> str:
        """The value above or below the one that is chosen."""
        values = [each.value for each in self._versions]
        place = values.index(text) + by if text in values else (0 if by > 0 else len(values) - 1)
        return values[max(0, min(len(values) - 1, place))] if values else text

    def _on_picked(self, place: int) -> None:
        self.picked.emit(self.value(place))


class KeyingCards(FieldList):
    """Cards that begin empty; those of a judge have the versions below them."""

    version_picked = Signal(object, str)  # DossierField, value

    def __init__(self, look: Look, *, has_versions: bool, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._has_versions = has_versions
        self.versions: dict[DossierField, VersionList] = {}

    def lay_out(self, fields: Sequence[DossierField]) -> None:
        if list(fields) != list(self.cards):
            self.versions = {}
        super().lay_out(fields)

    def show_left(self, count: int, *, are_awaited: bool = False, all_empty: bool = False) -> None:
        words = "keying.left_judge" if self._has_versions else "keying.left"
        self._left.setText(t(words, n=count) if count else t("keying.left_none"))
        set_tone(self._left, "care" if count else "good")

    def _card(self, field: DossierField) -> FieldCard:
        card = super()._card(field)
        card.edit.setPlaceholderText(t("keying.choose_it" if self._has_versions else "keying.type_it"))
        layout = card.layout()
        if self._has_versions and layout is not None:
            versions = VersionList(self._look, card)
            versions.picked.connect(self._on_version)
            versions.setProperty("field", field.value)
            self.versions[field] = versions
            layout.addWidget(versions)
        return card

    def _on_version(self, value: str) -> None:
        self.version_picked.emit(DossierField(self.sender().property("field")), value)


def complete(card: FieldCard, choices: Mapping[str, str]) -> None:
    """The one choice that holds what was typed is meant."""
    card.suggestions.hide()
    if KIND_OF[card.field] is FieldKind.CHOICE and card.text:
        fitting = [each for each in choices.values() if card.text.casefold() in each.casefold()]
        if len(fitting) == 1:
            card.put(fitting[0])


def marked(value: str, beside: str) -> str:
    """A value as rich text, with what stands otherwise beside it bold and underlined: never by colour alone.

    Of the same length, as numbers are, they are compared place by place: of two digits changed round both are marked.
    """
    if len(value) == len(beside):
        pieces = [(char, char == other) for char, other in zip(value, beside, strict=True)]
    else:
        blocks = SequenceMatcher(None, value, beside, autojunk=False).get_opcodes()
        pieces = [(value[start:end], kind == "equal") for kind, start, end, _from, _to in blocks]
    return "".join(
        escape(text) if same or not text else f"<b><u>{escape(text)}</u></b>" for text, same in pieces
    )

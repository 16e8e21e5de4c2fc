"""Which key does what in Indexing: usual keys, a person's own ones, and what stands against a new one.

Own keys lie in the window's preferences. Keys that type a character are refused: they would end up in a field, and on
Khmer, Lao and Thai layouts the same key types something else. Function keys, arrows and the like are the same on all.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence

from ui.preferences import Preferences
from ui.screens.screen import KeyHint
from ui.texts import t

PREFIX = "keys_indexing/"


@dataclass(frozen=True, slots=True)
class KeyAction:
    """Something done by a key. words: a key of ui.texts; usual: a QKeySequence as portable text."""

    name: str
    words: str
    usual: str


ACTIONS = (
    KeyAction("field_next", "keys.field_next", "F8"),
    KeyAction("field_pick", "keys.field_pick", "F10"),
    KeyAction("field_register", "keys.field_register", "Ctrl+Return"),
    KeyAction("field_sticky", "keys.field_sticky", "Shift+F8"),
    KeyAction("field_count", "keys.field_count", "Ctrl+F8"),
    KeyAction("hold", "keys.hold", "F6"),
    KeyAction("problem", "keys.problem", "F7"),
    KeyAction("proven", "keys.proven", "F9"),
    KeyAction("documents", "keys.documents_here", "Shift+F10"),
    KeyAction("characters", "wall.title", "Ctrl+F10"),
    KeyAction("undo", "keys.undo", "Ctrl+Z"),
)

# What else has a key here, in the page beside it or in the whole window.
_FIXED = {
    "F1": "keys.help",
    "Ctrl+F1": "keys.edit",
    "F2": "keys.number_zoom",
    "F3": "keys.fit",
    "F4": "keys.original",
    "F5": "keys.keep",
    "F11": "keys.activity",
    "F12": "keys.report",
    "Ctrl+F6": "keys.cut_folder",
    "Ctrl+Shift+F6": "keys.join_folder",
    "Alt+F6": "keys.undo_border",
    "Ctrl++": "keys.zoom",
    "Ctrl+=": "keys.zoom",
    "Ctrl+-": "keys.zoom",
    "Return": "keys.confirm",
    "Enter": "keys.confirm",
    "Tab": "keys.field_step",
    "Shift+Tab": "keys.field_step",
    "Up": "keys.candidate",
    "Down": "keys.candidate",
    "Ctrl+Up": "keys.folders",
    "Ctrl+Down": "keys.folders",
    "PgUp": "keys.pages",
    "PgDown": "keys.pages",
    "Ctrl+PgUp": "keys.switch",
    "Ctrl+PgDown": "keys.switch",
    "Ctrl+O": "keys.import",
    "Ctrl+L": "keys.register",
    "Ctrl+Q": "keys.quit",
    "Ctrl+U": "keys.person",
    "Shift+F7": "keys.other_folder",
    "Shift+F9": "keys.kind",
    "Esc": "keys.close",
    **{f"Ctrl+{place}": "keys.screens" for place in range(1, 6)},
    **{f"Alt+{place}": "keys.pick" for place in range(1, 10)},
    # An edit's own: copying, pasting and moving in a value must go on working.
    **{f"Ctrl+{letter}": "keys.editing" for letter in "ACVXY"},
    **{key: "keys.editing" for key in ("Left", "Right", "Home", "End", "Del", "Backspace", "Ins", "Ctrl+Left", "Ctrl+Right")},
}  # fmt: skip
_LAST_CHARACTER = 0x0100_0000  # Qt numbers keys without a character from here on


@dataclass(frozen=True, slots=True)
class KeyConflict:
    """Why a key cannot be taken: a key of ui.texts, and what it does already (another one) or ""."""

    words: str
    does: str = ""

    @property
    def text(self) -> str:
        """In words."""
        return t(self.words, does=t(self.does) if self.does else "")


class KeyMap(QObject):
    """Keys by name of their action."""

    changed = Signal()

    def __init__(self, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._preferences = preferences

    def key(self, name: str) -> str:
        """The key of an action, as portable text; the usual one where what is stored cannot be one any more."""
        stored = self._preferences.text(PREFIX + name)
        if stored and conflict_of(stored) is None:
            return stored
        return _usual(name)

    def conflict(self, name: str, key: str) -> KeyConflict | None:
        """What stands against giving an action a key."""
        other = next(
            (each for each in ACTIONS if each.name != name and _same(self.key(each.name), key)), None
        )
        if other is not None:
            return KeyConflict("keys.taken", other.words)
        return conflict_of(key)

    def change(self, name: str, key: str) -> KeyConflict | None:
        """Give an action a key, unless something stands against it; that is returned."""
        found = self.conflict(name, key)
        if found is None:
            self._preferences.keep(PREFIX + name, "" if _same(key, _usual(name)) else key)
            self._preferences.save()
            self.changed.emit()
        return found

    def reset(self) -> None:
        """Give all actions their usual keys."""
        for each in ACTIONS:
            self._preferences.keep(PREFIX + each.name, "")
        self._preferences.save()
        self.changed.emit()

    def hints(self) -> tuple[KeyHint, ...]:
        """The keys of now, for the list of keys."""
        return tuple(KeyHint(caps(self.key(each.name)), each.words) for each in ACTIONS)


def usual_hints() -> tuple[KeyHint, ...]:
    """The usual keys, for the guide."""
    return tuple(KeyHint(caps(each.usual), each.words) for each in ACTIONS)


def conflict_of(key: str) -> KeyConflict | None:
    """What stands against a key whatever it is for."""
    for fixed, words in _FIXED.items():
        if _same(fixed, key):
            return KeyConflict("keys.taken", words)
    sequence = QKeySequence(key)
    if sequence.count() != 1:
        return KeyConflict("keys.no_key")
    chord = sequence[0]  # type: ignore[index]  # PySide's stubs leave this operator out
    assert isinstance(chord, QKeyCombination)
    held = chord.keyboardModifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    if int(chord.key()) < _LAST_CHARACTER and not held:
        return KeyConflict("keys.types")
    if int(chord.key()) > 0x7F and int(chord.key()) < _LAST_CHARACTER:
        return KeyConflict("keys.of_layout")
    return None


def key_of(chord: QKeyCombination) -> str:
    """A key pressed, as portable text."""
    return QKeySequence(chord).toString(QKeySequence.SequenceFormat.PortableText)


def caps(key: str) -> str:
    """A key as it is drawn: "Ctrl+Return" is "Ctrl Enter"."""
    names = {"Return": "Enter", "Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "PgDown": "PgDn"}
    return " ".join(names.get(part, part) for part in key.split("+") if part)


def _usual(name: str) -> str:
    return next(each.usual for each in ACTIONS if each.name == name)


def _same(one: str, other: str) -> bool:
    return QKeySequence(one) == QKeySequence(other)

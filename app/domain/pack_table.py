"""Reads values out of a pack so that whatever is wrong is named by file and key.

Nothing is guessed or passed over: a key nobody knows is as wrong as one that is missing, for a misspelt
"date_ordr" would else leave the usual order in force.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TypeVar

from app.domain.office_terms import OfficeDataInvalid

MAX_TEXT = 500
MAX_LIST = 500

_LANGUAGE = re.compile(r"[a-z]{3}")
# Turning the direction of writing would make a name read as another one.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

Choice = TypeVar("Choice", bound=Enum)


class PackTable:
    """One table of a pack. key: where it stands, such as "formats[KH-tm]"; "" for the file itself."""

    def __init__(self, values: Mapping[str, object], file: str, key: str = "") -> None:
        self.file = file
        self.key = key
        self._values = values
        self._asked: set[str] = set()

    def text(self, name: str, default: str | None = None, *, pattern: str = "") -> str:
        """A text of one line. default None: it has to be there. pattern: what it has to match in full."""
        value = self._value(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, value, "a text")
        self._check_text(name, value)
        if pattern and value != default and re.fullmatch(pattern, value) is None:
            raise self.wrong(name, value, pattern)
        return value

    def integer(self, name: str, low: int, high: int) -> int:
        """A whole number within bounds."""
        value = self._value(name, None)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(name, value, f"{low}..{high}")
        return value

    def share(self, name: str) -> float | None:
        """A number from 0 to 1, or None where the pack does not say."""
        value = self._values.get(name)
        self._asked.add(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
            raise self.wrong(name, value, "0.0..1.0")
        return float(value)

    def flag(self, name: str) -> bool | None:
        """True, false, or None where the pack does not say."""
        value = self._values.get(name)
        self._asked.add(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, value, "true, false")
        return value

    def choice(self, name: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """One of the values of an enumeration."""
        value = self._value(name, default.value if default is not None else None)
        try:
            return kind(value)
        except ValueError as exc:
            raise self.wrong(name, value, ", ".join(str(each.value) for each in kind)) from exc

    def texts(
        self, name: str, default: tuple[str, ...] | None = None, *, pattern: str = ""
    ) -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        value = self._value(name, list(default) if default is not None else None)
        if not isinstance(value, list) or len(value) > MAX_LIST:
            raise self.wrong(name, value, "a list of texts")
        for each in value:
            if not isinstance(each, str) or not each.strip():
                raise self.wrong(name, each, "a text")
            self._check_text(name, each)
            if pattern and re.fullmatch(pattern, each) is None:
                raise self.wrong(name, each, pattern)
        return tuple(value)

    def by_language(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Texts by language of the recognition models; empty where the pack has none."""
        inner = self.table(name)
        languages = inner.names()
        for language in languages:
            if _LANGUAGE.fullmatch(language) is None:
                raise inner.wrong(language, language, _LANGUAGE.pattern)
        return {language: inner.texts(language) for language in languages}

    def table(self, name: str) -> PackTable:
        """A table inside this one; an empty one where the pack has none."""
        value = self._value(name, {})
        if not isinstance(value, dict):
            raise self.wrong(name, value, "a table")
        return PackTable(value, self.file, self.path(name))

    def tables(self, name: str, identity: str) -> Iterator[PackTable]:
        """The tables of a list, each to be read to its end. identity: the key that names one among them."""
        value = self._value(name, [])
        if not isinstance(value, list) or len(value) > MAX_LIST:
            raise self.wrong(name, value, "a list of tables")
        seen: set[object] = set()
        for number, each in enumerate(value, 1):
            if not isinstance(each, dict):
                raise self.wrong(f"{name}[{number}]", each, "a table")
            called = each.get(identity)
            is_called = isinstance(called, str) and 0 < len(called) <= 40
            inner = PackTable(each, self.file, f"{self.path(name)}[{called if is_called else number}]")
            if is_called and called in seen:
                code = "format_id_twice" if name == "formats" else "office_name_twice"
                raise inner.fault(code, identity, name=called)
            if is_called:
                seen.add(called)
            yield inner
            inner.done()

    def names(self) -> tuple[str, ...]:
        """The keys that are there."""
        return tuple(self._values)

    def has(self, name: str) -> bool:
        """Tell whether a key is there, without asking for it."""
        return name in self._values

    def done(self) -> None:
        """Raise OfficeDataInvalid("office_key_unknown") when a key is left that nobody asked for."""
        for name in self._values:
            if name not in self._asked:
                near = difflib.get_close_matches(name, sorted(self._asked), n=1)
                raise self.fault("office_key_unknown", name, near="".join(near))

    def path(self, name: str) -> str:
        """The whole key of a name in this table."""
        return f"{self.key}.{name}" if self.key else name

    def wrong(self, name: str, value: object, wanted: str) -> OfficeDataInvalid:
        """The error for a value; wanted: what may stand there."""
        return self.fault("office_value_wrong", name, value=_shown(value), wanted=wanted)

    def fault(self, code: str, name: str, /, **facts: object) -> OfficeDataInvalid:
        """An error that names file and key."""
        return OfficeDataInvalid(code, file=self.file, key=self.path(name), **facts)

    def _value(self, name: str, default: object) -> object:
        self._asked.add(name)
        if name in self._values:
            return self._values[name]
        if default is None:
            raise self.fault("office_key_missing", name)
        return default

    def _check_text(self, name: str, value: str) -> None:
        if len(value) > MAX_TEXT:
            raise self.wrong(name, value, f"at most {MAX_TEXT} characters")
        if any(unicodedata.category(char) == "Cc" or char in _TURNING for char in value):
            raise self.wrong(name, value, "no control characters")


def _shown(value: object) -> str:
    shown = value if isinstance(value, str) else repr(value)
    return shown if len(shown) <= 80 else shown[:79] + "…"

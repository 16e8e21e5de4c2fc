"""Conditions on many ids: SQLite bounds the variables of a statement (32,766), an import may name more.

The ids travel as one value, a JSON list that the database takes apart, so the text of the statement is the same
for any number of them and is put together once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, func, literal, select


def among(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """Say that an integer column holds one of the ids; none of them: never true."""
    return _held_in(column, literal(as_list(ids), String))


def among_named(column: Any, name: str) -> ColumnElement[bool]:
    """The same for a statement that is made once: its parameter of that name is to be what as_list returns."""
    return _held_in(column, bindparam(name, type_=String))


def as_list(ids: Iterable[int]) -> str:
    """Ids as one value of a statement."""
    return json.dumps([int(each) for each in ids])


def _held_in(column: Any, listed: ColumnElement[str]) -> ColumnElement[bool]:
    value = func.json_each(listed).table_valued("value").c.value
    return column.in_(select(value.cast(Integer)))  # type: ignore[no-any-return]  # column: Any

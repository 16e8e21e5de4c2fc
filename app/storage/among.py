"""Conditions on many ids: SQLite bounds the variables of a statement (32,766), an import may name more.

The ids travel as one value, a JSON list that the database takes apart, so the text of the statement is the same
for any number of them and is put together once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, func, select


def among(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """Say that an integer column holds one of the ids; none of them: never true."""
    listed = func.json_each(json.dumps([int(each) for each in ids])).table_valued("value")
    return column.in_(select(listed.c.value.cast(Integer)))  # type: ignore[no-any-return]  # column: Any

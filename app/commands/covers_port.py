"""What the command line needs of whoever draws cover sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# Sheets (app.domain.cover_sheets), how many on a page ("one", "two", "four", "labels"), and the file; returns how many
# pages it has. Named without its types, for an ordinary start of the command line must not read the offices' rules.
WriteCovers = Callable[[Sequence[Any], str, Path], int]

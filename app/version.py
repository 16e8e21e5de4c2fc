"""Which program this is."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def software() -> str:
    """Name and version of this program, as packages and reports state it."""
    try:
        return f"Foliodesk {version('foliodesk')}"
    except PackageNotFoundError:  # started from the sources
        project = Path(__file__).resolve().parents[1] / "pyproject.toml"
        return f"Foliodesk {tomllib.loads(project.read_text(encoding='utf-8'))['project']['version']}"

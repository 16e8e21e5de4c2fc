"""Names of the engines; a module of its own because opening one loads its libraries."""

from __future__ import annotations

ENGINES = ("tesserocr", "pytesseract", "fake")

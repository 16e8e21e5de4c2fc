"""How the command line speaks: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console

# Words for a code and its facts; ui/texts.py has them and the entry point hands them in.
Words = Callable[[str, Mapping[str, Any]], str]

ALL_WELL, NEEDS_PERSON, WRONG_USE, MACHINE_TROUBLE = 0, 1, 2, 3


def plain_words(code: str, facts: Mapping[str, Any]) -> str:
    """A code in the absence of words."""
    told = ", ".join(f"{name}: {value}" for name, value in facts.items())
    return f"{code.replace('_', ' ')} ({told})" if told else code.replace("_", " ")


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document, in UTF-8 whatever the console's own code page is."""
    content = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode("utf-8"))
    sys.stdout.buffer.flush()


def console() -> Console:
    """The console for messages and progress."""
    return Console(stderr=True, highlight=False)

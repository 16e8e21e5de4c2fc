"""Writes the tables of keys in the guide from the screens' own lists: ``python -m tests.ui.guide_keys``."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

KEYS = Path(__file__).parents[2] / "resources" / "guide" / "keys.md"


def hints() -> dict[str, list[tuple[str, str]]]:
    """Keys and their words, by the heading they stand under."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.main_window import EVERYWHERE
    from ui.screens.batches.view import BatchesView
    from ui.screens.capture.view import CaptureView
    from ui.screens.indexing.view import IndexingView
    from ui.screens.keying.view import judging_hints, keying_hints
    from ui.screens.review.view import ReviewView
    from ui.screens.uploads.view import UploadsView
    from ui.texts import t

    lists = {t("keys.everywhere"): EVERYWHERE}
    for view in (BatchesView, CaptureView, IndexingView, ReviewView, UploadsView):
        # The list needs no window, and a window would need a whole program.
        lists[t(f"screen.{view.name}")] = view.key_hints(None)
    lists |= {t("screen.keying"): keying_hints(), t("screen.judging"): judging_hints()}
    return {title: [(hint.keys, hint.text) for hint in each] for title, each in lists.items()}


def main() -> int:
    """Put the tables of today into the page; all else in it stays."""
    page = KEYS.read_text(encoding="utf-8")
    for title, each in hints().items():
        table = "\n".join(
            ["| key | what it does |", "|---|---|", *(f"| `{keys}` | {words} |" for keys, words in each)]
        )
        page, count = re.subn(
            rf"(^## {re.escape(title)}\n\n)(?:\|.*\n)+", rf"\g<1>{table}\n", page, flags=re.MULTILINE
        )
        if count != 1:
            raise SystemExit(f"{KEYS} has {count} tables under {title!r}")
    KEYS.write_text(page, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

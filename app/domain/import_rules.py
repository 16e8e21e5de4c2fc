"""Which refused files a person must look at before a dossier may leave by itself."""

from __future__ import annotations

from pathlib import PurePath

# Lists, notes and settings that scanning programs leave beside the pages. Anything else that was refused
# may have been a page.
SIDE_EXTENSIONS = frozenset(
    {".txt", ".md", ".csv", ".json", ".xml", ".ini", ".log", ".db", ".yaml", ".yml", ".sha256", ".md5"}
)


def may_be_a_page(name: str, reason: str) -> bool:
    """Tell whether a refused file could have held a page, judged by the reason and the file's name."""
    if reason == "system_file":
        return False
    return not (reason in ("not_an_image", "empty_file") and PurePath(name).suffix.lower() in SIDE_EXTENSIONS)

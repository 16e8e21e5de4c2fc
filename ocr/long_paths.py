r"""Paths that Windows opens whatever their length and names, and the same paths as people write them.

Without a switch in its registry Windows refuses paths of 260 characters; it never opens `aux.pdf` by that name, though
a share may hold one, and drops dots and spaces at the end of names. A path in the extended form (`\\?\C:\...`) has none
of that. One rule keeps the two forms apart: what is stored, shown and compared is as people write it (`whole`,
`canonical`), and at the boundaries, where files are touched, it is made `reachable`: in the directories of a home,
the drop folder, a backup and a source about to be read. Elsewhere than on Windows all of this does nothing.

Standard library only: worker processes import it first.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

EXTENDED = "\\\\?\\"
EXTENDED_SHARE = "\\\\?\\UNC\\"
DEVICE = "\\\\.\\"
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"}
)
"""Names of devices (learn.microsoft.com, "Naming Files, Paths, and Namespaces"), with any ending."""


def whole(path: Path) -> Path:
    r"""Make a path that a person wrote absolute, in the usual form.

    Without `..`, unless a link on the way makes it mean another place than the names say.
    Windows: also `C:` and `C:name` (where that drive stands now), `\name`, `\\?\C:\name`.
    """
    if sys.platform == "win32":
        text = usual_form(str(path))
        found = os.path.abspath(text)  # noqa: PTH100  # Path.absolute leaves "C:name" as it is before Python 3.12
        if found.startswith(DEVICE):  # the file is called like a device
            found = os.path.normpath(Path.cwd() / text)
        return Path(found)
    absolute = path.absolute()
    if ".." not in absolute.parts:
        return absolute
    plain = Path(os.path.normpath(absolute))
    return plain if os.path.realpath(plain) == os.path.realpath(absolute) else absolute


def canonical(path: Path) -> Path:
    r"""Say which place a path means, so that every spelling of one directory comes out alike.

    Resolves links, `..`, and on Windows letter case, 8.3 names, substituted and mapped drives (`S:` becomes
    `\\server\scans`). What the system cannot tell, such as two names of one server, stays two places.
    """
    absolute = whole(path)
    try:
        return Path(usual_form(str(reachable(absolute).resolve())))
    except (OSError, RuntimeError):  # a loop of links; a file system that cannot tell
        return absolute


def reachable(path: Path) -> Path:
    """Return the path in the form that the system opens in any case."""
    if sys.platform == "win32":
        text = str(path)
        if text.startswith((EXTENDED, DEVICE)):
            return path
        if not path.is_absolute():
            text = str(whole(path))
        return Path(extended_form(os.path.normpath(text)))
    return path


def usual(path: Path) -> Path:
    """Return a reachable path as people write it."""
    return Path(usual_form(str(path))) if sys.platform == "win32" else path


def is_reserved(name: str) -> bool:
    """Tell whether Windows takes a name for a device's, whatever its ending."""
    return name.split(".")[0].strip().lower() in RESERVED


def extended_form(text: str) -> str:
    """Return an absolute Windows path in its extended form."""
    if text.startswith((EXTENDED, DEVICE)):
        return text
    return EXTENDED_SHARE + text[2:] if text.startswith("\\\\") else EXTENDED + text


def usual_form(text: str) -> str:
    r"""Return a Windows path as people write it; a volume named by its number (`\\?\Volume{...}`) has no other form."""
    if text[: len(EXTENDED_SHARE)].upper() == EXTENDED_SHARE:
        return "\\\\" + text[len(EXTENDED_SHARE) :]
    rest = text.removeprefix(EXTENDED)
    return rest if rest[1:2] == ":" else text


def shown(text: str) -> str:
    """Return a text for people with the paths in it as people write them."""
    if sys.platform == "win32" and "\\?\\" in text:
        quoted = text.replace(
            EXTENDED_SHARE.replace("\\", "\\\\"), "\\" * 4
        )  # as the texts of errors quote them
        quoted = quoted.replace(EXTENDED.replace("\\", "\\\\"), "")
        return quoted.replace(EXTENDED_SHARE, "\\" * 2).replace(EXTENDED, "")
    return text

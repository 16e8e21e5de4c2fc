"""Roles that one program at a time may have on a home: the window of a user, the background worker.

A role is an OS lock on a file of its own in the home: it is free again whenever its holder ends, however it
ends. Nothing depends on it for safety (any number of programs may work on one home); it only keeps a second window
from opening and two workers from sharing one PC.
"""

from __future__ import annotations

import getpass
import hashlib
import os
from pathlib import Path

from app.storage.locks import try_lock, unlock

BACKGROUND = "background"
WINDOW = "window"


class Role:
    """A role that is held; give it back with release()."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def take(cls, home: Path, name: str) -> Role | None:
        """Take a role of a home; None when another program has it.

        Raises OSError when the home cannot be written.
        """
        handle = os.open(_path(home, name), os.O_RDWR | os.O_CREAT, 0o644)
        if try_lock(handle):
            return cls(handle)
        os.close(handle)
        return None

    def release(self) -> None:
        """Let another program have it; harmless when repeated."""
        if self._handle is not None:
            unlock(self._handle)
            os.close(self._handle)
            self._handle = None


def window_role() -> str:
    """Name the role of this user's window: people who share a PC may each have one on the same home."""
    return f"{WINDOW}-{hashlib.sha256(_user().encode('utf-8', 'replace')).hexdigest()[:12]}"


def is_window_open(home: Path) -> bool:
    """Say whether anybody's window shows this home."""
    return any(_is_held(path) for path in home.glob(f".{WINDOW}-*.role"))


def _path(home: Path, name: str) -> Path:
    return home / f".{name}.role"


def _is_held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        if not try_lock(handle, shared=True):
            return True
        unlock(handle)
        return False
    finally:
        os.close(handle)


def _user() -> str:
    try:
        return f"{os.environ.get('USERDOMAIN', '')}\\{getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return ""  # an account without a name

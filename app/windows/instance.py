r"""Windows: what tells others that our window is open, and lets a second start bring it to the front."""

from __future__ import annotations

import sys

# The setup looks for it before it writes. "Local": of this user's session, as the window is.
MUTEX_NAME = "Local\\Foliodesk"

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateMutexW.restype = wintypes.HANDLE
    _kernel32.CreateMutexW.argtypes = (wintypes.LPVOID, wintypes.BOOL, wintypes.LPCWSTR)
    _kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
    _user32 = ctypes.WinDLL("user32", use_last_error=True)
    _user32.AllowSetForegroundWindow.argtypes = (wintypes.DWORD,)
    _ANY_PROCESS = 0xFFFFFFFF


class WindowMark:
    r"""The mutex Local\\Foliodesk, there while any window of this session is open. Elsewhere: nothing."""

    def __init__(self) -> None:
        self._handle: int | None = None
        if sys.platform == "win32":
            self._handle = _kernel32.CreateMutexW(None, False, MUTEX_NAME)

    def close(self) -> None:
        """Take it away; harmless when repeated."""
        if sys.platform == "win32" and self._handle:
            _kernel32.CloseHandle(self._handle)
        self._handle = None


def let_others_come_forward() -> None:
    """Pass on the right to come to the front, which Windows gives to the program a person has just started."""
    if sys.platform == "win32":
        _user32.AllowSetForegroundWindow(_ANY_PROCESS)

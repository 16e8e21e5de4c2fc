"""Windows: a message in a box of its own, for a program that has no console and no window yet."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _user32 = ctypes.WinDLL("user32")
    _user32.MessageBoxW.argtypes = (wintypes.HWND, wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.UINT)
    _ICON_ERROR, _SET_FOREGROUND = 0x10, 0x10000


def show_message(text: str) -> None:
    """Show a text until a person closes it; elsewhere than on Windows nothing."""
    if sys.platform == "win32":
        _user32.MessageBoxW(None, text, "Foliodesk", _ICON_ERROR | _SET_FOREGROUND)

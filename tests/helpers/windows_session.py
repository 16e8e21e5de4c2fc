"""Windows: end a session for one program only, as Windows does for all of them when a person signs off."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _user32 = ctypes.WinDLL("user32", use_last_error=True)
    _Visitor = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
    _user32.EnumWindows.argtypes = (_Visitor, wintypes.LPARAM)
    _user32.GetWindowThreadProcessId.argtypes = (wintypes.HWND, ctypes.POINTER(wintypes.DWORD))
    _user32.SendMessageTimeoutW.argtypes = (
        *(wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM),
        *(wintypes.UINT, wintypes.UINT, ctypes.POINTER(ctypes.c_size_t)),
    )
    _QUERYENDSESSION, _ENDSESSION = 0x0011, 0x0016
    _LOGOFF = -0x80000000
    _GRANTED_MS = 5_000

    def windows_of(process_id: int) -> list[int]:
        """Top-level windows of a process, hidden ones too."""
        found: list[int] = []

        def visit(window: int, _value: int) -> bool:
            owner = wintypes.DWORD()
            _user32.GetWindowThreadProcessId(window, ctypes.byref(owner))
            if owner.value == process_id:
                found.append(window)
            return True

        _user32.EnumWindows(_Visitor(visit), 0)
        return found

    def end_session(process_id: int) -> bool:
        """Ask and then tell each window of a program; False when one objects."""
        windows = windows_of(process_id)
        for window in windows:
            if not _send(window, _QUERYENDSESSION, 0):
                return False
        for window in windows:
            _send(window, _ENDSESSION, 1)
        return bool(windows)

    def _send(window: int, message: int, value: int) -> int:
        answer = ctypes.c_size_t()
        _user32.SendMessageTimeoutW(window, message, value, _LOGOFF, 0, _GRANTED_MS, ctypes.byref(answer))
        return answer.value

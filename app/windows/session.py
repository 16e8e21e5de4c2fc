"""Windows: hear that the user signs off, the PC shuts down, the setup wants us gone, or the console is closed.

A program without a visible window hears of the session only through a hidden top-level one, and a console program
that has loaded user32.dll (ctypes does) hears no CTRL_LOGOFF_EVENT: so there is a hidden window in both cases, in a
thread of its own. Windows waits for the answer to WM_ENDSESSION, some 5 s; then it ends the program itself. No reason
is given to hold a shutdown up (ShutdownBlockReasonCreate): nothing would be lost, and the person wants to go home.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

# What Windows grants a program that still works on its end.
GRANTED_S = 5.0

if sys.platform == "win32":
    import ctypes
    import itertools
    import logging
    from ctypes import wintypes

    log = logging.getLogger(__name__)

    _WM_DESTROY, _WM_CLOSE = 0x0002, 0x0010
    _WM_QUERYENDSESSION, _WM_ENDSESSION = 0x0011, 0x0016
    _CTRL_CLOSE, _CTRL_LOGOFF, _CTRL_SHUTDOWN = 2, 5, 6
    # No two may share a class: it holds the procedure of one. The title is not that of the real window.
    _CLASS_NAMES = (f"FoliodeskSession-{number}" for number in itertools.count(1))
    _TITLE = "Foliodesk session"

    _LRESULT = ctypes.c_ssize_t
    _WindowProcedure = ctypes.WINFUNCTYPE(
        _LRESULT, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM
    )
    _ConsoleHandler = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.DWORD)

    class _WindowClass(ctypes.Structure):
        _fields_ = (
            ("style", wintypes.UINT),
            ("lpfnWndProc", _WindowProcedure),
            ("cbClsExtra", ctypes.c_int),
            ("cbWndExtra", ctypes.c_int),
            ("hInstance", wintypes.HINSTANCE),
            ("hIcon", wintypes.HANDLE),
            ("hCursor", wintypes.HANDLE),
            ("hbrBackground", wintypes.HANDLE),
            ("lpszMenuName", wintypes.LPCWSTR),
            ("lpszClassName", wintypes.LPCWSTR),
        )

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.GetModuleHandleW.restype = wintypes.HMODULE
    _kernel32.GetModuleHandleW.argtypes = (wintypes.LPCWSTR,)
    _kernel32.SetConsoleCtrlHandler.argtypes = (_ConsoleHandler, wintypes.BOOL)
    _user32 = ctypes.WinDLL("user32", use_last_error=True)
    _user32.DefWindowProcW.restype = _LRESULT
    _user32.DefWindowProcW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
    _user32.CreateWindowExW.restype = wintypes.HWND
    _user32.CreateWindowExW.argtypes = (
        *(wintypes.DWORD, wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD),
        *(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int),
        *(wintypes.HWND, wintypes.HMENU, wintypes.HINSTANCE, wintypes.LPVOID),
    )
    _user32.RegisterClassW.argtypes = (ctypes.POINTER(_WindowClass),)
    _user32.GetMessageW.argtypes = (
        *(ctypes.POINTER(wintypes.MSG), wintypes.HWND),
        *(wintypes.UINT, wintypes.UINT),
    )
    _user32.DispatchMessageW.argtypes = (ctypes.POINTER(wintypes.MSG),)
    _user32.PostMessageW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
    _user32.DestroyWindow.argtypes = (wintypes.HWND,)


class SessionWatch:
    """Calls on_end, in a thread of the system, when this program has to end; elsewhere than on Windows never.

    on_end must return at once; Windows is then kept waiting until close(), for GRANTED_S seconds at most.
    """

    def __init__(self, on_end: Callable[[], None]) -> None:
        self._on_end = on_end
        self._ended = threading.Event()
        if sys.platform == "win32":
            self._window: int | None = None
            self._ready = threading.Event()
            self._procedure = _WindowProcedure(self._on_message)
            self._handler = _ConsoleHandler(self._on_console)
            _kernel32.SetConsoleCtrlHandler(self._handler, True)
            threading.Thread(target=self._run, name="session-watch", daemon=True).start()
            self._ready.wait(GRANTED_S)

    def close(self) -> None:
        """The program has saved all it has to: let Windows go on. Harmless when repeated."""
        if self._ended.is_set():
            return
        self._ended.set()
        if sys.platform == "win32":
            _kernel32.SetConsoleCtrlHandler(self._handler, False)
            if self._window is not None:
                _user32.PostMessageW(self._window, _WM_CLOSE, 0, 0)

    if sys.platform == "win32":

        def _on_console(self, event: int) -> bool:
            if event not in (_CTRL_CLOSE, _CTRL_LOGOFF, _CTRL_SHUTDOWN):
                return False  # Ctrl+C and Ctrl+Break are Python's
            self._end()
            return True  # returning ends the process: by now it has ended or its time is up

        def _on_message(self, window: int, message: int, first: int, second: int) -> int:
            if message == _WM_QUERYENDSESSION:
                return 1  # by all means
            if message == _WM_ENDSESSION:
                if first:
                    self._end()
                return 0
            if message == _WM_CLOSE:
                if self._ended.is_set():
                    _user32.DestroyWindow(window)
                else:
                    self._on_end()  # the setup, or a tool that ends programs politely
                return 0
            if message == _WM_DESTROY:
                _user32.PostQuitMessage(0)
                return 0
            return int(_user32.DefWindowProcW(window, message, first, second))

        def _end(self) -> None:
            self._on_end()
            self._ended.wait(GRANTED_S)

        def _run(self) -> None:
            instance = _kernel32.GetModuleHandleW(None)
            name = next(_CLASS_NAMES)
            kind = _WindowClass(lpfnWndProc=self._procedure, hInstance=instance, lpszClassName=name)
            if _user32.RegisterClassW(ctypes.byref(kind)):
                self._window = _user32.CreateWindowExW(
                    0, name, _TITLE, 0, 0, 0, 0, 0, None, None, instance, None
                )
            if not self._window:
                log.warning("no hidden window: error %s", ctypes.get_last_error())
            self._ready.set()
            message = wintypes.MSG()
            while self._window and _user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                _user32.DispatchMessageW(ctypes.byref(message))

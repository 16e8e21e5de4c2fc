"""Windows: a crash ends the process at once, without a message that waits for a click."""

from __future__ import annotations

import sys

# learn.microsoft.com, SetErrorMode: no box for a drive without a disk, none for a fault in a library.
FAIL_CRITICAL_ERRORS, NO_FAULT_BOX = 0x0001, 0x0002

if sys.platform == "win32":
    import ctypes

    _kernel32 = ctypes.WinDLL("kernel32")
    _kernel32.SetErrorMode.argtypes = (ctypes.c_uint,)
    _kernel32.SetErrorMode.restype = ctypes.c_uint
    _kernel32.GetErrorMode.restype = ctypes.c_uint


def crash_silently() -> None:
    """From now on this process and those it starts ask nobody when they crash; elsewhere nothing."""
    if sys.platform == "win32":
        _kernel32.SetErrorMode(_kernel32.GetErrorMode() | FAIL_CRITICAL_ERRORS | NO_FAULT_BOX)

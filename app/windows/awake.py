"""Windows: ask the PC not to fall asleep by itself while work is done.

The screen may go dark, and a person may close the lid or choose sleep at any time: nothing is lost by that. On
battery newer PCs honour the request only for some minutes.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes

    _CONTINUOUS, _SYSTEM_REQUIRED = 0x80000000, 0x00000001
    _kernel32 = ctypes.WinDLL("kernel32")
    _kernel32.SetThreadExecutionState.argtypes = (ctypes.c_uint32,)
    _kernel32.SetThreadExecutionState.restype = ctypes.c_uint32


class KeepAwake:
    """A wish of one thread, which the system forgets when that thread ends. Elsewhere than on Windows: none."""

    def __init__(self) -> None:
        self.is_held = False

    def hold(self) -> None:
        """From now on the PC stays awake; harmless when repeated."""
        if not self.is_held:
            self.is_held = True
            if sys.platform == "win32":
                _kernel32.SetThreadExecutionState(_CONTINUOUS | _SYSTEM_REQUIRED)

    def release(self) -> None:
        """The PC may sleep again; harmless when repeated."""
        if self.is_held:
            self.is_held = False
            if sys.platform == "win32":
                _kernel32.SetThreadExecutionState(_CONTINUOUS)

"""Which Windows this is: Microsoft's, or Wine with its gaps."""

from __future__ import annotations

import sys


def is_wine() -> bool:
    """True when this Python is Windows' own and runs under Wine, whose ntdll says so."""
    if sys.platform != "win32":
        return False
    import ctypes

    return hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")

r"""Windows: directories on other PCs (`\\server\share`), and connecting to one with a name and a password.

A connection has no drive letter, is not remembered by Windows, and lasts until the user signs off. It belongs to the
user's session: what one program of ours connects, the others may use.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path, PureWindowsPath

from ocr.long_paths import reachable, usual_form

# Windows' numbers (learn.microsoft.com, "System Error Codes").
OPENED = 0
NO_NETWORK = 1222
TWO_NAMES = 1219
"""Windows is connected to that server under another name; it allows one name for each server."""
WRONG_LOGIN = frozenset({5, 65, 86, 1244, 1272, 1326, 2202})
"""Not let in (5, 65), a wrong password (86, 1326), no guests (1244, 1272), no such name (2202)."""
EXPIRED = frozenset({1330, 1907, 2242})
CLOSED_ACCOUNT = frozenset({1239, 1240, 1327, 1328, 1329, 1331, 1385, 1793, 1909, 2239, 2240, 2241})
"""Not at this hour (1239, 1328, 2241), not from this PC (1240, 1329, 2240), restricted (1327), disabled (1331), no right to
log on (1385), expired (1793, 2239), locked out (1909)."""
REFUSALS = WRONG_LOGIN | EXPIRED | CLOSED_ACCOUNT

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _DISK, _TEMPORARY = 1, 4  # RESOURCETYPE_DISK, CONNECT_TEMPORARY

    class _NetResource(ctypes.Structure):
        _fields_ = (
            ("dwScope", wintypes.DWORD),
            ("dwType", wintypes.DWORD),
            ("dwDisplayType", wintypes.DWORD),
            ("dwUsage", wintypes.DWORD),
            ("lpLocalName", wintypes.LPWSTR),
            ("lpRemoteName", wintypes.LPWSTR),
            ("lpComment", wintypes.LPWSTR),
            ("lpProvider", wintypes.LPWSTR),
        )


def share_of(path: str) -> str | None:
    r"""Return the `\\server\share` that a path as Windows reads it lies on; None for one on a drive of this PC."""
    drive = PureWindowsPath(usual_form(path.replace("/", "\\"))).drive
    server, _, share = drive.removeprefix("\\\\").partition("\\")
    is_share = drive.startswith("\\\\") and server not in ("", "?", ".") and share not in ("", "\\")
    return drive if is_share else None


class WindowsNetwork:
    """Asks Windows itself; elsewhere every directory counts as open and nothing can be connected."""

    def refusal(self, directory: Path) -> int:
        """Try to list a directory; returns OPENED or Windows' error number. May take as long as the network does."""
        if sys.platform == "win32":
            try:
                os.scandir(reachable(directory)).close()
            except OSError as exc:
                return exc.winerror or NO_NETWORK
        return OPENED

    def connect(self, share: str, user: str, password: str) -> int:
        """Connect for the session; returns OPENED or Windows' error number."""
        if sys.platform == "win32":
            wanted = _NetResource(dwType=_DISK, lpRemoteName=share)
            return int(_mpr().WNetAddConnection2W(ctypes.byref(wanted), password, user, _TEMPORARY))
        return NO_NETWORK

    def disconnect(self, share: str) -> None:
        """End the connection unless files are open on it; harmless when there is none."""
        if sys.platform == "win32":
            _mpr().WNetCancelConnection2W(share, 0, False)


if sys.platform == "win32":

    def _mpr() -> ctypes.WinDLL:
        library = ctypes.WinDLL("mpr")
        library.WNetAddConnection2W.argtypes = (
            *(ctypes.POINTER(_NetResource), wintypes.LPCWSTR),
            *(wintypes.LPCWSTR, wintypes.DWORD),
        )
        library.WNetAddConnection2W.restype = wintypes.DWORD
        library.WNetCancelConnection2W.argtypes = (wintypes.LPCWSTR, wintypes.DWORD, wintypes.BOOL)
        library.WNetCancelConnection2W.restype = wintypes.DWORD
        return library

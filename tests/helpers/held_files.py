"""A file in another program's hands, as a virus scanner has it: opened through Windows itself, shared with nobody."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    @contextmanager
    def held(path: Path, *, for_s: float = 1.0, share: int = 0) -> Iterator[None]:
        """Hold a file from now on; another thread lets go after for_s seconds.

        share: 0 nothing, 1 reading, 4 deleting: what others may do meanwhile.
        """
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateFileW.restype = wintypes.HANDLE
        kernel.CreateFileW.argtypes = [
            *(wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, ctypes.c_void_p),
            *(wintypes.DWORD, wintypes.DWORD, wintypes.HANDLE),
        ]
        kernel.CloseHandle.argtypes = [wintypes.HANDLE]
        handle = kernel.CreateFileW(str(path), 0x80000000, share, None, 3, 0, None)
        assert handle != wintypes.HANDLE(-1).value, ctypes.WinError(ctypes.get_last_error())

        def let_go() -> None:
            time.sleep(for_s)  # the length of the hold is the point, nothing is waited for
            kernel.CloseHandle(handle)

        thread = threading.Thread(target=let_go)
        thread.start()
        try:
            yield
        finally:
            thread.join()

else:

    @contextmanager
    def held(path: Path, *, for_s: float = 1.0, share: int = 0) -> Iterator[None]:
        """There is no such grip on POSIX."""
        raise NotImplementedError("files are held on Windows only")
        yield

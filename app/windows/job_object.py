"""Windows: a Job Object that ends our workers when this program ends, however it ends, and bounds their memory.

Only workers are put into it, not the program itself: what a person opens from the window (a directory, a PDF)
must not close with it. A worker's own children (an installed Tesseract) belong to the job as well. Jobs may lie
inside other jobs since Windows 8, so a service or a terminal that has one of its own is no obstacle.
"""

from __future__ import annotations

import logging
import sys

log = logging.getLogger(__name__)

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
    _KILL_ON_JOB_CLOSE, _PROCESS_MEMORY = 0x2000, 0x0100
    _PROCESS_TERMINATE, _PROCESS_SET_QUOTA = 0x0001, 0x0100

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel32.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
    _kernel32.SetInformationJobObject.argtypes = (
        *(wintypes.HANDLE, ctypes.c_int),
        *(wintypes.LPVOID, wintypes.DWORD),
    )
    _kernel32.OpenProcess.restype = wintypes.HANDLE
    _kernel32.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel32.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    _kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)


class JobObject:
    """Processes tied to the life of this one; elsewhere than on Windows it does nothing.

    Closing its only handle, which the system does at the latest with this process, ends every process in it. When the
    system refuses, that is logged and no more: each worker also watches its parent by itself.
    """

    def __init__(self, process_bytes: int | None = None) -> None:
        """process_bytes: what each process in it may commit; an allocation beyond fails in that process only."""
        self._handle: int | None = None
        if sys.platform == "win32":
            self._handle = _create(process_bytes)

    def tie(self, process_id: int) -> bool:
        """Put a running child of ours in; False when that is not possible."""
        if sys.platform == "win32" and self._handle is not None:
            return _assign(self._handle, process_id)
        return False

    def close(self) -> None:
        """Give the handle back, which ends what is left in the job; harmless when repeated."""
        if sys.platform == "win32" and self._handle is not None:
            _kernel32.CloseHandle(self._handle)
        self._handle = None


if sys.platform == "win32":

    def _create(process_bytes: int | None) -> int | None:
        # Without security attributes no child inherits the handle, so that ours stays the only one.
        handle: int | None = _kernel32.CreateJobObjectW(None, None)
        if not handle:
            log.warning("no job object: error %s", ctypes.get_last_error())
            return None
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        if process_bytes is not None:
            limits.BasicLimitInformation.LimitFlags |= _PROCESS_MEMORY
            limits.ProcessMemoryLimit = process_bytes
        if not _kernel32.SetInformationJobObject(
            handle, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
        ):
            log.warning("job object without limits: error %s", ctypes.get_last_error())
            _kernel32.CloseHandle(handle)
            return None
        return handle

    def _assign(job: int, process_id: int) -> bool:
        process = _kernel32.OpenProcess(_PROCESS_TERMINATE | _PROCESS_SET_QUOTA, False, process_id)
        if not process:
            log.warning("worker %s not in the job: error %s", process_id, ctypes.get_last_error())
            return False
        try:
            done = bool(_kernel32.AssignProcessToJobObject(job, process))
            if not done:
                log.warning("worker %s not in the job: error %s", process_id, ctypes.get_last_error())
            return done
        finally:
            _kernel32.CloseHandle(process)

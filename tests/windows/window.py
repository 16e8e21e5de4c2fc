"""Looks for the program's window or its processes, run by the installed Python: `window.py WHAT SECONDS`.

wait: until the window of the installed Foliodesk.exe shows. close: ask it to close, as its cross does. sign-off: tell the
running foliodesk.com that the session ends. left: until no process of the installation but this one runs. Exit code 0
when it came to pass, 1 when the time ran out, with what was seen.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "helpers"))

import windows_session  # the installed Python looks into its own directories only

PLACE = Path(sys.base_prefix).resolve().parent
TITLE = "Foliodesk"
WM_CLOSE = 0x0010
POLL_S = 0.25
PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
LONGEST_PATH = 32_768


def main(what: str, limit_s: float) -> int:
    """Look again and again until the limit."""
    deadline = time.monotonic() + limit_s
    while True:
        if what == "left":
            seen = _processes()
            if not seen:
                return 0
        elif what == "sign-off":
            running = _processes_of("foliodesk.com")
            if any([windows_session.end_session(pid) for pid in running]):
                return 0
            seen = [f"foliodesk.com in {running} heard nothing"]
        else:
            window = _window()
            seen = [] if window else ["no window"]
            if window and what == "close":
                ctypes.windll.user32.PostMessageW(window, WM_CLOSE, 0, 0)  # type: ignore[attr-defined]
            if window:
                return 0
        if time.monotonic() > deadline:
            print(f"{what}: {'; '.join(seen)}", file=sys.stderr)
            return 1
        time.sleep(POLL_S)


def _window() -> int:
    """Return the window a person sees, 0 for none: every program of ours has a hidden one too."""
    user = ctypes.windll.user32  # type: ignore[attr-defined]
    title = ctypes.create_unicode_buffer(len(TITLE) + 2)
    for pid in _processes_of("Foliodesk.exe"):
        for window in windows_session.windows_of(pid):
            user.GetWindowTextW(window, title, len(title))
            if user.IsWindowVisible(window) and title.value == TITLE:
                return window
    return 0


def _processes_of(name: str) -> list[int]:
    """Return the processes of one program of this installation."""
    wanted = str(PLACE / name).lower()
    return [pid for pid, program in _programs().items() if program.lower() == wanted]


def _processes() -> list[str]:
    """Return the processes that run from this installation, without this one."""
    place = str(PLACE).lower()
    return [f"{pid} {program}" for pid, program in _programs().items() if program.lower().startswith(place)]


def _programs() -> dict[int, str]:
    import psutil

    return {pid: _program_of(pid) for pid in psutil.pids() if pid != os.getpid()}


def _program_of(pid: int) -> str:
    """Return the path of a process's program, or nothing; asked of Windows itself, for psutil's way fails in Wine."""
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid))
    if not handle:
        return ""
    length = ctypes.c_ulong(LONGEST_PATH)
    path = ctypes.create_unicode_buffer(length.value)
    found = kernel.QueryFullProcessImageNameW(handle, 0, path, ctypes.byref(length))
    kernel.CloseHandle(handle)
    return path.value if found else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))

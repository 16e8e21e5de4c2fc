"""What Debian and Ubuntu must bring: the libraries Qt opens, Python's venv module, programs that some tests call.

Presence is found out by trying to open the library, not by asking the package manager, so it works on any Linux.
Nothing is installed but as root or through a sudo that asks no password; otherwise the exact line to type is told.
The lists were read from the NEEDED entries (objdump -p) of PySide6-Essentials 6.11.3 and its platform plugins.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from environment import Layout, SetupFailed
from progress import Steps, lines_with_ticks

NEVER_VARIABLE = "FOLIODESK_NO_SYSTEM_PACKAGES"

# Library -> Debian package. Newer releases renamed some (libglib2.0-0t64); they still answer to these names.
QT_LIBRARIES: Mapping[str, str] = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libbrotlidec.so.1": "libbrotli1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
X11_LIBRARIES: Mapping[str, str] = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND_LIBRARIES: Mapping[str, str] = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}


def has_display() -> bool:
    """Tell whether a window can be shown here."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def window_libraries() -> dict[str, str]:
    """Return the libraries a window needs on this display (library -> Debian package); none outside Linux."""
    if sys.platform != "linux":
        return {}
    wanted = dict(QT_LIBRARIES)
    if os.environ.get("DISPLAY"):
        wanted.update(X11_LIBRARIES)
    elif os.environ.get("WAYLAND_DISPLAY"):
        wanted.update(WAYLAND_LIBRARIES)
    return wanted


def offscreen_libraries() -> dict[str, str]:
    """Return the libraries that Qt needs even without a screen; none outside Linux."""
    return dict(QT_LIBRARIES) if sys.platform == "linux" else {}


def missing_packages(libraries: Mapping[str, str]) -> list[str]:
    """Return the Debian packages of those libraries that do not open here."""
    return sorted({package for library, package in libraries.items() if not _opens(library)})


def missing_programs(programs: Mapping[str, str]) -> list[str]:
    """Return the Debian packages of those programs that are not on the PATH."""
    return sorted(package for program, package in programs.items() if shutil.which(program) is None)


def install_line(packages: Iterable[str]) -> str:
    """Return the exact line a person types to install packages; on a new system the lists have to come first."""
    apt = "apt-get" if _is_root() else "sudo apt-get"
    return f"{apt} update && {apt} install --no-install-recommends {' '.join(packages)}"


def install(packages: Sequence[str], layout: Layout, steps: Steps | None = None) -> bool:
    """Install Debian packages when that is allowed without asking; tell whether it was done."""
    rights = _rights()
    if rights is None:
        return False
    steps = steps or Steps(total=1)
    layout.venv.mkdir(parents=True, exist_ok=True)
    print(f"Installing with the system's package manager: {' '.join(packages)}", flush=True)
    apt = [
        *rights,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-y",
        "-q",
        "-o",
        "DPkg::Lock::Timeout=300",
    ]
    wanted = [*apt, "install", "--no-install-recommends", *packages]
    if _run(wanted, layout, steps) == 0:
        return True
    # The lists may be missing (a fresh container) or old.
    return _run([*apt, "update"], layout, steps) == 0 and _run(wanted, layout, steps) == 0


def provide_venv_module(layout: Layout, steps: Steps | None = None) -> None:
    """See to it that this Python can make environments with pip; raises SetupFailed with what to type.

    Debian and Ubuntu put that part of Python into a package of its own.
    """
    if _can_make_environments():
        return
    packages = [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]
    if shutil.which("apt-get") is None:
        raise SetupFailed(
            f"This Python ({sys.executable}) lacks its modules venv and ensurepip. Install them with the system's "
            "package manager, or use a Python from python.org, and start again."
        )
    if install(packages, layout, steps):
        importlib.invalidate_caches()
        if _can_make_environments():
            return
    missing = "This Python lacks the modules that make a private environment"
    libraries = missing_packages(window_libraries()) if has_display() else []
    if libraries:  # one line to type instead of another one later
        missing += ", and the window needs libraries"
    raise SetupFailed(
        f"{missing}. Install them with\n    {install_line([*packages, *libraries])}\nand start again."
    )


def _can_make_environments() -> bool:
    """Tell whether venv and ensurepip are here."""
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def _opens(library: str) -> bool:
    """Try to open a shared library, as Qt's loader will."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _is_root() -> bool:
    """Tell whether we may do everything; POSIX only, False elsewhere."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _rights() -> list[str] | None:
    """Return the words to put before apt-get, or None when we may not install."""
    if (
        os.environ.get(NEVER_VARIABLE)
        or shutil.which("apt-get") is None
        or not Path("/etc/debian_version").exists()
    ):
        return None
    if _is_root():
        return []
    if shutil.which("sudo") is None:
        return None
    asks_nothing = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if asks_nothing else None


def _run(command: Sequence[str], layout: Layout, steps: Steps) -> int:
    """Run a package manager's command into the log, telling its last words while it runs."""
    with layout.log.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n")
        child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        assert child.stdout is not None
        words = "starting"
        for line in lines_with_ticks(child.stdout):
            if line is not None:
                log.write(line)
                words = line.strip() or words
            steps.now(words)
        steps.clear()
        return child.wait()

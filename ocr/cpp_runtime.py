"""Windows: Microsoft's C++ runtime, which zxing-cpp loads and which neither it nor Windows brings."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def find_cpp_runtime() -> None:
    """Let this process load the runtime that the package msvc-runtime has put into the environment; elsewhere nothing.

    Windows looks beside the running program, and the python.exe of an environment only starts the one it was made
    from. PySide6 and others keep copies that serve themselves alone.
    """
    if sys.platform == "win32" and Path(sys.prefix, "msvcp140.dll").is_file():
        os.add_dll_directory(sys.prefix)

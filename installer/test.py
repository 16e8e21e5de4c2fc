"""Check Foliodesk: `python3 installer/test.py [ARGS]` (ARGS go to pytest).

Format, lint, types, layering and all tests; the first run prepares everything. Standard library only, and
written so that even a Python too old for the rest can say so.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this line is for those who come with an older Python
    sys.stderr.write(
        "Foliodesk needs Python 3.11 or newer; this is Python "
        + sys.version.split()[0]
        + " ("
        + sys.executable
        + ").\nInstall a newer one (Debian 12, Ubuntu 24.04: apt-get install python3; Ubuntu 22.04: apt-get install\n"
        + "python3.11-venv; Windows: python.org) and run this same command with it, for example: python3.11 installer/test.py\n"
    )
    sys.exit(3)

from checks import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

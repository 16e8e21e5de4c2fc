"""Starts the command line as its own script, for as long as there is no window to start it from."""

import sys

if __name__ == "__main__":
    from app.cli import run

    sys.exit(run())

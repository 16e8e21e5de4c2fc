"""Install, drive and remove a setup file: `python installer/smoke_test.py SETUP [--older SETUP] [--pictures DIR] [--quick]`.

On Linux everything happens in a fresh Wine prefix on an Xvfb display (tests/windows/ closes Wine's gaps; nothing of it
is in the product); on a Windows PC the same steps run there, for the logged-on user, below a directory of their own. Needs
Python 3.11, nothing else. Stops at the first step that fails, tells why and leaves everything in place to be looked at.

--older is a setup of an earlier version (`build.py --version 0.0.1`): with it the upgrade, the refused downgrade and the
copy of the database are tried too. --quick leaves out a setup beside a running window, the end of the session and repair.
Exit code 0: every step passed; 1: one failed; 3: the machine cannot run this.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests" / "windows"))

from machine import this_machine  # noqa: E402 - both lie beside the Windows tests
from smoke_steps import Failed, SmokeTest  # noqa: E402

PASSED, FAILED, MACHINE_TROUBLE = 0, 1, 3


def main(arguments: list[str]) -> int:
    """Run every step and tell how it went."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("setup", type=Path)
    parser.add_argument("--older", type=Path)
    parser.add_argument("--pictures", type=Path, default=PROJECT / "foliodesk-output" / "windows-pictures")
    parser.add_argument(
        "--quick", action="store_true", help="leave out the steps that a change seldom touches"
    )
    parser.add_argument("--keep", type=Path, help="a directory for the Wine prefix, kept afterwards")
    asked = parser.parse_args(arguments)
    for setup in (asked.setup, asked.older):
        if setup is not None and not setup.is_file():
            parser.error(f"{setup} is no file")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    place = asked.keep or Path(tempfile.mkdtemp(prefix="foliodesk-smoke-"))
    begun = time.monotonic()
    try:
        machine = this_machine(place)
    except Exception as trouble:  # noqa: BLE001 - whatever keeps the machine from starting is told in its own words
        print(f"This machine cannot run the smoke test: {trouble}", file=sys.stderr)
        return MACHINE_TROUBLE
    print(f"{asked.setup.name} on {machine.name}, ready after {time.monotonic() - begun:.0f} s", flush=True)
    test = SmokeTest(machine, asked.setup, asked.older, asked.pictures, quick=asked.quick)
    code = FAILED
    try:
        test.clean()
        code = _run(test, place)
        if code == PASSED:
            test.clean()
    finally:
        machine.close()
        if asked.keep is None and code == PASSED:
            shutil.rmtree(place, ignore_errors=True)
    return code


def _run(test: SmokeTest, place: Path) -> int:
    steps = test.steps()
    begun = time.monotonic()
    for number, (name, step) in enumerate(steps, start=1):
        started = time.monotonic()
        print(f"{number:2}/{len(steps)} {name} ...", end=" ", flush=True)
        try:
            told = step()
        except (Failed, TimeoutError, OSError, ValueError) as failure:
            print(f"FAILED after {time.monotonic() - started:.0f} s\n{failure}", flush=True)
            print(f"smoke test FAILED: {number - 1} of {len(steps)} steps passed; machine in {place}")
            return FAILED
        print(f"ok, {time.monotonic() - started:.0f} s: {told}", flush=True)
    print(f"smoke test passed: {len(steps)} of {len(steps)} steps in {time.monotonic() - begun:.0f} s")
    return PASSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

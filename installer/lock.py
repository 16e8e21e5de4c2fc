"""Maintainer's command: write the three lock files anew from pyproject.toml.

    python3 installer/lock.py            keep every version that still fits
    python3 installer/lock.py --upgrade  take the newest versions that fit

Needs `uv` on the PATH (or its place in the environment variable UV); users of the product never need it.
The locks are universal: one file serves Linux and Windows, Python 3.11 and later, with a hash for every file.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
INSTALLER = PROJECT / "installer"
OLDEST_PYTHON = "3.11"

# What building our one source-only test dependency (bagit 1.9) takes; locked so that nothing is fetched unhashed.
BUILD_REQUIREMENTS = ["setuptools>=77", "setuptools-scm>=8"]


def main() -> int:
    """Write lock-dev.txt first, then the other two held to its versions; return an exit code."""
    parser = argparse.ArgumentParser(description="Write the lock files anew from pyproject.toml.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    options = parser.parse_args()
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        print("uv was not found: install it (pip install uv) or name its place in the variable UV.")
        return 2
    facts = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    product: list[str] = facts["project"]["dependencies"]
    dev: list[str] = facts["dependency-groups"]["dev"]
    everything = INSTALLER / "lock-dev.txt"
    compile_lock(uv, product + dev, everything, what="the product and its tests", upgrade=options.upgrade)
    compile_lock(uv, product, INSTALLER / "lock.txt", what="the product", held_to=everything)
    compile_lock(uv, BUILD_REQUIREMENTS, INSTALLER / "lock-build.txt", what="building", held_to=everything)
    return 0


def compile_lock(
    uv: str,
    requirements: list[str],
    target: Path,
    *,
    what: str,
    held_to: Path | None = None,
    upgrade: bool = False,
) -> None:
    """Resolve requirements into target.

    held_to: a lock whose versions must be used where both name a package.
    Raises CalledProcessError when uv finds no solution; target is then left as it was.
    """
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch, "requirements.txt")
        wanted.write_text("\n".join(requirements) + "\n", encoding="utf-8")
        made = Path(scratch, "lock.txt")
        if target.exists() and not upgrade:
            shutil.copyfile(target, made)  # uv keeps the versions it finds here
        command = [
            uv,
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
        ]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--python-version", OLDEST_PYTHON]
        if held_to is not None:
            command += ["--constraints", str(held_to)]
        subprocess.run(
            [*command, "--output-file", str(made), str(wanted)], check=True, stdout=subprocess.DEVNULL
        )
        body = plain_markers(made.read_text(encoding="utf-8"))
    header = (
        f"# Everything for {what}, pinned and hashed. Written by installer/lock.py; do not edit by hand.\n"
    )
    target.write_text(header + body, encoding="utf-8", newline="\n")
    print(f"{target.relative_to(PROJECT)}: {len(re.findall('(?m)^[a-z]', body))} pinned packages")


def plain_markers(body: str) -> str:
    """Compare Python's version by its first two numbers, where that says the same.

    Ubuntu 22.04 has 3.11.0rc1, which the pip of its time finds neither below 3.12 nor above.
    """
    return re.sub(r"python_full_version (<|>=) ('\d+\.\d+')", r"python_version \1 \2", body)


if __name__ == "__main__":
    sys.exit(main())

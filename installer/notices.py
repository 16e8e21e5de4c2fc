"""Maintainer's command: write the table of third-party packages in NOTICE, and refuse licences we cannot ship.

    .venv/bin/python installer/notices.py          rewrite the table
    .venv/bin/python installer/notices.py --check  say whether it is up to date and every licence is allowed

Reads the metadata of what is installed beside it. LGPL and MPL are allowed (the packages stay separate files that a
user can replace); GPL-only, AGPL, SSPL and anything unknown is refused, in the tests' packages too.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import sys
from email.message import Message
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TABLE_HEAD = "## Packages installed beside the program"
PINNED = re.compile(r"^([A-Za-z0-9._\-]+)==(\S+)", re.MULTILINE)

ALLOWED = re.compile(
    r"0BSD|Apache-2\.0|BSD-[23]-Clause|CC0-1\.0|ISC|LGPL-[23]\.[01](-only|-or-later)?|LGPL|MIT|MIT-CMU|MPL-2\.0|PSF-2\.0|Zlib"
    r"|Public Domain|Microsoft Visual C\+\+ runtime, redistributable"
)

# Names packages use in place of an SPDX identifier.
SAME_AS = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}

# Installed on Windows only, so their metadata is not at hand elsewhere.
ELSEWHERE = {
    "colorama": "BSD-3-Clause",
    "jaraco-classes": "MIT",
    "jaraco-context": "MIT",
    "jaraco-functools": "MIT",
    "keyring": "MIT",
    "more-itertools": "MIT",
    # "Proprietary" by its metadata: Microsoft's files, unchanged, which its terms let a program bring along.
    "msvc-runtime": "Microsoft Visual C++ runtime, redistributable",
    "pywin32-ctypes": "BSD-3-Clause",
}


def main() -> int:
    """Check all licences, then write or compare the table; return an exit code."""
    parser = argparse.ArgumentParser(description="Write the table of third-party packages in NOTICE.")
    parser.add_argument("--check", action="store_true", help="change nothing, only compare")
    options = parser.parse_args()
    refused = refused_packages()
    for line in refused:
        print(line)
    notice = PROJECT / "NOTICE"
    written = notice.read_text(encoding="utf-8")
    wanted = written.partition(TABLE_HEAD)[0] + table()
    if not options.check:
        notice.write_text(wanted, encoding="utf-8", newline="\n")
        return 1 if refused else 0
    is_current = _packages_and_versions(wanted) == _packages_and_versions(written)
    if not is_current:
        print("NOTICE is out of date: run installer/notices.py")
    return 0 if is_current and not refused else 1


def refused_packages() -> list[str]:
    """Return a line for every locked package whose licence is not allowed or not known."""
    names = locked("lock.txt").keys() | locked("lock-dev.txt").keys() | locked("lock-build.txt").keys()
    licences = {name: licence_of(name) for name in sorted(names)}
    return [
        f"{name}: licence {text!r} is not allowed" for name, text in licences.items() if not is_allowed(text)
    ]


def table() -> str:
    """Return the last part of NOTICE: every package of the product's lock with its versions and licence."""
    lines = [TABLE_HEAD, "", "| package | version | licence |", "|---|---|---|"]
    lines += [
        f"| {name} | {', '.join(found)} | {licence_of(name)} |" for name, found in locked("lock.txt").items()
    ]
    return "\n".join(lines) + "\n"


def _packages_and_versions(notice: str) -> list[str]:
    """Return the table's rows without the licences, whose wording differs between versions for different Pythons."""
    return [row.rpartition(" | ")[0] for row in notice.partition(TABLE_HEAD)[2].splitlines()]


def locked(lock: str) -> dict[str, list[str]]:
    """Return package -> versions of a lock file (several where systems differ)."""
    found: dict[str, list[str]] = {}
    for name, version in PINNED.findall((PROJECT / "installer" / lock).read_text(encoding="utf-8")):
        found.setdefault(name, []).append(version)
    return found


def licence_of(name: str) -> str:
    """Return a package's licence as an SPDX expression where it can be told, else what it says, else ''."""
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    try:
        facts: Message = importlib.metadata.metadata(name)  # type: ignore[assignment]  # a Message, by its documentation
    except importlib.metadata.PackageNotFoundError:
        return ""
    return licence_stated(facts)


def licence_stated(facts: Message) -> str:
    """Return the licence that a package's metadata states, in the form of licence_of."""
    classes = [
        text.split(" :: ")[-1] for text in facts.get_all("Classifier") or [] if text.startswith("License")
    ]
    stated = (facts.get("License") or "").partition("\n")[0].strip()
    first = next(iter([text for text in (facts.get("License-Expression"), stated, *classes) if text]), "")
    return SAME_AS.get(first, first)


def is_allowed(expression: str) -> bool:
    """Tell whether a licence expression lets us ship: one side of each OR, all sides of each AND."""
    return any(
        all(ALLOWED.fullmatch(part.strip(" ()")) for part in side.split(" AND "))
        for side in expression.split(" OR ")
    )


if __name__ == "__main__":
    sys.exit(main())

"""The lock files agree with each other and with pyproject.toml, and tell nothing about the machine they came from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ["lock.txt", "lock-dev.txt", "lock-build.txt"]


def test_tests_lock_holds_all_of_the_products_lock() -> None:
    assert _blocks("lock.txt").items() <= _blocks("lock-dev.txt").items()


@pytest.mark.parametrize(("lock", "group"), [("lock.txt", "product"), ("lock-dev.txt", "dev")])
def test_lock_meets_every_requirement_of_the_project(lock: str, group: str) -> None:
    facts = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    texts = facts["project"]["dependencies"] if group == "product" else facts["dependency-groups"]["dev"]
    pins = [Requirement(head) for head in _blocks(lock)]

    for wanted in map(Requirement, texts):
        fitting = [pin for pin in pins if canonicalize_name(pin.name) == canonicalize_name(wanted.name)]
        assert fitting, f"{wanted.name} is in no lock: run installer/lock.py"
        for pin in fitting:
            version = next(iter(pin.specifier)).version
            assert wanted.specifier.contains(version), (
                f"{wanted} is locked as {version}: run installer/lock.py"
            )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_line_names_a_place(lock: str) -> None:
    blocks = _blocks(lock)

    assert blocks
    assert all(hashes for hashes in blocks.values())
    text = (PROJECT / "installer" / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|\.org|\.com", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_markers_hold_for_a_release_candidate_too(lock: str) -> None:
    # Ubuntu 22.04 has Python 3.11.0rc1: its pip finds python_full_version neither below 3.12 nor above.
    assert not [head for head in _blocks(lock) if "python_full_version" in head]


def _blocks(lock: str) -> dict[str, tuple[str, ...]]:
    """Return requirement line -> its hashes."""
    text = (PROJECT / "installer" / lock).read_text(encoding="utf-8").replace("\\\n", "")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            head, *hashes = line.split("--hash=")
            found[head.strip()] = tuple(part.strip() for part in hashes)
    return found

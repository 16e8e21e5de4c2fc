"""For every test: examples may take their time on a slow PC, and Ctrl C means what it means in a terminal."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, settings

from ocr.cpp_runtime import find_cpp_runtime

find_cpp_runtime()  # some tests load zxing-cpp before the program does

# An old PC under load needs a second for what takes a millisecond here; that is no fault of the code under test.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Started with `nohup`, or with `&` in a script, tests inherit an ignored SIGINT, and so do the programs they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)  # after they were shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the few tests that take minutes, so that no worker starts one when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("begin_with") is None)

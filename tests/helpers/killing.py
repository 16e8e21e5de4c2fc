"""Run a piece of our program in a real process and kill it at a random moment of its work."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a script that prints "ready" once it has imported all and "done" when its work is over."""
    child = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    assert first == "ready\n", first + (child.stderr.read() if child.stderr else "")
    return child


def time_of_a_whole_run(script: str, *arguments: str) -> float:
    """Let the script do its work once and return how many seconds it took after "ready"."""
    child = start(script, *arguments)
    began = time.monotonic()
    out, err = child.communicate(timeout=120)
    assert out == "done\n", err
    return time.monotonic() - began


def kill_during(script: str, *arguments: str, within_s: float, chance: random.Random) -> bool:
    """Start the script and kill it (SIGKILL) at a random moment; tell whether it was still at work."""
    child = start(script, *arguments)
    # The moment is the point of the test: this is no wait for something to happen.
    time.sleep(chance.uniform(0.0, within_s))
    was_working = child.poll() is None
    child.kill()
    child.communicate(timeout=60)
    return was_working

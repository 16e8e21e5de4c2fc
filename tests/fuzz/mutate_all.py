"""Mutate every seed of a format with a fixed seed of chance; the child process of test_mutations.

Usage: python tests/fuzz/mutate_all.py KIND RUNS DIRECTORY
Prints how often each outcome came; the bytes of a run that ends this process stay in DIRECTORY/offered.
"""

from __future__ import annotations

import faulthandler
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.jobs.worker_process import MOST_BYTES, begin
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import take

NUMBERS = [
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x00\x01",
    b"\xff\xd8",
    b"-1",
    b"0",
]


def main() -> None:
    """Run the mutations and tell what came of them."""
    kind, runs, directory = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    faulthandler.enable()
    begin(MOST_BYTES)
    chance, sound = random.Random(kind), seeds(kind)
    outcomes: Counter[str] = Counter()
    slowest_s = 0.0
    for number in range(runs):
        start = time.process_time()
        outcomes[take(mutated(sound[number % len(sound)], sound, chance), directory)] += 1
        slowest_s = max(slowest_s, time.process_time() - start)
    print(json.dumps({"outcomes": outcomes, "slowest_s": slowest_s}))


def mutated(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Harm a file in one to four places, more often in its head, where sizes and tables are."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(max(1, min(len(changed), chance.choice([64, 512, 100_000]))))
        match chance.randrange(6):
            case 0:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                some = chance.choice(NUMBERS)
                changed[place : place + len(some)] = some
            case 2:
                del changed[place : place + chance.randint(1, 40)]
            case 3:
                del changed[max(16, len(changed) - place) :]
            case 4:
                changed[place:place] = changed[place : place + chance.randint(1, 200)]
            case _:
                other = chance.choice(others)
                start = chance.randrange(len(other))
                changed[place:place] = other[start : start + chance.randint(1, 60)]
    return bytes(changed)


if __name__ == "__main__":
    main()

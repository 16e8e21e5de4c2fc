"""Spoils text as the engine was measured to do (noise.json), and gives its words the confidences it gives.

Characters that were seen too seldom for a rate of their own borrow from the look-alikes of their script, so that a
digit that was read rightly forty times in forty is not taken to be read rightly for ever.
"""

from __future__ import annotations

import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

from ocr.types import Box, Word
from tests.benchmarks.linking_simulator.measure_noise import gap_of, script_of

NOISE_FILE = Path(__file__).with_name("noise.json")
CHAR_PX, GAP_PX, LINE_PX, LETTER_PX = 20, 20, 60, 40
MOST_SPOILT = 0.5

# Look-alikes of the offices' scripts, each counted as if seen once in so many readings.
_BORROWED = 0.003
_LOOKALIKES = {
    "0": "OoDQ86", "1": "Il|7", "2": "Z7", "3": "8", "4": "9A", "5": "S6", "6": "Gb58", "7": "1T", "8": "B3", "9": "4g",
    "/": "1lI|", "-": ".~",
    "០": "o0", "១": "9", "២": "៤", "៣": "៧", "៤": "៥២", "៥": "៤", "៦": "៩", "៧": "៣", "៨": "៤", "៩": "៦",
    "໐": "oອ", "໑": "໐", "໒": "ຣ", "໓": "ຕ", "໙": "ສ",
    "๐": "o°", "๑": "๐", "๒": "๖", "๓": "๗ต", "๔": "๕", "๕": "๔", "๖": "๒", "๗": "๓", "๘": "๙", "๙": "๘",
}  # fmt: skip


class Noise:
    """The measured engine. level: 1 for pages as measured, more for worse copies."""

    def __init__(self, path: Path = NOISE_FILE) -> None:
        self.measured: dict[str, Any] = json.loads(path.read_text("utf-8"))
        quantiles = self.measured["page_error_quantiles"]
        self._page_rates = {name: tuple(rates) for name, rates in quantiles.items()}
        self._mean_rate = {name: sum(rates) / len(rates) for name, rates in quantiles.items()}
        lines, lost = self.measured["lines"], self.measured["lines_lost"]
        self._lost = {name: lost.get(name, 0) / max(1, count) for name, count in lines.items()}

    def page(self, rng: random.Random, level: float = 1.0) -> PageNoise:
        """One page: how badly it fares is drawn from how badly pages fared."""
        at = rng.random()
        severity = {
            name: level * _at_quantile(rates, at) / max(self._mean_rate[name], 1e-6)
            for name, rates in self._page_rates.items()
        }
        return PageNoise(self, severity, level, rng)

    @lru_cache(maxsize=4096)  # noqa: B019 - one object per run
    def fate(self, char: str) -> tuple[float, tuple[str, ...], tuple[float, ...]]:
        """How often a character is not read as itself, what it becomes then, and the weights of that."""
        seen = self.measured["seen"].get(char, 0)
        became = dict(self.measured["became"].get(char, {}))
        for other in _LOOKALIKES.get(char, ""):
            became[other] = became.get(other, 0) + _BORROWED * max(seen, 400) / len(_LOOKALIKES[char])
        total = sum(became.values())
        rate = total / max(seen, 400)
        return min(rate, MOST_SPOILT), tuple(became), tuple(became.values())

    def lost(self, script: str) -> float:
        """Share of lines of a script that were not read at all."""
        return self._lost.get(script, 0.02)

    @lru_cache(maxsize=64)  # noqa: B019 - one object per run
    def added(self, gap: str) -> tuple[float, tuple[str, ...], tuple[float, ...]]:
        """How often something is added between such characters, what, and the weights of that."""
        found = self.measured["added"].get(gap, {})
        rate = sum(found.values()) / max(200, self.measured["gaps"].get(gap, 0))
        return min(rate, MOST_SPOILT), tuple(found), tuple(found.values())


class PageNoise:
    """What happens to the lines of one page."""

    def __init__(self, noise: Noise, severity: dict[str, float], level: float, rng: random.Random) -> None:
        self._noise, self._severity, self._level, self._rng = noise, severity, level, rng

    def line(self, text: str) -> str:
        """A line as recognition gives it; "" when it is lost."""
        script = script_of(text)
        rng, noise = self._rng, self._noise
        if rng.random() < min(MOST_SPOILT, noise.lost(script) * self._level):
            return ""
        severity = self._severity[script]
        if severity <= 0.0:
            return text
        out: list[str] = []
        for at, char in enumerate(text):
            rate, others, weights = noise.fate(char)
            if rate and rng.random() < min(MOST_SPOILT, rate * severity):
                out.append(rng.choices(others, weights)[0])
            else:
                out.append(char)
            if at + 1 == len(text):
                break
            rate, others, weights = noise.added(gap_of(text, at + 1))
            if rate and rng.random() < min(MOST_SPOILT, rate * severity):
                out.append(rng.choices(others, weights)[0])
        return "".join(out)

    def confidence(self, printed: str, read: str) -> float:
        """The confidence of a word that was printed so and read so."""
        kind = "right" if printed == read else "wrong"
        return _at_quantile(self._noise.measured["confidence_quantiles"][kind], self._rng.random())


def words_of(line: str, printed: str, noise: PageNoise, left_px: int, row: int, number: int) -> list[Word]:
    """A read line as words with boxes, 20 px a character, rows 60 px apart."""
    there = set(printed.split())
    words: list[Word] = []
    parts = line.split()
    for index, part in enumerate(parts):
        box = Box(left_px, 100 + row * LINE_PX, len(part) * CHAR_PX, LETTER_PX)
        confidence = noise.confidence(part if part in there else "", part)
        words.append(Word(part, box, confidence, number, index + 1 < len(parts)))
        left_px += len(part) * CHAR_PX + GAP_PX
    return words


def _at_quantile(ordered: tuple[float, ...] | list[float], at: float) -> float:
    place = at * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

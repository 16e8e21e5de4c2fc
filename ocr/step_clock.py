"""How long each step of a page took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class StepClock:
    """Milliseconds per step, in the order they were first taken."""

    elapsed: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the body of a with statement; a step taken twice adds up."""
        start = time.perf_counter()
        yield
        self.elapsed[name] = self.elapsed.get(name, 0.0) + (time.perf_counter() - start) * 1000

    @property
    def steps(self) -> tuple[tuple[str, float], ...]:
        """Names and rounded times."""
        return tuple((name, round(elapsed_ms, 1)) for name, elapsed_ms in self.elapsed.items())

"""How probable each number of a dossier is: one model over all signals.

A conditional logit: every candidate's signals add up to its log-odds, "none of them" has 0, and the probabilities are
the shares of all. So a strong rival takes from a number what it gains itself, and a dossier whose candidates are all
weak says so. The weights come from simulated dossiers (linking_weights); calibrated means calibrated on those.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.linking_model import RankedNumber, Signal
from app.domain.linking_signals import Scene, signals_of
from app.domain.linking_weights import WEIGHTS

MOST_ODDS = 40.0


def with_probabilities(candidates: Sequence[RankedNumber], scene: Scene) -> tuple[RankedNumber, ...]:
    """Give every candidate its probability and the signals it rests on, the weightiest first."""
    signals = signals_of(candidates, scene)
    return tuple(
        replace(each, probability=round(probability, 6), signals=_weighed(found))
        for each, probability, found in zip(candidates, shares(signals), signals, strict=True)
    )


def shares(signals: Sequence[Mapping[str, float]], weights: Mapping[str, float] = WEIGHTS) -> list[float]:
    """The probability of each candidate; what is missing to 1 is that of none."""
    odds = [
        max(-MOST_ODDS, min(MOST_ODDS, sum(weights.get(name, 0.0) * value for name, value in found.items())))
        for found in signals
    ]
    top = max((0.0, *odds))
    parts = [math.exp(each - top) for each in odds]
    total = math.exp(-top) + sum(parts)
    return [part / total for part in parts]


def _weighed(found: Mapping[str, float]) -> tuple[Signal, ...]:
    weighed = (
        Signal(name, round(value, 3), round(WEIGHTS.get(name, 0.0) * value, 3))
        for name, value in found.items()
    )
    return tuple(sorted(weighed, key=lambda each: (-abs(each.weight), each.code)))

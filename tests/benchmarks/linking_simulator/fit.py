"""Fit the weights of app/domain/linking_weights.py on simulated dossiers, and write them.

`python -m tests.benchmarks.linking_simulator.fit --dossiers 6000 --seed 11`. Maximum likelihood of a conditional logit
with the option "none of them" (Newton's method), a little ridge so that signals that hardly occur stay small. Nothing
of the seed that the figures are taken from is seen here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from app.domain.linking import decide_link
from app.domain.linking_signals import AGAINST, FOR, REGISTER_SAYS, SIGNALS
from app.domain.linking_weights import LINKED_FROM
from tests.benchmarks.linking_simulator.simulate import Simulated, stored

RIDGE = 1.0
ROUNDS = 40
TODAY = date(2026, 11, 28)
TARGET = Path(__file__).parents[3] / "app" / "domain" / "linking_weights.py"

Table = list[tuple[np.ndarray, int]]


def table_of(dossiers: Iterable[Simulated]) -> Table:
    """Per dossier the signals of its candidates, and which of them is true (-1: none)."""
    table: Table = []
    for each in dossiers:
        decision = decide_link(each.evidence, office=each.office, register=each.register, today=TODAY, surroundings=each.surroundings)  # fmt: skip
        if not decision.candidates:
            continue
        rows = np.zeros((len(decision.candidates), len(SIGNALS)))
        true = -1
        for at, candidate in enumerate(decision.candidates):
            for signal in candidate.signals:
                rows[at, SIGNALS.index(signal.code)] = signal.value
            if candidate.canonical == each.folder.truth:
                true = at
        table.append((rows, true))
    return table


def fit(table: Table) -> np.ndarray:
    """The most likely weights under which no signal speaks for what it can only speak against."""
    left_out: frozenset[int] = frozenset()
    while True:
        weights = _centred(_most_likely(table, left_out))
        wrong = {
            at
            for at, name in enumerate(SIGNALS)
            if (weights[at] < 0 and name in FOR) or (weights[at] > 0 and name in AGAINST)
        }
        if not wrong - left_out:
            return weights
        left_out |= wrong


def _centred(weights: np.ndarray) -> np.ndarray:
    """Move what all answers of the register have in common to the basis: no probability changes."""
    says = [SIGNALS.index(name) for name in REGISTER_SAYS]
    middle = (weights[says].max() + weights[says].min()) / 2
    moved = weights.copy()
    moved[says] -= middle
    moved[SIGNALS.index("basis")] += middle
    return moved


def _most_likely(table: Table, left_out: frozenset[int], *, ridge: float = RIDGE) -> np.ndarray:
    weights = np.zeros(len(SIGNALS))
    kept = np.array([at not in left_out for at in range(len(SIGNALS))], dtype=float)
    for _ in range(ROUNDS):
        gradient, curvature = -ridge * weights, ridge * np.eye(len(SIGNALS))
        for all_rows, true in table:
            rows = all_rows * kept
            shares = shares_of(rows @ weights)
            gradient += (rows[true] if true >= 0 else 0.0) - shares @ rows
            mean = shares @ rows
            curvature += rows.T @ (rows * shares[:, None]) - np.outer(mean, mean)
        step = np.linalg.solve(curvature, gradient)
        weights += step * min(1.0, 4.0 / max(1e-9, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-4:
            break
    return weights


def shares_of(odds: np.ndarray) -> np.ndarray:
    """Probabilities of the candidates beside that of none."""
    top = max(0.0, float(odds.max()))
    parts = np.exp(odds - top)
    return parts / (parts.sum() + np.exp(-top))


def likelihood(table: Table, weights: np.ndarray) -> float:
    """Mean log-likelihood of the truth."""
    total = 0.0
    for rows, true in table:
        shares = shares_of(rows @ weights)
        total += float(np.log(max(1e-12, shares[true] if true >= 0 else 1.0 - shares.sum())))
    return total / len(table)


def write(weights: np.ndarray, counts: np.ndarray, dossiers: int, seed: int) -> None:
    """Write the module the program reads."""
    lines = [
        '"""Weights of the signals for a number (linking_signals), in log-odds against "none of these numbers".',
        "",
        "Made by `python -m tests.benchmarks.linking_simulator.fit`; not to be changed by hand.",
        f"Fitted on {dossiers} simulated dossiers of seed {seed}; tests/benchmarks/README.md has the figures.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Mapping",
        "from types import MappingProxyType",
        "",
        "WEIGHTS: Mapping[str, float] = MappingProxyType(",
        "    {",
        *(f'        "{name}": {weights[at]:.3f},' for at, name in enumerate(SIGNALS) if counts[at]),
        "    }",
        ")",
        "",
        f"LINKED_FROM = {LINKED_FROM}",
        '"""How probable a number must be to be linked without a person, where an office says nothing: see judge.py."""',
        "",
    ]
    TARGET.write_text("\n".join(lines), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--keep", type=Path, help="directory for dossiers made once and used again")
    options = parser.parse_args()
    table = table_of(stored(options.seed, options.dossiers, options.keep))
    weights = fit(table)
    counts = sum((rows != 0).sum(axis=0) for rows, _ in table)
    for at, name in enumerate(SIGNALS):
        print(f"{name:18}{weights[at]:8.3f}{counts[at]:8d}")
    print(f"{len(table)} dossiers with candidates, log-likelihood {likelihood(table, weights):.4f} each")
    write(weights, counts, options.dossiers, options.seed)


if __name__ == "__main__":
    main()

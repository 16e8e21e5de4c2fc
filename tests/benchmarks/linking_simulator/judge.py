"""Let the program decide simulated dossiers it was not fitted on, and say what came of it.

`python -m tests.benchmarks.linking_simulator.judge --dossiers 10000 --seed 12 --to figures.json`: wrong automatic links
by kind, the share of legible, registered dossiers that were linked, what kept the others back, how often numbers of a
given probability are right, and what other thresholds would have done. Exit code 1 when a link was wrong that
something could have told.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from app.domain.linking import LinkDecision, decide_link
from app.domain.states import LinkState
from tests.benchmarks.linking_simulator.simulate import Simulated, stored

TODAY = date(2026, 11, 28)
EDGES = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0001)
THRESHOLDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998)
KEPT_BACK = frozenset(("probability_low",))


@dataclass
class Tally:
    """What came of the dossiers."""

    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    kept_back: Counter[str] = field(default_factory=Counter)
    bins: list[list[float]] = field(default_factory=lambda: [[0, 0.0, 0] for _ in EDGES[1:]])
    proofs: list[tuple[float, bool, bool, bool]] = field(
        default_factory=list
    )  # probability, right, blind, wanted
    wanted: int = 0
    linked: int = 0
    dossiers: int = 0
    carried_along: int = 0
    best_right: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, each: Simulated) -> None:
        began = perf_counter()
        decision = decide_link(each.evidence, office=each.office, register=each.register, today=TODAY, surroundings=each.surroundings)  # fmt: skip
        self.seconds += perf_counter() - began
        self.dossiers += 1
        self._reliability(decision, each)
        self._first_choice(decision, each)
        self._outcome(decision, each)

    def _outcome(self, decision: LinkDecision, each: Simulated) -> None:
        number = None if decision.number is None else decision.number.canonical
        is_right = number is not None and number == each.folder.truth
        reasons = [reason.code for reason in decision.reasons]
        vetoed = decision.link is not LinkState.PROVEN and set(reasons) != KEPT_BACK
        is_bound = number in each.surroundings.bound
        is_wanted = (
            each.folder.is_provable and each.is_legible and each.is_registered and each.register is not None
        )
        # A row that is wrong itself, and a number another dossier has already, are for a person.
        is_wanted = is_wanted and each.row_is_right and each.folder.truth not in each.surroundings.bound
        self.wanted += is_wanted
        if not vetoed and not is_bound:
            probability = next(c.probability for c in decision.candidates if c.canonical == number)
            self.proofs.append((probability, is_right, each.folder.is_blind, is_wanted))
        linked = decision.link is LinkState.PROVEN and not is_bound
        outcome = (
            "left" if not linked else "right" if is_right else "blind" if each.folder.is_blind else "WRONG"
        )
        self.kinds.setdefault(each.folder.kind, Counter())[outcome] += 1
        if (
            linked
            and is_right
            and each.folder.kind in ("misfiled", "tail_of_another", "others_act", "acts_of_another")
        ):
            self.carried_along += 1
        if linked and not is_right:
            self.wrong.append({"kind": each.folder.kind, "office": each.office.code, "truth": each.folder.truth, "number": number, "blind": each.folder.is_blind, "register": each.register is not None})  # fmt: skip
        if is_wanted and linked and is_right:
            self.linked += 1
        elif is_wanted:
            self.kept_back["bound" if decision.link is LinkState.PROVEN else "+".join(reasons)] += 1

    def _reliability(self, decision: LinkDecision, each: Simulated) -> None:
        for candidate in decision.candidates:
            at = next(at for at, edge in enumerate(EDGES[1:]) if candidate.probability < edge)
            self.bins[at][0] += 1
            self.bins[at][1] += candidate.probability
            self.bins[at][2] += candidate.canonical == each.folder.truth

    def _first_choice(self, decision: LinkDecision, each: Simulated) -> None:
        if each.folder.truth is None or not decision.candidates:
            return
        self.best_right["dossiers"] += 1
        likeliest = max(decision.candidates, key=lambda candidate: candidate.probability)
        self.best_right["likeliest"] += likeliest.canonical == each.folder.truth
        self.best_right["first"] += decision.candidates[0].canonical == each.folder.truth

    def document(self, seed: int) -> dict[str, Any]:
        """Everything as one document."""
        return {
            "seed": seed,
            "dossiers": self.dossiers,
            "legible_registered": self.wanted,
            "linked": self.linked,
            "linked_share": round(self.linked / max(1, self.wanted), 4),
            "wrong": [each for each in self.wrong if not each["blind"]],
            "wrong_blind": [each for each in self.wrong if each["blind"]],
            "carried_along": self.carried_along,
            "milliseconds_each": round(1000 * self.seconds / max(1, self.dossiers), 2),
            "first_choice": dict(self.best_right),
            "kinds": {kind: dict(counts) for kind, counts in sorted(self.kinds.items())},
            "kept_back": dict(self.kept_back.most_common()),
            "reliability": [
                {
                    "from": low,
                    "numbers": int(count),
                    "predicted": round(total / count, 4),
                    "observed": round(hits / count, 4),
                }
                for low, (count, total, hits) in zip(EDGES, self.bins, strict=False)
                if count
            ],
            "thresholds": [self._threshold(each) for each in THRESHOLDS],
        }

    def _threshold(self, least: float) -> dict[str, float]:
        linked = [proof for proof in self.proofs if proof[0] >= least]
        return {
            "threshold": least,
            "wrong": sum(not right and not blind for _, right, blind, _ in linked),
            "wrong_blind": sum(not right and blind for _, right, blind, _ in linked),
            "linked_share": round(
                sum(right and wanted for _, right, _, wanted in linked) / max(1, self.wanted), 4
            ),
        }


def judge(dossiers: Iterable[Simulated]) -> Tally:
    """Decide every dossier."""
    tally = Tally()
    for each in dossiers:
        tally.add(each)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="directory for dossiers made once and used again")
    parser.add_argument("--to", type=Path, help="figures as JSON, for plot.py")
    options = parser.parse_args()
    document = judge(stored(options.seed, options.dossiers, options.keep)).document(options.seed)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    print(text)
    if options.to is not None:
        options.to.write_text(text + "\n", "utf-8")
    return 1 if document["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())

"""Weights of the signals for a number (linking_signals), in log-odds against "none of these numbers".

Made by `python -m tests.benchmarks.linking_simulator.fit`; not to be changed by hand.
Fitted on 1894 simulated dossiers of seed 11; tests/benchmarks/README.md has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "cover_code": 0.000,
        "on_cover": 0.579,
        "under_code": 0.029,
        "on_form": 0.327,
        "stamped": 0.577,
        "captioned": 0.589,
        "in_header": 0.342,
        "as_subject": 0.700,
        "on_receipt": 1.742,
        "in_list": 1.068,
        "cited": -0.056,
        "priority": -0.085,
        "of_others": -0.114,
        "basis": -2.285,
        "suggested": 0.000,
        "faint": 0.000,
        "doubted": -0.554,
        "edits": -1.011,
        "padding": 0.000,
        "check_passes": 0.000,
        "check_fails": -0.841,
        "share": 2.193,
        "near_reading": 0.000,
        "no_register": 1.414,
        "not_in_register": -0.043,
        "title_here": -0.852,
        "title_elsewhere": 0.926,
        "title_absent": -1.414,
        "no_title": -0.360,
        "applicant": 1.655,
        "filing_date": 0.128,
        "date_differs": 0.000,
        "year_differs": -0.279,
        "neighbour_fits": -1.453,
        "run": 0.699,
        "off_run": -1.680,
        "bound": -2.795,
    }
)

LINKED_FROM = 0.5
"""How probable a number must be to be linked without a person, where an office says nothing: see judge.py."""

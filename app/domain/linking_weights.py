"""Weights of the signals for a number (linking_signals), in log-odds against "none of these numbers".

Made by `python -m tests.benchmarks.linking_simulator.fit`; not to be changed by hand.
Fitted on 3000 simulated dossiers of seed 11; tests/benchmarks/README.md has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "cover_code": 0.549,
        "on_cover": 0.305,
        "under_code": 0.773,
        "on_form": 0.900,
        "stamped": 0.689,
        "captioned": 0.898,
        "in_header": 0.865,
        "as_subject": 0.194,
        "on_receipt": 2.034,
        "in_list": 0.000,
        "cited": 0.000,
        "priority": -0.279,
        "of_others": -0.301,
        "basis": -1.802,
        "suggested": 0.000,
        "faint": -1.041,
        "doubted": -0.494,
        "edits": -0.803,
        "padding": 0.000,
        "check_passes": 0.413,
        "check_fails": -0.084,
        "share": 1.783,
        "near_reading": 0.000,
        "no_register": 0.527,
        "not_in_register": -0.595,
        "title_here": -0.833,
        "title_elsewhere": 1.576,
        "title_absent": -1.576,
        "no_title": -0.241,
        "applicant": 0.994,
        "filing_date": 0.878,
        "other_title": -3.628,
        "other_applicant": -1.810,
        "date_differs": -0.205,
        "year_differs": 0.000,
        "neighbour_fits": -1.553,
        "run": 1.362,
        "off_run": -1.234,
        "bound": -2.703,
    }
)

LINKED_FROM = 0.6
"""How probable a number must be to be linked without a person, where an office says nothing: see judge.py."""

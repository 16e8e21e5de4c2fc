"""Weights of the signals for a number (linking_signals), in log-odds against "none of these numbers".

Made by `python -m tests.benchmarks.linking_simulator.fit`; not to be changed by hand.
Fitted on 3321 simulated dossiers of seed 11; tests/benchmarks/README.md has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "cover_code": 0.000,
        "on_cover": 1.117,
        "under_code": 0.073,
        "on_form": 0.197,
        "stamped": 0.529,
        "captioned": 1.084,
        "in_header": 0.837,
        "as_subject": 0.121,
        "on_receipt": 2.002,
        "in_list": 1.330,
        "cited": -0.074,
        "priority": -0.186,
        "of_others": 0.000,
        "basis": -2.533,
        "suggested": 0.000,
        "faint": -0.567,
        "doubted": -0.563,
        "edits": -0.792,
        "padding": 0.000,
        "check_passes": 0.290,
        "check_fails": -0.324,
        "share": 2.014,
        "near_reading": 0.000,
        "no_register": 0.909,
        "not_in_register": -0.631,
        "title_here": -0.816,
        "title_elsewhere": 1.083,
        "title_absent": -1.083,
        "no_title": -0.205,
        "applicant": 1.411,
        "filing_date": 0.585,
        "other_title": -2.435,
        "other_applicant": -0.920,
        "date_differs": -0.375,
        "year_differs": -0.687,
        "neighbour_fits": -1.779,
        "run": 1.183,
        "off_run": -1.035,
        "bound": -2.305,
    }
)

LINKED_FROM = 0.5
"""How probable a number must be to be linked without a person, where an office says nothing: see judge.py."""

"""Weights of the signals for a number (linking_signals), in log-odds against "none of these numbers".

Made by `python -m tests.benchmarks.linking_simulator.fit`; not to be changed by hand.
Fitted on 3000 simulated dossiers of seed 11; tests/benchmarks/README.md has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "cover_code": 0.604,
        "on_cover": 0.220,
        "under_code": 0.665,
        "on_form": 0.821,
        "stamped": 0.611,
        "captioned": 0.830,
        "in_header": 0.885,
        "as_subject": 0.109,
        "on_receipt": 2.054,
        "in_list": 0.000,
        "cited": 0.000,
        "priority": -0.266,
        "of_others": -0.349,
        "basis": -1.784,
        "suggested": 0.000,
        "faint": -0.868,
        "doubted": -0.473,
        "edits": -0.801,
        "padding": 0.000,
        "check_passes": 0.316,
        "check_fails": -0.076,
        "share": 1.986,
        "near_reading": 0.000,
        "no_register": 0.423,
        "not_in_register": -0.733,
        "title_here": -0.679,
        "title_elsewhere": 1.516,
        "title_absent": -1.516,
        "no_title": -0.264,
        "applicant": 0.888,
        "filing_date": 0.871,
        "other_title": -3.204,
        "other_applicant": -1.580,
        "date_differs": -0.266,
        "year_differs": 0.000,
        "neighbour_fits": -1.419,
        "run": 1.361,
        "off_run": -1.167,
        "bound": -2.739,
    }
)

LINKED_FROM = 0.5
"""How probable a number must be to be linked without a person, where an office says nothing: see judge.py."""

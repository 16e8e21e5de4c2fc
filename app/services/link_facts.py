"""How a decision on a folder's number is stored with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.domain.linking import Reason
from app.domain.linking_model import Occurrence, RankedNumber, Signal

LEAST_TOLD = 0.1
"""Weight, in log-odds, from which on a signal is kept with a candidate: it moves no probability by 3 in 100."""


def reason_facts(reason: Reason) -> dict[str, Any]:
    """A reason as it is stored."""
    return {"code": reason.code, "facts": dict(reason.facts)}


def candidate_facts(ranked: RankedNumber, page_ids: Mapping[int, int]) -> dict[str, Any]:
    """A number as it is stored with its folder, with the places and signals that tell."""
    best = max(ranked.occurrences, key=lambda each: each.confidence, default=None)
    return {
        "application_number": ranked.canonical,
        "confidence": round(ranked.probability, 4),
        "format_id": ranked.number.format_id,
        "right": ranked.number.right,
        "role": "suggestion" if best is None else best.role.value,
        "in_register": ranked.in_register,
        "sightings": [_sighting_facts(each, page_ids) for each in ranked.occurrences],
        "signals": [_signal_facts(each) for each in ranked.signals if abs(each.weight) >= LEAST_TOLD],
    }


def _signal_facts(signal: Signal) -> dict[str, Any]:
    return {"code": signal.code, "value": signal.value, "weight": signal.weight}


def _sighting_facts(place: Occurrence, page_ids: Mapping[int, int]) -> dict[str, Any]:
    return {
        "page_id": page_ids[place.page],
        "page_number": place.page,
        "box": asdict(place.box),
        "raw": place.raw,
        "role": place.role.value,
        "label": place.label,
        "confidence": place.confidence,
        "edits": [asdict(edit) for edit in place.edits],
    }

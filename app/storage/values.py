"""Values of the page engine as JSON columns hold them, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from ocr.types import (
    Barcode,
    Box,
    Edit,
    NumberCandidate,
    NumberRole,
    PageBox,
    PageEdits,
    QualityReason,
    Spread,
)


def dump(values: Sequence[Any]) -> list[dict[str, Any]]:
    """Frozen dataclasses as JSON objects."""
    return [asdict(value) for value in values]


def load_candidates(stored: Sequence[Mapping[str, Any]]) -> tuple[NumberCandidate, ...]:
    """Candidates written by dump."""
    return tuple(
        NumberCandidate(
            **{
                **each,
                "role": NumberRole(each["role"]),
                "box": Box(**each["box"]),
                "edits": tuple(Edit(**edit) for edit in each["edits"]),
                "above": None if each.get("above") is None else tuple(each["above"]),
            }
        )
        for each in stored
    )


def load_barcodes(stored: Sequence[Mapping[str, Any]]) -> tuple[Barcode, ...]:
    """Barcodes written by dump."""
    return tuple(Barcode(**{**each, "box": Box(**each["box"])}) for each in stored)


def load_quality(stored: Sequence[Mapping[str, Any]]) -> tuple[QualityReason, ...]:
    """Quality reasons written by dump."""
    return tuple(QualityReason(**each) for each in stored)


def dump_edits(edits: PageEdits) -> dict[str, Any]:
    """A person's edits; what was left to the engine is left out."""
    return {name: value for name, value in asdict(edits).items() if value is not None}


def load_edits(stored: Mapping[str, Any]) -> PageEdits:
    """Edits written by dump_edits."""
    languages, box = stored.get("languages"), stored.get("box")
    return PageEdits(
        **{
            **stored,
            "languages": None if languages is None else tuple(languages),
            "box": None if box is None else Box(**box),
        }
    )


def dump_one(value: PageBox | Spread | None) -> dict[str, Any] | None:
    """A frozen dataclass as a JSON object, or nothing."""
    return None if value is None else asdict(value)


def load_page_box(stored: Mapping[str, Any] | None) -> PageBox | None:
    """A sheet's box written by dump_one."""
    return None if stored is None else PageBox(Box(**stored["box"]), stored["confidence"])


def load_spread(stored: Mapping[str, Any] | None) -> Spread | None:
    """A spread written by dump_one."""
    return None if stored is None else Spread(**stored)


def for_engine(edits: PageEdits) -> PageEdits:
    """What of a person's edits concerns the page engine: how bright a page is shown does not."""
    return replace(edits, brightness=None)


def derived_key(
    master_sha256: str, frame: int, edits: PageEdits, languages: Sequence[str], recipe: str
) -> str:
    """Name of all files derived from a page: equal inputs give equal names, so redoing is harmless."""
    told = json.dumps(
        [master_sha256, frame, dump_edits(for_engine(edits)), list(languages), recipe],
        ensure_ascii=True,
        sort_keys=True,
    )
    return hashlib.sha256(told.encode("ascii")).hexdigest()[:40]

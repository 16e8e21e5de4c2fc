"""The way stacks are divided: kept from import to import, and told of the batch that is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.separation import Separation
from ui.preferences import Preferences
from ui.texts import t

if TYPE_CHECKING:
    from app.queries.stacks import StackSummary

NAME = "stack_way"


def kept_way(preferences: Preferences) -> Separation | None:
    """The way chosen last; None for one folder each, or where what was kept cannot be read."""
    told = preferences.text(NAME)
    if not told:
        return None
    try:
        return Separation.from_stored(json.loads(told))
    except (ValueError, TypeError, KeyError):
        return None


def keep_way(preferences: Preferences, separation: Separation | None) -> None:
    """Keep a way. How many folders a stack has is not kept: that is said of each."""
    stored = {} if separation is None else {**separation.to_stored(), "expected_folders": None}
    preferences.keep(NAME, json.dumps(stored) if stored else "")


def stack_words(stacks: Sequence[StackSummary]) -> str:
    """A sentence for each stack of a batch: folders found and expected, separator sheets seen."""
    said = []
    for stack in stacks:
        facts = {
            "name": stack.name,
            "n": len(stack.dossier_ids),
            "expected": stack.expected_folders,
            "separators": sum(stack.separators.values()),
        }
        if stack.is_waiting:
            said.append(t("capture.stack_waits", **facts))
        elif stack.expected_folders is None:
            said.append(t("capture.stack_told", **facts))
        else:
            said.append(t("capture.stack_told_of", **facts))
    return "".join(said)

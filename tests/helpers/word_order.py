"""How much of a page's reading order a text keeps."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise


def neighbours_kept(found: str, expected: str) -> float:
    """Share of the expected neighbouring words that are neighbours in the found text, in 0..1.

    Words that only one of the texts has are left out first, so misread words cost nothing: this is order alone.
    """
    found_words, expected_words = found.split(), expected.split()
    shared = set(found_words) & set(expected_words)
    pairs = Counter(pairwise(word for word in expected_words if word in shared))
    kept = pairs & Counter(pairwise(word for word in found_words if word in shared))
    return kept.total() / pairs.total() if pairs else 1.0

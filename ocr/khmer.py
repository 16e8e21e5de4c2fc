"""Khmer signs in the order they are written and searched, whatever order they were recognised in."""

from __future__ import annotations

import re

CLUSTER = re.compile("[\u1780-\u17b3\u25cc]((?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17dd\u200b-\u200d])+)")
PIECE = re.compile("\u17d2[\u1780-\u17b3]|.", re.DOTALL)

COENG_RO = "\u17d2\u179a"
SPLIT_VOWELS = (("\u17c1\u17b8", "\u17be"), ("\u17c1\u17b6", "\u17c4"))
"""Vowels recognised as their two halves."""


def in_written_order(text: str) -> str:
    """Put the signs of every Khmer syllable into canonical order.

    Order: base, robat, subscripts (subscript ro last), shifter, vowel, other signs (Unicode standard,
    section 16.4, and the common practice of putting the shifter behind the subscripts). Text without
    Khmer comes back unchanged.
    """
    if not any("\u1780" <= character <= "\u17ff" for character in text):
        return text
    return CLUSTER.sub(_reordered, text)


def _reordered(match: re.Match[str]) -> str:
    signs = match.group(1)
    if any(character in signs for character in "\u200b\u200c\u200d"):
        return match.group(0)  # joiners carry meaning where they stand
    pieces = sorted(PIECE.findall(signs), key=_rank)
    joined = "".join(pieces)
    for halves, whole in SPLIT_VOWELS:
        joined = joined.replace(halves, whole)
    return match.group(0)[0] + joined


def _rank(piece: str) -> int:
    if piece == "\u17cc":  # robat
        return 0
    if piece.startswith("\u17d2"):
        return 2 if piece == COENG_RO else 1
    if piece in "\u17c9\u17ca":  # shifters
        return 3
    if "\u17b6" <= piece <= "\u17c5":  # dependent vowels
        return 4
    return 5

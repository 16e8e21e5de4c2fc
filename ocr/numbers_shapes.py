"""Turns number formats into fixed-length slot sequences, so that a misread character can be repaired in place.

A format is a regular expression; repairing needs to know, for each character, whether the format wants a
digit, a letter or a separator there. The small subset of expressions the formats use (literals, classes,
groups, bounded repeats) is expanded into every fixed-length variant. Runs in worker processes.
"""

from __future__ import annotations

import re
from itertools import product

from ocr.types import Edit

Slot = frozenset[str]
Shape = tuple[Slot, ...]

MAX_SHAPES = 300

_DIGITS: Slot = frozenset("0123456789")
# What Latin recognition puts for a digit, case kept: "b" is a 6, "B" an 8.
_FOR_DIGIT = {
    **dict.fromkeys("OoDQ", "0"),
    **dict.fromkeys("Il|!i", "1"),
    **dict.fromkeys("Zz", "2"),
    "A": "4",
    **dict.fromkeys("Ss", "5"),
    **dict.fromkeys("Gb", "6"),
    "T": "7",
    "B": "8",
    **dict.fromkeys("gq", "9"),
}
_FOR_LETTER = {
    "0": "ODQ",
    "1": "IL",
    "2": "Z",
    "4": "A",
    "5": "S",
    "6": "G",
    "7": "T",
    "8": "B",
    "9": "G",
    "O": "QD",
    "Q": "O",
}
_FOR_SLASH = frozenset("1lI|\\!-")
_FOR_DASH = frozenset("._~=/")
_LOOKALIKES = frozenset("ODQILZASGTB|!\\.-_~=/0123456789")


def expand(pattern: str) -> tuple[Shape, ...]:
    """List the fixed-length slot sequences of a format; none for a pattern without an upper length."""
    try:
        shapes, rest = _alternatives(pattern.removeprefix("^").removesuffix("$"), 0)
    except _Unbounded:
        return ()
    if rest != len(pattern.removeprefix("^").removesuffix("$")):
        return ()
    return tuple(dict.fromkeys(shapes))


def fit(shape: Shape, text: str, raw_chars: str, *, max_edits: int) -> tuple[Edit, ...] | None:
    """Repair text slot by slot into shape; None when a character cannot be explained.

    text: normalised, as long as shape; raw_chars: the characters as read, same length.
    """
    edits: list[Edit] = []
    for position, (slot, char) in enumerate(zip(shape, text, strict=True)):
        if char in slot:
            continue
        put = _replacement(slot, char, raw_chars[position])
        if put is None or len(edits) == max_edits:
            return None
        edits.append(Edit(position, raw_chars[position], put))
    return tuple(edits)


def tolerant_pattern(shape: Shape) -> str:
    """Write a cheap expression that every repairable token of this shape matches."""
    parts = [
        "[" + re.escape("".join(sorted(slot | _LOOKALIKES))) + "]"
        if any(char.isascii() for char in slot)
        else "[" + re.escape("".join(sorted(slot))) + "]"
        for slot in shape
    ]
    return _squeeze(parts)


class _Unbounded(Exception):
    """The pattern has no upper length."""


def _replacement(slot: Slot, char: str, raw: str) -> str | None:
    if slot & _DIGITS:
        digit = _FOR_DIGIT.get(raw) or _FOR_DIGIT.get(char)
        if digit in slot:
            return digit
        if raw == "L" and "1" in slot:
            return "1"
    if "/" in slot and (raw in _FOR_SLASH or char in _FOR_SLASH):
        return "/"
    if "-" in slot and raw in _FOR_DASH:
        return "-"
    for letter in _FOR_LETTER.get(char, ""):
        if letter in slot:
            return letter
    return None


def _squeeze(parts: list[str]) -> str:
    """Write runs of the same class as one repeat: shorter patterns compile faster."""
    out: list[str] = []
    count = 0
    for index, part in enumerate(parts):
        count += 1
        if index + 1 == len(parts) or parts[index + 1] != part:
            out.append(part if count == 1 else f"{part}{{{count}}}")
            count = 0
    return "".join(out)


def _alternatives(pattern: str, at: int) -> tuple[list[Shape], int]:
    shapes: list[Shape] = []
    sequence: list[Shape] = [()]
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            shapes.extend(sequence)
            sequence = [()]
            at += 1
            continue
        atom, at = _atom(pattern, at)
        repeats, at = _repeat(pattern, at)
        sequence = _joined(sequence, atom, repeats)
    return shapes + sequence, at


def _joined(sequence: list[Shape], atom: list[Shape], repeats: range) -> list[Shape]:
    runs: list[Shape] = []
    for count in repeats:
        runs.extend(sum(combination, ()) for combination in product(atom, repeat=count))
    joined = [left + right for left in sequence for right in dict.fromkeys(runs)]
    if len(joined) > MAX_SHAPES:
        raise _Unbounded
    return joined


def _atom(pattern: str, at: int) -> tuple[list[Shape], int]:
    char = pattern[at]
    if char == "(":
        return _group(pattern, at)
    if char == "[":
        end = pattern.index("]", at)
        return [(_char_class(pattern[at + 1 : end]),)], end + 1
    if char == "\\":
        escaped = pattern[at + 1]
        return [(_DIGITS if escaped == "d" else frozenset(escaped),)], at + 2
    if char == ".":
        raise _Unbounded
    return [(frozenset(char),)], at + 1


def _group(pattern: str, at: int) -> tuple[list[Shape], int]:
    if pattern.startswith(("(?=", "(?!"), at):
        _, end = _alternatives(pattern, at + 3)
        return [()], end + 1  # looks ahead; the full pattern is checked after the repair anyway
    if pattern.startswith("(?:", at):
        inner = at + 3
    elif pattern.startswith("(?P<", at):
        inner = pattern.index(">", at) + 1
    else:
        inner = at + 1
    shapes, end = _alternatives(pattern, inner)
    return shapes, end + 1


def _repeat(pattern: str, at: int) -> tuple[range, int]:
    if at >= len(pattern):
        return range(1, 2), at
    if pattern[at] == "?":
        return range(0, 2), at + 1
    if pattern[at] in "+*":
        raise _Unbounded
    if pattern[at] != "{":
        return range(1, 2), at
    end = pattern.index("}", at)
    low, _, high = pattern[at + 1 : end].partition(",")
    return range(int(low), int(high or low) + 1), end + 1


def _char_class(body: str) -> Slot:
    chars: set[str] = set()
    index = 0
    while index < len(body):
        if body[index] == "\\":
            chars |= _DIGITS if body[index + 1] == "d" else {body[index + 1]}
            index += 2
        elif index + 2 < len(body) and body[index + 1] == "-":
            chars |= {chr(code) for code in range(ord(body[index]), ord(body[index + 2]) + 1)}
            index += 3
        else:
            chars.add(body[index])
            index += 1
    return frozenset(chars)

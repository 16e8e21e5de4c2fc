"""The regular expressions a number format may use, and a bound on how long matching one can take.

Packs come from other offices, so a pattern is data of strangers. Only what the repair of misread characters
understands too (ocr/numbers_shapes.py) is let in: literals, classes, groups, alternatives, bounded repeats, "+"
and "*" of a single character, and looking ahead. For these the number of ways a text can be tried is bounded by
a product, so an expression that could take exponential time is known before it ever runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce

MAX_LENGTH = 300
MAX_REPEAT = 64
MAX_WAYS = 20_000
"""Two repeats without an upper bound and four alternatives are the most an office's form has needed (16,384)."""

_MAX_DEPTH = 8
_OPENINGS = ("(?:", "(?=", "(?!")
_NAMED = re.compile(r"\(\?P<([a-z_][a-z0-9_]*)>")
_COUNTED = re.compile(r"\{(\d{1,4})(?:,(\d{1,4}))?\}")
_CLASS = re.compile(r"\[((?:\\[d\W]|[^\]\\^]|(?<!\[)\^)+)\]")
_SET_OPERATION = re.compile(r"\[|--|&&|~~|\|\|")  # may mean something else in a later Python


class PatternRefused(ValueError):
    """The expression is not one of ours. is_slow: it is, but could take far too long."""

    def __init__(self, reason: str, *, is_slow: bool = False) -> None:
        super().__init__(reason)
        self.is_slow = is_slow


@dataclass(frozen=True, slots=True)
class PatternFacts:
    """What can be said of an expression without running it.

    ways: bound of the ways a text of MAX_REPEAT characters can be tried. always: groups that every match has.
    digits: groups that hold digits only.
    """

    ways: int
    always: frozenset[str] = frozenset()
    digits: frozenset[str] = frozenset()
    is_digits: bool = False
    is_one_character: bool = False


def pattern_facts(pattern: str) -> PatternFacts:
    """Examine an expression.

    Raises PatternRefused for one that uses anything else, names a group twice, or could be slow.
    """
    if len(pattern) > MAX_LENGTH:
        raise PatternRefused(f"longer than {MAX_LENGTH} characters")
    if not (pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")):
        raise PatternRefused("does not begin with ^ and end with $")
    body = pattern[1:-1]
    facts, end = _alternatives(body, 0, 0)
    if end != len(body):
        raise PatternRefused(f"unexpected {body[end]!r}")
    try:
        re.compile(pattern)
    except re.error as exc:
        raise PatternRefused(str(exc)) from exc
    return facts


def _alternatives(text: str, at: int, depth: int) -> tuple[PatternFacts, int]:
    if depth > _MAX_DEPTH:
        raise PatternRefused("groups nested too deeply")
    branches: list[PatternFacts] = []
    while True:
        branch, at = _sequence(text, at, depth)
        branches.append(branch)
        if at >= len(text) or text[at] != "|":
            break
        at += 1
    if len(branches) == 1:
        return branches[0], at
    return (
        PatternFacts(
            ways=_bounded(sum(branch.ways for branch in branches)),
            always=frozenset.intersection(*(branch.always for branch in branches)),
            digits=frozenset.union(*(branch.digits for branch in branches)),
            is_digits=all(branch.is_digits for branch in branches),
            is_one_character=False,
        ),
        at,
    )


def _sequence(text: str, at: int, depth: int) -> tuple[PatternFacts, int]:
    parts: list[PatternFacts] = []
    while at < len(text) and text[at] not in "|)":
        part, at = _atom(text, at, depth)
        part, at = _repeated(part, text, at)
        parts.append(part)
    return (
        PatternFacts(
            ways=reduce(lambda ways, part: _bounded(ways * part.ways), parts, 1),
            always=frozenset().union(*(part.always for part in parts)),
            digits=frozenset().union(*(part.digits for part in parts)),
            is_digits=bool(parts) and all(part.is_digits for part in parts),
        ),
        at,
    )


def _atom(text: str, at: int, depth: int) -> tuple[PatternFacts, int]:
    char = text[at]
    if char == "(":
        return _group(text, at, depth)
    if char == "[":
        hit = _CLASS.match(text, at)
        if hit is None or _SET_OPERATION.search(hit[1]):
            raise PatternRefused(f"class not understood at {text[at : at + 12]!r}")
        return PatternFacts(1, is_digits=_holds_digits(hit[1]), is_one_character=True), hit.end()
    if char == "\\":
        escaped = text[at + 1 : at + 2]
        if escaped != "d" and (not escaped or escaped.isalnum()):
            raise PatternRefused(f"\\{escaped} is not used here")
        return PatternFacts(1, is_digits=escaped == "d", is_one_character=True), at + 2
    if char in "?*+{}^$]":
        raise PatternRefused(f"unexpected {char!r}")
    return PatternFacts(1, is_digits=char.isdigit(), is_one_character=True), at + 1


def _holds_digits(content: str) -> bool:
    return re.fullmatch(r"(?:\\d|\d-\d|\d)+", content) is not None


def _group(text: str, at: int, depth: int) -> tuple[PatternFacts, int]:
    named = _NAMED.match(text, at)
    looks_ahead = text.startswith(("(?=", "(?!"), at)
    if named:
        inner = named.end()
    elif text.startswith(_OPENINGS, at):
        inner = at + 3
    elif text.startswith("(?", at):
        raise PatternRefused(f"{text[at : at + 4]!r} is not used here")
    else:
        inner = at + 1
    end = inner
    if looks_ahead:
        content, end = _looked_at(text, inner, depth)
    else:
        content, end = _alternatives(text, inner, depth + 1)
    if text[end : end + 1] != ")":
        raise PatternRefused("a group is not closed")
    if looks_ahead:
        return PatternFacts(content.ways, is_digits=True), end + 1
    always, digits = content.always, content.digits
    if named:
        always |= {named[1]}
        digits |= {named[1]} if content.is_digits else set()
    return PatternFacts(content.ways, always, digits, content.is_digits), end + 1


def _looked_at(text: str, inner: int, depth: int) -> tuple[PatternFacts, int]:
    """What stands ahead may ask for the end of the text, which the rest of an expression asks for anyhow."""
    end = text.find("$)", inner)
    closing = text.find(")", inner)
    if 0 <= end < closing:
        content, stop = _alternatives(text[:end], inner, depth + 1)
        if stop == end:
            return content, end + 1
    return _alternatives(text, inner, depth + 1)


def _repeated(part: PatternFacts, text: str, at: int) -> tuple[PatternFacts, int]:
    char = text[at : at + 1]
    if char == "?":
        low, high, end = 0, 1, at + 1
    elif char and char in "*+":
        if not part.is_one_character:
            raise PatternRefused("an unbounded repeat of a group", is_slow=True)
        low, high, end = int(char == "+"), MAX_REPEAT, at + 1
    elif char == "{":
        hit = _COUNTED.match(text, at)
        if hit is None:
            raise PatternRefused(f"repeat not understood at {text[at : at + 8]!r}")
        low, high, end = int(hit[1]), int(hit[2] or hit[1]), hit.end()
        if not low <= high <= MAX_REPEAT:
            raise PatternRefused(f"more than {MAX_REPEAT} repeats")
    else:
        return part, at
    if text[end : end + 1] and text[end] in "?*+{":
        raise PatternRefused("a repeat of a repeat")
    ways = 0
    for count in range(low, high + 1):
        ways = _bounded(ways + _bounded(part.ways**count))
    return (
        PatternFacts(ways, part.always if low else frozenset(), part.digits, part.is_digits),
        end,
    )


def _bounded(ways: int) -> int:
    if ways > MAX_WAYS:
        raise PatternRefused("too many ways to try a text", is_slow=True)
    return ways

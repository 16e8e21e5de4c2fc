"""What a pattern may be, and that the bound of its ways keeps matching short."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.number_patterns import PatternRefused, pattern_facts
from ocr.numbers_shapes import expand

atoms = st.sampled_from(["a", "/", "-", r"\d", "[P-Y]", "[ab0-9]", r"\.", "."])
repeats = st.sampled_from(["", "", "?", "{3}", "{1,6}", "{0,60}", "+", "*", "{20}"])
single = st.builds(str.__add__, atoms, repeats)
groups = st.recursive(
    single,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.builds(
            lambda parts, repeat: f"(?:{'|'.join(parts)}){repeat}",
            st.lists(inner, min_size=1, max_size=3),
            st.sampled_from(["", "?", "{2}", "{1,3}", "{12}", "+", "*"]),
        ),
    ),
    max_leaves=12,
)


@given(groups, st.text("aPb0/-.", min_size=0, max_size=60))
@settings(max_examples=400, deadline=None)
def test_whatever_is_let_in_is_matched_and_expanded_at_once(body: str, text: str) -> None:
    pattern = f"^{body}$"
    try:
        pattern_facts(pattern)
    except PatternRefused:
        return
    compiled = re.compile(pattern)
    began = time.process_time()
    compiled.fullmatch(text + "!")
    compiled.fullmatch("a" * 60 + "!")
    expand(pattern)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "pattern",
    ["^(a+)+$", "^(?:a|a)*$", "^(?:a|a){30}$", r"^(?:\d?){20}\d{20}$", "^.+.+.+$", r"^(?:\d{1,9}-?){8}$"],
)
def test_patterns_that_could_take_for_ever_are_refused_as_slow(pattern: str) -> None:
    with pytest.raises(PatternRefused) as caught:
        pattern_facts(pattern)
    assert caught.value.is_slow


@pytest.mark.parametrize(
    "pattern",
    [
        "a", "^a", "a$", r"^a\$", "^a)$", "^(a$", "^a|(b$", r"^\w$", r"^\b$", "^[^a]$", "^[a$", "^[]$", "^a{2,}$", "^a{,2}$",
        "^a{65}$", "^a??$", "^a++$", r"^(a)\1$", "^(?P<a>b)(?P=a)$", "^(?i:a)$", "^(?<=a)b$", "^(?#x)a$", "^*$", "^a^b$", "^a$b$",
        "^(?P<a>b)(?P<a>c)$", "^(?P<A>b)$", "^[a--b]$", "^" + "(" * 20 + "a" + ")" * 20 + "$", "^" + "a" * 400 + "$", "^[z-a]$",
    ],
)  # fmt: skip
def test_what_the_repair_of_characters_does_not_understand_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        pattern_facts(pattern)


def test_groups_are_known_by_when_they_are_there_and_what_they_hold() -> None:
    facts = pattern_facts(r"^(?P<kind>[DJ])(?P<year>\d{4})(?:-(?P<suf>\d+|[A-Z]))?(?:(?P<a>1)|(?P<b>2))$")
    assert facts.always == {"kind", "year"}
    assert facts.digits == {"year", "a", "b"}

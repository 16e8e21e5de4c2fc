from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.khmer import in_written_order


@pytest.mark.parametrize(
    ("recognised", "written"),
    [
        ("ក\u17c1\u17b8", "ក\u17be"),  # vowel in two halves
        ("ក\u17c1\u17b6", "ក\u17c4"),
        ("ក\u17b6\u17d2\u179b", "ក\u17d2\u179b\u17b6"),  # vowel before subscript
        ("ស\u17d2\u179a\u17d2\u178f\u17b8", "ស\u17d2\u178f\u17d2\u179a\u17b8"),  # subscript ro last
        ("ម\u17b6\u17c9", "ម\u17c9\u17b6"),  # shifter before vowel
        ("ន\u17c6\u17b6", "ន\u17b6\u17c6"),  # sign after vowel
        ("សំ", "សំ"),
        ("KH/49633 ប្រទេស", "KH/49633 ប្រទេស"),
    ],
)
def test_signs_come_in_the_order_they_are_written(recognised: str, written: str) -> None:
    assert in_written_order(recognised) == written


@given(st.text(alphabet=st.characters(min_codepoint=0x1780, max_codepoint=0x17FF), max_size=12))
def test_order_is_stable_and_loses_no_base(text: str) -> None:
    once = in_written_order(text)
    assert in_written_order(once) == once
    bases = [character for character in text if "\u1780" <= character <= "\u17b3"]
    assert sorted(bases) == sorted(character for character in once if "\u1780" <= character <= "\u17b3")

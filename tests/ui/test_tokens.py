from __future__ import annotations

import pytest

from ui.theme import DARK, LIGHT, contrast, text_pairs


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_from_every_ground(tokens):
    weak = [
        (ink, ground, round(contrast(ink, ground), 2))
        for ink, ground in text_pairs(tokens)
        if contrast(ink, ground) < 4.5
    ]
    assert weak == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_focus_ring_stands_out_from_every_ground(tokens):
    grounds = (tokens.background, tokens.panel, tokens.raised, tokens.accent_soft)
    assert min(contrast(tokens.accent, ground) for ground in grounds) >= 3.0


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)

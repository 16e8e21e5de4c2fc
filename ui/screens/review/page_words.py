"""What Review says of the page shown: how it was turned and levelled, how sure, and what is remarkable. No widgets."""

from __future__ import annotations

from app.domain.states import PageState
from app.queries.rows import PageDetail, PageSummary
from ui import texts
from ui.texts import t


def page_facts(detail: PageDetail) -> str:
    """Turn, tilt, box and reading of a page, each with how sure the engine is, as one line."""
    edits = detail.edits
    if detail.summary.state in (PageState.CAPTURED, PageState.PROCESSING):
        return t("facts.in_work")
    parts = [
        _by(_turn(detail), edits.turn_deg, detail.turn_confidence),
        _by(_tilt(detail), edits.skew_deg, detail.skew_confidence),
    ]
    if edits.box is not None:
        box = edits.box
        parts.append(t("facts.cropped", width=box.width_px, height=box.height_px))
    elif detail.page_box is not None:
        parts.append(t("facts.sheet", percent=_percent(detail.page_box.confidence)))
    if detail.summary.mean_confidence is not None:
        parts.append(t("facts.read", percent=_percent(detail.summary.mean_confidence)))
    if detail.languages:
        parts.append(texts.language_names(detail.languages))
    return " · ".join(parts)


def has_proposed_turn(page: PageSummary) -> bool:
    """Tell whether the pages around a page propose how to turn it."""
    return any(reason.code == "turn_of_neighbours" for reason in page.quality)


def page_reasons(detail: PageDetail) -> str:
    """Why a look at this page is worthwhile, each with what was measured, or that nothing is remarkable."""
    told = [texts.quality(reason.code, reason.value) for reason in detail.summary.quality]
    attention = detail.summary.attention
    if attention is not None:
        told.insert(0, texts.explain("error", attention.code, attention.facts))
    if detail.summary.is_blank:
        told.append(t("view.blank"))
    if detail.summary.may_be_two:
        told.append(t("facts.spread"))
    return " · ".join(told) if told else t("facts.nothing")


def _turn(detail: PageDetail) -> str:
    words = texts.turned(detail.applied_turn_deg)
    return words[:1].upper() + words[1:] if words else t("facts.upright")


def _tilt(detail: PageDetail) -> str:
    tilt = f"{detail.applied_skew_deg:+.1f}"
    return t("facts.level") if tilt in ("+0.0", "-0.0") else t("facts.skew", degrees=tilt)


def _by(words: str, said: float | None, confidence: float) -> str:
    if said is not None:
        return f"{words} ({t('facts.by_hand')})"
    return f"{words} ({t('facts.sure', percent=_percent(confidence))})"


def _percent(share: float) -> int:
    return round(share * 100)

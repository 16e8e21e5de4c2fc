"""What Review says of a folder: which pages first, why a look is worthwhile, what the office gets. No widgets."""

from __future__ import annotations

from app.domain.states import LinkState, PageState
from app.queries.left_out import LeftOutPage
from app.queries.marks import MarkCount, count_marks
from app.queries.rows import DossierDetail, PageSummary
from ocr.quality_table import CHECKS, RANKS
from ui import texts
from ui.screens.faces import GOOD_REASONS, reason_tone
from ui.texts import t
from ui.theme import Tone
from ui.widgets.fact_list import Fact
from ui.widgets.page_tiles import page_badge
from ui.widgets.paint import Badge

MARKS_NAMED, MARKED_PAGES_NAMED = 3, 5


def office_gets(
    detail: DossierDetail, pages: tuple[PageSummary, ...] = (), left_out: tuple[LeftOutPage, ...] = ()
) -> tuple[Fact, ...]:
    """The last step: what leaves when the folder is approved, and what does not. pages: for their marks."""
    summary = detail.summary
    facts = [Fact(t("review.gets_number"), summary.application_number or "", Tone.GOOD, is_number=True)]
    if detail.register is not None:
        lines = [detail.register.title, detail.register.applicant]
        lines.append(texts.register_as_of(detail.register_as_of))
        facts.append(Fact(t("index.register"), "\n".join(line for line in lines if line), Tone.GOOD))
    facts.append(Fact("PDF", t("review.gets_pages", n=summary.pages)))
    if summary.blank_pages:
        facts.append(Fact("PDF", t("review.gets_blank", n=summary.blank_pages)))
    if left_out:
        tone = Tone.BAD if any(page.is_astray for page in left_out) else Tone.CARE
        facts.append(Fact(t("review.stays"), _left_out_words(left_out), tone))
    marks = count_marks(pages)
    if marks:
        facts.append(Fact(t("review.gets_marks"), _marks_words(marks), _marks_tone(marks)))
    facts.append(Fact(t("uploads.package"), t("review.gets_originals")))
    facts.append(Fact(t("index.proof"), _linked_words(detail)))
    return tuple(facts)


def worst_first(pages: tuple[PageSummary, ...]) -> tuple[PageSummary, ...]:
    """Pages a person should see first: what needs attention, then marks by their table, then the least certain text."""
    return tuple(sorted(pages, key=_badness))


def _badness(page: PageSummary) -> tuple[int, int, float, float, int]:
    """Smaller is worse: kind, place of its worst mark in the table, how far that is beyond its limit, text, number."""
    mark, beyond = len(RANKS), 0.0
    if page.state is PageState.NEEDS_ATTENTION or page.attention is not None:
        kind = 0
    elif any(mark.is_grave for mark in page.quality):
        kind = 1
    elif page.quality or page.may_be_two:
        kind = 2
    elif page.is_blank:
        kind = 4
    else:
        kind = 3
    for reason in page.quality:
        rank = RANKS.get(reason.code, len(RANKS))
        if rank < mark:
            mark, beyond = rank, CHECKS[reason.code].badness(reason.value)
    certainty = page.mean_confidence if page.mean_confidence is not None else 1.0
    return kind, mark, -beyond, certainty, page.number


def chips_of(detail: DossierDetail, pages: tuple[PageSummary, ...]) -> tuple[Badge, ...]:
    """Why a look is worthwhile: the linker's doubts, then what the pages say; else that all is well."""
    chips = [
        Badge(reason_tone(reason), "warn", texts.explain("reason", reason.code, reason.facts))
        for reason in detail.reasons
        if reason.code not in GOOD_REASONS
    ]
    seen: dict[str, list[int]] = {}
    tones: dict[str, Badge] = {}
    for page in pages:
        badge = page_badge(page)
        if badge is not None and badge.tone in (Tone.BAD, Tone.CARE):
            seen.setdefault(badge.word, []).append(page.number)
            tones[badge.word] = badge
    for word, numbers in seen.items():
        where = ", ".join(map(str, sorted(numbers)[:5]))
        short = word if len(word) < 34 else texts.t("count.attention", n=len(numbers))
        chips.append(Badge(tones[word].tone, "warn", f"{short} · p. {where}"))
    if not chips:
        chips.append(Badge(Tone.GOOD, "check", t("review.no_reasons")))
        if detail.summary.link is LinkState.PROVEN:
            chips.append(Badge(Tone.GOOD, "check", t("index.word_proven")))
    return tuple(chips)


def _left_out_words(left_out: tuple[LeftOutPage, ...]) -> str:
    """Which pages stay behind and why; those that are missing elsewhere by name."""
    lines = [t("review.stay_here", n=len(left_out))]
    by_code: dict[str, list[LeftOutPage]] = {}
    for page in left_out:
        by_code.setdefault("astray" if page.is_astray else page.code, []).append(page)
    for code, found in by_code.items():
        where = ", ".join(str(page.number) for page in found[:MARKED_PAGES_NAMED])
        more = ", ..." if len(found) > MARKED_PAGES_NAMED else ""
        lines.append(f"{t('exclusion.' + code)} · p. {where}{more}")
    return "\n".join(lines)


def _marks_words(marks: tuple[MarkCount, ...]) -> str:
    """How many pages are marked, and by what."""
    number = len({page for mark in marks for page in mark.pages})
    lines = [t("review.gets_marked", n=number)]
    for mark in marks[:MARKS_NAMED]:
        where = ", ".join(map(str, mark.pages[:MARKED_PAGES_NAMED]))
        more = ", ..." if len(mark.pages) > MARKED_PAGES_NAMED else ""
        lines.append(f"{texts.explain('quality', mark.code, {'value': mark.worst})} · p. {where}{more}")
    if len(marks) > MARKS_NAMED:
        lines.append("...")
    return "\n".join(lines)


def _marks_tone(marks: tuple[MarkCount, ...]) -> Tone:
    return Tone.BAD if any(mark.grave_pages for mark in marks) else Tone.CARE


def _linked_words(detail: DossierDetail) -> str:
    when = texts.moment(detail.linked_at)
    who = detail.linked_by or t("unknown_person")
    if who.startswith("policy:"):
        return t("review.gets_proven", when=when)
    return t("review.gets_linked", who=who, when=when)

from __future__ import annotations

import random
import time

from app.domain.page_findings import (
    PageFacts,
    StreakFacts,
    common_streaks,
    find_page_findings,
    near_duplicates,
)

LETTER = (
    "Request for the grant of a patent. Applicant Angkor Devices Co Ltd, Phnom Penh. Application number"
    " KH/P/2019/00123 filed 12 March 2019. Agent Sok Dara, telephone 023 456 789. Title: anchoring device"
    " for river boats with sliding collar."
)
FINGERPRINT = "e747f4100bd2ea79"


def facts(page_id: int, text: str = LETTER, fingerprint: str = FINGERPRINT, **more: object) -> PageFacts:
    values = {"streaks_px": (), "width_px": 2480, **more}
    return PageFacts(page_id, fingerprint, text=text, **values)  # type: ignore[arg-type]


def test_second_scan_of_a_sheet_is_told_at_the_later_page() -> None:
    misread = LETTER.replace("sliding", "slidlng").replace("Devices", "Devlces")
    (found,) = near_duplicates([facts(1), facts(2, "other", "00ff00ff00ff00ff"), facts(3, misread)])
    assert (found.page_id, found.other, found.reason.code, found.reason.value) == (3, 1, "looks_like", 0.0)


def test_same_form_filled_otherwise_is_no_duplicate() -> None:
    number = LETTER.replace("00123", "00124").replace("12 March", "14 March")
    names = LETTER.replace("Angkor Devices", "Mekong Foods").replace("Sok Dara", "Chan Vuthy")
    assert near_duplicates([facts(1), facts(2, number), facts(3, names)]) == ()


def test_pages_that_look_otherwise_or_have_few_words_are_no_duplicates() -> None:
    assert near_duplicates([facts(1), facts(2, fingerprint="18b80befb42d1586")]) == ()
    assert near_duplicates([facts(1, "Drawing 1"), facts(2, "Drawing 1")]) == ()
    assert near_duplicates([facts(1, is_blank=True), facts(2, is_blank=True)]) == ()
    assert near_duplicates([facts(1, fingerprint=""), facts(2, fingerprint="")]) == ()


def streaked(page_id: int, *columns: int, width_px: int = 2480) -> StreakFacts:
    return StreakFacts(page_id, columns, width_px)


def told(*pages: StreakFacts, nearby: tuple[StreakFacts, ...] = ()) -> list[tuple[int, str, float]]:
    found = common_streaks(pages, nearby)
    return [(each.page_id, each.reason.code, each.reason.value) for each in found]


def test_same_column_on_three_pages_is_dirt() -> None:
    pages = [streaked(number, 700 + number % 2, 90 * number) for number in (1, 2, 3)]
    assert told(*pages, streaked(4, 1500)) == [(1, "streak", 3.0), (2, "streak", 3.0), (3, "streak", 3.0)]


def test_column_on_two_pages_or_on_another_width_proves_nothing() -> None:
    assert told(streaked(1, 700), streaked(2, 700), streaked(3, 700, width_px=1654)) == []


def test_dirt_shows_over_folders_of_few_pages() -> None:
    before = (streaked(1), streaked(2, 700), streaked(3, 701), streaked(4), streaked(5, 699))
    assert told(streaked(6, 700), nearby=before) == [(6, "streak", 4.0)]
    assert told(streaked(6), nearby=before) == []


def test_ruled_paper_here_and_there_is_no_dirt() -> None:
    before = tuple(streaked(number, *([700] if number % 4 == 0 else [])) for number in range(1, 20))
    assert told(streaked(20, 700), nearby=before) == []


def test_thousands_of_pages_with_many_lines_take_no_time() -> None:
    rng = random.Random(4)
    pages = [streaked(number, *rng.sample(range(100, 2400), 16)) for number in range(5000)]
    start = time.process_time()
    found = common_streaks(pages, [streaked(number, 300, 301) for number in range(5000, 5060)])
    # A tenth of a second where it was written.
    assert time.process_time() - start < 1.0
    assert len(found) == 5000
    with_line = sum(any(abs(column - 300) <= 3 for column in page.streaks_px) for page in pages)
    (alone,) = [each for each in common_streaks([*pages, streaked(9999, 300)]) if each.page_id == 9999]
    assert alone.reason.value == with_line + 1


def test_findings_of_a_page_come_worst_first() -> None:
    found = find_page_findings([facts(number, streaks_px=(700,)) for number in (1, 2, 3)])
    assert [each.reason.code for each in found[2]] == ["looks_like", "streak"]
    assert [each.reason.code for each in found[1]] == ["streak"]
    assert find_page_findings([]) == {}

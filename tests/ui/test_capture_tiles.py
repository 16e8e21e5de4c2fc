"""Capture while pages arrive: in any order, under their own numbers, with their latest state."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.domain.states import PageState


@pytest.fixture
def capture(context, open_window, qtbot):
    window = open_window(context)
    window.go("capture", 4)
    view = window.screen_named("capture")
    qtbot.waitUntil(lambda: view.pages.rowCount() > 0, timeout=5000)
    return view


def test_a_late_page_moves_those_behind_it_and_the_tiles_stay_in_order(capture, context, qtbot):
    mine = [page for page in capture.pages.rows if page.dossier_id == 1]
    last = context.pages_by_id[mine[-1].id]
    context.pages_by_id[last.summary.id] = replace(last, summary=replace(last.summary, number=6))
    late = replace(last, summary=replace(last.summary, id=9001, number=5, state=PageState.CAPTURED))
    context.pages_by_id[9001] = late
    context.tell(page=[9001])
    wanted = [(page.id, page.number) for page in mine[:-1]] + [(9001, 5), (mine[-1].id, 6)]

    def shown():
        return [(page.id, page.number) for page in capture.pages.rows if page.dossier_id == 1]

    qtbot.waitUntil(lambda: shown() == wanted, timeout=5000)


def test_pages_that_come_out_of_order_stand_in_order_at_once(capture, context, qtbot):
    page = context.pages_by_id[next(page.id for page in capture.pages.rows if page.dossier_id == 1)]
    for page_id, number in ((9002, 8), (9001, 7)):
        fresh = replace(page, summary=replace(page.summary, id=page_id, number=number))
        context.pages_by_id[page_id] = fresh
        context.tell(page=[page_id])
        qtbot.waitUntil(lambda page_id=page_id: capture.pages.row_of(page_id) is not None, timeout=5000)
    numbers = [page.number for page in capture.pages.rows if page.dossier_id == 1]
    assert numbers == sorted(numbers)


def test_an_older_answer_never_covers_a_newer_one(capture, context, qtbot, monkeypatch):
    page_id = capture.pages.ids[3]
    reading = capture.window()._desk.reading
    answers, first_may_go = [], threading.Event()
    read = reading.batch

    def slow_at_first(batch_id):
        answers.append(batch_id)
        if len(answers) == 1:
            first_may_go.wait(5)
        return read(batch_id)

    def turn_to(state):
        page = context.pages_by_id[page_id]
        context.pages_by_id[page_id] = replace(page, summary=replace(page.summary, state=state))
        context.tell(page=[page_id])

    monkeypatch.setattr(reading, "batch", slow_at_first)
    turn_to(PageState.PROCESSING)
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=5000)
    turn_to(PageState.READY)
    qtbot.wait(120)  # longer than changes are gathered: a second read would have begun by now
    assert len(answers) == 1
    first_may_go.set()
    qtbot.waitUntil(lambda: len(answers) > 1, timeout=5000)
    qtbot.waitUntil(lambda: capture.pages.row_of(page_id).state is PageState.READY, timeout=5000)

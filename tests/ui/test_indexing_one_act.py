"""One key press is one act, on the folder that was to be seen when the key was pressed; no write is lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.errors import Conflict, WrongTransition
from ocr.types import ZoneReading
from tests.ui.field_keys import CTRL, KEY, F, in_field, open_indexing, press, said, to_title, wait_seen
from ui.screens.indexing.acts import IndexingActs
from ui.screens.indexing.presenter import IndexingPresenter
from ui.screens.indexing.seen import SeenFolder
from ui.texts import t


@pytest.fixture
def indexing(context, open_window, qtbot):
    return open_indexing(context, open_window, qtbot)


@pytest.fixture
def second(context, open_window, qtbot):
    """The second folder in front; the first one waits too."""
    window = open_window(context)
    window.go("indexing", 2)
    view = window.screen_named("indexing")
    qtbot.waitUntil(lambda: view.field.text() == "KH/D/2017/00940", timeout=5000)
    wait_seen(view, qtbot)
    return view


@pytest.fixture
def slow_confirm(context):
    """Confirmations wait for the gate; calls: those that have begun."""
    gate, calls, real = threading.Event(), [], context.indexing.confirm

    def confirm(*arguments):
        calls.append(arguments)
        gate.wait(10)
        return real(*arguments)

    context.indexing.confirm = confirm
    yield gate, calls
    gate.set()


def front(view):
    return view.findChild(IndexingPresenter)._detail.summary.id


def confirm_with_doubt(view, qtbot, calls):
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in view.message.text, timeout=5000)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(calls) == 1, timeout=5000)


def rest(view, qtbot):
    qtbot.waitUntil(lambda: not view.findChild(IndexingActs).is_writing, timeout=5000)
    qtbot.waitUntil(lambda: not view._desk.tasks.is_busy, timeout=5000)


def test_folder_stays_in_front_while_its_confirmation_is_written(second, context, qtbot, slow_confirm):
    gate, calls = slow_confirm
    confirm_with_doubt(second, qtbot, calls)
    context.set_dossier(17, pages=11)  # somebody else's commit reads the lists
    qtbot.wait(300)
    assert front(second) == 2
    gate.set()
    qtbot.waitUntil(lambda: 2 not in second.model.ids, timeout=5000)
    rest(second, qtbot)
    assert front(second) == 3  # the next below, not the first of all


def test_where_the_next_folder_is_gone_the_one_after_it_comes(second, context, qtbot, slow_confirm):
    gate, calls = slow_confirm
    confirm_with_doubt(second, qtbot, calls)
    context.indexing.hold(3, True)
    gate.set()
    qtbot.waitUntil(lambda: 2 not in second.model.ids, timeout=5000)
    rest(second, qtbot)
    assert front(second) not in (1, 2)


def test_enter_while_a_confirmation_is_written_is_no_act(indexing, context, qtbot, slow_confirm):
    gate, calls = slow_confirm
    to_title(indexing, qtbot)
    for _ in range(3):
        press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(calls) == 1, timeout=5000)
    for _ in range(3):
        press(qtbot, KEY.Key_Return)
        qtbot.wait(50)
    gate.set()
    rest(indexing, qtbot)
    qtbot.wait(200)
    assert len(calls) == 1
    assert front(indexing) == 2


def test_undo_and_hold_while_a_confirmation_is_written_are_no_acts(indexing, context, qtbot, slow_confirm):
    gate, calls = slow_confirm
    gate.set()
    to_title(indexing, qtbot)
    for _ in range(3):
        press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00940", timeout=5000)
    wait_seen(indexing, qtbot)
    gate.clear()
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in indexing.message.text, timeout=5000)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(calls) == 2, timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    press(qtbot, KEY.Key_F6)
    gate.set()
    rest(indexing, qtbot)
    assert said(context, "withdraw", "hold") == []


def test_folder_looked_at_meanwhile_stays_in_front(second, qtbot, slow_confirm):
    gate, calls = slow_confirm
    confirm_with_doubt(second, qtbot, calls)
    press(qtbot, KEY.Key_Up, CTRL)
    assert front(second) == 1
    wait_seen(second, qtbot)
    press(qtbot, KEY.Key_Return)
    gate.set()
    qtbot.waitUntil(lambda: 2 not in second.model.ids, timeout=5000)
    rest(second, qtbot)
    assert front(second) == 1
    assert len(calls) == 1


def test_enter_before_the_next_folder_is_seen_is_no_act(indexing, qtbot):
    press(qtbot, KEY.Key_Down, CTRL)
    assert not indexing.findChild(SeenFolder).is_seen
    press(qtbot, KEY.Key_Return)
    wait_seen(indexing, qtbot)
    qtbot.wait(200)
    assert t("index.enter_again") not in indexing.message.text


def test_held_enter_is_one_act(second, qtbot, slow_confirm):
    _gate, calls = slow_confirm
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in second.message.text, timeout=5000)
    none = Qt.KeyboardModifier.NoModifier
    again = QKeyEvent(QEvent.Type.KeyPress, KEY.Key_Return, none, "\r", True)
    QApplication.sendEvent(second.field, again)
    qtbot.wait(100)
    assert calls == []


def test_failed_confirmation_leaves_the_folder_in_front(second, context, qtbot):
    def fails(*_arguments):
        raise WrongTransition("wrong_transition", kind="DossierState", current="queued", wanted="to_review")

    context.indexing.confirm = fails
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in second.message.text, timeout=5000)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: "not possible any more" in second.message.text, timeout=5000)
    rest(second, qtbot)
    assert front(second) == 2


@pytest.fixture
def slow_zone(context):
    """Each frame waits for a gate of its own."""
    gates, texts = [threading.Event() for _ in range(3)], ("TITLE TEXT", "APPLICANT TEXT", "MORE")
    begun = []

    def read(_page_id, _box, _languages=()):
        number = len(begun)
        begun.append(number)
        gates[number].wait(10)
        return ZoneReading(texts[number], (), (0.9,) * len(texts[number]))

    context.zones.read = read
    yield gates, begun
    for gate in gates:
        gate.set()


def frame(view, qtbot):
    press(qtbot, KEY.Key_F10)
    qtbot.wait(100)
    press(qtbot, KEY.Key_Space)
    press(qtbot, KEY.Key_Return)


def test_late_frame_of_one_field_never_goes_into_another(indexing, qtbot, slow_zone):
    gates, begun = slow_zone
    to_title(indexing, qtbot)
    frame(indexing, qtbot)
    qtbot.waitUntil(lambda: len(begun) == 1, timeout=5000)
    press(qtbot, KEY.Key_Escape)
    press(qtbot, KEY.Key_Tab)
    assert in_field(indexing) is F.APPLICANT
    frame(indexing, qtbot)
    qtbot.waitUntil(lambda: len(begun) == 2, timeout=5000)
    gates[0].set()
    qtbot.wait(200)
    assert indexing.fields.cards[F.APPLICANT].text != "TITLE TEXT"
    gates[1].set()
    qtbot.waitUntil(lambda: indexing.fields.cards[F.APPLICANT].text == "APPLICANT TEXT", timeout=5000)


def test_frames_being_read_hold_up_no_write(indexing, context, qtbot, slow_zone):
    to_title(indexing, qtbot)
    for _ in range(3):
        frame(indexing, qtbot)
        qtbot.wait(50)
        press(qtbot, KEY.Key_Escape)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(said(context, "field_accept")) == 1, timeout=3000)


def test_acts_that_wait_are_written_when_the_window_closes(indexing, context, qtbot):
    gate, real = threading.Event(), context.fields.accept

    def accept(*arguments):
        gate.wait(5)
        return real(*arguments)

    context.fields.accept = accept
    to_title(indexing, qtbot)
    context.indexing.confirm = lambda *_arguments: None
    for _ in range(3):
        press(qtbot, KEY.Key_Return)
    line = indexing.findChild(IndexingPresenter)._fields.fields.acts
    wanted = len(line._line) + 1
    assert wanted > 1
    threading.Timer(0.3, gate.set).start()
    indexing.window().close()
    indexing._desk.close()
    assert len(said(context, "field_accept")) == wanted
    assert line.is_idle


def test_new_proposal_nobody_asked_for_is_not_confirmed_at_once(indexing, context, qtbot, slow_confirm):
    _gate, calls = slow_confirm
    detail = context.dossiers[1]
    first = replace(detail.candidates[0], application_number="KH/D/2017/00939")
    context.dossiers[1] = replace(detail, candidates=(first, *detail.candidates[1:]))
    context.set_dossier(1, best_guess="KH/D/2017/00939")
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00939", timeout=5000)
    assert not indexing.findChild(SeenFolder).is_seen
    press(qtbot, KEY.Key_Return)
    wait_seen(indexing, qtbot)
    qtbot.wait(200)
    assert calls == []
    assert indexing.findChild(IndexingPresenter)._agreed is None


def test_enter_after_putting_aside_confirms_nothing(indexing, context, qtbot, slow_confirm):
    _gate, calls = slow_confirm
    gate, real = threading.Event(), context.indexing.hold

    def hold(*arguments):
        gate.wait(5)
        return real(*arguments)

    context.indexing.hold = hold
    press(qtbot, KEY.Key_F6)
    press(qtbot, KEY.Key_Return)
    gate.set()
    rest(indexing, qtbot)
    qtbot.waitUntil(lambda: front(indexing) == 2, timeout=5000)
    assert calls == []


def test_picking_ends_when_another_page_is_shown(indexing, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_F10)
    assert indexing.viewer.note.text() == t("field.pick_word")
    indexing.viewer.step(-1)
    assert in_field(indexing) is F.TITLE
    assert indexing.viewer.note.text() != t("field.pick_word")


def test_values_behind_a_failed_act_stay_and_are_named(indexing, context, qtbot):
    gate = threading.Event()

    def accept(*_arguments):
        gate.wait(5)
        raise Conflict("field_changed")

    context.fields.accept = accept
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is not F.TITLE
    field = in_field(indexing)
    card = indexing.fields.cards[field]
    card.edit.selectAll()
    qtbot.keyClicks(card.edit, "Typed by hand")
    press(qtbot, KEY.Key_Return)
    gate.set()
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    qtbot.wait(100)
    assert card.text == "Typed by hand"
    fields = indexing.findChild(IndexingPresenter)._fields.fields
    assert fields._needs(field)


def test_enter_of_the_keypad_with_ctrl_accepts_nothing(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_Enter, CTRL | Qt.KeyboardModifier.KeypadModifier)
    qtbot.wait(100)
    assert said(context, "field_accept") == []

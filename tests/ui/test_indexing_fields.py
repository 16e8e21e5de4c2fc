"""Fields by keys alone: Enter accepts and goes to the next that needs somebody; nothing typed is ever lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.field_kinds import FieldRule, FieldState
from app.errors import Conflict
from tests.ui.fake_fields import row
from tests.ui.field_keys import CTRL, KEY, SHIFT, F, in_field, open_indexing, press, said, to_title, wait_seen
from tests.ui.sample_fields import give_fields
from ui.screens.indexing.repeats import counted_up
from ui.texts import t
from ui.theme import Tone


@pytest.fixture
def indexing(context, open_window, qtbot):
    return open_indexing(context, open_window, qtbot)


def test_enter_in_the_number_goes_to_the_first_field_that_needs_somebody(indexing, context, qtbot):
    assert indexing.fields.left == t("field.left", n=3)
    to_title(indexing, qtbot)
    assert said(context, "confirm") == []
    assert indexing.message.text == t("field.number_first")


def test_enter_through_the_fields_confirms_the_folder_and_opens_the_next(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is F.FILING_DATE
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is F.CLASSES
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00940", timeout=5000)
    assert said(context, "field_accept") == [
        (1, "title", "Folding rice basket"),
        (1, "filing_date", "០៥/០៣/២០១៧"),
        (1, "classes", "09-31"),
    ]
    assert said(context, "confirm") == [(1, "KH/D/2017/00938")]
    assert QApplication.focusWidget() is indexing.field


def test_fields_alone_never_confirm_a_number_nobody_agreed_to(indexing, context, qtbot):
    press(qtbot, KEY.Key_F8)
    for _ in range(3):
        assert in_field(indexing) is not None
        press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is indexing.field, timeout=5000)
    qtbot.waitUntil(lambda: len(said(context, "field_accept")) == 3, timeout=5000)
    qtbot.wait(200)
    assert said(context, "confirm") == []


def test_focus_shows_the_place_on_the_page_and_its_piece_at_the_field(indexing, context, qtbot):
    press(qtbot, KEY.Key_PageUp)
    assert indexing.viewer.detail.summary.number == 1
    to_title(indexing, qtbot)
    assert indexing.viewer.detail.summary.number == 2
    qtbot.waitUntil(lambda: not indexing.viewer.view.is_fitted, timeout=5000)
    card = indexing.fields.cards[F.TITLE]
    qtbot.waitUntil(card.snippet.isVisible, timeout=5000)
    press(qtbot, KEY.Key_Tab)
    assert in_field(indexing) is F.APPLICANT
    assert not card.snippet.isVisible()


def test_padlock_keeps_the_zoom_while_fields_change(indexing, qtbot):
    to_title(indexing, qtbot)
    qtbot.waitUntil(lambda: not indexing.viewer.view.is_fitted, timeout=5000)
    press(qtbot, KEY.Key_F5)
    press(qtbot, KEY.Key_Plus, CTRL)
    before = indexing.viewer.view.transform().m11()
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is F.FILING_DATE
    assert indexing.viewer.view.transform().m11() == before


def test_unsure_characters_are_told_by_word_and_mark(indexing):
    badge = indexing.fields.cards[F.TITLE].edit.badge
    assert (badge.tone, badge.word) == (Tone.CARE, t("field.state_unsure", n=2))
    assert indexing.fields.cards[F.APPLICANT].edit.badge.tone is Tone.GOOD
    assert indexing.fields.cards[F.AGENT].edit.badge.tone is Tone.PLAIN


def test_native_digits_are_shown_with_their_day(indexing):
    note = indexing.fields.cards[F.FILING_DATE].note
    assert "5 Mar 2017" in note
    assert "3 May 2017" in note


def test_three_way_proof_stands_at_the_field_in_focus(indexing, context, qtbot):
    to_title(indexing, qtbot)
    card = indexing.fields.cards[F.TITLE]
    assert [(fact.name, fact.value, fact.tone) for fact in card.proof.facts] == [
        (t("field.typed"), "Folding rice basket", Tone.PLAIN),
        (t("field.read"), "Folding rice basket", Tone.GOOD),
        (t("field.register"), "Bamboo laminate board", Tone.CARE),
    ]
    assert card.proof.isVisible()


def test_what_is_typed_is_kept_with_enter(indexing, context, qtbot):
    to_title(indexing, qtbot)
    card = indexing.fields.cards[F.TITLE]
    card.edit.selectAll()
    qtbot.keyClicks(card.edit, "Bamboo floor")
    assert card.edit.badge.word == t("field.state_typed")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: said(context, "field_put") == [(1, "title", "Bamboo floor")], timeout=5000)
    assert card.edit.badge.word == t("field.state_said")


def test_value_of_another_kind_is_not_accepted(indexing, context, qtbot):
    press(qtbot, KEY.Key_F8)
    press(qtbot, KEY.Key_Return)
    card = indexing.fields.cards[F.FILING_DATE]
    qtbot.keyClicks(card.edit, " x")
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is F.FILING_DATE
    assert card.edit.badge.tone is Tone.BAD
    assert t("index.good") not in card.note
    assert said(context, "field_put") == []


def test_open_date_that_was_typed_needs_a_second_enter(indexing, context, qtbot):
    press(qtbot, KEY.Key_F8)
    press(qtbot, KEY.Key_Return)
    card = indexing.fields.cards[F.FILING_DATE]
    card.edit.selectAll()
    qtbot.keyClicks(card.edit, "04/03/2017")
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is F.FILING_DATE
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: said(context, "field_put") == [(1, "filing_date", "04/03/2017")], timeout=5000)


def test_register_value_is_taken_over_by_key(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_Return, CTRL)
    assert indexing.fields.cards[F.TITLE].text == "Bamboo laminate board"
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(
        lambda: said(context, "field_put") == [(1, "title", "Bamboo laminate board")], timeout=5000
    )


def test_type_is_chosen_by_typing_a_part_of_its_name(indexing, context, qtbot):
    indexing.fields.cards[F.TYPE].edit.setFocus()
    edit = indexing.fields.cards[F.TYPE].edit
    edit.selectAll()
    qtbot.keyClicks(edit, "utility")
    press(qtbot, KEY.Key_Return)
    press(qtbot, KEY.Key_Return)  # the number is a design's: asked twice
    qtbot.waitUntil(lambda: said(context, "field_put") == [(1, "type", "Utility model")], timeout=5000)


def test_undo_takes_the_last_field_back_and_goes_there(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(said(context, "field_accept")) == 1, timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: in_field(indexing) is F.TITLE, timeout=5000)
    card = indexing.fields.cards[F.TITLE]
    qtbot.waitUntil(lambda: card.edit.badge.tone is Tone.CARE, timeout=5000)
    assert said(context, "withdraw") == []


def test_what_is_being_typed_survives_another_reading_of_the_pages(indexing, context, qtbot):
    to_title(indexing, qtbot)
    card = indexing.fields.cards[F.TITLE]
    card.edit.selectAll()
    qtbot.keyClicks(card.edit, "Bamb")
    rows = context.fields.rows[1]
    rows[F.TITLE] = row(F.TITLE, "Folding rice baskets", page=2)
    rows[F.AGENT] = row(F.AGENT, "Kampot IP", page=2)
    context.tell(field=[1])
    qtbot.waitUntil(lambda: indexing.fields.cards[F.AGENT].text == "Kampot IP", timeout=5000)
    assert card.text == "Bamb"
    assert in_field(indexing) is F.TITLE


def test_act_that_fails_is_told_and_the_text_stays(indexing, context, qtbot):
    to_title(indexing, qtbot)
    card = indexing.fields.cards[F.TITLE]
    card.edit.selectAll()
    qtbot.keyClicks(card.edit, "Bamboo floor")
    context.fails_with = Conflict("field_changed", seen="a", now="b")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: card.edit.badge.word == t("field.state_typed"), timeout=5000)
    assert card.text == "Bamboo floor"
    assert said(context, "confirm") == []


def test_required_field_that_is_empty_can_be_said_to_be_empty(context, open_window, qtbot):
    rule = FieldRule(F.AGENT, is_required=True)
    context.fields.give(1, row(F.AGENT, rule=rule))
    window = open_window(context)
    window.go("indexing", 1)
    view = window.screen_named("indexing")
    qtbot.waitUntil(lambda: bool(view.message.text) and bool(view.fields.cards), timeout=5000)
    assert view.fields.cards[F.AGENT].edit.badge.word == t("field.state_needed")
    wait_seen(view, qtbot)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: in_field(view) is F.AGENT, timeout=5000)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: view.field.text() == "KH/D/2017/00940", timeout=5000)
    assert said(context, "field_accept") == [(1, "agent", "")]


def test_kept_value_is_proposed_in_the_next_folder_and_counted_numbers_go_up(indexing, context, qtbot):
    give_fields(context, 2)
    for field, text, modifier in (
        (F.DOCUMENT_DATE, "24/08/2017", SHIFT),
        (F.REGISTRATION_NUMBER, "KH/2016/00099", CTRL),
    ):
        edit = indexing.fields.cards[field].edit
        edit.setFocus()
        qtbot.keyClicks(edit, text)
        press(qtbot, KEY.Key_F8, modifier)
    press(qtbot, KEY.Key_Down, CTRL)
    qtbot.waitUntil(lambda: indexing.fields.cards[F.DOCUMENT_DATE].text == "24/08/2017", timeout=5000)
    assert indexing.fields.cards[F.REGISTRATION_NUMBER].text == "KH/2016/00100"
    assert said(context, "field_put") == []
    assert indexing.fields.cards[F.DOCUMENT_DATE].edit.badge.word == t("field.state_typed")


@pytest.mark.parametrize(
    ("text", "after"), [("KH/2016/00099", "KH/2016/00100"), ("9", "10"), ("A-7b", "A-8b"), ("none", "none")]
)
def test_number_is_counted_up_as_wide_as_it_was(text, after):
    assert counted_up(text) == after


def test_next_folder_was_read_before_anybody_asked_for_it(indexing, context, qtbot, monkeypatch):
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    read = []
    reading = indexing._desk.reading
    dossier = reading.dossier
    monkeypatch.setattr(
        reading, "dossier", lambda wanted: (read.append((wanted, threading.get_ident())), dossier(wanted))[1]
    )
    press(qtbot, KEY.Key_Down, CTRL)
    assert indexing.field.text() == "KH/D/2017/00940"
    assert (2, threading.get_ident()) not in read
    qtbot.waitUntil(lambda: 3 in [wanted for wanted, _ in read], timeout=5000)
    assert (3, threading.get_ident()) not in read


def test_folder_read_ahead_is_read_again_when_it_has_changed(indexing, context, qtbot):
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    detail = context.dossiers[2]
    first = replace(detail.candidates[0], application_number="KH/D/2017/00941")
    context.dossiers[2] = replace(detail, candidates=(first, *detail.candidates[1:]))
    context.set_dossier(2, best_guess="KH/D/2017/00941")
    qtbot.waitUntil(lambda: indexing.model.row_of(2).best_guess == "KH/D/2017/00941", timeout=5000)
    press(qtbot, KEY.Key_Down, CTRL)
    assert indexing.field.text() == "KH/D/2017/00941"


def test_value_read_badly_that_is_right_as_it_stands_is_accepted(indexing, context, qtbot):
    context.fields.rows[1][F.CLASSES] = row(F.CLASSES, "09-31", page=2, state=FieldState.INVALID)
    context.tell(field=[1])
    card = indexing.fields.cards[F.CLASSES]
    qtbot.waitUntil(lambda: card.edit.badge.tone is Tone.BAD, timeout=5000)
    card.edit.setFocus()
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: said(context, "field_put") == [(1, "classes", "09-31")], timeout=5000)


def test_value_with_a_repaired_character_is_accepted_as_it_was_read(indexing, context, qtbot):
    read = row(F.CLASSES, "FO4B 9/14", page=2, doubts=("value_repaired",), state=FieldState.TO_CHECK)
    context.fields.rows[1][F.CLASSES] = replace(read, said=replace(read.said, value="F04B 9/14"))
    context.tell(field=[1])
    card = indexing.fields.cards[F.CLASSES]
    qtbot.waitUntil(lambda: "F04B 9/14" in card.note, timeout=5000)
    card.edit.setFocus()
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: said(context, "field_accept") == [(1, "classes", "FO4B 9/14")], timeout=5000)


def test_field_the_machine_settled_needs_a_look_when_the_register_of_the_number_disputes_it(
    indexing, context, qtbot
):
    card = indexing.fields.cards[F.APPLICANT]
    assert card.edit.badge.tone is Tone.GOOD
    entry = context.register["KH/D/2018/00012"]
    context.register["KH/D/2018/00012"] = replace(entry, applicant="Another Firm Ltd.")
    indexing.field.selectAll()
    qtbot.keyClicks(indexing.field, "KH/D/2018/00012")
    qtbot.waitUntil(lambda: card.edit.badge.tone is Tone.CARE, timeout=5000)
    assert indexing.fields.left == t("field.left", n=4)


def test_enter_on_what_was_accepted_before_writes_nothing_again(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(said(context, "field_accept")) == 1, timeout=5000)
    indexing.fields.cards[F.TITLE].edit.setFocus()
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is F.FILING_DATE
    qtbot.wait(100)
    assert len(said(context, "field_accept")) == 1


def test_selection_in_a_field_survives_what_is_written_behind(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    press(qtbot, KEY.Key_A, CTRL)
    qtbot.waitUntil(lambda: len(said(context, "field_accept")) == 1, timeout=5000)
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    qtbot.wait(120)
    qtbot.keyClicks(QApplication.focusWidget(), "24/08/2017")
    assert indexing.fields.cards[F.FILING_DATE].text == "24/08/2017"

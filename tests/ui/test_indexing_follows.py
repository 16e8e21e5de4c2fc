"""What is shown beside the number follows what stands in the field, and what contradicts it asks twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.queries.document_rows import NumberHolder
from app.queries.rows import Reason
from tests.ui.field_keys import CTRL, KEY, SHIFT, F, in_field, open_indexing, press, said, wait_seen
from ui.dialogs.other_folder import OtherFolderDialog
from ui.screens.indexing import proof
from ui.screens.indexing.number_place import NumberPlace
from ui.texts import t

OWN, RIVAL = "KH/D/2017/00938", "KH/P/2014/00031"


pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def indexing(context, open_window, qtbot):
    return open_indexing(context, open_window, qtbot)


def type_number(view, qtbot, text):
    view.field.selectAll()
    qtbot.keyClicks(view.field, text)


def place(view):
    return view.findChild(NumberPlace)._sighting


def test_what_is_shown_is_of_the_number_in_the_field(indexing, qtbot):
    assert place(indexing) is not None
    type_number(indexing, qtbot, "KH/D/2017/00940")
    qtbot.waitUntil(lambda: indexing._where_read.text() == t("index.typed_unread"), timeout=5000)
    assert place(indexing) is None
    assert indexing.candidates.chosen == -1
    assert indexing.viewer._target is None
    assert indexing.snippet._box is None
    type_number(indexing, qtbot, RIVAL.lower())  # by hand, and written otherwise
    qtbot.waitUntil(lambda: indexing.candidates.chosen == 1, timeout=5000)
    assert place(indexing) is not None
    assert t("index.read_nowhere") not in [fact.value for fact in indexing.proof.facts]
    assert t("field.means", value=RIVAL) in indexing.message.text
    indexing.field.clear()
    indexing.typed.emit("")
    assert place(indexing) is None


def test_what_holds_the_folder_back_asks_twice_and_is_said_once(context, open_window, qtbot):
    detail = context.dossiers[1]
    counted = Reason("sheets_differ", {"expected": 4, "seen": 3})
    context.dossiers[1] = replace(detail, reasons=(*detail.reasons, counted))
    view = open_indexing(context, open_window, qtbot)
    assert view.field.property("verdict") == "care"
    assert "4 sheets" in view.message.text
    assert not [fact for fact in view.proof.facts if "4 sheets" in fact.value]
    press(qtbot, KEY.Key_Return)
    assert t("index.enter_again") in view.message.text
    assert said(context, "confirm") == []


def test_type_that_is_not_the_numbers_asks_twice(indexing, qtbot, context):
    indexing.fields.cards[F.TYPE].edit.setFocus()
    press(qtbot, KEY.Key_A, CTRL)
    qtbot.keyClicks(indexing.fields.cards[F.TYPE].edit, "Patent")
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is F.TYPE
    assert "the number is of" in indexing.fields.cards[F.TYPE].note
    assert said(context, "field_put") == []
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(said(context, "field_put")) == 1, timeout=5000)


def test_nothing_to_count_is_said(indexing, qtbot):
    wait_seen(indexing, qtbot)
    card = indexing.fields.cards[F.TITLE]
    card.edit.setFocus()
    press(qtbot, KEY.Key_F8, CTRL)
    assert card._repeat.text() == ""
    press(qtbot, KEY.Key_F8, SHIFT)
    assert card._repeat.text() == t("field.sticky")


def test_question_mark_opens_the_keys_where_no_value_has_one(indexing, qtbot):
    qtbot.keyClicks(indexing.field, "?")
    assert indexing.field.text() == OWN
    dated, titled = (indexing.fields.cards[each].edit for each in (F.FILING_DATE, F.TITLE))
    before = dated.text()
    dated.setFocus()
    qtbot.keyClicks(dated, "?")
    assert dated.text() == before
    qtbot.keyClicks(titled, "?")
    assert "?" in titled.text()


def test_words_of_what_nobody_knows(indexing, context):
    rival = Reason("rival_number", {"number": OWN, "rival": RIVAL, "rivals": 1})
    detail = context.dossiers[1]
    unsure = tuple(
        replace(each, confidence=0.003, role="application", in_register=True) for each in detail.candidates
    )
    tied = replace(detail, reasons=(rival,), candidates=unsure)
    assert proof.undecided(tied) == {OWN, RIVAL}
    sure = (replace(unsure[0], confidence=0.97), *unsure[1:])
    assert not proof.undecided(replace(tied, candidates=sure))
    indexing.fields.show_left(0, all_empty=True)
    assert indexing.fields.left == "nothing read; 9 fields empty"


def test_next_folder_without_a_number_is_shown_whole(indexing):
    sheet = indexing.viewer.view
    sheet.zoom_by(3)
    indexing.findChild(NumberPlace).propose(indexing._desk.reading.dossier(1), "", go=True)
    assert sheet.is_fitted
    sheet.zoom_by(3)
    sheet.keep_place = True
    indexing.findChild(NumberPlace).propose(indexing._desk.reading.dossier(1), "", go=True)
    assert not sheet.is_fitted


def test_the_other_folder_with_the_number_is_shown_and_left(indexing, qtbot, context):
    held = next(each.summary for each in context.dossiers.values() if each.summary.name == "Folder 20")
    first = indexing._desk.reading.pages(dossier_id=held.id)[0].id
    holder = NumberHolder(held.id, held.name, held.state, "June", 4, "sokha", held.updated_at, first)
    indexing._desk.reading.holders = lambda _number, _besides: (holder,)
    type_number(indexing, qtbot, "KH/M/2015/10400")
    qtbot.waitUntil(lambda: t("other.key") in indexing.message.text, timeout=5000)
    press(qtbot, KEY.Key_F7, SHIFT)
    qtbot.waitUntil(lambda: indexing.window().findChild(OtherFolderDialog) is not None, timeout=5000)
    dialog = indexing.window().findChild(OtherFolderDialog)
    assert dialog.head.text() == "Folder 20"
    assert dialog.viewer.detail is not None
    qtbot.keyClick(dialog, KEY.Key_Escape)
    assert indexing.field.text() == "KH/M/2015/10400"

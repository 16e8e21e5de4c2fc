from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.connectors.local_office import prepare_drop_folder
from app.domain.ids import BatchId, DossierId, ImportItemId
from app.domain.states import DossierState, PageState
from app.errors import OperatorError
from app.queries.rows import AuditLine, TwinPage
from app.services.capture import ImportStarted
from app.services.pages import EditChange
from tests.ui.fake_context import NOW
from ui.models.row_model import ROW_ROLE
from ui.screens.capture.presenter import is_problem
from ui.screens.faces import batch_badges, ledger_face
from ui.screens.uploads.story import moments_of
from ui.texts import t
from ui.theme import Tone

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def called(context, name):
    return [call[1:] for call in context.calls if call[0] == name]


@pytest.fixture
def review(context, open_window, qtbot):
    window = open_window(context)
    window.go("review")
    view = window.screen_named("review")
    qtbot.waitUntil(lambda: view.pages.rowCount() > 0, timeout=5000)
    return view


@pytest.fixture
def capture(context, open_window, qtbot):
    window = open_window(context)
    window.go("capture", 4)
    view = window.screen_named("capture")
    qtbot.waitUntil(lambda: view.pages.rowCount() > 0, timeout=5000)
    return view


def has_left(review, dossier_id):
    """True when this folder is gone and the next one, or the end, is shown."""
    if review.stack.currentIndex() == 1:
        return True
    following = review.list.currentIndex().data(ROW_ROLE)
    return dossier_id not in review.model.ids and following is not None and not review.has_summary


# --- review ----------------------------------------------------------------------------------------------


def test_worst_page_stands_first_and_is_shown_large(review):
    first = review.pages.row(0)
    assert first.quality
    assert review.viewer.detail.summary.id == first.id


def test_approving_shows_what_the_office_gets_before_it_goes(review, context, qtbot):
    press(qtbot, KEY.Key_F8)
    assert review.has_summary
    assert called(context, "approve") == []
    press(qtbot, KEY.Key_F8)
    qtbot.waitUntil(lambda: called(context, "approve") == [(7,)], timeout=5000)
    qtbot.waitUntil(lambda: 7 not in review.model.ids, timeout=5000)
    assert not review.has_summary
    assert QApplication.focusWidget() is review.tiles


def test_escape_leaves_the_last_step(review, context, qtbot):
    press(qtbot, KEY.Key_Return, CTRL)
    assert review.has_summary
    press(qtbot, KEY.Key_Escape)
    assert not review.has_summary
    assert called(context, "approve") == []


def test_number_changed_meanwhile_is_shown_and_its_last_step_is_seen_again(review, context, qtbot):
    press(qtbot, KEY.Key_F8)
    assert review.has_summary
    context.set_dossier(7, application_number="KH/P/2020/77777")
    qtbot.waitUntil(lambda: review._number.text() == "KH/P/2020/77777", timeout=5000)
    assert not review.has_summary
    press(qtbot, KEY.Key_F8)
    assert review.has_summary
    assert "KH/P/2020/77777" in [fact.value for fact in review.gets.facts]
    assert called(context, "approve") == []


def test_number_changed_at_the_last_moment_is_not_approved_unseen(review, context, qtbot):
    press(qtbot, KEY.Key_F8)
    detail = context.dossiers[7]
    context.dossiers[7] = replace(
        detail, summary=replace(detail.summary, application_number="KH/P/2020/77777")
    )
    press(qtbot, KEY.Key_F8)
    qtbot.waitUntil(lambda: review._number.text() == "KH/P/2020/77777", timeout=5000)
    assert called(context, "approve") == []
    assert context.dossiers[7].summary.state is DossierState.TO_REVIEW


def test_return_needs_a_reason_and_takes_own_words(review, context, qtbot):
    press(qtbot, KEY.Key_F7)
    press(qtbot, KEY.Key_3)
    review.picker.words.setFocus()
    qtbot.keyClicks(review.picker.words, "page 4 is dark")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: called(context, "return") == [(7, "poor_scan: page 4 is dark")], timeout=5000)
    assert context.dossiers[7].summary.state is DossierState.RETURNED


def test_escape_in_the_reasons_only_leaves_the_reasons(review, context, qtbot):
    press(qtbot, KEY.Key_F7)
    press(qtbot, KEY.Key_Escape)
    assert not review.picker.isVisible()
    assert called(context, "return") == []
    assert QApplication.focusWidget() is review.tiles


def test_pages_are_turned_read_again_and_marked_by_keys(review, context, qtbot):
    shown = review.viewer.detail.summary
    press(qtbot, KEY.Key_F9)
    press(qtbot, KEY.Key_R, CTRL)
    press(qtbot, KEY.Key_B, CTRL)
    qtbot.waitUntil(lambda: len(called(context, "edit")) == 2, timeout=5000)
    changes = {change for ids, change in called(context, "edit") if ids == (shown.id,)}
    assert changes == {EditChange(turn_by_deg=270), EditChange(is_blank=not shown.is_blank)}
    qtbot.waitUntil(lambda: called(context, "reprocess") == [((shown.id,),)], timeout=5000)


def test_whole_review_by_keys_ends_in_all_reviewed(review, context, qtbot):
    for _ in range(12):
        if review.stack.currentIndex() == 1:
            break
        shown = review.list.currentIndex().data(ROW_ROLE).id
        press(qtbot, KEY.Key_F8)
        assert review.has_summary
        press(qtbot, KEY.Key_Return)
        qtbot.waitUntil(lambda shown=shown: has_left(review, shown), timeout=20_000)
    assert review.empty.title == t("review.all_done")


# --- capture ---------------------------------------------------------------------------------------------


def test_counters_and_refusals_are_told(capture):
    assert capture.counters.figure("offered") == "64"
    assert capture.counters.figure("refused") == "2"
    assert capture.problems.rowCount() == 4


def test_new_pages_appear_and_touched_ones_are_renewed(capture, context, qtbot):
    page_id = capture.pages.ids[3]
    detail = context.pages_by_id[page_id]
    context.pages_by_id[page_id] = replace(
        detail, summary=replace(detail.summary, state=PageState.PROCESSING)
    )
    fresh = replace(detail, summary=replace(detail.summary, id=9001, dossier_id=DossierId(1), number=6))
    context.pages_by_id[9001] = fresh
    before = capture.pages.rowCount()
    context.tell(page=[page_id, 9001])
    qtbot.waitUntil(lambda: capture.pages.rowCount() == before + 1, timeout=5000)
    assert capture.pages.row_of(page_id).state is PageState.PROCESSING


def test_dropped_directories_are_imported_with_the_profile(capture, context, qtbot, tmp_path):
    window = capture.window()
    context.next_import = ImportStarted(BatchId(4), (DossierId(1),), (ImportItemId(1),), 3, 0)
    window._take([QUrl.fromLocalFile(str(tmp_path))])
    qtbot.waitUntil(lambda: bool(called(context, "import_paths")), timeout=5000)
    paths, options = called(context, "import_paths")[0]
    assert paths == (Path(str(tmp_path)),)
    assert options["office"] == "KH"
    assert options["languages"] == ("khm", "eng")


def test_pasted_paths_are_imported_and_nonsense_is_said(capture, context, qtbot, tmp_path):
    capture.tiles.setFocus()
    data = QMimeData()
    data.setText(f'"{tmp_path}"\n')
    QGuiApplication.clipboard().setMimeData(data)
    press(qtbot, KEY.Key_V, CTRL)
    qtbot.waitUntil(lambda: bool(called(context, "import_paths")), timeout=5000)
    QGuiApplication.clipboard().setText("no path at all")
    press(qtbot, KEY.Key_V, CTRL)
    assert t("capture.clipboard_empty") in capture.window()._toasts.texts


def test_first_page_of_a_folder_names_it_and_files_name_theirs(capture, context):
    assert capture.tiles._delegate.folders[1] == context.dossiers[1].summary.name
    faces = [ledger_face(item).title for item in capture.problems.rows]
    assert "scan_0063.tif · folder07" in faces


def test_pages_that_came_in_another_file_are_named_with_their_places(context):
    plain = next(item for ledger in context.ledgers.values() for item in ledger.items if not is_problem(item))
    twins = tuple(TwinPage(page, Path("D:/scans/box12/all.pdf"), page + 10) for page in (2, 3, 5, 7))
    item = replace(plain, twin_pages=twins)
    assert is_problem(item)
    assert ledger_face(item).badge.tone is Tone.CARE
    told = ledger_face(item).subtitle
    assert told.startswith("4 pages are the same scan as in all.pdf")
    assert "page 2, 3, 5, … here, page 12, 13, 15, … there" in told


def test_refused_import_is_told_in_words(capture, context, qtbot, tmp_path):
    context.fails_with = OperatorError("path_missing", path="D:/nowhere")
    capture.window().capture.import_paths([tmp_path])
    qtbot.waitUntil(
        lambda: any("D:/nowhere" in each for each in capture.window()._toasts.texts), timeout=5000
    )


# --- uploads and batches ---------------------------------------------------------------------------------


@pytest.fixture
def uploads(context, open_window, qtbot):
    window = open_window(context)
    window.go("uploads")
    view = window.screen_named("uploads")
    qtbot.waitUntil(lambda: view.model.rowCount() == 7, timeout=5000)
    return view


def test_story_opens_on_one_key(uploads, qtbot):
    assert QApplication.focusWidget() is uploads.list
    press(qtbot, KEY.Key_Return)
    assert uploads.has_story
    assert len(uploads.timeline.moments) == 8


def test_what_the_machine_did_page_by_page_is_one_line_of_the_story():
    acts = [("dossier", 1, "opened", "Sokha Kim")]
    acts += [("page", number, "captured", "machine") for number in range(24)]
    acts += [("dossier", 1, "moved", "machine")]
    acts += [
        ("page", number, action, "machine") for number in range(24) for action in ("moved", "recognised")
    ]
    acts += [("page", 3, "turn_set", "Dara Chan"), ("page", 3, "asked_again", "Dara Chan")]
    acts += [("page", 3, "recognised", "machine"), ("page", 5, "set_aside", "machine")]
    lines = [AuditLine(NOW, who, of, which, action, None, None, {}) for of, which, action, who in acts]
    assert [moment.what for moment in moments_of(lines)] == [
        "Folder opened",
        "24 pages safe on disk and read",
        "Page turned by hand",
        "Page to be read again",
        "1 page read",
        "Set aside for a person",
    ]


def test_waiting_delivery_says_why_in_words_and_is_tried_again(uploads, context, qtbot):
    uploads.list.setCurrentIndex(uploads.model.index_of(3))
    assert "E:/office-drop" in uploads.message.text
    press(qtbot, KEY.Key_F8)
    qtbot.waitUntil(lambda: called(context, "retry") == [(3,)], timeout=5000)


def subtitle(uploads, upload_id):
    return uploads._face(uploads.model.row_of(upload_id)).subtitle


def test_drop_folder_that_answers_itself_is_named_plainly(context, open_window, qtbot, tmp_path):
    drop = tmp_path / "drop"
    prepare_drop_folder(drop)
    for upload_id, row in context.uploads_by_id.items():
        context.uploads_by_id[upload_id] = replace(row, destination=str(drop))
    window = open_window(context)
    window.go("uploads")
    view = window.screen_named("uploads")
    qtbot.waitUntil(lambda: view.model.rowCount() == 7, timeout=5000)
    assert "no office has seen it" in view._place.text
    assert all("local drop folder" in subtitle(view, upload_id) for upload_id in view.model.ids)


def test_directory_of_an_office_is_never_called_local(context, open_window, qtbot, tmp_path):
    (tmp_path / "office share").mkdir()
    for upload_id, row in context.uploads_by_id.items():
        office = "Department of Industrial Property" if row.receipt_office else None
        context.uploads_by_id[upload_id] = replace(
            row, destination=str(tmp_path / "office share"), receipt_office=office
        )
    window = open_window(context)
    window.go("uploads")
    view = window.screen_named("uploads")
    qtbot.waitUntil(lambda: view.model.rowCount() == 7, timeout=5000)
    assert view._place.text == ""
    assert all("office share" in subtitle(view, upload_id) for upload_id in view.model.ids)
    view.list.setCurrentIndex(view.model.index_of(4))
    assert view.message.text == t("uploads.accepted")


def test_receipt_tells_who_answered_whatever_the_directory_is_now(uploads):
    # No marker lies in the directory any more, but these receipts were written by a drop folder of our own.
    assert "4 dossiers are for a local drop folder" in uploads._place.text
    assert "local drop folder" in subtitle(uploads, 4)
    assert "local drop folder" not in subtitle(uploads, 2)


def test_filter_narrows_by_number(uploads, qtbot):
    press(qtbot, KEY.Key_F, CTRL)
    qtbot.keyClicks(uploads.filter, "04103")
    qtbot.waitUntil(lambda: uploads.model.rowCount() == 1)
    press(qtbot, KEY.Key_Escape)
    qtbot.waitUntil(lambda: uploads.model.rowCount() == 7)
    assert QApplication.focusWidget() is uploads.list


def test_batch_tells_all_that_is_wrong_and_all_that_waits(context):
    words = [badge.word for badge in batch_badges(context.batches[2])]
    assert words == ["3 files refused", "1 folder returned", "4 folders to review"]
    words = [badge.word for badge in batch_badges(context.batches[3])]
    assert words == ["2 pages to look at", "4 folders to index", "5 folders to review"]
    assert [badge.word for badge in batch_badges(context.batches[1])] == ["All accepted"]


def test_batch_opens_closes_and_its_folder_leads_to_its_screen(context, open_window, qtbot):
    window = open_window(context)
    view = window.screen_named("batches")
    qtbot.waitUntil(lambda: view.model.rowCount() == 4, timeout=5000)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: view.stack.currentIndex() == 1, timeout=5000)
    assert QApplication.focusWidget() is view.dossier_list
    press(qtbot, KEY.Key_Escape)
    assert view.stack.currentIndex() == 0
    assert QApplication.focusWidget() is view.list
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: view.stack.currentIndex() == 1, timeout=5000)
    press(qtbot, KEY.Key_Return)
    assert window.current == "indexing"


def test_first_start_shows_three_steps_with_the_focus_on_the_first(empty_context, open_window, qtbot):
    window = open_window(empty_context)
    view = window.screen_named("batches")
    qtbot.waitUntil(lambda: view.stack.currentIndex() == 2, timeout=5000)
    assert QApplication.focusWidget() is view.first_steps.button
    press(qtbot, KEY.Key_Space)
    assert window.current == "capture"


def test_notices_are_kept(context, open_window, qtbot):
    window = open_window(context)
    window._desk.notices.say("something", Tone.GOOD)
    press(qtbot, KEY.Key_F11)
    assert window._activity.isVisible()
    assert any("something" in moment.what for moment in window._activity._timeline.moments)
    press(qtbot, KEY.Key_Escape)
    assert not window._activity.isVisible()

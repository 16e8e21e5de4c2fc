"""Uploads asks name and password of a closed share in place, tries them off the GUI thread and delivers what waited."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from app.connectors.vault import Login
from app.domain.states import UploadState
from app.errors import ConnectorError, OperatorError
from app.queries.rows import Reason
from tests.ui.test_other_screens import called
from ui.screens.uploads.share_login import CODES, closed_share
from ui.texts import explain, t
from ui.words_en_errors import ERRORS

KEY = Qt.Key
SHARE = r"\\registry\incoming"


def close(context, upload_id, code="share_login_needed", state=UploadState.QUEUED, **facts):
    error = Reason(code, {"share": SHARE, **facts})
    row = context.uploads_by_id[upload_id]
    context.uploads_by_id[upload_id] = replace(row, state=state, error=error)


@pytest.fixture
def uploads(context, open_window, qtbot):
    close(context, 2)
    close(context, 3, "share_login_refused", user="scans", error=1326)
    window = open_window(context)
    window.go("uploads")
    view = window.screen_named("uploads")
    qtbot.waitUntil(lambda: view.model.rowCount() == 7, timeout=5000)
    return view


def press(qtbot, key):
    qtbot.keyClick(QApplication.focusWidget(), key)


def choose(uploads, upload_id):
    uploads.list.setCurrentIndex(uploads.model.index_of(upload_id))


def type_in(qtbot, user, password):
    qtbot.keyClicks(QApplication.focusWidget(), user)
    press(qtbot, KEY.Key_Return)
    qtbot.keyClicks(QApplication.focusWidget(), password)
    press(qtbot, KEY.Key_Return)


def test_the_form_is_offered_only_where_a_share_is_closed(uploads, qtbot):
    choose(uploads, 7)
    assert not uploads._login.isVisible()
    press(qtbot, KEY.Key_F7)
    assert not uploads.login_form.isVisible()
    choose(uploads, 2)
    assert uploads._login.isVisible()
    qtbot.mouseClick(uploads._login, Qt.MouseButton.LeftButton)
    assert uploads.login_form.isVisible()
    assert not uploads._login.isVisible()
    assert QApplication.focusWidget() is uploads.login_form.user
    choose(uploads, 7)
    assert not uploads.login_form.isVisible()


def test_a_login_that_works_delivers_all_that_waited(uploads, context, qtbot):
    threads = []
    note = context.outbox.shares.log_in
    context.outbox.shares.log_in = lambda *given: threads.append(threading.current_thread()) or note(*given)
    choose(uploads, 2)
    press(qtbot, KEY.Key_F7)
    type_in(qtbot, "OFFICE\\scans", "s ecret ")
    qtbot.waitUntil(lambda: len(called(context, "retry")) == 2, timeout=5000)
    assert called(context, "log_in") == [(SHARE, Login("OFFICE\\scans", "s ecret "))]
    assert called(context, "wake") == [()]
    assert sorted(called(context, "retry")) == [(2,), (3,)]
    assert threads != [threading.main_thread()]
    assert not uploads.login_form.isVisible()
    assert uploads.login_form.password.text() == ""
    assert QApplication.focusWidget() is uploads.list


def test_a_refused_login_is_told_in_place_and_asked_again(uploads, context, qtbot):
    choose(uploads, 3)
    press(qtbot, KEY.Key_F7)
    form = uploads.login_form
    assert form.user.text() == "scans"
    assert QApplication.focusWidget() is form.password
    context.fails_with = OperatorError("share_login_refused", share=SHARE, user="scans", error=1326)
    qtbot.keyClicks(form.password, "wrong")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: form.message.text == t("uploads.login_refused"), timeout=5000)
    assert form.isVisible()
    assert form.password.text() == ""
    assert QApplication.focusWidget() is form.password
    assert called(context, "retry") == []
    facts = {"share": SHARE, "error": 53}
    context.fails_with = ConnectorError("share_unreachable", retryable=True, **facts)
    qtbot.keyClicks(form.password, "right")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: form.message.text == explain("error", "share_unreachable", facts), timeout=5000)


def test_nothing_is_sent_without_name_and_password(uploads, context, qtbot):
    choose(uploads, 2)
    press(qtbot, KEY.Key_F7)
    type_in(qtbot, " ", "")
    assert uploads.login_form.message.text == t("uploads.login_incomplete")
    assert called(context, "log_in") == []


def test_escape_leaves_and_forgets_what_was_typed(uploads, context, qtbot):
    choose(uploads, 2)
    press(qtbot, KEY.Key_F7)
    form = uploads.login_form
    assert form.password.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(form.password, "secret")
    form.password.setFocus()
    press(qtbot, KEY.Key_Escape)
    assert not form.isVisible()
    assert form.password.text() == ""
    assert QApplication.focusWidget() is uploads.list
    assert uploads._login.isVisible()


def test_a_slow_server_blocks_nothing_and_is_asked_once(uploads, context, qtbot):
    answer = threading.Event()
    note = context.outbox.shares.log_in
    context.outbox.shares.log_in = lambda *given: answer.wait(5) and note(*given)
    choose(uploads, 2)
    press(qtbot, KEY.Key_F7)
    type_in(qtbot, "scans", "secret")
    form = uploads.login_form
    assert form.message.text == t("uploads.login_asking")
    press(qtbot, KEY.Key_Return)
    press(qtbot, KEY.Key_F7)
    assert form.is_waiting
    context.tell(outbox=[2])  # a list read again leaves the form alone
    qtbot.wait(50)
    assert form.is_waiting
    press(qtbot, KEY.Key_Escape)
    assert not form.isVisible()
    answer.set()
    qtbot.waitUntil(lambda: len(called(context, "retry")) == 2, timeout=5000)
    assert len(called(context, "log_in")) == 1


def test_the_form_goes_when_the_share_has_opened_meanwhile(uploads, context, qtbot):
    choose(uploads, 2)
    press(qtbot, KEY.Key_F7)
    context.uploads_by_id[2] = replace(context.uploads_by_id[2], error=None)
    context.tell(outbox=[2])
    qtbot.waitUntil(lambda: not uploads.login_form.isVisible(), timeout=5000)


def test_delivered_packages_ask_for_nothing(context):
    close(context, 7, state=UploadState.ACCEPTED)
    assert closed_share(context.uploads_by_id[7]) == ""
    assert closed_share(None) == ""


def test_sentences_of_closed_shares_name_the_key():
    assert all("F7" in ERRORS[code] for code in CODES)

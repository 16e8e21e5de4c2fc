"""The report of a crash is offered quietly: shown, copied or dismissed, by keys too."""

from __future__ import annotations

import sys
import threading

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.crash_log import CrashLog, collect
from ui.crash_hook import CrashHook
from ui.notices import Notices
from ui.texts import t

REPORT = "Foliodesk 1.2.3\nwindow\n\nTraceback\n"


def press(qtbot, key):
    qtbot.keyClick(QApplication.focusWidget(), key)


def test_nothing_is_offered_when_nothing_happened(context, open_window, qtbot):
    window = open_window(context)
    assert not window._crash.line.isVisible()
    press(qtbot, Qt.Key.Key_F12)
    assert not window._crash.panel.isVisible()


def test_report_is_shown_and_closed_by_keys_and_the_focus_comes_back(context, open_window, qtbot):
    window = open_window(context)
    before = QApplication.focusWidget()
    window.offer_report(REPORT, "/home/logs/report-1.txt")
    assert window._crash.line.isVisible()
    assert QApplication.focusWidget() is before
    press(qtbot, Qt.Key.Key_F12)
    assert window._crash.panel.isVisible()
    assert window._crash.panel.report == REPORT
    press(qtbot, Qt.Key.Key_Escape)
    assert not window._crash.panel.isVisible()
    assert not window._crash.line.isVisible()
    assert QApplication.focusWidget() is before


def test_report_is_copied(context, open_window, qtbot):
    window = open_window(context)
    window.offer_report(REPORT, "/home/logs/report-1.txt")
    window._crash.line.copy_button.click()
    assert QGuiApplication.clipboard().text() == REPORT
    assert t("crash.copied") in window._toasts.texts


def test_offer_is_dismissed(context, open_window, qtbot):
    window = open_window(context)
    window.offer_report(REPORT, "/home/logs/report-1.txt")
    window._crash.line.dismiss_button.click()
    assert not window._crash.line.isVisible()


def test_offer_fits_a_small_window(context, open_window, qtbot):
    window = open_window(context)
    window.resize(960, 540)
    window.offer_report(REPORT, "/home/logs/report-1.txt")
    qtbot.wait(50)
    assert window.width() == 960
    line = window._crash.line
    for button in (line.show_button, line.copy_button, line.dismiss_button):
        assert button.width() >= button.sizeHint().width() - 1
        assert line.rect().contains(button.geometry())


def test_a_bug_in_a_slot_or_a_thread_is_told_and_kept_for_the_next_start(qapp, qtbot, tmp_path, caplog):
    owner = QObject()
    notices = Notices(owner)
    with CrashLog.begin(tmp_path, program="window", software="Foliodesk") as crash_log:
        hook = CrashHook(notices, crash_log, owner)
        try:
            error = ZeroDivisionError("in a slot")
            sys.excepthook(type(error), error, None)
            threading.excepthook(
                threading.ExceptHookArgs(
                    (KeyError, KeyError("in a thread"), None, threading.current_thread())
                )
            )
            qtbot.waitUntil(lambda: len(notices.kept) == 2, timeout=5000)
        finally:
            hook.remove()
    (report,) = collect(tmp_path).reports
    text = report.read_text(encoding="utf-8")
    assert "in a slot" in text
    assert "in a thread" in text

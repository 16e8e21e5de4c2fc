from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.domain.register import RegisterProblem
from app.services.register import RegisterImported
from app.settings import load_settings
from ui import texts
from ui.shell_rail import SCREENS
from ui.shell_status import layout_words, pace_words, safe_words, what_runs
from ui.texts import t
from ui.theme import ThemeChoice
from ui.widgets.buttons import KeyButton

ROOT = Path(__file__).parents[2]
CTRL = Qt.KeyboardModifier.ControlModifier


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


@pytest.mark.parametrize("size", [(1366, 768), (960, 540)])
def test_no_button_is_clipped_or_too_small_to_hit(size, context, open_window, qtbot):
    window = open_window(context)
    window.resize(*size)
    for name in SCREENS:
        window.go(name)
        qtbot.waitUntil(lambda: not misfits(window), timeout=8000)
    assert (window.width(), window.height()) == size


def misfits(window):
    """Visible buttons that are clipped or too small to hit."""
    found = []
    for button in window.findChildren(QAbstractButton):
        if button.isVisible():
            is_clipped = isinstance(button, KeyButton) and button.width() < button.sizeHint().width() - 1
            if is_clipped or button.height() < 32 or button.width() < 32:
                found.append((button.text() or button.toolTip(), button.size()))
    return found


def test_every_screen_is_reached_by_keys_and_never_loses_the_focus(context, open_window, qtbot):
    window = open_window(context)
    for place, name in enumerate(SCREENS):
        press(qtbot, Qt.Key(Qt.Key.Key_1 + place), CTRL)
        assert window.current == name
        qtbot.wait(150)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert window.screen_named(name).isAncestorOf(focus)


def test_answer_that_comes_late_takes_no_focus_from_the_screen_in_front(context, open_window, qtbot):
    window = open_window(context)
    window.go("review")
    qtbot.waitUntil(lambda: window.screen_named("review").pages.rowCount() > 0, timeout=8000)
    window.go("uploads")
    uploads = window.screen_named("uploads")
    qtbot.waitUntil(lambda: uploads.isAncestorOf(QApplication.focusWidget()), timeout=8000)
    for name in ("review", "indexing", "batches"):
        window._presenters[name].activate()
    qtbot.waitUntil(lambda: not window._desk.tasks.is_busy, timeout=8000)
    assert uploads.isAncestorOf(QApplication.focusWidget())


def test_key_sheet_opens_and_gives_the_focus_back(context, open_window, qtbot):
    window = open_window(context)
    window.go("indexing")
    qtbot.wait(200)
    before = QApplication.focusWidget()
    press(qtbot, Qt.Key.Key_F1)
    assert window._keys.isVisible()
    press(qtbot, Qt.Key.Key_Escape)
    assert not window._keys.isVisible()
    assert QApplication.focusWidget() is before


def test_every_screen_tells_its_keys(context, open_window):
    window = open_window(context)
    for name in SCREENS:
        assert [hint.text for hint in window.screen_named(name).key_hints()]


@pytest.mark.parametrize("look", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_look_changes_while_the_window_is_open(look, context, open_window, qtbot):
    window = open_window(context)
    window._on_look(look)
    assert window._desk.theme.is_dark is (look is ThemeChoice.DARK)
    path = context.paths.settings
    qtbot.waitUntil(
        lambda: path.exists() and load_settings(path, {}).settings.theme == look.value, timeout=8000
    )


def test_look_that_cannot_be_kept_is_said(context, open_window, qtbot, tmp_path):
    window = open_window(context)
    (tmp_path / "file").write_text("no directory")
    context.paths.settings = tmp_path / "file" / "settings.toml"
    window._on_look(ThemeChoice.DARK)
    qtbot.waitUntil(lambda: t("settings.saved_not") in window._toasts.texts, timeout=8000)
    assert window._desk.theme.is_dark


# A menu takes the keyboard, and the screenless platform says that it cannot.
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_register_is_loaded_by_keys_for_the_office_chosen(context, open_window, qtbot, tmp_path):
    context.offices["WO"] = context.offices["KH"]  # the international forms are no office one works for
    window = open_window(context)
    press(qtbot, Qt.Key.Key_L, CTRL)
    menu = window._register.menu
    qtbot.waitUntil(menu.isVisible, timeout=5000)
    offices = [action.data() for action in menu.actions()[1:]]
    assert offices[0] == "KH"
    assert sorted(offices) == sorted(set(context.offices) - {"WO"})
    assert menu.activeAction().data() == "KH"
    menu.close()
    window._register.load(tmp_path / "register.csv", "LA")
    wanted = ("look", tmp_path / "register.csv", "LA")
    qtbot.waitUntil(lambda: wanted in context.calls, timeout=5000)
    qtbot.waitUntil(lambda: window._register.dialog is not None, timeout=5000)
    dialog = window._register.dialog
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: context.calls[-1][0] == "import_extract", timeout=5000)
    request = context.calls[-1][1]
    assert (request.path, request.office) == (tmp_path / "register.csv", "LA")
    qtbot.waitUntil(lambda: not dialog.is_importing, timeout=5000)
    dialog.accept()
    assert window._desk.preferences.text("register_place") == str(tmp_path)


def test_every_register_line_that_needs_a_look_is_listed(context, open_window, qtbot):
    window = open_window(context)
    window.resize(1366, 768)
    problems = [RegisterProblem(line, "number_absent", "") for line in range(2, 32)]
    problems.append(RegisterProblem(40, "date_unreadable", "the thirty-first of February"))
    window._register._on_loaded(RegisterImported(7, tuple(problems)))
    assert "31 lines of the register need a look, 30 were left out. F11 lists each." in window._toasts.texts
    press(qtbot, Qt.Key.Key_F11)
    timeline = window._activity._timeline
    told = next(each.what for each in timeline.moments if "31 lines" in each.what).splitlines()
    assert told[1] == t("top.register_line", line=2, problem=texts.explain("error", "number_absent"))
    assert told[-1].startswith("Line 40, the thirty-first of February: ")
    assert len(told) == 32
    # Nothing is cut off: each line has its height, and the keys scroll to them.
    assert timeline.height() > 31 * timeline.fontMetrics().height()
    bar = window._activity._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=3000)
    press(qtbot, Qt.Key.Key_PageDown)
    assert bar.value() > 0


def test_strip_tells_the_layout_only_where_the_system_says_it():
    khmer = QLocale(QLocale.Language.Khmer, QLocale.Country.Cambodia)
    assert layout_words("windows", khmer) == "Keyboard: Khmer"
    assert layout_words("windows", QLocale.c()) == ""
    assert layout_words("xcb", khmer) == ""


def test_closing_while_calls_run_is_safe(context, open_window, qtbot):
    window = open_window(context)
    for name in SCREENS:
        window.go(name)
    window.close()
    assert not window.isVisible()


def test_rail_counts_what_waits(context, open_window, qtbot):
    window = open_window(context)
    qtbot.waitUntil(lambda: window._rail.count_of("indexing") == 7, timeout=5000)
    assert window._rail.count_of("review") == 6


def test_strip_says_why_nothing_runs(context):
    held = replace(context.status, held="disk_full")
    words, _, tone = what_runs(held)
    assert "disk is full" in words
    assert tone == "bad"


def test_strip_promises_no_time_it_does_not_know(context):
    assert pace_words(replace(context.status, pages_per_minute=None)) == ""
    assert "3 minutes left" in pace_words(context.status)


def test_strip_calls_only_taken_in_pages_safe(context):
    assert "20 files not yet taken in" in safe_words(context.status)


def test_entry_imports_no_qt():
    code = "import sys, ui.__main__; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
@pytest.mark.parametrize("name", ["indexing", "review"])
def test_no_pane_lies_over_another_on_a_small_screen_at_150_percent(name, context, open_window, qtbot):
    window = open_window(context)
    window._fit(QSize(910, 500))
    window.showNormal()
    window.resize(900, 460)
    window.go(name)
    qtbot.waitUntil(lambda: not window._desk.tasks.is_busy, timeout=20_000)
    screen = window.screen_named(name)
    qtbot.waitUntil(lambda: screen.minimumSizeHint().width() <= 900 - window._rail.width(), timeout=3000)


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
@pytest.mark.parametrize("room", [(910, 472), (960, 540), (1366, 728)])
def test_window_never_opens_larger_than_the_screen(room, context, open_window):
    window = open_window(context)
    window.setMinimumSize(0, 0)
    window._fit(QSize(*room))
    assert window.minimumWidth() < room[0]
    assert window.minimumHeight() < room[1]
    assert window.isMaximized()

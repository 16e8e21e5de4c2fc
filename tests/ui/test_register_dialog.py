"""The register's dialog by keys alone: columns, progress that can be stopped, and the lines that need a look."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.register_mapping import DateOrder, Field
from app.domain.register_types import RegisterProblem
from app.errors import OperatorError
from app.services.register import RegisterImported
from ui.texts import t

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key

# A dialog is a window of its own, and the screenless platform says what it cannot do with one.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def dialog(context, open_window, qtbot, tmp_path):
    window = open_window(context)
    window._register.load(tmp_path / "register.csv", "KH")
    qtbot.waitUntil(lambda: window._register.dialog is not None, timeout=5000)
    opened = window._register.dialog
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), type(opened.mapping.dates)), timeout=5000)
    yield opened
    context.import_goes_on.set()
    if window._register.dialog is not None:
        qtbot.waitUntil(lambda: not opened.is_importing, timeout=5000)
        opened.accept()


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def requests(context):
    return [call[1] for call in context.calls if call[0] == "import_extract"]


def test_enter_loads_what_was_proposed(context, dialog, qtbot):
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog.go.text() == t("register.close"), timeout=5000)
    (request,) = requests(context)
    assert dict(request.mapping.columns) == dict(zip(Field, range(4), strict=True))
    assert request.seen_sha256 == "5e" * 32
    assert (request.office, request.is_delta, request.may_shrink) == ("KH", False, False)
    assert dialog.told.text == t("register.done", n=7, sha256="")
    press(qtbot, KEY.Key_Return)
    assert not dialog.isVisible()


def test_columns_dates_and_scope_are_chosen_by_keys(context, dialog, qtbot):
    press(qtbot, KEY.Key_Down)  # the number's column: the next one, which is the title's
    press(qtbot, KEY.Key_Return)
    assert dialog.mapping.message.text == t("register.columns_wrong")
    assert requests(context) == []
    press(qtbot, KEY.Key_Tab)
    press(qtbot, KEY.Key_Home)  # no title in this file
    for _ in range(3):
        press(qtbot, KEY.Key_Tab)
    press(qtbot, KEY.Key_End)  # mixed dates
    press(qtbot, KEY.Key_Tab)
    press(qtbot, KEY.Key_End)  # only changes
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: requests(context) != [], timeout=5000)
    (request,) = requests(context)
    assert dict(request.mapping.columns) == {Field.NUMBER: 1, Field.APPLICANT: 2, Field.FILING_DATE: 3}
    assert (request.mapping.dates, request.is_delta) == (DateOrder.MIXED, True)


def test_what_each_column_is_taken_for_stands_above_it(dialog, qtbot):
    table = dialog.mapping._rows
    assert table.horizontalHeaderItem(0).text().endswith(t("register.short_application_number"))
    press(qtbot, KEY.Key_End)
    assert table.horizontalHeaderItem(4).text().endswith(t("register.short_application_number"))
    assert not table.horizontalHeaderItem(0).text().endswith(t("register.short_application_number"))


def test_progress_is_shown_and_escape_stops_it(context, dialog, qtbot):
    context.import_goes_on.clear()
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog._stage.text() == t("register.stage_reading", n=420_000), timeout=5000)
    assert dialog._bar.value() == 420
    context.fails_with = None
    qtbot.keyClick(dialog, KEY.Key_Escape)
    assert dialog.isVisible()
    # The stand-in obeys as the service does.
    qtbot.waitUntil(lambda: not dialog.is_importing, timeout=5000)
    assert "stopped" in dialog.mapping.message.text
    qtbot.keyClick(dialog, KEY.Key_Escape)
    assert not dialog.isVisible()


def test_a_much_smaller_register_is_taken_only_when_said(context, dialog, qtbot):
    context.fails_with = OperatorError("register_shrinks", before=84_210, after=12)
    assert not dialog.mapping.may_shrink.isVisible()
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog.mapping.may_shrink.isVisible(), timeout=5000)
    assert "84,210" in dialog.mapping.message.text
    qtbot.keyClick(dialog.mapping.may_shrink, KEY.Key_Space)
    qtbot.keyClick(dialog.mapping.may_shrink, KEY.Key_Return)
    qtbot.waitUntil(lambda: requests(context) != [], timeout=5000)
    assert requests(context)[0].may_shrink


def test_a_box_that_nobody_sees_any_more_says_nothing(context, dialog, qtbot):
    context.fails_with = OperatorError("register_shrinks", before=84_210, after=12)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog.mapping.may_shrink.isVisible(), timeout=5000)
    qtbot.keyClick(dialog.mapping.may_shrink, KEY.Key_Space)
    assert dialog.mapping.request().may_shrink
    context.fails_with = OperatorError("register_stopped")
    qtbot.keyClick(dialog.mapping.may_shrink, KEY.Key_Return)
    qtbot.waitUntil(lambda: "stopped" in dialog.mapping.message.text, timeout=5000)
    assert not dialog.mapping.may_shrink.isVisible()
    assert not dialog.mapping.request().may_shrink


def test_of_very_many_lines_the_first_are_shown_and_the_rest_told(context, dialog, qtbot):
    problems = tuple(RegisterProblem(each, "number_absent", "") for each in range(2, 10_002))
    context.register_done = RegisterImported(7, problems, 12_000, 12_007, (), "ab12")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog.lines.count() > 0, timeout=5000)
    assert dialog.lines.count() == 200
    told = dialog._needs_look.text()
    assert "12,000" in told
    assert t("register.done_first", n=200) in told
    assert t("register.done_saved", n=10_000) in told


def test_lines_that_need_a_look_are_listed_and_saved(context, dialog, qtbot, tmp_path):
    problems = (RegisterProblem(4, "number_absent", ""), RegisterProblem(9, "date_ambiguous", "05/03/2019"))
    context.register_done = RegisterImported(7, problems, 2, 9, (), "ab12")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog.lines.count() == 2, timeout=5000)
    assert dialog.lines.item(0).text().startswith("Line 4, left out: ")
    assert dialog.lines.item(1).text().startswith("Line 9 (05/03/2019): ")
    dialog.save_lines(tmp_path / "lines.csv")
    saved = t("register.saved", n=2, path=tmp_path / "lines.csv")
    qtbot.waitUntil(lambda: dialog.told.text == saved, timeout=5000)
    with (tmp_path / "lines.csv").open(encoding="utf-8-sig", newline="") as source:
        assert [row[0] for row in csv.reader(source)] == ["line", "4", "9"]


def test_a_window_that_closes_does_not_wait_for_a_look(context, open_window, qtbot, tmp_path):
    window = open_window(context)
    context.look_goes_on.clear()
    window._register.load(tmp_path / "register.xlsx", "KH")
    qtbot.waitUntil(lambda: ("look", tmp_path / "register.xlsx", "KH") in context.calls, timeout=5000)
    window._register.stop()
    qtbot.waitUntil(lambda: any("stopped" in text for text in window._toasts.texts), timeout=5000)
    assert window._register.dialog is None


def test_a_file_that_is_no_register_is_told_without_a_dialog(context, open_window, qtbot, tmp_path):
    window = open_window(context)
    context.fails_with = OperatorError("register_old_workbook", path="a.xls")
    window._register.load(tmp_path / "a.xls", "KH")
    qtbot.waitUntil(lambda: any(".xls" in text for text in window._toasts.texts), timeout=5000)
    assert window._register.dialog is None

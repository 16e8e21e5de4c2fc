"""Stacks in the window: said at Capture, told there, cut and joined by keys in Indexing and Review; covers printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.cover_sheets import CoverSheet, PatchSheet
from app.domain.ids import BatchId, DossierId
from app.domain.register_types import RegisterProblem
from app.domain.separation import Mode, Separation
from app.domain.states import DossierState
from app.errors import Conflict
from app.queries.covers import CoversAsked, CoversFound
from app.queries.stacks import StackSummary
from app.services.divisions import FolderJoin
from ui.dialogs.covers_dialog import CoversDialog
from ui.screens.capture.stack_bar import StackBar
from ui.screens.capture.stack_memory import stack_words

# A dialog is a window of its own, and the screenless platform says what it cannot do with one.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

COVER = CoverSheet("KH", "Department of Industrial Property", "KH/P/2018/00417")


@pytest.fixture
def window(open_window, context):
    return open_window(context)


def calls(context, name):
    return [call for call in context.calls if call[0] == name]


@pytest.fixture
def bar(dressed, qtbot):
    bar = StackBar()
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_without_a_word_each_directory_is_a_folder(bar):
    assert bar.separation is None
    assert not bar.folders.isVisible()


def test_ways_are_chosen_by_keys_and_show_what_belongs_to_them(bar, qtbot):
    bar.way.setFocus()
    qtbot.keyClick(bar.way, Qt.Key.Key_Down)
    assert bar.separation == Separation(Mode.COVERS)
    assert bar.folders.isVisible()
    assert not bar.sheets.isVisible()
    bar.folders.setText("៧")
    bar.both_sides.setChecked(True)
    assert bar.separation == Separation(Mode.COVERS, None, True, 7)
    bar.choose(Separation(Mode.COUNT, sheets_each=12))
    assert bar.sheets.isVisible()
    assert bar.separation.sheets_each == 12


def test_an_import_says_that_it_is_a_stack_and_the_way_is_kept(window, context, qtbot, tmp_path):
    stack = window.screen_named("capture").profile.stack
    stack.choose(Separation(Mode.PATCH, both_sides=True))
    stack.folders.show_count(3)
    window.take_paths([tmp_path])
    qtbot.waitUntil(lambda: bool(calls(context, "import_paths")))
    options = calls(context, "import_paths")[0][2]
    assert options["separation"] == Separation(Mode.PATCH, None, True, 3)
    assert '"patch"' in window._desk.preferences.text("stack_way")
    assert "3" not in window._desk.preferences.text("stack_way")


def test_what_a_stack_became_is_told():
    told = StackSummary(
        1,
        BatchId(1),
        "box 14",
        "/box 14",
        "covers",
        None,
        False,
        None,
        False,
        (DossierId(1), DossierId(2)),
        20,
        {"cover": 2},
    )
    assert stack_words([told]) == " Stack box 14: 2 folders, 2 separator sheets."
    assert "2 of 3 folders expected" in stack_words([replace(told, expected_folders=3)])
    assert "divided once all of it is read" in stack_words([replace(told, is_waiting=True)])


@pytest.mark.parametrize("screen", ["indexing", "review"])
def test_a_folder_is_cut_and_joined_by_keys_and_taken_back(screen, window, context, qtbot):
    window.go(screen)
    view = window.screen_named(screen)
    qtbot.waitUntil(lambda: view.viewer.detail is not None)
    shown = view.viewer.detail.summary
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: calls(context, "cut") == [("cut", shown.id)])
    key, modifier = Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    if screen == "indexing":  # there Ctrl+Z takes a confirmation back
        key, modifier = Qt.Key.Key_F6, Qt.KeyboardModifier.AltModifier
    qtbot.waitUntil(lambda: not window._desk.tasks.is_busy)
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)
    qtbot.waitUntil(lambda: bool(calls(context, "uncut")))
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, both)
    qtbot.waitUntil(lambda: [name for name, *_ in calls(context, "join")] == ["join"])


def test_a_border_that_cannot_be_moved_says_why(window, context, qtbot):
    window.go("review")
    view = window.screen_named("review")
    qtbot.waitUntil(lambda: view.viewer.detail is not None)
    context.fails_with = Conflict("no_folder_before", dossier="box 14 #1")
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, both)
    qtbot.waitUntil(
        lambda: any(
            notice.text == "No folder of the same stack stands before box 14 #1."
            for notice in window._desk.notices.kept
        )
    )
    context.fails_with = None


@pytest.mark.parametrize("screen", ["indexing", "review"])
def test_a_border_that_waits_for_files_can_be_taken_back_later(window, context, qtbot, screen):
    window.go(screen)
    view = window.screen_named(screen)
    qtbot.waitUntil(lambda: view.viewer.detail is not None)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(calls(context, "cut")))
    key, modifier = Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    if screen == "indexing":
        key, modifier = Qt.Key.Key_F6, Qt.KeyboardModifier.AltModifier
    context.fails_with = Conflict("stack_waits", dossier="box 14 #1")
    qtbot.waitUntil(lambda: not window._desk.tasks.is_busy)
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)
    qtbot.waitUntil(lambda: any("still being read" in notice.text for notice in window._desk.notices.kept))
    context.fails_with = None
    qtbot.waitUntil(lambda: not window._desk.tasks.is_busy)
    before = len(calls(context, "uncut"))
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)
    qtbot.waitUntil(lambda: len(calls(context, "uncut")) > before)


def front(view):
    presenter = next(each for each in view.children() if hasattr(each, "_detail"))
    return None if presenter._detail is None else presenter._detail.summary.id


def joining(context, into, state):
    """Joins as the program does: one folder is dissolved, the other is looked at again for a while."""

    def join(dossier_id):
        context.calls.append(("join", dossier_id))
        context.set_dossier(dossier_id, state=DossierState.DISSOLVED)
        context.set_dossier(into, state=DossierState.PROCESSING)
        return FolderJoin(dossier_id, DossierId(into), (), None, None)

    def unjoin(join):
        context.set_dossier(join.dossier_id, state=state)
        context.calls.append(("unjoin", join))

    context.divisions.join, context.divisions.unjoin = join, unjoin


@pytest.mark.parametrize("screen", ["indexing", "review"])
def test_after_a_join_the_joined_folder_is_in_front_and_after_undo_the_other(screen, window, context, qtbot):
    state = DossierState.TO_INDEX if screen == "indexing" else DossierState.TO_REVIEW
    waiting = [each.summary.id for each in context.dossiers.values() if each.summary.state is state]
    into, gone = waiting[0], waiting[1]
    joining(context, into, state)
    window.go(screen, gone)
    view = window.screen_named(screen)
    qtbot.waitUntil(lambda: front(view) == gone and view.viewer.detail is not None)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, both)
    qtbot.waitUntil(lambda: bool(calls(context, "join")))
    seen = {front(view)}
    qtbot.waitUntil(lambda: not window._desk.tasks.is_busy)
    seen.add(front(view))
    context.set_dossier(into, state=state)
    qtbot.waitUntil(lambda: seen.add(front(view)) or front(view) == into)
    qtbot.waitUntil(lambda: not window._desk.tasks.is_busy)
    assert seen <= {gone, into}  # no other folder was in front meanwhile
    assert view.list.currentIndex().row() == view.model.ids.index(into)
    if screen == "indexing":
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: front(view) == gone)


@pytest.fixture
def covers(make_desk, context, qtbot):
    dialog = CoversDialog(make_desk(context), "KH")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_covers_of_typed_numbers_are_saved(covers, context, qtbot, tmp_path):
    context.covers = CoversFound((COVER,), (RegisterProblem(0, "cover_not_in_register", "KH/P/2018/00418"),))
    covers.numbers.setPlainText("KH/P/2018/00417\nKH/P/2018/00418")
    covers.sheets.show_count(24)
    covers.save_as(tmp_path / "covers.pdf")
    qtbot.waitUntil(lambda: covers.message.text != "")
    assert calls(context, "covers") == [
        ("covers", CoversAsked(("KH/P/2018/00417", "KH/P/2018/00418"), None, "", 24), "KH")
    ]
    assert (tmp_path / "covers.pdf").stat().st_size > 2_000
    assert "1 sheet saved" in covers.message.text
    assert "The register does not know KH/P/2018/00418." in covers.message.text


def test_nothing_to_print_is_said(covers, qtbot, tmp_path):
    covers.save_as(tmp_path / "covers.pdf")
    qtbot.waitUntil(lambda: "Type numbers" in covers.message.text)
    assert not (tmp_path / "covers.pdf").exists()


def test_patch_sheets_need_no_number(covers, qtbot, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "ui.dialogs.covers_dialog.write_covers", lambda sheets, layout, path: drawn.append((sheets, layout))
    )
    covers.kind.setCurrentIndex(covers.kind.findData("T"))
    covers.copies.show_count(3)
    assert not covers.numbers.isEnabled()
    covers.save_as(tmp_path / "t.pdf")
    qtbot.waitUntil(lambda: bool(drawn))
    qtbot.waitUntil(lambda: "3 sheets saved" in covers.message.text)
    assert drawn == [((PatchSheet("T"),) * 3, "one")]


def test_covers_go_to_a_printer(covers, context, qtbot, tmp_path, monkeypatch):
    """A printer that prints into a file stands for paper; its dialog is answered."""
    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QDialog

    out = tmp_path / "printed.pdf"

    class Answered:
        def __init__(self, printer: QPrinter, _parent: object) -> None:
            printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
            printer.setOutputFileName(str(out))

        def exec(self) -> QDialog.DialogCode:
            return QDialog.DialogCode.Accepted

    monkeypatch.setattr("ui.dialogs.covers_dialog.QPrintDialog", Answered)
    context.covers = CoversFound((COVER,), ())
    covers.numbers.setPlainText("KH/P/2018/00417")
    qtbot.keyClick(covers, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "sent to the printer" in covers.message.text)
    assert Path(out).stat().st_size > 2_000

"""A folder whose fields are still being read says so, and goes on by itself when they are here."""

from __future__ import annotations

import pytest

from app.domain.field_kinds import DossierField
from app.events import Changes
from tests.ui.fake_fields import row
from tests.ui.field_keys import KEY, in_field, open_indexing, press, said, wait_seen
from ui.texts import t

F = DossierField


@pytest.fixture
def indexing(context, open_window, qtbot):
    context.fields.awaited.add(1)
    view = open_indexing(context, open_window, qtbot)
    assert view.fields.left == t("field.awaited")
    return view


def arrive(context, *rows, **touched):
    context.fields.give(1, *rows)
    context.fields.awaited.clear()
    context.bus.publish(Changes({kind: frozenset(ids) for kind, ids in touched.items()}, "machine"))


def test_enter_is_kept_until_the_fields_are_here(indexing, context, qtbot):
    wait_seen(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    assert indexing.message.text == t("field.awaited_enter")
    assert said(context, "confirm") == []
    arrive(context, row(F.TYPE, "Industrial design"), row(F.AGENT), field={1})
    qtbot.waitUntil(lambda: said(context, "confirm") == [(1, "KH/D/2017/00938")], timeout=5000)


def test_a_field_that_needs_a_look_then_gets_it_first(indexing, context, qtbot):
    wait_seen(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    arrive(context, row(F.TYPE, "Industrial design"), row(F.TITLE, "Bamb0o", page=2, sure=0.4), field={1})
    qtbot.waitUntil(lambda: in_field(indexing) is F.TITLE, timeout=5000)
    assert said(context, "confirm") == []


@pytest.mark.parametrize("touched", [{"job": {77}}, {"field": {1}}])
def test_it_ends_by_itself_also_where_nothing_came_of_the_reading(indexing, context, qtbot, touched):
    arrive(context, row(F.AGENT), **touched)
    qtbot.waitUntil(lambda: indexing.fields.left == t("field.all_empty", n=1), timeout=5000)

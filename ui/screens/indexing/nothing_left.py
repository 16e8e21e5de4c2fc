"""What Indexing says when no folder waits: all done, more to come, or nothing imported yet."""

from __future__ import annotations

from ui.screens.indexing.queue import Lists
from ui.texts import t
from ui.theme import Tone
from ui.widgets.empty_state import EmptyState


def say_nothing_left(empty: EmptyState, lists: Lists, *, was_busy: bool) -> None:
    """The end of the queue is a friendly one. was_busy: there were folders since the window opened."""
    if lists.processing:
        words = t("index.all_done_running", n=lists.processing)
        empty.say("check", t("index.all_done"), words, t("index.to_review"), Tone.GOOD)
    elif was_busy or lists.proven_count:
        empty.say("check", t("index.all_done"), t("index.all_done_text"), t("index.to_review"), Tone.GOOD)
    else:
        empty.say("indexing", t("index.empty"), t("index.empty_text"), t("index.to_capture"))

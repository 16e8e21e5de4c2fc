"""What Indexing says when no folder waits: all done, more to come, or nothing imported yet."""

from __future__ import annotations

from ui.screens.indexing.queue import Lists
from ui.texts import t
from ui.theme import Tone
from ui.widgets.empty_state import EmptyState


def next_kind(lists: Lists) -> str:
    """The screen of what waits to be keyed again, or else to be judged; "" where nothing does."""
    return "keying" if lists.keyings.second else "judging" if lists.keyings.judge else ""


def leads_to(lists: Lists, *, was_busy: bool) -> str:
    """The screen its button leads to."""
    is_new = not (was_busy or lists.proven_count or lists.processing)
    return next_kind(lists) or ("capture" if is_new else "review")


def say_nothing_left(empty: EmptyState, lists: Lists, *, was_busy: bool) -> None:
    """The end of the queue is a friendly one. was_busy: there were folders since the window opened."""
    if lists.keyings.count:
        words = t("keying.waiting_text", n=lists.keyings.count)
        empty.say("check", t("index.all_done"), words, t(f"keying.to_{next_kind(lists)}"), Tone.GOOD)
    elif lists.processing:
        words = t("index.all_done_running", n=lists.processing)
        empty.say("check", t("index.all_done"), words, t("index.to_review"), Tone.GOOD)
    elif was_busy or lists.proven_count:
        empty.say("check", t("index.all_done"), t("index.all_done_text"), t("index.to_review"), Tone.GOOD)
    else:
        empty.say("indexing", t("index.empty"), t("index.empty_text"), t("index.to_capture"))

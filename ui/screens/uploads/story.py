"""The story of a dossier as lines: what people did stands alone, what the machine did page by page is summed up."""

from __future__ import annotations

from collections.abc import Sequence

from app.queries.rows import AuditLine
from ui import texts
from ui.screens.faces import return_words
from ui.texts import t
from ui.theme import Tone
from ui.widgets.timeline import Moment

_BAD_ACTIONS = frozenset({"refused", "failed", "returned", "package_failed", "receipt_trouble", "set_aside"})
_GOOD_ACTIONS = frozenset({"accepted", "approved", "linked", "confirmed", "receipt_accepted"})
_MACHINE = "machine"
_SAFE, _READ, _MOVED = "captured", "recognised", "moved"


def moments_of(lines: Sequence[AuditLine]) -> list[Moment]:
    """The story from the first act to the last; ordinary acts of the machine on pages become one line."""
    moments: list[Moment] = []
    run: list[AuditLine] = []
    for line in lines:
        if _is_routine(line):
            run.append(line)
            continue
        moments.extend(_summed_up(run))
        run = []
        moments.append(_moment(line))
    return [*moments, *_summed_up(run)]


def _is_routine(line: AuditLine) -> bool:
    if line.who != _MACHINE:
        return False
    # That a folder's state moved on between its pages says nothing that its pages do not say.
    return line.action == _MOVED or (line.subject == "page" and line.action in (_SAFE, _READ))


def _summed_up(run: Sequence[AuditLine]) -> list[Moment]:
    pages = [line for line in run if line.subject == "page"]
    if not pages:
        return [_moment(line) for line in run]
    safe, read, moved = (
        len({line.subject_id for line in pages if line.action == action}) for action in (_SAFE, _READ, _MOVED)
    )
    if safe and safe == read:
        what = t("uploads.pages_safe_read", n=safe)
    elif safe and read:
        what = t("uploads.pages_safe_some_read", n=safe, read=read)
    elif safe:
        what = t("uploads.pages_safe", n=safe)
    else:
        what = t("uploads.pages_read", n=read) if read else t("uploads.pages_taken_up", n=moved)
    return [Moment(texts.moment(run[-1].at), _MACHINE, what)]


def _moment(line: AuditLine) -> Moment:
    what = texts.explain("action", line.action, line.facts)
    reason = line.facts.get("reason")
    if isinstance(reason, str) and reason:
        what = f"{what}: {return_words(reason)}"
    tone = (
        Tone.BAD if line.action in _BAD_ACTIONS else Tone.GOOD if line.action in _GOOD_ACTIONS else Tone.PLAIN
    )
    return Moment(texts.moment(line.at), line.who, what[:1].upper() + what[1:], tone)

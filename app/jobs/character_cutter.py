"""Cuts the characters of read texts out of their pages, in the worker that also reads framed parts for people.

Called from threads of the window that may wait; never from the GUI thread.
"""

from __future__ import annotations

from app.errors import MachineError
from app.jobs.side_worker import SideWorker
from ocr.character_types import CharactersTask, CutText
from ocr.tasks import cut_characters

LIMIT_S = 20.0
MOST_PX = 4_000


class CharacterCutter:
    """One page at a time."""

    def __init__(self, worker: SideWorker) -> None:
        self._worker = worker

    def cut(self, task: CharactersTask) -> tuple[CutText | None, ...]:
        """Cut the texts of a page; None for each that cannot be cut surely.

        Raises OperatorError("zone_not_read"), PageNeedsAttention and MachineError.
        """
        return _believed(self._worker.run(cut_characters, task, LIMIT_S), task)


def _believed(result: object, task: CharactersTask) -> tuple[CutText | None, ...]:
    """What a worker says is looked at first: it has decoded foreign pixels."""
    if not isinstance(result, tuple) or len(result) != len(task.places):
        raise MachineError("result_implausible", what="kind of result")
    for each, place in zip(result, task.places, strict=True):
        if each is None:
            continue
        letters = sum(not char.isspace() for char in place.text)
        is_sound = (
            isinstance(each, CutText)
            and 0 < each.width_px <= MOST_PX
            and 0 < each.height_px <= MOST_PX
            and len(each.pixels) == each.width_px * each.height_px
            and len(each.spans) == len(each.sureness) == letters
            and all(0 <= start < end <= each.width_px for start, end in each.spans)
        )
        if not is_sound:
            raise MachineError("result_implausible", what="cut of a text")
    return result

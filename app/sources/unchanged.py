"""Reading an offered file only as long as it is the file that was offered. Runs in worker processes.

Between the offer and its reading hours may pass on a busy machine, and whoever scans always into the same
directory has put the next paper folder there by then: its pages must not enter the earlier dossier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ocr.errors import SourceRefused
from ocr.long_paths import reachable
from ocr.tasks import take_in
from ocr.types import IntakeResult, IntakeTask


@dataclass(frozen=True, slots=True)
class OfferedTask:
    """A file to take in, with its size and time as they were when it was offered (None: not known)."""

    task: IntakeTask
    size_bytes: int | None
    mtime_ns: int | None


def take_in_unchanged(offered: OfferedTask) -> IntakeResult:
    """Take a source file apart; raises SourceRefused("source_changed") when it is no longer the one offered.

    Looks before reading and after, for it may be overwritten meanwhile. Else as ocr.tasks.take_in.
    """
    _compare(offered)
    result = take_in(replace(offered.task, source_path=reachable(offered.task.source_path)))
    _compare(offered)
    return result


def _compare(offered: OfferedTask) -> None:
    path = reachable(offered.task.source_path)
    try:
        told = path.stat()
    except FileNotFoundError as exc:
        raise SourceRefused("source_missing", name=path.name) from exc
    except OSError as exc:
        raise SourceRefused("not_readable", name=path.name, reason=exc.strerror or "") from exc
    known = (offered.size_bytes, offered.mtime_ns)
    if None not in known and known != (told.st_size, told.st_mtime_ns):
        raise SourceRefused("source_changed", name=path.name)

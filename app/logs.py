"""Log files: one JSON object a line, bounded in size, never on standard output (that belongs to --json).

Each program and each worker writes a file of its own, because Windows cannot rotate a file that another
process has open; old files are pruned at start. No page text and no names of applicants: values under
such keys are left out here, long values are cut, tracebacks carry no local variables.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import time
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

FILE_BYTES = 2_000_000
FILES_KEPT = 20
WORKER_FILE_BYTES = 200_000
VALUE_CHARACTERS = 500

PRIVATE_KEYS = frozenset(
    {"text", "words", "word", "raw", "applicant", "applicants", "title", "owner_name", "address", "barcode"}
)

_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


class LogFile:
    """The log of this process; close it to give the file back."""

    def __init__(self, handler: logging.Handler, path: Path) -> None:
        self.path = path
        self._handler = handler

    def close(self) -> None:
        """Stop writing; harmless when repeated."""
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()


def start_logging(directory: Path, *, level: str = "INFO") -> LogFile:
    """Log this program into a file of its own below directory, and prune old files there.

    A directory that cannot be written is no reason not to work: then nothing is logged.
    """
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    with suppress(OSError):
        directory.mkdir(parents=True, exist_ok=True)
        _prune(directory)
    return _start(directory / f"foliodesk-{stamp}-{os.getpid()}.jsonl", level, FILE_BYTES)


def start_worker_logging(directory: Path) -> LogFile:
    """Log warnings of a worker process into a small file of its own; no warning, no file."""
    return _start(directory / f"worker-{os.getpid()}.jsonl", "WARNING", WORKER_FILE_BYTES)


def get_logger(name: str) -> Any:
    """Return a structured logger: log.info("event_code", page_id=7). It works before logging is started."""
    return structlog.stdlib.get_logger(name)


class _QuietHandler(logging.handlers.RotatingFileHandler):
    """A full or vanished disk must not disturb the work that wanted to log, nor print anything."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the record."""

    def close(self) -> None:
        """Close the file; what is still unwritten and finds no room is dropped."""
        with suppress(OSError):
            super().close()


def _start(path: Path, level: str, file_bytes: int) -> LogFile:
    handler = _QuietHandler(path, maxBytes=file_bytes, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _render_exception,
                _leave_out_private,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return LogFile(handler, path)


_render_exception = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
)


def _leave_out_private(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if name.lower() in PRIVATE_KEYS:
            event[name] = "(left out)"
        elif isinstance(value, str) and len(value) > VALUE_CHARACTERS:
            event[name] = value[:VALUE_CHARACTERS] + "..."
    return event


def _prune(directory: Path) -> None:
    """Keep the newest files; one that is still open on Windows stays."""
    files = [*directory.glob("foliodesk-*.jsonl*"), *directory.glob("worker-*.jsonl*")]
    newest_first = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[FILES_KEPT:]:
        with suppress(OSError):
            path.unlink()

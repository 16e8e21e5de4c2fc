"""Errors of the page engine: codes and facts, no sentences (ui/texts.py has the words)."""

from __future__ import annotations

from typing import Any

from ocr.long_paths import shown


class WorkstationError(Exception):
    """Root of every error we raise on purpose.

    code: stable snake_case name, the key of the words shown to people. facts: plain values for them.
    Survives pickling between processes.
    """

    retryable = False

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = {
            name: shown(value) if isinstance(value, str) else value for name, value in facts.items()
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.facts)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code


class OperatorError(WorkstationError):
    """Someone here can fix it: a damaged file, an unknown number, a missing directory."""


class MachineError(WorkstationError):
    """The machine or its software is at fault: disk full, engine missing."""

    def __init__(self, code: str, *, retryable: bool = False, **facts: object) -> None:
        super().__init__(code, **facts)
        self.retryable = retryable

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, {"retryable": self.retryable, **self.facts})


class SourceRefused(OperatorError):
    """A source file cannot become pages.

    Codes: "empty_file", "not_an_image", "encrypted", "damaged", "too_large", "too_many_pages",
    "source_missing", "not_readable", "out_of_memory".
    """


class PageNeedsAttention(OperatorError):
    """One page cannot be processed as it is; a person must look."""


class EngineUnavailable(MachineError):
    """The recognition engine or a language model is missing or damaged; says nothing of the page."""


def _rebuild(kind: type[WorkstationError], code: str, facts: dict[str, Any]) -> WorkstationError:
    return kind(code, **facts)

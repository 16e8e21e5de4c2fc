"""What people said of a document whose last pages are moved into another one: it goes along, or is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.office_profile import OfficeProfile
from app.services.arranging import PAGES, Arrangement, Run
from app.services.document_links import active_links, move_links
from app.storage.document_tables import DocumentRow

_NAMES = ("kind", "dated", "direction", "language", "access")


@dataclass(frozen=True, slots=True)
class Ended:
    """Documents that ended by a move. carried, dropped: by name as a person would write it; a "number" may be several.

    dropped: the other document bears something else there, by a person or by its own heading.
    """

    documents: int = 0
    carried: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def carry(arrangement: Arrangement, target: Run, profile: OfficeProfile) -> Ended:
    """Give a document what people said of those that lost all their pages to it."""
    gone = [each.document for each in arrangement.changed if not each.pages and each.document is not None]
    carried: dict[str, tuple[str, ...]] = {}
    dropped: dict[str, tuple[str, ...]] = {}
    for source in gone:
        for name in _NAMES:
            value = getattr(source, name)
            if name not in source.said or value is None:
                continue
            told = _told(name, value, profile)
            if target.document is None:
                dropped[name] = (*dropped.get(name, ()), told)
            elif getattr(target.document, name) is None and name not in target.document.said:
                _give(source, target.document, name)
                carried[name] = (*carried.get(name, ()), told)
            elif getattr(target.document, name) != value:
                dropped[name] = (*dropped.get(name, ()), told)
        numbers = tuple(each.application_number for each in active_links(arrangement.tx, source.id))
        if numbers:
            goes = dropped if target.document is None else carried
            goes["number"] = (*goes.get("number", ()), *numbers)
        if target.document is not None:
            move_links(arrangement.tx, source, target.document)
    return Ended(len(gone), carried, dropped)


def _give(source: DocumentRow, target: DocumentRow, name: str) -> None:
    setattr(target, name, getattr(source, name))
    target.said = {**target.said, name: source.said[name], PAGES: target.said.get(PAGES, source.said[name])}
    if name == "dated":
        target.dated_printed, target.dated_role = source.dated_printed, source.dated_role
    if name == "kind":
        target.kind_confidence = source.kind_confidence


def _told(name: str, value: object, profile: OfficeProfile) -> str:
    if name == "kind":
        kind = profile.document(str(value))
        return str(value) if kind is None else kind.name
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else str(value)

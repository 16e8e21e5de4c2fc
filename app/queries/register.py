"""The offline mirror of the register: by number in any of its spellings, by name, and how old it is.

The newest extract in force that has a number has the word on it (see app.services.register_staging).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterEntry, near_keys
from app.domain.register_keys import compact_of, name_key
from app.domain.register_types import MOST_SISTERS
from app.domain.typed_numbers import parse_typed
from app.queries.rows import OfficeRegister, RegisterEntryRow, RegisterExtract, RegisterInfo
from app.storage.database import Database
from app.storage.tables import RegisterExtractRow, RegisterRow
from ocr.numbers import normalise

log = logging.getLogger(__name__)

CURRENT = "current"
MOST_FOUND = 20
LAST_LETTER = "\U0010ffff"


def info(reader: Database) -> RegisterInfo:
    """How many numbers, and when they were last imported, in all and by office. Counts no rows."""
    with reader.read() as session:
        found = session.execute(
            select(
                RegisterExtractRow.office,
                func.sum(RegisterExtractRow.entries),
                func.max(RegisterExtractRow.imported_at),
            )
            .where(RegisterExtractRow.state == CURRENT)
            .group_by(RegisterExtractRow.office)
            .order_by(RegisterExtractRow.office)
        ).all()
    offices = tuple(OfficeRegister(office, count, imported_at) for office, count, imported_at in found)
    newest = max((each.imported_at for each in offices), default=None)
    return RegisterInfo(sum(each.count for each in offices), newest, offices)


def extracts(reader: Database) -> tuple[RegisterExtract, ...]:
    """The extracts in force, newest first."""
    with reader.read() as session:
        rows = session.scalars(
            select(RegisterExtractRow)
            .where(RegisterExtractRow.state == CURRENT)
            .order_by(RegisterExtractRow.id.desc())
        )
        return tuple(
            RegisterExtract(
                row.office,
                row.file_name,
                row.sha256,
                row.is_delta,
                row.entries,
                row.imported_by,
                row.imported_at,
            )
            for row in rows
        )


def offices_read_otherwise(reader: Database, offices: Mapping[str, OfficeProfile]) -> tuple[str, ...]:
    """Offices with an extract in force whose numbers were read by other forms than those of now.

    Extracts of older programs name the whole pack instead.
    """
    with reader.read() as session:
        found = session.execute(
            select(RegisterExtractRow.office, RegisterExtractRow.pack_sha256)
            .where(RegisterExtractRow.state == CURRENT, RegisterExtractRow.pack_sha256.is_not(None))
            .distinct()
        ).all()
    others = {
        office
        for office, sha256 in found
        if office in offices and sha256 not in (offices[office].sha256, offices[office].reading_sha256)
    }
    return tuple(sorted(others))


def find(reader: Database, canonical: str, office: str | None = None) -> RegisterEntryRow | None:
    """What the register says of a canonical number; office None: whichever has it."""
    with reader.read() as session:
        return entry_of(session, canonical, office)


def entry_of(session: Session, canonical: str, office: str | None = None) -> RegisterEntryRow | None:
    """The same inside a transaction that is already open."""
    row = session.scalar(_entry_statement(office is None), {"canonical": canonical, "office": office})
    return None if row is None else _entry_row(row)


def count_of(reader: Database, office: str) -> int:
    """How many numbers of an office the register holds."""
    with reader.read() as session:
        return count_in(session, office)


def count_in(session: Session, office: str) -> int:
    """The same inside a transaction that is already open."""
    total = select(func.sum(RegisterExtractRow.entries))
    in_force = total.where(RegisterExtractRow.office == office, RegisterExtractRow.state == CURRENT)
    return session.scalar(in_force) or 0


def as_of(session: Session, office: str) -> datetime | None:
    """When an office's register was last brought up to date; None without one."""
    newest = select(func.max(RegisterExtractRow.imported_at))
    return session.scalar(
        newest.where(RegisterExtractRow.office == office, RegisterExtractRow.state == CURRENT)
    )


def find_number(
    reader: Database, text: str, profile: OfficeProfile, limit: int = MOST_FOUND
) -> tuple[RegisterEntryRow, ...]:
    """Rows of the number that the office's forms make of the text, or one of whose five spellings it is.

    In whatever script its digits are, and with as many zeros as whoever typed it took the trouble to type.
    """
    plain = normalise(text).text.strip().upper()
    compact = compact_of(text)
    if not compact:
        return ()
    # One look-up by each index: SQLite joins an OR over several columns less surely.
    keys = [("canonical", plain), ("compact", compact), ("digits", compact), ("masked", compact)]
    keys.append(("bare", compact.lstrip("0") or compact))
    try:
        meant = parse_typed(text, profile)
    except NotAnApplicationNumber:
        meant = None
    if meant is not None and meant.canonical != plain:
        keys.insert(0, ("canonical", meant.canonical))
    return _first_of(reader, profile.code, keys, limit)


def find_name(
    reader: Database, text: str, office: str, limit: int = MOST_FOUND
) -> tuple[RegisterEntryRow, ...]:
    """Rows whose title or applicant begins with the text, folded: accents, case, words of firms do not count."""
    key = name_key(text)
    if not key:
        return ()
    return _first_of(reader, office, [("title_key", key), ("applicant_key", key)], limit)


class StoredRegister:
    """The register lookup of the linker, inside one open transaction: by index, never all rows."""

    def __init__(self, session: Session, profile: OfficeProfile) -> None:
        self._session = session
        self._profile = profile

    def find(self, canonical: str) -> RegisterEntry | None:
        """The row of a number."""
        chosen = _in_force(self._profile.code).where(RegisterRow.canonical == canonical)
        row = self._session.scalar(chosen.limit(1))
        return None if row is None else self._entry(row)

    def near(self, canonical: str) -> tuple[RegisterEntry, ...]:
        """Rows whose number is one misread or swapped digit away."""
        chosen = _in_force(self._profile.code).where(RegisterRow.canonical.in_(near_keys(canonical)))
        entries = (self._entry(row) for row in _newest(self._session.scalars(chosen)))
        return tuple(each for each in entries if each is not None)

    def sisters(self, entry: RegisterEntry) -> tuple[RegisterEntry, ...]:
        """Other rows of the same applicant with the same title, or with more behind it."""
        title = name_key(entry.title)
        chosen = _in_force(self._profile.code).where(
            RegisterRow.applicant_key == name_key(entry.applicant),
            RegisterRow.title_key.between(title, f"{title} {LAST_LETTER}" if title else ""),
            RegisterRow.canonical != entry.number.canonical,
        )
        rows = _newest(self._session.scalars(chosen.limit(MOST_SISTERS)))
        return tuple(each for row in rows if (each := self._entry(row)) is not None)

    def _entry(self, row: RegisterRow) -> RegisterEntry | None:
        """The row as the office's forms of now have it, or None: it was read with another pack."""
        try:
            number = ApplicationNumber.parse(row.canonical, self._profile)
        except NotAnApplicationNumber as exc:
            log.warning("register of %s: %s is passed over (%s)", row.office, row.canonical, exc.code)
            return None
        return RegisterEntry(number, row.title, row.applicant, row.filing_date)


def _in_force(office: str | None) -> Select[RegisterRow]:
    """Select rows of extracts in force, newest extract first."""
    chosen = (
        select(RegisterRow)
        .join(RegisterExtractRow, RegisterExtractRow.id == RegisterRow.extract_id)
        .where(RegisterExtractRow.state == CURRENT)
        .order_by(RegisterRow.extract_id.desc())
    )
    return chosen if office is None else chosen.where(RegisterRow.office == office)


@lru_cache
def _entry_statement(is_any_office: bool) -> Select[RegisterRow]:
    chosen = _in_force(None).where(RegisterRow.canonical == bindparam("canonical"))
    return (chosen if is_any_office else chosen.where(RegisterRow.office == bindparam("office"))).limit(1)


def _newest(rows: Iterable[RegisterRow]) -> tuple[RegisterRow, ...]:
    """Drop rows that a later extract renewed; rows come newest extract first."""
    found: dict[tuple[str, str], RegisterRow] = {}
    for row in rows:
        found.setdefault((row.office, row.canonical), row)
    return tuple(sorted(found.values(), key=lambda row: row.canonical))


def _first_of(
    reader: Database, office: str, keys: Iterable[tuple[str, str]], limit: int
) -> tuple[RegisterEntryRow, ...]:
    """Look for keys, column by column, until there are enough rows."""
    found: dict[str, RegisterEntryRow] = {}
    with reader.read() as session:
        for column, key in keys:
            values = {"key": key, "end": key + LAST_LETTER, "office": office, "most": limit}
            for row in session.execute(_statement(column), values):
                found.setdefault(row.canonical, RegisterEntryRow(*row))
            if len(found) >= limit:
                break
    return tuple(found.values())[:limit]


@lru_cache
def _statement(column: str) -> Select[str, str, str, date | None]:
    """Make the question for a column once: putting it together takes longer than its answer."""
    newer, extract = aliased(RegisterRow), aliased(RegisterExtractRow)
    is_renewed = exists().where(
        newer.canonical == RegisterRow.canonical,
        newer.office == RegisterRow.office,
        newer.extract_id > RegisterRow.extract_id,
        extract.id == newer.extract_id,
        extract.state == CURRENT,
    )
    asked = getattr(RegisterRow, column)
    is_name = column.endswith("_key")
    hit = asked.between(bindparam("key"), bindparam("end")) if is_name else asked == bindparam("key")
    # No order: sorting would make SQLite fetch every row of a common name first.
    return (
        select(RegisterRow.canonical, RegisterRow.title, RegisterRow.applicant, RegisterRow.filing_date)
        .join(RegisterExtractRow, RegisterExtractRow.id == RegisterRow.extract_id)
        .where(
            RegisterExtractRow.state == CURRENT, RegisterRow.office == bindparam("office"), hit, ~is_renewed
        )
        .limit(bindparam("most"))
    )


def _entry_row(row: RegisterRow) -> RegisterEntryRow:
    return RegisterEntryRow(row.canonical, row.title, row.applicant, row.filing_date)

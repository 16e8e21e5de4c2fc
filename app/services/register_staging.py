"""The rows of a new register beside the ones in force: entered in small transactions, then switched to in one.

A million rows in one transaction would keep every other writer out for minutes. So a staged extract counts
for nothing until the switch, and whatever ends the import before it leaves the former register in force; what
was staged by a program that died is removed by the next import.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import aliased

from app.errors import MachineError, OperatorError
from app.storage.database import Database, Transaction
from app.storage.owners import dead_owners
from app.storage.tables import RegisterExtractRow, RegisterRow

STAGING, CURRENT, RETIRED = "staging", "current", "retired"

ROWS_PER_CLEANING = 5_000
CACHE_KIB = 65_536
"""Eight indexes of a million keys: with SQLite's usual 2 MB each row waits for pages again and again."""

TEXTS = {
    "canonical": 64,
    "title": 4_000,
    "applicant": 4_000,
    "masked": 64,
    "bare": 64,
    "compact": 64,
    "digits": 64,
    "title_key": 80,
    "applicant_key": 80,
}
"""The columns a worker fills, and how long their texts may be."""


class StagedExtract:
    """One import on its way. Used by one thread."""

    def __init__(self, database: Database, who: str, extract_id: int, office: str, *, is_delta: bool) -> None:
        self._database = database
        self._who = who
        self.id = extract_id
        self._office = office
        self._is_delta = is_delta
        self.rows = 0

    @classmethod
    def begin(
        cls,
        database: Database,
        who: str,
        owner: Path,
        office: str,
        *,
        is_delta: bool,
        **facts: Any,
    ) -> StagedExtract:
        """Make the extract; owner: our lock file; facts: file_name, sha256, size_bytes.

        One import for an office at a time: of two, the one that began later would have the word on a number,
        not the one that ended later. Raises OperatorError("register_busy") while a living program stages one.
        """
        with database.write(who) as tx:
            if _is_being_staged(tx, office, owner):
                raise OperatorError("register_busy", office=office)
            row = RegisterExtractRow(
                office=office,
                state=STAGING,
                is_delta=is_delta,
                entries=0,
                owner=owner.stem,
                imported_by=who,
                imported_at=tx.now,
                **facts,
            )
            tx.session.add(row)
            tx.session.flush()
            return cls(database, who, row.id, office, is_delta=is_delta)

    def enter(self, rows: object) -> None:
        """Add rows as a worker left them; raises MachineError("result_implausible") for what cannot be."""
        checked = believed(rows)
        for row in checked:
            row.update(extract_id=self.id, office=self._office)
        with self._database.write(self._who) as tx:
            tx.session.connection().exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")
            tx.session.execute(insert(RegisterRow), checked)
        self.rows += len(checked)

    def former_count(self) -> int:
        """How many numbers of the office are in force now."""
        with self._database.read() as session:
            counted = select(func.sum(RegisterExtractRow.entries)).where(*_in_force(self._office))
            return session.scalar(counted) or 0

    def switch(self, **facts: Any) -> None:
        """Put the extract in force, by one transaction with its audit row; a full one retires all before it.

        Raises MachineError("register_lost") when it is not what was staged: taken for that of a dead program, or
        rows of it gone.
        """
        fresh = self._fresh_count()
        with self._database.write(self._who) as tx:
            self._require_whole(tx)
            is_first = not tx.session.scalar(select(exists().where(*_in_force(self._office))))
            if not self._is_delta:
                tx.session.execute(
                    update(RegisterExtractRow).where(*_in_force(self._office)).values(state=RETIRED)
                )
            row = tx.session.get_one(RegisterExtractRow, self.id)
            row.state, row.entries, row.owner, row.imported_at = CURRENT, fresh, None, tx.now
            row.is_delta = self._is_delta and not is_first  # changes to nothing are all there is
            tx.audit("register", self.id, "imported", **facts)

    def abandon(self) -> None:
        """Take the extract out of the way; its rows go with the next cleaning."""
        with self._database.write(self._who) as tx:
            _retire(tx, (self.id,))

    def _require_whole(self, tx: Transaction) -> None:
        row = tx.session.get(RegisterExtractRow, self.id)
        counted = select(func.count()).select_from(RegisterRow).where(RegisterRow.extract_id == self.id)
        found = tx.session.scalar(counted)
        if row is None or row.state != STAGING or found != self.rows:
            state = "gone" if row is None else row.state
            raise MachineError("register_lost", retryable=True, state=state, rows=found, staged=self.rows)

    def _fresh_count(self) -> int:
        if not self._is_delta:
            return self.rows
        older, extract = aliased(RegisterRow), aliased(RegisterExtractRow)
        is_known = exists().where(
            older.canonical == RegisterRow.canonical,
            older.office == self._office,
            older.extract_id != self.id,
            extract.id == older.extract_id,
            extract.state == CURRENT,
        )
        with self._database.read() as session:
            known = session.scalar(
                select(func.count())
                .select_from(RegisterRow)
                .where(RegisterRow.extract_id == self.id, is_known)
            )
        return self.rows - (known or 0)


class CountedRows:
    """Rows that are in force already: believed and counted, not entered again."""

    def __init__(self) -> None:
        self.rows = 0

    def enter(self, rows: object) -> None:
        """Count rows as a worker left them; raises MachineError("result_implausible")."""
        self.rows += len(believed(rows))


def in_force_already(
    database: Database, office: str, sha256: str, reading: str, *, is_delta: bool
) -> int | None:
    """Return the newest extract in force when loading the file again in this way would change no row of it.

    Changes that are the whole of a full extract change nothing; a full extract removes what changes left.
    """
    with database.read() as session:
        newest = session.scalars(
            select(RegisterExtractRow)
            .where(*_in_force(office))
            .order_by(RegisterExtractRow.id.desc())
            .limit(1)
        ).first()
        if newest is None or (newest.sha256, newest.reading) != (sha256, reading):
            return None
        return newest.id if is_delta or not newest.is_delta else None


def confirm(database: Database, who: str, extract_id: int, **facts: Any) -> None:
    """Say of an extract in force that it is as of now, by one transaction with its audit row.

    Raises MachineError("register_lost") when another register came into force meanwhile.
    """
    with database.write(who) as tx:
        row = tx.session.get(RegisterExtractRow, extract_id)
        if row is None or row.state != CURRENT:
            raise MachineError("register_lost", retryable=True, state="gone" if row is None else row.state)
        row.imported_at = tx.now
        tx.audit("register", extract_id, "imported", **facts)


def retire_dead(tx: Transaction, owners_dir: Path, busy: Collection[int], own: str) -> None:
    """Take extracts out of the way whose program is gone, and own ones that no import works on any more."""
    staged = tx.session.execute(
        select(RegisterExtractRow.id, RegisterExtractRow.owner).where(RegisterExtractRow.state == STAGING)
    ).all()
    gone = dead_owners(owners_dir, {owner for _, owner in staged if owner and owner != own})
    _retire(
        tx,
        [
            each
            for each, owner in staged
            if owner is None or owner in gone or (owner == own and each not in busy)
        ],
    )


def clean(database: Database, who: str, is_stopped: Callable[[], bool] = lambda: False) -> None:
    """Remove rows that nobody asks for any more: of retired extracts, and those a later extract renewed.

    Changes that are all that is left of their numbers then join the extract below them, so that the next cleaning
    need not compare them again. is_stopped: asked between small transactions; the next cleaning does the rest.
    """
    while not is_stopped() and _remove_retired(database, who):
        pass
    for extract_id in _changes_in_force(database):
        place: int | None = 0
        while place is not None and not is_stopped():
            place = _remove_renewed(database, who, extract_id, place)
    while not is_stopped() and _settle_some(database, who):
        pass


def believed(rows: object) -> list[dict[str, Any]]:
    """Return a worker's rows when they can be right; raises MachineError("result_implausible")."""
    if not isinstance(rows, list):
        raise MachineError("result_implausible", what="register rows")
    return [_believed_row(row) for row in rows]


def _believed_row(row: object) -> dict[str, Any]:
    if not isinstance(row, Mapping) or set(row) != {*TEXTS, "filing_date"}:
        raise MachineError("result_implausible", what="register row")
    found: dict[str, Any] = {}
    for name, most in TEXTS.items():
        text = row[name]
        if not isinstance(text, str) or len(text) > most:
            raise MachineError("result_implausible", what=f"register {name}")
        found[name] = text
    if not found["canonical"]:
        raise MachineError("result_implausible", what="register canonical")
    try:
        found["filing_date"] = None if row["filing_date"] is None else date.fromisoformat(row["filing_date"])
    except (TypeError, ValueError) as exc:
        raise MachineError("result_implausible", what="register filing_date") from exc
    return found


def _in_force(office: str) -> tuple[Any, ...]:
    return RegisterExtractRow.office == office, RegisterExtractRow.state == CURRENT


def _retire(tx: Transaction, ids: Collection[int]) -> None:
    if ids:
        tx.session.execute(
            update(RegisterExtractRow)
            .where(RegisterExtractRow.id.in_(ids), RegisterExtractRow.state == STAGING)
            .values(state=RETIRED, owner=None)
        )


def _is_being_staged(tx: Transaction, office: str, owner: Path) -> bool:
    """Say whether a program that lives stages an extract of the office; own leftovers were swept before."""
    staging = RegisterExtractRow.office == office, RegisterExtractRow.state == STAGING
    owners = set(tx.session.scalars(select(RegisterExtractRow.owner).where(*staging)))
    others = {name for name in owners if name is not None and name != owner.stem}
    return owner.stem in owners or bool(others - dead_owners(owner.parent, others))


def _remove_retired(database: Database, who: str) -> bool:
    """Remove some rows of retired extracts; False when there are none.

    Found and removed by one transaction: between two, another program could remove them and give their ids to
    rows of its own.
    """
    retired = select(RegisterExtractRow.id).where(RegisterExtractRow.state == RETIRED)
    some = select(RegisterRow.id).where(RegisterRow.extract_id.in_(retired)).limit(ROWS_PER_CLEANING)
    with database.write(who) as tx:
        ids = tx.session.scalars(some).all()
        if ids:
            tx.session.execute(
                delete(RegisterRow).where(RegisterRow.id.in_(ids), RegisterRow.extract_id.in_(retired))
            )
    return bool(ids)


def _changes_in_force(database: Database) -> list[int]:
    changes = select(RegisterExtractRow.id).where(
        RegisterExtractRow.state == CURRENT, RegisterExtractRow.is_delta.is_(True)
    )
    with database.read() as session:
        return list(session.scalars(changes))


def _remove_renewed(database: Database, who: str, extract_id: int, after: int) -> int | None:
    """Remove what some rows of an extract in force, those with ids above after, have renewed.

    Returns the id to go on after, None at the end: each row is looked at once.
    """
    page = (
        select(RegisterRow.id, RegisterRow.office, RegisterRow.canonical)
        .where(RegisterRow.extract_id == extract_id, RegisterRow.id > after)
        .order_by(RegisterRow.id)
        .limit(ROWS_PER_CLEANING)
    )
    in_force = select(RegisterExtractRow.id).where(RegisterExtractRow.state == CURRENT)
    with database.write(who) as tx:
        extract = tx.session.get(RegisterExtractRow, extract_id)
        newer = tx.session.execute(page).all()
        if extract is None or extract.state != CURRENT or not newer:
            return None
        older = tx.session.execute(
            select(RegisterRow.id, RegisterRow.extract_id).where(
                RegisterRow.canonical.in_([row.canonical for row in newer]),
                RegisterRow.office == extract.office,
            )
        ).all()
        before = set(tx.session.scalars(in_force.where(RegisterExtractRow.id < extract_id)))
        ids = [each for each, of in older if of in before]
        if ids:
            tx.session.execute(delete(RegisterRow).where(RegisterRow.id.in_(ids)))
    return newer[-1].id if len(newer) == ROWS_PER_CLEANING else None


def _settle_some(database: Database, who: str) -> int:
    """Move rows of changes to the full extract below them, by one transaction; returns how many moved."""
    moved = 0
    delta, full = aliased(RegisterExtractRow), aliased(RegisterExtractRow)
    with database.write(who) as tx:
        found = tx.session.execute(
            select(RegisterRow.id, full.id)
            .join(delta, delta.id == RegisterRow.extract_id)
            .join(full, (full.office == delta.office) & (full.id < delta.id))
            .where(
                delta.state == CURRENT,
                delta.is_delta.is_(True),
                full.state == CURRENT,
                full.is_delta.is_(False),
            )
            .limit(ROWS_PER_CLEANING)
        ).all()
        for base in {base for _, base in found}:
            ids = [each for each, below in found if below == base]
            older = aliased(RegisterRow)
            has_older = exists().where(
                older.canonical == RegisterRow.canonical,
                older.office == RegisterRow.office,
                older.extract_id < RegisterRow.extract_id,
            )
            done = tx.session.connection().execute(
                update(RegisterRow).where(RegisterRow.id.in_(ids), ~has_older).values(extract_id=base)
            )
            moved += done.rowcount
    return moved

"""Packs of office profiles: which are in force, taking one in from another office, giving one away.

Nothing is kept before the whole pack has proven itself, alone and beside all the others; an act on the home is
in the audit with the hash of the file. Programs that are open read packs when they start.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.offices import (
    SUFFIX,
    OfficeDataInvalid,
    OfficePack,
    clash,
    content_of,
    load_packs,
    prove_content,
    prove_together,
    read_pack,
)
from app.errors import Conflict, OperatorError
from app.events import ChangeBus
from app.paths import HomePaths, offices_dir
from app.storage.copies import disk_trouble, sync_directory
from app.storage.database import Database, Transaction
from app.storage.migrations.runner import migrate, refuse_other_version
from app.storage.tables import AuditRow
from ocr.long_paths import reachable
from ocr.patience import discard, read_bytes, replace_file

BEFORE = ".before"
"""Ending of the pack that was there before the last one was taken in."""


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file of a pack as it lies there: the pack, or the error that says what is wrong with it."""

    path: Path
    is_own: bool
    pack: OfficePack | None
    error: OfficeDataInvalid | None = None
    is_in_force: bool = False


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import did. before: the pack of the home it replaced; is_new False: the very same lay there."""

    pack: OfficePack
    before: OfficePack | None
    is_new: bool


def pack_files(home: HomePaths) -> tuple[PackFile, ...]:
    """List every pack of the program and of the home, damaged ones with what is wrong; in order of their names."""
    found = [
        _pack_file(path, is_own=is_own)
        for directory, is_own in ((home.offices, True), (offices_dir(), False))
        for path in sorted(directory.glob(f"*{SUFFIX}"))
    ]
    taken: set[str] = set()
    shown = []
    own = {each.pack.profile.code for each in found if each.is_own and each.pack is not None}
    shipped = [each.pack for each in found if not each.is_own and each.pack is not None]
    beside = [pack for pack in shipped if pack.profile.code not in own]
    for each in found:
        pack = each.pack
        code = pack.profile.code if pack is not None else each.path.stem.upper()
        aside = clash(pack, beside) if pack is not None and each.is_own else None
        if aside is not None:
            shown.append(PackFile(each.path, each.is_own, None, aside))
        else:
            shown.append(PackFile(each.path, each.is_own, pack, each.error, code not in taken))
        taken.add(code)
    return tuple(sorted(shown, key=lambda each: (each.path.name, not each.is_own)))


def check_pack(home: HomePaths, source: Path) -> OfficePack:
    """Prove a file as an import would, and keep nothing. Raises OfficeDataInvalid."""
    return _proven(home, content_of(reachable(source)), source)


def import_pack(home: HomePaths, source: Path, *, who: str, replace: bool = False) -> TakenIn:
    """Take a pack into the home, where it goes before the one that ships.

    replace: also in place of a newer pack in force, or of another one of the same version. Raises OfficeDataInvalid,
    Conflict("office_pack_not_newer"), DiskFull and OperatorError when the home cannot be written.
    """
    content = content_of(reachable(source))
    pack = _proven(home, content, source)
    shipped = {each.profile.code: each for each in load_packs(offices_dir())}.get(pack.profile.code)
    if not home.database.exists():
        taken = _judged(home, pack, shipped, replace=replace)
        if not taken.is_new:
            return taken
        # The first thing in a home has its row in the history too, and two imports their order.
        home.make()
        migrate(home.database, backups_dir=home.backups)
    refuse_other_version(home.database)
    database = Database(home.database, ChangeBus())
    place = _place(home, pack)
    earlier: bytes | None = None
    is_begun = False
    try:
        # All under the write lock, the look at what lies there too: two imports come one after the other.
        with database.write(who) as tx:
            taken = _judged(home, pack, shipped, replace=replace)
            if taken.is_new:
                earlier = read_bytes(place) if place.exists() else None
                _audit(
                    tx, "office_pack_taken_in", pack, None if taken.before is None else taken.before.sha256
                )
                is_begun = True
                _put(content, place)
    except (
        BaseException
    ):  # when the row cannot be kept, the file goes back; after a kill note_found makes the row
        if is_begun:
            _put_back(place, earlier)
        raise
    finally:
        database.close()
    return taken


def note_found(database: Database, packs: Iterable[OfficePack]) -> None:
    """Enter each pack of the home that is in force into the audit, when its newest row there names another.

    So none is without a row: neither one put there by hand, or before there was a database, nor one whose
    import was cut short between the file and its row.
    """
    own = [pack for pack in packs if pack.is_own]
    if not own:
        return
    with database.read() as session:
        if not _unknown(session, own):
            return
    with database.write("machine") as tx:
        for pack, before in _unknown(tx.session, own):
            _audit(tx, "office_pack_found", pack, before)


def _unknown(session: Session, own: Iterable[OfficePack]) -> list[tuple[OfficePack, str | None]]:
    rows = session.scalars(
        select(AuditRow).where(AuditRow.subject == "office", AuditRow.subject_id == 0).order_by(AuditRow.id)
    )
    newest: dict[str, str] = {
        row.facts["office"]: row.facts["sha256"] for row in rows if {"office", "sha256"} <= row.facts.keys()
    }
    codes = [(pack, newest.get(pack.profile.code)) for pack in own]
    return [(pack, before) for pack, before in codes if before != pack.sha256]


def export_pack(home: HomePaths, office: str, target: Path) -> tuple[OfficePack, Path]:
    """Write the pack in force for an office into a new file, byte by byte as it is.

    target: the file, or a directory for it. Raises OfficeDataInvalid("office_unknown") and
    OperatorError "office_export_exists" and "target_not_writable".
    """
    packs = {pack.profile.code: pack for pack in load_packs(offices_dir(), home.offices)}
    if office not in packs:
        raise OfficeDataInvalid("office_unknown", office=office, known=", ".join(sorted(packs)))
    pack = packs[office]
    path = target / f"{office.lower()}{SUFFIX}" if reachable(target).is_dir() else target
    try:
        with reachable(path).open("xb") as written:
            written.write(read_bytes(pack.path))
            written.flush()
            os.fsync(written.fileno())
    except FileExistsError as exc:
        raise OperatorError("office_export_exists", path=str(path)) from exc
    except OSError as exc:
        raise disk_trouble(exc, path.parent) from exc
    return pack, path


def _proven(home: HomePaths, content: bytes, source: Path) -> OfficePack:
    pack = prove_content(content, source, is_own=True)
    for other in _others(home, _place(home, pack)):
        prove_together(
            (other, pack)
        )  # not the others among themselves: one that is set aside keeps no pack out
    return pack


def _pack_file(path: Path, *, is_own: bool) -> PackFile:
    try:
        return PackFile(path, is_own, read_pack(path, is_own=is_own))
    except OfficeDataInvalid as exc:
        return PackFile(path, is_own, None, exc)


def _place(home: HomePaths, pack: OfficePack) -> Path:
    return home.offices / f"{pack.profile.code.lower()}{SUFFIX}"


def _others(home: HomePaths, place: Path) -> tuple[OfficePack, ...]:
    """The packs beside which a new one has to stand: not the file it will replace, which may be damaged."""
    code = place.stem.upper()
    names = sorted(home.offices.glob(f"*{SUFFIX}"))
    own = [read_pack(path, is_own=True) for path in names if path.name != place.name]
    for pack in own:
        if pack.profile.code == code:
            raise OfficeDataInvalid("office_code_twice", file=pack.path.name, key="code", office=code)
    replaced = {code, *(pack.profile.code for pack in own)}
    return (*own, *(pack for pack in load_packs(offices_dir()) if pack.profile.code not in replaced))


def _before(place: Path) -> OfficePack | None:
    """The pack that lies there now; a damaged one counts for nothing."""
    if not place.exists():
        return None
    try:
        return read_pack(place, is_own=True)
    except OfficeDataInvalid:
        return None


def _judged(home: HomePaths, pack: OfficePack, shipped: OfficePack | None, *, replace: bool) -> TakenIn:
    """Compare a pack with the one in force, the home's or else the shipped. Raises Conflict."""
    before = _before(_place(home, pack))
    if before is not None and before.sha256 == pack.sha256:
        return TakenIn(pack, before, is_new=False)
    in_force = before or shipped
    # The shipped pack itself may always be taken in: it is what holds, kept against what later versions bring.
    if in_force is None or in_force.sha256 == pack.sha256 or replace:
        return TakenIn(pack, before, is_new=True)
    if in_force.profile.version >= pack.profile.version:
        raise Conflict(
            "office_pack_not_newer",
            office=pack.profile.code,
            version=pack.profile.version,
            there=in_force.profile.version,
        )
    return TakenIn(pack, before, is_new=True)


def _audit(tx: Transaction, action: str, pack: OfficePack, before: str | None) -> None:
    tx.audit(
        "office",
        0,
        action,
        office=pack.profile.code,
        version=pack.profile.version,
        sha256=pack.sha256,
        before=before,
    )


def _put_back(place: Path, earlier: bytes | None) -> None:
    if earlier is None:
        discard(place)
    elif read_bytes(place) != earlier:
        replace_file(place.with_name(place.name + BEFORE), place)


def _put(content: bytes, place: Path) -> None:
    """Write whole or not at all; what lay there before stays beside it."""
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        place.parent.mkdir(exist_ok=True)
        _write(content, part)
        if place.exists():
            kept = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
            try:
                _write(read_bytes(place), kept)
                replace_file(kept, place.with_name(place.name + BEFORE))
            finally:
                discard(kept)
        replace_file(part, place)
        sync_directory(place.parent)
    except OSError as exc:
        raise disk_trouble(exc, place.parent) from exc
    finally:
        discard(part)


def _write(content: bytes, path: Path) -> None:
    with path.open("xb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())

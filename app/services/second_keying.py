"""What asks for a second keying, calls it off, and holds a dossier until two people have said the same.

Called in the transaction that links, unlinks or approves; keying itself and judging is app.services.keying_acts.
"""

from __future__ import annotations

from sqlalchemy import select

from app.domain.field_kinds import DossierField, FieldSource
from app.domain.keyed_values import says_the_same
from app.domain.office_profile import OfficeProfile
from app.domain.second_keying import SecondKeying
from app.domain.states import OPEN_KEYINGS, DossierState, KeyingState
from app.errors import Conflict
from app.queries.keyings import REASONS
from app.storage.database import Transaction
from app.storage.field_tables import FieldValueRow
from app.storage.keying_tables import KeyingRow
from app.storage.tables import AuditRow, DossierRow, LinkRow, PageRow

DONE_KEYINGS = (KeyingState.AGREED, KeyingState.JUDGED)


def ask(
    tx: Transaction, link: LinkRow, wanted: SecondKeying, office: OfficeProfile, *, by_machine: bool = False
) -> bool:
    """Ask for a second keying of a dossier just linked, where the office wants one; False where it does not."""
    dossier = tx.session.get_one(DossierRow, link.dossier_id)
    if not wanted.wants(by_machine=by_machine, lot=_lot_of(tx, dossier)):
        return False
    fields = wanted.fields_among([rule.field for rule in office.field_rules])
    keying = KeyingRow(
        dossier_id=dossier.id,
        link_id=link.id,
        state=KeyingState.AWAITED,
        fields=[field.value for field in fields],
        first_by=_first_by(tx, link, fields),
        asked_at=tx.now,
    )
    tx.session.add(keying)
    tx.session.flush()
    tx.audit("dossier", dossier.id, "second_keying_asked", fields=keying.fields)
    return True


def cancel(tx: Transaction, link: LinkRow) -> None:
    """A link was withdrawn: nobody needs to key its dossier again. What was agreed or judged stays told."""
    keying = _of_link(tx, link.id)
    if keying is not None and keying.state in OPEN_KEYINGS:
        tx.move(keying, KeyingState.CANCELLED, "second_keying_cancelled")


def ask_again(tx: Transaction, link: LinkRow) -> None:
    """A withdrawn link was given back: what was called off with it is asked for again, from the beginning."""
    keying = _of_link(tx, link.id)
    if keying is not None and keying.state is KeyingState.CANCELLED:
        tx.move(keying, KeyingState.AWAITED, "second_keying_asked")
        forget_second(keying)


def look_again(tx: Transaction, dossier: DossierRow) -> None:
    """Ask a second person once more where something else stands by now than two people said, or pages came or went.

    Of a dossier up for review, when its fields have been read again.
    """
    tx.session.flush()
    link = tx.session.scalar(select(LinkRow).filter_by(dossier_id=dossier.id, withdrawn_at=None))
    keying = tx.session.scalar(
        select(KeyingRow).filter_by(dossier_id=dossier.id).order_by(KeyingRow.id.desc()).limit(1)
    )
    if dossier.state is not DossierState.TO_REVIEW or link is None or keying is None:
        return
    if keying.state not in DONE_KEYINGS or not _is_of(keying, link):
        return
    changed = _changed(tx, keying)
    if not changed and keying.pages in (None, page_ids(tx, dossier.id)):
        return
    keying.link_id = link.id  # a judge may have made it
    keying.first_by = _first_by(tx, link, tuple(DossierField(name) for name in keying.fields))
    keying.asked_at = tx.now
    tx.move(keying, KeyingState.AWAITED, "second_keying_asked")
    forget_second(keying)
    tx.audit("dossier", dossier.id, "second_keying_asked_again", fields=keying.fields, changed=changed)


def page_ids(tx: Transaction, dossier_id: int) -> list[int]:
    """The pages that count as a dossier's, in the order of their ids."""
    ids = select(PageRow.id).where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
    return list(tx.session.scalars(ids.order_by(PageRow.id)))


def forget_second(keying: KeyingRow) -> None:
    """Let a keying be as nobody had keyed it yet."""
    keying.second_by = keying.second_at = keying.keyed = keying.pages = None
    keying.judged_by = keying.judged_at = keying.judgement = None
    keying.differing = []


def demand_done(tx: Transaction, dossier: DossierRow) -> None:
    """Raise Conflict("second_keying_awaited") or ("keying_differs") while a dossier may not leave for that reason."""
    keying = open_keying(tx, dossier.id)
    if keying is not None:
        raise Conflict(REASONS[keying.state], dossier=dossier.name)


def open_keying(tx: Transaction, dossier_id: int) -> KeyingRow | None:
    """The second keying a dossier waits for, or for whose judge."""
    tx.session.flush()
    statement = select(KeyingRow).where(KeyingRow.dossier_id == dossier_id, KeyingRow.state.in_(OPEN_KEYINGS))
    return tx.session.scalar(statement.order_by(KeyingRow.id.desc()).limit(1))


def _lot_of(tx: Transaction, dossier: DossierRow) -> str:
    """What a sampled share is drawn by: when the dossier came to be. Its batch may be another one by now."""
    first = (
        select(AuditRow.at)
        .where(AuditRow.subject == "dossier", AuditRow.subject_id == dossier.id)
        .order_by(AuditRow.id)
        .limit(1)
    )
    opened_at = tx.session.scalar(first)
    return f"{dossier.source if opened_at is None else opened_at.isoformat()}/{dossier.id}"


def _of_link(tx: Transaction, link_id: int) -> KeyingRow | None:
    return tx.session.scalar(select(KeyingRow).filter_by(link_id=link_id))


def _is_of(keying: KeyingRow, link: LinkRow) -> bool:
    """Whether a keying is of a link, or a judge made the link by it."""
    return keying.link_id == link.id or (
        "judged_by" in link.proof and keying.judged_at is not None and keying.judged_at == link.linked_at
    )


def _changed(tx: Transaction, keying: KeyingRow) -> list[str]:
    """Fields, besides the number, that by now hold something else than was agreed on or judged."""
    rows = tx.session.scalars(select(FieldValueRow).filter_by(dossier_id=keying.dossier_id))
    now = {row.field: row.value for row in rows}
    judged = keying.judgement or {}
    said = {name: judged.get(name, sides["first"])["value"] for name, sides in (keying.keyed or {}).items()}
    return [
        name
        for name, value in said.items()
        if name != DossierField.APPLICATION_NUMBER
        and not says_the_same(DossierField(name), value, now.get(name, ""))
    ]


def _first_by(tx: Transaction, link: LinkRow, fields: tuple[DossierField, ...]) -> list[str]:
    """Who said what is to be keyed again."""
    return [link.linked_by, *_sayers(tx, link.dossier_id, fields, besides=link.linked_by)]


def _sayers(tx: Transaction, dossier_id: int, fields: tuple[DossierField, ...], besides: str) -> list[str]:
    """Who said something of these fields; the one who links has said the number."""
    found = tx.session.scalars(
        select(FieldValueRow.who)
        .where(
            FieldValueRow.dossier_id == dossier_id,
            FieldValueRow.source == FieldSource.PERSON.value,
            FieldValueRow.field.in_([field.value for field in fields]),
        )
        .distinct()
        .order_by(FieldValueRow.who)
    )
    return [who for who in found if who != besides]

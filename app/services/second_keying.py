"""What asks for a second keying, calls it off, and holds a dossier until two people have said the same.

Called in the transaction that links, unlinks or approves; keying itself and judging is app.services.keying_acts.
"""

from __future__ import annotations

from sqlalchemy import select

from app.domain.field_kinds import DossierField, FieldSource
from app.domain.office_profile import OfficeProfile
from app.domain.second_keying import SecondKeying
from app.domain.states import OPEN_KEYINGS, KeyingState
from app.errors import Conflict
from app.queries.keyings import REASONS
from app.storage.database import Transaction
from app.storage.field_tables import FieldValueRow
from app.storage.keying_tables import KeyingRow
from app.storage.tables import BatchRow, DossierRow, LinkRow


def ask(
    tx: Transaction, link: LinkRow, wanted: SecondKeying, office: OfficeProfile, *, by_machine: bool = False
) -> bool:
    """Ask for a second keying of a dossier just linked, where the office wants one; False where it does not."""
    dossier = tx.session.get_one(DossierRow, link.dossier_id)
    batch = tx.session.get_one(BatchRow, dossier.batch_id)
    if not wanted.wants(by_machine=by_machine, lot=f"{batch.created_at.isoformat()}/{dossier.id}"):
        return False
    fields = wanted.fields_among([rule.field for rule in office.field_rules])
    keying = KeyingRow(
        dossier_id=dossier.id,
        link_id=link.id,
        state=KeyingState.AWAITED,
        fields=[field.value for field in fields],
        first_by=[link.linked_by, *_sayers(tx, dossier.id, fields, besides=link.linked_by)],
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


def forget_second(keying: KeyingRow) -> None:
    """Let a keying be as nobody had keyed it yet."""
    keying.second_by = keying.second_at = keying.keyed = None
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


def _of_link(tx: Transaction, link_id: int) -> KeyingRow | None:
    return tx.session.scalar(select(KeyingRow).filter_by(link_id=link_id))


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

"""Keying a dossier a second time, unseen, and judging where two people keyed different values.

Each act is one transaction with its audit rows, and returns what takes it back. Nobody keys again, or judges, what
that same person has said, whatever the name is spelled like; which account the program ran under is recorded beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.field_kinds import DossierField, FieldSource
from app.domain.field_typing import TypedValue, read_typed
from app.domain.ids import DossierId
from app.domain.keyed_values import says_the_same
from app.domain.office_profile import OfficeProfile
from app.domain.second_keying import is_among, is_same_person
from app.domain.states import DossierState, KeyingState
from app.domain.typed_numbers import parse_typed
from app.errors import Conflict, OperatorError
from app.queries.fields import are_awaited
from app.queries.judgements import Dispute, disputes_in
from app.queries.keyings import may_judge, people_in
from app.services import by_policy, release
from app.services.deciding import Rule
from app.services.fields import FieldBefore, follow_number, judge_field, put_back
from app.services.indexing import bind, office_of
from app.services.second_keying import forget_second, page_ids
from app.storage.database import Database, Transaction
from app.storage.field_tables import FieldValueRow
from app.storage.keying_tables import KeyingRow
from app.storage.tables import DossierRow, LinkRow

NUMBER = DossierField.APPLICATION_NUMBER

Texts = Mapping[DossierField, str]


@dataclass(frozen=True, slots=True)
class KeyingDone:
    """What came of a keying or a judgement, and what takes it back.

    state: how the keying stands since. went_on: the rule released the dossier. link_id: the link a judge made instead.
    """

    keying_id: int
    dossier_id: DossierId
    name: str
    state: KeyingState
    went_on: bool = False
    link_id: int | None = None
    fields: tuple[FieldBefore, ...] = ()


class KeyingActs:
    """The second person's and the judge's acts. account: the system's name for whoever runs the program."""

    def __init__(
        self, database: Database, who: str, offices: Mapping[str, OfficeProfile], account: str = ""
    ) -> None:
        self._database = database
        self._who = who
        self._offices = offices
        self._account = account

    def read(self, field: DossierField, text: str, office: str) -> TypedValue:
        """Read a text as what a field holds, the number too, without keeping anything; asks no database."""
        if field is not NUMBER:
            return read_typed(field, text, self._offices[office])
        try:
            return TypedValue(parse_typed(text, self._offices[office]).canonical)
        except NotAnApplicationNumber as exc:
            return TypedValue(text, exc.code, is_valid=False)

    def key(self, dossier_id: DossierId, texts: Texts) -> KeyingDone:
        """Compare what a second person typed with what stands; agreed, the dossier goes on, else a judge is asked.

        texts: of every field that is keyed; "" says that the paper has none. Raises Conflict("keying_gone") when
        nobody waits for it any more, OperatorError("keying_by_the_same") for whoever said it first,
        ("field_wrong_kind"), and NotAnApplicationNumber.
        """
        with self._database.write(self._who) as tx:
            keying, dossier, office = self._begin(tx, dossier_id, KeyingState.AWAITED)
            if is_among(self._who, keying.first_by):
                raise OperatorError("keying_by_the_same", who=self._who)
            if len(keying.fields) > 1 and are_awaited(tx.session, dossier.id):
                raise Conflict("fields_in_work", dossier=dossier.name)
            keying.keyed = _compared(tx, keying, dossier, texts, office)
            keying.pages = page_ids(tx, dossier.id)
            keying.differing = [
                name
                for name, sides in keying.keyed.items()
                if not says_the_same(DossierField(name), sides["first"]["value"], sides["second"]["value"])
            ]
            keying.second_by, keying.second_at = self._who, tx.now
            state = KeyingState.DIFFERS if keying.differing else KeyingState.AGREED
            tx.move(keying, state, "second_keyed")
            tx.audit(
                "dossier",
                dossier.id,
                "keying_differed" if keying.differing else "keying_agreed",
                keyed=keying.keyed,
                differing=keying.differing,
                account=self._account,
            )
            went_on = state is KeyingState.AGREED and by_policy.go_on(tx, dossier, Rule(self._offices))
            dossier.updated_at = tx.now
            return KeyingDone(keying.id, dossier_id, dossier.name, state, went_on)

    def judge(self, dossier_id: DossierId, texts: Texts) -> KeyingDone:
        """Decide each field that differs; another number is bound as by any confirmation.

        Raises Conflict("keying_gone"), OperatorError("judge_is_a_party") for one of the two who keyed it unless nobody
        else has ever worked here, ("field_wrong_kind"), and what a confirmation raises.
        """
        with self._database.write(self._who) as tx:
            keying, dossier, office = self._begin(tx, dossier_id, KeyingState.DIFFERS)
            parties = [*keying.first_by, keying.second_by or ""]
            if not may_judge(self._who, parties, people_in(tx.session)):
                raise OperatorError("judge_is_a_party", who=self._who)
            disputes = disputes_in(tx.session, keying, dossier, office)
            said = {each.field: _said(each.field, texts, office) for each in disputes}
            keying.judged_by, keying.judged_at = self._who, tx.now
            keying.judgement = {field.value: dict(value) for field, value in said.items()}
            tx.move(keying, KeyingState.JUDGED, "keying_judged")
            fields = tuple(
                judge_field(tx, dossier_id, field, value["printed"], office)
                for field, value in said.items()
                if field is not NUMBER
            )
            link = self._bind_judged(tx, dossier, said, office)
            told = {each.field.value: _all_told(each, said[each.field]) for each in disputes}
            is_party = is_among(self._who, parties)
            tx.audit(
                "dossier",
                dossier.id,
                "keying_judged",
                values=told,
                judge_keyed_it=is_party,
                account=self._account,
            )
            dossier.updated_at = tx.now
            link_id = None if link is None else link.id
            return KeyingDone(
                keying.id, dossier_id, dossier.name, KeyingState.JUDGED, link_id=link_id, fields=fields
            )

    def take_back(self, done: KeyingDone) -> None:
        """Take a keying or a judgement back while its dossier is still here. Raises Conflict("keying_went_on").

        Only whoever did it may: OperatorError("keying_by_another").
        """
        with self._database.write(self._who) as tx:
            keying = tx.session.get_one(KeyingRow, done.keying_id)
            dossier = tx.session.get_one(DossierRow, done.dossier_id)
            by = keying.judged_by if done.state is KeyingState.JUDGED else keying.second_by
            if by is not None and not is_same_person(by, self._who):
                raise OperatorError("keying_by_another", who=by)
            if keying.state is not done.state or dossier.state is not DossierState.TO_REVIEW:
                raise Conflict("keying_went_on", dossier=dossier.name)
            for before in reversed(done.fields):
                put_back(tx, before)
            if done.state is KeyingState.JUDGED:
                if done.link_id is not None:
                    self._give_number_back(tx, keying, dossier, done.link_id)
                keying.judged_by = keying.judged_at = keying.judgement = None
                tx.move(keying, KeyingState.DIFFERS, "keying_taken_back")
            else:
                forget_second(keying)
                tx.move(keying, KeyingState.AWAITED, "keying_taken_back")
            tx.audit("dossier", dossier.id, "keying_taken_back", keyed=done.state.value)
            dossier.updated_at = tx.now

    def _begin(
        self, tx: Transaction, dossier_id: DossierId, state: KeyingState
    ) -> tuple[KeyingRow, DossierRow, OfficeProfile]:
        dossier = tx.session.get_one(DossierRow, dossier_id)
        keying = tx.session.scalar(select(KeyingRow).filter_by(dossier_id=dossier_id, state=state))
        if keying is None or dossier.state is not DossierState.TO_REVIEW:
            raise Conflict("keying_gone", dossier=dossier.name)
        return keying, dossier, office_of(tx, dossier, self._offices)

    def _bind_judged(
        self, tx: Transaction, dossier: DossierRow, said: Mapping[DossierField, Any], office: OfficeProfile
    ) -> LinkRow | None:
        """Bind the number the judge chose, where it is another than the dossier has."""
        number = said.get(NUMBER)
        if number is None or number["value"] == dossier.application_number:
            return None
        tx.move(dossier, DossierState.TO_INDEX, "number_judged", before=dossier.application_number)
        return bind(tx, dossier, number["printed"], office, judged_by=self._who)

    def _give_number_back(
        self, tx: Transaction, keying: KeyingRow, dossier: DossierRow, link_id: int
    ) -> None:
        active = release.active_link(tx, dossier.id)
        if active is None or active.id != link_id:
            raise Conflict("keying_went_on", dossier=dossier.name)
        tx.move(dossier, DossierState.TO_INDEX, "withdrawn")
        release.unlink(tx, dossier)
        before = tx.session.get_one(LinkRow, keying.link_id)
        before.withdrawn_at = None
        dossier.application_number = before.application_number
        tx.move(dossier, DossierState.TO_REVIEW, "link_given_back", number=before.application_number)
        office = office_of(tx, dossier, self._offices)
        follow_number(tx, dossier.id, ApplicationNumber.parse(before.application_number, office).right)


def _compared(
    tx: Transaction, keying: KeyingRow, dossier: DossierRow, texts: Texts, office: OfficeProfile
) -> dict[str, Any]:
    """For each field, both sides as they are kept: printed, value as data, and whose word it is."""
    link = tx.session.get_one(LinkRow, keying.link_id)
    rows = {
        row.field: row for row in tx.session.scalars(select(FieldValueRow).filter_by(dossier_id=dossier.id))
    }
    number = link.application_number
    found: dict[str, Any] = {}
    for name in keying.fields:
        field, row = DossierField(name), rows.get(name)
        if field is NUMBER:
            first = {"printed": link.proof.get("typed", number), "value": number, "who": link.linked_by}
        elif row is None:
            first = {"printed": "", "value": "", "who": link.linked_by}
        else:
            is_persons = row.source == FieldSource.PERSON
            first = {
                "printed": row.printed,
                "value": row.value,
                "who": row.who if is_persons else link.linked_by,
            }
        found[name] = {"first": first, "second": {**_said(field, texts, office), "who": tx.who}}
    return found


def _said(field: DossierField, texts: Texts, office: OfficeProfile) -> dict[str, str]:
    """What was typed for a field, as printed and as data. Raises KeyError for a field that was not given."""
    text = " ".join(texts[field].split())
    if field is NUMBER:
        return {"printed": text, "value": parse_typed(text, office).canonical}
    typed = read_typed(field, text, office)
    if not typed.is_valid:
        raise OperatorError("field_wrong_kind", value=text)
    return {"printed": text, "value": typed.value}


def _all_told(dispute: Dispute, said: Mapping[str, str]) -> dict[str, Any]:
    """Every value that was there to choose from, and the one that was chosen."""
    return {
        "first": {"value": dispute.first.value, "who": dispute.first.who},
        "second": {"value": dispute.second.value, "who": dispute.second.who},
        "machine": dispute.machine,
        "register": dispute.register,
        "chosen": said["value"],
    }

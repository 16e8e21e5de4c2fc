"""Letting go by itself what the rule linked: once its fields are read, or once a second person keyed the same.

Hours may lie between linking and that. So the rule never goes by what it saw then: in the transaction that lets a
dossier go it decides again, and whatever speaks against it by now leaves the dossier in Review with its reasons told.
"""

from __future__ import annotations

from sqlalchemy import select

from app.domain.linking import Reason
from app.domain.states import DossierState, LinkState
from app.errors import Conflict
from app.services import flow, release, second_keying
from app.services.deciding import Rule, decide, keep_decision
from app.services.obstacles import obstacles
from app.storage.database import Transaction
from app.storage.tables import AuditRow, BatchRow, DossierRow, LinkRow

WAITS = "waits_for_fields"
"""In DossierRow.link_facts: the rule linked it and may let it go once its fields are read."""
WAITS_FOR_PERSON = "waits_for_second_keying"
"""The same: once a second person has keyed the same."""


def let_go(tx: Transaction, dossier: DossierRow, rule: Rule) -> None:
    """Release what the rule linked, now that its fields are read; if anything has come in between a person decides."""
    if not _waits_no_more(tx, dossier, WAITS):
        return
    link = _link_by_policy(tx, dossier)
    if link is None or flow.in_work(tx, dossier.id):
        return  # a person has gone on with it
    if second_keying.open_keying(tx, dossier.id) is not None:
        dossier.link_facts = {**dossier.link_facts, WAITS_FOR_PERSON: True}
        return
    _release(tx, dossier, link, rule)


def go_on(tx: Transaction, dossier: DossierRow, rule: Rule) -> bool:
    """Release what only waited for a second person, who keyed the same; False where a person must look."""
    if not _waits_no_more(tx, dossier, WAITS_FOR_PERSON):
        return False
    link = _link_by_policy(tx, dossier)
    return link is not None and _release(tx, dossier, link, rule)


def keep_back(tx: Transaction, dossier: DossierRow) -> None:
    """The fields of what the rule linked could not be read: it waits in Review."""
    if _waits_no_more(tx, dossier, WAITS) and dossier.state is DossierState.TO_REVIEW:
        reasons = [{"code": "fields_unread", "facts": {}}, *dossier.link_facts.get("reasons", ())]
        dossier.link_facts = {**dossier.link_facts, "reasons": reasons}
        tx.audit("dossier", dossier.id, "kept_back", code="fields_unread")


def _release(tx: Transaction, dossier: DossierRow, link: LinkRow, rule: Rule) -> bool:
    """Decide as if nothing had been decided before; approve where the same comes of it and nothing is against it."""
    batch = tx.session.get_one(BatchRow, dossier.batch_id)
    decided = decide(tx.session, dossier.id, batch.office, rule)
    found = list(obstacles(tx, dossier, decided.decision, rule))
    if batch.release != "proven":
        found.insert(0, Reason("rule_taken_back", {}))
    if _was_disputed(tx, dossier):
        found.insert(0, Reason("keying_was_disputed", {}))
    if decided.number not in (None, link.application_number):
        found.insert(0, Reason("reads_another_number", {"number": decided.number or ""}))
    keep_decision(tx, dossier, decided, found, rule.offices[batch.office])
    with release.as_policy(tx):
        if dossier.link is LinkState.PROVEN and not found:
            try:
                release.approve(tx, dossier, release.BY_POLICY)
                return True
            except Conflict as refused:  # its stack waits again, or no page is left of it
                found.append(Reason(refused.code, {"dossier": dossier.name}))
                keep_decision(tx, dossier, decided, found, rule.offices[batch.office])
        told = [each.code for each in (*found, *decided.decision.reasons)]
        tx.audit("dossier", dossier.id, "kept_back", code=told[0] if told else dossier.link.value, codes=told)
    return False


def _link_by_policy(tx: Transaction, dossier: DossierRow) -> LinkRow | None:
    """The rule's own link of a dossier that is up for review; None where a person has gone on with it."""
    link = release.active_link(tx, dossier.id)
    is_the_rules = link is not None and link.linked_by == release.POLICY
    return link if is_the_rules and dossier.state is DossierState.TO_REVIEW else None


def _was_disputed(tx: Transaction, dossier: DossierRow) -> bool:
    """Whether two people ever keyed different values of it, taken back or not."""
    mine = (AuditRow.subject == "dossier") & (AuditRow.subject_id == dossier.id)
    ever = select(AuditRow.id).where(mine, AuditRow.action == "keying_differed")
    return tx.session.scalar(ever.limit(1)) is not None


def _waits_no_more(tx: Transaction, dossier: DossierRow, mark: str) -> bool:
    """Take a mark away; whether there was one."""
    waited = bool(dossier.link_facts.get(mark))
    if waited:
        dossier.link_facts = {name: each for name, each in dossier.link_facts.items() if name != mark}
        dossier.updated_at = tx.now
    return waited

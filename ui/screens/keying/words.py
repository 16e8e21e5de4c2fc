"""What the cards of second keyings and judgements say, and how their lists look. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from app.domain.field_kinds import KIND_OF, DossierField, FieldKind
from app.domain.field_typing import TypedValue, has_native_digits, latin_digits
from app.queries.judgements import Dispute, Keyed
from app.queries.rows import DossierSummary
from ui import texts
from ui.screens.indexing.field_words import CardText
from ui.screens.keying.cards import Version
from ui.texts import t
from ui.theme import Tone
from ui.widgets.paint import Badge
from ui.widgets.row_list import RowFace

if TYPE_CHECKING:
    from app.services.indexing import NumberCheck


def keying_face(dossier: DossierSummary) -> RowFace:
    """A folder in the list of second keyings or of judgements: its name, never a number somebody gave it."""
    return RowFace(title=dossier.name, subtitle=t("count.pages", n=dossier.pages), tip=dossier.name)


def card_text(field: DossierField, text: str, typed: TypedValue, *, is_done: bool) -> CardText:
    """What is said of a field: how what was typed is understood, and whether Enter took it."""
    if is_done:
        word = t("keying.state_done") if text else t("field.state_none")
        return CardText(Badge(Tone.GOOD, "check", word), "good", "", meaning(field, text, typed), ())
    if not text:
        return CardText(Badge(Tone.PLAIN, "keyboard", t("keying.state_to_do")), "", "", "", ())
    if not typed.is_valid:
        return CardText(Badge(Tone.PLAIN, "keyboard", t("keying.state_typing")), "", "", "", ())
    badge = Badge(Tone.ACCENT, "info", t("field.state_typed"))
    return CardText(badge, "", "", meaning(field, text, typed), ())


def meaning(field: DossierField, text: str, typed: TypedValue) -> str:
    """The value as it is understood, where that is not what stands there."""
    if not text or not typed.is_valid:
        return ""
    if KIND_OF[field] is FieldKind.DATE:
        return t("field.means", value=texts.day(date.fromisoformat(typed.value)))
    if has_native_digits(text) and KIND_OF[field] is FieldKind.TEXT:
        return t("field.means", value=latin_digits(text))
    is_told = KIND_OF[field] in (FieldKind.NUMBER, FieldKind.CLASSES) and typed.value != text
    return t("field.means", value=typed.value) if is_told else ""


def wrong_words(field: DossierField, text: str, typed: TypedValue) -> str:
    """Why what was typed cannot be taken."""
    kind = "error" if field is DossierField.APPLICATION_NUMBER else "field_doubt"
    return texts.explain(kind, typed.doubt, {"number": text})


def doubts_of(check: NumberCheck) -> str:
    """What stands against a number a judge has chosen; "" for nothing."""
    found = [texts.explain("error", check.code, check.facts)] if check.code else []
    if check.linked_to:
        found.append(t("judge.linked_to", names=", ".join(check.linked_to)))
    return " ".join(found)


def versions_of(dispute: Dispute, choices: Mapping[str, str]) -> tuple[Version, ...]:
    """Both values, the machine's reading and the register's, as a judge reads them."""
    is_number = dispute.field is DossierField.APPLICATION_NUMBER
    found = [
        Version(
            t("keying.first", who=_who(dispute.first.who)),
            _shown(dispute.first, dispute, choices),
            _told(dispute.first, dispute),
        ),
        Version(
            t("keying.second", who=dispute.second.who),
            _shown(dispute.second, dispute, choices),
            _told(dispute.second, dispute),
        ),
    ]
    if dispute.machine:
        found.append(Version(t("keying.machine"), choices.get(dispute.machine, dispute.machine)))
    if dispute.register and not is_number:
        found.append(Version(t("keying.register"), dispute.register))
    return tuple(found)


def _who(name: str) -> str:
    return t("keying.the_rule") if name.startswith("policy:") else name


def _shown(keyed: Keyed, dispute: Dispute, choices: Mapping[str, str]) -> str:
    """The value to be compared: numbers in their one form, types by name, all else as typed."""
    if dispute.field is DossierField.APPLICATION_NUMBER:
        return keyed.value
    if KIND_OF[dispute.field] is FieldKind.CHOICE:
        return choices.get(keyed.value, keyed.printed)
    return keyed.printed


def _told(keyed: Keyed, dispute: Dispute) -> str:
    if dispute.field is not DossierField.APPLICATION_NUMBER or not dispute.has_register:
        return ""
    if keyed.register is None:
        return t("keying.not_in_register")
    parts = (keyed.register.title, keyed.register.applicant)
    return t("keying.in_register", what=" · ".join(part for part in parts if part))

"""English words of second keying and judging: screens, reasons, errors, acts. As in words_en."""

from __future__ import annotations

KEYING_REASONS: dict[str, str] = {
    "second_keying_awaited": "Waits to be keyed again by a second person (Indexing, Second keying).",
    "keying_differs": "Two people keyed different values: a judge must decide (Indexing, To judge).",
}

KEYING_ERRORS: dict[str, str] = {
    "second_keying_awaited": "{dossier} cannot leave yet: a second person has to key it again first (Indexing, Second keying).",
    "keying_differs": "{dossier} cannot leave yet: two people keyed different values, and a judge has to decide (Indexing, To judge).",
    "keying_gone": "{dossier} no longer waits for this: somebody else has done it, or its confirmation was taken back.",
    "keying_by_the_same": "{who} has confirmed this folder. A second person must key it again: say who is keying (F8).",
    "judge_is_a_party": "{who} has keyed this folder. A third person must decide: say who is judging (F8).",
    "keying_went_on": "{dossier} has gone on since: this can no longer be taken back.",
    "operator_unnamed": "Type a name with letters or digits, at most {limit} characters.",
}

KEYING_FINDINGS: dict[str, str] = {
    "left_without_keying": "A folder was sent although it waited for its second keying. Compare it with the paper and tell your supervisor.",
    "keying_without_link": "A second keying belongs to a number that was withdrawn. Confirm the folder's number again.",
}

KEYING_ACTIONS: dict[str, str] = {
    "second_keying_asked": "to be keyed again by a second person",
    "second_keying_cancelled": "second keying called off",
    "second_keyed": "keyed again",
    "keying_agreed": "keyed again by a second person: the same",
    "keying_differed": "keyed again by a second person: not the same",
    "keying_judged": "difference judged",
    "keying_taken_back": "keying taken back",
    "number_judged": "number changed by the judge",
    "field_judged": "field decided by the judge: {field}",
    "operator_changed": "another person works here",
}
KEYING_STATES: dict[str, str] = {
    "keying.awaited": "second keying",
    "keying.agreed": "keyed twice, the same",
    "keying.differs": "to judge",
    "keying.judged": "judged",
    "keying.cancelled": "called off",
}

"""How rows look in lists, said once for all screens: words, icons and tones of states."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.states import DossierState, ImportState, KeyingState, LinkState, UploadState
from app.queries.rows import BatchSummary, DossierSummary, LedgerItem, Reason, TwinPage, UploadSummary
from ui import texts
from ui.texts import t
from ui.theme import Tone
from ui.widgets.paint import Badge
from ui.widgets.row_list import RowFace

# Reasons that speak for a number; all others ask a person to look.
GOOD_REASONS = frozenset(
    {
        "read_on_pages",
        "register_agrees",
        "title_agrees",
        "applicant_agrees",
        "filing_date_agrees",
        "date_agrees",
        "check_letter_agrees",
        "barcode_agrees",
        "in_register",
        "pages_agree",
        "independent_readings",
        "labelled",
        "released_by_policy",
    }
)
RIVAL_REASONS = frozenset({"rival_number", "rivals", "rival"})

TWINS_NAMED = 3

INDEX_STATES = (DossierState.TO_INDEX, DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE)
WENT_ON_STATES = (
    DossierState.TO_REVIEW,
    DossierState.APPROVED,
    DossierState.QUEUED,
    DossierState.UPLOADED,
)

_DOSSIER = {
    DossierState.OPEN: (Tone.PLAIN, "clock"),
    DossierState.PROCESSING: (Tone.PLAIN, "clock"),
    DossierState.TO_INDEX: (Tone.CARE, "indexing"),
    DossierState.TO_REVIEW: (Tone.ACCENT, "review"),
    DossierState.APPROVED: (Tone.ACCENT, "check"),
    DossierState.QUEUED: (Tone.ACCENT, "send"),
    DossierState.UPLOADED: (Tone.GOOD, "check"),
    DossierState.RETURNED: (Tone.BAD, "undo"),
    DossierState.REFUSED_BY_OFFICE: (Tone.BAD, "cross"),
    DossierState.DISSOLVED: (Tone.PLAIN, "undo"),
}
_UPLOAD = {
    UploadState.QUEUED: (Tone.PLAIN, "clock"),
    UploadState.SENDING: (Tone.ACCENT, "send"),
    UploadState.SENT: (Tone.CARE, "clock"),
    UploadState.ACCEPTED: (Tone.GOOD, "check"),
    UploadState.REFUSED: (Tone.BAD, "cross"),
}


def reason_tone(reason: Reason) -> Tone:
    """GOOD for what speaks for the number, CARE for what a person must look at."""
    return Tone.GOOD if reason.code in GOOD_REASONS else Tone.CARE


def return_words(reason: str | None) -> str:
    """A return reason in words: a code of the pick list, own words, or both."""
    if not reason:
        return ""
    code, _, own = reason.partition(": ")
    known = t(f"return.{code}") if _is_return_code(code) else ""
    return " · ".join(part for part in ((known, own) if known else (reason,)) if part)


def to_index_face(dossier: DossierSummary) -> RowFace:
    """A folder that waits for a number, with what it asks of a person."""
    guess = dossier.best_guess
    is_cited = dossier.first_reason is not None and dossier.first_reason.code == "only_cited"
    has_doubt = dossier.first_reason is not None and dossier.first_reason.code not in GOOD_REASONS
    return RowFace(
        title=dossier.name,
        number=dossier.application_number or ("" if is_cited else dossier.best_guess or ""),
        subtitle=_first_words(dossier) if has_doubt or not guess else t("count.pages", n=dossier.pages),
        badge=to_index_badge(dossier),
        tip=_first_words(dossier),
    )


def to_index_badge(dossier: DossierSummary) -> Badge:
    """What a folder asks of a person: one icon, one word."""
    if dossier.on_hold:
        return Badge(Tone.PLAIN, "hold", t("index.hold_word"))
    if dossier.state is DossierState.RETURNED:
        return Badge(Tone.BAD, "undo", t("index.word_returned"))
    if dossier.state is DossierState.REFUSED_BY_OFFICE:
        return Badge(Tone.BAD, "cross", t("index.word_refused"))
    is_cited = dossier.first_reason is not None and dossier.first_reason.code == "only_cited"
    if not dossier.best_guess or is_cited:
        return Badge(Tone.BAD, "keyboard", t("index.word_type"))
    if dossier.first_reason is not None and dossier.first_reason.code in RIVAL_REASONS:
        return Badge(Tone.BAD, "warn", t("index.word_choose"))
    if dossier.first_reason is not None and dossier.first_reason.code == "same_scan_twice":
        return Badge(Tone.CARE, "warn", t("index.word_twice"))
    if dossier.first_reason is not None and dossier.first_reason.code not in GOOD_REASONS:
        return Badge(Tone.CARE, "warn", t("index.word_confirm"))
    if dossier.link is LinkState.PROVEN:
        return Badge(Tone.GOOD, "check", t("index.word_proven"))
    return Badge(Tone.CARE, "warn", t("index.word_confirm"))


def dossier_face(dossier: DossierSummary) -> RowFace:
    """A folder anywhere in its life."""
    tone, icon = _DOSSIER[dossier.state]
    badge = Badge(tone, icon, texts.state(dossier.state))
    if dossier.first_reason is not None and dossier.first_reason.code == "no_pages":
        # Every file was refused: nothing is being imported any more.
        badge = Badge(Tone.CARE, "warn", t("dossier.no_pages"))
    if dossier.on_hold:
        badge = Badge(Tone.PLAIN, "hold", t("index.hold_word"))
    if dossier.keying is not None:
        badge = Badge(Tone.CARE, "keyboard", texts.state(dossier.keying))
    parts = [t("count.pages", n=dossier.pages)]
    if dossier.state in (DossierState.OPEN, DossierState.PROCESSING) and dossier.pages:
        parts = [t("status.pages", done=dossier.pages_done, total=dossier.pages)]
    if dossier.blank_pages:
        parts.append(t("count.blank", n=dossier.blank_pages))
    extras: tuple[Badge, ...] = ()
    if dossier.pages_attention:
        extras = (Badge(Tone.CARE, "warn", t("count.attention", n=dossier.pages_attention)),)
    return RowFace(
        title=dossier.name,
        # Whoever keys it again must not have seen it.
        number="" if dossier.keying is KeyingState.AWAITED else dossier.application_number or "",
        subtitle=" · ".join(parts),
        badge=badge,
        extras=extras,
        tip=return_words(dossier.return_reason),
    )


def review_face(dossier: DossierSummary) -> RowFace:
    """A folder that waits for review."""
    badge = Badge(Tone.PLAIN, "check", t("review.page_fine"))
    doubt = dossier.first_reason
    if doubt is not None and doubt.code not in GOOD_REASONS:
        badge = Badge(reason_tone(doubt), "warn", t("review.doubt"))
    elif dossier.pages_attention:
        badge = Badge(Tone.CARE, "warn", str(dossier.pages_attention))
    elif dossier.link is LinkState.PROVEN:
        badge = Badge(Tone.GOOD, "check", t("index.word_proven"))
    return RowFace(
        title=dossier.name,
        number=dossier.application_number or "",
        subtitle=t("count.pages", n=dossier.pages),
        badge=badge,
    )


def batch_face(batch: BatchSummary) -> RowFace:
    """A batch with its stacked bar and what is not as it should be."""
    badges = batch_badges(batch)
    return RowFace(
        title=batch.name,
        subtitle=f"{t('count.folders', n=batch.dossiers)} · {t('count.pages', n=batch.pages)} · {batch.office}",
        aside=t("batches.by", who=batch.created_by, when=texts.moment(batch.created_at)),
        badge=badges[0],
        extras=badges[1:],
        tip="\n".join(badge.word for badge in badges),
        steps=batch_steps(batch),
    )


def batch_badges(batch: BatchSummary) -> tuple[Badge, ...]:
    """All that is not as it should be in a batch and all that waits for a person, the worst first."""
    in_state = batch.dossiers_by_state.get
    told = (
        (in_state(DossierState.REFUSED_BY_OFFICE, 0), Tone.BAD, "cross", "batches.refused_by_office"),
        (batch.files_refused, Tone.BAD, "warn", "batches.refused_files"),
        (in_state(DossierState.RETURNED, 0), Tone.CARE, "undo", "batches.returned"),
        (batch.pages_attention, Tone.CARE, "warn", "batches.attention"),
        (in_state(DossierState.TO_INDEX, 0), Tone.CARE, "indexing", "batches.to_index"),
        (batch.keyed_again, Tone.CARE, "indexing", "batches.keyed_again"),
        (in_state(DossierState.TO_REVIEW, 0) - batch.keyed_again, Tone.ACCENT, "review", "batches.to_review"),
    )
    badges = tuple(Badge(tone, icon, t(key, n=n)) for n, tone, icon, key in told if n)
    if badges:
        return badges
    if batch.dossiers and in_state(DossierState.UPLOADED, 0) == batch.dossiers:
        return (Badge(Tone.GOOD, "check", t("batches.all_accepted")),)
    return (Badge(Tone.PLAIN, "check", t("batches.exceptions_none")),)


def batch_steps(batch: BatchSummary) -> tuple[float, ...]:
    """Shares of a batch: files taken in, pages read, folders indexed, approved, accepted by the office."""
    by_state = batch.dossiers_by_state
    accepted = by_state.get(DossierState.UPLOADED, 0)
    approved = accepted + by_state.get(DossierState.QUEUED, 0) + by_state.get(DossierState.APPROVED, 0)
    indexed = approved + by_state.get(DossierState.TO_REVIEW, 0)
    taken = batch.files_accepted + batch.files_refused
    return (
        _share(taken, batch.files_offered),
        # pages appear while files are still taken in: read pages can never be ahead of taken files
        _share(batch.pages_done, batch.pages) * _share(taken, batch.files_offered),
        _share(indexed, batch.dossiers),
        _share(approved, batch.dossiers),
        _share(accepted, batch.dossiers),
    )


def upload_face(upload: UploadSummary, is_local: bool) -> RowFace:
    """A package on its way; is_local: no office is at the other end."""
    tone, icon = _UPLOAD[upload.state]
    if upload.error is not None and upload.state is UploadState.QUEUED:
        tone, icon = Tone.CARE, "warn"
    road = t("uploads.road", road=road_words(upload, is_local))
    receipt = t("uploads.no_receipt")
    if upload.receipt_reference:
        receipt = t("uploads.receipt", reference=upload.receipt_reference)
    return RowFace(
        title=upload.dossier_name,
        number=upload.application_number or "",
        subtitle=f"{road} · {receipt}",
        badge=Badge(tone, icon, texts.state(upload.state)),
        aside=texts.moment(upload.closed_at or upload.sent_at or upload.queued_at),
    )


def road_words(upload: UploadSummary, is_local: bool) -> str:
    """Where a package goes, plainly."""
    return t("uploads.local") if is_local else upload.destination


def ledger_face(item: LedgerItem) -> RowFace:
    """One offered file and what became of it."""
    match item.state:
        case ImportState.OFFERED:
            badge = Badge(Tone.PLAIN, "clock", texts.state(item.state))
        case ImportState.ACCEPTED:
            is_copy = item.duplicate_of is not None or bool(item.twin_pages)
            noted = is_copy or bool(item.notes)
            badge = Badge(
                Tone.CARE if noted else Tone.GOOD,
                "copy" if is_copy else "check",
                texts.state(item.state),
            )
        case ImportState.REFUSED:
            badge = Badge(Tone.BAD, "cross", texts.state(item.state))
    # Scanners give every folder the same file names, so each names its folder.
    title = " · ".join(part for part in (item.source_path.name, item.source_path.parent.name) if part)
    return RowFace(title=title, subtitle=ledger_words(item), badge=badge, tip=str(item.source_path))


def ledger_words(item: LedgerItem) -> str:
    """What happened to a file and what to do."""
    if item.reason is not None:
        return texts.explain("error", item.reason, item.facts)
    if item.duplicate_of is not None:
        return t("capture.duplicate", name=item.duplicate_of.name)
    if item.twin_pages:
        return _twin_words(item.twin_pages)
    if item.notes:
        return " ".join(texts.explain("note", note) for note in item.notes)
    parts = [t("count.pages", n=item.pages)] if item.pages else []
    if item.size_bytes is not None:
        parts.append(texts.size(item.size_bytes))
    return " · ".join(parts) or str(item.source_path.parent)


def _twin_words(twins: Sequence[TwinPage]) -> str:
    """Which pages of a file came before, and where; a few stand for many."""
    named = twins[:TWINS_NAMED]
    more = ", …" if len(twins) > TWINS_NAMED else ""
    return t(
        "capture.twins",
        n=len(twins),
        name=", ".join(dict.fromkeys(twin.same_as.name for twin in named)),
        here=", ".join(str(twin.page) for twin in named) + more,
        there=", ".join(str(twin.same_as_page) for twin in named) + more,
    )


def _first_words(dossier: DossierSummary) -> str:
    if dossier.return_reason:
        return return_words(dossier.return_reason)
    if dossier.first_reason is None:
        return t("count.pages", n=dossier.pages)
    return texts.explain("reason", dossier.first_reason.code, dossier.first_reason.facts)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _is_return_code(code: str) -> bool:
    from ui.words_en import SCREEN

    return f"return.{code}" in SCREEN

"""Uploads as decided: what waits and why, in plain words; only a receipt counts as done."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from app.domain.ids import OutboxId
from app.domain.states import UploadState
from app.events import Changes
from app.queries.rows import UploadSummary
from ui import texts
from ui.desk import Desk
from ui.models.row_model import ROW_ROLE
from ui.models.row_pages import RowPages
from ui.pacing import Pace
from ui.screens.faces import road_words
from ui.screens.uploads.roads import NO_DELIVERIES, Deliveries, read_deliveries
from ui.screens.uploads.share_login import ShareLogin, closed_share
from ui.screens.uploads.story import moments_of
from ui.screens.uploads.view import UploadsView
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone
from ui.widgets.fact_list import Fact


class UploadsPresenter(QObject):
    """Decides for UploadsView."""

    def __init__(self, desk: Desk, view: UploadsView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._deliveries = NO_DELIVERIES
        self._rows = RowPages(desk.tasks, view.model, desk.reading.uploads_by_id, kind="outbox", parent=self)
        self._rows.filled.connect(self._on_filled)
        self._chosen: OutboxId | None = None
        self._shown_id: OutboxId | None = None
        self._is_loading = False
        self._is_stale = False
        self._pace = Pace()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._load)
        view.chosen.connect(self._on_chosen)
        self._login = ShareLogin(desk, view.login_form, lambda: self._deliveries.in_trouble)
        view.retry_asked.connect(self._on_retry)
        view.login_asked.connect(self._on_login)
        view.open_asked.connect(self._on_open)
        view.story_asked.connect(self._on_story)
        view.filtered.connect(self._on_filtered)
        view.empty.acted.connect(self._on_empty_acted)
        desk.bridge.changed.connect(self._on_changes)

    def activate(self, _subject_id: int = 0) -> None:
        """The screen comes to the front."""
        self._rows.note_all()
        self._load()
        self._view.give_focus(self._view.list)

    def _load(self) -> None:
        if self._is_loading:
            self._is_stale = True
            return
        self._is_loading, self._is_stale = True, False
        self._pace.begin()
        chosen = () if self._chosen is None else (self._chosen,)
        words = self._view.filter.text().split()
        call = partial(read_deliveries, self._desk.reading, words, self._rows.take_due(chosen))
        self._desk.tasks.run(call, self._on_read, self._on_read_failed)

    def _on_read(self, deliveries: Deliveries) -> None:
        self._is_loading = False
        self._pace.end()
        self._deliveries = deliveries
        self._view.show_work(deliveries.total > 0)
        if not deliveries.total:
            words = t("uploads.empty_text")
            self._view.empty.say("uploads", t("uploads.empty"), words, t("uploads.to_review"))
            if self._view.isVisible():
                self._view.empty.button.setFocus()
        else:
            self._view.show_place(place_words(deliveries), deliveries)
            self._show_ids()
        if self._is_stale:
            self._load()

    def _on_read_failed(self, failure: Failure) -> None:
        self._is_loading = False
        self._pace.end()
        self._rows.note_all()
        self._desk.notices.failure(failure)
        if self._is_stale:
            self._load()

    def _on_filtered(self, _text: str) -> None:
        self._load()

    def _show_ids(self) -> None:
        self._rows.show(self._deliveries.ids, self._deliveries.rows)
        ids = self._view.model.ids
        if self._chosen not in ids:
            self._chosen = None
        if self._chosen is None and ids:
            self._view.list.setCurrentIndex(self._view.model.index(0, 0))
        elif self._chosen is not None:
            self._show()

    def _on_changes(self, changes: Changes) -> None:
        if self._view.isVisible() and (changes.is_unknown or "outbox" in changes.touched):
            self._rows.note(changes)
            if self._pace.wait_ms:
                self._again.start(self._pace.wait_ms + 1)
            else:
                self._load()

    def _on_chosen(self, upload_id: int) -> None:
        self._chosen = OutboxId(upload_id)
        self._view.show_story(())
        self._show()

    def _on_filled(self) -> None:
        if self._shown_id != self._chosen:
            self._show()

    def _current(self) -> UploadSummary | None:
        if self._chosen is None:
            return None
        row: UploadSummary | None = self._view.model.index_of(self._chosen).data(ROW_ROLE)
        return row

    def _show(self) -> None:
        upload = self._current()
        if upload is None:
            return  # shown when its row is here
        self._shown_id = upload.id
        is_local = self._deliveries.is_local(upload)
        why, tone = why_words(upload, is_local)
        can_retry = upload.state in (UploadState.QUEUED, UploadState.SENT)
        self._view.show_upload(upload.dossier_name, facts_of(upload, is_local), why, tone, can_retry)
        self._view.show_closed_share(closed_share(upload))
        if self._view.has_story:
            self._tell_story()

    def _on_retry(self) -> None:
        upload = self._current()
        if upload is not None:
            call = partial(self._desk.context.uploads.retry, upload.id)
            self._desk.tasks.write(call, None, self._desk.notices.failure)
            self._desk.notices.say(t("uploads.retried", name=upload.dossier_name), Tone.ACCENT)

    def _on_login(self) -> None:
        self._login.ask(self._current())

    def _on_open(self) -> None:
        upload = self._current()
        if upload is not None:
            directory = upload.package_path if upload.package_path.is_dir() else upload.package_path.parent
            self._open(directory)

    def _open(self, directory: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(directory))):
            self._desk.notices.say(t("uploads.not_opened", path=directory), Tone.CARE)

    def _on_story(self) -> None:
        if self._view.has_story:
            self._view.show_story(())
        else:
            self._tell_story()

    def _tell_story(self) -> None:
        upload = self._current()
        if upload is not None:
            lines = self._desk.reading.story(upload.dossier_id)
            self._view.show_story(moments_of(lines))

    def _on_empty_acted(self) -> None:
        self._view.asks_for.emit("review", 0)


def place_words(deliveries: Deliveries) -> str:
    """What must be known of drop folders that answer for themselves; "" when all goes to an office."""
    if not deliveries.local_total:
        return ""
    key = "uploads.local_long" if deliveries.local_total == deliveries.total else "uploads.local_some"
    return t(key, path=", ".join(deliveries.local_places), n=deliveries.local_total)


def why_words(upload: UploadSummary, is_local: bool) -> tuple[str, Tone]:
    """Why a package is where it is, and what to do."""
    match upload.state:
        case UploadState.QUEUED if upload.error is not None:
            reason = texts.explain("error", upload.error.code, upload.error.facts)
            return f"{reason} {t('uploads.next_try', when=texts.moment(upload.not_before))}", Tone.CARE
        case UploadState.QUEUED:
            return t("uploads.waits_turn"), Tone.PLAIN
        case UploadState.SENDING:
            return t("uploads.sending"), Tone.ACCENT
        case UploadState.SENT:
            reason = t("uploads.waits_receipt")
            if upload.error is not None:
                reason = texts.explain("error", upload.error.code, upload.error.facts)
            return reason, Tone.CARE
        case UploadState.ACCEPTED if is_local:
            return t("uploads.accepted_local"), Tone.GOOD
        case UploadState.ACCEPTED:
            return t("uploads.accepted"), Tone.GOOD
        case UploadState.REFUSED:
            if upload.receipt_reason:
                return t("uploads.refused", reason=upload.receipt_reason), Tone.BAD
            return t("uploads.refused_plain"), Tone.BAD


def facts_of(upload: UploadSummary, is_local: bool) -> tuple[Fact, ...]:
    """One delivery in full."""
    facts = [Fact(t("index.number"), upload.application_number or "", is_number=True)]
    facts.append(Fact(t("uploads.destination"), road_words(upload, is_local)))
    if is_local:
        facts.append(Fact(t("uploads.place"), upload.destination))
    facts.append(Fact(t("uploads.package"), f"{upload.package_name} · {texts.size(upload.size_bytes)}"))
    steps = [t("uploads.queued_at", when=texts.moment(upload.queued_at))]
    if upload.sent_at is not None:
        steps.append(t("uploads.sent_at", when=texts.moment(upload.sent_at)))
    if upload.attempts > 1:
        steps.append(t("uploads.attempts", n=upload.attempts))
    facts.append(Fact(texts.state(upload.state).capitalize(), " · ".join(steps)))
    if upload.receipt_reference:
        office = upload.receipt_office or ""
        words = t("uploads.receipt_by", reference=upload.receipt_reference, office=office)
        tone = Tone.GOOD if upload.state is UploadState.ACCEPTED else Tone.BAD
        facts.append(Fact(texts.moment(upload.closed_at), words, tone))
    return tuple(facts)

"""Name and password of a share whose packages wait: which share, what came of it, and who is delivered then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from app.connectors.vault import Login
from app.domain.ids import OutboxId
from app.domain.states import UploadState
from app.queries.rows import UploadSummary
from ui import texts
from ui.desk import Desk
from ui.screens.uploads.login_form import LoginForm
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone

CODES = frozenset(
    {
        "share_login_needed",
        "share_login_refused",
        "share_password_expired",
        "share_account_closed",
        "share_other_name",
    }
)


def closed_share(upload: UploadSummary | None) -> str:
    """Return the share that a login would open for a package; "" when a login is not what it waits for."""
    if upload is None or upload.error is None or upload.error.code not in CODES:
        return ""
    is_waiting = upload.state in (UploadState.QUEUED, UploadState.SENT)
    return str(upload.error.facts.get("share", "")) if is_waiting else ""


class ShareLogin(QObject):
    """Decides for LoginForm. uploads: all deliveries as last read."""

    def __init__(self, desk: Desk, form: LoginForm, uploads: Callable[[], Sequence[UploadSummary]]) -> None:
        super().__init__(form)
        self._desk = desk
        self._form = form
        self._uploads = uploads
        form.given.connect(self._on_given)

    def ask(self, upload: UploadSummary | None) -> None:
        """Ask for the share a package waits for, if it waits for a login."""
        share = closed_share(upload)
        if share == self._form.share:
            return  # it is being asked already, or there is nothing to ask
        if upload is not None and upload.error is not None:
            self._form.ask(share, str(upload.error.facts.get("user", "")))

    def _on_given(self, share: str, user: str, password: str) -> None:
        call = partial(_log_in, self._desk, share, Login(user, password))
        self._desk.tasks.run(call, self._on_in, self._on_failed)

    def _on_in(self, opened: tuple[str, str]) -> None:
        share, user = opened
        self._desk.notices.say(t("uploads.login_done", share=share, user=user), Tone.GOOD)
        if self._form.share == share:
            self._form.leave()
        waiting = [
            row.id
            for row in self._uploads()
            if row.state is UploadState.QUEUED and closed_share(row).lower() == share.lower()
        ]
        self._desk.tasks.write(partial(_try_again, self._desk, waiting), None, self._desk.notices.failure)

    def _on_failed(self, failure: Failure) -> None:
        if self._form.is_waiting:
            self._form.refuse(words_of(failure))
        else:
            self._desk.notices.failure(failure)


def words_of(failure: Failure) -> str:
    """What to say in the form, where the usual advice to open it would mislead."""
    if failure.code == "share_login_refused":
        return t("uploads.login_refused")
    if failure.code == "share_password_expired":
        return t("uploads.login_expired")
    return texts.explain("error", failure.code, failure.facts)


def _log_in(desk: Desk, share: str, login: Login) -> tuple[str, str]:
    """Connect and keep; runs in a thread, for the server may take its time."""
    desk.context.outbox.shares.log_in(share, login)
    desk.context.outbox.wake()
    return share, login.user


def _try_again(desk: Desk, waiting: Sequence[OutboxId]) -> None:
    for upload_id in waiting:
        desk.context.uploads.retry(upload_id)

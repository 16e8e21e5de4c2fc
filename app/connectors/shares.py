r"""Opens the office's share (`\\server\share`) where the signed-in user alone may not: with the login in the vault.

Windows decides first: only a share that refuses is connected, and only with a login that a person has given. Offices lock
accounts after a few wrong passwords, and the outbox asks every two seconds: so a refused login is not tried again for an
hour, and a share that refused is left alone for a minute, because Windows itself tries the signed-in user's password each
time. Another login in the vault ends both. Runs in the upload thread, in threads of the window and in commands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.connectors.vault import Login, SystemVault, Vault
from app.errors import ConnectorError, OperatorError, WorkstationError
from app.windows.share import (
    CLOSED_ACCOUNT,
    EXPIRED,
    OPENED,
    REFUSALS,
    TWO_NAMES,
    WRONG_LOGIN,
    WindowsNetwork,
    share_of,
)

REST_OF_LOGIN_S = 3600.0
REST_OF_SHARE_S = 60.0


class Network(Protocol):
    """What the system does with shares; WindowsNetwork, or a fake."""

    def refusal(self, directory: Path) -> int:
        """Try to open a directory; returns OPENED or Windows' error number."""

    def connect(self, share: str, user: str, password: str) -> int:
        """Connect for the session; returns OPENED or Windows' error number."""

    def disconnect(self, share: str) -> None:
        """End a connection; harmless when there is none."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a share is closed, with which login (None: the vault had none), and how long neither is tried again."""

    login: Login | None
    trouble: ConnectorError
    share_rests_until_s: float
    login_rests_until_s: float


class Shares:
    """Shares and their logins; one for each program, any thread."""

    def __init__(
        self,
        vault: Vault | None = None,
        network: Network | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the system's vault and network when None is given."""
        self._vault: Vault = vault or SystemVault()
        self._network: Network = network or WindowsNetwork()
        self._now = now
        self._lock = threading.Lock()
        self._refusals: dict[str, _Refusal] = {}

    def open(self, directory: Path) -> None:
        """Connect the share a directory lies on, if it lies on one that refuses; else do nothing.

        What is not a question of names and passwords (the server is away) is left to who uses the directory.
        Raises ConnectorError, always retryable: "share_login_needed", "share_login_refused",
        "share_password_expired", "share_account_closed", "share_other_name", "share_unreachable", "no_vault",
        "vault_failed".
        """
        share = share_of(str(directory))
        if share is None:
            return
        with self._lock:
            known = self._refusals.get(share.lower())
            if known is not None and known.login != self._find(share):
                known = None
            if known is not None and self._now() < known.share_rests_until_s:
                raise _anew(known.trouble)
            refused = None
            if self._network.refusal(directory) in REFUSALS:
                refused = self._connect(share, known)
            self._remember(share, refused)
            if refused is not None:
                raise _anew(refused.trouble)

    def log_in(self, share: str, login: Login) -> None:
        """Connect a share with a login and keep the login if that works.

        Raises OperatorError or MachineError with the codes of open; what was kept before then stays.
        """
        with self._lock:
            if self._vault.find(share) is not None:
                self._network.disconnect(share)  # our own connection, perhaps under another name
            error = self._network.connect(share, login.user, login.password)
            if error in REFUSALS:
                trouble = _trouble(error, share, login.user)
                raise OperatorError(trouble.code, **trouble.facts)
            if error != OPENED:
                raise _trouble(error, share, login.user)
            self._vault.keep(share, login)
            self._remember(share, None)

    def log_out(self, share: str) -> bool:
        """Forget the login of a share and end its connection; False when there was no login."""
        with self._lock:
            was_kept = self._vault.forget(share)
            if was_kept:
                self._network.disconnect(share)
            return was_kept

    def user_of(self, share: str) -> str | None:
        """Return the name kept for a share; raises OperatorError("no_vault") and MachineError("vault_failed")."""
        known = self._vault.find(share)
        return None if known is None else known.user

    def _find(self, share: str) -> Login | None:
        try:
            return self._vault.find(share)
        except WorkstationError as exc:
            raise ConnectorError(exc.code, retryable=True, **exc.facts) from exc

    def _connect(self, share: str, known: _Refusal | None) -> _Refusal | None:
        """Connect a share that refuses; returns None when that worked. A login that rests is not tried."""
        login, now_s = self._find(share), self._now()
        login_rests_until_s = now_s
        if login is None:
            trouble = ConnectorError("share_login_needed", retryable=True, share=share)
        elif known is not None and now_s < known.login_rests_until_s:
            trouble, login_rests_until_s = known.trouble, known.login_rests_until_s
        else:
            error = self._network.connect(share, login.user, login.password)
            if error == OPENED:
                return None
            trouble = _trouble(error, share, login.user)
            if error in REFUSALS:
                login_rests_until_s += REST_OF_LOGIN_S
        return _Refusal(login, trouble, self._now() + REST_OF_SHARE_S, login_rests_until_s)

    def _remember(self, share: str, refused: _Refusal | None) -> None:
        if refused is None:
            self._refusals.pop(share.lower(), None)
        else:
            self._refusals[share.lower()] = refused


def _anew(error: ConnectorError) -> ConnectorError:
    """The same error for another raise: one that is kept would gather the traces of all."""
    return ConnectorError(error.code, retryable=True, **error.facts)


def _trouble(error: int, share: str, user: str) -> ConnectorError:
    if error in WRONG_LOGIN:
        return ConnectorError("share_login_refused", retryable=True, share=share, user=user, error=error)
    if error in EXPIRED:
        return ConnectorError("share_password_expired", retryable=True, share=share, user=user, error=error)
    if error in CLOSED_ACCOUNT:
        return ConnectorError("share_account_closed", retryable=True, share=share, user=user, error=error)
    if error == TWO_NAMES:
        server = share[2:].partition("\\")[0]
        return ConnectorError("share_other_name", retryable=True, share=share, server=server, error=error)
    return ConnectorError("share_unreachable", retryable=True, share=share, error=error)

"""Where passwords live: in the system's own vault, and nowhere else.

Never in settings, database, logs, arguments or environment. On Windows it is the Credential Manager of the signed-in
user, through keyring, which is imported at the first use so that no start waits for it. Other systems mount the
shares themselves, so nothing there needs a password and there is no vault. Runs in the upload thread and in commands.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from app.errors import MachineError, OperatorError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Foliodesk"


@dataclass(frozen=True, slots=True)
class Login:
    """A name and its password; the password is in no representation of it."""

    user: str
    password: str = field(repr=False)


class Vault(Protocol):
    """Keeps one login for each place (a share), whatever the letter case of the place's name."""

    def find(self, place: str) -> Login | None:
        """Return the login kept for a place, None when there is none."""

    def keep(self, place: str, login: Login) -> None:
        """Keep a login, in the place of any other; what was kept before is gone for good."""

    def forget(self, place: str) -> bool:
        """Remove the login of a place; False when there was none."""


class SystemVault:
    """The vault of the signed-in user.

    Every method raises OperatorError("no_vault") where there is none, and MachineError("vault_failed") when it does
    not obey.
    """

    def __init__(self) -> None:
        self._backend: KeyringBackend | None = None

    def find(self, place: str) -> Login | None:
        """See Vault.find."""
        with self._opened() as vault:
            found = vault.get_credential(_target(place), None)
        return None if found is None else Login(found.username, found.password)

    def keep(self, place: str, login: Login) -> None:
        """See Vault.keep; the login stays on this PC and does not roam."""
        self.forget(place)  # keyring would keep the password before under another name
        with self._opened() as vault:
            vault.set_password(_target(place), login.user, login.password)

    def forget(self, place: str) -> bool:
        """See Vault.forget."""
        known = self.find(place)
        if known is None:
            return False
        with self._opened() as vault:
            vault.delete_password(_target(place), known.user)
        return True

    @contextmanager
    def _opened(self) -> Iterator[KeyringBackend]:
        if self._backend is None:
            self._backend = _system_backend()
        try:
            yield self._backend
        except Exception as exc:  # noqa: BLE001  # keyring and pywin32 share no class of errors
            # Without their texts, which are not ours to vouch for: nothing of a password may get into a log.
            why = f"{type(exc).__name__} {getattr(exc, 'winerror', None) or ''}".strip()
            raise MachineError("vault_failed", retryable=True, why=why) from None


class MemoryVault:
    """A vault for tests: forgets everything with the program."""

    def __init__(self) -> None:
        self._logins: dict[str, Login] = {}

    def find(self, place: str) -> Login | None:
        """See Vault.find."""
        return self._logins.get(_target(place))

    def keep(self, place: str, login: Login) -> None:
        """See Vault.keep."""
        self._logins[_target(place)] = login

    def forget(self, place: str) -> bool:
        """See Vault.forget."""
        return self._logins.pop(_target(place), None) is not None


def _target(place: str) -> str:
    return f"{SERVICE} {place.lower()}"


def _system_backend() -> KeyringBackend:
    """Return Windows' vault itself: keyring's own choice obeys a variable and a file, which may name a plain text."""
    if sys.platform != "win32":
        raise OperatorError("no_vault")
    try:
        from keyring.backends.Windows import WinVaultKeyring
    except ImportError as exc:
        raise OperatorError("no_vault") from exc
    backend: KeyringBackend = WinVaultKeyring()
    backend.persist = "local machine"
    return backend

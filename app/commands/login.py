"""`foliodesk login` and `logout`: give the vault of Windows the password of an office's share, or take it back."""

from __future__ import annotations

import getpass
import locale
import sys
from collections.abc import Callable

from rich.console import Console

from app.commands.output import ALL_WELL
from app.connectors.shares import Shares
from app.connectors.vault import Login
from app.errors import OperatorError
from app.windows.share import share_of


def log_in(
    given: str,
    user: str | None,
    *,
    screen: Console,
    shares: Shares | None = None,
    ask: Callable[[str], str] | None = None,
) -> int:
    """Ask the password, connect, and keep both only when that works; returns the exit code.

    user: the name kept before, else that of the signed-in user, when None. Raises OperatorError ("shares_mounted",
    "not_a_share", "password_empty") and what Shares.log_in raises.
    """
    shares, share = _here(shares), _share(given)
    name = user or shares.user_of(share) or getpass.getuser()
    password = (ask or ask_password)(f"Password of {name} for {share}: ")
    if not password:
        raise OperatorError("password_empty")
    shares.log_in(share, Login(name, password))
    screen.print(f"{share} lets {name} in. The vault of Windows keeps the password.", markup=False)
    return ALL_WELL


def log_out(given: str, *, screen: Console, shares: Shares | None = None) -> int:
    """Forget a login and end its connection; harmless when there is none; raises as log_in."""
    shares, share = _here(shares), _share(given)
    was_kept = shares.log_out(share)
    told = "The password is forgotten." if was_kept else "There was no password to forget."
    screen.print(f"{share}: {told}", markup=False)
    return ALL_WELL


def ask_password(prompt: str) -> str:
    """Read a password without showing it, or one line of a standard input that is no terminal."""
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(prompt)
    line = b"" if sys.stdin is None else sys.stdin.buffer.readline()
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = line.decode(locale.getencoding(), "replace")
    return text.rstrip("\r\n")


def _here(shares: Shares | None) -> Shares:
    if shares is None and sys.platform != "win32":
        raise OperatorError("shares_mounted")
    return shares or Shares()


def _share(given: str) -> str:
    share = share_of(given)
    if share is None:
        raise OperatorError("not_a_share", given=given)
    return share

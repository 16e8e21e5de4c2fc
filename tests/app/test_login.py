"""`foliodesk login` and `logout`: what they ask, say, keep and refuse; no password is ever shown."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest
from rich.console import Console

from app import cli
from app.commands.login import ask_password, log_in, log_out
from app.connectors.shares import Shares
from app.connectors.vault import Login, MemoryVault
from app.errors import OperatorError
from tests.helpers.shares_at_hand import SHARE, PlayedNetwork
from ui.texts import explain

RIGHT = Login("scans", "right-secret")


class Desk:
    """A terminal, the share and the vault."""

    def __init__(self):
        self.vault = MemoryVault()
        self.network = PlayedNetwork(RIGHT)
        self.shares = Shares(self.vault, self.network)
        self.out = io.StringIO()
        self.screen = Console(file=self.out, width=300)
        self.asked = []

    def log_in(self, password, user="scans", share=SHARE):
        def ask(prompt):
            self.asked.append(prompt)
            return password

        return log_in(share, user, screen=self.screen, shares=self.shares, ask=ask)


@pytest.fixture
def desk():
    return Desk()


def test_a_login_that_works_is_kept_and_told(desk):
    assert desk.log_in("right-secret") == 0
    assert desk.vault.find(SHARE) == RIGHT
    assert desk.asked == [rf"Password of scans for {SHARE}: "]
    assert "lets scans in" in desk.out.getvalue()
    assert "secret" not in desk.out.getvalue()


def test_the_name_kept_before_is_taken_when_none_is_given(desk):
    desk.vault.keep(SHARE, Login("scans", "old"))
    assert desk.log_in("right-secret", user=None) == 0
    assert desk.vault.find(SHARE) == RIGHT


def test_a_path_below_the_share_means_the_share(desk):
    assert desk.log_in("right-secret", share=SHARE.replace("\\", "/") + "/KH/in") == 0
    assert desk.vault.find(SHARE) == RIGHT


def test_a_wrong_password_is_refused_and_not_kept(desk):
    with pytest.raises(OperatorError) as caught:
        desk.log_in("wrong-secret")
    assert caught.value.code == "share_login_refused"
    assert desk.vault.find(SHARE) is None


def test_no_password_changes_nothing(desk):
    with pytest.raises(OperatorError) as caught:
        desk.log_in("")
    assert caught.value.code == "password_empty"
    assert desk.network.tried == []


@pytest.mark.parametrize("given", ["registry", r"C:\in", r"\\registry", "/mnt/registry", ""])
def test_what_is_no_share_is_told_before_a_password_is_asked(desk, given):
    with pytest.raises(OperatorError) as caught:
        desk.log_in("right-secret", share=given)
    assert caught.value.code == "not_a_share"
    assert desk.asked == []
    with pytest.raises(OperatorError):
        log_out(given, screen=desk.screen, shares=desk.shares)


def test_logging_out_forgets_and_says_whether_there_was_anything(desk):
    desk.log_in("right-secret")
    for told in ("is forgotten", "no password to forget"):
        assert log_out(SHARE, screen=desk.screen, shares=desk.shares) == 0
        assert told in desk.out.getvalue()
    assert desk.vault.find(SHARE) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows connects shares")
@pytest.mark.parametrize("command", ["login", "logout"])
def test_where_the_system_mounts_shares_that_is_said(command, capsys):
    words = lambda code, facts: explain("error", code, facts)  # noqa: E731
    assert cli.run([command, SHARE], words=words) == 2
    assert "Mount the share" in " ".join(capsys.readouterr().err.split())


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows connects shares")
def test_on_windows_a_share_that_does_not_exist_is_told_and_nothing_kept(capsys, monkeypatch):
    share = r"\\foliodesk-test.invalid\incoming"
    monkeypatch.setattr("app.commands.login.ask_password", lambda _prompt: "secret")
    assert cli.run(["login", share, "--user", "scans"]) == 3
    assert "share unreachable" in capsys.readouterr().err
    assert cli.run(["logout", share]) == 0


def test_a_password_is_no_argument(capsys):
    assert cli.run(["login", SHARE, "--password", "secret"]) == 2


@pytest.mark.parametrize(
    ("line", "password"),
    [
        (b"secret\r\n", "secret"),
        ("ព្រះ \n".encode(), "ព្រះ "),
        (b"\xef\xbb\xbfsecret\nmore\n", "secret"),
        (b"", ""),
    ],
)
def test_a_password_may_come_by_a_pipe(line, password, monkeypatch):
    piped = SimpleNamespace(isatty=lambda: False, buffer=io.BytesIO(line))
    monkeypatch.setattr(sys, "stdin", piped)
    assert ask_password("?") == password


def test_a_program_without_any_input_has_no_password(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert ask_password("?") == ""

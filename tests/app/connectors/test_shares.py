"""A share that refuses is opened with the login in the vault, and no account is locked by trying."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

from app.connectors.drop_folder import DropFolder, DropFolderOptions
from app.connectors.shares import REST_OF_LOGIN_S, REST_OF_SHARE_S, Shares
from app.connectors.vault import Login, MemoryVault
from app.errors import ConnectorError, MachineError, OperatorError
from app.windows.share import OPENED, REFUSALS, WindowsNetwork, share_of
from tests.helpers.shares_at_hand import (
    AWAY,
    EXPIRED,
    LOCKED,
    OTHER_NAME,
    REFUSED,
    SHARE,
    PlayedNetwork,
)
from tests.helpers.small_packages import make_package

PLACE = Path(SHARE + r"\KH")
RIGHT, WRONG = Login("scans", "right-secret"), Login("scans", "wrong-secret")


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def shares_of(network: PlayedNetwork, login: Login | None = None) -> tuple[Shares, MemoryVault, Clock]:
    vault, clock = MemoryVault(), Clock()
    if login is not None:
        vault.keep(SHARE, login)
    return Shares(vault, network, now=clock), vault, clock


def code_of(shares: Shares) -> str | None:
    error: ConnectorError | None = None
    try:
        shares.open(PLACE)
    except ConnectorError as exc:
        error = exc
    assert error is None or (error.retryable and "secret" not in str(error))
    return error and error.code


def test_an_open_share_needs_no_login() -> None:
    network = PlayedNetwork(is_open=True)
    shares, _, _ = shares_of(network, RIGHT)
    assert code_of(shares) is None
    assert network.tried == []


def test_a_directory_of_this_pc_is_not_even_asked(tmp_path: Path) -> None:
    network = PlayedNetwork()
    shares_of(network)[0].open(tmp_path)
    assert network.asked == 0


def test_a_share_that_refuses_is_opened_with_the_login_of_the_vault() -> None:
    network = PlayedNetwork(RIGHT)
    shares, _, _ = shares_of(network, RIGHT)
    assert code_of(shares) is None
    assert code_of(shares) is None
    assert network.tried == [("scans", "right-secret")]


def test_without_a_login_one_is_asked_for() -> None:
    assert code_of(shares_of(PlayedNetwork())[0]) == "share_login_needed"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (REFUSED, "share_login_refused"),
        (EXPIRED, "share_password_expired"),
        (LOCKED, "share_account_closed"),
        (OTHER_NAME, "share_other_name"),
        (AWAY, "share_unreachable"),
    ],
)
def test_what_windows_answers_becomes_a_code(answer: int, code: str) -> None:
    assert code_of(shares_of(PlayedNetwork(answer=answer), WRONG)[0]) == code


def test_a_refused_login_is_tried_once_an_hour_and_the_share_asked_once_a_minute() -> None:
    network = PlayedNetwork(RIGHT)
    shares, _, clock = shares_of(network, WRONG)
    end_s = clock.now_s + REST_OF_LOGIN_S
    while clock.now_s < end_s:  # as the outbox asks
        assert code_of(shares) == "share_login_refused"
        clock.now_s += 2
    assert len(network.tried) == 1
    assert network.asked == pytest.approx(REST_OF_LOGIN_S / REST_OF_SHARE_S, abs=1)
    clock.now_s += REST_OF_SHARE_S
    assert code_of(shares) == "share_login_refused"
    assert len(network.tried) == 2


def test_a_server_that_was_away_is_tried_again_after_a_minute() -> None:
    network = PlayedNetwork(RIGHT, answer=AWAY)
    shares, _, clock = shares_of(network, WRONG)
    assert code_of(shares) == "share_unreachable"
    clock.now_s += REST_OF_SHARE_S
    assert code_of(shares) == "share_unreachable"
    assert len(network.tried) == 2


def test_a_new_login_is_tried_at_once() -> None:
    network = PlayedNetwork(RIGHT)
    shares, vault, _ = shares_of(network, WRONG)
    assert code_of(shares) == "share_login_refused"
    vault.keep(SHARE, RIGHT)  # by `foliodesk login`, in another program
    assert code_of(shares) is None
    shares, vault, _ = shares_of(PlayedNetwork(RIGHT))
    assert code_of(shares) == "share_login_needed"
    vault.keep(SHARE, RIGHT)
    assert code_of(shares) is None


def test_a_share_that_windows_opens_after_all_is_open_after_a_minute() -> None:
    network = PlayedNetwork()
    shares, _, clock = shares_of(network, WRONG)
    assert code_of(shares) == "share_login_refused"
    network.is_open = True
    clock.now_s += REST_OF_SHARE_S
    assert code_of(shares) is None


def test_a_login_that_works_is_kept() -> None:
    network = PlayedNetwork(RIGHT)
    shares, vault, _ = shares_of(network)
    assert code_of(shares) == "share_login_needed"
    shares.log_in(SHARE, RIGHT)
    assert vault.find(SHARE) == RIGHT
    assert shares.user_of(SHARE) == "scans"
    assert code_of(shares) is None


@pytest.mark.parametrize(
    ("answer", "kind"), [(REFUSED, OperatorError), (AWAY, MachineError), (OTHER_NAME, MachineError)]
)
def test_a_login_that_does_not_work_changes_nothing_in_the_vault(answer: int, kind: type[Exception]) -> None:
    shares, vault, _ = shares_of(PlayedNetwork(RIGHT, answer=answer), RIGHT)
    with pytest.raises(kind) as caught:
        shares.log_in(SHARE, WRONG)
    assert "secret" not in str(caught.value)
    assert b"secret" not in pickle.dumps(caught.value)
    assert vault.find(SHARE) == RIGHT
    assert code_of(shares) is None


def test_logging_out_forgets_and_disconnects() -> None:
    network = PlayedNetwork(RIGHT)
    shares, vault, _ = shares_of(network, RIGHT)
    assert code_of(shares) is None
    assert shares.log_out(SHARE)
    assert not network.is_open
    assert vault.find(SHARE) is None
    assert not shares.log_out(SHARE)


def test_a_vault_that_fails_is_trouble_that_passes() -> None:
    class Broken(MemoryVault):
        def find(self, place: str) -> Login | None:
            raise OperatorError("no_vault")

    assert code_of(Shares(Broken(), PlayedNetwork())) == "no_vault"


def test_a_drop_folder_says_why_its_share_is_closed(tmp_path: Path) -> None:
    folder = DropFolder(DropFolderOptions(PLACE, shares=shares_of(PlayedNetwork())[0]))
    package = make_package(tmp_path / "packages")
    assert folder.check().code == "share_login_needed"
    for act in (lambda: folder.submit(package, cancelled=lambda: False), lambda: folder.status(package)):
        with pytest.raises(ConnectorError) as caught:
            act()
        assert caught.value.facts == {"share": SHARE}


@pytest.mark.parametrize(
    ("path", "share"),
    [
        (r"\\server\share", r"\\server\share"),
        (r"\\server\share\KH\in", r"\\server\share"),
        (r"\\?\UNC\server\share\KH", r"\\server\share"),
        ("//server/share/KH", r"\\server\share"),
        (r"\\server", None),
        ("\\\\server\\", None),
        (r"\\?\C:\scans", None),
        (r"\\.\pipe", None),
        (r"C:\scans", None),
        ("S:", None),
        ("/mnt/registry", None),
        ("", None),
    ],
)
def test_the_share_of_a_path(path: str, share: str | None) -> None:
    assert share_of(path) == share


def test_the_real_network_says_no_to_a_server_that_does_not_exist() -> None:
    network, share = WindowsNetwork(), r"\\foliodesk-test.invalid\incoming"
    assert network.connect(share, "scans", "secret") not in {OPENED, *REFUSALS}
    network.disconnect(share)
    assert network.refusal(Path(share)) not in REFUSALS
    if sys.platform != "win32":  # nothing is asked or connected there at all
        assert network.refusal(Path(SHARE)) == OPENED
        Shares().open(PLACE)

"""The contract of vaults; on Windows the real Credential Manager of the signed-in user keeps it too."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.connectors.vault import Login, MemoryVault, SystemVault, Vault
from app.errors import MachineError, OperatorError

SECRET = "c0rrect-horse ព្រះ 🐎"
WINDOWS_ONLY = pytest.mark.skipif(sys.platform != "win32", reason="only Windows has this vault")


@pytest.fixture
def place() -> str:
    """A share that no PC has, so that no login of a real one is touched."""
    return rf"\\foliodesk-test-{uuid4().hex[:12]}\Incoming"


@pytest.fixture(params=[MemoryVault, pytest.param(SystemVault, marks=WINDOWS_ONLY)])
def vault(request: pytest.FixtureRequest, place: str) -> Iterator[Vault]:
    vault = request.param()
    yield vault
    vault.forget(place)


def test_an_unknown_place_has_no_login(vault: Vault, place: str) -> None:
    assert vault.find(place) is None
    assert not vault.forget(place)


def test_a_login_is_found_again_whatever_the_letter_case(vault: Vault, place: str) -> None:
    vault.keep(place, Login("OFFICE\\scans", SECRET))
    assert vault.find(place.upper()) == Login("OFFICE\\scans", SECRET)
    assert type(vault)().find(place) == (vault.find(place) if isinstance(vault, SystemVault) else None)


def test_a_new_password_takes_the_place_of_the_old(vault: Vault, place: str) -> None:
    vault.keep(place, Login("scans", "old"))
    vault.keep(place, Login("scans", SECRET))
    assert vault.find(place) == Login("scans", SECRET)


def test_another_name_leaves_nothing_of_the_one_before(vault: Vault, place: str) -> None:
    vault.keep(place, Login("scans", "old"))
    vault.keep(place, Login("archive", SECRET))
    assert vault.find(place) == Login("archive", SECRET)
    assert vault.forget(place)
    assert vault.find(place) is None
    assert not vault.forget(place)


def test_places_are_kept_apart(vault: Vault, place: str) -> None:
    other = place + "2"
    vault.keep(place, Login("scans", "one"))
    vault.keep(other, Login("scans", "two"))
    assert vault.forget(other)
    assert vault.find(place) == Login("scans", "one")


@WINDOWS_ONLY
def test_windows_keeps_one_entry_that_does_not_roam(place: str) -> None:
    from win32ctypes.pywin32 import pywintypes, win32cred

    vault = SystemVault()
    vault.keep(place, Login("scans", "old"))
    vault.keep(place, Login("archive", SECRET))
    target = f"Foliodesk {place.lower()}"
    try:
        entry = win32cred.CredRead(target, win32cred.CRED_TYPE_GENERIC)
        assert (entry["UserName"], entry["Persist"]) == ("archive", win32cred.CRED_PERSIST_LOCAL_MACHINE)
        with pytest.raises(pywintypes.error):  # keyring's name for a login that another one has pushed aside
            win32cred.CredRead(f"scans@{target}", win32cred.CRED_TYPE_GENERIC)
    finally:
        vault.forget(place)


@WINDOWS_ONLY
def test_a_variable_cannot_lead_passwords_elsewhere(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    vault = SystemVault()
    vault.keep(place, Login("scans", SECRET))
    try:
        assert SystemVault().find(place) == Login("scans", SECRET)
    finally:
        vault.forget(place)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a vault")
def test_elsewhere_there_is_no_vault_and_nothing_is_kept(place: str) -> None:
    for act in (SystemVault().find, SystemVault().forget, lambda at: SystemVault().keep(at, Login("a", "b"))):
        with pytest.raises(OperatorError) as caught:
            act(place)
        assert caught.value.code == "no_vault"
    assert "keyring" not in sys.modules


def test_a_password_is_in_no_representation() -> None:
    assert SECRET not in repr(Login("scans", SECRET))
    assert SECRET not in f"{Login('scans', SECRET)!s}"


def test_what_a_failing_vault_says_of_a_password_goes_nowhere(place: str) -> None:
    class Failing:
        def get_credential(self, _service: str, _name: object) -> None:
            raise OSError(f"cannot keep {SECRET}")

    vault = SystemVault()
    vault._backend = Failing()  # type: ignore[assignment]
    with pytest.raises(MachineError) as caught:
        vault.find(place)
    assert caught.value.facts == {"why": "OSError"}
    assert SECRET not in "".join(traceback.format_exception(caught.value))

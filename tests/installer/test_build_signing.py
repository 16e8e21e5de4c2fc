"""The signing hook, with a certificate made for the test: the launchers' and the setup's signature hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from setup import signatures, tools
from setup.facts import BuildFailed

from tests.helpers.small_setup import FAKE_PYTHON, compile_program, make_bare_prefix, need_tools, small_setup

WHO = "Test Office of Nowhere"


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> signatures.Signing:
    need_tools()
    if tools.find("osslsigncode") is None or shutil.which("openssl") is None:
        pytest.skip(tools.how_to_install(["osslsigncode"]))
    directory = tmp_path_factory.mktemp("certificate")
    key, certificate, pfx = (str(directory / name) for name in ("key.pem", "certificate.pem", "test.pfx"))
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={WHO}",
    ]
    subprocess.run(
        [*request, "-addext", "extendedKeyUsage=codeSigning", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    export = ["openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-out", pfx]
    subprocess.run([*export, "-passout", "pass:secret of the test"], check=True)
    return signatures.Signing(Path(pfx), "TEST_SIGN_PASSWORD")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEST_SIGN_PASSWORD", "secret of the test")
    compile_program(FAKE_PYTHON, tmp_path / "program.exe")
    return tmp_path / "program.exe"


def test_signed_program_names_its_signer(signing: signatures.Signing, program: Path) -> None:
    with pytest.raises(BuildFailed, match="not signed"):
        signatures.signer_of(program)
    signatures.sign(program, signing)
    assert signatures.signer_of(program)[0] == WHO


def test_program_changed_after_signing_is_refused(signing: signatures.Signing, program: Path) -> None:
    signatures.sign(program, signing)
    data = bytearray(program.read_bytes())
    data[0x600] ^= 1
    program.write_bytes(data)
    with pytest.raises(BuildFailed, match="changed after it was signed"):
        signatures.signer_of(program)


def test_wrong_password_leaves_the_file_as_it_was(
    signing: signatures.Signing, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = program.read_bytes()
    monkeypatch.setenv("TEST_SIGN_PASSWORD", "wrong")
    with pytest.raises(BuildFailed, match=r"signing program\.exe failed") as failure:
        signatures.sign(program, signing)
    assert "wrong" not in str(failure.value)
    assert program.read_bytes() == before


OWN_COMMAND = """
import os, subprocess, sys
pfx, file = sys.argv[1:]
command = ["osslsigncode", "sign", "-pkcs12", pfx, "-pass", "secret of the test", "-h", "sha256"]
subprocess.run([*command, "-in", file, "-out", f"{file}.signed"], check=True)
os.replace(f"{file}.signed", file)
"""


@pytest.fixture
def own_signing(signing: signatures.Signing, tmp_path: Path) -> signatures.Signing:
    script = tmp_path / "the office's" / "own command.py"
    script.parent.mkdir()
    script.write_text(OWN_COMMAND)
    return signatures.Signing(own=f'"{sys.executable}" "{script}" "{signing.pfx}" {{}}')


def test_command_of_the_office_signs_too(own_signing: signatures.Signing, program: Path) -> None:
    signatures.sign(program, own_signing)
    assert signatures.signer_of(program)[0] == WHO


def test_command_of_the_office_signs_when_makensis_asks(
    own_signing: signatures.Signing, program: Path
) -> None:
    environment = {**os.environ, **own_signing.environment}
    subprocess.run(f'{own_signing.command()} "{program}"', shell=True, env=environment, check=True)
    assert signatures.signer_of(program)[0] == WHO


def test_command_that_does_not_sign_is_told(program: Path) -> None:
    need_tools()
    for command, told in ((f'"{sys.executable}" -c pass {{}}', "not signed"), ('"sign {}', "quotation mark")):
        with pytest.raises(BuildFailed, match=told):
            signatures.sign(program, signatures.Signing(own=command))


def test_backslashes_of_a_command_stay() -> None:
    words = signatures.own_words(r'"C:\SDK tools\signtool.exe" sign /sha1 AB12 {}', Path("a.exe"))
    assert words == [r"C:\SDK tools\signtool.exe", "sign", "/sha1", "AB12", str(Path("a.exe").resolve())]


def test_setup_and_the_uninstaller_it_writes_are_signed(
    signing: signatures.Signing, program: Path, tmp_path: Path
) -> None:
    setup = small_setup(tmp_path, "1.0.0", program, signing=signing)
    assert signatures.signer_of(setup)[0] == WHO
    prefix = make_bare_prefix(tmp_path / "wine")
    try:
        assert prefix.install(setup) == 0
        assert signatures.signer_of(prefix.usual_place / "uninstall.exe")[0] == WHO
        assert prefix.uninstall(prefix.usual_place) == 0
        assert not prefix.usual_place.exists()
    finally:
        prefix.close()

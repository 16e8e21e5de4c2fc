"""Authenticode signatures: reading who signed a file, and signing our own files with a certificate of the office's or ours.

Also run by makensis on the uninstaller while the setup is compiled:

    python installer/setup/signatures.py --pfx FILE --pass-env NAME [--timestamp URL] FILE
    python installer/setup/signatures.py --own FILE        with the command line in FOLIODESK_SIGN_COMMAND
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # makensis runs this file by itself
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from setup import tools
from setup.facts import BuildFailed

OWN_COMMAND = "FOLIODESK_SIGN_COMMAND"
FILE_MARK = "{}"


@dataclass(frozen=True, slots=True)
class Signing:
    """How our files are signed.

    pfx: a certificate with its key in a file; pass_env: the environment variable with its password; timestamp: a
    time stamp server. Or own: a command line that signs the file `{}` in place, for a key that never leaves its
    hardware or a signing service; the rest is None then.
    """

    pfx: Path | None = None
    pass_env: str | None = None
    timestamp: str | None = None
    own: str | None = None

    @property
    def password(self) -> str:
        """The password; raises BuildFailed when the variable is not set."""
        if self.pass_env is None:
            return ""
        if self.pass_env not in os.environ:
            raise BuildFailed(
                f"the environment variable {self.pass_env} with the certificate's password is not set"
            )
        return os.environ[self.pass_env]

    def command(self) -> str:
        """Return the command line that signs one file, for makensis, whose environment must have ours."""
        words = [sys.executable, str(Path(__file__).resolve())]
        words += ["--pfx", str(self.pfx.resolve())] if self.pfx else ["--own"]
        words += ["--pass-env", self.pass_env] if self.pass_env else []
        words += ["--timestamp", self.timestamp] if self.timestamp else []
        return " ".join(f'"{word}"' for word in words)

    @property
    def environment(self) -> dict[str, str]:
        """What command() needs: a whole command line would not pass through makensis' own quotes."""
        return {OWN_COMMAND: self.own} if self.own else {}


def sign(file: Path, signing: Signing) -> None:
    """Sign a file in place and verify it afterwards; raises BuildFailed and leaves the file as it was."""
    if signing.own:
        tools.run(own_words(signing.own, file), what=f"signing {file.name}")
        signer_of(file)
        return
    if signing.pfx is None or not signing.pfx.is_file():
        raise BuildFailed(f"the certificate {signing.pfx} does not exist")
    if signtool := tools.find("signtool"):
        command = [signtool, "sign", "/fd", "SHA256", "/f", str(signing.pfx), "/d", "Foliodesk"]
        command += ["/p", signing.password] if signing.pass_env else []
        command += ["/tr", signing.timestamp, "/td", "SHA256"] if signing.timestamp else []
        _hide_password(command, signing, file)
    else:
        _osslsigncode_sign(tools.need("osslsigncode")["osslsigncode"], file, signing)
    signer_of(file)


def own_words(command: str, file: Path) -> list[str]:
    """Return the words of the office's command line for one file; double quotes hold words together.

    A backslash is an ordinary character, as in the paths of Windows.
    """
    words = shlex.shlex(command, posix=True)
    words.whitespace_split, words.escape, words.commenters, words.quotes = True, "", "", '"'
    try:
        return [word.replace(FILE_MARK, str(file.resolve())) for word in words]
    except ValueError as exc:
        raise BuildFailed(f"the command that signs has a quotation mark too many: {command}") from exc


def signer_of(file: Path, *, trusted: bool = False) -> tuple[str, str]:
    """Return (who signed a file, the tool that says so).

    Raises BuildFailed when it is not signed or was changed after it was signed, or when no tool can tell. trusted:
    the certificate must be one this PC trusts, too. That is judged on Windows only: elsewhere the roots for code are
    in no store, and anybody can make a certificate with any name.
    """
    if powershell := tools.find("powershell"):
        return _authenticode(powershell, file, trusted=trusted), "Get-AuthenticodeSignature"
    if osslsigncode := tools.find("osslsigncode"):
        return _osslsigncode_signer(osslsigncode, file), "osslsigncode"
    raise BuildFailed(tools.how_to_install(["osslsigncode"]))


def reading_tool() -> str:
    """Name the tool with which this machine reads signatures, or nothing."""
    return next((name for name in ("powershell", "osslsigncode") if tools.find(name)), "")


def _hide_password(command: list[str], signing: Signing, file: Path) -> None:
    done = subprocess.run(
        [*command, str(file)], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).replace(signing.password or "\0", "***")
        raise BuildFailed(f"signing {file.name} failed:\n{said[-2000:]}")


def _osslsigncode_sign(tool: str, file: Path, signing: Signing) -> None:
    with tempfile.TemporaryDirectory() as directory:
        password, signed = Path(directory, "password"), Path(directory, "signed")
        password.touch(mode=0o600)
        password.write_text(
            signing.password, encoding="utf-8"
        )  # not on the command line, where others could read it
        command = [
            tool,
            "sign",
            "-pkcs12",
            str(signing.pfx),
            "-readpass",
            str(password),
            "-h",
            "sha256",
            "-n",
            "Foliodesk",
        ]
        command += ["-ts", signing.timestamp] if signing.timestamp else []
        tools.run([*command, "-in", str(file), "-out", str(signed)], what=f"signing {file.name}")
        part = file.with_name(f"{file.name}.part")
        part.write_bytes(signed.read_bytes())
        part.replace(file)


def _authenticode(powershell: str, file: Path, *, trusted: bool) -> str:
    literal = str(file.resolve()).replace("'", "''")
    script = f"$s = Get-AuthenticodeSignature -LiteralPath '{literal}'; $s.Status.ToString() + '|' + $s.SignerCertificate.Subject"
    said = tools.run([powershell, "-NoProfile", "-Command", script], what="signature check").strip()
    status, _, subject = said.partition("|")
    # UnknownError: signed and whole, by a certificate this PC does not trust (a test certificate).
    if status not in (("Valid",) if trusted else ("Valid", "UnknownError")) or not subject:
        raise BuildFailed(f"the signature of {file.name} is not valid: {status}")
    return _common_name(subject)


def _osslsigncode_signer(tool: str, file: Path) -> str:
    said = subprocess.run(
        [tool, "verify", "-in", str(file)], capture_output=True, text=True, errors="replace", check=False
    ).stdout
    current = re.search(r"Current message digest\s*:\s*([0-9A-F]+)", said)
    signed = re.search(r"Calculated message digest\s*:\s*([0-9A-F]+)", said)
    subject = re.search(r"Signer's certificate:.*?Subject:\s*(.*)", said, re.DOTALL)
    if current is None or signed is None:
        raise BuildFailed(f"{file.name} is not signed")
    if current.group(1) != signed.group(1):
        raise BuildFailed(f"{file.name} was changed after it was signed")
    if subject is None:
        raise BuildFailed(f"{file.name} names no signer")
    return _common_name(subject.group(1).splitlines()[0])


def _common_name(subject: str) -> str:
    match = re.search(r'CN\s*=\s*"?([^/,"]+)', subject)
    return match.group(1).strip() if match else "nobody"


def main() -> int:
    """Sign one file, as makensis asks; return an exit code."""
    parser = argparse.ArgumentParser(description="Sign one file.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--pfx", type=Path)
    which.add_argument("--own", action="store_true")
    parser.add_argument("--pass-env")
    parser.add_argument("--timestamp")
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    try:
        own = os.environ.get(OWN_COMMAND) if options.own else None
        sign(options.file, Signing(options.pfx, options.pass_env, options.timestamp, own))
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

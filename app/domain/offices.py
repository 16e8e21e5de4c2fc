"""Office profiles: what each office prints and how it works, as data packs proven against their own examples.

The packs that ship lie in resources/offices, an office's own ones in the home, where they go before the shipped.
Loaded once in the parent process; worker processes get the plain NumberFormat tuples in their task.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from app.domain.office_checks import prove
from app.domain.office_profile import OfficeProfile
from app.domain.office_reading import MAX_BYTES, read_profile
from app.domain.office_terms import OfficeDataInvalid
from ocr.long_paths import usual
from ocr.numbers import is_plain
from ocr.types import NumberFormat

__all__ = [
    "SUFFIX",
    "OfficeDataInvalid",
    "OfficePack",
    "OfficeProfile",
    "PacksInForce",
    "choosable_offices",
    "clash",
    "content_of",
    "formats_for",
    "known_offices",
    "load_offices",
    "load_packs",
    "packs_in_force",
    "profiles_of",
    "prove_content",
    "prove_together",
    "read_pack",
]

INTERNATIONAL_OFFICE = "WO"
SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class OfficePack:
    """A pack that has proven itself. sha256: of the file, so that two offices can compare theirs."""

    profile: OfficeProfile
    path: Path
    sha256: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class PacksInForce:
    """The packs in force, by code, and what a person has to know of those of the home.

    aside: one error for each pack of the home that uses a shipped pack's name for a format. It is not in
    force, and neither is the shipped one of its office, for by that folders would be linked by other forms
    than the office's: the office has no profile, and its work waits. outdated: packs of the home with the
    shipped pack that is newer.
    """

    packs: tuple[OfficePack, ...]
    aside: tuple[OfficeDataInvalid, ...] = ()
    outdated: tuple[tuple[OfficePack, OfficePack], ...] = ()


def load_offices(directory: Path, own: Path | None = None) -> Mapping[str, OfficeProfile]:
    """Read every office pack and prove each against its examples; see packs_in_force."""
    return profiles_of(load_packs(directory, own))


def load_packs(directory: Path, own: Path | None = None) -> tuple[OfficePack, ...]:
    """Read the packs that ship and those of the home; see packs_in_force."""
    return packs_in_force(directory, own).packs


def profiles_of(packs: Iterable[OfficePack]) -> Mapping[str, OfficeProfile]:
    """Profiles by office; one that is asked for and not there is refused by its name."""
    return MappingProxyType(_Profiles({pack.profile.code: pack.profile for pack in packs}))


def packs_in_force(directory: Path, own: Path | None = None) -> PacksInForce:
    """Read the packs that ship and those of the home, by code; one of the home goes before the shipped one.

    own: the home's directory of packs, which need not exist. A damaged pack of the home is an error, not
    passed over: with the shipped one in its place folders would be linked by other forms than the office's.
    Raises OfficeDataInvalid with the file, the key and what is wrong there.
    """
    shipped = _packs_in(directory, is_own=False)
    if not shipped:
        raise OfficeDataInvalid("offices_missing", directory=str(directory))
    mine = _packs_in(own, is_own=True) if own is not None else {}
    for number, pack in enumerate(mine.values()):
        if found := clash(pack, tuple(mine.values())[:number], "office_packs_clash"):
            raise found
    beside = tuple(pack for code, pack in shipped.items() if code not in mine)
    prove_together(beside)
    clashes = {code: clash(pack, beside) for code, pack in mine.items()}
    stand = [pack for code, pack in mine.items() if clashes[code] is None]
    return PacksInForce(
        packs=tuple(sorted((*beside, *stand), key=lambda pack: pack.profile.code)),
        aside=tuple(found for found in clashes.values() if found is not None),
        outdated=tuple(
            (pack, shipped[code])
            for code, pack in mine.items()
            if code in shipped and shipped[code].profile.version > pack.profile.version
        ),
    )


def read_pack(path: Path, *, is_own: bool) -> OfficePack:
    """Read one pack and prove it. Raises OfficeDataInvalid."""
    return prove_content(content_of(path), path, is_own=is_own)


def content_of(path: Path) -> bytes:
    """Read a pack's file, no further than a pack may be long. Raises OfficeDataInvalid."""
    try:
        with path.open("rb") as source:
            return source.read(MAX_BYTES + 1)
    except OSError as exc:
        raise OfficeDataInvalid("office_file_unreadable", file=path.name, detail=str(exc)) from exc


def prove_content(content: bytes, path: Path, *, is_own: bool) -> OfficePack:
    """Make a pack of what was read of a file. Raises OfficeDataInvalid."""
    sha256 = hashlib.sha256(content).hexdigest()
    profile = replace(read_profile(content, path.name), sha256=sha256)
    prove(profile, path.name)
    return OfficePack(profile, path, sha256, is_own)


def prove_together(packs: Iterable[OfficePack]) -> None:
    """Prove that no two packs use one name for a format, for results of pages hold that name only."""
    seen: dict[str, str] = {}
    for pack in packs:
        for rule in pack.profile.rules:
            name = rule.format.format_id
            if seen.setdefault(name, pack.profile.code) != pack.profile.code:
                raise OfficeDataInvalid(
                    "format_id_twice", file=pack.path.name, key=f"formats[{name}].id", name=name
                )


def clash(
    pack: OfficePack, others: Iterable[OfficePack], code: str = "office_pack_aside"
) -> OfficeDataInvalid | None:
    """Say which name for a format a pack of the home shares with another one, naming both files; None: none."""
    names = {rule.format.format_id for rule in pack.profile.rules}
    for other in others:
        for rule in other.profile.rules:
            if rule.format.format_id in names:
                return OfficeDataInvalid(
                    code,
                    file=str(usual(pack.path)),
                    other=str(usual(other.path)),
                    name=rule.format.format_id,
                    office=pack.profile.code,
                )
    return None


class _Profiles(dict[str, OfficeProfile]):
    """Profiles by office; one that is asked for and not there is named, for work may still wait for it."""

    def __missing__(self, code: str) -> OfficeProfile:
        raise OfficeDataInvalid("office_unknown", office=code, known=known_offices(self))


def choosable_offices(profiles: Mapping[str, OfficeProfile]) -> tuple[str, ...]:
    """List the offices one can work for: not the international forms, which belong to all of them."""
    return tuple(sorted(profiles.keys() - {INTERNATIONAL_OFFICE}))


def known_offices(profiles: Mapping[str, OfficeProfile]) -> str:
    """The same for a sentence."""
    return ", ".join(choosable_offices(profiles))


def formats_for(profiles: Mapping[str, OfficeProfile], code: str) -> tuple[NumberFormat, ...]:
    """Choose the formats to look for on the pages of one office, the office's own first.

    International forms follow, then other offices' forms that cannot be mistaken for plain digits, so that
    a misfiled foreign page is noticed without turning every amount into a number.
    Raises OfficeDataInvalid("office_unknown").
    """
    if code not in profiles:
        raise OfficeDataInvalid("office_unknown", office=code, known=known_offices(profiles))
    own = profiles[code].formats
    international = profiles[INTERNATIONAL_OFFICE].formats if INTERNATIONAL_OFFICE in profiles else ()
    foreign = tuple(
        each
        for other, profile in sorted(profiles.items())
        if other not in (code, INTERNATIONAL_OFFICE)
        for each in profile.formats
        if not is_plain(each)
    )
    return own + (international if code != INTERNATIONAL_OFFICE else ()) + foreign


def _packs_in(directory: Path, *, is_own: bool) -> dict[str, OfficePack]:
    packs: dict[str, OfficePack] = {}
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        try:
            pack = read_pack(path, is_own=is_own)
        except OfficeDataInvalid as exc:
            shown = str(usual(path)) if is_own else path.name  # somebody has to find it in the home
            raise OfficeDataInvalid(exc.code, **{**exc.facts, "file": shown}) from exc
        code = pack.profile.code
        if code in packs:
            shown = str(usual(path)) if is_own else path.name
            raise OfficeDataInvalid("office_code_twice", file=shown, key="code", office=code)
        packs[code] = pack
    return packs

"""`foliodesk office list`, `check`, `export` and `import`: the packs of office profiles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from app.commands.output import ALL_WELL, NEEDS_PERSON, Words
from app.domain.office_profile import OfficeProfile
from app.domain.office_terms import Confidence, OfficeDataInvalid
from app.domain.offices import OfficePack
from app.paths import HomePaths, default_home
from app.services.office_packs import PackFile, check_pack, export_pack, import_pack, pack_files
from app.settings import load_settings
from ocr.long_paths import usual

TO_CONFIRM = (Confidence.GENERAL.value, Confidence.LOW.value)
SHOWN_DIGITS = 12


def list_offices(home: Path | None, *, words: Words, out: Console) -> int:
    """Print which packs there are, their versions and where they come from; returns the exit code."""
    files = pack_files(HomePaths(home or default_home()))
    newest = {each.pack.profile.code: each.pack for each in files if each.pack and not each.is_own}
    for each in files:
        if each.pack is None:
            _print_damaged(each, words, out)
            continue
        profile = each.pack.profile
        shipped = newest.get(profile.code)
        notes = [] if each.is_in_force else ["not in force: the home has its own"]
        if each.is_own and shipped is not None and shipped.profile.version > profile.version:
            notes.append(f"the program brings version {shipped.profile.version}")
        _say(
            out,
            f"{profile.code}  {profile.name}  version {profile.version}  {_origin(each.pack)}"
            + f"  sha256 {each.pack.sha256[:SHOWN_DIGITS]}"
            + "".join(f"  ({note})" for note in notes),
        )
    return NEEDS_PERSON if any(each.error for each in files) else ALL_WELL


def check_offices(home: Path | None, file: Path | None, *, words: Words, out: Console) -> int:
    """Prove one file, or all packs of program and home, and print what they hold; returns the exit code.

    Raises OfficeDataInvalid for the file that was named.
    """
    paths = HomePaths(home or default_home())
    if file is not None:
        with _offered(file):
            pack = check_pack(paths, file)
        _print_checked(pack, out, offered_as=file)
        return ALL_WELL
    files = pack_files(paths)
    for each in files:
        if each.pack is None:
            _print_damaged(each, words, out)
        else:
            _print_checked(each.pack, out)
    return NEEDS_PERSON if any(each.error for each in files) else ALL_WELL


def export_office(home: Path | None, office: str, target: Path, *, out: Console) -> int:
    """Write the pack in force into a file that another office can import."""
    pack, path = export_pack(HomePaths(home or default_home()), office.upper(), target)
    _say(out, f"{_named(pack)} written to {path}")
    _say(out, f"sha256 {pack.sha256}: tell it to the other office on another way than the file.")
    return ALL_WELL


def import_office(home: Path | None, file: Path, *, replace: bool, out: Console) -> int:
    """Take a pack into the home; it is in force when the program is next started."""
    paths = HomePaths(home or default_home())
    operator = load_settings(paths.settings, only_look=True).settings.operator
    with _offered(file):
        taken = import_pack(paths, file, who=operator, replace=replace)
    if not taken.is_new:
        _say(out, f"{_named(taken.pack)} lies in this home already; nothing was changed.")
        return ALL_WELL
    instead = f" in place of version {taken.before.profile.version}" if taken.before else ""
    _say(out, f"{_named(taken.pack)} taken in{instead}; it holds from the next start of the program.")
    _say(out, f"sha256 {taken.pack.sha256}: compare it with what the other office says.")
    _print_to_confirm(taken.pack.profile, out)
    return ALL_WELL


# What is wrong with a pack has two sentences: one for a pack in force, one for a file that somebody offers.
_SAID_OTHERWISE = frozenset(
    {
        "office_file_unreadable",
        "office_key_missing",
        "office_key_unknown",
        "office_value_wrong",
        "office_name_twice",
        "office_reference_unknown",
        "office_label_unknown",
        "format_example_fails",
        "format_id_twice",
        "format_pattern_invalid",
        "format_pattern_too_slow",
        "format_template_wrong",
        "canonical_form_unstable",
    }
)


@contextmanager
def _offered(file: Path) -> Iterator[None]:
    """Say of a file that somebody offers what is wrong with it, not how to mend this installation."""
    try:
        yield
    except OfficeDataInvalid as exc:
        if exc.code not in _SAID_OTHERWISE or exc.facts.get("file") != file.name:
            raise
        raise OfficeDataInvalid(f"{exc.code}_offered", **exc.facts) from exc


def _print_damaged(each: PackFile, words: Words, out: Console) -> None:
    if each.error is not None:
        _say(out, f"✕ {usual(each.path)}: {words(each.error.code, each.error.facts)}")


def _print_checked(pack: OfficePack, out: Console, *, offered_as: Path | None = None) -> None:
    profile = pack.profile
    examples = sum(len(rule.format.examples) for rule in profile.rules)
    captions = sum(len(each) for each in profile.labels.values())
    _say(
        out,
        f"✓ {_named(pack)}, {_origin(pack, offered_as)}: {len(profile.rules)} number forms with {examples} examples, "
        f"{captions} captions, {len(profile.documents)} document types, {len(profile.forms)} form codes, "
        f"{len(profile.inid)} INID codes",
    )
    _print_to_confirm(profile, out)


def _print_to_confirm(profile: OfficeProfile, out: Console) -> None:
    unsure = [rule.format.format_id for rule in profile.rules if rule.format.confidence in TO_CONFIRM]
    if unsure:
        _say(out, f"    to be confirmed with the office: {', '.join(unsure)}")


def _named(pack: OfficePack) -> str:
    return f"{pack.profile.code} {pack.profile.name}, version {pack.profile.version}"


def _origin(pack: OfficePack, offered_as: Path | None = None) -> str:
    """Where a pack is from; offered_as: the file it was read from, which no home holds yet."""
    by = f" by {pack.profile.issued_by}" if pack.profile.issued_by else ""
    if offered_as is not None:
        return f"in {offered_as}, made{by}" if by else f"in {offered_as}"
    return f"from this home{by}: {usual(pack.path)}" if pack.is_own else "shipped with the program"


def _say(out: Console, line: str) -> None:
    out.print(line, markup=False, soft_wrap=True)

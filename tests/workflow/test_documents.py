"""README and guide say what the program does: commands, options, keys, states, settings, files and links are compared."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer
from jsonschema import Draft202012Validator

from app import cli
from app.commands.output import ALL_WELL, MACHINE_TROUBLE, NEEDS_PERSON, WRONG_USE, plain_words
from app.connectors.local_office import MARKER
from app.connectors.receipts import parse_receipt
from app.domain import states
from app.domain.offices import load_offices
from app.domain.register import COLUMNS, parse_register
from app.ending import Ending
from app.paths import HomePaths, offices_dir, schemas_dir, tessdata_dir
from app.settings import Settings, load_settings
from tests.benchmarks.before_after import PAGES, PER_SHEET
from tests.ui.guide_keys import hints
from tests.ui.take_guide_pictures import _pictures
from ui.shell_rail import SCREENS

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GUIDE = ROOT / "resources" / "guide"
DOCUMENTS = (README, *sorted(GUIDE.glob("*.md")))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
LARGEST_PICTURE_BYTES = 300_000


def text_of(name: str) -> str:
    return (GUIDE / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands under a heading, to the next heading of its rank or a higher one."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"there is no heading {title!r}"
    return found.group(2)


def rows(text: str) -> list[list[str]]:
    """Cells of the tables in a text, headings and rulers left out."""
    found = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    rulers = [place for place, line in enumerate(found) if line[0].startswith("---")]
    return [row for place, row in enumerate(found) if place not in rulers and place + 1 not in rulers]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands() -> Iterator[tuple[str, set[str]]]:
    """Name and options of every command, "" for the program itself."""
    group = typer.main.get_command(cli._commands(None, plain_words, Ending(), ExitStack()))
    named = [("", group), *group.commands.items()]
    for name, command in named:
        if name and hasattr(command, "commands"):
            named += [(f"{name} {each}", inner) for each, inner in command.commands.items()]
            continue
        yield (
            name,
            {option for each in command.params for option in each.opts if option.startswith("--")}
            - {"--help"},
        )


def anchors(document: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_command_is_shown_with_exactly_its_options() -> None:
    synopsis = section(README.read_text(encoding="utf-8"), "Command line")
    lines = re.sub(r"\n +\[", " [", synopsis)
    for name, options in commands():
        shown = re.search(rf"^    foliodesk {name}\b.*$" if name else r"^    foliodesk \[.*$", lines, re.M)
        assert shown is not None, f"foliodesk {name} is not shown"
        assert set(re.findall(r"--[a-z]+", shown.group())) == options


def test_every_option_is_explained_and_no_other() -> None:
    told = section(README.read_text(encoding="utf-8"), "Command line")
    explained = {option for row in rows(told) for option in re.findall(r"`(--[a-z]+)`", row[0])}
    assert explained == {option for _, options in commands() for option in options}


def test_exit_codes_are_the_programs() -> None:
    told = section(README.read_text(encoding="utf-8"), "Command line")
    codes = {int(row[0]) for row in rows(told) if row[0].isdigit()}
    assert codes == {ALL_WELL, NEEDS_PERSON, WRONG_USE, MACHINE_TROUBLE, cli.STOPPED}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_exist(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        name, _, anchor = unquote(target).partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.is_relative_to(ROOT), target
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


def test_every_picture_is_shown_somewhere_and_small() -> None:
    shown = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if target.endswith((".png", ".jpg"))
    }
    there = {path for path in (GUIDE / "images").iterdir() if path.suffix != ".txt"}
    assert there == shown
    assert {path.name for path in there if path.stat().st_size > LARGEST_PICTURE_BYTES} == set()


def test_every_picture_is_one_that_a_camera_takes() -> None:
    # Those of Windows come from the smoke test of the setup, which grabs every screen.
    on_windows = {f"windows-{name}.png" for name in SCREENS}
    sheets = {f"before-after-{number}.jpg" for number in range(1, 1 + -(-len(PAGES) // PER_SHEET))}
    plots = {"linking-reliability.png"}  # tests/benchmarks/linking_simulator/plot.py
    keyed = {"second-keying.png", "judging.png"}  # tests/ui/keying_pictures.py
    there = {path.name for path in (GUIDE / "images").iterdir() if path.suffix != ".txt"}
    assert there - on_windows - sheets - plots - keyed == {f"{picture.name}.png" for picture in _pictures()}


def test_every_page_of_the_guide_is_in_its_index() -> None:
    listed = {target for target in LINK.findall(text_of("index.md")) if target.endswith(".md")}
    assert listed == {path.name for path in GUIDE.glob("*.md")} - {"index.md"}


def test_key_tables_are_the_keys_of_the_screens() -> None:
    # When this fails: python -m tests.ui.guide_keys, and look at what it wrote.
    keys = text_of("keys.md")
    shown = hints()
    told = {title: [tuple(row) for row in rows(section(keys, title))] for title in shown}
    assert told == {title: [(f"`{key}`", words) for key, words in each] for title, each in shown.items()}


def test_states_are_those_of_the_program() -> None:
    drawing = blocks(section(README.read_text(encoding="utf-8"), "States"), "")[0]
    drawing = re.sub(r"\([^)]*\)|-+>", " ", drawing)
    told: dict[str, set[str]] = {}
    kind = ""
    for line in drawing.splitlines():
        heading = re.match(r"[A-Z][a-z]+", line)
        kind = heading.group() if heading else kind
        told.setdefault(kind, set()).update(re.findall(r"\b[a-z][a-z_]+\b", line))
    for kind, names in told.items():
        assert names == {state.value for state in getattr(states, f"{kind}State")}, kind


def test_settings_are_told_with_their_defaults() -> None:
    told = {row[0].strip("`"): row[2] for row in rows(text_of("settings.md")) if len(row) == 3}
    assert set(told) == set(Settings.model_fields)
    fixed = Settings(operator="anyone").model_dump(mode="json")
    for name in ("office", "languages", "release", "engine", "min_free_bytes", "theme", "log_level"):
        value = fixed[name]
        assert told[name].strip("`") == (value if isinstance(value, str) else json.dumps(value)), name
    assert float(told["page_limit_s"].strip("`")) == fixed["page_limit_s"]


def test_the_settings_example_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(blocks(text_of("settings.md"), "toml")[0], encoding="utf-8")
    loaded = load_settings(path, {})
    assert loaded.problems == ()
    assert set(tomllib.loads(path.read_text(encoding="utf-8"))) <= set(Settings.model_fields)


def test_languages_and_offices_are_those_that_ship() -> None:
    told = {row[0]: row[1] for row in rows(text_of("settings.md"))}
    models = {path.stem for path in tessdata_dir().glob("*.traineddata")} - {"osd"}
    assert set(re.findall(r"\b[a-z]{3}\b", told["`languages`"].partition(":")[2])) == models
    offices = set(load_offices(offices_dir())) - {"WO"}
    assert set(re.findall(r"\b[A-Z]{2}\b", told["`office`"])) == offices
    options = section(README.read_text(encoding="utf-8"), "Command line")
    (line,) = [row for row in rows(options) if row[0] == "`--office`"]
    assert set(re.findall(r"\b[A-Z]{2}\b", line[1].partition(":")[2])) == offices


def test_directories_of_the_home_are_named_as_they_are() -> None:
    told = {
        row[0].strip("`/") for row in rows(section(text_of("settings.md"), "Where the data directory is"))
    }
    home = HomePaths(Path("home"))
    names = {
        getattr(home, name).name
        for name, kind in vars(HomePaths).items()
        if isinstance(kind, property) and name not in ("settings", "files")  # a file, and the home itself
    }
    assert names <= told


def test_receipt_examples_are_receipts() -> None:
    examples = blocks(text_of("drop-folder.md"), "json")
    schema = Draft202012Validator(json.loads((schemas_dir() / "receipt.schema.json").read_bytes()))
    verdicts = []
    for example in examples:
        schema.validate(json.loads(example))
        verdicts.append(parse_receipt(example.encode()).verdict.value)
    assert verdicts == ["accepted", "refused"]
    assert MARKER in text_of("drop-folder.md")


def test_the_register_example_is_read_without_a_problem() -> None:
    example = blocks(text_of("registers.md"), "csv")[0]
    parsed = parse_register(example.encode(), load_offices(offices_dir())["KH"])
    assert parsed.problems == ()
    assert len(parsed.entries) == parsed.rows_read == 2
    told = {row[0].strip("`") for row in rows(section(text_of("registers.md"), "The file"))}
    assert told == set(COLUMNS)

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain import states
from ui import texts, words_en, words_en_codes

ROOT = Path(__file__).parents[2]
CALL = re.compile(r'(?:\bt|texts\.t|KeyHint)\(\s*(?:"[^"]*",\s*)?"([a-z_]+\.[a-z_0-9]+)"')
# Errors of the program's own inside: a person never sees them as a sentence of their own.
INTERNAL = {"version"}


def _sources(*names: str) -> list[Path]:
    return [path for name in names for path in sorted((ROOT / name).rglob("*.py"))]


def _codes(kinds: re.Pattern[str], *packages: str) -> dict[str, str]:
    """First arguments of calls to classes whose name matches kinds."""
    found: dict[str, str] = {}
    for path in _sources(*packages):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            code = first.value if isinstance(first, ast.Constant) else None
            if kinds.fullmatch(name) and isinstance(code, str) and re.fullmatch(r"[a-z][a-z0-9_]+", code):
                found[code] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def _error_classes() -> set[str]:
    names = {"WorkstationError", "OperatorError", "MachineError"}
    classes: dict[str, set[str]] = {}
    for path in _sources("app", "ocr"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                classes[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    grown = True
    while grown:
        more = {name for name, bases in classes.items() if bases & names} - names
        grown = bool(more)
        names |= more
    return names


def test_every_key_the_screens_use_has_words():
    used = {key: path for path in _sources("ui") for key in CALL.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 150
    assert {key: str(path) for key, path in used.items() if key not in words_en.SCREEN} == {}


def test_every_error_code_has_a_sentence():
    kinds = re.compile("|".join(_error_classes()))
    codes = _codes(kinds, "app", "ocr")
    assert len(codes) > 30
    assert {
        code: where
        for code, where in codes.items()
        if code not in words_en_codes.ERRORS and code not in INTERNAL
    } == {}


def test_every_reason_has_a_sentence():
    codes = _codes(re.compile("Reason|LinkReason|_reason"), "app", "ocr")
    assert {code: where for code, where in codes.items() if code not in words_en_codes.REASONS} == {}


def test_every_quality_code_has_words():
    codes = _codes(re.compile("QualityReason"), "app", "ocr")
    assert {code: where for code, where in codes.items() if code not in words_en_codes.QUALITY} == {}


def test_every_act_in_the_audit_has_words():
    acts: dict[str, str] = {}
    for path in _sources("app"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", "")
            if name in ("audit", "move") and len(node.args) >= 3 and isinstance(node.args[2], ast.Constant):
                acts[str(node.args[2].value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    assert len(acts) > 15
    assert {act: where for act, where in acts.items() if act not in words_en_codes.ACTIONS} == {}


@pytest.mark.parametrize(
    "kind",
    [
        states.PageState,
        states.DossierState,
        states.UploadState,
        states.ImportState,
        states.LinkState,
        states.JobState,
    ],
)
def test_every_state_has_a_word(kind):
    name = kind.__name__.removesuffix("State").lower()
    assert [state for state in kind if f"{name}.{state.value}" not in words_en_codes.STATES] == []


def test_sentences_forgive_missing_and_strange_facts():
    for kind, words in (
        ("error", words_en_codes.ERRORS),
        ("reason", words_en_codes.REASONS),
        ("quality", words_en_codes.QUALITY),
    ):
        for code in words:
            for facts in ({}, {"n": "many", "value": "?", "path": Path("x"), "pages": [1, 2]}):
                assert texts.explain(kind, code, facts)


def test_error_sentences_say_what_happened_and_end_like_sentences():
    parts = {"register_row_damaged"}  # told inside another sentence
    assert [
        code
        for code, words in words_en_codes.ERRORS.items()
        if code not in parts and not words.endswith((".", "}."))
    ] == []


def test_unknown_code_is_named_honestly():
    assert "brand new trouble" in texts.explain("error", "brand_new_trouble", {})


def test_numbers_carry_their_noun():
    assert texts.t("count.pages", n=1) == "1 page"
    assert texts.t("count.pages", n=1204) == "1,204 pages"


def test_days_are_unmistakable():
    assert texts.day(datetime(2017, 8, 24, tzinfo=UTC).date()) == "24 Aug 2017"

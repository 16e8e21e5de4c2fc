from __future__ import annotations

import ast
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain import states
from ocr.quality_table import CHECKS
from ui import texts, words_en_codes, words_en_errors, words_en_reasons

ROOT = Path(__file__).parents[2]
CALL = re.compile(r'(?:\bt|texts\.t|KeyHint)\(\s*(?:"[^"]*",\s*)?"([a-z_]+\.[a-z_0-9]+)"')
# Errors of the program's own inside: a person never sees them as a sentence of their own.
INTERNAL = {"version"}


def _sources(*names: str) -> list[Path]:
    return [path for name in names for path in sorted((ROOT / name).rglob("*.py"))]


def _codes(kinds: re.Pattern[str], *packages: str) -> dict[str, str]:
    """Codes given first to calls whose name matches kinds, also where a condition or a loop chooses one."""
    found: dict[str, str] = {}
    for path in _sources(*packages):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if kinds.fullmatch(name):
                for code in _chosen(node.args[0]):
                    found[code] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def _chosen(given: ast.expr) -> list[str]:
    if isinstance(given, ast.IfExp):
        return _chosen(given.body) + _chosen(given.orelse)
    is_code = isinstance(given, ast.Constant) and re.fullmatch(r"[a-z][a-z0-9_]+", str(given.value))
    return [str(given.value)] if is_code else []


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
    assert {key: str(path) for key, path in used.items() if key not in texts._SCREEN} == {}


def test_every_error_code_has_a_sentence():
    kinds = re.compile("|".join(_error_classes()))
    codes = _codes(kinds, "app", "ocr")
    assert len(codes) > 30
    assert {
        code: where
        for code, where in codes.items()
        if code not in words_en_errors.ERRORS and code not in INTERNAL
    } == {}


def test_every_reason_has_a_sentence():
    codes = _codes(re.compile("Reason|LinkReason|_reason"), "app", "ocr")
    assert {code: where for code, where in codes.items() if code not in words_en_reasons.REASONS} == {}


def test_every_lack_and_every_reason_of_a_kind_has_words():
    for kind, name in (("lack", "Lack"), ("why", "WhySo")):
        codes = _codes(re.compile(name), "app")
        assert len(codes) > 5
        assert [code for code in codes if not texts.has_words(kind, code)] == []
    by = {f"by_{how}" for how in ("caption", "form_code", "cover", "letter", "figures")}
    assert [code for code in by if not texts.has_words("why", code)] == []


def test_every_finding_of_a_check_has_a_sentence():
    # Some findings are named where they are looked for, so the schema of the report lists them all.
    schema = json.loads((ROOT / "resources/schemas/check.schema.json").read_text(encoding="utf-8"))
    listed = schema["$defs"]["finding"]["properties"]["code"]["enum"]
    raised = _codes(re.compile("Finding|BagFinding"), "app")
    assert len(listed) > 15
    assert len(raised) > 10
    assert [
        code
        for code in {*listed, *raised}
        if not (texts.has_words("error", code) or texts.has_words("finding", code))
    ] == []


def test_every_refusal_of_the_ledger_has_a_sentence():
    reasons: set[str] = set()
    for path in _sources("app/services", "app/jobs", "app/domain", "app/sources"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                given = [each.value for each in node.keywords if each.arg in ("reason", "refusal", "code")]
                reasons.update(code for value in given for code in _chosen(value))
    known = ("error", "finding", "reason")
    assert [code for code in reasons if not any(texts.has_words(kind, code) for kind in known)] == []


def test_every_quality_code_has_words():
    codes = _codes(re.compile("QualityReason"), "app", "ocr")
    assert {code: where for code, where in codes.items() if code not in words_en_reasons.QUALITY} == {}


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
        states.KeyingState,
    ],
)
def test_every_state_has_a_word(kind):
    name = kind.__name__.removesuffix("State").lower()
    assert [state for state in kind if f"{name}.{state.value}" not in words_en_codes.STATES] == []


def test_sentences_forgive_missing_and_strange_facts():
    for kind, words in (
        ("error", words_en_errors.ERRORS),
        ("finding", words_en_errors.FINDINGS),
        ("reason", words_en_reasons.REASONS),
        ("quality", words_en_reasons.QUALITY),
    ):
        for code in words:
            for facts in ({}, {"n": "many", "value": "?", "path": Path("x"), "pages": [1, 2]}):
                assert texts.explain(kind, code, facts)


def test_error_sentences_say_what_happened_and_end_like_sentences():
    parts = {"register_row_damaged"}  # told inside another sentence
    assert [
        code
        for code, words in (words_en_errors.ERRORS | words_en_errors.FINDINGS).items()
        if code not in parts and not words.endswith((".", "}."))
    ] == []


def test_unknown_code_is_named_honestly():
    assert "brand new trouble" in texts.explain("error", "brand_new_trouble", {})


def test_numbers_carry_their_noun():
    assert texts.t("count.pages", n=1) == "1 page"
    assert texts.t("count.pages", n=1204) == "1,204 pages"


def test_days_are_unmistakable():
    assert texts.day(datetime(2017, 8, 24, tzinfo=UTC).date()) == "24 Aug 2017"


@pytest.mark.parametrize("code", list(CHECKS))
def test_every_mark_of_a_page_is_told_with_a_number(code):
    told = texts.quality(code, 0.25 if CHECKS[code].threshold < 1 else 1.5 * CHECKS[code].threshold)
    assert re.search(r"\d", told)
    assert "?" not in told.replace("at once?", "")
    assert "{" not in told


def test_a_mark_of_which_no_amount_is_known_names_none():
    assert texts.quality("file_ends_early", 0.0) == "The file ends early"
    assert texts.quality("file_ends_early", 0.4) == "The file ends early (40 % of its rows are missing)"
    assert texts.quality("of_tomorrow", 1.0) == "Look at this page (of tomorrow)"

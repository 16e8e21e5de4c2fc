"""Measure what recognition does to text: drawn folders with truth, read by the real engine.

`python -m tests.benchmarks.linking_simulator.measure_noise noise.json TRUTH.json=HOME ...`: truth.json of a drawn set
(tests.fixtures.draw_folders) and the home into which `foliodesk digitize --home` read it. Every printed line is laid
beside the recognised line, or two neighbouring ones, that is most like it; nothing below half alike counts as lost.
Counted are confusions and losses per character, additions by what stands beside them, how unevenly pages bear them, lines lost altogether, and
the confidence of words that are right and of words that are wrong.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocr.types import Word
from ocr.words_file import read_words

LEAST_ALIKE = 50.0
QUANTILES = 41
LEAST_LETTERS = 40  # of a page, for its own rate to be worth counting


class Counts:
    """What was counted over all pages."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.became: dict[str, Counter[str]] = defaultdict(Counter)
        self.gaps: Counter[str] = Counter()
        self.added: dict[str, Counter[str]] = defaultdict(Counter)
        self.page_rates: dict[str, list[float]] = {"latin": [], "native": []}
        self.lines: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.right: list[float] = []
        self.wrong: list[float] = []
        self.pages = 0
        self.engines: set[str] = set()

    def page(self, printed: Sequence[str], words: Sequence[Word]) -> None:
        read = list(_lines(words))
        joined = [text for text, _ in read]
        joined += [f"{one} {other}" for one, other in pairwise(joined)]
        wrong: Counter[str] = Counter()
        total: Counter[str] = Counter()
        confirmed: set[str] = set()
        for line in printed:
            script = script_of(line)
            self.lines[script] += 1
            best = process.extractOne(line, joined, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE)
            if best is None:
                self.lost[script] += 1
                continue
            confirmed.update(line.split())
            if best[2] < len(read):
                self._confidences(line, read[best[2]][1])
            wrong[script] += self._characters(line, best[0])
            total[script] += len(line)
        for script, count in total.items():
            if count >= LEAST_LETTERS:
                self.page_rates[script].append(wrong[script] / count)
        self.pages += 1

    def _characters(self, printed: str, read: str) -> int:
        operations = Levenshtein.editops(printed, read)
        self.seen.update(printed)
        self.gaps.update(gap_of(printed, at) for at in range(1, len(printed)))
        for operation in operations:
            if operation.tag == "replace":
                self.became[printed[operation.src_pos]][read[operation.dest_pos]] += 1
            elif operation.tag == "delete":
                self.became[printed[operation.src_pos]][""] += 1
            else:
                # Before and after a line stand other pieces of the page, which are no noise of this one.
                if 0 < operation.src_pos < len(printed):
                    self.added[gap_of(printed, operation.src_pos)][read[operation.dest_pos]] += 1
        return len(operations)

    def _confidences(self, printed: str, words: Sequence[Word]) -> None:
        there = set(printed.split())
        for word in words:
            (self.right if word.text in there else self.wrong).append(word.confidence)


def gap_of(printed: str, at: int) -> str:
    """Between what kinds of character a place lies: two of "d" digit, "l" Latin letter, "n" native, "p" other, "s" space."""
    return _kind(printed[at - 1 : at]) + _kind(printed[at : at + 1])


def _kind(char: str) -> str:
    if not char.strip():
        return "s"
    if char.isdecimal():
        return "d"
    if not char.isalpha() and char.isascii():
        return "p"
    return "n" if script_of(char) == "native" else "l"


def script_of(line: str) -> str:
    """ "native" where most letters are Khmer, Lao or Thai, else "latin"."""
    native = sum("\u0e00" <= char <= "\u0eff" or "\u1780" <= char <= "\u17ff" for char in line)
    return "native" if native * 2 > len(line.replace(" ", "")) else "latin"


def _lines(words: Sequence[Word]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    for _, group in groupby(words, key=lambda word: word.line):
        line = tuple(group)
        yield "".join(word.text + " " * word.space_after for word in line), line


def _pages(truth: Path, home: Path) -> Iterator[tuple[dict[str, Any], Path, str]]:
    folders = {folder["folder"]: folder for folder in json.loads(truth.read_text("utf-8"))["folders"]}
    database = sqlite3.connect(f"file:{home / 'foliodesk.sqlite3'}?mode=ro", uri=True)
    rows = database.execute(
        "select d.name, i.source_path, p.source_page, r.derived_key, r.engine from page p"
        " join dossier d on d.id = p.dossier_id join import_item i on i.id = p.import_item_id"
        " join page_result r on r.page_id = p.id where not r.is_blank"
    ).fetchall()
    database.close()
    for name, source, frame, key, engine in rows:
        for page in folders.get(name, {}).get("pages", ()):
            if page["file"] == Path(source).name and page["frame"] == frame and not page["is_blank"]:
                yield page, home / "derived" / f"{key}.words.json.gz", engine


def _quantiles(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    last = len(ordered) - 1
    return (
        [round(ordered[round(last * at / (QUANTILES - 1))], 4) for at in range(QUANTILES)] if ordered else []
    )


def _document(counts: Counts, sets: Sequence[str]) -> dict[str, Any]:
    return {
        "made_by": "python -m tests.benchmarks.linking_simulator.measure_noise",
        "from": f"{len(sets)} sets of drawn folders (tests.fixtures.draw_folders, 200 dpi), read by foliodesk digitize",
        "engines": sorted(counts.engines),
        "pages": counts.pages,
        "characters": sum(counts.seen.values()),
        "lines": dict(counts.lines),
        "lines_lost": dict(counts.lost),
        "page_error_quantiles": {name: _quantiles(rates) for name, rates in counts.page_rates.items()},
        "confidence_quantiles": {"right": _quantiles(counts.right), "wrong": _quantiles(counts.wrong)},
        "words": {"right": len(counts.right), "wrong": len(counts.wrong)},
        "seen": dict(sorted(counts.seen.items())),
        "became": {char: dict(found.most_common()) for char, found in sorted(counts.became.items())},
        "gaps": dict(sorted(counts.gaps.items())),
        "added": {gap: dict(found.most_common()) for gap, found in sorted(counts.added.items())},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("to", type=Path)
    parser.add_argument("sets", nargs="+", help="TRUTH.json=HOME")
    options = parser.parse_args()
    counts = Counts()
    for each in options.sets:
        truth, _, home = each.partition("=")
        for page, words_path, engine in _pages(Path(truth), Path(home)):
            if words_path.exists():
                counts.engines.add(engine)
                counts.page(page["lines"], read_words(words_path)[0])
    document = _document(counts, options.sets)
    options.to.write_text(json.dumps(document, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(
        f"{counts.pages} pages, {document['characters']} characters, {dict(counts.lost)} lines lost of {dict(counts.lines)}"
    )


if __name__ == "__main__":
    main()

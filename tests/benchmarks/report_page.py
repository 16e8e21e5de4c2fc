"""Turns the measured items of tests.benchmarks.report into the guide's page of figures."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

Figures = Mapping[str, float | str]
Results = Mapping[str, Figures]

TEXT = """Share of characters wrong or missing, read with the page's own language; less is better. Khmer, Lao and Thai are
compared without spaces. *Words* is the share of words found, in any order; 1 is all.

"""

AGAINST = """
The same against OCRmyPDF 17.13 (`--deskew --rotate-pages`, the text it writes beside the PDF, the same models): all English
pages, every fourth French typescript, of each drawn language one scan and one fax. CPU seconds are of one machine that did
other things too: compare them with each other only.

"""

ORDER = """Share of neighbouring words that stay neighbours in the page's text, on drawn pages; 1 is all. *Engine* is the order
Tesseract gives by itself.

| page | here | engine |
|---|---|---|
"""

RESULTS = "| what | result |\n|---|---|\n"

LANGUAGES = {
    "eng": "English",
    "fra": "French",
    "khm": "Khmer",
    "lao": "Lao",
    "tha": "Thai",
    "vie": "Vietnamese",
}


def page_of_figures(results: Results, page: str) -> str:
    """Write the sections anew for which there are results; all else of the page stays."""
    text, theirs, order = _of(results, "text"), _of(results, "ocrmypdf"), _of(results, "order")
    written = {}
    if text:
        written["Text"] = TEXT + _text_table(text) + _worse(text)
        if theirs:
            written["Text"] += AGAINST + _against_table(text, theirs)
    if order:
        written["Reading order"] = ORDER + "".join(
            f"| {name} | {_better(one['kept'], one['engine'], 2)} | {float(one['engine']):.2f} |\n"
            for name, one in order.items()
        )
    lies = [
        *_skew(_of(results, "skew")),
        *_turns(_of(results, "orientation")),
        *_blanks(_of(results, "blank")),
    ]
    if lies:
        written["How a page lies"] = RESULTS + "".join(lies)
    codes = [*_codes(_of(results, "codes")), *_damaged(_of(results, "damaged"))]
    if codes:
        written["Codes and damaged files"] = RESULTS + "".join(codes)
    head, *sections = page.split("\n## ")
    kept = dict(section.split("\n\n", 1) for section in sections)
    return "\n## ".join([head, *(f"{title}\n\n{body}" for title, body in (kept | written).items())])


def _of(results: Results, task: str) -> dict[str, Figures]:
    start = f"{task}:"
    return {name.removeprefix(start): one for name, one in results.items() if name.startswith(start) and one}


def _class_of(name: str, one: Figures) -> str:
    language = LANGUAGES[str(one["lang"])[:3]]
    provenance = "drawn" if str(one["provenance"]).startswith("rendered") else "real scans"
    return f"{language}, typescripts, {provenance}" if "fr_typed" in name else f"{language}, {provenance}"


def _grouped(items: Mapping[str, Figures], name_of: Callable[[str, Figures], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, one in items.items():
        groups.setdefault(name_of(name, one), []).append(name)
    return groups


def _values(items: Mapping[str, Figures], names: Iterable[str], what: str) -> list[float]:
    return [float(items[name][what]) for name in names]


def _text_table(text: Mapping[str, Figures]) -> str:
    table = "| pages | items | median | baseline | mean | baseline | words |\n|---|---|---|---|---|---|---|\n"
    for group, names in _grouped(text, _class_of).items():
        here, base = _values(text, names, "cer"), _values(text, names, "baseline")
        cells = [
            f"{_better(mid(here), mid(base), 3)} | {mid(base):.3f}"
            for mid in (statistics.median, statistics.mean)
        ]
        words = statistics.mean(_values(text, names, "f1"))
        table += f"| {group} | {len(names)} | {' | '.join(cells)} | {words:.3f} |\n"
    return table


def _better(here: float | str, other: float | str, digits: int) -> str:
    shown = f"{float(here):.{digits}f}"
    return f"**{shown}**" if shown != f"{float(other):.{digits}f}" and _wins(here, other, digits) else shown


def _wins(here: float | str, other: float | str, digits: int) -> bool:
    # Three digits are error rates, two are shares kept.
    return float(here) < float(other) if digits == 3 else float(here) > float(other)


def _worse(text: Mapping[str, Figures]) -> str:
    worse = [
        f"{name.split('/')[-1]} ({float(one['cer']):.3f} against {float(one['baseline']):.3f})"
        for name, one in text.items()
        if float(one["cer"]) > float(one["baseline"]) + 0.01
    ]
    told = ", ".join(worse) or "none"
    return f"\nWorse than the baseline by more than 0.01: {told}.\n"


def _against_table(text: Mapping[str, Figures], theirs: Mapping[str, Figures]) -> str:
    table = (
        "| pages | items | here, mean | OCRmyPDF | words here | OCRmyPDF | CPU s here | OCRmyPDF |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    for group, names in _grouped({name: text[name] for name in theirs if name in text}, _class_of).items():
        cells = []
        for what, digits in (("cer", 3), ("f1", 3), ("cpu_s", 1)):
            ours, others = (statistics.mean(_values(items, names, what)) for items in (text, theirs))
            cells.append(f"{ours:.{digits}f} | {others:.{digits}f}")
        table += f"| {group} | {len(names)} | {' | '.join(cells)} |\n"
    return table


def _skew(items: Mapping[str, Figures]) -> list[str]:
    def group_of(_name: str, one: Figures) -> str:
        return str(one["provenance"])

    return [
        f"| tilt, {len(errors)} pages ({group}) | wrong by {statistics.mean(errors):.3f} degrees on average, "
        f"{_share(error <= 0.25 for error in errors)} within 0.25, {max(errors):.2f} at most |\n"
        for group, names in _grouped(items, group_of).items()
        for errors in [_values(items, names, "error")]
    ]


def _turns(items: Mapping[str, Figures]) -> list[str]:
    known = [one for one in items.values() if "right" in one]
    if not known:
        return []
    right, wrong, base = (sum(bool(one[what]) for one in known) for what in ("right", "wrong", "baseline"))
    return [
        f"| turned pages, {len(known)} | {right} right, {wrong} turned wrongly (Tesseract by itself: {base} right) |\n"
    ]


def _blanks(items: Mapping[str, Figures]) -> list[str]:
    return [f"| blank or not, {len(items)} sheets | {_count(items)} right |\n"] if items else []


def _codes(items: Mapping[str, Figures]) -> list[str]:
    return [f"| bar codes and QR codes, {len(items)} | {_count(items)} right |\n"] if items else []


def _damaged(items: Mapping[str, Figures]) -> list[str]:
    if not items:
        return []
    outcomes = [str(one["outcome"]) for one in items.values()]
    told = ", ".join(f"{outcomes.count(name)} {name}" for name in dict.fromkeys(sorted(outcomes)))
    return [f"| damaged or hostile files, {len(items)} | {told} |\n"]


def _count(items: Mapping[str, Figures]) -> int:
    return sum(bool(one["right"]) for one in items.values())


def _share(claims: Iterable[bool]) -> str:
    known: Sequence[bool] = list(claims)
    return f"{sum(known) / len(known):.0%}"

"""The guide's page of figures: sections with results are written anew, what people wrote stays."""

from __future__ import annotations

from tests.benchmarks.report_page import page_of_figures

PAGE = "# Figures\n\nWhat is said first.\n\n## Text\n\nold\n\n## Codes and damaged files\n\nkept\n\n## What is wrong\n\n- much\n"


def item(cer: float, baseline: float) -> dict[str, float | str]:
    return {"lang": "fra", "provenance": "real", "cer": cer, "f1": 0.9, "cpu_s": 1.0, "baseline": baseline}


def test_only_sections_with_results_are_written_anew() -> None:
    page = page_of_figures({"text:ocr/fr_typed/a.jpg": item(0.05, 0.1)}, PAGE)
    assert page.startswith("# Figures\n\nWhat is said first.\n\n## Text\n\nShare of characters")
    assert "old" not in page
    assert page.endswith("## Codes and damaged files\n\nkept\n\n## What is wrong\n\n- much\n")
    assert page_of_figures({}, PAGE) == PAGE


def test_classes_and_what_became_worse_are_told() -> None:
    results = {"text:ocr/fr_typed/a.jpg": item(0.05, 0.1), "text:ocr/fr_typed/b.jpg": item(0.25, 0.1)}
    page = page_of_figures(results, PAGE)
    assert "| French, typescripts, real scans | 2 | 0.150 | 0.100 | 0.150 | 0.100 | 0.900 |" in page
    assert "Worse than the baseline by more than 0.01: b.jpg (0.250 against 0.100)." in page


def test_ocrmypdf_is_compared_on_the_pages_it_read() -> None:
    results = {"text:ocr/fr_typed/a.jpg": item(0.05, 0.1), "text:ocr/fr_typed/b.jpg": item(0.25, 0.1)}
    theirs = {"ocrmypdf:ocr/fr_typed/a.jpg": {"cer": 0.2, "f1": 0.8, "cpu_s": 4.0}}
    page = page_of_figures(results | theirs, PAGE)
    assert "| French, typescripts, real scans | 1 | 0.050 | 0.200 | 0.900 | 0.800 | 1.0 | 4.0 |" in page

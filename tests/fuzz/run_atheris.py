"""Fuzz intake by hand, led by coverage (Linux; atheris is no dependency: `pip install atheris` into an environment).

Usage: python tests/fuzz/run_atheris.py KIND SECONDS [DIRECTORY]
KIND: pdf tiff jpeg png jp2 bmp webp. Findings (crash-*, oom-*, timeout-*) and the corpus stay in DIRECTORY.
The codecs in C are not instrumented; their crashes are caught all the same.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import atheris

with atheris.instrument_imports(include=["ocr.intake", "PIL", "pikepdf"]):
    from tests.fuzz.seeds import FORMATS, seeds
    from tests.fuzz.targets import take


def main() -> None:
    """Run libFuzzer over the seeds of one format."""
    kind, seconds = sys.argv[1], int(sys.argv[2])
    assert kind in FORMATS
    place = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp(prefix=f"fuzz-{kind}-"))
    corpus = place / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(seeds(kind)):
        (corpus / f"seed{number}").write_bytes(content)
    limits = [f"-max_total_time={seconds}", "-timeout=25", "-rss_limit_mb=2500", "-max_len=20000"]
    work = Path(tempfile.mkdtemp(prefix="fuzz-work-"))
    atheris.Setup(
        [sys.argv[0], str(corpus), *limits, f"-artifact_prefix={place}/"],
        lambda content: take(content, work) and None,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()

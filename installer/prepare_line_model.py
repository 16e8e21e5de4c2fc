"""Make the second reader's model from RapidOCR's wheel: PP-OCRv6's small recogniser, its last layer cut to Latin letters.

Usage: python installer/prepare_line_model.py WHEEL [--to DIRECTORY]

For maintainers, when a newer model is to be tried: `pip download --no-deps rapidocr==3.10.0` fetches the wheel, and it needs the
package onnx (1.23), which the program does not. The recogniser knows
18,708 characters, most of them Chinese; of its last layer only the columns of Latin letters, digits and signs are
kept. What it says of those is unchanged, the file halves and each line takes a fifth of the memory. Prints the new lines
for SHA256SUMS.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zipfile
from pathlib import Path

import onnx
from onnx import numpy_helper

SOURCE = "rapidocr/models/PP-OCRv6_rec_small.onnx"
SOURCE_SHA256 = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
MODEL, LETTERS = "latin_lines.onnx", "latin_lines.txt"
TARGET = Path(__file__).resolve().parents[1] / "resources" / "tessdata"

LAST_LATIN = "\u017f"
"""Latin-1 and Latin Extended-A: all of English, French, Indonesian and Malay, not of Vietnamese."""

SIGNS = "‘’“”„–—…†‡•€№™"


def main() -> int:
    """Read the wheel, write model and letters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--to", type=Path, default=TARGET)
    chosen = parser.parse_args()
    with zipfile.ZipFile(chosen.wheel) as wheel:
        content = wheel.read(SOURCE)
    if hashlib.sha256(content).hexdigest() != SOURCE_SHA256:
        print(f"{SOURCE} is another model than the one measured", file=sys.stderr)
        return 1
    model = onnx.load_from_string(content)
    # Class 0 is "nothing here"; the space comes last and is not in the list.
    letters = ["", *model.metadata_props[0].value.split("\n"), " "]
    kept = [place for place, letter in enumerate(letters) if place == 0 or _is_latin(letter)]
    cut = 0
    for weights in model.graph.initializer:
        if len(letters) in weights.dims:
            shorter = numpy_helper.to_array(weights).take(kept, axis=-1)
            weights.CopyFrom(numpy_helper.from_array(shorter, weights.name))
            cut += 1
    if cut != 2:
        print("the last layer is not where it was", file=sys.stderr)
        return 1
    del model.metadata_props[:]
    model.graph.output[0].type.tensor_type.shape.dim[-1].dim_value = len(kept)
    model.doc_string = (
        "PP-OCRv6_small_rec, changed: last layer cut to Latin letters. Apache-2.0, PaddlePaddle authors."
    )
    onnx.checker.check_model(model)
    written = {MODEL: model.SerializeToString(), LETTERS: "".join(letters[place] for place in kept).encode()}
    for name, made in written.items():
        (chosen.to / name).write_bytes(made)
        print(f"{hashlib.sha256(made).hexdigest()}  {name}")
    return 0


def _is_latin(letter: str) -> bool:
    return len(letter) == 1 and (" " <= letter <= "~" or "\u00a1" <= letter <= LAST_LATIN or letter in SIGNS)


if __name__ == "__main__":
    sys.exit(main())

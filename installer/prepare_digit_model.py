"""Make the reader of Lao and Thai digits: its characters are drawn in many typefaces, spoilt as scans are, and learnt.

Usage: python installer/prepare_digit_model.py FONTS [--to DIRECTORY] [--judge DIRECTORY] [--marks 60000]

For maintainers. FONTS is a directory with typefaces under the SIL Open Font License: of Debian's fonts-noto-core and
fonts-noto-extra (`apt-get download`, `dpkg-deb -x`) those of Lao and Thai, and the Thai parts of @fontsource/sarabun, taviraj,
bai-jamjuree, k2d and kanit (`npm pack`). Other typefaces are for --judge, which tells how well their digits are read: what to
expect of typefaces nobody has learnt. The same typefaces and versions of numpy, OpenCV and Pillow make the same model. Prints
the line for SHA256SUMS.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from ocr.engines.digit_reader import DIGIT_MODEL, OTHER, SLASH, packed  # noqa: E402
from ocr.steps.glyphs import cut_glyphs, describe  # noqa: E402

Array = NDArray[np.float32]
Grey = NDArray[np.uint8]

LATIN_LETTERS = "ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijklmnpqrstuvwxyz123456789&()@%?!"
"""What is no digit of the script. O, o and 0 are left out: they look like the script's own zero and mean it."""

LATIN_FACES = (
    "resources/fonts/Inter-Regular.otf",
    "resources/fonts/Inter-Bold.otf",
    "tests/fixtures/fonts/NotoSerifLatin-Regular.ttf",
    "tests/fixtures/fonts/NotoSerifLatin-Bold.ttf",
)
HIDDEN, EPOCHS, BATCH = 144, 24, 256
DIGITS_SHARE, LETTERS_SHARE = 0.55, 0.28
"""Strips of digits, and of the script's letters; the rest are Latin."""


@dataclass(frozen=True, slots=True)
class Script:
    """zero: code of its digit 0. letters: codes. base: a letter as high as small letters. faces: parts of file names."""

    name: str
    zero: int
    letters: tuple[int, ...]
    base: str
    faces: tuple[str, ...]


SCRIPTS = (
    Script(
        "lao",
        0x0ED0,
        (0x0E81, 0x0E82, 0x0E84, 0x0E87, 0x0E88, 0x0E8A, 0x0E8D, *range(0x0E94, 0x0E98), *range(0x0E99, 0x0EA0),
         0x0EA1, 0x0EA2, 0x0EA3, 0x0EA5, 0x0EA7, 0x0EAA, 0x0EAB, *range(0x0EAD, 0x0EBA), *range(0x0EC0, 0x0EC5),
         0x0EC6, 0x0EDC, 0x0EDD),
        "\u0e81",
        ("Phetsarath", "Lao-"),
    ),
    Script(
        "tha",
        0x0E50,
        (*range(0x0E01, 0x0E2F), *range(0x0E30, 0x0E3A), *range(0x0E40, 0x0E4E), 0x0E4F),
        "\u0e01",
        ("/tlwg/", "/arundina/", "Thai-", "-thai-"),
    ),
)  # fmt: skip


def main() -> int:
    """Draw, learn, write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("fonts", type=Path)
    parser.add_argument("--to", type=Path, default=PROJECT / "resources" / "tessdata")
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--marks", type=int, default=60_000)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    models = {}
    for script in SCRIPTS:
        learnt = _faces(chosen.fonts, script)
        if not learnt:
            print(f"no typeface for {script.name} in {chosen.fonts}", file=sys.stderr)
            return 1
        marks, classes = drawn(script, learnt, np.random.default_rng(1), chosen.marks)
        models[script.name] = learn(marks, classes)
        print(f"{script.name}: {len(learnt)} typefaces, {len(classes)} marks")
        for face in _faces(chosen.judge, script) if chosen.judge else []:
            print(f"  {face.name}: {judged(models[script.name], script, face)}")
    content = packed(models)
    (chosen.to / DIGIT_MODEL).write_bytes(content)
    print(f"{hashlib.sha256(content).hexdigest()}  {DIGIT_MODEL}")
    return 0


def drawn(
    script: Script, faces: Sequence[Path], rng: np.random.Generator, count: int
) -> tuple[Array, NDArray[np.int64]]:
    """Draw strips until there are so many marks; what each is like and what it is."""
    marks: list[Array] = []
    classes: list[int] = []
    while len(classes) < count:
        face, size_px, kind = faces[rng.integers(len(faces))], int(rng.integers(16, 64)), rng.random()
        if kind < DIGITS_SHARE:
            told = [int(digit) for digit in rng.integers(0, SLASH + 1, int(rng.integers(4, 11)))]
            text = "".join("/" if digit == SLASH else chr(script.zero + digit) for digit in told)
            found = _marks(text, face, script.base, size_px, rng)
            if len(found) != len(told):
                continue
        else:
            base, letters = script.base, [chr(code) for code in script.letters]
            if kind >= DIGITS_SHARE + LETTERS_SHARE:
                face, base, letters = PROJECT / rng.choice(LATIN_FACES), "x", list(LATIN_LETTERS)
            text = "".join(rng.choice(letters, int(rng.integers(4, 10))))
            found = _marks(text, face, base, size_px, rng)
            told = [OTHER] * len(found)
        marks += found
        classes += told
    return np.array(marks, np.float32), np.array(classes)


def _marks(text: str, face: Path, base: str, size_px: int, rng: np.random.Generator) -> list[Array]:
    strip = _spoilt(_set(text, face, size_px, apart=rng.random() < 0.4), size_px, rng)
    box = _font(face, size_px).getbbox(base, anchor="ls")
    # The height of small letters is known of the page as a whole, and not better than this.
    letter_px = (box[3] - box[1]) * rng.uniform(0.65, 1.5)
    glyphs = cut_glyphs(strip, letter_px, (0, 0, strip.shape[1], strip.shape[0]), rng.uniform(0.3, 0.7))
    return [describe(glyph) for glyph in glyphs]


def _set(text: str, face: Path, size_px: int, *, apart: bool) -> Grey:
    font = _font(face, size_px)
    gap = size_px // 8 if apart else 0
    picture = Image.new(
        "L", (int(font.getlength(text)) + 2 * size_px + gap * len(text), int(size_px * 2.6)), 255
    )
    pen, left = ImageDraw.Draw(picture), size_px * 0.6
    for piece in text if apart else [text]:
        pen.text((left, size_px * 1.7), piece, font=font, fill=0, anchor="ls")
        left += font.getlength(piece) + gap
    return np.asarray(picture)


def _spoilt(strip: Grey, size_px: int, rng: np.random.Generator) -> Grey:
    """Lean, stretch, turn, thicken, blur, dirty and pack a strip, each within what scans do."""
    page = strip.astype(np.float32)
    height, width = page.shape
    if rng.random() < 0.5:
        lean, stretch = rng.uniform(-0.18, 0.18), rng.uniform(0.85, 1.18)
        matrix = np.array([[stretch, lean, 2 - lean * height / 2], [0, 1, 0]], np.float32)
        width = int(width * stretch + abs(lean) * height) + 6
        page = cv2.warpAffine(page, matrix, (width, height), borderValue=255)
    if rng.random() < 0.4:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1.5, 1.5), 1)
        page = cv2.warpAffine(page, matrix, (width, height), borderValue=255)
    stroke = rng.random()
    if stroke < 0.2:
        page = cv2.erode(page, np.ones((max(2, round(size_px / 20)),) * 2))
    elif stroke < 0.3 and size_px > 30:
        page = cv2.dilate(page, np.ones((2, 2)))
    page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.3, 0.045 * size_px + 0.3))
    ink, paper = rng.uniform(10, 120), rng.uniform(200, 255)
    page = ink + (paper - ink) * page / 255 + rng.normal(0, rng.uniform(1, 10), page.shape)
    grey = np.clip(page, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 85))]
        grey = np.asarray(cv2.imdecode(cv2.imencode(".jpg", grey, quality)[1], cv2.IMREAD_GRAYSCALE))
    if rng.random() < 0.2:
        grey = np.where(grey < (ink + paper) / 2, 0, 255).astype(np.uint8)
    return grey


def learn(marks: Array, classes: NDArray[np.int64]) -> tuple[Array, ...]:
    """Train one hidden layer (Adam, smoothed targets, a fifth of it left out); weights for marks as they are."""
    rng = np.random.default_rng(0)
    mean, spread = marks.mean(0), marks.std(0) + 0.05
    scaled, count = (marks - mean) / spread, OTHER + 1
    weights = [
        rng.normal(0, np.sqrt(2 / marks.shape[1]), (marks.shape[1], HIDDEN)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        rng.normal(0, np.sqrt(2 / HIDDEN), (HIDDEN, count)).astype(np.float32),
        np.zeros(count, np.float32),
    ]
    first, second = [np.zeros_like(each) for each in weights], [np.zeros_like(each) for each in weights]
    step = 0
    for epoch in range(EPOCHS):
        rate = 1e-3 * (1 + np.cos(np.pi * epoch / EPOCHS)) + 1e-5
        order = rng.permutation(len(classes))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            step += 1
            for at, slope in enumerate(_slopes(weights, scaled[chosen], classes[chosen], rng)):
                first[at] = 0.9 * first[at] + 0.1 * slope
                second[at] = 0.999 * second[at] + 0.001 * slope**2
                size = np.sqrt(second[at] / (1 - 0.999**step)) + 1e-8
                weights[at] -= rate * first[at] / (1 - 0.9**step) / size
    hidden = weights[0] / spread[:, None]
    return hidden, weights[1] - mean @ hidden, weights[2], weights[3]


def _slopes(
    weights: Sequence[Array], marks: Array, classes: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Array, ...]:
    inner = np.maximum(marks @ weights[0] + weights[1], 0)
    kept = ((rng.random(inner.shape) > 0.2) / 0.8).astype(np.float32)
    likely = np.exp(_centred(inner * kept @ weights[2] + weights[3]))
    likely /= likely.sum(1, keepdims=True)
    wanted = np.full_like(likely, 0.02 / likely.shape[1])
    wanted[np.arange(len(classes)), classes] += 0.98
    outer = (likely - wanted) / len(classes)
    below = outer @ weights[2].T * kept * (inner > 0)
    return (
        marks.T @ below + 1e-4 * weights[0],
        below.sum(0),
        (inner * kept).T @ outer + 1e-4 * weights[2],
        outer.sum(0),
    )


def _centred(scores: Array) -> Array:
    return scores - scores.max(1, keepdims=True)


def judged(weights: tuple[Array, ...], script: Script, face: Path) -> str:
    """Say how marks of a typeface that was not learnt are read."""
    marks, classes = drawn(script, [face], np.random.default_rng(7), 1500)
    scores = np.maximum(marks @ weights[0] + weights[1], 0) @ weights[2] + weights[3]
    likely = np.exp(_centred(scores))
    likely /= likely.sum(1, keepdims=True)
    read, sure = likely.argmax(1), likely.max(1) > 0.8
    is_digit = classes < SLASH
    right, wrong = read == classes, (read != classes) & (read < SLASH) & sure
    return (
        f"digits right {right[is_digit].mean():.1%}, surely wrong {wrong[is_digit].mean():.2%}, "
        f"letters taken for digits {wrong[classes == OTHER].mean():.2%}"
    )


def _faces(directory: Path, script: Script) -> list[Path]:
    known = (face for face in sorted(directory.rglob("*")) if face.suffix in {".ttf", ".woff"})
    return [
        face
        for face in known
        if "UI" not in face.name and any(part in face.as_posix() for part in script.faces)
    ]


@lru_cache(maxsize=400)
def _font(face: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face), size_px, layout_engine=ImageFont.Layout.RAQM)


if __name__ == "__main__":
    sys.exit(main())

"""Small sound files of every format, drawn by code: what mutations begin with."""

from __future__ import annotations

import io
from collections.abc import Callable

import img2pdf
import numpy as np
import pikepdf
from PIL import Image

SIZE = (48, 64)
FORMATS = ("pdf", "tiff", "jpeg", "png", "jp2", "bmp", "webp")


def seeds(kind: str) -> list[bytes]:
    """Sound files of one format, the variants scanners write."""
    return _MAKERS[kind]()


def _page(mode: str = "RGB") -> Image.Image:
    height_px, width_px = SIZE
    pixels = np.full((height_px, width_px, 3), 250, np.uint8)
    pixels[8:40:6, 6:-6] = 20
    pixels[:6, :6] = (200, 30, 30)
    return Image.fromarray(pixels).convert(mode)


def _saved(mode: str, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    _page(mode).save(target, kind, **options)
    return target.getvalue()


def _tiffs() -> list[bytes]:
    bilevel = [_saved("1", "TIFF", compression=name, dpi=(200, 200)) for name in ("group3", "group4")]
    packed = [
        _saved("L", "TIFF", compression=name) for name in ("tiff_lzw", "tiff_adobe_deflate", "packbits")
    ]
    colour = [_saved("RGB", "TIFF", compression="jpeg"), _saved("CMYK", "TIFF"), _saved("P", "TIFF")]
    many = io.BytesIO()
    _page("1").save(many, "TIFF", save_all=True, append_images=[_page("1"), _page("L")])
    return [*bilevel, *packed, *colour, many.getvalue()]


def _jpegs() -> list[bytes]:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = _saved("RGB", "JPEG", exif=exif, dpi=(300, 300))
    return [turned, _saved("L", "JPEG"), _saved("CMYK", "JPEG"), _saved("RGB", "JPEG", progressive=True)]


def _pngs() -> list[bytes]:
    deep = io.BytesIO()
    Image.fromarray(np.array(_page("L")).astype(np.uint16) * 257).save(deep, "PNG")
    return [*(_saved(mode, "PNG", dpi=(300, 300)) for mode in ("1", "L", "P", "RGBA")), deep.getvalue()]


def _pdfs() -> list[bytes]:
    scanned = [img2pdf.convert(content) for content in (_saved("RGB", "JPEG"), _saved("1", "PNG"))]
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 140))
        page = document.pages[0]
        page.obj.Contents = document.make_stream(b"q 1 0 0 rg 10 10 40 60 re f Q")
        page.obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe"))
        document.attachments["note.txt"] = b"hello"
        drawn, packed = io.BytesIO(), io.BytesIO()
        document.save(drawn)
        document.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return [*scanned, drawn.getvalue(), packed.getvalue()]


_MAKERS: dict[str, Callable[[], list[bytes]]] = {
    "pdf": _pdfs,
    "tiff": _tiffs,
    "jpeg": _jpegs,
    "png": _pngs,
    "jp2": lambda: [_saved("RGB", "JPEG2000"), _saved("L", "JPEG2000", no_jp2=True)],
    "bmp": lambda: [_saved(mode, "BMP") for mode in ("1", "L", "P", "RGB", "RGBA")],
    "webp": lambda: [_saved("RGB", "WEBP", lossless=True), _saved("RGBA", "WEBP", quality=60)],
}

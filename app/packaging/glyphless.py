"""The invisible font of the text layer: one box, as many characters as a dossier needs.

Every character code (CID) shows the same glyph, a box one em wide and high, never painted (text mode 3). The
box matters: with an empty glyph pdfium's search highlights had no height. What a code means is said by the
ToUnicode map alone, one code per cluster (a letter with its marks), which every reader tried extracts exactly.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache, lru_cache

import pikepdf

from app.packaging.streams import compressed_stream

FONT_NAME = "FoliodeskGlyphless"
UNITS_PER_EM = 1000
# A ToUnicode string may hold more, but longer "clusters" are recognition noise.
MAX_CLUSTER = 16
_JOINERS = frozenset("\u200c\u200d\u17d2\u1039\u0e3a")
_NEVER = frozenset(chr(0xFDD0 + offset) for offset in range(32))


def printable(text: str) -> str:
    """Return text without what no PDF can carry: control characters, surrogates, noncharacters, U+FEFF."""
    # Stricter than ours (it allows no format characters), tried on every code point, and much faster.
    if text.isprintable():
        return text
    return "".join(char for char in text if not _is_unprintable(char))


def clusters(text: str) -> list[str]:
    """Cut printable text into clusters: a base character with the marks and subscripts that belong to it."""
    return list(_clusters(text))


@lru_cache(maxsize=8192)
def _clusters(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for char in text:
        joins = unicodedata.category(char) in ("Mn", "Mc", "Me") or char in _JOINERS
        if (
            found
            and len(found[-1]) < MAX_CLUSTER
            and found[-1] != " "
            and (joins or found[-1][-1] == "\u17d2")
        ):
            found[-1] += char
        else:
            found.append(char)
    return tuple(found)


class GlyphlessFont:
    """Gives every cluster of one PDF its code and becomes a font object at the end."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def encode(self, text: str) -> bytes:
        """Return the codes of a text, two bytes per cluster."""
        codes = bytearray()
        for cluster in clusters(text):
            code = self._codes.setdefault(cluster, len(self._codes) + 1)
            if code > 0xFFFF:
                # 65,535 different clusters: fall back to the single characters already known.
                raise OverflowError("more clusters than codes")
            codes += code.to_bytes(2, "big")
        return bytes(codes)

    def build(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """Add the font to a PDF and return its (indirect) dictionary."""
        name = pikepdf.Name("/" + FONT_NAME)
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=name,
            Flags=4,  # symbolic
            FontBBox=[0, 0, UNITS_PER_EM, UNITS_PER_EM],
            ItalicAngle=0,
            Ascent=UNITS_PER_EM,
            Descent=0,
            CapHeight=UNITS_PER_EM,
            StemV=80,
            FontFile2=_font_file(pdf),
        )
        # Every code, also the unused 0, shows glyph 1.
        to_glyph = compressed_stream(pdf, b"\x00\x01" * (len(self._codes) + 1), padding=b"\x00\x01")
        descendant = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=UNITS_PER_EM,
            CIDToGIDMap=to_glyph,
        )
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=name,
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)],
            ToUnicode=compressed_stream(pdf, self._to_unicode()),
        )
        return pdf.make_indirect(font)

    def _to_unicode(self) -> bytes:
        rows = [
            f"<{code:04X}> <{cluster.encode('utf-16-be').hex().upper()}>"
            for cluster, code in self._codes.items()
        ]
        # The CMap format allows at most 100 entries a block.
        blocks = (rows[start : start + 100] for start in range(0, len(rows), 100))
        body = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            f"{body}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode("ascii")


def _font_file(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    program = _font_program()
    stream = compressed_stream(pdf, program)
    stream[pikepdf.Name.Length1] = len(program)
    return stream


@cache
def _font_program() -> bytes:
    """Draw the TrueType program: .notdef and one box. Fixed dates, so the bytes never change."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, UNITS_PER_EM))
    pen.lineTo((UNITS_PER_EM, UNITS_PER_EM))
    pen.lineTo((UNITS_PER_EM, 0))
    pen.closePath()
    box = pen.glyph()
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "box"])
    builder.setupCharacterMap({})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "box": box})
    builder.setupHorizontalMetrics({".notdef": (UNITS_PER_EM, 0), "box": (UNITS_PER_EM, 0)})
    builder.setupHorizontalHeader(ascent=UNITS_PER_EM, descent=0)
    builder.setupNameTable({"familyName": FONT_NAME, "styleName": "Regular", "psName": FONT_NAME})
    builder.setupOS2(sTypoAscender=UNITS_PER_EM, usWinAscent=UNITS_PER_EM, usWinDescent=0)
    builder.setupPost(keepGlyphNames=False)
    # 1 January 2020 in seconds since 1904; any fixed moment will do.
    builder.font["head"].created = builder.font["head"].modified = 3_660_681_600
    builder.font.recalcTimestamp = False
    buffer = io.BytesIO()
    builder.save(buffer)
    return buffer.getvalue()


def _is_unprintable(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Cc", "Cs")
        or char in _NEVER
        or char == "\ufeff"
        or (ord(char) & 0xFFFE) == 0xFFFE
    )

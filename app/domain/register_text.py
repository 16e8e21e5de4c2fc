"""In which encoding a register file is written: UTF-8, or Windows-1252 where that is beyond doubt.

A register in the wrong encoding would put wrong titles beside right numbers, and nobody would notice before a
folder is not linked. So whatever is not plainly one of the two is refused with advice. Pure; runs where the
file is parsed.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.offices import OfficeProfile
from app.domain.register_types import RegisterUnreadable

CHUNK_BYTES = 1 << 20
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

WINDOWS_1252 = "cp1252"
NOTICE_1252 = "register_windows_1252"

# TCVN3 puts ă â ê ô ơ ư đ and toned vowels where Windows-1252 has signs such as « © ¬ ­ ® µ ¶ · ¸ ¹ » ¼ ½ ¾:
# within words, where no Western text has them ("C«ng ty" for "Công ty").
_SIGNS = "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾"
_SIGN_IN_WORD = re.compile(
    rf"(?<=[A-Za-z])[{_SIGNS}](?=[A-Za-z])|(?<=[A-Za-z])[¨«¬\u00adµ¶¸¹¼½¾](?![A-Za-z0-9])|(?<![\w])[§®¦¢](?=[a-z])"
)
_BEYOND_LATIN_1 = re.compile(r"[^\W\d\u0000-\u00ff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")  # without tab, ends of lines and the end mark of DOS
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# Thai (TIS-620) and fonts such as Limon write whole words with high bytes; no Western language has four in a row.
_HIGH_RUN = re.compile(rb"[\xc0-\xff\xa1-\xbf]{4}")
_MIXED_CASE = re.compile(r"[a-z][À-ÖØ-Þ]")

TCVN3_SIGNS = 3
"""So many signs within words are no slip of the keyboard."""
MANY_SIGNS = 20  # enough to stop reading at once
TEXTS_PER_SIGN = 5  # Vietnamese in TCVN3 has one to three signs in every title


@dataclass(frozen=True, slots=True)
class FileEncoding:
    """A Python codec, and notices a person should read (codes)."""

    codec: str
    notices: tuple[str, ...] = ()


def encoding_of(stream: BinaryIO, profile: OfficeProfile) -> FileEncoding:
    """Read a file once and say how it is written; the stream is left at its start.

    Vietnamese letters do not exist in Windows-1252, so what a Vietnamese office has that is not UTF-8 is never
    taken for it. Raises RegisterUnreadable "register_no_text", "register_tcvn3" or "register_not_utf8".
    """
    stream.seek(0)
    begin = stream.read(4)
    stream.seek(0)
    if begin.startswith(UTF16_MARKS):
        raise RegisterUnreadable("register_not_utf8", byte=0)
    if _has_control_signs(stream):
        raise RegisterUnreadable("register_no_text")
    stream.seek(0)
    bad_at = _first_bad_byte(stream)
    stream.seek(0)
    if bad_at is None:
        return FileEncoding("utf-8-sig")
    signs, is_western = _western(stream)
    stream.seek(0)
    if signs >= TCVN3_SIGNS:
        raise RegisterUnreadable("register_tcvn3", byte=bad_at)
    if not is_western or signs or profile.languages[0] == "vie":
        raise RegisterUnreadable("register_not_utf8", byte=bad_at)
    return FileEncoding(WINDOWS_1252, (NOTICE_1252,))


class Tcvn3Watch:
    """Notices TCVN3 that a program has already carried into Unicode letter by letter (also in workbooks)."""

    def __init__(self) -> None:
        self._signs = 0
        self._letters = 0
        self._texts = 0
        self._kinds: set[str] = set()

    def look(self, text: str, line: int) -> None:
        """Count one text; raises RegisterUnreadable("register_tcvn3") when there is no doubt any more."""
        self._texts += bool(text)
        if text.isascii():
            return
        found = _SIGN_IN_WORD.findall(text)
        self._signs += len(found)
        self._kinds.update(found)
        self._letters += len(_BEYOND_LATIN_1.findall(text))
        if self._signs >= MANY_SIGNS and self._is_plain():
            raise RegisterUnreadable("register_tcvn3", line=line)

    def end(self, line: int) -> None:
        """Judge a file too short for that."""
        if self._signs >= TCVN3_SIGNS and self._is_plain():
            raise RegisterUnreadable("register_tcvn3", line=line)

    def _is_plain(self) -> bool:
        """Real Vietnamese, Khmer, Thai... stand far above U+00FF; ® alone, or now and then, is of a trade mark."""
        is_frequent = self._signs * TEXTS_PER_SIGN >= self._texts
        return len(self._kinds) >= 2 and is_frequent and self._signs > self._letters


def _has_control_signs(stream: BinaryIO) -> bool:
    """No text in any of these encodings holds bytes such as 0: what does is another kind of file."""
    return any(_CONTROL.search(chunk) for chunk in iter(lambda: stream.read(CHUNK_BYTES), b""))


def _first_bad_byte(stream: BinaryIO) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    while chunk := stream.read(CHUNK_BYTES):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as exc:
            return done - held + exc.start
        done += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return done - 1
    return None


def _western(stream: BinaryIO) -> tuple[int, bool]:
    """Count TCVN3 signs, and say whether the rest can be Western text."""
    signs, is_western = 0, True
    while chunk := stream.read(CHUNK_BYTES):
        chunk += stream.readline()  # words are not cut in two
        if _UNDEFINED.search(chunk) or _HIGH_RUN.search(chunk):
            is_western = False
        text = chunk.decode(WINDOWS_1252, "replace")
        signs += len(_SIGN_IN_WORD.findall(text))
        if _MIXED_CASE.search(text):
            is_western = False
    return signs, is_western

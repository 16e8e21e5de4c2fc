"""Tells a folder's own papers (cover, request form, certificate) from papers that speak of any file.

Without a register nothing else tells them apart: "Application No." stands in a statutory declaration just as
on a request. Rules on text only; local words want a native speaker's eye (km, lo).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ocr.numbers import normalise
from ocr.numbers_labels import labels_in
from ocr.other_files import OTHERS_ACT, fold_line
from ocr.types import NumberRole

OWN_CODES = frozenset(("(21)", "(210)"))
VN_OWN_CODES = frozenset(("(20)", "(200)"))
HEAD_LINES = 12
# What takes a proof away is looked for further down: two columns read row by row stand twice as deep as one after the
# other, and the order of lines may make no proof.
DEEP_HEAD_LINES = 24
HEADING_LETTERS = 60
VALUE_DIGITS = 4

_RIGHT = r"(?:patents?|designs?|trade ?marks?|marks?|utility models?|utility innovations?|inventions?|petty patents?)"
_COVER_HEADING = re.compile(
    rf"\b(?:{_RIGHT}|application|case|dossier|registry|archive) (?:application )?(?:file|folder|dossier|jacket)\b"
    r"|\b(?:file|folder|dossier) cover\b|^\W*(?:dossier|case file|file|folder)\W*$|\bdossier d|\bbia ho so\b|\bho so don\b"
    r"|\bberkas permohonan\b|\bsampul berkas\b|\bfail permohonan\b|แฟ้ม|สํานวน|สำนวน|សំណុំរឿង|សំណុំលិខិត|ສໍານວນ|ສຳນວນ"
)
_FORM_HEADING = re.compile(
    rf"\brequest for (?:(?:the )?(?:grant|registration)\b|an? (?:\w+ )?{_RIGHT})"
    rf"|\bapplication (?:form )?(?:for|to) (?:the )?(?:grant|register|registration|an? )?[a-z ]{{0,30}}\b{_RIGHT}\b"
    rf"|^\W*(?:(?:national|philippine|industrial) )?{_RIGHT} application(?: form)?\W*$"
    r"|\bdemande (?:de brevet|de marque|d enregistrement|de certificat|de dessin|de modele)"
    r"|\bto khai\b|\bdon dang ky\b|\bdon yeu cau cap\b"
    r"|\b(?:formulir|borang) (?:permohonan|permintaan)\b|\bpermohonan (?:pendaftaran|paten|desain|merek|cap)\b"
    r"|คํา?ขอ(?:รับ|จด)|คำขอ(?:รับ|จด)|ຄ(?:ໍາ|ຳ)ຮ້ອງ ?ຂໍ|ពាក្យ(?:ស្នើ)?សុំ ?(?:ប្រកាសនីយ|ចុះបញ្ជី|ចុះ)"
)
_CERTIFICATE_HEADING = re.compile(
    rf"^\W*(?:certificate of (?:grant|registration)|letters patent|{_RIGHT} certificate|certificate of [a-z ]*{_RIGHT})\b"
    r"|^\W*(?:bang doc quyen|giay chung nhan dang ky|sertifikat (?:paten|merek|desain)|sijil )"
)
_RIGHT_WORDS = {
    "mark": re.compile(r"\b(?:trade ?|service )?marks?\b|\bmarque|\bnhan hieu\b|\bmerek\b|\bcap dagangan\b"),
    "design": re.compile(r"\bdesigns?\b|\bdessin|\bkieu dang\b|\bdesain\b|\breka bentuk\b"),
    "patent": re.compile(r"\bpatents?\b|\binventions?\b|\butility\b|\bbrevet|\bsang che\b|\bpaten\b"),
}
# Later acts name a number that may be one of many, and their headings look like a request's.
_LATER_ACT = re.compile(
    r"\b(?:assignment|assignor|assignee|transfer of|licen[sc]e|licen[sc]ing|renewal|change of|recordal|recordation|record of"
    r"|correction of|amendment|divisional|division of|divided|conversion|converted|of addition|addition to|continuation|based on|split|certified copy|declaration|extract from"
    r"|search report|request for search|restoration of|withdrawal|power of attorney|cession|chuyen nhuong|gia han"
    r"|sua doi|pengalihan|perpanjangan|perubahan)\b"
)
# "Copy from the patent file", "pending patent application": a heading that points elsewhere.
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:from|see|our|your|their|other|another|opponent|earlier|prior|cop(?:y|ies)|cited|against|under|similar"
    r"|pending|parent|foreign|related|refer(?:s|ring|ence)?|concerning|regarding)\b"
)
_PUBLICATION_CODE = re.compile(r"[(\[{]\s?(?:10|11|12|19|45|43|111)\s?[)\]}]")
_STAMP_LINES = 3
_STAMP = re.compile(
    r"\breceived\b|\brecu\b|\bfiled\b|\bditerima\b|\bda nhan\b|\btiep nhan\b|បានទទួល|รับคำขอ|ลงรับ|ໄດ້ຮັບ"
)
_MAY_BE_CODE = re.compile(r"[(\[{（［].{1,5}[)\]}）］]")
_CAPTION_GAP, _FAR_CAPTION = 6, 40
_NO = re.compile(r"^N[Oº°]?(?![A-Z0-9])", re.IGNORECASE)
_NUMBERISH = re.compile(r"\S*\d\S*")


def is_own_paper(folded_lines: Iterable[str]) -> bool:
    """Tell whether the lines that head a number are those of a cover, request form or certificate."""
    return _is_headed(folded_lines, _COVER_HEADING, _FORM_HEADING, _CERTIFICATE_HEADING)


def is_cover_page(folded_lines: Iterable[str]) -> bool:
    """Tell whether the lines that head a number are those of a folder's cover."""
    return _is_headed(folded_lines, _COVER_HEADING)


def is_certificate(folded_lines: Iterable[str]) -> bool:
    """Tell whether a page begins as the office's certificate does."""
    return _is_headed(folded_lines, _CERTIFICATE_HEADING)


def rights_headed(folded_lines: Iterable[str]) -> frozenset[str]:
    """The rights that the headings of a cover, request form or certificate name: "mark", "design", "patent"."""
    lines = _head(folded_lines, DEEP_HEAD_LINES)
    if is_later_act(lines):
        return frozenset()
    own = (_COVER_HEADING, _FORM_HEADING, _CERTIFICATE_HEADING)
    heads = [bare for line in lines[:HEAD_LINES] if _is_heading(line) and (bare := _bare(line))]
    heads = [line for line in heads if any(heading.search(line) for heading in own)]
    return frozenset(right for right, words in _RIGHT_WORDS.items() if any(map(words.search, heads)))


def right_of(right_id: str) -> str:
    """The kind of right that a number's right is."""
    return next((kind for kind in ("mark", "design") if kind in right_id), "patent")


def is_later_act(folded_lines: Iterable[str]) -> bool:
    """Tell whether the lines down to a number announce an act that may name one number of many."""
    return any(
        OTHERS_ACT.search(line) or _LATER_ACT.search(line) for line in _head(folded_lines, DEEP_HEAD_LINES)
    )


def _is_headed(folded_lines: Iterable[str], *headings: re.Pattern[str]) -> bool:
    lines = _head(folded_lines, DEEP_HEAD_LINES)
    if is_later_act(lines):
        return False
    head = [_bare(line) for line in lines[:HEAD_LINES]]
    return any(heading.search(line) for heading in headings for line in head if _is_heading(line))


def heads_a_file(folded_lines: Iterable[str]) -> bool:
    """Tell whether a page begins as a folder's cover or a request form does: the first page of a file."""
    deep = _head(folded_lines, DEEP_HEAD_LINES)
    if any(OTHERS_ACT.search(line) or _LATER_ACT.search(line) for line in deep):
        return False
    head = [line for line in deep[:HEAD_LINES] if _is_heading(line)]
    return any(heading.search(_bare(line)) for heading in (_COVER_HEADING, _FORM_HEADING) for line in head)


def is_of_others(folded_lines: Iterable[str]) -> bool:
    """Tell whether the lines down to a number announce another person's act."""
    return any(OTHERS_ACT.search(line) for line in _head(folded_lines, DEEP_HEAD_LINES))


def is_stamped(text: str, raw: str) -> bool:
    """Tell whether a reception stamp's words stand in the lines just above a number."""
    lines = text.splitlines()
    squeezed = "".join(raw.split())
    for at, line in enumerate(lines):
        if squeezed in "".join(line.split()):
            return _STAMP.search(_folded(lines[max(0, at - _STAMP_LINES) : at + 1])) is not None
    return False


def _folded(lines: Iterable[str]) -> str:
    return "\n".join(map(fold_line, lines))


def is_own_code(label: str | None, office: str) -> bool:
    """Tell whether a caption is the INID code of the application's own number."""
    return label in OWN_CODES or (office == "VN" and label in VN_OWN_CODES)


def has_own_code(text: str, office: str) -> bool:
    """Tell whether a page prints the code of its own number, as a caption and not as a part in a drawing.

    "the deck (21) is joined" and numbered paragraphs are none. The front page of a printed patent is left out:
    it carries some office's (21), seldom this one's.
    """
    if is_publication(text):
        return False
    lines = filter(_MAY_BE_CODE.search, text.splitlines())
    return any(_is_code_caption(normalise(line).text, office) for line in lines)


def is_publication(text: str) -> bool:
    """Tell whether a page bears the codes of a printed patent or certificate."""
    return _PUBLICATION_CODE.search(normalise(text).text) is not None


def own_code_lines(text: str, office: str) -> Iterator[str]:
    """The lines in which a page may print its own number at its code: the code's, and the one below."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        # Cheap first: most lines have no code.
        if _MAY_BE_CODE.search(line) and any(
            is_own_code(label.text, office) for label in labels_in(normalise(line).text, office=office)
        ):
            yield from lines[at : at + 2]


def _is_code_caption(line: str, office: str) -> bool:
    labels = labels_in(line, office=office)
    for code in labels:
        if not code.is_inid or not is_own_code(code.text, office):
            continue
        starts_line = not any(char.isalnum() for char in line[: code.start])
        # At the start of a line a caption in the local script may stand, misread, before the English one.
        reach = _FAR_CAPTION if starts_line else _CAPTION_GAP
        near = (each for each in labels if not each.is_inid and 0 <= each.start - code.end <= reach)
        if any(each.role is NumberRole.APPLICATION for each in near):
            return True
        if starts_line and _is_value(_NO.sub("", line[code.end :].strip()).strip(" .:_-…")):
            return True
    return False


def _is_value(text: str) -> bool:
    """An empty place, or mostly digits: what is left of a number that fits no format."""
    digits = sum(char.isdigit() for char in text)
    return not text or VALUE_DIGITS <= digits >= sum(map(str.isalpha, text))


def _head(folded_lines: Iterable[str], count: int) -> list[str]:
    return [line for line in folded_lines if line.strip()][:count]


def _bare(line: str) -> str:
    return " ".join(_NUMBERISH.sub(" ", line).split())


def _is_heading(line: str) -> bool:
    return sum(map(str.isalpha, line)) <= HEADING_LETTERS and _POINTS_ELSEWHERE.search(line) is None

"""What the words around a number say it is: INID codes and captions in the offices' languages.

The same digits mean an application after (21) and a registration after (11); a receipt, a telephone or a
cited earlier mark looks just like them. Pure text rules, used in worker processes and when office data loads.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ocr.types import NumberRole

_A, _R, _C, _P, _I, _M, _T = (
    NumberRole.APPLICATION,
    NumberRole.REGISTRATION,
    NumberRole.CITED,
    NumberRole.PRIORITY,
    NumberRole.INTERNATIONAL,
    NumberRole.PAYMENT,
    NumberRole.CONTACT,
)

# ST.9, ST.60, ST.80. Group codes (20)/(10)/(200)/(100) are printed by Viet Nam only.
_INID = {
    **dict.fromkeys(("21", "210"), _A),
    **dict.fromkeys(("11", "111", "116"), _R),
    **dict.fromkeys(("30", "31", "32", "33", "300", "310", "320", "330"), _P),
    **dict.fromkeys(("60", "61", "62", "63", "64", "65", "66", "67", "68", "641", "646"), _C),
    **dict.fromkeys(("85", "86", "87", "800", "860", "861"), _I),
}
_INID_VN = {"20": _A, "200": _A, "10": _R, "100": _R}
# Recognition likes to read the one of (21) as a letter or a stroke.
_INID_PATTERN = re.compile(r"[(\[{]\s?([0-9LI|!]{2,3})\s?[)\]}]")

# Folded phrases: lower case, Latin letters without marks. Order inside a role does not matter.
_PHRASES: dict[NumberRole, tuple[str, ...]] = {
    _A: (
        "application number", "application no", "application nos", "application n", "appln no", "appl no", "app no",
        "application serial no", "application file", "serial no", "file no", "file number", "dossier no",
        "dossier number", "official no", "trade mark no", "trademark no", "design no", "patent application",
        "design application", "trademark application", "trade mark application", "utility model application",
        "numero de la demande", "numero de demande", "demande no", "demande n", "no de la demande",
        "so don", "ma so don", "nomor permohonan", "no permohonan", "no permohonan paten", "nombor permohonan",
        "no fail", "nomor agenda",
        "លេខពាក្យសុំ", "លេខពាក្យស្នើសុំ", "ពាក្យសុំលេខ", "ពាក្យសុំ", "លេខសំណុំលិខិត", "សំណុំរឿងលេខ", "លេខសំណុំរឿង", "លេខដាក់ពាក្យ", "លេខ",
        "ເລກທີຄໍາຮ້ອງ", "ເລກທີຄຳຮ້ອງ", "ເລກຄໍາຮ້ອງ", "ເລກຄຳຮ້ອງ", "ຄໍາຮ້ອງເລກທີ", "ຄຳຮ້ອງເລກທີ", "ເລກທີ",
        "เลขที่คําขอ", "เลขที่คำขอ", "เลขคําขอ", "เลขคำขอ", "คําขอเลขที่", "คำขอเลขที่", "เลขที่",
    ),
    _R: (
        "registration no", "registration number", "registered no", "reg no", "certificate no", "patent no",
        "publication no", "grant no", "no enregistrement", "numero d enregistrement", "certificat no", "brevet no",
        "so bang", "so gcn", "so giay chung nhan", "so cong bo", "nomor pendaftaran", "no pendaftaran", "no pengumuman", "no sertifikat",
        "nomor sertifikat", "no sijil", "លេខចុះបញ្ជី", "លេខបញ្ជិកា", "វិញ្ញាបនបត្រ", "ເລກທະບຽນ", "ໃບທະບຽນເລກທີ",
        "ทะเบียนเลขที่", "เลขทะเบียน", "เลขที่ทะเบียน", "สิทธิบัตรเลขที่", "ประกาศโฆษณา",
    ),
    _C: (
        "our application", "our earlier", "earlier", "prior mark", "prior application", "prior right", "prior registration", "previous",
        "previously", "cited", "citing", "citation", "cites", "conflict", "conflicts", "conflicting", "opposition", "opposed", "opponent",
        "opposing", "against", "similar to", "identical", "compare", "compared", "see also", "related", "parent", "divisional", "divided",
        "reference", "refer", "refers", "referring", "referred", "our ref", "your ref", "ref", "re", "subject", "in view of", "anticipated", "disclosed in", "not to be confused",
        "other application", "another application", "other applications", "co pending", "copending", "pending application", "family member", "cancellation", "respondent",
        "conflit", "anterieur", "anterieure", "opposition", "reference", "notre demande", "notre reference", "votre reference", "objet", "contre",
        "doi chung", "phan doi", "tham chieu", "don truoc", "don khac", "tuong tu", "lien quan", "trung voi", "v v", "trich dan", "don goc", "tach don",
        "keberatan", "terhadap", "pembanding", "sebelumnya", "merujuk", "rujukan", "persamaan dengan", "referensi", "perihal", "bantahan", "terdahulu", "menentang",
        "ទៅលើ", "យោង", "ជំទាស់", "មុន", "ស្រដៀង", "ដូចគ្នា", "ប្រឆាំង", "កម្មវត្ថុ", "ពាក់ព័ន្ធ", "ផ្សេង", "របស់យើង",
        "อ้างอิง", "อ้างถึง", "คัดค้าน", "ก่อนหน้า", "คล้าย", "เหมือน", "เกี่ยวข้อง", "คำขอเดิม", "คําขอเดิม", "เรื่อง", "ของเรา", "อื่น",
        "ອ້າງອີງ", "ອ້າງເຖິງ", "ຄັດຄ້ານ", "ກ່ອນໜ້າ", "ກ່ອນຫນ້າ", "ຄ້າຍ", "ກ່ຽວຂ້ອງ", "ເລື່ອງ", "ຂອງພວກເຮົາ", "ອື່ນ",
    ),
    _P: (
        "priority", "paris convention", "convention country", "earliest filing", "first filing", "priorite", "convention de paris",
        "uu tien", "cong uoc paris", "prioritas", "hak prioritas", "keutamaan", "អាទិភាព", "ບຸລິມະສິດ", "ສິດບູລິມະສິດ", "บุริมสิทธิ", "สิทธิวันยื่นคําขอครั้งแรก", "สิทธิวันยื่นคำขอครั้งแรก",
    ),
    _I: (
        "pct", "international application", "international registration", "international publication", "international no", "madrid", "hague", "irn",
        "enregistrement international", "demande internationale", "dang ky quoc te", "don quoc te", "អន្តរជាតិ", "ระหว่างประเทศ", "ສາກົນ", "internasional", "antarabangsa",
    ),
    _M: (
        "receipt", "invoice", "payment", "account", "acct", "amount", "total", "fee", "fees", "paid", "cheque", "check no", "bank", "swift", "voucher", "transaction", "cashier", "usd", "khr", "vnd", "php", "lak", "thb", "idr", "sgd", "riel", "riels", "baht", "kip", "peso", "pesos", "rp",
        "quittance", "recu", "facture", "montant", "compte", "bien lai", "hoa don", "so tien", "tai khoan", "le phi", "phi",
        "kuitansi", "bukti bayar", "pembayaran", "rekening", "jumlah", "resit", "bayaran", "akaun", "bil",
        "បង្កាន់ដៃ", "វិក្កយបត្រ", "គណនី", "ចំនួនទឹកប្រាក់", "ប្រាក់", "រៀល", "ໃບຮັບເງິນ", "ບັນຊີ", "ຈໍານວນເງິນ", "ຈຳນວນເງິນ", "ກີບ",
        "ใบเสร็จรับเงิน", "ใบเสร็จ", "จํานวนเงิน", "จำนวนเงิน", "บัญชี", "ค่าธรรมเนียม", "บาท",
    ),
    _T: (
        "tel", "telephone", "phone", "mobile", "fax", "facsimile", "hotline", "whatsapp", "p o box", "po box", "zip", "postal code", "postcode", "street", "house no", "tax id", "vat", "id card", "passport",
        "dien thoai", "so dt", "di dong", "telepon", "telp", "hp", "kode pos", "faks", "telefon", "poskod", "no kp",
        "ទូរស័ព្ទ", "ទូរសព្ទ", "ទូរសារ", "ផ្ទះលេខ", "ប្រអប់សំបុត្រ", "ໂທລະສັບ", "ໂທ", "ແຟັກ", "โทรศัพท์", "โทรสาร", "โทร", "มือถือ", "รหัสไปรษณีย์", "แฟกซ์",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A caption found in a text. start and end: where it stands in the folded text."""

    role: NumberRole
    text: str
    start: int
    end: int
    is_inid: bool


def fold(text: str) -> str:
    """Lower-case, drop the marks of Latin letters and turn punctuation into spaces, keeping other scripts."""
    if not text.isascii():
        text = _without_latin_marks(text)
    return _PUNCTUATION.sub(" ", text.lower()).strip()


def labels_in(text: str, *, office: str) -> tuple[Label, ...]:
    """List the captions of a normalised text in order; the longer of two at the same place wins.

    office: ST.3 code of the number's format; decides whether Viet Nam's group codes count.
    """
    found = list(_inid_labels(text, office))
    folded = fold_keeping_length(text)
    for hit in _phrase_pattern().finditer(folded):
        role = _role_of_group(hit.lastgroup)
        found.append(Label(role, hit.group(), hit.start(), hit.end(), is_inid=False))
    return tuple(sorted(found, key=lambda label: (label.start, -label.end)))


def role_of_caption(caption: str, *, office: str) -> NumberRole | None:
    """Say what a printed caption announces; its INID code decides, then its words."""
    labels = labels_in(_normalised_caption(caption), office=office)
    inid = [label for label in labels if label.is_inid]
    chosen = inid or list(labels)
    return chosen[0].role if chosen else None


def strip_label(text: str) -> str:
    """Remove captions and INID codes before a typed number ("(21) No. KH/D/2019/00125")."""
    rest = _INID_PATTERN.sub(" ", text, count=1) if text[:1] in "([{" else text
    folded = fold_keeping_length(rest)
    hit = _phrase_pattern().match(folded.lstrip())
    if hit is not None:
        rest = rest[len(folded) - len(folded.lstrip()) + hit.end() :]
    return _BARE_LABEL.sub("", rest.strip()).strip()


def fold_keeping_length(text: str) -> str:
    """Fold for phrase search so that positions stay those of text."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    if not lowered.isascii():
        lowered = "".join(_bare(char) for char in lowered)
    return _SINGLE_PUNCTUATION.sub(" ", lowered)


_PUNCTUATION = re.compile(r"[\s.,:;()\[\]{}'\"_/\\|°º\u2116\u17d6-]+")
_SINGLE_PUNCTUATION = re.compile(r"[.,:;()\[\]{}'\"_/\\|°º\u17d6-]")
_BARE_LABEL = re.compile(
    r"^(?:N[O°Oº\u00ba\u00b0]\s?[.:]?\s+|N[°º]\s?|NO[.:]\s?|\u2116\s?|SỐ\s+|NOMOR\s+|[:.]\s*)+"
)
_WORD_GAP = r"[ ]{1,4}"


@lru_cache(maxsize=1)
def _phrase_pattern() -> re.Pattern[str]:
    """One expression for all captions, longest first, so that "prior application" beats "application"."""
    entries = [(phrase, role) for role, phrases in _PHRASES.items() for phrase in dict.fromkeys(phrases)]
    entries.sort(key=lambda entry: -len(entry[0]))
    parts = []
    for index, (phrase, role) in enumerate(entries):
        bare = "".join(_bare(char) for char in phrase)
        body = _WORD_GAP.join(re.escape(word) for word in bare.split(" "))
        if phrase.isascii():
            body = rf"(?<![a-z]){body}(?![a-z])"
        parts.append(f"(?P<{role.value}_{index}>{body})")
    return re.compile("|".join(parts))


def _role_of_group(name: str | None) -> NumberRole:
    return NumberRole((name or "unknown_0").rpartition("_")[0])


def _inid_labels(text: str, office: str) -> list[Label]:
    found = []
    for hit in _INID_PATTERN.finditer(text):
        code = re.sub(r"[LI|!]", "1", hit[1])
        role = _INID.get(code)
        if role is None and office == "VN":
            role = _INID_VN.get(code)
        shown = NumberRole.UNKNOWN if role is None else role
        found.append(Label(shown, f"({code})", hit.start(), hit.end(), is_inid=True))
    return found


def _normalised_caption(caption: str) -> str:
    return caption.upper() if caption.isascii() else "".join(_upper(char) for char in caption)


def _upper(char: str) -> str:
    upper = char.upper()
    return upper if len(upper) == 1 else char


@lru_cache(maxsize=4096)
def _bare(char: str) -> str:
    """Strip the marks of a Latin letter; leave every other character alone."""
    if char.isascii():
        return char
    if char in "đĐ":
        return "d"
    base = unicodedata.normalize("NFD", char)[0]
    return base.lower() if base.isascii() and base.isalpha() else char


def _without_latin_marks(text: str) -> str:
    return "".join(_bare(char) for char in text)

"""Captions that stand before numbers, by what they announce, in the offices' languages.

Data in code: recognition workers need it without reading files. Phrases are folded: lower case, Latin
letters without marks, punctuation as spaces. Local words want a native speaker's eye (km, lo).
"""

from __future__ import annotations

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

PHRASES: dict[NumberRole, tuple[str, ...]] = {
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
        "our application", "our file", "your file", "client ref", "agent ref", "attorney docket", "docket no", "our case", "our earlier", "earlier", "prior mark", "prior application", "prior right", "prior registration", "previous",
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
        "tel", "telephone", "phone", "mobile", "fax", "facsimile", "hotline", "whatsapp", "p o box", "po box", "zip", "postal code", "postcode", "street", "house no", "tax id", "uen", "gst", "npwp", "nik", "company reg no", "co reg no", "business reg no", "tin", "vat", "id card", "passport",
        "dien thoai", "so dt", "di dong", "telepon", "telp", "hp", "kode pos", "faks", "telefon", "poskod", "no kp",
        "ទូរស័ព្ទ", "ទូរសព្ទ", "ទូរសារ", "ផ្ទះលេខ", "ប្រអប់សំបុត្រ", "ໂທລະສັບ", "ໂທ", "ແຟັກ", "โทรศัพท์", "โทรสาร", "โทร", "มือถือ", "รหัสไปรษณีย์", "แฟกซ์",
    ),
}  # fmt: skip

"""Which field a heading names, as offices write it: with or without marks, in any case, over several lines."""

import re
from collections.abc import Mapping

from shared.entering.plain import plain, words

NOT_TAKEN = "-"
"""What a heading names that is understood and not taken over, such as how far the work is."""
LONGEST_HEADING = 100
"""What is longer is no heading that anybody knows."""
MOST_OF_A_HEADING = 200
_BODY = "(?:co quan|don vi|tap the|to chuc|bo phan|ban nganh|ban|so nganh|nganh|phong ban|phong)"
_PERSON = "(?:ca nhan|nguoi|can bo|dong chi|chuyen vien)"
_CHARGE = "(?:phu trach|chiu trach nhiem|dau moi|chu tri|thuc hien|duoc giao|tham muu)"
_PATTERNS = {
    "code": "stt|tt|so tt|so thu tu|thu tu|so|no|ma|ma so|ma (?:viec|cong viec|nhiem vu)|code",
    "title_vi": (
        "noi dung(?: (?:cong viec|nhiem vu|cong tac|thuc hien|cu the|chi tiet))*|noi dung (?:cong viec|nhiem vu) .*|"
        "(?:ten )?(?:cong viec|nhiem vu|dau viec|viec)(?: cu the| can lam| duoc giao| thuc hien)?|title vi|title|task"
    ),
    "title_en": "noi dung tieng anh|title en",
    "group_vi": (
        "nhom|(?:ten )?nhom (?:nhiem vu|cong viec|viec)|ten nhom|linh vuc|mang (?:viec|cong viec|cong tac)|group vi"
    ),
    "unit": "bo phan|bo phan (?:giup viec|phuc vu)|to giup viec|thuoc bo phan|unit",
    "phase": "giai doan|thoi ky|phase",
    "scenario": "kich ban|truong hop|tinh huong|phuong an|scenario|case",
    "collective": (
        f"{_BODY}(?: {_BODY})*(?: {_CHARGE})+(?: chinh)?|chu tri|{_CHARGE} chu tri|don vi dau moi|collective"
    ),
    "individual": (
        f"(?:{_PERSON} )+(?:{_CHARGE}(?: {_CHARGE})*)(?: chinh)?|phu trach|nguoi thuc hien|ca nhan|individual"
    ),
    "directing_leader": (
        "(?:dong chi )?lanh dao(?: (?:ban|tieu ban|ubnd|tinh|co quan|don vi))*(?: (?:chi dao|phu trach|theo doi))+|"
        "nguoi chi dao|chi dao|chi dao chung|directing leader"
    ),
    "coordinating": f"(?:{_BODY} )*(?:cung )?phoi hop(?: thuc hien)?|coordinating",
    "deadline": "(?:thoi gian|thoi han|thoi diem|han|ngay|moc)(?: (?:hoan thanh|thuc hien|xong))?|han chot|deadline",
    "due_offset_days": "thoi han ngay|so ngay (?:so voi|truoc|tinh tu)(?: ngay)? khai mac|due offset days",
    "product": (
        "san pham(?: (?:ket qua|dau ra|hoan thanh|du kien|can dat|cong viec|cu the|dat duoc))*|"
        "ket qua(?: (?:san pham|dau ra|du kien|can dat|phai dat))*|dau ra|yeu cau san pham|product"
    ),
    "budget_vnd": (
        "(?:du toan )?kinh phi(?: (?:du toan|du kien|thuc hien|ke hoach|de nghi))?|du toan(?: kinh phi)?|so tien|"
        "budget vnd|budget"
    ),
    "secured_vnd": ("(?:kinh phi )?(?:da |duoc )*(?:bao dam|dam bao|cap|giao|bo tri)(?: kinh phi)?|secured vnd"),
    "funding_source": "nguon(?: (?:kinh phi|von|tien|bao dam|dam bao))*|(?:kinh phi )?tu nguon|funding source",
    "remark": "ghi chu|luu y|chu thich|remark|note",
    NOT_TAKEN: (
        "tien do(?: thuc hien| hoan thanh)? %|(?:ty le )?%(?: .*)?|tinh trang(?: .*)?|trang thai|"
        "(?:kinh phi )?(?:da )?(?:tam ung|chi|giai ngan|quyet toan|thanh toan)|ket qua thuc hien|danh gia|"
        "kho khan(?: .*)?|vuong mac|kien nghi|de xuat"
    ),
}
FIELDS = (*_PATTERNS,)
_COMPILED = {field: re.compile(pattern) for field, pattern in _PATTERNS.items()}
_MEASURE = re.compile(
    r"(?:\b(?:dvt|don vi(?: tinh)?))?(?: ?\b(?:ty|ti|trieu|tr|nghin|ngan|1000|1 000))?\b(?: (?:dong|vnd|d|vnd))$|"
    r" neu co$| ngay thang nam$"
)
_MEASURE_IN_PARENTHESES = re.compile(
    r"\((?:(?:dvt|don vi(?: tinh)?)[ :]*)?(?:(?:ty|ti|trieu|tr\.?|nghin|ngan|1000|1\.000) ?)?(?:dong|vnd|d)\)"
)
_MONEY = frozenset(("budget_vnd", "secured_vnd"))


def heading_key(heading: str) -> str:
    """The same for all ways to write the same heading; the end of a very long one does not count."""
    return words(heading[:MOST_OF_A_HEADING])


def field_of(heading: str) -> str | None:
    """What stands in parentheses may say more than the words before them: `Kinh phí (bảo đảm)`. It counts first, and
    money is never guessed without it."""
    return field_among(_COMPILED, heading, _MONEY)


def field_among(
    patterns: Mapping[str, re.Pattern[str]], heading: str, never_guessed: frozenset[str] = frozenset()
) -> str | None:
    """The same with these patterns by their fields; those `never_guessed` are not taken from the words before the
    parentheses alone."""
    if len(heading) > LONGEST_HEADING:
        return None
    text = _MEASURE_IN_PARENTHESES.sub(" ", plain(heading))
    if field := _named(heading_key(heading), patterns) or _named(heading_key(text), patterns):
        return field
    outside = _named(heading_key(re.sub(r"\([^)]*\)", " ", text)), patterns)
    return None if outside in never_guessed else outside


def _named(key: str, patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    shorter = _MEASURE.sub("", key).strip()
    for text in dict.fromkeys((key, shorter)):
        for field, pattern in patterns.items():
            if pattern.fullmatch(text):
                return field
    return None

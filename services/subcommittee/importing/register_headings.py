"""Which field of a register of organisations a heading names, as offices write it."""

import re

from services.subcommittee.importing.layout import Fields
from shared.domain.decider import Refusal
from shared.entering.headings import NOT_TAKEN, field_among

NO_ORGANISATION = Refusal(
    "no_organisation_column",
    "No heading says what the rows list, such as «Cơ quan, đơn vị» or «Chức vụ».",
)
_OFFICE = "(?:co quan|don vi|to chuc|dia phuong|doan the|so|ban|nganh)"
_TAKE = "(?:giu chuc(?: vu)?|dam nhiem|bo nhiem|nhan chuc|nhan nhiem vu)"
_PHONE = "(?:dien thoai|di dong|dtdd|sdt|dt)"
_PATTERNS = {
    "code": "stt|tt|so tt|so thu tu|thu tu|no",
    "organisation": f"(?:ten )?{_OFFICE}(?: {_OFFICE})*(?: cong tac)?|noi cong tac|organi[sz]ation",
    "organisation_en": f"ten tieng anh|{_OFFICE}(?: {_OFFICE})* tieng anh|organi[sz]ation en",
    "organisation_id": f"ma|ma {_OFFICE}(?: {_OFFICE})*|ma dinh danh|organi[sz]ation id",
    "kind": f"loai(?: hinh)?(?: {_OFFICE})*|phan loai|kind",
    "position": "(?:chuc vu|chuc danh|vi tri)(?: (?:chuc danh|chuc vu|cong tac|dam nhiem|hien nay))*|position",
    "person": (
        f"ho (?:va )?ten(?: .*)?|nguoi (?:{_TAKE}|dau moi|phu trach)|can bo(?: (?:dau moi|phu trach))?|dong chi|"
        "person"
    ),
    "since": f"{_TAKE}(?: ke)?(?: tu)?(?: ngay)?|(?:ngay|thoi diem|thoi gian) {_TAKE}|(?:ke )?tu ngay|since",
    "phone": f"(?:so )?{_PHONE}(?: (?:lien he|lien lac|di dong|co quan|cong vu))*|phone",
    "email": "(?:dia chi )?(?:thu dien tu|hop thu|e ?mail)(?: (?:cong vu|lien he))?",
    "contact": "(?:thong tin )?(?:lien he|lien lac)|dau moi lien he|contact",
    "deputises_for": "(?:la )?(?:cap )?pho (?:cua|cho)(?: chuc vu)?|giup viec (?:cho|cua)|deputises for",
    NOT_TAKEN: (
        "ghi chu|luu y|chu thich|gioi tinh|nam sinh|ngay sinh|que quan|dan toc|trinh do(?: .*)?|dia chi|remark|note"
    ),
}
_COMPILED = {field: re.compile(pattern) for field, pattern in _PATTERNS.items()}


def field_of_register(heading: str) -> str | None:
    return field_among(_COMPILED, heading)


OF_ORGANISATIONS = Fields(
    names=(*(name for name in _PATTERNS if name != NOT_TAKEN), NOT_TAKEN),
    field_of=field_of_register,
    needed=("organisation", "position"),
    without=NO_ORGANISATION,
)
"""A table without a column of organisations has them as rows above their positions."""

"""Money as offices write it: `1.500.000`, `50 triệu`, `1,2 tỷ`, and numbers under a heading that says in what."""

import re
from decimal import Decimal

from shared.domain.decider import Refusal, Refused
from shared.entering.cells import AMBIGUOUS_NUMBER, NOT_A_NUMBER, Value, in_range, integer
from shared.entering.plain import plain
from shared.entering.tables import quoted

SMALL_SUM = Refusal(
    "small_sum", "«{found}» would be less than 1,000 đồng; say in the heading what is counted, such as (triệu đồng)."
)

MOST_VND = 10**15
_LEAST_VND = 1000
_WORDS = {"ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "nghin": 1000, "ngan": 1000, "k": 1000}
_IN_WORDS = re.compile(r"(\d+(?:[.,]\d+)?) ?(ty|ti|trieu|tr|nghin|ngan|k)\b ?")
_CURRENCY = re.compile(r" ?(?:vnd|dong|d)\.?$")
_NOTHING = {"-", "--", "khong", "khong co", "0"}
_GROUPED = re.compile(r"\d{1,3}[., ]\d{3}", re.ASCII)
_MAY_BE_GROUPED = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_MEASURE = re.compile(r"\b(ty|ti|trieu|tr|nghin|ngan|1000|1\.000)\.? ?(?:dong|d|vnd)\b")
_SAID_ABOVE = re.compile(
    r"(?:\bdvt|don vi(?: tinh)?) ?[:.]? ?((?:ty|ti|trieu|tr|nghin|ngan) ?(?:dong|d|vnd)?|dong|vnd)\b"
)
_LONGEST = 100


def measure_of(heading: str) -> int:
    """How many đồng one of a column is, by its heading: a million for `Kinh phí (triệu đồng)`; 0 where it says
    nothing."""
    text = plain(heading[:_LONGEST])
    if match := _MEASURE.search(text):
        return _WORDS.get(match[1], 1000)
    return 1 if re.search(r"\((?:.* )?(?:dong|vnd|d)\)", text) else 0


def measure_said_in(text: str) -> int:
    """The same of a line above the table, such as `Đơn vị tính: triệu đồng`."""
    match = _SAID_ABOVE.search(plain(text[:_LONGEST]))
    return _WORDS.get(match[1].split()[0], 1) if match else 0


def amount_of(value: Value, measure: int = 1) -> int:
    """In đồng; nothing says what is counted where `measure` is 0. Raises `Refused`."""
    number = _in_text(value, measure or 1) if isinstance(value, str) else _number(value, measure or 1)
    amount = in_range(number, 0, MOST_VND)
    if not measure and 0 < amount < _LEAST_VND:
        raise SMALL_SUM(found=quoted(value))
    return amount


def dong_of(text: str, measure: int = 1) -> int:
    """The same of what somebody types: in đồng, which has no decimals, a dot or a comma sets thousands apart. Raises
    `Refused`."""
    is_grouped = measure <= 1 and len(text) <= _LONGEST and _GROUPED.fullmatch(_CURRENCY.sub("", plain(text)))
    return amount_of(re.sub(r"\D", "", text) if is_grouped else text, measure)


def _number(value: Value, measure: int) -> int:
    if measure == 1 or not isinstance(value, int | float):
        return integer(value)
    return _whole(value, Decimal(str(value)) * measure)


def _in_text(value: str, measure: int) -> int:
    text = _CURRENCY.sub("", plain(value)) if len(value) <= _LONGEST else value
    if text in _NOTHING:
        return 0
    parts = _IN_WORDS.findall(text)
    if parts and not _IN_WORDS.sub("", text).strip():
        return _sum_of(value, parts)
    if measure != 1 and not re.fullmatch(r"\d{1,3}([.,])\d{3}(\1\d{3})+", text):
        return _whole(value, _decimal(value, text) * measure)
    try:
        return integer(text) * measure
    except Refused as why:
        raise (AMBIGUOUS_NUMBER if why.refusal == AMBIGUOUS_NUMBER else NOT_A_NUMBER)(found=quoted(value)) from None


def _sum_of(value: str, parts: list[tuple[str, str]]) -> int:
    """`1 tỷ 200 triệu`: each word is less than the one before it."""
    measures = [_WORDS[word] for _, word in parts]
    if sorted(set(measures), reverse=True) != measures:
        raise NOT_A_NUMBER(found=quoted(value))
    return _whole(value, sum((_decimal(value, number) * _WORDS[word] for number, word in parts), Decimal()))


def _decimal(value: str, text: str) -> Decimal:
    """`1,5` or `1.5`; `1.500` may be a thousand and a half, or one and a half."""
    if _MAY_BE_GROUPED.fullmatch(text):
        raise AMBIGUOUS_NUMBER(found=quoted(value))
    if not re.fullmatch(r"-?\d+([.,]\d+)?", text):
        raise NOT_A_NUMBER(found=quoted(value))
    return Decimal(text.replace(",", "."))


def _whole(value: Value, amount: Decimal) -> int:
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise NOT_A_NUMBER(found=quoted(value))
    return int(amount)

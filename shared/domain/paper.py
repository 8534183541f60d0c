"""What the rules of official paper say of a document's symbol. They only raise doubts: nothing is ever refused for
its symbol, and both forms occur inside one body.

The tables are open: bodies and codes that are not in them exist, so a body that nobody listed raises no doubt.
Party: Quy định 66-QĐ/TW (2017), Hướng dẫn 36-HD/VPTW (2018). State: Nghị định 30/2020/NĐ-CP.
"""

from collections.abc import Iterator

from shared.values.message import Message
from shared.values.symbol import DocumentSymbol, SymbolForm
from shared.values.types import fold_diacritics

KINDS: dict[str, tuple[str, ...]] = {
    "NQ": ("nghị quyết",),
    "QĐ": ("quyết định", "quy định"),
    "CT": ("chỉ thị",),
    "KL": ("kết luận",),
    "KH": ("kế hoạch",),
    "TB": ("thông báo",),
    "HD": ("hướng dẫn",),
    "BC": ("báo cáo",),
    "TTr": ("tờ trình",),
    "CV": ("công văn",),
    "CTr": ("chương trình",),
    "PA": ("phương án",),
    "ĐA": ("đề án",),
    "BB": ("biên bản",),
    "GM": ("giấy mời",),
    "TC": ("thông cáo",),
    "KB": ("kịch bản",),
    "QC": ("quy chế",),
    "NĐ": ("nghị định",),
    "TT": ("thông tư", "thông tri"),
}
"""Codes of kinds, and the kinds that each stands for; upper and lower case matter: `TTr` and `TT` are two."""
PARTY_BODIES = {
    *("TW", "TU", "HU", "ThU", "ĐU", "BTV", "BTVTU", "VPTW", "VPTU", "BTGTU", "BTCTU", "BDVTU", "BNCTU", "UBKTTU"),
    *("TB", "BPTT", "BPHC", "BPĐBANTT"),
}
STATE_BODIES = {
    *("QH", "UBTVQH", "CTN", "CP", "TTg", "BNV", "BTC", "BYT", "BCA", "BQP", "VPCP"),
    *("HĐND", "UBND", "VPUBND", "SYT", "STC", "SNV", "STTTT", "SVHTTDL", "SGTVT", "CAT"),
}


NEITHER_FORM = Message("neither_form", "The symbol {symbol} has neither the Party form nor the State form.")
NOT_PADDED = Message("number_not_padded", "In Party form the number has two digits at least: {padded}, not {symbol}.")
STATE_FORM_OF_PARTY_BODY = Message(
    "state_form_of_party_body", "{issuer} is a Party body, but {symbol} has State form."
)
PARTY_FORM_OF_STATE_BODY = Message(
    "party_form_of_state_body", "{issuer} is a State body, but {symbol} has Party form."
)
UNKNOWN_KIND = Message("unknown_kind_code", "{code} is not a known code of a kind of document.")
ANOTHER_KIND = Message("kind_does_not_match", "{code} stands for {kinds}, but the document is filed as «{kind}».")
USED_TWICE = Message("number_used_twice", "The number {number} is also that of {others}: same issuer, kind and term.")


def written(form: SymbolForm, number: int, kind: str, issuer: str) -> str:
    """A symbol as its form has it: `06-KH/TU` (Party, two digits at least), `6/KH-UBND` (State)."""
    return f"{number:02}-{kind}/{issuer}" if form is SymbolForm.PARTY else f"{number}/{kind}-{issuer}"


def same(text: str) -> str:
    """`text` for comparing what people spell in their own ways: no diacritics, one case, single blanks."""
    return " ".join(fold_diacritics(text).casefold().split())


def doubts(text: str, kind: str) -> Iterator[Message]:
    """What is odd about a symbol as written, and about the kind that was given with it."""
    symbol = DocumentSymbol.parse(text)
    if symbol.form is SymbolForm.OTHER:
        yield NEITHER_FORM.filled(symbol=symbol.text)
        return
    yield from _of_the_form(symbol)
    yield from _of_the_kind(symbol, kind)


def _of_the_form(symbol: DocumentSymbol) -> Iterator[Message]:
    parts = set(symbol.issuer.split("-"))
    of_party, of_state = bool(parts & PARTY_BODIES), bool(parts & STATE_BODIES)
    params = {"issuer": symbol.issuer, "symbol": symbol.text}
    if symbol.form is SymbolForm.STATE:
        if of_party and not of_state:
            yield STATE_FORM_OF_PARTY_BODY.filled(**params)
        return
    if len(symbol.text.partition("-")[0]) < 2 and symbol.number is not None:
        padded = written(SymbolForm.PARTY, symbol.number, symbol.kind, symbol.issuer)
        yield NOT_PADDED.filled(padded=padded, symbol=symbol.text)
    if of_state and not of_party:
        yield PARTY_FORM_OF_STATE_BODY.filled(**params)


def _of_the_kind(symbol: DocumentSymbol, kind: str) -> Iterator[Message]:
    if _is_state_letter(symbol, kind):
        return
    kinds = KINDS.get(symbol.kind)
    if kinds is None:
        yield UNKNOWN_KIND.filled(code=symbol.kind)
    elif same(kind) not in {same(name) for name in kinds}:
        yield ANOTHER_KIND.filled(code=symbol.kind, kinds=" / ".join(kinds), kind=kind)


def _is_state_letter(symbol: DocumentSymbol, kind: str) -> bool:
    """A công văn of the State has no code of its kind: `12/UBND-VP`."""
    return symbol.form is SymbolForm.STATE and symbol.kind in STATE_BODIES and same(kind) == "cong van"

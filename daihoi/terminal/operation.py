"""What runs, what is wrong with it, what policies could not do, and the issuer's keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.table import Table

from daihoi.terminal.labels import add_columns, table_of
from shared.i18n import Language, render, translate
from shared.platform.embedded import Endpoints
from shared.unit.findings import Finding, Severity
from shared.unit.rotation import IssuerKey, Part
from shared.unit.unseen import Unresolved
from shared.values.message import Message
from shared.values.secrecy import masked
from shared.values.units import services, title_of

MARKS = {Severity.OK: "✓", Severity.INFO: "·", Severity.WARNING: "!", Severity.ERROR: "✗"}

PARTS = {
    Part.MINTS: "Tokens are minted with it.",
    Part.NEXT: "It will be next: `daihoi keys rotate`.",
    Part.CHECKS: "Tokens are checked with it.",
}

REVOKED = Message("key_is_revoked", "Revoked as of {since}: from then on every token that it has signed is refused.")


def services_table(
    congress: str,
    processes: Mapping[str, int],
    servers: Endpoints,
    lang: Language,
    title: str = "",
    addresses: Mapping[str, str] | None = None,
) -> Table:
    """Headed by the title of the congress, or its id where it has none; `addresses` are those of the pages."""
    table = table_of(f"daihoi · {title or congress}", lang, "Unit", "Service")
    add_columns(table, lang, "Process", justify="right")
    if addresses:
        add_columns(table, lang, "Pages", no_wrap=True)
    for name, process in processes.items():
        has_pages = name in services()
        pages = [addresses.get(name, "") if has_pages else ""] if addresses else []
        table.add_row(title_of(name, lang) if has_pages else "", name, str(process), *pages)
    table.caption = masked(f"{servers.nats_url} · {servers.mongo_url}")
    return table


def findings_table(findings: list[Finding], lang: Language) -> Table:
    table = Table()
    add_columns(table, lang, "", "What", "How it is", "What to do", overflow="fold")
    for finding in findings:
        table.add_row(MARKS[finding.severity], finding.about, finding.detail_in(lang), finding.advice_in(lang))
    return table


def refusals_drawn(refusals: list[Unresolved], lang: Language) -> Table | str:
    if not refusals:
        return translate("Nothing is left that a policy could not do.", lang)
    table = Table()
    add_columns(table, lang, "Unit", "Policy", "Ledger event", no_wrap=True)
    add_columns(table, lang, "Why", overflow="fold")
    for service, refused in ((refusal.service, refusal.refused) for refusal in refusals):
        command = f"{refused.command} · " if refused.command else ""
        why = f"{command}{refused.code}: {refused.detail}"
        table.add_row(service, refused.policy, str(refused.sequence or "?"), why)
    return table


def keys_table(keys: Sequence[IssuerKey], revoked: Mapping[str, datetime], lang: Language) -> Table:
    """`revoked`: as of when, by the keys' ids."""
    table = Table()
    add_columns(table, lang, "Key", no_wrap=True)
    add_columns(table, lang, "What it does", "Public half", overflow="fold")
    for key in keys:
        table.add_row(key.key_id, _what_it_does(key, revoked.get(key.key_id), lang), "\n".join(map(str, key.files)))
    return table


def _what_it_does(key: IssuerKey, revoked: datetime | None, lang: Language) -> str:
    part = translate(PARTS[key.part], lang)
    if revoked is None:
        return part
    refused = render(REVOKED.filled(since=revoked), lang)
    return f"{part} {refused}" if key.part is Part.MINTS else refused

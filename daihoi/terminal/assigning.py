"""What came of handing the work of a catalogue to the units, for people."""

from collections.abc import Iterator

from daihoi.importing.assigning import HandedOut
from shared.i18n import Language, translate
from shared.values.units import title_of

MOST_NAMED = 10


def done_lines(handed: HandedOut, unit: str, lang: Language) -> Iterator[str]:
    """`unit` is the only one that was meant, if any."""
    for assignment in handed.done:
        params = {"unit": title_of(assignment.unit, lang), "count": len(assignment.item_ids)}
        yield translate("{unit}: {count} tasks are open.", lang, **params)
    if handed.done or handed.waiting:
        return
    if unit:
        yield translate("Nothing waits to be assigned to {unit}.", lang, unit=title_of(unit, lang))
    else:
        yield translate("Every item is assigned already.", lang)


def waiting_lines(handed: HandedOut, lang: Language) -> Iterator[str]:
    """Sentences that say which items wait, and why."""
    for (unit, item_ids, _), problem in handed.waiting:
        items = ", ".join(item_ids[:MOST_NAMED]) + (" …" if len(item_ids) > MOST_NAMED else "")
        params = {"unit": title_of(unit, lang), "count": len(item_ids), "items": items}
        still = translate("{unit}: {count} items are not assigned and wait ({items}).", lang, **params)
        yield f"{still} {problem.code}: {problem.detail_in(lang)}"

"""Who acted, by the title of the position, as a signature has it. Programs are given the ids."""

import re

from shared.i18n import Language, translate

UNIT_NAMES = {
    "propaganda": "Propaganda unit",
    "logistics": "Logistics unit",
    "security": "Security unit",
    "subcommittee": "Sub-committee",
}
POSITIONS = {
    "lead": "Head, {unit}",
    "deputy": "Deputy head, {unit}",
    "chair": "Chair, {unit}",
    "member": "Member, {unit}",
    "secretary": "Secretary, {unit}",
    "office": "Office, {unit}",
}


def title_of_position(actor: str, lang: Language) -> str:
    """`logistics.lead` as «Trưởng Bộ phận hậu cần phục vụ»; a position without a title is shown as it is."""
    unit, _, position = actor.partition(".")
    title = POSITIONS.get(re.sub(r"^deputy-\d+$", "deputy", position))
    if unit not in UNIT_NAMES or title is None:
        return actor
    return translate(title, lang, unit=translate(UNIT_NAMES[unit], lang))
